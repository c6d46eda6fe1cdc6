"""Work that was asked for, on DynamoDB."""

from collections.abc import Sequence
from datetime import timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import Contention, NotFound
from pm_assistant.domain.jobs import DRY_RUN_LASTS, Job
from pm_assistant.domain.tenants import TenantId

KEEP = timedelta(days=90)


class DynamoJobs:
    """Jobs (`Jobs`): `RUN_LOG#<id>`."""

    def get(self, tenant_id: TenantId, job_id: str) -> Job:
        """Read one."""
        row = Row.find(tenant_id, f"RUN_LOG#{job_id}")
        if row is None:
            raise NotFound("no such run")
        return stored(Job, row.data)

    def put(self, job: Job) -> None:
        """Create or replace one."""
        _row(job).put()

    def replace(self, job: Job, *, before: Job) -> None:
        """Change one that still reads as `before`; compared as it lies there, whichever version of us wrote it."""
        row = Row.find(job.tenant_id, f"RUN_LOG#{job.id}")
        if row is None or stored(Job, row.data) not in (before, job):
            raise Contention("the run has changed")
        if not _row(job).put_over(row):
            raise Contention("the run has changed")

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[Job]:
        """Jobs newest first."""
        rows = Row.newest(tenant_id, "RUN_LOG", before=before, each=limit)
        return listed(Job, rows, limit=limit)


def _row(job: Job) -> Row:
    lasts = [DRY_RUN_LASTS if job.order.dry_run else KEEP]
    if job.keep_days is not None:
        lasts.append(timedelta(days=job.keep_days))
    return Row(
        tables.partition(job.tenant_id),
        f"RUN_LOG#{job.id}",
        data=job.model_dump_json(),
        expires_at=job.created_at + min(lasts),
    )
