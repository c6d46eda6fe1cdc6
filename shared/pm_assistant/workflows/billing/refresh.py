"""Somebody says that a subscription may have changed: find whose it is, and ask what is true."""

from typing import assert_never

from pm_assistant.domain.billing import Billing, BillingDue, CustomerChanged
from pm_assistant.ports.unit import Application
from pm_assistant.workflows.billing.sync import customer_owner, sync


def refresh_billing(hint: CustomerChanged | BillingDue, app: Application) -> Billing | None:
    """How the tenant stands now, None for a customer that is nobody's.

    The account at the provider may sell more than our plans, and a customer is whose we have noted that it is: nothing
    else in a hint says anything.

    Raises:
        NotFound: there is no such tenant, or the provider does not know its customer.
        Conflict: others kept writing; repeat.
        UpstreamUnavailable: the provider did not answer; repeat.
    """
    match hint:
        case CustomerChanged():
            tenant_id = customer_owner(hint.customer_id, app)
        case BillingDue():
            tenant_id = hint.tenant_id
        case _:
            assert_never(hint)
    return sync(app.unit(tenant_id)) if tenant_id is not None else None
