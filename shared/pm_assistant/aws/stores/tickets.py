"""Our index of the tracker, on DynamoDB."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from random import randrange

from pm_assistant.aws import tables
from pm_assistant.aws.rows import TicketRow
from pm_assistant.aws.stored import stored
from pm_assistant.aws.stores.index import NAMED_TOGETHER, note_changes, tidy
from pm_assistant.domain.index import TicketHead, digest_of
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Ticket

REMEMBER = timedelta(days=90)
"""How long a removal is remembered; a webhook that is older than it comes within days, if at all."""

OLDEST = "0"
"""A version before every moment."""


LOOKS = 16
"""One change in so many, by chance, has its writer look whether the index has too many of them."""


class DynamoTickets:
    """Tickets (`Tickets`): `TICKET#<id>`, of which the highest version stays, in whatever order they arrive.

    What was written is named to the index afterwards. Whoever is interrupted in between does it again: a row may be
    written twice, and what a later version has overtaken is named by whoever brought that.
    """

    def put(self, tenant_id: TenantId, ticket: Ticket, *, brought: bool = False) -> None:
        """Keep a ticket unless we know a later version or its later removal; any is later than what was brought."""
        if _keep(tenant_id, ticket, brought=brought):
            _note(tenant_id, ticket.id)

    def put_all(self, tenant_id: TenantId, tickets: Iterable[Ticket], *, brought: bool = False) -> None:
        """Keep tickets as `put` does."""
        for some in batched(tickets, NAMED_TOGETHER, strict=False):
            kept = [ticket.id for ticket in some if _keep(tenant_id, ticket, brought=brought)]
            note_changes(tenant_id, kept)
        tidy(tenant_id)

    def remove(self, tenant_id: TenantId, ticket_id: str, *, at: datetime) -> None:
        """Forget a ticket; of a change and a removal at the same moment the removal wins."""
        row = _row(tenant_id, ticket_id)
        row.version = f"{tables.stamp(at)}#removed"
        row.expires_at = at + REMEMBER
        if row.put(tables.absent_or(TicketRow.version <= row.version)):
            _note(tenant_id, ticket_id)

    def all(self, tenant_id: TenantId) -> Sequence[Ticket]:
        """Every ticket we know."""
        rows = TicketRow.among(tenant_id, TicketRow.sk.startswith("TICKET#"))
        return [stored(Ticket, row.data) for row in rows if row.data]

    def some(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        """The ones of these that we know."""
        rows = TicketRow.find_all(tenant_id, (f"TICKET#{ticket_id}" for ticket_id in ticket_ids))
        return [stored(Ticket, row.data) for row in rows if row.data]

    def whole(self, tenant_id: TenantId, heads: Collection[TicketHead]) -> Sequence[Ticket]:
        """The tickets of these heads; what reads otherwise than the index said is read again, consistently."""
        expected = {head.id: head.digest for head in heads}
        rows = TicketRow.find_all(tenant_id, (f"TICKET#{id}" for id in expected), consistent=False)
        found = [stored(Ticket, row.data) for row in rows if row.data]
        right = {ticket.id: ticket for ticket in found if digest_of(ticket) == expected[ticket.id]}
        return [*right.values(), *self.some(tenant_id, expected.keys() - right.keys())]


def _keep(tenant_id: TenantId, ticket: Ticket, *, brought: bool) -> bool:
    row = _row(tenant_id, ticket.id)
    row.version = OLDEST if brought else tables.stamp(ticket.updated_at)
    row.data = ticket.model_dump_json()
    return row.put(tables.absent_or(TicketRow.version <= row.version))


def _note(tenant_id: TenantId, ticket_id: str) -> None:
    note_changes(tenant_id, [ticket_id])
    if randrange(LOOKS) == 0:  # noqa: S311 # no secret
        tidy(tenant_id)


def _row(tenant_id: TenantId, ticket_id: str) -> TicketRow:
    return TicketRow(tables.partition(tenant_id), f"TICKET#{ticket_id}")
