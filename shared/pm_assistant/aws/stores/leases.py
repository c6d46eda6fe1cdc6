"""Who is at work on what, on DynamoDB."""

import uuid
from datetime import datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.rows import LeaseRow
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.platform import Leases


class DynamoLeases(Leases):
    """Leases (`Leases`): `LEASE#<key>`; remembers what it took, so that it never gives back what another has taken."""

    def __init__(self) -> None:
        self._holders: dict[tuple[TenantId, str], str] = {}

    def take(self, tenant_id: TenantId, key: str, *, now: datetime, until: datetime) -> bool:
        """Take a lease, in one conditional write."""
        # botocore repeats a write whose answer got lost: a mark of its own keeps the call from losing against itself.
        holder = uuid.uuid4().hex
        row = LeaseRow(
            tables.partition(tenant_id),
            _sk(key),
            held_until=tables.stamp(until),
            holder=holder,
            expires_at=until + timedelta(days=1),
        )
        run_out = LeaseRow.held_until <= tables.stamp(now)
        acquired = row.put(tables.absent_or(run_out | (LeaseRow.holder == holder)))
        if acquired:
            self._holders[tenant_id, key] = holder
        return acquired

    def give_back(self, tenant_id: TenantId, key: str) -> None:
        """Let the next one have it, if it is still ours."""
        holder = self._holders.pop((tenant_id, key), None)
        if holder is not None:
            LeaseRow(tables.partition(tenant_id), _sk(key)).drop(LeaseRow.holder == holder)


def _sk(key: str) -> str:
    return f"LEASE#{key}"
