"""Lead somebody to where a plan is bought, or changed; what comes of that, only `sync` believes."""

from datetime import timedelta
from typing import assert_never

from pydantic import Field

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.checkout import CheckoutOrder, PortalFlow
from pm_assistant.domain.errors import Conflict, InvalidRequest
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import SubscriptionStatus
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.billing.sync import ISSUER, sync
from pm_assistant.workflows.update import update_tenant

ASKING = timedelta(seconds=60)
"""Longer than it takes to ask the provider for an address."""
MOST_SEATS = 1_000


class Purchase(Model):
    """What somebody wants to buy."""

    plan: Plan = Field(description="`team` or `business`")
    seats: int = Field(ge=1, le=MOST_SEATS, description="people who are paid for")


def begin_checkout(purchase: Purchase, unit: Unit) -> str:
    """The provider's page where this can be bought; nobody is led there who has something that would be paid twice.

    Raises:
        InvalidRequest: that plan is not bought, or not for so many.
        Conflict: there is a subscription, which the portal changes; or somebody else is asking right now.
        NotFound: nothing is sold here.
        UpstreamUnavailable: the provider did not answer.
    """
    if purchase.plan is Plan.FREE:
        raise InvalidRequest(
            Translatable("the free plan is not bought: cancel what is paid, in the portal"), field="plan"
        )
    with unit.lease("billing", lasts=ASKING):
        customer_id = _customer_of(unit.stores.tenants.get(unit.tenant_id), unit)
        billing = sync(unit)
        _check_may_buy(billing)
        order = CheckoutOrder(
            tenant_id=unit.tenant_id,
            customer_id=customer_id,
            plan=purchase.plan,
            seats=purchase.seats,
            key=f"{unit.tenant_id}:{purchase.plan}:{purchase.seats}:{billing.source_version}",
            success_url=f"{unit.public_url}/billing/done",
            cancel_url=f"{unit.public_url}/billing",
        )
        return unit.payments.checkout(order)


def open_portal(flow: PortalFlow | None, unit: Unit) -> str:
    """The provider's page where invoices are, and what is paid is changed; good for one visit.

    Where nothing goes on, or it is about to end, it is the whole page: what ends can be kept, and not ended again.

    Raises:
        Conflict: nothing has been bought yet.
        NotFound: nothing is sold here, or the provider does not know the customer.
        UpstreamUnavailable: the provider did not answer.
    """
    billing = sync(unit)
    if billing.customer_id is None:
        raise Conflict(Translatable("nothing has been bought yet"))
    subscription = billing.subscription
    goes_on = subscription is not None and subscription.is_open and subscription.cancel_at is None
    return unit.payments.portal(
        billing.customer_id,
        return_url=f"{unit.public_url}/billing/done",
        flow=flow if goes_on or flow is PortalFlow.PAYMENT_METHOD else None,
        subscription_id=subscription.id if subscription is not None and goes_on else None,
    )


def _customer_of(tenant: Tenant, unit: Unit) -> str:
    """The tenant's customer at the provider, made when somebody comes to buy; whoever comes first makes it for all."""
    if tenant.billing.customer_id is not None:
        return tenant.billing.customer_id
    owners = [each.email for each in unit.stores.accounts.all(tenant.id) if each.role is Role.OWNER]
    made = unit.payments.create_customer(tenant.id, name=tenant.name, email=min(owners, default=""))
    unit.stores.outside_ids.claim(tenant.id, ISSUER, made)

    def with_customer(known: Tenant) -> Tenant:
        customer_id = known.billing.customer_id or made
        return known.model_copy(update={"billing": known.billing.model_copy(update={"customer_id": customer_id})})

    after = update_tenant(tenant.id, with_customer, unit.stores.tenants)[1]
    return after.billing.customer_id or made


def _check_may_buy(billing: Billing) -> None:
    """Make sure that nothing is in the way of buying; else say what is to be done instead.

    Raises:
        Conflict: there is a subscription, or a payment is still to be confirmed.
    """
    if billing.pending:
        raise Conflict(Translatable("a payment is still to be confirmed: go on with it in the portal"))
    if billing.subscription is None or not billing.subscription.is_open:
        return
    match billing.subscription.known_status:
        case SubscriptionStatus.PAST_DUE | SubscriptionStatus.UNPAID:
            raise Conflict(Translatable("the last payment failed: give another card in the portal"))
        case SubscriptionStatus.PAUSED:
            raise Conflict(Translatable("what the team pays for is paused: go on with it in the portal"))
        case (
            SubscriptionStatus.ACTIVE
            | SubscriptionStatus.TRIALING
            | SubscriptionStatus.INCOMPLETE
            | SubscriptionStatus.INCOMPLETE_EXPIRED
            | SubscriptionStatus.CANCELED
            | None
        ):
            raise Conflict(Translatable("the team has a subscription: change it in the portal"))
        case _:
            assert_never(billing.subscription.known_status)
