"""What is done for every tenant without anybody asking: compare its sources every hour, catch up once a day.

Once a day what work came to is measured, what is being tried on a part of its conversations is looked at, the clocks of
its reports are set right, and what nobody answers is asked no longer; every hour those are sent that did not come,
and it is looked how the tenant fares.
"""

from enum import StrEnum
from typing import assert_never

from pm_assistant.domain.errors import NotConnected, NotFound
from pm_assistant.domain.jobs import JobKind, Order, Recurring, RecurringDue
from pm_assistant.domain.tenants import Tenant, TenantState
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import SYSTEM
from pm_assistant.workflows.code.expiring import expire_questions
from pm_assistant.workflows.code.reconcile import compare
from pm_assistant.workflows.connections.missed_reports import send_missed_reports
from pm_assistant.workflows.connections.schedule import reschedule_reports
from pm_assistant.workflows.jobs import LEASE, job_id_of, start_job
from pm_assistant.workflows.operator.health import look_at_health
from pm_assistant.workflows.tenants.experiments import look_at_experiments

MOST_RECENT = 50
"""Jobs among which one is looked for that is still catching up."""


class Outcome(StrEnum):
    """What came of something that recurs."""

    DONE = "done"
    REPEATED = "repeated"
    """It had been done."""
    UNDER_WAY = "under_way"
    """The one before goes on, and does this one's work."""
    NOTHING = "nothing"
    """There is no tracker to compare with, or no active tenant, or it is suspended."""


def recur(due: RecurringDue, unit: Unit) -> Outcome:
    """Do what is due, once for its hour or day however often the message comes.

    A tenant that is gone loses what is left of its schedules.

    Raises:
        Conflict: another delivery is at it right now, or a decision was changed at that very moment; repeat.
    """
    try:
        tenant = unit.stores.tenants.get(unit.tenant_id)
    except NotFound:
        unit.schedules.remove_all(unit.tenant_id)
        return Outcome.NOTHING
    if due.kind is Recurring.COMPARISON:
        look_at_health(tenant, unit)
    if tenant.state is not TenantState.ACTIVE or tenant.suspended is not None:
        return Outcome.NOTHING
    deliveries, key = unit.stores.deliveries, delivery_key(due)
    with unit.lease(f"recurring|{due.kind}", lasts=LEASE):
        if deliveries.delivered(unit.tenant_id, key):
            return Outcome.REPEATED
        outcome = _do(due, tenant, unit)
        if outcome is not Outcome.NOTHING:
            deliveries.finish(unit.tenant_id, unit.tenant_id, due.kind, key, at=due.due_at, once=True)
    return outcome


def delivery_key(due: RecurringDue) -> str:
    """What the ledger of deliveries knows this hour or day by."""
    return f"{due.kind}|{due.due_at.isoformat()}"


def _do(due: RecurringDue, tenant: Tenant, unit: Unit) -> Outcome:
    match due.kind:
        case Recurring.COMPARISON:
            send_missed_reports(unit, not_before=tenant.resumed_at)
            if not _has_tracker(unit):
                return Outcome.NOTHING
            compare(unit)
            return Outcome.DONE
        case Recurring.CATCH_UP:
            reschedule_reports(unit)
            expire_questions(unit)
            if not _has_tracker(unit):
                return Outcome.NOTHING
            _calibrate(job_id_of(JobKind.CALIBRATE, due.due_at), unit)
            _measure(job_id_of(JobKind.FLOW, due.due_at), unit)
            outcome = _catch_up(job_id_of(due.kind, due.due_at), unit)
            look_at_experiments(unit, at=due.due_at)
            return outcome
        case _:
            assert_never(due.kind)


def _measure(job_id: str, unit: Unit) -> None:
    """Have it told what work came to."""
    start_job(Order(kind=JobKind.FLOW, dry_run=False), unit, asked_by=SYSTEM, job_id=job_id)


def _calibrate(job_id: str, unit: Unit) -> None:
    """Once a week have confidences fitted to what people answered."""
    if unit.stores.tenants.get(unit.tenant_id).earned.is_outdated(at=unit.now()):
        start_job(Order(kind=JobKind.CALIBRATE, dry_run=False), unit, asked_by=SYSTEM, job_id=job_id)


def _catch_up(job_id: str, unit: Unit) -> Outcome:
    """Begin a reading of all vendors, unless the one before is not over: that one catches up with today as well."""
    order, now = Order(kind=JobKind.SYNC, dry_run=False), unit.now()
    recent = unit.stores.jobs.latest(unit.tenant_id, limit=MOST_RECENT)
    if any(job.order == order and not job.seen(now).finished for job in recent if job.id != job_id):
        return Outcome.UNDER_WAY
    start_job(order, unit, asked_by=SYSTEM, job_id=job_id)
    return Outcome.DONE


def _has_tracker(unit: Unit) -> bool:
    """Whether there is a tracker that lets us in; without one there is nothing to compare with."""
    try:
        return unit.stores.connections.get(unit.tenant_id, unit.provider(Role.TRACKER)).broken_since is None
    except NotConnected:
        return False
