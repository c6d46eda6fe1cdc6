"""What Stripe says of a subscription, in the form of the pinned version, and what that is to us."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self

from pydantic import Field

from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PricePreview
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.integrations.documented import documented
from pm_assistant.integrations.webhooks import Payload

PLAN = "plan"
"""Under that name our prices and products say in their metadata what they buy."""


class _Price(Payload):
    id: str
    metadata: dict[str, str] = Field(default_factory=dict)


class _Item(Payload):
    id: str | None = None
    price: _Price
    quantity: int = 1
    current_period_start: int | None = None
    current_period_end: int | None = None


class _Items(Payload):
    data: list[_Item] = Field(default_factory=list)


class _Reason(Payload):
    type: str


class _Paused(Payload):
    subscription: _Reason | None = None


class _StatusDetails(Payload):
    paused: _Paused | None = None


class _Cancellation(Payload):
    reason: str | None = None


class _Invoice(Payload):
    status: str | None = None
    created: int


class Checked(Payload):
    """What is held against what is documented."""

    @classmethod
    def read(cls, said: Mapping[str, object]) -> Self:
        """Check what Stripe says.

        Raises:
            UpstreamUnavailable: it is of another form; names the field, never its content.
        """
        return documented(cls, said, vendor="Stripe")


class Subscription(Checked):
    """A subscription; the period stands on its items."""

    id: str
    customer: str
    status: str
    created: int
    items: _Items
    cancel_at: int | None = None
    ended_at: int | None = None
    status_details: _StatusDetails | None = None
    cancellation_details: _Cancellation | None = None
    latest_invoice: _Invoice | str | None = None

    @property
    def item_id(self) -> str | None:
        """The id of what is paid for in it; None where that is nothing."""
        return next((each.id for each in self.items.data), None)

    def domain(self, plans: Mapping[str, Plan]) -> PaidSubscription:
        """The same in our words; `plans` says what our prices buy.

        A price that is none of them any more, as it has been replaced, says itself what it buys.
        """
        named = {each.price.id: plans.get(each.price.id) or _plan(each.price) for each in self.items.data}
        counted = next((each for each in self.items.data if named[each.price.id]), None)
        item = counted or next(iter(self.items.data), None)
        return PaidSubscription(
            id=self.id,
            customer_id=self.customer,
            status=self.status,
            plan=named[item.price.id] if item else None,
            prices=tuple(named),
            seats=item.quantity if item else 0,
            created_at=_moment(self.created),
            period_start=_moment_or_none(item.current_period_start if item else None),
            period_end=_moment_or_none(item.current_period_end if item else None),
            cancel_at=_moment_or_none(self.cancel_at),
            ended_at=_moment_or_none(self.ended_at),
            past_due_since=_moment_or_none(self._owed_since),
            paused_because=self._paused_because,
            payment_failed=bool(self.cancellation_details and self.cancellation_details.reason == "payment_failed"),
        )

    @property
    def _owed_since(self) -> int | None:
        invoice = self.latest_invoice if isinstance(self.latest_invoice, _Invoice) else None
        return invoice.created if invoice and invoice.status == "open" and self.status == "past_due" else None

    @property
    def _paused_because(self) -> str | None:
        paused = self.status_details.paused if self.status_details else None
        return paused.subscription.type if paused and paused.subscription and self.status == "paused" else None


class _ItemDetails(Payload):
    proration: bool = False


class _LineParent(Payload):
    subscription_item_details: _ItemDetails | None = None
    invoice_item_details: _ItemDetails | None = None

    @property
    def proration(self) -> bool:
        return any(
            each is not None and each.proration for each in (self.subscription_item_details, self.invoice_item_details)
        )


class _Line(Payload):
    amount: int
    parent: _LineParent | None = None


class _Lines(Payload):
    data: list[_Line] = Field(default_factory=list)


class _Tax(Payload):
    amount: int


class InvoicePreview(Checked):
    """An invoice that is none yet."""

    currency: str
    total: int
    lines: _Lines
    total_taxes: list[_Tax] | None = None
    next_payment_attempt: int | None = None

    def domain(self) -> PricePreview:
        """The same in our words."""
        prorated = sum(each.amount for each in self.lines.data if each.parent is not None and each.parent.proration)
        return PricePreview(
            currency=self.currency,
            total=self.total,
            each_period=sum(each.amount for each in self.lines.data) - prorated,
            prorated=prorated,
            tax=sum(each.amount for each in self.total_taxes or ()),
            due_at=_moment_or_none(self.next_payment_attempt),
        )


def _plan(price: _Price) -> Plan | None:
    named = price.metadata.get(PLAN)
    return Plan(named) if named in set(Plan) else None


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _moment_or_none(at: int | None) -> datetime | None:
    return None if at is None else _moment(at)
