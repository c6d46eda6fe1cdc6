"""Make up for events that a vendor says it did not send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.accounts.audit import SYSTEM, entry
from pm_assistant.workflows.jobs import new_job
from pm_assistant.workflows.update import update_job

if TYPE_CHECKING:
    from pm_assistant.ports.unit import Unit

STRETCH = timedelta(minutes=15)
"""A vendor says it minute by minute, for as long as it goes on; so many of them are made up for by one reading."""
MOST_RECENT = 50
"""Jobs among which those are looked for that could not read: what was missed longer ago is of no use any more."""
NOTED_WITHIN_SECONDS = 60
"""A message that comes before its job is noted finds nothing to do."""


def fill_gap(provider: Provider, at: datetime, unit: Unit) -> bool:
    """Have read and judged what was said while events were missing; False if that has been asked for.

    The reading begins when the stretch of time is over, so it covers all of the stretch, whichever minute of it was
    told of first. Its message comes first, and is true only once the job is there: so whatever is interrupted, no job
    is noted that nobody takes up, and the vendor's next attempt begins anew.
    """
    began_at = datetime.fromtimestamp(at.timestamp() // STRETCH.total_seconds() * STRETCH.total_seconds(), UTC)
    order = Order(kind=JobKind.SYNC, dry_run=False, since=began_at, judge=True)
    job_id = f"{began_at:%Y%m%dT%H%M%S%f}-{provider}-gap"
    job = new_job(order, tenant_id=unit.tenant_id, asked_by=SYSTEM, now=unit.now(), job_id=job_id)
    try:
        unit.stores.jobs.get(job.tenant_id, job.id)
    except NotFound:
        due = JobDue(tenant_id=job.tenant_id, job_id=job.id)
        unit.queues.jobs.put(due, group=job.tenant_id, delay_seconds=int(STRETCH.total_seconds()))
        noted = entry("events.missed", at=unit.now(), target=provider.value, since=began_at.isoformat(), run=job.id)
        unit.stores.audit.add(job.tenant_id, noted)
        unit.stores.jobs.put(job)
        return True
    return False


def read_gaps_again(unit: Unit) -> int:
    """Ask again for the readings that a vendor kept from reading, now that all are there; returns for how many.

    As above the message is put first, and finds the job to be done when it comes.
    """
    recent = unit.stores.jobs.latest(unit.tenant_id, limit=MOST_RECENT)
    left = [job for job in recent if job.order.judge and _has_not_read(job)]
    for job in left:
        due = JobDue(tenant_id=unit.tenant_id, job_id=job.id)
        unit.queues.jobs.put(due, group=unit.tenant_id, delay_seconds=NOTED_WITHIN_SECONDS)
        update_job(job.id, _begun_anew, unit)
    return len(left)


def _has_not_read(job: Job) -> bool:
    return job.state is JobState.FAILED or any("missing" in result for result in job.results)


def _begun_anew(job: Job) -> Job:
    change = {"state": JobState.WAITING, "steps": 0, "done": 0, "cursor": None, "results": (), "error": None}
    return job.model_copy(update=change)
