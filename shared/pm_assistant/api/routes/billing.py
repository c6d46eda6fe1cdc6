"""What the tenant pays for, and the ways to where that is changed."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.checkout import PortalFlow
from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PricePreview
from pm_assistant.workflows.billing import preview
from pm_assistant.workflows.billing.purchase import MOST_SEATS, Purchase, begin_checkout, open_portal
from pm_assistant.workflows.billing.queries import BillingView, billing_of

router = APIGatewayHttpRouter()


class PortalRequest(Model):
    """What somebody comes to the portal for."""

    flow: PortalFlow | None = Field(
        default=None, description="`payment_method`, `update` or `cancel` leads straight there; none to all of it"
    )


class PaymentPage(Model):
    """A page of the payment provider's, for a person to open."""

    url: str = Field(description="good for one visit; of a purchase for as long as it has not been made, a day at most")


@router.get("/v1/billing", **needs(Scope.READ, tag="billing"))
def show_billing() -> BillingView:
    """Show the plan, what it allows, and what is used and left of it this month.

    Nothing is ever lost for money: what is beyond the plan is judged without the model, and only proposed.
    """
    request = current_request(router)
    return billing_of(request.tenant, request.unit)


@router.get("/v1/billing/preview", **needs(Scope.ADMIN, 404, tag="billing"))
def preview_price(
    plan: Annotated[Plan, Query(description="`team` or `business`")],
    seats: Annotated[int, Query(ge=1, le=MOST_SEATS, description="people who would be paid for")],
) -> PricePreview:
    """Show what a plan, or a change of what is paid, would cost, as the payment provider reckons it now.

    Nothing is bought or changed by asking. Without a subscription it is what is charged when it is bought; with one,
    the next payment.
    """
    return preview.preview_price(Purchase(plan=plan, seats=seats), current_request(router).unit)


@router.post("/v1/billing/checkout", **needs(Scope.ADMIN, 404, 409, tag="billing"))
def begin_buying(purchase: Annotated[Purchase, Body()]) -> PaymentPage:
    """Get the page on which a plan can be bought; nothing is bought by asking.

    Where something is paid already, or a payment failed, it is said so (409) and the portal is the place.
    """
    request = current_request(router)
    url = begin_checkout(purchase, request.unit)
    request.note("billing.checkout_begun", plan=purchase.plan, seats=str(purchase.seats))
    return PaymentPage(url=url)


@router.post(
    "/v1/billing/portal", **needs(Scope.ADMIN, 404, 409, tag="billing", while_closing=True, while_suspended=True)
)
def go_to_portal(requested: Annotated[PortalRequest, Body()]) -> PaymentPage:
    """Get the page with invoices, cards, seats and the way to cancel; always, also while the team is closing."""
    request = current_request(router)
    url = open_portal(requested.flow, request.unit)
    request.note("billing.portal_opened", flow=requested.flow or "")
    return PaymentPage(url=url)
