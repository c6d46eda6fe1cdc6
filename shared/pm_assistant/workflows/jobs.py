"""Work that takes longer than a request: noted by whoever asks for it, then taken one step at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from pm_assistant.domain.errors import (
    Conflict,
    Contention,
    Forbidden,
    InvalidRequest,
    NotConnected,
    NotFound,
    Unauthenticated,
    UpstreamRejected,
)
from pm_assistant.domain.jobs import DRY_RUN_LASTS, Job, JobDue, JobKind, Order, Step
from pm_assistant.domain.listing import latest
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import place_of
from pm_assistant.workflows.update import update_job

if TYPE_CHECKING:
    from pm_assistant.ports.unit import Unit

LEASE = timedelta(seconds=330)
"""Longer than the function may run, so that a lease never ends under its holder."""

FOR_GOOD = (Conflict, Forbidden, InvalidRequest, NotConnected, NotFound, Unauthenticated, UpstreamRejected)
"""What a step may fail with that repeating it would not help."""

PAGE = 10
"""Dry runs that are read at once: each may be as large as a row."""

type TakeStep = Callable[[Job, Unit], Step | None]
"""Takes a job's next step; None if it is not due yet."""


def new_job(
    order: Order,
    *,
    tenant_id: TenantId,
    asked_by: str,
    now: datetime,
    job_id: str | None = None,
    keep_days: int | None = None,
) -> Job:
    """Make a job of an order; ids sort by time. One that must be there only once is given its id."""
    return Job(
        id=job_id or job_id_of(secrets.token_hex(4), now),
        tenant_id=tenant_id,
        order=order,
        keep_days=keep_days,
        asked_by=asked_by,
        created_at=now,
        updated_at=now,
    )


def job_id_of(write: str, at: datetime) -> str:
    """The id of the job that a write asks for which began at that moment."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{write[:8]}"


def start_job(
    order: Order, unit: Unit, *, asked_by: str, keep_days: int | None = None, job_id: str | None = None
) -> Job:
    """Note an order and have its first step taken as soon as may be.

    Args:
        order: what is to be done.
        unit: of work.
        asked_by: whom to name for it.
        keep_days: of a job that quotes people.
        job_id: of one that an earlier attempt may have noted: then that one goes on.
    """
    job = find_job(job_id, unit)
    if job is None:
        now, tenant_id = unit.now(), unit.tenant_id
        job = new_job(order, tenant_id=tenant_id, asked_by=asked_by, now=now, job_id=job_id, keep_days=keep_days)
        unit.stores.jobs.put(job)
    if not job.finished:
        unit.queues.jobs.put(JobDue(tenant_id=unit.tenant_id, job_id=job.id), group=unit.tenant_id)
    return job


def begun_again_by(run_id: str, job_id: str, unit: Unit) -> str:
    """The id of the run that is begun in the place of one that failed: the first that is given, however often.

    Raises:
        NotFound: the run is not there (any more).
    """
    change = {"begun_again_by": job_id}
    _, after = update_job(run_id, lambda run: run if run.begun_again_by else run.model_copy(update=change), unit)
    return after.begun_again_by or job_id


def find_job(job_id: str | None, unit: Unit) -> Job | None:
    """The job that an earlier attempt has noted under that id, if there was one."""
    try:
        return unit.stores.jobs.get(unit.tenant_id, job_id) if job_id else None
    except NotFound:
        return None


def is_undone(run: str | None, unit: Unit) -> bool:
    """Whether a run is being undone, or has been: nothing more is to come of it unasked."""
    job = find_job(run, unit)
    return job is not None and job.undone_by is not None


def run_step(due: JobDue, steps: Mapping[JobKind, TakeStep], unit: Unit) -> Job | None:
    """Take a job's next step, note what it achieved and ask for the step after it; safe to repeat at any point.

    A step's effects come before its note, and the request for the next one after it: whatever is interrupted is done
    again by the message's next delivery, and steps bear that. A job that is finished stays as it is, and so does one
    whose step answers None: it is not due yet. One that ended with its tenant is returned and noted nowhere.

    What a step found may quote words that people deleted while it was at work, before or after whoever forgets them
    has looked at this job: so they are looked for once the results are there.

    Raises:
        NotFound: the job is not there (any more).
        Contention: others are taking a step of this job right now, or are at work on what it changes; repeat.
        UpstreamUnavailable: what the step needs did not answer; repeat.
    """
    with unit.lease(f"job|{due.job_id}", lasts=LEASE):
        job = unit.stores.jobs.get(unit.tenant_id, due.job_id)
        if job.finished:
            return _without_deleted_words(job, unit)
        change = _change(job, steps[job.order.kind], unit)
        if change is None:
            return None
        after = change(job)
        if not after.erased:
            after = _without_deleted_words(update_job(job.id, change, unit)[1], unit)
    if not after.finished:
        unit.queues.jobs.put(due, group=unit.tenant_id)
    return after


def give_up(due: JobDue, error: str, unit: Unit) -> None:
    """Note that a job's message was given up; a deletion stays open, to go on when the message is sent again."""
    try:
        job = unit.stores.jobs.get(unit.tenant_id, due.job_id)
    except NotFound:
        return  # It is gone with its tenant.
    if not job.finished and job.order.kind is not JobKind.DELETE:
        update_job(job.id, lambda current: current.failed(error, at=unit.now()), unit)


def change_dry_runs(change: Callable[[Job], Job], unit: Unit) -> None:
    """Let the dry runs that are still kept say less: their results quote people."""
    for job in _dry_runs(unit):
        with suppress(NotFound):  # its time has come meanwhile
            update_job(job.id, change, unit)


def _dry_runs(unit: Unit) -> Iterator[Job]:
    oldest = unit.now() - DRY_RUN_LASTS
    kept = takewhile(lambda job: job.created_at >= oldest, latest_jobs(unit))
    return (job for job in kept if job.order.dry_run)


def latest_jobs(unit: Unit) -> Iterator[Job]:
    """All jobs, newest first, read as far as asked for."""
    jobs, tenant_id = unit.stores.jobs, unit.tenant_id
    placed = latest(
        lambda before, limit: [(job.id, job) for job in jobs.latest(tenant_id, before=before, limit=limit)], batch=PAGE
    )
    return (job for _, job in placed)


def _without_deleted_words(job: Job, unit: Unit) -> Job:
    if not job.order.dry_run:
        return job
    places = {address: place for address in job.addresses() if (place := place_of(address))}
    messages = unit.stores.messages.some(unit.tenant_id, set(places.values())) if places else ()
    deleted = {message.place for message in messages if message.deleted}
    if not deleted:
        return job
    return update_job(job.id, lambda current: current.without_words(lambda url: places.get(url) in deleted), unit)[1]


def _change(job: Job, take_step: TakeStep, unit: Unit) -> Callable[[Job], Job] | None:
    """Take a job's next step; returns what that makes of the job, which others may let say less meanwhile."""
    try:
        with unit.noticing_loss():
            step = take_step(job, unit)
    except Contention:
        raise
    except FOR_GOOD as error:
        if job.order.kind is JobKind.DELETE:
            raise
        reason, failed_at = str(error), unit.now()
        return lambda current: current.failed(reason, at=failed_at)
    taken_at = unit.now()
    return (lambda current: current.after(step, at=taken_at)) if step is not None else None
