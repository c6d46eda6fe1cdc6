"""What we were about to send, on DynamoDB."""

from datetime import datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.tenants import TenantId

KEEP = timedelta(days=90)
"""How long we remember that something may have been sent; nothing is tried again after that."""


class DynamoOutbox:
    """The outbox (`Outbox`): `OUTBOX#<key>`."""

    def pending_since(self, tenant_id: TenantId, key: str) -> datetime | None:
        """When the last attempt began of which we do not know how it ended."""
        row = Row.find(tenant_id, _sk(key))
        return datetime.fromisoformat(row.data) if row else None

    def begin(self, tenant_id: TenantId, key: str, *, at: datetime) -> None:
        """Note that an attempt begins."""
        Row(tables.partition(tenant_id), _sk(key), data=tables.stamp(at), expires_at=at + KEEP).put()

    def settle(self, tenant_id: TenantId, key: str) -> None:
        """Note that we know how the last attempt ended."""
        Row(tables.partition(tenant_id), _sk(key)).drop()


def _sk(key: str) -> str:
    return f"OUTBOX#{key}"
