"""Work that takes longer than a request: noted by whoever asks for it, then taken one step at a time."""

import secrets
from collections.abc import Callable, Mapping
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
from pm_assistant.ports.unit import Unit

LEASE = timedelta(seconds=330)
"""Longer than the function may run, so that a lease never ends under its holder."""

FOR_GOOD = (Conflict, Forbidden, InvalidRequest, NotConnected, NotFound, Unauthenticated, UpstreamRejected)
"""What a step may fail with that repeating it would not help."""

type TakeStep = Callable[[Job, Unit], Step | None]
"""Takes a job's next step; None if it is not due yet."""


def new_job(order: Order, *, tenant_id: TenantId, asked_by: str, now: datetime, job_id: str | None = None) -> Job:
    """Make a job of an order; ids sort by time. One that must be there only once is given its id."""
    job_id = job_id or f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    return Job(id=job_id, tenant_id=tenant_id, order=order, asked_by=asked_by, created_at=now, updated_at=now)


def start_job(order: Order, unit: Unit, *, asked_by: str) -> Job:
    """Note an order and have its first step taken as soon as may be."""
    job = new_job(order, tenant_id=unit.tenant_id, asked_by=asked_by, now=unit.now())
    unit.stores.jobs.put(job)
    unit.queues.jobs.put(JobDue(tenant_id=unit.tenant_id, job_id=job.id), group=unit.tenant_id)
    return job


def run_step(due: JobDue, steps: Mapping[JobKind, TakeStep], unit: Unit) -> Job | None:
    """Take a job's next step, note what it achieved and ask for the step after it; safe to repeat at any point.

    A step's effects come before its note, and the request for the next one after it: whatever is interrupted is done
    again by the message's next delivery, and steps bear that. A job that is finished stays as it is, and so does one
    whose step answers None: it is not due yet. One that ended with its tenant is returned and noted nowhere.

    Raises:
        NotFound: the job is not there (any more).
        Conflict: another delivery is taking a step of this job right now; repeat.
        UpstreamUnavailable: what the step needs did not answer; repeat.
    """
    with unit.lease(f"job|{due.job_id}", lasts=LEASE):
        job = unit.stores.jobs.get(unit.tenant_id, due.job_id)
        if job.finished:
            return job
        after = _after(job, steps[job.order.kind], unit)
        if after is not None and not after.erased:
            unit.stores.jobs.put(after)
    if after is not None and not after.finished:
        unit.queues.jobs.put(due, group=unit.tenant_id)
    return after


def give_up(due: JobDue, error: str, unit: Unit) -> None:
    """Note that a job's message was given up; a deletion stays open, to go on when the message is sent again."""
    try:
        job = unit.stores.jobs.get(unit.tenant_id, due.job_id)
    except NotFound:
        return  # It is gone with its tenant.
    if not job.finished and job.order.kind is not JobKind.DELETE:
        unit.stores.jobs.put(job.failed(error, at=unit.now()))


def _after(job: Job, take_step: TakeStep, unit: Unit) -> Job | None:
    try:
        with unit.noticing_loss():
            step = take_step(job, unit)
    except FOR_GOOD as error:
        if job.order.kind is JobKind.DELETE:
            raise
        return job.failed(str(error), at=unit.now())
    return job.after(step, at=unit.now()) if step is not None else None
