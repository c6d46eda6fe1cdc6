"""Rows that one worker at a time may hold."""

import uuid
from datetime import datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.tables import LeaseRow
from pm_assistant.domain.tenants import TenantId

FOR_GOOD = "for good"
"""Sorts after every moment."""


class Leases:
    """Takes and gives back rows by key; remembers what it took, so that it never gives back what another has taken."""

    def __init__(self) -> None:
        self._holders: dict[tuple[TenantId, str], str] = {}

    def take(self, tenant_id: TenantId, sk: str, *, now: datetime, until: datetime) -> bool:
        """Hold a row until then, in one conditional write; False if another holds it until later than now."""
        # botocore repeats a write whose answer got lost: a mark of its own keeps the call from losing against itself.
        holder = uuid.uuid4().hex
        row = LeaseRow(
            tables.partition(tenant_id),
            sk,
            held_until=tables.stamp(until),
            holder=holder,
            expires_at=until + timedelta(days=1),
        )
        run_out = LeaseRow.held_until <= tables.stamp(now)
        taken = row.put(tables.absent_or(run_out | (LeaseRow.holder == holder)))
        if taken:
            self._holders[tenant_id, sk] = holder
        return taken

    def give_back(self, tenant_id: TenantId, sk: str) -> None:
        """Let the next one take the row, if it is still ours."""
        holder = self._holders.pop((tenant_id, sk), None)
        if holder is not None:
            LeaseRow(tables.partition(tenant_id), sk).drop(LeaseRow.holder == holder)

    def keep(self, tenant_id: TenantId, sk: str, *, forget_at: datetime) -> None:
        """Let nobody take the row again before it is forgotten, whoever holds it."""
        self._holders.pop((tenant_id, sk), None)
        row = LeaseRow(tables.partition(tenant_id), sk, held_until=FOR_GOOD, holder=FOR_GOOD, expires_at=forget_at)
        row.put()
