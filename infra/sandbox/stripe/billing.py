"""What becomes of subscriptions as time passes and people and cards behave: trial, renewal, retries, cancellation.

Amounts are whole periods; what a change costs within one (proration) is previewed (`previewing`) and not charged.
"""

from calendar import monthrange
from datetime import UTC, datetime
from typing import assert_never

from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.stripe import objects
from infra.sandbox.stripe.state import ENDED, LIVE, Account, Card, Customer, Invoice, Status, StripeWorld, Subscription
from infra.sandbox.stripe.webhooks import StripeWebhooks

DAY = 24 * 3600
RETRIES = (2 * DAY, 7 * DAY, 14 * DAY, 21 * DAY)
"""When a failed payment is tried again, in seconds since it failed; then comes what the account's setting says."""
REMINDED_BEFORE = 3 * DAY
"""How long before its end a trial is spoken of."""
INCOMPLETE_LASTS = 23 * 3600


class StripeBilling:
    """The account's subscriptions; each customer's time is its own, and what was due is done before it is looked at."""

    def __init__(self, store: Store[StripeWorld], news: StripeWebhooks) -> None:
        self._store = store
        self._news = news

    @property
    def account(self) -> Account:
        """All there is."""
        return self._store.world.stripe

    def now(self, customer: Customer | None = None) -> int:
        """The time, by a customer's clock if one is named."""
        return self._news.now(customer)

    def advance(self, customer: Customer, seconds: int) -> None:
        """Let a customer's time pass; what falls due meanwhile happens in its order."""
        until = self.now(customer) + seconds
        self._until(customer, until)
        customer.ahead += seconds
        self._store.changed()

    def catch_up(self, customer: Customer) -> None:
        """Do what has fallen due by now."""
        self._until(customer, self.now(customer))

    def subscribe(self, subscription: Subscription, customer: Customer) -> Subscription:
        """Begin a subscription: it is on trial, or its first period is to be paid at once."""
        at = subscription.created
        self.account.subscriptions[subscription.id] = subscription
        self._invoice(subscription, customer, "subscription_create", at, free=subscription.status == "trialing")
        if subscription.status != "trialing":
            subscription.status = "active" if self._charged(subscription, customer, at) else "incomplete"
        self._tell(subscription, "created", at)
        return subscription

    def change(self, subscription: Subscription, *, price: str | None = None, quantity: int | None = None) -> None:
        """Other seats or another plan, from now on."""
        subscription.price = price or subscription.price
        subscription.quantity = quantity or subscription.quantity
        self._tell(subscription, "updated", self._now_of(subscription))

    def cancel(self, subscription: Subscription, *, at_period_end: bool) -> None:
        """End a subscription, with its period or at once."""
        at = self._now_of(subscription)
        subscription.ended_because = "cancellation_requested"
        if at_period_end:
            subscription.cancel_at_period_end, subscription.canceled_at = True, at
            self._tell(subscription, "updated", at)
        else:
            self._end(subscription, at)

    def keep(self, subscription: Subscription) -> None:
        """Take back that it ends with its period."""
        subscription.cancel_at_period_end, subscription.canceled_at, subscription.ended_because = False, None, None
        self._tell(subscription, "updated", self._now_of(subscription))

    def pause(self, subscription: Subscription, reason: str) -> None:
        """Let it rest, for one of Stripe's reasons."""
        self._pause(subscription, reason, self._now_of(subscription))

    def resume(self, subscription: Subscription) -> None:
        """Let a resting one go on with a period that begins now, if it can be paid."""
        customer, at = self.account.customers[subscription.customer], self._now_of(subscription)
        self._next_period(subscription, at)
        self._renewed(subscription, customer, at)
        self._tell(subscription, "resumed" if subscription.status == "active" else "updated", at)

    def say(self, subscription: Subscription, status: Status) -> None:
        """Put a subscription into a state, however it may have come there."""
        subscription.status = status
        self._tell(subscription, "updated", self._now_of(subscription))

    def set_card(self, customer: Customer, card: Card) -> None:
        """Another card; what is open is not paid by that."""
        customer.card = card
        self._news.tell("customer.updated", objects.customer(customer), self.now(customer))
        self._store.changed()

    def pay(self, invoice: Invoice) -> bool:
        """Somebody wants to pay what is open; whether the card did."""
        customer, subscription = (
            self.account.customers[invoice.customer],
            self.account.subscriptions[invoice.subscription],
        )
        at = self.now(customer)
        paid = self._charged(subscription, customer, at)
        if paid and subscription.status not in ENDED:
            self._recover(subscription, at)
        self._store.changed()
        return paid

    def delete(self, customer: Customer) -> None:
        """Forget a customer, whose subscriptions end at once."""
        for subscription in self.account.of(customer):
            if subscription.ended_at is None:
                self._end(subscription, self.now(customer))
        customer.deleted = True
        self._news.tell("customer.deleted", objects.customer(customer), self.now(customer))
        self._store.changed()

    def _until(self, customer: Customer, until: int) -> None:
        while True:
            dues = [(due, each.id) for each in self.account.of(customer) if (due := _due(each)) is not None]
            at, subscription_id = min(dues, default=(until + 1, ""))
            if at > until:
                return
            self._take_step(self.account.subscriptions[subscription_id], customer, at)
            self._store.changed()

    def _take_step(self, subscription: Subscription, customer: Customer, at: int) -> None:
        match subscription.status:
            case "trialing" if not subscription.reminded:
                subscription.reminded = True
                self._tell(subscription, "trial_will_end", at)
            case "incomplete":
                subscription.status, subscription.ended_at = "incomplete_expired", at
                self._tell(subscription, "updated", at)
            case "past_due" if at < subscription.period_end:
                self._try_again(subscription, customer, at)
            case _ if subscription.cancel_at_period_end:
                self._end(subscription, at)
            case "trialing" if customer.card == "none":
                self._trial_without_card(subscription, customer, at)
            case _:
                self._next_period(subscription, at)
                self._renewed(subscription, customer, at)
                self._tell(subscription, "updated", at)

    def _trial_without_card(self, subscription: Subscription, customer: Customer, at: int) -> None:
        match subscription.missing_card:
            case "cancel":
                self._end(subscription, at)
            case "pause":
                self._pause(subscription, "trial_end_without_payment_method", at)
            case "create_invoice":
                self._next_period(subscription, at)
                self._renewed(subscription, customer, at)
                self._tell(subscription, "updated", at)
            case _:
                assert_never(subscription.missing_card)

    def _renewed(self, subscription: Subscription, customer: Customer, at: int) -> None:
        self._invoice(subscription, customer, "subscription_cycle", at)
        if subscription.status == "unpaid":
            return  # its invoices are written, and nobody is asked to pay them
        if not subscription.collecting or self._charged(subscription, customer, at):
            subscription.status, subscription.attempts, subscription.failed_at = "active", 0, None
        else:
            subscription.status, subscription.attempts, subscription.failed_at = "past_due", 1, at

    def _try_again(self, subscription: Subscription, customer: Customer, at: int) -> None:
        """Ask for what is open once more; after the last time the account's setting is done."""
        if self._charged(subscription, customer, at):
            self._recover(subscription, at)
            return
        subscription.attempts += 1
        after = self._store.world.config.stripe_after_retries
        if subscription.attempts <= len(RETRIES) or after == "past_due":
            return
        if after == "cancel":
            subscription.ended_because = "payment_failed"
            self._end(subscription, at)
        else:
            subscription.status = "unpaid"
            self._tell(subscription, "updated", at)

    def _pause(self, subscription: Subscription, reason: str, at: int) -> None:
        subscription.status, subscription.paused_by, subscription.paused_at = "paused", reason, at
        self._tell(subscription, "paused", at)

    def _recover(self, subscription: Subscription, at: int) -> None:
        subscription.status, subscription.attempts, subscription.failed_at = "active", 0, None
        self._tell(subscription, "updated", at)

    def _charged(self, subscription: Subscription, customer: Customer, at: int) -> bool:
        invoice = self.account.invoices[subscription.latest_invoice or ""]
        invoice.attempts += invoice.status == "open"
        paid = invoice.status == "paid" or customer.card == "good"
        if paid and invoice.status == "open":
            invoice.status, invoice.paid_at = "paid", at
        self._news.tell("invoice.paid" if paid else "invoice.payment_failed", objects.invoice(invoice), at)
        if paid:
            self._news.tell("invoice.payment_succeeded", objects.invoice(invoice), at)
        return paid

    def _invoice(
        self, subscription: Subscription, customer: Customer, reason: str, at: int, *, free: bool = False
    ) -> None:
        price = self.account.prices[subscription.price]
        invoice = Invoice.model_validate(
            {
                "id": self.account.id("in"),
                "number": f"{customer.id[-8:].upper()}-{len(self.account.invoices) + 1:04}",
                "customer": customer.id,
                "subscription": subscription.id,
                "status": "paid" if free else "open",
                "reason": reason,
                "amount": 0 if free else price.unit_amount * subscription.quantity,
                "currency": price.currency,
                "price": price.id,
                "quantity": subscription.quantity,
                "period_start": subscription.period_start,
                "period_end": subscription.period_end,
                "paid_at": at if free else None,
                "created": at,
            }
        )
        self.account.invoices[invoice.id] = invoice
        subscription.latest_invoice = invoice.id
        self._news.tell("invoice.created", objects.invoice(invoice), at)

    def _next_period(self, subscription: Subscription, at: int) -> None:
        interval = self.account.prices[subscription.price].interval
        subscription.period_start, subscription.period_end = at, later(at, 12 if interval == "year" else 1)

    def _end(self, subscription: Subscription, at: int) -> None:
        subscription.status, subscription.ended_at = "canceled", at
        subscription.canceled_at = subscription.canceled_at or at
        self._tell(subscription, "deleted", at)

    def _now_of(self, subscription: Subscription) -> int:
        return self.now(self.account.customers[subscription.customer])

    def _tell(self, subscription: Subscription, what: str, at: int) -> None:
        thing: Json = objects.subscription(self.account, subscription)
        self._news.tell(f"customer.subscription.{what}", thing, at)
        self._store.changed()


def later(at: int, months: int) -> int:
    """The same day so many months later, or the last of that month."""
    moment = datetime.fromtimestamp(at, UTC)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())


def _due(subscription: Subscription) -> int | None:
    """When something happens to a subscription by itself."""
    if subscription.status == "incomplete":
        return subscription.created + INCOMPLETE_LASTS
    if subscription.status == "trialing" and not subscription.reminded:
        return max(subscription.created, subscription.period_end - REMINDED_BEFORE)
    if (
        subscription.status == "past_due"
        and subscription.failed_at is not None
        and subscription.attempts <= len(RETRIES)
    ):
        return min(subscription.failed_at + RETRIES[subscription.attempts - 1], subscription.period_end)
    return subscription.period_end if subscription.status in {*LIVE, "unpaid"} else None
