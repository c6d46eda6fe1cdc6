"""Doors for people and tests: what the account's owner does at Stripe, and a customer's time."""

from typing import Literal, assert_never

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, route
from infra.sandbox.core.state import Json, Model
from infra.sandbox.stripe import objects
from infra.sandbox.stripe.billing import DAY, StripeBilling, later
from infra.sandbox.stripe.state import Card, Customer, Status, Subscription

type Deed = Literal["cancel", "cancel_now", "keep", "pause", "resume"]


class CustomerControl(Model):
    """A customer's time passes, the card is another, or the customer is deleted."""

    days: float = Field(default=0, ge=0)
    card: Card | None = None
    deleted: bool = False


class SubscriptionControl(Model):
    """The owner makes a subscription by hand; a customer may so have two."""

    customer: str
    price: str
    quantity: int = Field(default=1, ge=1)
    trial_days: int = Field(default=0, ge=0)
    missing_card: Literal["cancel", "create_invoice", "pause"] = "create_invoice"
    metadata: dict[str, str] = Field(default_factory=dict)


class ChangeControl(Model):
    """The owner changes a subscription; `status` puts it into a state, however it may come there."""

    price: str | None = None
    quantity: int | None = Field(default=None, ge=1)
    status: Status | None = None
    do: Deed | None = None
    paused_by: str = "pause_requested"
    collecting: bool | None = None


class EndpointControl(Model):
    """The owner changes where and what it is told, or takes the endpoint away; what is not named stays as it is.

    A version cannot be changed at Stripe: it is that of an endpoint which stands in this one's place.
    """

    url: str | None = None
    status: Literal["enabled", "disabled"] | None = None
    enabled_events: list[str] | None = None
    api_version: str | None = None
    deleted: bool = False


class StripeControls:
    """The handlers."""

    def __init__(self, billing: StripeBilling) -> None:
        self._billing = billing

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/stripe/customers/{id}", self._customer),
            route("/stripe/subscriptions", self._subscribe),
            route("/stripe/subscriptions/{id}", self._change),
            route("/stripe/endpoints/{id}", self._endpoint),
        ]

    async def _customer(self, request: Request) -> Json:
        wanted = await body_of(request, CustomerControl)
        customer = self._known(request.path_params["id"])
        if wanted.card is not None:
            self._billing.set_card(customer, wanted.card)
        if wanted.days:
            self._billing.advance(customer, int(wanted.days * DAY))
        if wanted.deleted:
            self._billing.delete(customer)
        listed = [objects.subscription(self._billing.account, each) for each in self._billing.account.of(customer)]
        return {"ok": True, "now": self._billing.now(customer), "subscriptions": listed}

    async def _subscribe(self, request: Request) -> Json:
        wanted = await body_of(request, SubscriptionControl)
        customer, account = self._known(wanted.customer), self._billing.account
        if wanted.price not in account.prices:
            raise BadControl("price", f"no price {wanted.price}")
        now = self._billing.now(customer)
        end = now + wanted.trial_days * DAY if wanted.trial_days else later(now, 1)
        made = Subscription(
            id=account.id("sub"),
            item=account.id("si"),
            customer=customer.id,
            price=wanted.price,
            quantity=wanted.quantity,
            status="trialing" if wanted.trial_days else "incomplete",
            metadata=wanted.metadata,
            period_start=now,
            period_end=end,
            trial_start=now if wanted.trial_days else None,
            trial_end=end if wanted.trial_days else None,
            missing_card=wanted.missing_card,
            created=now,
        )
        return {"ok": True, **objects.subscription(account, self._billing.subscribe(made, customer))}

    async def _change(self, request: Request) -> Json:
        wanted = await body_of(request, ChangeControl)
        subscription = self._billing.account.subscriptions.get(request.path_params["id"])
        if subscription is None:
            raise BadControl("id", "no such subscription")
        if wanted.collecting is not None:
            subscription.collecting = wanted.collecting
        if wanted.price or wanted.quantity:
            self._billing.change(subscription, price=wanted.price, quantity=wanted.quantity)
        if wanted.status is not None:
            self._billing.say(subscription, wanted.status)
        if wanted.do is not None:
            self._do(subscription, wanted.do, wanted.paused_by)
        return {"ok": True, **objects.subscription(self._billing.account, subscription)}

    async def _endpoint(self, request: Request) -> Json:
        wanted, id = await body_of(request, EndpointControl), request.path_params["id"]
        endpoints = self._billing.account.endpoints
        if id not in endpoints:
            raise BadControl("id", "no such endpoint")
        if wanted.deleted:
            del endpoints[id]
        else:
            changes = wanted.model_dump(exclude_none=True, exclude={"deleted"})
            endpoints[id] = endpoints[id].model_copy(update=changes)
        return {"ok": True}

    def _do(self, subscription: Subscription, deed: Deed, paused_by: str) -> None:
        match deed:
            case "cancel" | "cancel_now":
                self._billing.cancel(subscription, at_period_end=deed == "cancel")
            case "keep":
                self._billing.keep(subscription)
            case "pause":
                self._billing.pause(subscription, paused_by)
            case "resume":
                self._billing.resume(subscription)
            case _:
                assert_never(deed)

    def _known(self, customer_id: str) -> Customer:
        customer = self._billing.account.customers.get(customer_id)
        if customer is None:
            raise BadControl("customer", f"no customer {customer_id}")
        return customer
