"""How tenants fare, on DynamoDB."""

from collections.abc import Sequence
from datetime import date

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.health import StageHealth, TenantHealth
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.health import KEPT_DAYS

EVERYBODYS = "HEALTHS"
"""The index key under which all stand together: nothing is scanned to list them."""


class DynamoHealths:
    """Each in its tenant's partition (`Healths`): `HEALTH#`, which the index orders by place, and `HEALTHDAY#<day>`.

    The stage's is `STAGE#` of the app.
    """

    def stage(self) -> StageHealth | None:
        """The stage's."""
        row = Row.find(APP, "STAGE#")
        return stored(StageHealth, row.data) if row else None

    def put_stage(self, health: StageHealth) -> None:
        """Keep the stage's."""
        Row(tables.partition(APP), "STAGE#", data=health.model_dump_json()).put()

    def get(self, tenant_id: TenantId) -> TenantHealth | None:
        """A tenant's."""
        row = Row.find(tenant_id, "HEALTH#")
        return stored(TenantHealth, row.data) if row else None

    def put(self, health: TenantHealth) -> None:
        """Keep one."""
        pk, data, day = tables.partition(health.tenant_id), health.model_dump_json(), health.looked_at.date()
        latest = Row(pk, "HEALTH#", data=data, gsi_pk=EVERYBODYS, gsi_sk=health.place)
        of_day = Row(pk, f"HEALTHDAY#{day.isoformat()}", data=data, expires_at=health.looked_at + KEPT_DAYS)
        Row.put_all([latest, of_day])

    def days(self, tenant_id: TenantId, *, before: date | None = None, limit: int) -> Sequence[TenantHealth]:
        """A tenant's, day by day."""
        before_day = before.isoformat() if before is not None else None
        rows = Row.newest(tenant_id, "HEALTHDAY", before=before_day, each=limit)
        return listed(TenantHealth, rows, limit=limit)

    def page(self, *, after: str | None = None, limit: int) -> Sequence[TenantHealth]:
        """The next so many of all tenants."""
        rows = Row.indexed(EVERYBODYS, Row.gsi_sk > (after or "!"), each=limit)
        return listed(TenantHealth, rows, limit=limit)
