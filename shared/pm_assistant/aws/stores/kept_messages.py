"""What waits for a tenant to be resumed, on DynamoDB."""

from collections.abc import Sequence
from datetime import datetime

from pm_assistant.aws import tables
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.suspension import KeptMessage
from pm_assistant.domain.workspaces import TenantId


class DynamoKeptMessages:
    """Messages (`KeptMessages`): `KEPT#<stage>#<digest>`."""

    def keep(self, tenant_id: TenantId, message: KeptMessage, *, until: datetime) -> None:
        """Keep one."""
        key = (tables.partition(tenant_id), f"KEPT#{message.id}")
        Row(*key, data=message.model_dump_json(), expires_at=until).put()

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[KeptMessage]:
        """The next so many."""
        rows = Row.page(tenant_id, "KEPT", after=after, limit=limit)
        return [stored(KeptMessage, row.data) for row in rows]

    def drop(self, tenant_id: TenantId, message: KeptMessage) -> None:
        """Forget one."""
        Row(tables.partition(tenant_id), f"KEPT#{message.id}").drop()
