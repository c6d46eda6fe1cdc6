"""What becomes of a channel in the chat: what is set, said and decided about it follows, and reaches nobody new."""

from datetime import timedelta

import pytest

from pm_assistant.domain.decisions import ActionRequest, DecisionState
from pm_assistant.domain.events import (
    ChannelChanged,
    ChannelOpened,
    ConversationTouched,
    EventEnvelope,
    Happening,
    MessagePosted,
    WebhookEvent,
)
from pm_assistant.domain.tenants import Channels, Provider, Settings
from pm_assistant.workflows.connections.channels import AT_ONCE
from pm_assistant.workflows.pipeline.receive import STRAGGLERS_SECONDS, receive
from tests.builders import ACME, NOW, a_decision, a_judgement, a_message, a_proposal, a_tenant
from tests.workflows.pipeline.test_receive import REQUEST, FixedWebhookSource
from tests.workflows.pipeline.unit import AnalyzeUnit

MOVED = ChannelChanged(channel="C0ENG", now="C0NEW", private=True, outside=True)


def deliver(unit: AnalyzeUnit, happening: Happening) -> None:
    """Take in what Acme's workspace reports, and do what waits at once on the events queue."""
    unit.at = NOW
    event = WebhookEvent(provider=Provider.SLACK, external_id="slack-acme", happening=happening)
    unit.webhook_sources[Provider.SLACK] = FixedWebhookSource(event)
    receive(Provider.SLACK, REQUEST, unit)
    unit.at = NOW + timedelta(minutes=2)


def work_off(unit: AnalyzeUnit) -> list[int]:
    """Handle all that waits on the events queue; returns the delays."""
    delays = []
    while unit.queues.events.puts:
        put = unit.queues.events.puts.pop(0)
        delays.append(put.delay_seconds)
        assert isinstance(put.message, EventEnvelope)
        unit.handle(put.message)
    return delays


@pytest.mark.parametrize("listed", ["allow", "deny"])
def test_what_is_set_about_a_channel_holds_at_once_under_its_new_id(listed: str) -> None:
    """A message that comes right behind the change is kept or dropped as the team wishes."""
    unit = AnalyzeUnit()
    channels = Channels.model_validate({listed: ("C0ENG", "C0HR")})
    unit.stores.tenants.put(a_tenant(settings=Settings(channels=channels)))
    unit.stores.connection_states.adapt(ACME, Settings(channels=channels))
    deliver(unit, MOVED)
    deliver(unit, MOVED)
    message = a_message(channel="C0NEW")
    deliver(unit, MessagePosted(message=message))

    expected = Channels.model_validate({listed: ("C0NEW", "C0HR")})
    assert expected == unit.stores.tenants.get(ACME).settings.channels
    assert (listed == "allow") == bool(unit.stores.messages.thread(ACME, "C0NEW", message.ts))


def test_a_conversation_that_was_to_be_judged_is_judged_under_the_new_id() -> None:
    """Once; its earlier decisions are found there, so nothing is decided twice."""
    unit = AnalyzeUnit(a_judgement(a_proposal(None, a_message(channel="C0NEW").id)))
    message = a_message()
    unit.say(message)
    deliver(unit, MOVED)
    touch = ConversationTouched(channel="C0ENG", ts=message.ts, root_ts=message.root_ts)
    unit.queues.events.put(EventEnvelope(tenant_id=ACME, event=touch), group=ACME)

    assert STRAGGLERS_SECONDS in work_off(unit)
    [decision] = unit.stores.decisions.since(ACME, NOW)
    assert ("C0NEW", 1, True) == (decision.subject.channel, unit.analyst.calls, decision.outside)
    assert DecisionState.PROPOSED is decision.state
    deliver(unit, MOVED)
    work_off(unit)
    assert [decision] == list(unit.stores.decisions.since(ACME, NOW))


def test_what_was_judged_before_is_not_judged_again_under_the_new_id() -> None:
    """The same words in the same conversation: a person's answer to them stands."""
    unit = AnalyzeUnit(a_judgement(a_proposal()))
    message = a_message()
    unit.say(message)
    unit.touched(message)
    [before] = unit.stores.decisions.since(ACME, NOW)
    deliver(unit, MOVED)
    work_off(unit)

    [after] = unit.stores.decisions.since(ACME, NOW)
    assert (before.id, before.state, 1) == (after.id, after.state, unit.analyst.calls)


def test_a_channel_with_more_than_there_is_time_for_is_gone_on_with() -> None:
    """Each step is bounded, and asks for the next."""
    unit = AnalyzeUnit()
    for number in range(AT_ONCE + 1):
        unit.stores.messages.record(ACME, a_message(-7200 - number), keep_days=90)
    change = EventEnvelope(tenant_id=ACME, event=ChannelChanged(channel="C0ENG", private=True))
    unit.handle(change)
    open_messages = [
        message for message in unit.stores.messages.since(ACME, NOW - timedelta(days=1)) if not message.private
    ]

    assert 1 == len(open_messages)
    assert [change] == [put.message for put in unit.queues.events.puts]


@pytest.mark.parametrize("user", [None, "U0APP"])
def test_what_waits_to_be_shown_is_shown_where_we_are_let_in(user: str | None) -> None:
    """Of that channel alone; what was answered elsewhere meanwhile has nothing to show."""
    unit = AnalyzeUnit()
    waiting = a_decision(state=DecisionState.PROPOSED, not_shown="we are not in that channel")
    shown = a_decision(message=a_message(5), state=DecisionState.LOGGED)
    elsewhere = a_decision(message=a_message(9, channel="C0HR"), state=DecisionState.PROPOSED, not_shown="closed")
    for decision in (waiting, shown, elsewhere):
        unit.stores.decisions.save(decision)
    deliver(unit, ChannelOpened(channel="C0ENG", user=user))
    work_off(unit)

    assert [ActionRequest(tenant_id=ACME, decision_id=waiting.id)] == [put.message for put in unit.queues.actions.puts]
