"""What settings mean."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pm_assistant.domain.tenants import STORED, QuietHours, Settings

CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
ZONES = st.sampled_from(
    ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "Asia/Kathmandu")
)
MOMENTS = st.integers(1_700_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def quiet_by_the_minute(hours: QuietHours, at: datetime) -> bool:
    """Walk the clock from start to end: the slow way to see whether a moment lies between."""
    hour, minute = int(hours.start[:2]), int(hours.start[3:])
    while f"{hour:02}:{minute:02}" != hours.end:
        if f"{hour:02}:{minute:02}" == f"{at.astimezone(ZoneInfo(hours.time_zone)):%H:%M}":
            return True
        hour, minute = (hour, minute + 1) if minute < 59 else ((hour + 1) % 24, 0)
    return False


@given(start=CLOCKS, end=CLOCKS, zone=ZONES, at=MOMENTS)
def test_it_is_quiet_between_start_and_end_of_the_local_clock(start: str, end: str, zone: str, at: datetime) -> None:
    """Whatever the zone, also across midnight; the end itself is no longer quiet."""
    hours = QuietHours(start=start, end=end, time_zone=zone)

    assert quiet_by_the_minute(hours, at) == (hours.seconds_left(at) > 0)


@given(start=CLOCKS, end=CLOCKS, at=MOMENTS)
def test_whoever_waits_that_long_wakes_when_it_is_over(start: str, end: str, at: datetime) -> None:
    """Never longer than a day, and a second earlier it is still quiet."""
    hours = QuietHours(start=start, end=end)
    left = hours.seconds_left(at)

    assert 0 <= left < 86_400
    if left:
        assert 0 == hours.seconds_left(at + timedelta(seconds=left))
        assert 0 < hours.seconds_left(at + timedelta(seconds=left - 1))


@given(clock=CLOCKS, zone=ZONES, at=MOMENTS)
def test_equal_ends_mean_never(clock: str, zone: str, at: datetime) -> None:
    """A span of no length."""
    assert 0 == QuietHours(start=clock, end=clock, time_zone=zone).seconds_left(at)


@pytest.mark.parametrize("zone", ["", "Mars/Base", "Europe", "../UTC", "/etc/localtime", "Europe/Berlin\x00"])
def test_a_zone_has_to_exist(zone: str) -> None:
    """Neither a folder nor a path is one."""
    with pytest.raises(ValidationError, match="time_zone"):
        QuietHours(start="20:00", end="08:00", time_zone=zone)


def test_a_stored_zone_that_is_not_known_any_more_is_utc() -> None:
    """Nobody loses a card over it."""
    hours = {"start": "20:00", "end": "08:00"}
    gone = QuietHours.model_validate({**hours, "time_zone": "Mars/Base"}, context=STORED)
    at = datetime(2026, 11, 20, 21, tzinfo=UTC)

    assert QuietHours.model_validate(hours).seconds_left(at) == gone.seconds_left(at) == 11 * 3600


@pytest.mark.parametrize(
    ("brought", "own", "after"), [(50, 20, 20), (5, 20, 5), (50, None, 50), (None, 20, 20), (None, None, None)]
)
def test_what_is_brought_along_costs_no_more_than_was_allowed(
    brought: float | None, own: float | None, after: float | None
) -> None:
    """The lower budget counts, as for all that trusts us."""
    kept = Settings(model_budget_dollars=brought).within(Settings(model_budget_dollars=own))

    assert after == kept.model_budget_dollars
