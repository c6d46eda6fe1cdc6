"""The end of a tenant: announced, called off within seven days, or carried out part by part."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamUnavailable
from pm_assistant.domain.jobs import Job, JobDue, JobKind, Order, Step
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Tenant, TenantState
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.calendars import end_calendars
from pm_assistant.workflows.connections.disconnect import disconnect
from pm_assistant.workflows.jobs import latest_jobs, new_job
from pm_assistant.workflows.update import update_tenant

GRACE = timedelta(days=7)
LATE_SECONDS = 900
"""When we look for rows that came in late: what was on its way through our queues then has arrived."""
MOST_PASSES = 5


def close(confirm: str, unit: Unit, *, asked_by: str) -> Tenant:
    """Announce a tenant's end; until it comes everything stays as it is and can be called off.

    Raises:
        InvalidRequest: `confirm` is not the tenant's name.
        Conflict: its end has been announced already, or others kept changing the tenant.
    """
    order = Order(kind=JobKind.DELETE, dry_run=False)
    job = new_job(order, tenant_id=unit.tenant_id, asked_by=asked_by, now=unit.now())

    def closing(tenant: Tenant) -> Tenant:
        if confirm != tenant.name:
            raise InvalidRequest(Translatable("confirm with the tenant's exact name"), field="confirm")
        if tenant.state is TenantState.CLOSING:
            raise Conflict(Translatable("the tenant is closing already"))
        return tenant.model_copy(update={"state": TenantState.CLOSING, "closes_at": _end(job)})

    closing(unit.stores.tenants.get(unit.tenant_id))
    # The announcement comes last: a schedule without one finds nothing to do, one without a schedule would never end.
    unit.stores.jobs.put(job)
    unit.schedules.put_job(unit.tenant_id, job.id, _end(job))
    return update_tenant(unit.tenant_id, closing, unit.stores.tenants)[1]


def call_off(unit: Unit) -> Tenant:
    """Take a tenant's announced end back.

    Raises:
        Conflict: no end has been announced, or it has come, or others kept changing the tenant.
    """
    now = unit.now()

    def restored(tenant: Tenant) -> Tenant:
        if tenant.state is not TenantState.CLOSING or tenant.closes_at is None:
            raise Conflict(Translatable("the tenant is not closing"))
        if tenant.closes_at <= now:
            raise Conflict(Translatable("the tenant is being deleted"))
        return tenant.model_copy(update={"state": TenantState.ACTIVE, "closes_at": None})

    return update_tenant(unit.tenant_id, restored, unit.stores.tenants)[1]


def make_due_again(unit: Unit) -> bool:
    """Have the announced end of a tenant come, where the clockwork has lost it; False if none is announced."""
    tenant = unit.stores.tenants.get(unit.tenant_id)
    for job in latest_jobs(unit):
        if job.order.kind is JobKind.DELETE and _announced(tenant, by=job):
            unit.schedules.put_job(unit.tenant_id, job.id, _end(job))
            return True
    return False


def delete_tenant(job: Job, unit: Unit) -> Step | None:
    """Carry out the next part of a tenant's end; each may be repeated. None if it is not due yet.

    Vendors come first, while we still have what they know us by, rows last, because all else is found through them.
    Each part's result says how much there was of it, and the last one's that nothing is left.

    Raises:
        UpstreamUnavailable: something of ours did not answer, or rows keep coming in; repeat.
    """
    tenant = _find(unit)
    if tenant is not None and not _announced(tenant, by=job):
        return Step(done=0, total=0, results=({"called_off": True},))
    if tenant is not None and unit.now() < _end(job):
        unit.schedules.put_job(unit.tenant_id, job.id, _end(job))
        return None
    total = len(PARTS) + 1
    # Without its own row a tenant was on its last part when it was interrupted.
    done = int(job.cursor or 0) if tenant is not None else len(PARTS)
    if done < len(PARTS):
        return Step(done=done + 1, total=total, cursor=str(done + 1), results=(PARTS[done](unit),))
    rows = _erase(unit)
    # Asked for once the rows are gone: each attempt that fails before would ask once more. Should this be interrupted,
    # the message that led here comes again, finds no job, and looks for late rows itself.
    late_rows_due = JobDue(tenant_id=unit.tenant_id, job_id=job.id)
    unit.queues.jobs.put(late_rows_due, group=unit.tenant_id, delay_seconds=LATE_SECONDS)
    return Step(done=total, total=total, results=({"rows": rows, "left": 0},), erased=True)


def sweep(unit: Unit) -> int | None:
    """Erase the rows of a tenant that is gone: those an interrupted end left, and those that came in late.

    Returns how many there were, None if the tenant is not gone.

    Raises:
        UpstreamUnavailable: something of ours did not answer, or rows keep coming in; repeat.
    """
    tenant = _find(unit)
    is_over = tenant is None or (
        tenant.state is TenantState.CLOSING and tenant.closes_at is not None and tenant.closes_at <= unit.now()
    )
    return _erase(unit) if is_over else None


def _find(unit: Unit) -> Tenant | None:
    try:
        return unit.stores.tenants.get(unit.tenant_id)
    except NotFound:
        return None


def _end(job: Job) -> datetime:
    """When a tenant ends; in whole seconds, because schedules know no others."""
    return (job.created_at + GRACE).replace(microsecond=0)


def _announced(tenant: Tenant, *, by: Job) -> bool:
    """Whether the tenant is closing, and since this job: an end may be called off and announced again."""
    return tenant.state is TenantState.CLOSING and tenant.closes_at == _end(by)


def _disconnect_all(unit: Unit) -> dict[str, int]:
    """Forget every vendor, whatever happens; `revoked` counts those that could be told."""
    connections = unit.stores.connections.all(unit.tenant_id)
    revoked = [disconnect(connection.provider, unit, force=True) for connection in connections]
    calendars = unit.stores.calendars.all(unit.tenant_id)
    told = end_calendars(calendars, unit)
    return {"connections": len(revoked) + len(calendars), "revoked": sum(revoked) + told}


def _remove_schedules(unit: Unit) -> dict[str, int]:
    return {"schedules": unit.schedules.remove_all(unit.tenant_id)}


def _delete_logins(unit: Unit) -> dict[str, int]:
    """Delete the users behind the accounts, whatever their addresses are by now."""
    accounts = unit.stores.accounts.all(unit.tenant_id)
    for account in accounts:
        unit.users.delete(account.id)
    return {"logins": len(accounts)}


def _end_subscriptions(unit: Unit) -> dict[str, int]:
    """Have nobody charged for a team that is gone; where nothing is sold any more, or nobody knows them, none is."""
    customer_id = unit.stores.tenants.get(unit.tenant_id).billing.customer_id
    if customer_id is not None:
        with suppress(NotFound):
            unit.payments.end(customer_id)
    return {"customers": int(customer_id is not None)}


def _erase_files(unit: Unit) -> dict[str, int]:
    return {"files": unit.archives.erase(unit.tenant_id)}


def _erase(unit: Unit) -> int:
    """Erase rows until there are none; functions that were at work may have added some meanwhile."""
    rows = 0
    for _ in range(MOST_PASSES):
        erased = unit.stores.partition.erase(unit.tenant_id)
        rows += erased
        if not erased:
            return rows
    raise UpstreamUnavailable("rows of the tenant keep coming in")


PARTS: tuple[Callable[[Unit], dict[str, int]], ...] = (
    _disconnect_all,
    _remove_schedules,
    _delete_logins,
    _end_subscriptions,
    _erase_files,
)
"""What a tenant's end consists of before its rows go, in this order."""
