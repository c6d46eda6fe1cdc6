"""Work that was asked for, on DynamoDB."""

from collections.abc import Sequence
from datetime import timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Job
from pm_assistant.domain.tenants import TenantId

KEEP = timedelta(days=90)
KEEP_DRY = timedelta(days=7)
"""What a dry run found quotes what was said, which may be deleted meanwhile."""


class DynamoJobs:
    """Jobs (`Jobs`): `RUN_LOG#<id>`."""

    def get(self, tenant_id: TenantId, job_id: str) -> Job:
        """Read one."""
        row = Row.find(tenant_id, f"RUN_LOG#{job_id}")
        if row is None:
            raise NotFound("no such run")
        return Job.model_validate_json(row.data)

    def put(self, job: Job) -> None:
        """Create or replace one."""
        Row(
            tables.partition(job.tenant_id),
            f"RUN_LOG#{job.id}",
            data=job.model_dump_json(),
            expires_at=job.created_at + (KEEP_DRY if job.order.dry_run else KEEP),
        ).put()

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[Job]:
        """Jobs newest first."""
        rows = Row.newest(tenant_id, "RUN_LOG", before=before, limit=limit)
        return [Job.model_validate_json(row.data) for row in rows]
