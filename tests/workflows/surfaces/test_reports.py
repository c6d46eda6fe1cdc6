"""What people press on their reports: again later, and not mine."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import ReportDue, Subscription
from pm_assistant.domain.surfaces import Asked, ReportSnoozed, SurfaceRequest, TicketDisowned
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.workflows.reports.report import compose, report
from pm_assistant.workflows.surfaces.answer import answer
from pm_assistant.workflows.surfaces.reports import MOST_DISOWNED
from tests.builders import ACME, DOING, ENG, NOW, a_connection, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit

PLACE = Subject(channel="D0ADA", root_ts="1794218400.000100")
DUE = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)


def a_unit(**changes: Any) -> FakeUnit:
    """Ada, who works on two tickets, and Bob."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.connections.put(a_connection())
    unit.stores.directory.put_members(ACME, [a_member(**changes), a_member("bob")])
    unit.stores.directory.put_teams(ACME, [ENG])
    for number in (1, 2):
        unit.stores.tickets.put(ACME, a_ticket(number, title="Build", state=DOING))
    return unit


def press(unit: FakeUnit, asked: Asked, *, account: str = "U0ADA", at: datetime = NOW) -> None:
    """Let somebody press."""
    answer(SurfaceRequest(tenant_id=ACME, user_id=account, asked_at=at, asked=asked), unit)


def again(until: Literal["hour", "tomorrow"], kind: str = "standup") -> ReportSnoozed:
    """The button below a report."""
    return ReportSnoozed(kind=kind, until=until, pressed_in=PLACE)


def not_mine(number: int = 1) -> TicketDisowned:
    """The choice in the menu below it."""
    return TicketDisowned(ticket_id=f"ticket-{number}", pressed_in=PLACE)


def ada(unit: FakeUnit) -> Member:
    """As we know her."""
    return unit.stores.directory.some_members(ACME, ["U0ADA"])[0]


def working_on(unit: FakeUnit) -> list[str]:
    """What her standup says she is working on."""
    made = compose(DUE, ada(unit), unit)
    keys = {line.text.split()[0] for section in made.sections for line in section.lines}
    return sorted(keys)


@pytest.mark.parametrize(
    ("until", "at"),
    [("hour", NOW + timedelta(hours=1)), ("tomorrow", datetime(2026, 11, 21, 7, 45, tzinfo=UTC))],
)
def test_a_report_comes_again_when_it_was_asked_for(until: Literal["hour", "tomorrow"], at: datetime) -> None:
    """Tomorrow at the person's own hour; the day's own report is still that day's."""
    unit = a_unit()
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", hour=8, minute=45))

    press(unit, again(until))

    [(due, moment)] = unit.schedules.once
    assert (at, "U0ADA") == (moment, due.member_id)
    assert report(due.model_copy(update={"due_at": moment}), unit) is not None
    assert report(DUE, unit) is not None


def test_a_teams_report_comes_again_as_that_teams() -> None:
    """At the hour at which the person wants that one."""
    unit = a_unit()
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", team_id=ENG.id, hour=8, minute=45))

    press(unit, again("tomorrow").model_copy(update={"team_id": ENG.id}))

    [(due, moment)] = unit.schedules.once
    assert (ENG.id, datetime(2026, 11, 21, 7, 45, tzinfo=UTC)) == (due.team_id, moment)


def test_a_press_that_comes_twice_has_it_sent_once_more_only() -> None:
    """The queue may repeat it; another press is another wish."""
    unit = a_unit()
    for at in (NOW, NOW, NOW + timedelta(seconds=5)):
        press(unit, again("hour"), at=at)

    assert 2 == len(unit.schedules.once)


def test_who_pressed_is_told_in_their_language_when_it_comes() -> None:
    """By their own clock; where we cannot say it, it comes all the same."""
    unit = a_unit(language=Language.GERMAN)
    press(unit, again("hour"))

    [(channel, _, user, said)] = unit.chat.whispers
    assert ("D0ADA", "U0ADA") == (channel, user)
    assert "11:30" in said
    assert "Freitag" in said

    unit.chat.fail_next(NotFound("channel_not_found"))
    press(unit, again("tomorrow"), at=NOW + timedelta(seconds=5))
    assert 2 == len(unit.schedules.once)


@pytest.mark.parametrize("standing", [Standing.OUTSIDER, Standing.LEFT])
def test_who_is_not_of_the_team_gets_nothing_by_pressing(standing: Standing) -> None:
    """Nor does somebody we do not know, nor a kind of report that there is none of."""
    unit = a_unit(standings={Provider.SLACK: standing})
    press(unit, again("hour"))
    press(unit, not_mine())
    press(unit, again("hour"), account="U0NOBODY")
    press(unit, again("hour", kind="monthly"), account="U0BOB")

    assert ([], (), []) == (unit.schedules.once, ada(unit).not_mine, unit.chat.whispers)


def test_a_ticket_that_is_not_mine_is_left_out_of_my_reports() -> None:
    """And whoever said so is told."""
    unit = a_unit()
    assert ["ENG-1", "ENG-2"] == working_on(unit)

    for _ in range(2):
        press(unit, not_mine())

    assert ("ticket-1",) == ada(unit).not_mine
    assert ["ENG-2"] == working_on(unit)
    assert "ENG-1" in unit.chat.whispers[0][3]


def test_a_ticket_is_mine_again_once_it_has_been_somebody_elses() -> None:
    """Whoever assigns it then means it; what is said of one that is still there stays."""
    unit = a_unit()
    for number in (1, 2):
        press(unit, not_mine(number))
    report(DUE, unit)
    assert ("ticket-1", "ticket-2") == ada(unit).not_mine

    unit.stores.tickets.put(ACME, a_ticket(1, title="Build", state=DOING, assignee_id="lin-bob"))
    report(DUE.model_copy(update={"once": "next"}), unit)
    unit.stores.tickets.put(ACME, a_ticket(1, title="Build", state=DOING))

    assert ("ticket-2",) == ada(unit).not_mine
    assert ["ENG-1"] == working_on(unit)


def test_nobody_disowns_what_is_not_theirs() -> None:
    """Nor what is not there; and nothing is told of it."""
    unit = a_unit()
    press(unit, not_mine(), account="U0BOB")
    press(unit, not_mine(9))

    assert ((), []) == (ada(unit).not_mine, unit.chat.whispers)


def test_only_so_much_is_kept() -> None:
    """The last that was said counts."""
    unit = a_unit(not_mine=tuple(f"old-{number}" for number in range(MOST_DISOWNED)))

    press(unit, not_mine())

    assert (MOST_DISOWNED, "ticket-1") == (len(ada(unit).not_mine), ada(unit).not_mine[-1])
