"""Suspend a tenant and resume it: meanwhile nothing is judged, sent or written, and nothing that comes in is lost."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import BaseModel

from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.events import EventEnvelope
from pm_assistant.domain.jobs import Job, JobKind, Order, Step
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.messages import ActionsMessage, JobsMessage, ReportsMessage
from pm_assistant.domain.suspension import KeptMessage, Stage
from pm_assistant.domain.tenants import Suspension, Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.resume import resume
from pm_assistant.workflows.jobs import job_id_of, start_job
from pm_assistant.workflows.operator.health import look_at_health
from pm_assistant.workflows.update import update_tenant

OPERATOR = "operator"
"""How a tenant's trail names who operates the service: that it was one of them is all that the tenant is told."""
LONGEST_REASON = 200
"""Characters of why a tenant is suspended, which is told in one line."""
PER_STEP = 500
"""Messages; each takes two requests, and the function may run for 300 seconds."""
READS: Mapping[Stage, type[BaseModel]] = {
    Stage.EVENTS: EventEnvelope,
    Stage.ACTIONS: ActionsMessage,
    Stage.REPORTS: ReportsMessage,
    Stage.JOBS: JobsMessage,
}
"""What lies on each queue."""


def suspend(reason: str, unit: Unit) -> Tenant:
    """Suspend the tenant from now on; what is being worked on right now ends its step.

    Suspended already, it stays so since then, for the reason that is given now. Its own trail says so, too.

    Raises:
        InvalidRequest: the reason is none that can be told in a line.
        NotFound: there is no such tenant.
        Conflict: others kept changing it.
    """
    reason, now = reason.strip(), unit.now()
    if not reason or len(reason) > LONGEST_REASON or len(reason.splitlines()) > 1:
        raise InvalidRequest(
            Translatable("a reason is a line of at most {count} characters", count=str(LONGEST_REASON)), field="reason"
        )

    def suspended(tenant: Tenant) -> Tenant:
        since = tenant.suspended.began_at if tenant.suspended is not None else now
        return tenant.model_copy(update={"suspension": Suspension(began_at=since, reason=reason)})

    tenant = update_tenant(unit.tenant_id, suspended, unit.stores.tenants)[1]
    if tenant.suspended is not None:
        note_once("tenant.suspended", unit, at=tenant.suspended.began_at, reason=reason)
    look_at_health(tenant, unit)
    return tenant


def resume_tenant(unit: Unit) -> Tenant:
    """Resume the tenant, and have done what waited for that; resumed already, the latter is begun again if it failed.

    Raises:
        NotFound: there is no such tenant.
        Conflict: others kept changing it.
    """
    now = unit.now()

    def resumed(tenant: Tenant) -> Tenant:
        if tenant.suspended is None:
            return tenant
        return tenant.model_copy(update={"suspension": tenant.suspended.model_copy(update={"ended_at": now})})

    tenant = update_tenant(unit.tenant_id, resumed, unit.stores.tenants)[1]
    if tenant.resumed_at is None:
        return tenant  # It never was suspended.
    note_once("tenant.resumed", unit, at=tenant.resumed_at)
    order, job_id = Order(kind=JobKind.RESUME, dry_run=False), job_id_of(OPERATOR, tenant.resumed_at)
    job = start_job(order, unit, asked_by=OPERATOR, job_id=job_id)
    if job.finished and unit.stores.kept_messages.page(unit.tenant_id, limit=1):
        start_job(order, unit, asked_by=OPERATOR)
    look_at_health(tenant, unit)
    return tenant


def send_kept(job: Job, unit: Unit) -> Step:
    """Send the next messages on that were kept; behind the last, ask for what waits and read the vendors anew.

    Sent before forgotten: whoever is interrupted sends one twice, which every stage tolerates, and loses none.
    """
    kept = unit.stores.kept_messages.page(unit.tenant_id, limit=PER_STEP)
    for message in kept:
        _send(message, unit)
        unit.stores.kept_messages.drop(unit.tenant_id, message)
    done = job.done + len(kept)
    if len(kept) == PER_STEP:
        return Step(done=done, total=None, cursor=str(done))
    resume(unit)
    if unit.stores.connections.all(unit.tenant_id):
        sync = Order(kind=JobKind.SYNC, dry_run=False)
        start_job(sync, unit, asked_by=OPERATOR, job_id=job_id_of(JobKind.SYNC, job.created_at))
    return Step(done=done, total=done, results=({"sent": done},))


def _send(message: KeptMessage, unit: Unit) -> None:
    queue = getattr(unit.queues, message.stage)
    queue.put(READS[message.stage].model_validate_json(message.body), group=unit.tenant_id)


def note_once(action: str, unit: Unit, *, at: datetime, **detail: str) -> None:
    """Add to the tenant's own trail, once however often it is asked for."""
    said = hashlib.sha256(repr(detail).encode()).hexdigest()[:16]
    id = f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{said}-{action}"
    unit.stores.audit.add(unit.tenant_id, AuditEntry(id=id, at=at, actor=OPERATOR, action=action, detail=detail))
