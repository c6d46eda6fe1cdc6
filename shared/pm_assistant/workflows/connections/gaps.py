"""Make up for events that a vendor says it did not send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pm_assistant.domain.catch_up import Gap
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.accounts.audit import SYSTEM, entry
from pm_assistant.workflows.jobs import new_job
from pm_assistant.workflows.update import update_job

if TYPE_CHECKING:
    from pm_assistant.domain.catch_up import Pass, Position
    from pm_assistant.ports.unit import Unit

STRETCH = timedelta(minutes=15)
"""A vendor says it minute by minute, for as long as it goes on; so many of them are made up for by one reading."""
MOST_RECENT = 50
"""Jobs among which those are looked for that could not read: what was missed longer ago is of no use any more."""
NOTED_WITHIN_SECONDS = 60
"""A message that comes before its job is noted finds nothing to do."""


def fill_gap(provider: Provider, at: datetime, unit: Unit, *, channel: str | None = None) -> bool:
    """Have read and judged what was said while events were missing; False if that has been asked for.

    With a `channel` only there: it is shared, and others were told of it, so nothing is amiss. The reading begins when
    the stretch of time is over, so it covers all of the stretch, whichever minute of it was told of first. Its message
    comes first, and is true only once the job is there: so whatever is interrupted, no job is noted that nobody takes
    up, and the vendor's next attempt begins anew.
    """
    gap = stretch_of(provider, at, channel=channel)
    order = Order(kind=JobKind.SYNC, dry_run=False, since=gap.began_at, channel=channel, judge=True)
    job_id = "-".join(filter(None, (f"{gap.began_at:%Y%m%dT%H%M%S%f}", provider, channel, "gap")))
    job = new_job(order, tenant_id=unit.tenant_id, asked_by=SYSTEM, now=unit.now(), job_id=job_id)
    try:
        unit.stores.jobs.get(job.tenant_id, job.id)
    except NotFound:
        due = JobDue(tenant_id=job.tenant_id, job_id=job.id)
        unit.queues.jobs.put(due, group=job.tenant_id, delay_seconds=int(STRETCH.total_seconds()))
        if channel is None:
            since = gap.began_at.isoformat()
            noted = entry("events.missed", at=unit.now(), target=provider.value, since=since, run=job.id)
            unit.stores.audit.add(job.tenant_id, noted)
        unit.stores.readings.put_gap(job.tenant_id, gap)
        unit.stores.jobs.put(job)
        return True
    return False


def stretch_of(provider: Provider, at: datetime, *, channel: str | None = None) -> Gap:
    """The stretch of time around a moment, as something of which we were not told."""
    seconds = STRETCH.total_seconds()
    began_at = datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)
    ended_at = began_at + STRETCH
    return Gap(source=provider, place=channel or "", found_at=began_at, began_at=began_at, ended_at=ended_at)


def repair_gaps(source: Provider, since: datetime, unit: Unit, *, channel: str | None = None) -> None:
    """Note that what a source did not tell since then has been read, everywhere or in one channel."""
    for gap in unit.stores.readings.gaps(unit.tenant_id, limit=MOST_RECENT):
        if channel not in {None, gap.place}:
            continue
        if gap.source is source and gap.repaired_at is None and gap.began_at >= since and gap.ended_at <= unit.now():
            unit.stores.readings.put_gap(unit.tenant_id, gap.model_copy(update={"repaired_at": unit.now()}))


def note_missed(position: Position, before: Pass, after: Pass, unit: Unit) -> None:
    """Note what a page has brought that nobody told us, before it is kept: once it is, it is no news any more.

    The reading notes it first, still at that page: whoever is interrupted goes on with what is missed already.
    """
    if after.missed is not None and after.missed != before.missed:
        unit.stores.readings.put_position(unit.tenant_id, position.model_copy(update={"reading": after}))
        unit.stores.readings.put_gap(unit.tenant_id, after.missed)


def note_read(reading: Pass, unit: Unit) -> None:
    """Note that what was missed has been read, now that the reading is over."""
    if reading.missed is not None:
        repaired = reading.missed.model_copy(update={"repaired_at": unit.now()})
        unit.stores.readings.put_gap(unit.tenant_id, repaired)


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
