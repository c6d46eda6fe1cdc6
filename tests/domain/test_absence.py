"""On which days a calendar says that somebody is absent."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.absence import DAYS_READ, DaysOut, HoursOut, OutOfOffice, days_absent, time_read
from pm_assistant.domain.working_time import HOURS_A_DAY

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 30)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
TODAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def on(day: date, hour: int, minute: int = 0, zone: tzinfo = BERLIN) -> datetime:
    """A moment of a day, by its clock."""
    return datetime.combine(day, time(hour, minute), zone)


def out(since: datetime, until: datetime) -> HoursOut:
    """A stretch of time."""
    return HoursOut(since=since, until=until)


@pytest.mark.parametrize(
    ("entries", "days"),
    [
        ([], 0),
        ([DaysOut(since=MONDAY, until=MONDAY + timedelta(days=2))], 2),
        ([DaysOut(since=MONDAY - timedelta(days=9), until=MONDAY + timedelta(days=1))], 1),
        ([DaysOut(since=MONDAY, until=MONDAY)], 0),
        ([out(on(MONDAY, 9), on(MONDAY, 17))], 1),
        ([out(on(MONDAY, 9, 1), on(MONDAY, 18))], 0),
        ([out(on(MONDAY, 8), on(MONDAY, 16, 59))], 0),
        ([out(on(MONDAY, 13), on(MONDAY, 17)), out(on(MONDAY, 9), on(MONDAY, 13))], 1),
        (
            [
                out(on(MONDAY, 9), on(MONDAY, 16)),
                out(on(MONDAY, 10), on(MONDAY, 12)),
                out(on(MONDAY, 15), on(MONDAY, 17)),
            ],
            1,
        ),
        ([out(on(MONDAY, 9), on(MONDAY, 12)), out(on(MONDAY, 13), on(MONDAY, 17))], 0),
        ([out(on(MONDAY, 17), on(MONDAY, 9))], 0),
        ([out(on(MONDAY, 14), on(MONDAY + timedelta(days=2), 12))], 1),
        ([out(on(MONDAY, 9, zone=UTC), on(MONDAY, 17, zone=UTC))], 0),
    ],
)
def test_a_day_counts_that_is_entered_as_a_whole_or_whose_working_hours_are_covered(
    entries: list[OutOfOffice], days: int
) -> None:
    """By the clock of where the person is; an end is not part of what it ends."""
    assert days == len(days_absent(entries, MONDAY, BERLIN))


@given(zone=ZONES, today=TODAYS, first=st.integers(-40, 40), length=st.integers(0, 40))
def test_whole_days_are_the_same_days_wherever_somebody_is(
    zone: ZoneInfo, today: date, first: int, length: int
) -> None:
    """An entry on days has no zone: it neither begins the day before nor ends the day after anywhere."""
    since = today + timedelta(days=first)
    until = since + timedelta(days=length)

    absent = days_absent([DaysOut(since=since, until=until)], today, zone)

    read = {today + timedelta(days=number) for number in range(DAYS_READ)}
    assert {since + timedelta(days=number) for number in range(length)} & read == set(absent)


@given(zone=ZONES, today=TODAYS, number=st.integers(0, DAYS_READ - 1), cut=st.integers(-600, 600))
def test_hours_count_if_they_cover_the_working_day_and_no_other_one(
    zone: ZoneInfo, today: date, number: int, cut: int
) -> None:
    """Whatever clocks do meanwhile, in every zone; a minute less is a day at work."""
    day = today + timedelta(days=number)
    begins = datetime.combine(day, time(9), zone).astimezone(UTC)
    ends = begins + timedelta(hours=HOURS_A_DAY)

    late, early = [out(begins + timedelta(minutes=cut), ends)], [out(begins, ends + timedelta(minutes=cut))]

    assert ([day] if cut <= 0 else []) == list(days_absent(late, today, zone))
    assert ([day] if cut >= 0 else []) == list(days_absent(early, today, zone))


@given(zone=ZONES, today=TODAYS, cuts=st.lists(st.integers(0, 1_440), max_size=6))
def test_a_day_in_pieces_that_meet_is_a_day(zone: ZoneInfo, today: date, cuts: list[int]) -> None:
    """In whatever order they come."""
    start = datetime.combine(today, time(), zone).astimezone(UTC)
    marks = sorted({0, *cuts, 2_880})
    pieces = [
        out(start + timedelta(minutes=since), start + timedelta(minutes=until)) for since, until in pairwise(marks)
    ]
    assert today in days_absent(reversed(pieces), today, zone)


@given(zone=ZONES, today=TODAYS)
def test_all_days_that_are_told_of_are_read_whole(zone: ZoneInfo, today: date) -> None:
    """Else an entry at the edge would be cut off."""
    first, last = time_read(today, zone)
    working = [datetime.combine(today + timedelta(days=n), time(9), zone) for n in (0, DAYS_READ - 1)]
    assert first <= working[0]
    assert working[1] + timedelta(hours=HOURS_A_DAY) <= last
