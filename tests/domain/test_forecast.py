"""When so much will be done."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.forecast import (
    CAUTIOUS,
    LIKELY,
    LONGEST,
    MOST_SCORED,
    Forecast,
    Score,
    Week,
    Why,
    days_until_done,
    forecast,
    score_of,
    share_to_say,
)
from tests.bench.flow import coverage

MADE = date(2026, 11, 2)
STEADY = [Week(4)] * 8


def made(**fields: object) -> Forecast:
    """A forecast of ten items, for one week or two."""
    known = {"made_on": MADE, "items": 10, "even": MADE + timedelta(7), "likely": MADE + timedelta(14)}
    return Forecast.model_validate(known | fields)


def test_a_team_that_finishes_four_each_week_needs_two_and_a_half_weeks_for_ten() -> None:
    """Where no week differs from another, neither do the two dates."""
    outlook = forecast(10, STEADY, seed="x")
    assert (18, 18, None) == (outlook.even_days, outlook.likely_days, outlook.why)


def test_what_comes_in_meanwhile_has_to_be_done_as_well() -> None:
    """Four are finished and two come in: two a week are got through."""
    outlook = forecast(10, [Week(4, 2)] * 8, seed="x")
    assert (35, 2.0) == (outlook.likely_days, outlook.growth)


def test_below_five_finished_items_there_is_no_forecast() -> None:
    """Four say nothing of a team."""
    weeks = [*[Week(0)] * 6, Week(2), Week(2)]
    outlook = forecast(1, weeks, seed="x")
    assert (Why.FEW_FINISHED, None, 4) == (outlook.why, outlook.likely_days, outlook.finished)
    assert forecast(1, [*weeks[:-1], Week(3)], seed="x").why is None


def test_below_six_weeks_no_date_is_to_be_said() -> None:
    """A range in words may be: so the days are there."""
    outlook = forecast(10, STEADY[:5], seed="x")
    assert Why.FEW_WEEKS is outlook.why
    assert outlook.likely_days


def test_where_as_much_comes_in_as_gets_done_there_is_no_end() -> None:
    """No date is better than one in two years."""
    outlook = forecast(10, [Week(4, 4)] * 8, seed="x")
    assert (Why.NEVER, None, None) == (outlook.why, outlook.even_days, outlook.likely_days)


def test_only_the_newest_weeks_are_played_again() -> None:
    """A team that has become faster is not held to what it was a year ago."""
    outlook = forecast(10, [*[Week(0)] * 40, *[Week(4)] * 12], seed="x")
    assert (12, 18) == (outlook.weeks, outlook.likely_days)


weeks_of_teams = st.lists(st.builds(Week, st.integers(0, 12), st.integers(0, 3)), min_size=6, max_size=20)


@given(weeks=weeks_of_teams, items=st.integers(1, 60))
def test_the_later_date_is_never_before_the_earlier_one_and_more_work_takes_no_less_time(
    weeks: list[Week], items: int
) -> None:
    """Both hold whatever the past was, and the same question has the same answer."""
    outlook, more = (forecast(count, weeks, seed="x", runs=50) for count in (items, items + 5))
    assert outlook == forecast(items, weeks, seed="x", runs=50)
    if outlook.even_days is None or outlook.likely_days is None:
        assert outlook.why in {Why.NEVER, Why.FEW_FINISHED}
        return
    assert 1 <= outlook.even_days <= outlook.likely_days <= LONGEST * 7
    assert more.likely_days is None or outlook.likely_days <= more.likely_days


def test_the_date_holds_about_as_often_as_is_said() -> None:
    """A small helping of the bench: with 120 teams five in a hundred more or less are chance."""
    _, likely, count = coverage(120, 8, 10)
    assert 0.75 <= likely <= 0.95
    assert count > 100


def test_a_forecast_is_scored_once_its_time_has_come() -> None:
    """Done by the date it held; not done by then it did not, and before that nobody knows."""
    assert made().scored(done_on=None, today=MADE + timedelta(14)).held is None
    assert False is made().scored(done_on=None, today=MADE + timedelta(15)).held
    assert made().scored(done_on=MADE + timedelta(14), today=MADE + timedelta(30)).held
    assert False is made().scored(done_on=MADE + timedelta(15), today=MADE + timedelta(30)).held


def test_the_score_is_that_of_the_last_twenty_whose_time_has_come() -> None:
    """Of those that are open nobody knows, and what was long ago says nothing of today."""
    old = [made(held=False)] * 5
    early = [made(held=True, done_on=MADE + timedelta(7))] * 8
    late = [made(held=True, done_on=MADE + timedelta(8))] * 12
    assert Score(made=20, held=20, even_held=8) == score_of([*old, *early, *late, made()])


@pytest.mark.parametrize(
    ("held", "share"), [(14, CAUTIOUS), (15, LIKELY)], ids=["fewer than three in four", "three in four"]
)
def test_where_dates_did_not_hold_a_later_one_is_said(held: int, share: float) -> None:
    """So that what is said is kept, also where the future is not like the past."""
    assert share == share_to_say(Score(made=MOST_SCORED, held=held))
    assert LIKELY == share_to_say(Score(made=MOST_SCORED - 1, held=0))


def test_work_is_done_on_the_day_on_which_as_much_was_finished_as_was_left_and_came_in() -> None:
    """What came in as talk has to be finished, too; what was finished before does not count."""
    days = [(MADE + timedelta(2), -1), (MADE, 5), (MADE + timedelta(1), 2), (MADE + timedelta(4), 2)]
    assert MADE + timedelta(4) == days_until_done(3, days, MADE)
    assert days_until_done(4, days, MADE) is None
