"""A report has a moment on each local day on which it is wished for, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.timetable import WEEKDAYS, beginning_of_day, due_times

DAYS = 800
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"localtime"})


@given(zone=st.sampled_from(ZONES), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_every_local_day_has_one_moment(zone: str, hour: int, minute: int) -> None:
    """At its time by the clock, or after the gap if that time is skipped; no day of these years is left out."""
    here, clock = ZoneInfo(zone), time(hour, minute)
    wish = Subscription(member_id="U0ADA", hour=hour, minute=minute, weekdays=WEEKDAYS)

    due = list(due_times(wish, here, after=FIRST, until=FIRST + timedelta(days=DAYS)))

    days = [day for day, _ in due]
    assert [days[0] + timedelta(days=number) for number in range(len(days))] == days
    assert DAYS - 1 <= len(days) <= DAYS + 1
    for day, moment in due:
        local = moment.astimezone(here).replace(tzinfo=None)
        assert timedelta(0) <= local - datetime.combine(day, clock) <= timedelta(hours=2)


def test_a_time_that_the_clock_skips_comes_after_the_gap() -> None:
    """Half past two on the day on which New York goes from two to three."""
    wish = Subscription(member_id="U0ADA", hour=2, minute=30, weekdays=WEEKDAYS)
    here, noon = ZoneInfo("America/New_York"), datetime(2026, 3, 8, 16, tzinfo=UTC)

    [(day, moment)] = due_times(wish, here, after=noon - timedelta(days=1), until=noon)

    assert (date(2026, 3, 8), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)) == (day, moment)


def test_a_day_that_a_zone_leaves_out_has_no_report() -> None:
    """Samoa had no 30 December 2011."""
    wish = Subscription(member_id="U0ADA", weekdays=WEEKDAYS)
    first = datetime(2011, 12, 27, tzinfo=UTC)

    days = [day.day for day, _ in due_times(wish, ZoneInfo("Pacific/Apia"), after=first, until=first + timedelta(7))]

    assert [27, 28, 29, 31, 1, 2, 3] == days


@pytest.mark.parametrize(("since", "days"), [(None, [19, 20]), (datetime(2026, 11, 19, 9, 1, tzinfo=UTC), [20])])
def test_what_was_due_before_a_wish_is_not_owed(since: datetime | None, days: list[int]) -> None:
    """Nor is a weekend."""
    wish = Subscription(member_id="U0ADA", since=since)
    first = datetime(2026, 11, 19, tzinfo=UTC)

    due = due_times(wish, ZoneInfo("UTC"), after=first, until=first + timedelta(days=4))

    assert days == [day.day for day, _ in due]


def test_a_day_begins_when_its_clock_says_so() -> None:
    """In Havana the clocks skip midnight itself."""
    assert datetime(2026, 3, 8, 5, tzinfo=UTC) == beginning_of_day(
        datetime(2026, 3, 8, 12, tzinfo=UTC), ZoneInfo("America/Havana")
    )
