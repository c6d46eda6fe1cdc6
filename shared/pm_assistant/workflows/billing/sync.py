"""Make what we believe of a tenant's subscription what the payment provider says.

Whoever hears that something may have changed asks for it, and so may anybody at any time: a webhook, the page that a
buyer comes back to, the night, a person. What they heard does not matter, for nothing but the provider's own list is
written.
"""

from pm_assistant.domain.billing import Billing, synced
from pm_assistant.domain.errors import Conflict, Contention, NotFound
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.workflows.update import ATTEMPTS

ISSUER = "payments"
"""Who gives the ids of customers."""


def sync(unit: Unit) -> Billing:
    """Ask the provider, and write what it says; without a customer there is nothing to ask.

    Of two who ask at a time the one that asked first may have heard of the past: it is written only what was asked for
    after the last writing.

    Raises:
        NotFound: there is no such tenant, nothing is sold here, or the provider does not know the customer: as it lists
            those that were deleted, too, it is then the wrong account that is asked, and nothing is believed.
        Conflict: others kept writing.
        UpstreamUnavailable: the provider did not answer.
    """
    tenants = unit.stores.tenants
    for _ in range(ATTEMPTS):
        tenant = tenants.get(unit.tenant_id)
        if tenant.billing.customer_id is None:
            return tenant.billing
        listed = unit.payments.subscriptions(tenant.billing.customer_id)
        billing = synced(tenant.billing, listed, at=unit.now())
        try:
            tenants.replace(tenant.model_copy(update={"billing": billing}), before=tenant)
        except Conflict:
            continue
        return billing
    raise Contention("others keep changing what is written of the subscription")


def customer_owner(customer_id: str, app: Application) -> TenantId | None:
    """Whose customer that is; None where it is nobody's, or not any more."""
    owner = app.stores.outside_ids.owner(ISSUER, customer_id)
    try:
        tenant = app.stores.tenants.get(owner) if owner is not None else None
    except NotFound:
        return None
    return tenant.id if tenant is not None and tenant.billing.customer_id == customer_id else None
