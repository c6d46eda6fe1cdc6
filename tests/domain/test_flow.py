"""How a team's work flows."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pm_assistant.domain.flow import (
    FEWEST,
    MOST_IN_PROGRESS,
    MOST_STEPS,
    WEEKS,
    DayOfFlow,
    InProgress,
    Passage,
    Review,
    Spread,
    Step,
    TeamFlow,
    WeekOfFlow,
    flow_of,
    net_by_day,
    spread_of,
)
from pm_assistant.domain.forecast import Forecast, Outlook, Score
from pm_assistant.domain.work import StateType, Ticket, TicketState
from pm_assistant.workflows.flow.measure import MOST_FORECASTS, MOST_TEAMS

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
NOW = MONDAY + timedelta(weeks=2, hours=9)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Tokyo")]
"""Most of them change their clocks in the weeks that are made up."""
TODO, DOING, DONE = StateType.UNSTARTED, StateType.STARTED, StateType.COMPLETED


def ticket(phase: StateType, at: datetime, *, started: datetime | None = None, done: datetime | None = None) -> Ticket:
    """A ticket as it is told at a moment."""
    return Ticket(
        id="t",
        key="ENG-1",
        title="Checkout",
        url="https://linear.app/acme/issue/ENG-1",
        state=TicketState(id=phase, name=phase, type=phase),
        team_id="team",
        created_at=MONDAY,
        updated_at=at,
        started_at=started,
        completed_at=done,
    )


def passage(*steps: tuple[datetime, StateType], name: str = "t", unplanned: bool = False) -> Passage:
    """A passage of that way."""
    return Passage(
        ticket_id=name,
        team_id="team",
        created_at=MONDAY - 7 * DAY,
        seen_at=steps[-1][0] if steps else MONDAY,
        steps=tuple(Step(*step) for step in steps),
        unplanned=unplanned,
    )


def finished(number: int, *, begun: datetime = MONDAY, days: float = 1.0, unplanned: bool = False) -> Passage:
    """A ticket that was begun and done."""
    return passage((begun, DOING), (begun + days * DAY, DONE), name=f"t{number}", unplanned=unplanned)


EARLIER = passage((MONDAY - 7 * DAY, DOING), (MONDAY - 6 * DAY, StateType.CANCELED), name="earlier")
"""So that the week of Monday is not the one in which it all began."""


def test_a_passage_is_the_way_from_look_to_look() -> None:
    """When it was begun and done the tracker says itself; looking twice changes nothing."""
    first = Passage.of(ticket(TODO, MONDAY), None)
    begun = Passage.of(ticket(DOING, MONDAY + 3 * HOUR, started=MONDAY + HOUR), first)
    done = ticket(DONE, MONDAY + 9 * HOUR, started=MONDAY + HOUR, done=MONDAY + 8 * HOUR)
    after = Passage.of(done, begun)
    assert ((MONDAY, TODO), (MONDAY + HOUR, DOING), (MONDAY + 8 * HOUR, DONE)) == after.steps
    assert after == Passage.of(done, after)


def test_what_was_begun_and_done_between_two_looks_was_begun_all_the_same() -> None:
    """The tracker still knows when, also of what was done before we came."""
    done = ticket(DONE, MONDAY + 9 * HOUR, started=MONDAY + HOUR, done=MONDAY + 8 * HOUR)
    for before in (None, Passage.of(ticket(TODO, MONDAY), None)):
        assert ((MONDAY + HOUR, DOING), (MONDAY + 8 * HOUR, DONE)) == Passage.of(done, before).steps[-2:]


def test_what_is_opened_again_was_not_done_and_is_done_twice() -> None:
    """Also where both happened between two looks: only the moment of being done tells."""
    done = Passage.of(ticket(DONE, MONDAY + DAY, started=MONDAY, done=MONDAY + DAY), None)
    slowly = Passage.of(ticket(DOING, MONDAY + 2 * DAY, started=MONDAY + 2 * DAY), done)
    again = ticket(DONE, MONDAY + 3 * DAY, started=MONDAY + 2 * DAY, done=MONDAY + 3 * DAY)
    for seen in (done, slowly):
        after = Passage.of(again, seen)
        assert 1 == len(after.reopened_at)
        assert [MONDAY + DAY, MONDAY + 3 * DAY] == [finish.at for finish in after.finishes()]
        assert {MONDAY} == {finish.started_at for finish in after.finishes()}


def test_steps_never_run_backwards_and_are_not_without_end() -> None:
    """A tracker may say an earlier moment than it did; and a ticket may go to and fro for years."""
    known = Passage.of(ticket(TODO, MONDAY + DAY), None)
    late = Passage.of(ticket(DONE, MONDAY + 2 * DAY, done=MONDAY), known)
    assert [MONDAY + DAY, MONDAY + DAY] == [step.at for step in late.steps]
    for number in range(3 * MOST_STEPS):
        known = Passage.of(ticket((TODO, DOING)[number % 2], MONDAY + (2 + number) * DAY), known)
    assert MOST_STEPS == len(known.steps)


def test_that_it_began_as_talk_is_not_forgotten() -> None:
    """The log is kept for a time only."""
    first = Passage.of(ticket(TODO, MONDAY), None, unplanned=True)
    assert Passage.of(ticket(DOING, MONDAY + DAY), first).unplanned


def test_there_is_no_figure_of_fewer_than_five() -> None:
    """Of so few a percentile would be one ticket's own, and whose that is somebody knows."""
    assert spread_of([1.0] * (FEWEST - 1)) is None
    assert Spread(count=5, half=3, most=5) == spread_of([5, 1, 4, 2, 3])


