"""Once a day it is told what a team's work came to."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import TicketLinks, pull_request_id
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome
from pm_assistant.domain.flow import DayOfFlow, TeamFlow
from pm_assistant.domain.forecast import Why
from pm_assistant.domain.index import TicketHead
from pm_assistant.domain.jobs import Job, JobKind, Order, Step
from pm_assistant.domain.tenants import PrivateCode, QuietHours, Settings, TenantId
from pm_assistant.domain.work import StateType, Ticket, TicketState
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.flow import measure as measuring
from pm_assistant.workflows.flow.measure import measure, zone_of_team
from tests.builders import (
    ACME,
    ENG,
    NOW,
    a_decision,
    a_job,
    a_member,
    a_pull_request,
    a_repository,
    a_review,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
TODO, DOING, DONE = (
    TicketState(id=phase, name=phase, type=phase)
    for phase in (StateType.UNSTARTED, StateType.STARTED, StateType.COMPLETED)
)
SECRET = ENG.model_copy(update={"id": "team-secret", "key": "SEC", "private": True})


def done(number: int, *, weeks: int, days: float = 2, **changes: object) -> Ticket:
    """A ticket that was done so many weeks ago, so many days after it was begun."""
    at = NOW - weeks * WEEK
    times = {"updated_at": at, "started_at": at - days * DAY, "completed_at": at}
    return a_ticket(number, state=DONE, created_at=at - 9 * DAY, **times | changes)


def steady(each_week: int = 3, weeks: int = 10) -> list[Ticket]:
    """So many done in each of so many weeks, and two that are planned."""
    finished = [done(10 * week + n, weeks=week, days=n + 1) for week in range(1, weeks + 1) for n in range(each_week)]
    return [*finished, a_ticket(900, state=TODO), a_ticket(901, state=TODO)]


def a_unit(tickets: Iterable[Ticket] = (), **settings: object) -> FakeUnit:
    """A tenant with a public team and a private one, and these tickets."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(settings=Settings.model_validate(settings)))
    unit.stores.directory.put_teams(ACME, [ENG, SECRET])
    unit.stores.tickets.put_all(ACME, tickets)
    return unit


def measured(unit: Unit, *, dry_run: bool = False) -> Step:
    """Take all steps of a run."""
    job: Job = a_job(order=Order(kind=JobKind.FLOW, dry_run=dry_run))
    for _ in range(50):
        step = measure(job, unit)
        job = job.after(step, at=unit.now())
        if step.cursor is None:
            return step
    raise AssertionError("it does not end")


def day_of(unit: FakeUnit) -> DayOfFlow:
    """What was found last."""
    day = unit.stores.flow.latest_day(ACME)
    assert day is not None
    return day


def team_of(unit: FakeUnit) -> TeamFlow:
    """What was found of the one team."""
    [team] = day_of(unit).teams
    return team


def test_a_day_tells_what_each_public_team_came_to() -> None:
    """From the tickets as they are known; what is in a private team is told of to nobody."""
    unit = a_unit([*steady(), a_ticket(950, state=DOING, team_id=SECRET.id), *steady()[:1]])
    step = measured(unit)
    team = team_of(unit)
    assert (ENG.id, 2, 30) == (team.team_id, team.open_items, step.total and sum(w.finished for w in team.weeks) + 3)
    assert {3} == {week.finished for week in team.weeks}
    assert team.cycle_days is not None
    assert 2 == team.cycle_days.half
    assert (NOW.date(), NOW) == (day_of(unit).day, day_of(unit).measured_at)


def test_what_is_known_is_followed_step_by_step_and_ends_in_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tickets a step takes, and however often it is done again."""
    whole, parts = a_unit(steady()), a_unit(steady())
    measured(whole)
    monkeypatch.setattr(measuring, "AT_ONCE", 7)
    for _ in range(2):
        measured(parts)
    assert day_of(whole) == day_of(parts)
    assert whole.stores.flow.passages(ACME) == parts.stores.flow.passages(ACME)


def test_tickets_that_have_not_changed_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A night costs what a day has changed."""
    unit = a_unit(steady())
    measured(unit)
    unit.stores.tickets.put(ACME, a_ticket(900, state=DOING, updated_at=NOW, started_at=NOW))
    read: list[str] = []
    whole = unit.stores.tickets.whole

    def noting(tenant_id: TenantId, heads: Collection[TicketHead]) -> Sequence[Ticket]:
        read.extend(head.id for head in heads)
        return whole(tenant_id, heads)

    monkeypatch.setattr(unit.stores.tickets, "whole", noting)
    measured(unit)
    assert ["ticket-900"] == read
    assert 1 == team_of(unit).in_progress_count


def test_a_dry_run_tells_it_and_keeps_nothing() -> None:
    """Of what was kept before."""
    unit = a_unit(steady())
    measured(unit)
    unit.at = NOW + DAY
    [result] = measured(unit, dry_run=True).results
    assert (ENG.id, NOW.date()) == (result["team_id"], day_of(unit).day)


def test_what_is_gone_from_the_tracker_is_gone_here() -> None:
    """Its passage, too, though nothing was said in it."""
    unit = a_unit(steady())
    measured(unit)
    unit.stores.tickets.remove(ACME, "ticket-10", at=NOW)
    measured(unit)
    assert "ticket-10" not in {each.ticket_id for each in unit.stores.flow.passages(ACME)}


