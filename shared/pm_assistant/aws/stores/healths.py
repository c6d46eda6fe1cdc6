"""How tenants fare, on DynamoDB."""

from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.tenants import TenantId

EVERYBODYS = "HEALTHS"
"""The index key under which all stand together: nothing is scanned to list them."""


class DynamoHealths:
    """Each in its tenant's partition (`Healths`): `HEALTH#`; the index orders them by place."""

    def get(self, tenant_id: TenantId) -> TenantHealth | None:
        """A tenant's."""
        row = Row.find(tenant_id, "HEALTH#")
        return TenantHealth.model_validate_json(row.data) if row else None

    def put(self, health: TenantHealth) -> None:
        """Keep one."""
        key = (tables.partition(health.tenant_id), "HEALTH#")
        Row(*key, data=health.model_dump_json(), gsi_pk=EVERYBODYS, gsi_sk=health.place).put()

    def page(self, *, after: str | None = None, limit: int) -> Sequence[TenantHealth]:
        """The next so many of all tenants."""
        rows = Row.indexed(EVERYBODYS, Row.gsi_sk > (after or "!"), limit=limit)
        return [TenantHealth.model_validate_json(row.data) for row in rows]
