"""Work that was asked for, on DynamoDB."""

from collections.abc import Sequence
from datetime import timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Run
from pm_assistant.domain.tenants import TenantId

KEEP = timedelta(days=90)


class DynamoRunLog:
    """Runs (`RunLog`): `RUN_LOG#<id>`."""

    def get(self, tenant_id: TenantId, run_id: str) -> Run:
        """Read one."""
        row = Row.find(tenant_id, f"RUN_LOG#{run_id}")
        if row is None:
            raise NotFound("no such run")
        return Run.model_validate_json(row.data)

    def put(self, run: Run) -> None:
        """Create or replace one."""
        Row(
            tables.partition(run.tenant_id),
            f"RUN_LOG#{run.id}",
            data=run.model_dump_json(),
            expires_at=run.created_at + KEEP,
        ).put()

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[Run]:
        """Runs newest first."""
        rows = Row.newest(tenant_id, "RUN_LOG", before=before, limit=limit)
        return [Run.model_validate_json(row.data) for row in rows]
