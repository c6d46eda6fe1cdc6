"""Which model judges for a tenant."""

from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.update import update_tenant


def change_model(model: str | None, unit: Unit) -> Tenant:
    """Have a model judge for the tenant from now on, or with None everybody's again; repeating is harmless.

    Raises:
        Conflict: others kept changing the tenant.
    """
    tenants = unit.stores.tenants
    _, after = update_tenant(unit.tenant_id, lambda tenant: tenant.model_copy(update={"model": model}), tenants)
    return after
