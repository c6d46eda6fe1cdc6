"""Work that takes longer than a request: noted by whoever asks for it, then taken one step at a time."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pm_assistant.domain.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotConnected,
    NotFound,
    Unauthenticated,
    UpstreamRejected,
)
from pm_assistant.domain.jobs import Job, JobDue, JobKind, Order, Step
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.jobs import Jobs
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.reports import Deliveries

HOLD = timedelta(seconds=330)
"""Longer than the function may run, so that a hold never ends under its holder."""

FOR_GOOD = (Conflict, Forbidden, InvalidRequest, NotConnected, NotFound, Unauthenticated, UpstreamRejected)
"""What a step may fail with that repeating it would not help."""


def new_job(order: Order, *, tenant_id: TenantId, asked_by: str, now: datetime) -> Job:
    """Make a job of an order; ids sort by time."""
    job_id = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    return Job(id=job_id, tenant_id=tenant_id, order=order, asked_by=asked_by, created_at=now, updated_at=now)


def start_job(order: Order, *, tenant_id: TenantId, asked_by: str, jobs: Jobs, queue: Queue, now: datetime) -> Job:
    """Note an order and have its first step taken as soon as may be."""
    job = new_job(order, tenant_id=tenant_id, asked_by=asked_by, now=now)
    jobs.put(job)
    queue.put(JobDue(tenant_id=tenant_id, job_id=job.id), group=tenant_id)
    return job


def run_step(
    due: JobDue,
    *,
    jobs: Jobs,
    deliveries: Deliveries,
    queue: Queue,
    take: Callable[[Job], Step | None],
    clock: Callable[[], datetime],
) -> Job | None:
    """Take a job's next step, note what it achieved and ask for the step after it; safe to repeat at any point.

    A step's effects come before its note, and the request for the next one after it: whatever is interrupted is done
    again by the message's next delivery, and steps bear that. A job that is finished stays as it is, and so does one
    whose step answers None: it is not due yet, or is gone with its tenant.

    Raises:
        NotFound: the job is not there (any more).
        Conflict: another delivery is taking a step of this job right now; repeat.
        UpstreamUnavailable: what the step needs did not answer; repeat.
    """
    key, now = f"run|{due.job_id}", clock()
    if not deliveries.hold(due.tenant_id, key, now=now, until=now + HOLD):
        raise Conflict("a step of this job is being taken")
    try:
        job = jobs.get(due.tenant_id, due.job_id)
        if job.finished:
            return job
        after = _after(job, take, clock)
        if after is not None:
            jobs.put(after)
    finally:
        deliveries.let_go(due.tenant_id, key)
    if after is not None and not after.finished:
        queue.put(due, group=due.tenant_id)
    return after


def give_up(due: JobDue, error: str, *, jobs: Jobs, now: datetime) -> None:
    """Note that a job's message was given up; a deletion stays open, to go on when the message is sent again."""
    try:
        job = jobs.get(due.tenant_id, due.job_id)
    except NotFound:
        return  # It is gone with its tenant.
    if not job.finished and job.order.kind is not JobKind.DELETE:
        jobs.put(job.failed(error, at=now))


def _after(job: Job, take: Callable[[Job], Step | None], clock: Callable[[], datetime]) -> Job | None:
    try:
        step = take(job)
    except FOR_GOOD as error:
        if job.order.kind is JobKind.DELETE:
            raise
        return job.failed(str(error), at=clock())
    return job.after(step, at=clock()) if step is not None else None