def test_a_week_tells_what_was_done_what_came_as_talk_and_what_was_opened_again() -> None:
    """And half of what was done was begun no longer before than so many days."""
    again = passage((MONDAY, DOING), (MONDAY + DAY, DONE), (MONDAY + 2 * DAY, DOING), name="again")
    fresh = passage((MONDAY, TODO), name="fresh", unplanned=True).model_copy(update={"created_at": MONDAY})
    done = [finished(number, days=number, unplanned=number == 1) for number in range(1, 6)]
    flow = flow_of("team", [EARLIER, again, fresh, *done], [], zone=UTC, now=NOW)
    week, following = flow.weeks
    assert (6, 1, 1, 1) == (week.finished, week.added, week.unplanned, week.reopened)
    assert Spread(count=6, half=2, most=5) == week.cycle_days
    assert (0, 1) == (following.finished, following.in_progress)
    assert (6, 1, 2) == (flow.finished, flow.in_progress_count, flow.open_items)
    assert Spread(count=6, half=9, most=12) == flow.lead_days


def test_other_teams_have_no_part_in_it() -> None:
    """Each is told of by itself."""
    flow = flow_of("other", [EARLIER, *map(finished, range(9))], [], zone=UTC, now=NOW)
    assert ((), 0, None) == (flow.weeks, flow.finished, flow.cycle_days)


def test_the_week_in_which_all_began_and_the_current_one_are_not_told_of() -> None:
    """Both are incomplete, and would make a team look slower than it is."""
    flow = flow_of("team", [EARLIER, finished(1, begun=NOW - 2 * HOUR, days=0.01)], [], zone=UTC, now=NOW)
    assert [MONDAY.date(), (MONDAY + 7 * DAY).date()] == [week.begins for week in flow.weeks]
    assert 0 == flow.finished


def test_weeks_begin_by_the_tenants_clock() -> None:
    """On Sunday evening in UTC it is Monday in Tokyo."""
    sunday = [finished(n, begun=MONDAY + 6 * DAY, days=20 / 24) for n in range(3)]
    in_utc, in_tokyo = (
        flow_of("team", [EARLIER, *sunday], [], zone=zone, now=NOW) for zone in (UTC, ZoneInfo("Asia/Tokyo"))
    )
    assert [3, 0] == [week.finished for week in in_utc.weeks]
    assert [0, 3] == [week.finished for week in in_tokyo.weeks]


def test_waiting_for_a_review_and_lying_about_are_no_work() -> None:
    """Of four days one was spent waiting and one put back: half of it was work; overlapping waits count once."""
    way = ((MONDAY, DOING), (MONDAY + 2 * DAY, TODO), (MONDAY + 3 * DAY, DOING), (MONDAY + 4 * DAY, DONE))
    done = [passage(*way, name=f"t{number}") for number in range(5)]
    ids = [each.ticket_id for each in done]
    reviews = [
        Review(ids, MONDAY + DAY, MONDAY + 2 * DAY, hours=8),
        Review(ids, MONDAY + DAY, MONDAY + 1.5 * DAY, hours=4),
    ]
    flow = flow_of("team", [EARLIER, *done], reviews, zone=UTC, now=NOW)
    assert Spread(count=5, half=0.5, most=0.5) == flow.efficiency
    assert flow.review_hours is None
    more = flow_of("team", [EARLIER, *done], [*reviews, *reviews, *reviews], zone=UTC, now=NOW)
    assert Spread(count=6, half=4, most=8) == more.review_hours


