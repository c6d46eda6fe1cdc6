"""On which local days a report is due, and at what moment; clocks that jump neither lose nor double one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pm_assistant.domain.reports import Subscription

DAY = timedelta(days=1)
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def due_times(
    subscription: Subscription, zone: ZoneInfo, *, after: datetime, until: datetime
) -> Iterator[tuple[date, datetime]]:
    """The local days whose report is due later than `after` and not later than `until`, with the moment in UTC.

    A time that a clock skips comes as much later as it skips; one that it has twice is due at the first. A day that a
    zone leaves out is none. What was due before the subscription counts is left out.
    """
    day, last = after.astimezone(zone).date() - DAY, until.astimezone(zone).date() + DAY
    while day <= last:
        moment = _at(day, time(subscription.hour, subscription.minute), zone)
        is_wished = WEEKDAYS[day.weekday()] in subscription.weekdays and moment >= (subscription.since or moment)
        if is_wished and after < moment <= until and _at(day, time.min, zone) < _at(day + DAY, time.min, zone):
            yield day, moment
        day += DAY


def beginning_of_day(at: datetime, zone: ZoneInfo) -> datetime:
    """When the local day began in which a moment lies."""
    return _at(at.astimezone(zone).date(), time.min, zone)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
