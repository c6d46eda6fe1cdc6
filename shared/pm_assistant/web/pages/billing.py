"""What the team pays for: its plan, what is used and left of it, and the ways to buy, change and end it."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Literal

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.billing import BillingState, Feature
from pm_assistant.domain.checkout import PortalFlow
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, ProductError, UpstreamError
from pm_assistant.domain.plans import Plan, limits_of
from pm_assistant.domain.prices import PricePreview
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.presentation.money import money
from pm_assistant.runtime.http import status_of
from pm_assistant.web.html import page
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, chosen, current_request, needs, parsed
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.billing.preview import preview_price
from pm_assistant.workflows.billing.purchase import MOST_SEATS, Purchase, begin_checkout, open_portal
from pm_assistant.workflows.billing.queries import billing_of
from pm_assistant.workflows.billing.sync import sync

router = Router()

PLANS: Mapping[Plan, str] = {
    Plan.FREE: gettext_noop("Free"),
    Plan.TEAM: gettext_noop("Team"),
    Plan.BUSINESS: gettext_noop("Business"),
}
STATES: Mapping[BillingState, str] = {
    BillingState.TRIAL: gettext_noop("You are trying everything. Nothing has to be paid."),
    BillingState.ACTIVE: gettext_noop("It is paid."),
    BillingState.GRACE: gettext_noop("The last payment failed. For two weeks everything goes on as it is."),
    BillingState.LIMITED: gettext_noop(
        "It is not paid. I go on as on the free plan, connect nothing new, and nothing that was kept is lost."
    ),
    BillingState.FREE: gettext_noop("You are on the free plan."),
    BillingState.PENDING: gettext_noop("A payment is under way. Until it has come, everything is as before."),
    BillingState.CLOSED: gettext_noop("Your team is closing: it can be read, exported and restored."),
}
FEATURES: Mapping[Feature, str] = {
    Feature.READ: gettext_noop("Read and export everything"),
    Feature.REPORT: gettext_noop("Send reports"),
    Feature.PROPOSE: gettext_noop("Ask you about what should be done"),
    Feature.ACT: gettext_noop("Do things unasked, where your rules allow it"),
    Feature.CONNECT: gettext_noop("Connect more tools"),
}
PROVIDER = gettext_noop("the payment page")


@router.get("/billing", **needs(Scope.READ))
def show_billing() -> Response[str]:
    """The plan, what it allows, what is left of it, what can be done, and what a plan would cost, if that is asked."""
    request = current_request(router)
    try:
        return _page(request, priced=_priced(request))
    except InvalidRequest as error:
        return _page(request, error=error)


@router.get("/billing/done", **needs(Scope.READ))
def come_back() -> Response[str]:
    """Somebody comes back from the provider: that they do proves nothing, so it is asked what is true."""
    request = current_request(router)
    try:
        sync(request.unit)
    except (UpstreamError, Conflict, NotFound):
        return _page(request, heard=False)  # It tells us by itself as well.
    return _page(request, heard=True)


@router.post("/billing/checkout", **needs(Scope.ADMIN))
def buy() -> Response[str]:
    """Go to where a plan is bought."""
    request = current_request(router)
    try:
        purchase = parsed(Purchase, {name: request.field(name) for name in Purchase.model_fields})
        address = begin_checkout(purchase, request.unit)
    except (InvalidRequest, Conflict, NotFound, UpstreamError) as error:
        return _page(request, error=error)
    request.note("billing.checkout_begun", plan=purchase.plan, seats=str(purchase.seats))
    return _leave(request, address)


@router.post("/billing/portal", **needs(Scope.ADMIN, while_closing=True, while_suspended=True))
def change() -> Response[str]:
    """Go to where invoices are, and what is paid is changed or ended."""
    request = current_request(router)
    flow = chosen(request.field("flow"), PortalFlow)
    try:
        address = open_portal(flow, request.unit)
    except (Conflict, NotFound, UpstreamError) as error:
        return _page(request, error=error)
    request.note("billing.portal_opened", flow=flow or "")
    return _leave(request, address)


def _leave(request: PageRequest, address: str) -> Response[str]:
    """Go on to the provider, by a page of ours: a form may end with us alone."""
    answer = page(request, "leaving.html", vendor=request.texts.gettext(PROVIDER), address=address)
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


def _priced(request: PageRequest) -> PricePreview | Literal["unknown"] | None:
    """What is asked for would cost so much; `unknown` where the provider cannot say, None where nothing is asked.

    Raises:
        InvalidRequest: what is asked for cannot be bought.
    """
    if not request.query.get("seats") or not request.caller.scope.covers(Scope.ADMIN):
        return None
    purchase = parsed(Purchase, {name: request.query.get(name, "") for name in Purchase.model_fields})
    try:
        return preview_price(purchase, request.unit)
    except (NotFound, UpstreamError):
        return "unknown"


def _page(
    request: PageRequest,
    *,
    error: ProductError | None = None,
    heard: bool | None = None,
    priced: PricePreview | Literal["unknown"] | None = None,
) -> Response[str]:
    """The page as things stand; `heard` says whether the provider has just told how they do."""
    view, texts = billing_of(request.unit.stores.tenants.get(request.tenant.id), request.unit), request.texts
    features = {feature: texts.gettext(words) for feature, words in FEATURES.items()}
    return page(
        request,
        "billing.html",
        status=status_of(error) if error else HTTPStatus.OK,
        message=refusal(error, request.texts) if error else "",
        field=error.field if isinstance(error, InvalidRequest) else "",
        heard=heard,
        billing=view,
        plan=texts.gettext(PLANS[view.plan]),
        state=texts.gettext(STATES[view.state]),
        is_trial=view.state is BillingState.TRIAL,
        owes=view.state in {BillingState.GRACE, BillingState.LIMITED} and not view.can_buy,
        features=[(words, feature in view.features) for feature, words in features.items()],
        offers=[(plan, texts.gettext(PLANS[plan]), limits_of(plan)) for plan in (Plan.TEAM, Plan.BUSINESS)],
        wished={name: request.field(name) or request.query.get(name, "") for name in ("plan", "seats")},
        priced=priced,
        money=partial(money, texts=request.texts),
        most_seats=MOST_SEATS,
        number=texts.decimal,
        is_admin=request.caller.scope.covers(Scope.ADMIN),
    )
