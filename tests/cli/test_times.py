"""Times as people write them."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.cli.times import age, end, moment
from pm_assistant.domain.errors import InvalidRequest
from tests.builders import NOW

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@given(st.integers(0, 9_999), st.sampled_from(sorted(UNITS)))
def test_a_number_and_a_unit_is_that_long_ago(number: int, unit: str) -> None:
    """For every unit."""
    assert NOW - timedelta(**{UNITS[unit]: number}) == moment(f"{number}{unit}", NOW)


@given(st.timedeltas(timedelta(0), timedelta(days=20_000)))
def test_an_iso_time_is_itself(back: timedelta) -> None:
    """With its offset, to the microsecond."""
    then = NOW - back

    assert then == moment(then.isoformat(), NOW)


def test_a_time_without_offset_is_this_machines() -> None:
    """As the person at the keyboard means it."""
    assert datetime.fromisoformat("2026-11-19T08:00").astimezone() == moment("2026-11-19T08:00", NOW)


@given(st.text())
def test_any_text_is_a_past_moment_or_refused(text: str) -> None:
    """Never another error, never the future."""
    with suppress(InvalidRequest):
        assert moment(text, NOW) <= NOW


@pytest.mark.parametrize("text", ["", "1", "1y", "-1d", "999999w", "2027-01-01", "0001-01-01T00:00:00+23:59"])
def test_what_is_no_past_time_is_refused(text: str) -> None:
    """Also what no calendar holds."""
    with pytest.raises(InvalidRequest):
        moment(text, NOW)


@given(st.integers(0, 10**7))
def test_an_age_is_never_more_than_it_is(seconds: int) -> None:
    """Reading it back leads to no earlier moment, and misses less than one of its units."""
    shown = age(NOW - timedelta(seconds=seconds), NOW)

    back = (NOW - moment(shown, NOW)).total_seconds()
    assert back <= seconds < back + {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[shown[-1]]


def test_a_date_ends_with_its_day() -> None:
    """By this machine's clock; a time is itself."""
    assert datetime.fromisoformat("2026-12-02T00:00").astimezone() == end("2026-12-01")
    assert datetime.fromisoformat("2026-12-01T09:30").astimezone() == end("2026-12-01T09:30")
    assert NOW == end(NOW.isoformat())


@given(st.text())
def test_any_text_is_an_end_or_refused(text: str) -> None:
    """Never another error."""
    with suppress(InvalidRequest):
        assert end(text).tzinfo is not None
