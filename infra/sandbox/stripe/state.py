"""What Stripe remembers of the one account that is ours; times are seconds since 1970, as Stripe says them."""

from typing import Literal, Self

from pydantic import Field

from infra.sandbox.core.state import Json, Model
from infra.sandbox.core.world import World

type Card = Literal["good", "failing", "none"]
type Status = Literal[
    "incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"
]
LIVE: frozenset[Status] = frozenset({"trialing", "active", "past_due"})
"""The states of a subscription that is renewed by itself."""
ENDED: frozenset[Status] = frozenset({"canceled", "incomplete_expired"})
"""The states that nothing follows."""


class Product(Model):
    """Something that is sold."""

    id: str
    name: str
    description: str | None = None
    tax_code: str | None = None
    active: bool = True
    metadata: dict[str, str] = Field(default_factory=dict)
    created: int


class Price(Model):
    """What a seat of a product costs a month or a year, in cents."""

    id: str
    product: str
    unit_amount: int
    currency: str
    interval: Literal["month", "year"]
    lookup_key: str | None = None
    tax_behavior: Literal["exclusive", "inclusive", "unspecified"] = "unspecified"
    active: bool = True
    metadata: dict[str, str] = Field(default_factory=dict)
    created: int


class Customer(Model):
    """Somebody who pays.

    Attributes:
        ahead: seconds by which this customer's time is ahead of everybody's, as under a test clock.
    """

    id: str
    name: str | None = None
    email: str | None = None
    address: Json | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    preferred_locales: list[str] = Field(default_factory=list)
    card: Card = "none"
    ahead: int = 0
    deleted: bool = False
    created: int


class Subscription(Model):
    """What somebody pays for again and again.

    Attributes:
        item: the id of its one item, which has the period.
        missing_card: what the end of a trial without a card makes of it.
        paused_by: why it is paused.
        collecting: whether its invoices are asked to be paid; what is else (`pause_collection`) is no state of its own.
        attempts: how often its open invoice was asked to be paid in vain.
        failed_at: since when.
    """

    id: str
    item: str
    customer: str
    price: str
    quantity: int = 1
    status: Status
    metadata: dict[str, str] = Field(default_factory=dict)
    period_start: int
    period_end: int
    trial_start: int | None = None
    trial_end: int | None = None
    missing_card: Literal["cancel", "create_invoice", "pause"] = "create_invoice"
    cancel_at_period_end: bool = False
    canceled_at: int | None = None
    ended_at: int | None = None
    ended_because: Literal["cancellation_requested", "payment_failed"] | None = None
    paused_by: str = "system"
    paused_at: int = 0
    collecting: bool = True
    reminded: bool = False
    latest_invoice: str | None = None
    attempts: int = 0
    failed_at: int | None = None
    automatic_tax: bool = False
    created: int


class Invoice(Model):
    """What a period costs."""

    id: str
    number: str
    customer: str
    subscription: str
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    reason: Literal["subscription_create", "subscription_cycle", "subscription_update"]
    amount: int
    currency: str
    price: str
    quantity: int
    period_start: int
    period_end: int
    attempts: int = 0
    paid_at: int | None = None
    created: int


class Checkout(Model):
    """A page on which somebody may buy.

    Attributes:
        card_required: whether a trial cannot be begun without a card.
    """

    id: str
    customer: str
    price: str
    quantity: int
    adjustable: bool = False
    status: Literal["open", "complete", "expired"] = "open"
    payment_status: Literal["paid", "unpaid", "no_payment_required"] = "unpaid"
    subscription: str | None = None
    success_url: str
    cancel_url: str | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    subscription_metadata: dict[str, str] = Field(default_factory=dict)
    trial_days: int = 0
    missing_card: Literal["cancel", "create_invoice", "pause"] = "create_invoice"
    card_required: bool = True
    automatic_tax: bool = False
    created: int
    expires_at: int


class Portal(Model):
    """A session of the customer portal."""

    id: str
    secret: str
    customer: str
    return_url: str | None = None
    flow: str | None = None
    created: int


class Endpoint(Model):
    """Where the account's owner has it told what happens.

    Attributes:
        url: empty for where the app is.
        api_version: in whose form; None for the account's own.
    """

    id: str
    url: str = ""
    status: Literal["enabled", "disabled"] = "enabled"
    enabled_events: list[str] = Field(default_factory=lambda: ["*"])
    api_version: str | None = "2026-10-28.endive"
    created: int = 1_790_000_000

    def hears(self, kind: str) -> bool:
        """Whether an event of that kind is told there."""
        return self.status == "enabled" and not {kind, "*"}.isdisjoint(self.enabled_events)


class Remembered(Model):
    """What a request under an idempotency key was answered, and a digest of what it asked for."""

    digest: str
    answer: Json
    at: int


class Account(Model):
    """All that is ours at Stripe.

    Attributes:
        made: how many things have been made; part of their ids.
    """

    products: dict[str, Product] = Field(default_factory=dict)
    prices: dict[str, Price] = Field(default_factory=dict)
    customers: dict[str, Customer] = Field(default_factory=dict)
    subscriptions: dict[str, Subscription] = Field(default_factory=dict)
    invoices: dict[str, Invoice] = Field(default_factory=dict)
    checkouts: dict[str, Checkout] = Field(default_factory=dict)
    portals: dict[str, Portal] = Field(default_factory=dict)
    endpoints: dict[str, Endpoint] = Field(default_factory=lambda: {"we_sandbox": Endpoint(id="we_sandbox")})
    remembered: dict[str, Remembered] = Field(default_factory=dict)
    made: int = 0

    def id(self, kind: str) -> str:
        """An id that nothing has, such as `cus_…`."""
        self.made += 1
        return f"{kind}_sandbox{self.made:06}"

    def of(self, customer: Customer) -> list[Subscription]:
        """A customer's subscriptions, newest first."""
        return [each for each in reversed(self.subscriptions.values()) if each.customer == customer.id]

    @classmethod
    def opened(cls, at: int) -> Self:
        """An account with two products and an endpoint, as its owner made them by hand."""
        account = cls()
        for plan, amount in (("team", 800), ("business", 1600)):
            name = f"PM Assistant {plan.title()}"
            product = Product(id=f"prod_sandbox_{plan}", name=name, metadata={"plan": plan}, created=at)
            account.products[product.id] = product
            account.prices[f"price_sandbox_{plan}"] = Price(
                id=f"price_sandbox_{plan}",
                product=product.id,
                unit_amount=amount,
                currency="eur",
                interval="month",
                tax_behavior="exclusive",
                metadata={"plan": plan},
                created=at,
            )
        return account


class StripeWorld(World):
    """Stripe's part of the world; only the first company's counts, for whoever pays pays us."""

    stripe: Account = Field(default_factory=lambda: Account.opened(1_790_000_000))
