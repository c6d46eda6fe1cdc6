"""Stripe's hosted pages: Checkout, the customer portal, and a list of who pays."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.consent import origin
from infra.sandbox.core.pages import PAGES, missing
from infra.sandbox.core.requests import form_of
from infra.sandbox.core.store import Store
from infra.sandbox.stripe.billing import StripeBilling
from infra.sandbox.stripe.selling import StripeSelling
from infra.sandbox.stripe.state import ENDED, Card, Checkout, Customer, Portal, StripeWorld, Subscription
from infra.sandbox.stripe.wire import Refused

PORTAL_LASTS = 3600
CARDS: dict[str, str] = {
    "good": "4242 4242 4242 4242, which pays",
    "failing": "4000 0000 0000 0341, which pays once and fails from then on",
    "declined": "4000 0000 0000 0002, which is declined",
    "none": "no card",
}


class StripePages:
    """The handlers."""

    def __init__(self, store: Store[StripeWorld], billing: StripeBilling, selling: StripeSelling) -> None:
        self._store = store
        self._billing = billing
        self._selling = selling

    def routes(self) -> list[Route]:
        """Where they are, below `/stripe`."""
        return [
            Route("/", self._overview, methods=["GET"]),
            Route("/checkout/{id}", self._checkout, methods=["GET", "POST"]),
            Route("/portal/{secret}", self._portal, methods=["GET", "POST"]),
        ]

    async def _overview(self, _: Request) -> Response:
        account = self._billing.account
        shown = [(each, account.of(each)) for each in account.customers.values() if not each.deleted]
        return PAGES.page("stripe/overview.html", title="Stripe", customers=shown, account=account, day=_day)

    async def _checkout(self, request: Request) -> Response:
        try:
            session = self._selling.known(request.path_params["id"])
        except Refused:
            return missing("checkout session")
        if session.status != "open":
            done = session.status == "complete"
            text = "You have bought this already." if done else "This page is open no longer: go back and begin anew."
            return PAGES.page("message.html", status=410, title="Checkout", text=text)
        if request.method == "GET":
            return self._checkout_page(session)
        form = await form_of(request)
        if form.get("do") == "back":
            return RedirectResponse(session.cancel_url or self._store.world.config.app_url, 303)
        card, quantity = form.get("card", ""), form.get("quantity", str(session.quantity))
        if not quantity.isdecimal() or int(quantity) < 1:
            return self._checkout_page(session, "How many seats?", status=400)
        if card not in CARDS or card == "declined":
            return self._checkout_page(session, "Your card has been declined.", status=402)
        if not self._selling.buy(session, cast("Card", card), int(quantity)):
            return self._checkout_page(session, "A card is needed.", status=402)
        return RedirectResponse(session.success_url.replace("{CHECKOUT_SESSION_ID}", session.id), 303)

    def _checkout_page(self, session: Checkout, problem: str = "", *, status: int = 200) -> Response:
        account = self._billing.account
        return PAGES.page(
            "stripe/checkout.html",
            status=status,
            forms=f"'self' {origin(self._store.world.config)}",
            title=account.products[account.prices[session.price].product].name,
            session=session,
            price=account.prices[session.price],
            customer=account.customers[session.customer],
            cards=CARDS,
            problem=problem,
        )

    async def _portal(self, request: Request) -> Response:
        session = self._billing.account.portals.get(request.path_params["secret"])
        if session is None or session.created + PORTAL_LASTS <= self._billing.now():
            return PAGES.page("message.html", status=410, title="Portal", text="This page is open no longer.")
        customer = self._billing.account.customers[session.customer]
        self._billing.catch_up(customer)
        if request.method == "GET":
            return self._portal_page(session, customer)
        form = await form_of(request)
        do = self._deeds().get(form.get("do", ""))
        problem = do(customer, form) if do else "There is no such button."
        if problem:
            return self._portal_page(session, customer, problem, status=400)
        return RedirectResponse(request.url.path, 303)

    def _deeds(self) -> dict[str, Callable[[Customer, dict[str, str]], str]]:
        """What can be pressed in the portal; each says what is wrong, or nothing."""
        return {
            "seats": self._seats,
            "plan": self._plan,
            "cancel": self._cancel,
            "keep": self._keep,
            "card": self._card,
            "pay": self._pay,
        }

    def _seats(self, customer: Customer, form: dict[str, str]) -> str:
        subscription, quantity = self._changed(customer, form), form.get("quantity", "")
        if subscription is None or not quantity.isdecimal() or int(quantity) < 1:
            return "How many seats?"
        self._billing.change(subscription, quantity=int(quantity))
        return ""

    def _plan(self, customer: Customer, form: dict[str, str]) -> str:
        subscription, price = self._changed(customer, form), form.get("price", "")
        if subscription is None or price not in self._billing.account.prices:
            return "Which plan?"
        self._billing.change(subscription, price=price)
        return ""

    def _cancel(self, customer: Customer, form: dict[str, str]) -> str:
        subscription = self._changed(customer, form)
        if subscription is None:
            return "There is nothing to cancel."
        self._billing.cancel(subscription, at_period_end=True)
        return ""

    def _keep(self, customer: Customer, form: dict[str, str]) -> str:
        subscription = self._changed(customer, form)
        if subscription is None:
            return "It has ended: it is bought anew where you came from."
        self._billing.keep(subscription)
        return ""

    def _card(self, customer: Customer, form: dict[str, str]) -> str:
        card = form.get("card", "")
        if card not in CARDS or card == "declined":
            return "Your card has been declined."
        self._billing.set_card(customer, cast("Card", card))
        return ""

    def _pay(self, customer: Customer, form: dict[str, str]) -> str:
        invoice = self._billing.account.invoices.get(form.get("invoice", ""))
        if invoice is None or invoice.customer != customer.id or invoice.status != "open":
            return "There is nothing to pay."
        return "" if self._billing.pay(invoice) else "Your card has been declined."

    def _changed(self, customer: Customer, form: dict[str, str]) -> Subscription | None:
        mine = (each for each in self._billing.account.of(customer) if each.status not in ENDED)
        return next((each for each in mine if each.id == form.get("subscription")), None)

    def _portal_page(self, session: Portal, customer: Customer, problem: str = "", *, status: int = 200) -> Response:
        account = self._billing.account
        return PAGES.page(
            "stripe/portal.html",
            status=status,
            forms=f"'self' {origin(self._store.world.config)}",
            title="Customer portal",
            session=session,
            customer=customer,
            subscriptions=account.of(customer),
            invoices=[each for each in reversed(account.invoices.values()) if each.customer == customer.id],
            account=account,
            cards=CARDS,
            ended=ENDED,
            problem=problem,
            day=_day,
        )


def _day(at: int | None) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%d %b %Y}" if at is not None else "—"
