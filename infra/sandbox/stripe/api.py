"""Stripe's API, as far as it is asked: who may ask, what is answered, and what is done once (`Idempotency-Key`)."""

import hashlib
import json
import secrets
from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.faults import Faults
from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import same
from infra.sandbox.stripe import objects
from infra.sandbox.stripe.billing import StripeBilling
from infra.sandbox.stripe.previewing import StripePreviews
from infra.sandbox.stripe.selling import StripeSelling
from infra.sandbox.stripe.state import ENDED, Customer, Portal, Remembered, StripeWorld, Subscription
from infra.sandbox.stripe.wire import VERSION, Refused, checked, expanded, missing_resource, nested, page, refusal

LONGEST_KEY = 255
FLOWS = {
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_update",
    "subscription_update_confirm",
}

type Perform = Callable[[Json], Json]


class StripeApi:
    """The endpoints."""

    def __init__(
        self, store: Store[StripeWorld], billing: StripeBilling, selling: StripeSelling, faults: Faults
    ) -> None:
        self._store = store
        self._billing = billing
        self._selling = selling
        self._faults = faults
        self._previews = StripePreviews(billing)

    def routes(self) -> list[Route]:
        """Where they are, below `/v1`."""
        selling = self._selling
        return [
            self._route("/customers", "customers.create", "POST", self._create_customer),
            self._route("/customers", "customers.list", "GET", self._customers),
            self._route("/customers/{id}", "customers.retrieve", "GET", self._customer),
            self._route("/checkout/sessions", "checkout.sessions.create", "POST", selling.create),
            self._route("/checkout/sessions", "checkout.sessions.list", "GET", selling.sessions),
            self._route("/checkout/sessions/{id}", "checkout.sessions.retrieve", "GET", selling.retrieve),
            self._route("/checkout/sessions/{id}/expire", "checkout.sessions.expire", "POST", selling.expire),
            self._route("/billing_portal/sessions", "billing_portal.sessions.create", "POST", self._create_portal),
            self._route("/subscriptions", "subscriptions.list", "GET", self._subscriptions),
            self._route("/subscriptions/{id}", "subscriptions.retrieve", "GET", self._subscription),
            self._route("/subscriptions/{id}", "subscriptions.cancel", "DELETE", self._cancel),
            self._route("/products", "products.create", "POST", selling.create_product),
            self._route("/products/{id}", "products.retrieve", "GET", selling.product),
            self._route("/products/{id}", "products.update", "POST", selling.change_product),
            self._route("/prices", "prices.create", "POST", selling.create_price),
            self._route("/prices", "prices.list", "GET", selling.prices),
            self._route("/prices/{id}", "prices.retrieve", "GET", selling.price),
            self._route("/prices/{id}", "prices.update", "POST", selling.change_price),
            self._route("/webhook_endpoints", "webhook_endpoints.list", "GET", self._endpoints),
            self._route("/invoices", "invoices.list", "GET", self._invoices),
            self._route("/invoices/create_preview", "invoices.create_preview", "POST", self._previews.create),
        ]

    def _route(self, path: str, operation: str, method: str, perform: Perform) -> Route:
        self._faults.offer("stripe", lambda: [operation])

        async def answer(request: Request) -> Response:
            return await self._answer(request, operation, perform)

        return Route(path, answer, methods=[method])

    async def _answer(self, request: Request, operation: str, perform: Perform) -> Response:
        """Answer one request, unless it is none that may be made, or a fault strikes it."""
        self._store.count(f"stripe.{operation}")
        raw = (await request.body()).decode(errors="replace") if request.method == "POST" else request.url.query

        async def answered() -> Response:
            try:
                self._admit(request, operation)
                asked = nested(raw) | request.path_params
                return self._once(request, asked, partial(perform, asked))
            except Refused as refused:
                return refused.answer

        answer = await self._faults.answer(request, "stripe", [operation], perform=answered, refuse=refusal)
        answer.headers["request-id"] = f"req_{secrets.token_hex(7)}"
        answer.headers["stripe-version"] = VERSION
        return answer

    def _admit(self, request: Request, operation: str) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not key.strip():
            raise Refused(401, "You did not provide an API key.")
        if not same(key.strip(), self._store.world.config.stripe_secret_key):
            raise Refused(401, f"Invalid API Key provided: {key[:8]}****")
        if operation in self._store.world.config.stripe_forbidden:
            raise Refused(403, "The provided key does not have the required permissions for this endpoint.")
        if (version := request.headers.get("stripe-version")) != VERSION:
            raise Refused(400, f"Invalid Stripe API version: {version}. The sandbox plays {VERSION} alone.")

    def _once(self, request: Request, asked: Json, perform: Callable[[], Json]) -> Response:
        """What is asked for under a key is done once; what was refused was not begun and is not remembered."""
        key = request.headers.get("idempotency-key")
        if key is None or request.method != "POST":
            return JSONResponse(perform())
        if len(key) > LONGEST_KEY:
            raise Refused(
                400, f"Idempotency key is too long, at most {LONGEST_KEY} characters.", kind="idempotency_error"
            )
        digest = hashlib.sha256(json.dumps([request.url.path, asked], sort_keys=True).encode()).hexdigest()
        known = self._billing.account.remembered.get(key)
        if known is not None and known.digest != digest:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            )
            message += f"Try using a key other than '{key}' if you meant to execute a different request."
            raise Refused(400, message, kind="idempotency_error")
        if known is not None:
            return JSONResponse(known.answer, headers={"idempotent-replayed": "true"})
        answer = perform()
        self._billing.account.remembered[key] = Remembered(digest=digest, answer=answer, at=self._billing.now())
        self._store.changed()
        return JSONResponse(answer)

    def _create_customer(self, asked: Json) -> Json:
        known = dict.fromkeys(("name", "email", "metadata", "preferred_locales", "address", "description", "phone"))
        checked(asked, known)
        fields = {
            name: asked[name] for name in ("name", "email", "metadata", "preferred_locales", "address") if name in asked
        }
        account = self._billing.account
        made = Customer.model_validate({"id": account.id("cus"), "created": self._billing.now(), **fields})
        account.customers[made.id] = made
        self._store.changed()
        return objects.customer(made)

    def _customers(self, asked: Json) -> Json:
        checked(asked, dict.fromkeys(("email", "limit", "starting_after")))
        known = [each for each in reversed(self._billing.account.customers.values()) if not each.deleted]
        # An address is compared as it is written.
        found = [objects.customer(each) for each in known if asked.get("email", each.email) == each.email]
        return page(asked, found, "/v1/customers")

    def _customer(self, asked: Json) -> Json:
        customer = self._billing.account.customers.get(asked["id"])
        if customer is None:
            raise missing_resource("customer", asked["id"])
        return objects.customer(customer)

    def _create_portal(self, asked: Json) -> Json:
        known = {"customer": None, "return_url": None, "configuration": None, "locale": None, "flow_data": None}
        checked(asked, known, ["customer"])
        customer = self._selling.customer(asked)
        flow = asked.get("flow_data", {}).get("type")
        if flow is not None and flow not in FLOWS:
            raise Refused(
                400, f"Invalid flow_data[type]: must be one of {', '.join(sorted(FLOWS))}", param="flow_data[type]"
            )
        if flow is not None and flow.startswith("subscription"):
            named = asked["flow_data"].get(flow, {}).get("subscription")
            if named not in {each.id for each in self._billing.account.of(customer)}:
                raise missing_resource("subscription", str(named), f"flow_data[{flow}][subscription]", status=400)
        account = self._billing.account
        session = Portal(
            id=account.id("bps"),
            secret=secrets.token_urlsafe(24),
            customer=customer.id,
            return_url=asked.get("return_url"),
            flow=flow,
            created=self._billing.now(),
        )
        account.portals[session.secret] = session
        self._store.changed()
        return objects.portal(session, self._store.world.public_url)

    def _subscriptions(self, asked: Json) -> Json:
        known = dict.fromkeys(("customer", "status", "limit", "starting_after", "price", "expand"))
        checked(asked, known)
        account = self._billing.account
        if "customer" in asked:
            customer = account.customers.get(asked["customer"])
            if customer is None:
                raise missing_resource("customer", asked["customer"], "customer", status=400)
            self._billing.catch_up(customer)
            found = account.of(customer)
        else:
            found = list(reversed(account.subscriptions.values()))
        # What has ended is listed only where it is asked for, by name or as part of all.
        status = asked.get("status")
        listed = [each for each in found if _is_listed(each, status) and asked.get("price", each.price) == each.price]
        whole = expanded(asked, {"data.latest_invoice"})
        shown = [objects.subscription(account, each, whole_invoice=whole) for each in listed]
        return page(asked, shown, "/v1/subscriptions")

    def _subscription(self, asked: Json) -> Json:
        subscription = self._known_subscription(asked)
        self._billing.catch_up(self._billing.account.customers[subscription.customer])
        return objects.subscription(self._billing.account, subscription)

    def _cancel(self, asked: Json) -> Json:
        checked(asked, dict.fromkeys(("id", "invoice_now", "prorate")))
        subscription = self._known_subscription(asked)
        if subscription.status in ENDED:
            raise missing_resource("subscription", subscription.id)
        self._billing.cancel(subscription, at_period_end=False)
        return objects.subscription(self._billing.account, subscription)

    def _known_subscription(self, asked: Json) -> Subscription:
        subscription = self._billing.account.subscriptions.get(asked["id"])
        if subscription is None:
            raise missing_resource("subscription", asked["id"])
        return subscription

    def _endpoints(self, asked: Json) -> Json:
        checked(asked, dict.fromkeys(("limit", "starting_after")))
        app_url = self._store.world.config.app_url
        known = reversed(self._billing.account.endpoints.values())
        return page(asked, [objects.endpoint(each, app_url) for each in known], "/v1/webhook_endpoints")

    def _invoices(self, asked: Json) -> Json:
        checked(asked, dict.fromkeys(("customer", "subscription", "status", "limit", "starting_after")))
        found = [
            objects.invoice(each)
            for each in reversed(self._billing.account.invoices.values())
            if all(
                getattr(each, name) == asked[name] for name in ("customer", "subscription", "status") if name in asked
            )
        ]
        return page(asked, found, "/v1/invoices")


def _is_listed(subscription: Subscription, status: str | None) -> bool:
    match status:
        case None:
            return subscription.status != "canceled"
        case "all":
            return True
        case "ended":
            return subscription.status in ENDED
        case _:
            return subscription.status == status
