"""People's own calendars, in memory: the ties to them, and one at a vendor."""

from collections.abc import Sequence
from datetime import datetime

from pm_assistant.domain.absence import OutOfOffice
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.tenants import TenantId


class FakeCalendars:
    """Ties in a dict."""

    def __init__(self) -> None:
        self._calendars: dict[tuple[TenantId, str], CalendarConnection] = {}

    def get(self, tenant_id: TenantId, member_id: str) -> CalendarConnection | None:
        """Read a person's."""
        return self._calendars.get((tenant_id, member_id))

    def all(self, tenant_id: TenantId) -> Sequence[CalendarConnection]:
        """All of a tenant."""
        return [self._calendars[key] for key in sorted(self._calendars) if key[0] == tenant_id]

    def put(self, calendar: CalendarConnection) -> None:
        """Create or replace a person's."""
        self._calendars[calendar.tenant_id, calendar.member_id] = calendar

    def replace(self, calendar: CalendarConnection, *, before: CalendarConnection) -> bool:
        """Change one that still reads as before."""
        if self.get(calendar.tenant_id, calendar.member_id) not in (before, calendar):
            return False
        self.put(calendar)
        return True

    def remove(self, tenant_id: TenantId, member_id: str) -> None:
        """Forget a person's."""
        self._calendars.pop((tenant_id, member_id), None)


class FakeCalendar:
    """A calendar with `entries`; while there is a `failure`, asking fails with it.

    Attributes:
        asked: from when until when was asked, each time.
    """

    def __init__(self, *entries: OutOfOffice) -> None:
        self.entries = list(entries)
        self.failure: ProductError | None = None
        self.asked: list[tuple[datetime, datetime]] = []

    def out_of_office(self, since: datetime, until: datetime) -> Sequence[OutOfOffice]:
        """Whatever there is."""
        self.asked.append((since, until))
        if self.failure is not None:
            raise self.failure
        return tuple(self.entries)
