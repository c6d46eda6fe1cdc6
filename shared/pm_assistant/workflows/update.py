"""Change a row which others may be changing at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.jobs import Job
from pm_assistant.domain.tenants import Tenant, TenantId

if TYPE_CHECKING:
    from pm_assistant.ports.tenants import Tenants
    from pm_assistant.ports.unit import Unit

ATTEMPTS = 4
"""How often a change follows a row that changes under it."""


def update_tenant(tenant_id: TenantId, change: Callable[[Tenant], Tenant], tenants: Tenants) -> tuple[Tenant, Tenant]:
    """Have the tenant changed, and return it as it was and as it is; what others change meanwhile stays changed.

    `change` has no effects of its own, for it is asked again about whatever the tenant has become; it may raise.

    Raises:
        NotFound: there is no such tenant (any more).
        Conflict: others kept changing it.
    """
    return _update(lambda: tenants.get(tenant_id), change, lambda after, before: tenants.replace(after, before=before))


def update_job(job_id: str, change: Callable[[Job], Job], unit: Unit) -> tuple[Job, Job]:
    """Have a job changed, as `update_tenant` does a tenant.

    Raises:
        NotFound: there is no such job (any more).
        Conflict: others kept changing it.
    """
    jobs = unit.stores.jobs
    return _update(
        lambda: jobs.get(unit.tenant_id, job_id), change, lambda after, before: jobs.replace(after, before=before)
    )


def _update[T](read: Callable[[], T], change: Callable[[T], T], replace: Callable[[T, T], None]) -> tuple[T, T]:
    attempt = 1
    while True:
        before = read()
        after = change(before)
        if after == before:
            return before, after
        try:
            replace(after, before)
        except Conflict:
            if attempt == ATTEMPTS:
                raise
            attempt += 1
        else:
            return before, after
