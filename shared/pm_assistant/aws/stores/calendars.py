"""Ties of people to their own calendars, on DynamoDB."""

from collections.abc import Iterator, Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.workspaces import TenantId


class DynamoCalendars:
    """Ties of people to their own calendars (`CalendarConnections`): `CALENDAR#<member>`."""

    def get(self, tenant_id: TenantId, member_id: str) -> CalendarConnection | None:
        """Read a person's."""
        row = Row.find(tenant_id, _sk(member_id))
        return _read(row) if row else None

    def all(self, tenant_id: TenantId) -> Sequence[CalendarConnection]:
        """All of a tenant."""
        return [_read(row) for row in Row.among(tenant_id, Row.sk.startswith(_sk("")))]

    def put(self, calendar: CalendarConnection) -> None:
        """Create or replace a person's."""
        _row(calendar).put()

    def replace(self, calendar: CalendarConnection, *, before: CalendarConnection) -> bool:
        """Change one that still reads as `before`."""
        return _row(calendar).put_over(_row(before))

    def remove(self, tenant_id: TenantId, member_id: str) -> None:
        """Forget a person's."""
        Row(tables.partition(tenant_id), _sk(member_id)).drop()

    def everywhere(self) -> Iterator[CalendarConnection]:
        """Every tenant's, by reading the whole table: for the operator, who changes the key they are under.

        No port has this, and the functions' roles do not allow it.
        """
        return (_read(row) for row in Row.everywhere(Row.sk.startswith(_sk(""))))


def _sk(member_id: str) -> str:
    return f"CALENDAR#{member_id}"


def _row(calendar: CalendarConnection) -> Row:
    return Row(tables.partition(calendar.tenant_id), _sk(calendar.member_id), data=calendar.model_dump_json())


def _read(row: Row) -> CalendarConnection:
    return stored(CalendarConnection, row.data)
