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
from pm_assistant.domain.jobs import Order, Run, RunDue, RunKind, Step
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.jobs import RunLog
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.reports import Runs

HOLD = timedelta(seconds=330)
"""Longer than the function may run, so that a hold never ends under its holder."""

FOR_GOOD = (Conflict, Forbidden, InvalidRequest, NotConnected, NotFound, Unauthenticated, UpstreamRejected)
"""What a step may fail with that repeating it would not help."""


def noted(order: Order, *, tenant_id: TenantId, asked_by: str, now: datetime) -> Run:
    """Make a run of an order; ids sort by time."""
    run_id = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    return Run(id=run_id, tenant_id=tenant_id, order=order, asked_by=asked_by, created_at=now, updated_at=now)


def begin(order: Order, *, tenant_id: TenantId, asked_by: str, run_log: RunLog, queue: Queue, now: datetime) -> Run:
    """Note an order and have its first step taken as soon as may be."""
    run = noted(order, tenant_id=tenant_id, asked_by=asked_by, now=now)
    run_log.put(run)
    queue.put(RunDue(tenant_id=tenant_id, run_id=run.id), group=tenant_id)
    return run


def run(
    due: RunDue,
    *,
    run_log: RunLog,
    runs: Runs,
    queue: Queue,
    take: Callable[[Run], Step | None],
    clock: Callable[[], datetime],
) -> Run | None:
    """Take a run's next step, note what it achieved and ask for the step after it; safe to repeat at any point.

    A step's effects come before its note, and the request for the next one after it: whatever is interrupted is done
    again by the message's next delivery, and steps bear that. A run that is finished stays as it is, and so does one
    whose step answers None: it is not due yet, or is gone with its tenant.

    Raises:
        NotFound: the run is not there (any more).
        Conflict: another delivery is taking a step of this run right now; repeat.
        UpstreamUnavailable: what the step needs did not answer; repeat.
    """
    key, now = f"run|{due.run_id}", clock()
    if not runs.hold(due.tenant_id, key, now=now, until=now + HOLD):
        raise Conflict("a step of this run is being taken")
    try:
        known = run_log.get(due.tenant_id, due.run_id)
        if known.finished:
            return known
        after = _after(known, take, clock)
        if after is not None:
            run_log.put(after)
    finally:
        runs.let_go(due.tenant_id, key)
    if after is not None and not after.finished:
        queue.put(due, group=due.tenant_id)
    return after


def give_up(due: RunDue, error: str, *, run_log: RunLog, now: datetime) -> None:
    """Note that a run's message was given up; a deletion stays open, to go on when the message is sent again."""
    try:
        known = run_log.get(due.tenant_id, due.run_id)
    except NotFound:
        return  # It is gone with its tenant.
    if not known.finished and known.order.kind is not RunKind.DELETE:
        run_log.put(known.failed(error, at=now))


def _after(known: Run, take: Callable[[Run], Step | None], clock: Callable[[], datetime]) -> Run | None:
    try:
        step = take(known)
    except FOR_GOOD as error:
        if known.order.kind is RunKind.DELETE:
            raise
        return known.failed(str(error), at=clock())
    return known.after(step, at=clock()) if step is not None else None
