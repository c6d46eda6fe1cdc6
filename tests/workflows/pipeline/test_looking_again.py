"""What analyzing says of itself, what it has looked at again and when, and for which subjects it asks for something."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.decisions import TICKET_GONE, Decision, DecisionState, Evidence
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.events import (
    ChannelChanged,
    ChannelOpened,
    CodeChanged,
    ConversationTouched,
    EventEnvelope,
    PersonChanged,
    PlanningChanged,
    QueuedEvent,
    TicketChanged,
    TicketChangedInPart,
)
from pm_assistant.domain.work import LONGEST_BURST_SECONDS, Message
from pm_assistant.workflows.pipeline.analyze import Analysis
from pm_assistant.workflows.pipeline.tickets import CLOCKS_DIFFER
from tests.builders import (
    ACME,
    DOING,
    NOW,
    a_comment,
    a_decision,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_pull_request,
    a_ticket,
    a_ticket_comment,
)
from tests.workflows.pipeline.unit import AnalyzeUnit


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (TicketChanged(ticket=a_ticket(1)), "index updated"),
        (TicketChangedInPart(ticket_id="ticket-9", told={"updated_at": NOW.isoformat()}), "ticket is not known"),
        (PlanningChanged(parts=(a_ticket_comment(),)), "planning recorded"),
        (CodeChanged(parts=(a_pull_request(),)), "code recorded"),
        (PersonChanged(member=a_member("bob", linear_id=None)), "directory updated"),
        (PersonChanged(member=a_member(linear_id=None)), "person is known so"),
        (ChannelChanged(channel="C0ENG", private=True), "channel followed"),
        (ChannelOpened(channel="C0ENG"), "channel opened for 0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_becomes_of_an_event_is_said_in_words_that_the_log_is_searched_for(event: QueuedEvent, said: str) -> None:
    """Also where nothing had to be done."""
    assert Analysis(skipped=said) == AnalyzeUnit().handle(EventEnvelope(tenant_id=ACME, event=event))


def touches(unit: AnalyzeUnit) -> list[tuple[ConversationTouched, int]]:
    """What is to be looked at again, and in how many seconds."""
    found = []
    for put in unit.queues.events.puts:
        assert isinstance(put.message, EventEnvelope)
        assert isinstance(put.message.event, ConversationTouched)
        found.append((put.message.event, put.delay_seconds))
    return found


def touch_of(message: Message, *, force: bool = False) -> ConversationTouched:
    """The event that has a message looked at."""
    return ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts, force=force)


@pytest.mark.parametrize("before", [timedelta(days=3), timedelta(0), -CLOCKS_DIFFER])
def test_only_what_was_no_longer_asked_because_of_a_ticket_is_talked_of_again_once_it_is_back(
    before: timedelta,
) -> None:
    """At once, quiet or not; also where the function's clock was behind, and the ticket seems to be newer."""
    gone: dict[str, Any] = {"state": DecisionState.DISMISSED, "error": TICKET_GONE, "created_at": NOW}
    concerned, about_another, still_asked = a_message(0), a_message(300), a_message(600)
    unit = AnalyzeUnit()
    unit.say(concerned, about_another, still_asked)
    for decision in (
        a_decision(message=concerned, **gone),
        a_decision(message=about_another, action=a_comment("ticket-2"), **gone),
        a_decision(message=still_asked, state=DecisionState.PROPOSED, created_at=NOW),
    ):
        unit.stores.decisions.save(decision)
    ticket = a_ticket(1, created_at=NOW - before, updated_at=NOW)

    unit.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=ticket, returned=True)))

    assert [(touch_of(concerned, force=True), 0)] == touches(unit)


@pytest.mark.parametrize("returned", [True, False])
@pytest.mark.parametrize("key", ["ENG-9", "ENG-7"])
def test_what_named_a_ticket_that_was_not_there_is_judged_anew_once_it_is(key: str, returned: bool) -> None:
    """It was in the trash, or nobody had told us of it; by a key that it had before, too."""
    named, other = a_message(0, f"{key} is broken"), a_message(300, "Lunch?")
    unit = AnalyzeUnit(a_judgement(), a_judgement())
    for message in (named, other):
        unit.say(message)
        unit.touched(message, force=True)
    assert {(named.id, (key,)), (other.id, ())} == {
        (decision.evidence[0].message_id, decision.awaits) for decision in unit.stores.decisions.since(ACME, NOW)
    }
    ticket = a_ticket(9, former_keys=("ENG-7",), created_at=NOW, updated_at=NOW)

    unit.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=ticket, returned=returned)))

    assert ([(touch_of(named, force=True), 0)] if returned else []) == touches(unit)