def test_what_is_in_progress_is_told_the_longest_first_and_not_without_end() -> None:
    """Its age is what can still be changed."""
    begun = [passage((MONDAY + n * HOUR, DOING), name=f"t{n:02}") for n in reversed(range(MOST_IN_PROGRESS + 5))]
    flow = flow_of("team", begun, [], zone=UTC, now=NOW)
    assert MOST_IN_PROGRESS + 5 == flow.in_progress_count
    assert [f"t{n:02}" for n in range(MOST_IN_PROGRESS)] == [each.ticket_id for each in flow.in_progress]


def test_figures_that_do_not_agree_with_each_other_are_called_so() -> None:
    """By Little's law one ticket a day of a day each keeps one in progress; a hundred that nobody ends do not fit."""
    steady = [finished(n, begun=MONDAY + n * DAY - 12 * HOUR) for n in range(14)]
    assert flow_of("team", [EARLIER, *steady], [], zone=UTC, now=NOW).consistent
    stale = [passage((MONDAY, DOING), name=f"s{n}") for n in range(100)]
    assert False is flow_of("team", [EARLIER, *steady, *stale], [], zone=UTC, now=NOW).consistent
    assert flow_of("team", [EARLIER, *steady[:4]], [], zone=UTC, now=NOW).consistent is None


def test_what_is_got_through_in_a_day_is_what_was_done_but_for_what_came_as_talk() -> None:
    """That is what a forecast is scored by."""
    came = passage((MONDAY, TODO), unplanned=True).model_copy(update={"created_at": MONDAY + DAY})
    assert {date(2026, 11, 3): 1} == net_by_day([came, finished(1), finished(2)], UTC)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), count=st.integers(5, 40))
def test_of_a_made_up_world_the_figures_are_the_truth(seed: int, count: int) -> None:
    """Tickets that are looked at each night through what the tracker tells then: weeks tell what truly happened."""
    chance = random.Random(seed)  # noqa: S311  # to come out the same each time
    truth: dict[date, int] = {}
    cycles, passages = [], [EARLIER]
    for number in range(count):
        begun = MONDAY + chance.uniform(0, 10) * DAY
        done = begun + chance.uniform(0.1, 3) * DAY
        known: Passage | None = None
        for night in range(15):
            at = MONDAY + night * DAY
            phase = DONE if done <= at else DOING if begun <= at else TODO
            changed = {DONE: done, DOING: begun, TODO: MONDAY}[phase]
            told = ticket(
                phase, changed, started=begun if phase is not TODO else None, done=done if phase is DONE else None
            )
            known = Passage.of(told.model_copy(update={"id": f"t{number}"}), known)
        assert known is not None
        passages.append(known)
        week = (done - timedelta(days=done.weekday())).date()
        truth[week] = truth.get(week, 0) + 1
        cycles.append((done - begun) / DAY)
    flow = flow_of("team", passages, [], zone=UTC, now=MONDAY + timedelta(weeks=2, hours=1))
    assert [truth.get(week.begins, 0) for week in flow.weeks] == [week.finished for week in flow.weeks]
    assert spread_of(cycles) == flow.cycle_days


@given(zone=st.sampled_from(ZONES), hours=st.lists(st.integers(0, 24 * 7 * 6), min_size=1, max_size=30))
def test_each_end_falls_into_one_week_also_where_clocks_change(zone: ZoneInfo, hours: list[int]) -> None:
    """Weeks follow each other without a gap, though one has an hour more or less."""
    begun = datetime(2026, 10, 5, tzinfo=UTC)
    done = [finished(n, begun=begun, days=hour / 24) for n, hour in enumerate(hours)]
    now = begun + timedelta(weeks=8)
    flow = flow_of("team", [EARLIER, *done], [], zone=zone, now=now)
    first = flow.weeks[0].begins
    assert [first + timedelta(weeks=n) for n in range(len(flow.weeks))] == [week.begins for week in flow.weeks]
    ends = [end.at.astimezone(zone).date() for each in done for end in each.finishes()]
    assert [sum(week.begins <= end < week.begins + timedelta(weeks=1) for end in ends) for week in flow.weeks] == [
        week.finished for week in flow.weeks
    ]
    assert flow.finished == sum(week.finished for week in flow.weeks)


