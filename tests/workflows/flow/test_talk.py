"""What was talked about, measured with the flow of work and shown to everybody."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, Ignore
from pm_assistant.domain.decisions import DecisionState, Evidence, Outcome
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.tenants import Channels, Settings
from pm_assistant.domain.work import Message
from pm_assistant.workflows.flow.talk import TalkView, first_said_at, show_talk
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    a_comment,
    a_connection,
    a_decision,
    a_message,
    a_tenant,
    a_ticket,
    going_back,
)
from tests.fakes.unit import FakeUnit
from tests.workflows.flow.test_measure import SECRET, a_unit, measured

DAY = timedelta(days=1)


def heard(unit: FakeUnit, offset: timedelta, text: str = "the coupon vanishes", **changes: Any) -> Message:
    """Something that was said so long ago."""
    message = a_message(-offset.total_seconds(), text, **changes)
    unit.stores.messages.record(ACME, message, keep_days=90)
    return message


def noted(unit: FakeUnit, message: Message, **changes: Any) -> None:
    """A decision on a message."""
    unit.stores.decisions.save(a_decision(message=message, **changes))


def told(unit: FakeUnit) -> TalkView:
    """What is shown once it was measured."""
    measured(unit)
    return show_talk(unit)


def test_before_anything_was_measured_there_is_nothing_to_tell() -> None:
    """Nor where a day was measured before talk was."""
    found = show_talk(a_unit())
    assert (None, None, 0, (), ()) == (found.day, found.since, found.conversations, found.topics, found.unanswered)


def test_what_was_said_is_told_by_the_ticket_that_it_was_about() -> None:
    """As far as the log is sure, and nobody has said otherwise; what is in private teams has no name here."""
    unit = a_unit([a_ticket(1, state=DOING), a_ticket(2, state=DOING, team_id=SECRET.id), a_ticket(3, state=DOING)])
    for hours, ticket, changes in (
        (30, 1, {"state": DecisionState.DONE}),
        (40, 1, {"state": DecisionState.LOGGED}),
        (50, 2, {"state": DecisionState.DONE}),
        (60, 3, {"state": DecisionState.DISMISSED}),
        (70, 3, {"state": DecisionState.LOGGED, "confidence": 0.3}),
        (80, 3, {"state": DecisionState.DONE, "private": True}),
    ):
        message = heard(unit, timedelta(hours=hours))
        noted(unit, message, action=a_comment(ticket_id=f"ticket-{ticket}"), **changes)
    noted(unit, heard(unit, 5 * DAY), action=Ignore(work=True), state=DecisionState.LOGGED)
    found = told(unit)
    assert [("ENG-1", 2, 2)] == [(each.key, each.conversations, each.messages) for each in found.topics]
    assert (7, 7, 1, 1) == (
        found.conversations,
        found.messages,
        found.untracked_conversations,
        found.untracked_messages,
    )


@pytest.mark.parametrize("how", ["private now", "deleted", "team private", "channel not read"])
def test_what_is_not_for_everybody_any_more_is_not_shown(how: str) -> None:
    """Though it was when it was measured."""
    unit = a_unit([a_ticket(1, state=DOING)])
    message = heard(unit, 2 * DAY, "does it work?")
    noted(unit, message, action=a_comment(ticket_id="ticket-1"), state=DecisionState.DONE)
    assert ("does it work?", "ENG-1") == (told(unit).unanswered[0].text, told(unit).topics[0].key)
    if how == "private now":
        change = ChannelChanged(channel=message.channel, private=True)
        unit.stores.partition.follow_channel(ACME, change, limit=99)
    elif how == "deleted":
        unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW)
    elif how == "team private":
        unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True})])
        assert () == show_talk(unit).topics
        return
    else:
        settings = Settings(channels=Channels(deny=(message.channel,)))
        unit.stores.tenants.put(a_tenant(settings=settings))
    assert () == show_talk(unit).unanswered


def test_what_is_asked_of_us_is_not_left_without_an_answer() -> None:
    """We answer it ourselves."""
    unit = a_unit()
    unit.stores.connections.put(a_connection(app_user_id="UBOT"))
    heard(unit, 2 * DAY, "<@UBOT> what waits for me?")
    heard(unit, 3 * DAY, "what waits for <@U0ADA>?")
    found = told(unit)
    assert (1, ["what waits for someone?"]) == (found.unanswered_count, [each.text for each in found.unanswered])
    assert found.unanswered[0].url is not None


def reported(unit: FakeUnit, number: int, said_at: datetime, **changes: Any) -> None:
    """A ticket that was made of what was said."""
    message = a_message((said_at - NOW).total_seconds())
    outcome = Outcome(external_id=f"ticket-{number}", url="https://linear.app/acme/issue/ENG-1", inverse="{}")
    action = CreateTicket(title=f"Checkout {number}", description="x")
    noted(unit, message, action=action, state=DecisionState.DONE, outcome=outcome, **changes)


def test_how_long_reports_took_is_known_for_longer_than_the_log() -> None:
    """From the first that was said to the ticket to done; what was said in private is none of it."""
    unit = a_unit(
        a_ticket(
            n,
            state=DONE,
            created_at=NOW - 10 * DAY,
            started_at=NOW - 9 * DAY,
            completed_at=NOW - 6 * DAY,
            updated_at=NOW - 6 * DAY,
        )
        for n in range(1, 7)
    )
    for n in range(1, 7):
        reported(unit, n, NOW - 10 * DAY - timedelta(hours=n), private=n == 6)
    found = told(unit)
    assert found.ticket_hours is not None
    assert found.report_days is not None
    assert found.work_days is not None
    assert (5, 3.0, 4.0) == (found.ticket_hours.count, found.ticket_hours.half, found.work_days.half)
    assert 4.1 < found.report_days.half < 4.2
    unit.at = NOW + 5 * DAY
    later = told(unit)
    assert later.ticket_hours == found.ticket_hours


def test_what_rests_on_no_message_was_first_said_when_it_was_decided() -> None:
    """As what is written into a form."""
    decision = a_decision(evidence=(Evidence(message_id="form", url=""),))
    assert decision.created_at == first_said_at(decision)


def test_talk_is_listened_to_no_further_back_than_the_teams_plan_goes() -> None:
    """And it is said since when."""
    unit = a_unit([a_ticket(1, state=DOING)])
    heard(unit, 20 * DAY)
    heard(unit, DAY)
    unit.stores.tenants.put(unit.stores.tenants.get(ACME).model_copy(update={"billing": going_back(14)}))

    found = told(unit)

    assert (1, NOW - 14 * DAY) == (found.conversations, found.since)
