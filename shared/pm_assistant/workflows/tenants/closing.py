"""The end of a tenant: announced, called off within seven days, or carried out part by part."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamUnavailable
from pm_assistant.domain.jobs import Job, JobDue, JobKind, Order, Step
from pm_assistant.domain.tenants import Provider, Tenant, TenantId, TenantState
from pm_assistant.ports.accounts import Accounts, Users
from pm_assistant.ports.connections import Connections
from pm_assistant.ports.jobs import Jobs
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.reports import Schedules
from pm_assistant.ports.tenants import Archives, Partition, Tenants
from pm_assistant.workflows.jobs import new_job
from pm_assistant.workflows.update import amend

GRACE = timedelta(days=7)
LATE_SECONDS = 900
"""When we look for rows that came in late: what was on its way through our queues then has arrived."""
MOST_PASSES = 5


def close(
    tenant_id: TenantId,
    *,
    confirm: str,
    asked_by: str,
    tenants: Tenants,
    jobs: Jobs,
    schedules: Schedules,
    now: datetime,
) -> Tenant:
    """Announce a tenant's end; until it comes everything stays as it is and can be called off.

    Raises:
        InvalidRequest: `confirm` is not the tenant's name.
        Conflict: its end has been announced already, or others kept changing the tenant.
    """
    job = new_job(Order(kind=JobKind.DELETE, dry_run=False), tenant_id=tenant_id, asked_by=asked_by, now=now)

    def closing(tenant: Tenant) -> Tenant:
        if confirm != tenant.name:
            raise InvalidRequest("confirm with the tenant's exact name", field="confirm")
        if tenant.state is TenantState.CLOSING:
            raise Conflict("the tenant is closing already")
        return tenant.model_copy(update={"state": TenantState.CLOSING, "closes_at": _end(job)})

    closing(tenants.get(tenant_id))
    # The announcement comes last: a schedule without one finds nothing to do, one without a schedule would never end.
    jobs.put(job)
    schedules.put_job(tenant_id, job.id, _end(job))
    return amend(tenant_id, closing, tenants=tenants)[1]


def call_off(tenant_id: TenantId, *, tenants: Tenants, now: datetime) -> Tenant:
    """Take a tenant's announced end back.

    Raises:
        Conflict: no end has been announced, or it has come, or others kept changing the tenant.
    """

    def restored(tenant: Tenant) -> Tenant:
        if tenant.state is not TenantState.CLOSING or tenant.closes_at is None:
            raise Conflict("the tenant is not closing")
        if tenant.closes_at <= now:
            raise Conflict("the tenant is being deleted")
        return tenant.model_copy(update={"state": TenantState.ACTIVE, "closes_at": None})

    return amend(tenant_id, restored, tenants=tenants)[1]


def delete(
    job: Job,
    *,
    tenants: Tenants,
    connections: Connections,
    let_go: Callable[[Provider], bool],
    schedules: Schedules,
    accounts: Accounts,
    users: Users,
    archives: Archives,
    partition: Partition,
    queue: Queue,
    tell: Callable[[Mapping[str, int]], None],
    now: datetime,
) -> Step | None:
    """Carry out the next part of a tenant's end; each may be repeated. None if it is not due, and after the last.

    Vendors come first, while we still have what they know us by, rows last, because all else is found through them.
    `let_go` forgets a vendor whatever happens and says whether the vendor was told; `tell` is given how much there was
    of each part, once nothing is left.

    Raises:
        UpstreamUnavailable: something of ours did not answer, or rows keep coming in; repeat.
    """
    tenant_id = job.tenant_id
    tenant = _find(tenant_id, tenants)
    if tenant is not None and not _announced(tenant, by=job):
        return Step(done=0, total=0, results=({"called_off": True},))
    if tenant is not None and now < _end(job):
        schedules.put_job(tenant_id, job.id, _end(job))
        return None
    parts: tuple[Callable[[], dict[str, int]], ...] = (
        lambda: _let_go_of_all(tenant_id, connections, let_go),
        lambda: {"schedules": schedules.remove_all(tenant_id)},
        lambda: {"logins": _forget(tenant_id, accounts, users)},
        lambda: {"files": archives.erase(tenant_id)},
    )
    # Without its own row a tenant was on its last part when it was interrupted.
    behind = int(job.cursor or 0) if tenant is not None else len(parts)
    if behind < len(parts):
        return Step(done=behind + 1, total=len(parts) + 1, cursor=str(behind + 1), results=(parts[behind](),))
    queue.put(JobDue(tenant_id=tenant_id, job_id=job.id), group=tenant_id, delay_seconds=LATE_SECONDS)
    rows = _erase(tenant_id, partition)
    tell({part: count for result in job.results for part, count in result.items()} | {"rows": rows, "left": 0})
    return None


def sweep(
    tenant_id: TenantId,
    *,
    tenants: Tenants,
    partition: Partition,
    tell: Callable[[Mapping[str, int]], None],
    now: datetime,
) -> None:
    """Erase the rows of a tenant that is gone: those an interrupted end left, and those that came in late.

    Raises:
        UpstreamUnavailable: something of ours did not answer, or rows keep coming in; repeat.
    """
    tenant = _find(tenant_id, tenants)
    over = tenant is None or (
        tenant.state is TenantState.CLOSING and tenant.closes_at is not None and tenant.closes_at <= now
    )
    if over:
        tell({"rows": _erase(tenant_id, partition), "left": 0})


def _find(tenant_id: TenantId, tenants: Tenants) -> Tenant | None:
    try:
        return tenants.get(tenant_id)
    except NotFound:
        return None


def _end(job: Job) -> datetime:
    """When a tenant ends; in whole seconds, because schedules know no others."""
    return (job.created_at + GRACE).replace(microsecond=0)


def _announced(tenant: Tenant, *, by: Job) -> bool:
    """Whether the tenant is closing, and since this run: an end may be called off and announced again."""
    return tenant.state is TenantState.CLOSING and tenant.closes_at == _end(by)


def _let_go_of_all(tenant_id: TenantId, connections: Connections, let_go: Callable[[Provider], bool]) -> dict[str, int]:
    told = [let_go(connection.provider) for connection in connections.all(tenant_id)]
    return {"connections": len(told), "revoked": sum(told)}


def _forget(tenant_id: TenantId, accounts: Accounts, users: Users) -> int:
    """Delete the users behind the accounts, whatever their addresses are by now."""
    known = accounts.all(tenant_id)
    for account in known:
        users.delete(account.id)
    return len(known)


def _erase(tenant_id: TenantId, partition: Partition) -> int:
    """Erase rows until there are none; functions that were at work may have added some meanwhile."""
    rows = 0
    for _ in range(MOST_PASSES):
        erased = partition.erase(tenant_id)
        rows += erased
        if not erased:
            return rows
    raise UpstreamUnavailable("rows of the tenant keep coming in")
