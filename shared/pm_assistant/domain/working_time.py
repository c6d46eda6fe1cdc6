"""How long something took or waits, counted in the hours in which people work."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pm_assistant.domain.reports import Weekday

MONDAY_TO_FRIDAY: Set[Weekday] = frozenset({"MON", "TUE", "WED", "THU", "FRI"})
WEEKDAYS: tuple[Weekday, ...] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
HOURS_A_DAY = 8
LONGEST = timedelta(days=365)
"""Beyond that nobody asks how many hours it were."""


@dataclass(frozen=True)
class WorkingTime:
    """When somebody works: eight hours of each working day, by the clock of where that person is.

    Attributes:
        zone: of the clock.
        weekdays: on which there is work.
        days_off: on which there is none all the same.
        begins: when a day's work begins.
    """

    zone: tzinfo = UTC
    weekdays: Set[Weekday] = MONDAY_TO_FRIDAY
    days_off: Set[date] = frozenset()
    begins: time = time(9)

    def works_on(self, day: date) -> bool:
        """Whether it is a working day."""
        return WEEKDAYS[day.weekday()] in self.weekdays and day not in self.days_off

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """When a day's work begins and ends, if there is any on that day."""
        begins = datetime.combine(day, self.begins, self.zone).astimezone(UTC)
        return begins, begins + timedelta(hours=HOURS_A_DAY)

    def hours(self, since: datetime, until: datetime) -> int:
        """How many whole working hours lie between two moments; none if the second is the earlier one."""
        since = max(since, until - LONGEST)
        first, last = (moment.astimezone(self.zone).date() for moment in (since, until))
        worked = timedelta()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if self.works_on(day):
                begins, ends = self.hours_of(day)
                worked += max(timedelta(), min(until, ends) - max(since, begins))
        return int(worked.total_seconds() // 3600)