def test_a_ticket_that_others_are_a_part_of_is_not_counted_beside_them() -> None:
    """Its parts are the work."""
    unit = a_unit([*steady(), done(500, weeks=2, parent_id="ticket-501"), done(501, weeks=2)])
    measured(unit)
    assert 1 + 3 * len(team_of(unit).weeks) == team_of(unit).finished


@pytest.mark.parametrize(("private", "unplanned"), [(False, 1), (True, 0)])
def test_a_ticket_that_was_made_of_talk_was_not_planned(private: bool, unplanned: int) -> None:
    """Once that has been seen it is remembered for longer than the log; of what was said in private nothing is."""
    unit = a_unit(steady())
    unit.stores.decisions.save(a_created("ticket-20", private=private))
    for _ in range(2):
        measured(unit)
    assert unplanned == sum(week.unplanned for week in team_of(unit).weeks)
    unit.at = NOW + 3 * DAY
    measured(unit)
    assert unplanned == sum(week.unplanned for week in team_of(unit).weeks)


def a_created(ticket_id: str, *, private: bool) -> Decision:
    """That a ticket was made of a conversation."""
    outcome = Outcome(external_id=ticket_id, url="https://linear.app/acme/issue/ENG-1", inverse="{}")
    action = CreateTicket(title="Checkout", description="x")
    return a_decision(action=action, private=private, state=DecisionState.DONE, outcome=outcome)


def test_weeks_begin_by_the_clock_of_most_people_or_of_the_quiet_hours() -> None:
    """Where neither is known, by UTC."""
    people = [
        a_member(name).model_copy(update={"time_zone": zone})
        for name, zone in (("a", "Asia/Tokyo"), ("b", "Europe/Berlin"), ("c", "Asia/Tokyo"))
    ]
    quiet = QuietHours(start="20:00", end="08:00", time_zone="Europe/Paris")
    assert ZoneInfo("Asia/Tokyo") == zone_of_team(Settings(), people)
    assert ZoneInfo("Europe/Paris") == zone_of_team(Settings(quiet_hours=quiet), people)
    assert ZoneInfo("UTC") == zone_of_team(Settings(), [])


def reviewed(unit: FakeUnit, number: int, *, private: bool = False, by: str = "ada") -> None:
    """A pull request for a ticket that was looked at a working day after it was opened, and is still open."""
    opened = datetime(2026, 11, 16, 9, tzinfo=UTC)
    id = pull_request_id("900", number)
    review = a_review(str(number), pull_request_id=id, submitted_at=opened + DAY, author=Actor(login=by, id="1"))
    parts = (
        a_repository(private=private),
        a_pull_request(number, created_at=opened),
        review,
        TicketLinks(pull_request_id=id, at=NOW, contradicts=("ticket-10",)),
    )
    for part in parts:
        unit.stores.code.record(ACME, part, keep_days=30)


@pytest.mark.parametrize(
    ("changes", "hours"),
    [({}, 8), ({"private": True}, None), ({"by": "grace"}, None), ({"by": "coderabbitai"}, None)],
    ids=["public", "private", "of one's own", "by a program"],
)
def test_the_wait_for_a_review_is_that_for_somebody_else_and_counts_working_hours(
    changes: dict[str, Any], hours: int | None
) -> None:
    """Nothing is told of private code where a team says so."""
    unit = a_unit(steady(), private_code=PrivateCode.NOTHING)
    for number in range(1, 6):
        reviewed(unit, number, **changes)
    unit.at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    measured(unit)
    spread = team_of(unit).review_hours
    assert hours == (spread.half if spread is not None else None)


def test_what_was_said_of_the_open_work_is_kept_once_a_week_and_scored() -> None:
    """Two are planned and three are done a week: so it is held, and said of the next that it was."""
    unit = a_unit(steady())
    measured(unit)
    at = NOW + 2 * DAY
    finished = [done(n, weeks=0, updated_at=at, completed_at=at) for n in (900, 901)]
    unit.stores.tickets.put_all(ACME, [*finished, a_ticket(902, state=TODO)])
    for days in range(3, 8):
        unit.at = NOW + days * DAY
        measured(unit)
    assert [NOW.date(), (NOW + WEEK).date()] == [each.made_on for each in team_of(unit).forecasts]
    first, second = team_of(unit).forecasts
    assert (True, None) == (first.held, second.held)
    assert (1, 1) == (team_of(unit).score.made, team_of(unit).score.held)


def test_a_day_that_is_measured_again_scores_from_the_day_before() -> None:
    """So that a run that is repeated adds nothing."""
    unit = a_unit(steady())
    for _ in range(3):
        measured(unit)
    assert 1 == len(team_of(unit).forecasts)


def test_where_too_little_is_known_nothing_is_said_and_nothing_kept() -> None:
    """Four items are no history."""
    unit = a_unit([done(n, weeks=n) for n in range(2, 6)] + [a_ticket(900, state=TODO)])
    measured(unit)
    team = team_of(unit)
    assert team.outlook is not None
    assert (Why.FEW_FINISHED, ()) == (team.outlook.why, team.forecasts)
