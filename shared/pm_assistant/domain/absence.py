"""On which days somebody is absent, by what their own calendar says."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import assert_never

from pydantic import AwareDatetime

from pm_assistant.domain.model import Model
from pm_assistant.domain.working_time import WorkingTime

DAYS_READ = 23
"""How many days a calendar is read for: two back, for reports that come late, and three weeks from today on."""


class DaysOut(Model):
    """Whole days out of office, wherever the person is.

    Attributes:
        until: the day on which they are over.
    """

    since: date
    until: date


class HoursOut(Model):
    """A stretch of time out of office."""

    since: AwareDatetime
    until: AwareDatetime


type OutOfOffice = DaysOut | HoursOut
"""What somebody has entered into their calendar; nothing else of it is read."""


def time_read(first_day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when until when a calendar is read: `DAYS_READ` days of a person's own clock."""
    first, last = (
        datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
        for day in (first_day, first_day + timedelta(days=DAYS_READ))
    )
    return first, last


def days_absent(entries: Iterable[OutOfOffice], first_day: date, zone: tzinfo) -> tuple[date, ...]:
    """The days from the first one on on which somebody is not at work at all.

    A day counts if it is entered as a whole, or if what is entered covers all of its working hours, in one piece or in
    several that meet. Whoever is away for an afternoon has a morning to report on.

    Args:
        entries: in any order; they may overlap.
        first_day: of all that are looked at.
        zone: of the person's clock; days and hours are those of where the person is.
    """
    whole_days: list[DaysOut] = []
    hours: list[HoursOut] = []
    for entry in entries:
        match entry:
            case DaysOut():
                whole_days.append(entry)
            case HoursOut():
                hours.append(entry)
            case _:
                assert_never(entry)
    working, stretches = WorkingTime(zone), _joined(hours)
    absent: list[date] = []
    for number in range(DAYS_READ):
        day = first_day + timedelta(days=number)
        begins, ends = working.hours_of(day)
        if any(out.since <= day < out.until for out in whole_days) or any(
            since <= begins and ends <= until for since, until in stretches
        ):
            absent.append(day)
    return tuple(absent)


def _joined(hours: Iterable[HoursOut]) -> Sequence[tuple[datetime, datetime]]:
    """The same as stretches that do not meet."""
    stretches: list[tuple[datetime, datetime]] = []
    for out in sorted(hours, key=lambda out: out.since):
        if stretches and out.since <= stretches[-1][1]:
            since, until = stretches[-1]
            stretches[-1] = since, max(until, out.until)
        else:
            stretches.append((out.since, out.until))
    return stretches
