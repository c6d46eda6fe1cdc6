"""A report that was due and did not come is sent late, once, and says so."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.reports import ReportDue, Subscription
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.workflows.connections.missed_reports import send_missed_reports
from pm_assistant.workflows.connections.schedule import reschedule_reports
from pm_assistant.workflows.reports.report import report
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_member, a_tenant
from tests.fakes.unit import FakeUnit

NINE = NOW.replace(hour=8, minute=0)
"""In Berlin, where Ada is; NOW is half past ten."""


def a_unit(wish: Subscription, **ada: Any) -> FakeUnit:
    """A team of whom this is wished for, and another that wishes for the same."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    for tenant_id in (ACME, GLOBEX):
        unit.stores.directory.put_members(tenant_id, [a_member(**ada)])
        unit.stores.subscriptions.put(tenant_id, wish)
    unit.stores.connections.put(a_connection())
    return unit


def owed(unit: FakeUnit) -> list[ReportDue]:
    """What is sent late."""
    send_missed_reports(unit)
    return [put.message for put in unit.queues.reports.puts if isinstance(put.message, ReportDue)]


def test_what_was_missed_comes_late_and_says_so() -> None:
    """By the day and the hour for which it was due, and not again once it was delivered."""
    unit = a_unit(Subscription(member_id="U0ADA", weekdays=("FRI",)))

    [due] = owed(unit)
    report(due, unit)

    assert (NINE, "Europe/Berlin", NINE.date()) == (due.due_at, due.time_zone, due.on)
    [(_, sent)] = unit.chat.reports
    assert ("Late: this was due on Friday 20 November at 09:00.",) == sent.notes
    assert 0 == send_missed_reports(unit)


def test_what_is_just_due_is_left_to_the_clockwork() -> None:
    """Half an hour later it is not."""
    unit = a_unit(Subscription(member_id="U0ADA", weekdays=("FRI",)))
    unit.at = NINE + timedelta(minutes=29)
    assert [] == owed(unit)
    unit.at += timedelta(minutes=1)
    assert 1 == len(owed(unit))


@pytest.mark.parametrize(
    ("ada", "wish", "count"),
    [
        ({}, {}, 2),
        ({}, {"since": NOW}, 0),
        ({"standings": {Provider.SLACK: Standing.LEFT}}, {}, 0),
        ({"id": "U0BOB"}, {}, 0),
        ({"time_zone": "Mars/Olympus"}, {"weekdays": ("FRI",)}, 1),
        ({}, {"member_id": "", "channel_id": "C0ENG", "time_zone": "Asia/Tokyo", "weekdays": ("FRI",)}, 1),
    ],
    ids=["two-days", "new", "left", "gone", "unknown-zone", "channel"],
)
def test_it_is_owed_to_whoever_wished_for_it_and_is_there(
    ada: dict[str, Any], wish: dict[str, Any], count: int
) -> None:
    """Also in a zone that is not known any more, whose clock cannot be set."""
    unit = a_unit(Subscription.model_validate({"member_id": "U0ADA", **wish}), **ada)

    assert count == len(owed(unit))
    assert {ACME} >= {put.group for put in unit.queues.reports.puts}


def test_the_clockwork_is_set_right_by_what_is_wished_for() -> None:
    """By the zone of where people are now; who has left has none, and one bad zone costs that one alone."""
    wish = Subscription(member_id="U0ADA")
    unit = a_unit(wish)
    people = [
        a_member(time_zone="Asia/Tokyo"),
        a_member("bob", time_zone="Mars/Olympus"),
        a_member("cy", standings={Provider.SLACK: Standing.LEFT}),
    ]
    unit.stores.directory.put_members(ACME, people)
    for person in people:
        unit.stores.subscriptions.put(ACME, Subscription(member_id=person.id))
        unit.schedules.recurring[ACME, f"weekly.{person.id}"] = ("UTC", wish)

    assert 1 == reschedule_reports(unit)

    assert {(ACME, "standup.U0ADA"): ("Asia/Tokyo", wish)} == unit.schedules.recurring


def test_what_was_due_while_the_team_was_suspended_is_owed_to_nobody() -> None:
    """What came due since it was resumed is."""
    unit = a_unit(Subscription(member_id="U0ADA", weekdays=("THU", "FRI")))

    assert 1 == send_missed_reports(unit, not_before=NINE - timedelta(hours=1))
    assert 0 == send_missed_reports(unit, not_before=NINE)
