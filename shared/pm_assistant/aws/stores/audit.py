"""Who did what, on DynamoDB."""

from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.tenants import TenantId


class DynamoAuditTrail:
    """The trail (`AuditTrail`): `AUDIT#<id>`; kept as long as the tenant."""

    def add(self, tenant_id: TenantId, entry: AuditEntry) -> None:
        """Add an entry, in one conditional write; adding the very same again is fine."""
        row = Row(tables.partition(tenant_id), f"AUDIT#{entry.id}", data=entry.model_dump_json())
        if not row.put(tables.absent_or(Row.data == row.data)):
            raise Conflict("another entry of the audit trail has that id")

    def redact(self, tenant_id: TenantId, entry: AuditEntry) -> None:
        """Let an entry say less, in one conditional write."""
        Row(tables.partition(tenant_id), f"AUDIT#{entry.id}", data=entry.model_dump_json()).put(Row.pk.exists())

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[AuditEntry]:
        """Entries newest first."""
        rows = Row.newest(tenant_id, "AUDIT", before=before, each=limit)
        return listed(AuditEntry, rows, limit=limit)
