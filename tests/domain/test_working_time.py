"""Hours in which people work: no nights, no weekends, no days off, and by the clock of where they are."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.working_time import WorkingTime

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (at(FRIDAY, 10), at(FRIDAY, 12, 30), 2),
        (at(FRIDAY, 16), at(MONDAY, 10), 2),
        (at(FRIDAY, 20), at(MONDAY, 8), 0),
        (at(FRIDAY, 9), at(MONDAY, 17), 16),
        (at(MONDAY, 12), at(FRIDAY, 12), 0),
    ],
)
def test_only_working_hours_count(since: datetime, until: datetime, hours: int) -> None:
    """A weekend is no time in which anybody waited for anybody."""
    assert hours == WorkingTime().hours(since, until)


def test_a_day_off_does_not_count_and_the_clock_is_the_persons() -> None:
    """The same stretch is another number of hours elsewhere."""
    stretch = (at(FRIDAY, 0), at(FRIDAY, 23))

    assert 0 == WorkingTime(days_off={FRIDAY}).hours(*stretch)
    assert 1 + 6 == WorkingTime(ZoneInfo("America/Los_Angeles")).hours(*stretch)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_hours_add_up(one: datetime, two: datetime, three: datetime) -> None:
    """Nothing is lost between two stretches but the rest of an hour each, and nothing is counted twice."""
    first, middle, last = sorted((one, two, three))
    working = WorkingTime(ZoneInfo("Europe/Berlin"))

    whole = working.hours(first, last)

    assert 0 <= whole - working.hours(first, middle) - working.hours(middle, last) <= 1
    assert timedelta(hours=whole) <= last - first