def test_what_was_judged_while_it_changed_is_looked_at_again_when_it_may_be_quiet() -> None:
    """A message that came meanwhile may have been read by somebody who tells nobody of it."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement())
    unit.say(message)
    judge = unit.analyst.judge

    def while_somebody_speaks(*asked: Any, **given: Any) -> Any:
        unit.say(a_message(10, "and on mobile", root_ts=message.ts))
        return judge(*asked, **given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit.analyst, "judge", while_somebody_speaks)
        assert Analysis(skipped="changed while it was judged") == unit.touched(message)

    assert [(touch_of(message), 5)] == touches(unit)


def test_each_stretch_of_a_burst_that_is_cut_by_the_clock_has_a_message_that_looks_after_it() -> None:
    """What is said after the cut belongs to another judgement, and may never come to this one."""
    cut = -(NOW.timestamp() % LONGEST_BURST_SECONDS)
    before, last_before, behind = a_message(cut - 20), a_message(cut - 10), a_message(cut + 10)
    unit = AnalyzeUnit()
    unit.say(before, last_before, behind)
    unit.at = behind.received_at + timedelta(seconds=1)

    for message in (before, last_before, behind):
        unit.touched(message)

    assert [last_before.ts, behind.ts] == [touch.ts for touch, _ in touches(unit)]


def test_a_reply_that_is_not_kept_any_more_leaves_the_looking_to_the_others() -> None:
    """Their own events look after them."""
    root = a_message()
    unit = AnalyzeUnit()
    unit.say(root)
    unit.at = NOW + timedelta(seconds=1)

    assert Analysis(skipped="not quiet yet") == unit.touched(a_message(10, root_ts=root.ts))
    assert [] == touches(unit)


def test_each_subject_that_a_conversation_leads_to_is_asked_for() -> None:
    """A burst may be about several things, each with a card of its own."""
    one, other = a_message(0), a_message(10, "and the printer is on fire")
    move = MoveTicket(ticket_id="ticket-1", to=DOING)
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), one.id), a_proposal(move, other.id)))
    unit.say(one, other)

    decisions = unit.touched(other, force=True).decisions

    assert 2 == len({decision.subject.id for decision in decisions})
    assert {decision.id for decision in decisions} == set(unit.asked_for)


def test_a_decision_that_never_stops_changing_is_looked_at_again_later() -> None:
    """Words that people deleted are to go, whoever else is at work on it."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id, confidence=0.7)), a_judgement())
    unit.say(message)
    unit.touched(message)
    unit.stores.messages.delete(ACME, *message.place, at=NOW)

    def conflicting(after: Decision, *, before: Decision) -> Decision:
        raise Conflict("somebody was faster")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit.stores.decisions, "replace", conflicting)
        with pytest.raises(Conflict, match=r"^the decision keeps changing$"):
            unit.touched(message, force=True)


# What a later judgement leaves alone


@pytest.mark.parametrize(
    "known",
    [
        {"state": DecisionState.DISMISSED, "decided_by": "U0ADA"},
        {"state": DecisionState.UNDONE, "performed": "digest-1", "decided_by": "U0ADA"},
        {"state": DecisionState.ACTING, "performed": "digest-1", "undoing": True, "decided_by": "U0ADA"},
        {"state": DecisionState.QUEUED, "decided_by": "U0ADA"},
    ],
    ids=["dismissed", "undone", "being undone", "approved"],
)
def test_what_a_person_has_decided_stays_as_it_is_though_it_no_longer_follows(known: dict[str, Any]) -> None:
    """Words were edited since: who said no has nothing withdrawn any more, and who said yes has said yes."""
    message = a_message()
    receipt = Evidence(message_id=message.id, url="", text_digest=message.text_digest)
    decision = a_decision(message=message, evidence=(receipt,), **known)
    unit = AnalyzeUnit(a_judgement())
    unit.say(message.model_copy(update={"text": "never mind", "edited_ts": f"{float(message.ts) + 30:.6f}"}))
    unit.stores.decisions.save(decision)

    unit.touched(message, force=True)

    assert decision == unit.stores.decisions.get(ACME, decision.id)


def test_what_no_longer_follows_is_withdrawn_as_of_what_was_said_last() -> None:
    """What was judged before, and comes late, changes nothing of that."""
    root = a_message()
    reply = a_message(30, "never mind", root_ts=root.ts)
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), root.id, confidence=0.7)), a_judgement())
    unit.say(root)
    [asked] = unit.touched(root).decisions
    unit.say(reply)
    ignored = next(decision for decision in unit.touched(reply).decisions if decision.id != asked.id)

    withdrawn = unit.stores.decisions.get(ACME, asked.id)
    assert DecisionState.DISMISSED is withdrawn.state
    assert (ignored.revision, reply.received_at) == (withdrawn.revision, withdrawn.as_of)
