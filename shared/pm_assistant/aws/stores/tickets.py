"""Our index of the tracker, on DynamoDB."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.tables import TicketRow
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Ticket

REMEMBER = timedelta(days=90)
"""How long a removal is remembered; a webhook that is older than it comes within days, if at all."""

OLDEST = "0"
"""A version before every moment."""


class DynamoTickets:
    """Tickets (`Tickets`): `TICKET#<id>`, of which the highest version stays, in whatever order they arrive."""

    def put(self, tenant_id: TenantId, ticket: Ticket, *, brought: bool = False) -> None:
        """Keep a ticket unless we know a later version or its later removal; any is later than what was brought."""
        row = _row(tenant_id, ticket.id)
        row.version = OLDEST if brought else tables.stamp(ticket.updated_at)
        row.data = ticket.model_dump_json()
        row.put(tables.absent_or(TicketRow.version <= row.version))

    def remove(self, tenant_id: TenantId, ticket_id: str, *, at: datetime) -> None:
        """Forget a ticket; of a change and a removal at the same moment the removal wins."""
        row = _row(tenant_id, ticket_id)
        row.version = f"{tables.stamp(at)}#removed"
        row.expires_at = at + REMEMBER
        row.put(tables.absent_or(TicketRow.version <= row.version))

    def all(self, tenant_id: TenantId) -> Sequence[Ticket]:
        """Every ticket we know."""
        rows = TicketRow.among(tenant_id, TicketRow.sk.startswith("TICKET#"))
        return [Ticket.model_validate_json(row.data) for row in rows if row.data]

    def some(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        """The ones of these that we know."""
        rows = TicketRow.find_all(tenant_id, (f"TICKET#{ticket_id}" for ticket_id in ticket_ids))
        return [Ticket.model_validate_json(row.data) for row in rows if row.data]


def _row(tenant_id: TenantId, ticket_id: str) -> TicketRow:
    return TicketRow(tables.partition(tenant_id), f"TICKET#{ticket_id}")
