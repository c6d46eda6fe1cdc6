"""Change a tenant's own row, which others may be changing at the same time."""

from collections.abc import Callable

from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.tenants import Tenant, TenantId
from pm_assistant.ports.tenants import Tenants

ATTEMPTS = 4
"""How often a change follows a row that changes under it."""


def update_tenant(tenant_id: TenantId, change: Callable[[Tenant], Tenant], tenants: Tenants) -> tuple[Tenant, Tenant]:
    """Have the tenant changed, and return it as it was and as it is; what others change meanwhile stays changed.

    `change` has no effects of its own, for it is asked again about whatever the tenant has become; it may raise.

    Raises:
        NotFound: there is no such tenant (any more).
        Conflict: others kept changing it.
    """
    attempt = 1
    while True:
        before = tenants.get(tenant_id)
        after = change(before)
        try:
            tenants.replace(after, before=before)
        except Conflict:
            if attempt == ATTEMPTS:
                raise
            attempt += 1
        else:
            return before, after