def test_what_a_week_took_is_of_that_week_alone() -> None:
    """Its cycle time, its lead time, its share of work and its waits for a review."""
    weeks = [
        [finished(10 * week + n, begun=MONDAY + week * 7 * DAY, days=1 + week) for n in range(5)] for week in (0, 1)
    ]
    reviews = [
        Review((each.ticket_id,), each.steps[0].at, each.steps[0].at + HOUR, 1 + 2 * week)
        for week, done in enumerate(weeks)
        for each in done
    ]
    flow = flow_of("team", [EARLIER, *weeks[0], *weeks[1]], reviews, zone=UTC, now=NOW)
    told = [(w.cycle_days, w.lead_days, w.efficiency, w.review_hours) for w in flow.weeks]
    alike = [[(figure.count, figure.half) for figure in figures if figure is not None] for figures in told]
    assert [[(5, 1), (5, 8), (5, 0.96), (5, 1)], [(5, 2), (5, 16), (5, 0.98), (5, 3)]] == alike


def test_a_ticket_that_moves_to_another_team_takes_its_way_along() -> None:
    """It is one team's at a time, and what was done is not done twice."""
    done = Passage.of(ticket(DONE, MONDAY + DAY, started=MONDAY, done=MONDAY + DAY), None)
    moved = ticket(DONE, MONDAY + 2 * DAY, started=MONDAY, done=MONDAY + DAY).model_copy(update={"team_id": "other"})
    after = Passage.of(moved, done)
    assert done.steps == after.steps
    ended = [flow_of(team, [EARLIER, after], [], zone=UTC, now=NOW).finished for team in ("team", "other")]
    assert [0, 0] == ended  # The week in which the other team began is not complete.
    both = [after, EARLIER.model_copy(update={"team_id": "other"})]
    assert 1 == flow_of("other", both, [], zone=UTC, now=NOW).finished


def test_what_is_opened_again_twice_and_given_up_at_last_is_not_done_by_that() -> None:
    """Each time counts; giving up is neither an end nor an opening."""
    way = [DOING, DONE, DOING, DONE, DOING, StateType.CANCELED]
    given_up = passage(*((MONDAY + n * HOUR, phase) for n, phase in enumerate(way)))
    assert 2 == len(list(given_up.finishes()))
    assert 2 == len(given_up.reopened_at)
    flow = flow_of("team", [EARLIER, given_up], [], zone=UTC, now=NOW)
    assert (2, 2, 0, 0) == (flow.finished, flow.weeks[0].reopened, flow.in_progress_count, flow.open_items)
    kept = passage((MONDAY, DOING), (MONDAY + HOUR, DONE), (MONDAY + DAY, StateType.CANCELED))
    assert () == tuple(kept.reopened_at)


def test_a_team_of_a_day_has_no_week_yet_and_no_figure() -> None:
    """What is in progress is told all the same."""
    flow = flow_of("team", [passage((NOW - HOUR, DOING))], [], zone=UTC, now=NOW)
    assert ((), 0, None, None, 1) == (
        flow.weeks,
        flow.finished,
        flow.cycle_days,
        flow.consistent,
        flow.in_progress_count,
    )


def test_the_largest_day_has_a_place_in_one_row() -> None:
    """Of thirty teams with a full quarter each and all their forecasts; 400 kB are the most (DynamoDB)."""
    id = "0b5ad6f1-8b5b-4d0c-9d0e-1f2a3b4c5d6e"
    spread = Spread(count=99_999, half=1234.56, most=1234.56)
    figures = {"cycle_days": spread, "lead_days": spread, "efficiency": spread, "review_hours": spread}
    counts = dict.fromkeys(("finished", "added", "unplanned", "reopened", "in_progress"), 99_999)
    week = WeekOfFlow.model_validate({"begins": MONDAY.date()} | counts | figures)
    day = MONDAY.date()
    made = Forecast(made_on=day, items=500, even=day, likely=day, share=0.95, done_on=day, held=False)
    outlook = Outlook(items=500, even_days=700, likely_days=700, weeks=12, finished=99_999, growth=9999.9)
    team = TeamFlow.model_validate(
        {
            "team_id": id,
            "weeks": [week] * WEEKS,
            "finished": 99_999,
            "in_progress": [InProgress(ticket_id=id, since=NOW)] * MOST_IN_PROGRESS,
            "in_progress_count": 99_999,
            "open_items": 99_999,
            "consistent": False,
            "outlook": outlook,
            "forecasts": [made] * MOST_FORECASTS,
            "score": Score(made=20, held=20, even_held=20),
        }
        | figures
    )
    whole = DayOfFlow(day=day, time_zone="America/Argentina/Buenos_Aires", measured_at=NOW, teams=(team,) * MOST_TEAMS)
    assert 380_000 > len(whole.model_dump_json())
