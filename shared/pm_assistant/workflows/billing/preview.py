"""Say what a plan would cost before anything is bought or changed."""

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PricePreview, PriceQuestion
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.billing.purchase import Purchase


def preview_price(wanted: Purchase, unit: Unit) -> PricePreview:
    """What the provider would charge for it, given what is paid now; nothing is bought or changed by asking.

    Raises:
        InvalidRequest: that plan is not bought.
        NotFound: nothing is sold here, or the provider does not know the customer.
        UpstreamError: the provider did not answer, or cannot say.
    """
    if wanted.plan is Plan.FREE:
        raise InvalidRequest(Translatable("the free plan costs nothing"), field="plan")
    billing = unit.stores.tenants.get(unit.tenant_id).billing
    going_on = billing.subscription if billing.subscription is not None and billing.subscription.is_live else None
    question = PriceQuestion(
        plan=wanted.plan,
        seats=wanted.seats,
        customer_id=billing.customer_id,
        subscription_id=going_on.id if going_on is not None else None,
    )
    return unit.payments.preview(question)
