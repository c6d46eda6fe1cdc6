"""What an invoice would come to (`POST /v1/invoices/create_preview`): nothing is made by asking.

A change of a subscription shows on its next invoice: what is credited and charged for the rest of the period that
runs, and a whole period after it. By the second and without discounts, which is the default of the version that is
played; tax is not reckoned.
"""

from infra.sandbox.core.state import Json
from infra.sandbox.stripe import objects
from infra.sandbox.stripe.billing import StripeBilling
from infra.sandbox.stripe.state import ENDED, Price, Subscription
from infra.sandbox.stripe.wire import Refused, checked, missing_resource, number

_KNOWN: Json = {
    **dict.fromkeys(("customer", "subscription", "preview_mode", "currency")),
    "subscription_details": {
        "items": [{"id": None, "price": None, "quantity": None}],
        "proration_behavior": None,
    },
}


class StripePreviews:
    """Invoices that are none yet."""

    def __init__(self, billing: StripeBilling) -> None:
        self._billing = billing

    def create(self, asked: Json) -> Json:
        """`POST /v1/invoices/create_preview`."""
        checked(asked, _KNOWN, ["subscription_details"])
        [item] = asked["subscription_details"].get("items") or [{}]
        price, seats = self._price(item.get("price", "")), number(item.get("quantity", "1"), "quantity", least=1)
        account, customer_id = self._billing.account, asked.get("customer")
        if customer_id is not None and (customer_id not in account.customers or account.customers[customer_id].deleted):
            raise missing_resource("customer", customer_id, "customer", status=400)
        if "subscription" not in asked:
            now = self._billing.now(account.customers[customer_id] if customer_id else None)
            return self._invoice(customer_id, None, [_line(price, price.unit_amount * seats)], at=now)
        subscription = account.subscriptions.get(asked["subscription"])
        if subscription is None or subscription.status in ENDED:
            raise missing_resource("subscription", asked["subscription"], "subscription", status=400)
        if item.get("id") != subscription.item:
            # Without the id of what there is, Stripe adds a second item beside it.
            raise Refused(400, "The sandbox plays changes of the one item.", param="subscription_details[items][0][id]")
        lines = [*self._prorated(subscription, price, seats), _line(price, price.unit_amount * seats)]
        return self._invoice(subscription.customer, subscription, lines, at=subscription.period_end)

    def _prorated(self, subscription: Subscription, price: Price, seats: int) -> list[Json]:
        if (price.id, seats) == (subscription.price, subscription.quantity):
            return []
        account = self._billing.account
        now = self._billing.now(account.customers[subscription.customer])
        left, whole = subscription.period_end - now, subscription.period_end - subscription.period_start
        paid = account.prices[subscription.price]
        return [
            _line(each, round(sign * each.unit_amount * count * left / whole), proration=True)
            for each, count, sign in ((paid, subscription.quantity, -1), (price, seats, 1))
        ]

    def _invoice(self, customer: str | None, subscription: Subscription | None, lines: list[Json], *, at: int) -> Json:
        total = sum(each["amount"] for each in lines)
        return {
            "id": "upcoming_in_sandbox",
            "object": "invoice",
            "amount_due": max(total, 0),
            "amount_paid": 0,
            "amount_remaining": max(total, 0),
            "billing_reason": "upcoming",
            "created": at,
            "currency": lines[0]["currency"],
            "customer": customer,
            "lines": objects.listed(lines, "/v1/invoices/upcoming_in_sandbox/lines"),
            "livemode": False,
            "next_payment_attempt": at if subscription is not None else None,
            "parent": {
                "type": "subscription_details",
                "quote_details": None,
                "subscription_details": {"metadata": {}, "subscription": subscription.id if subscription else None},
            },
            "period_end": at,
            "period_start": at,
            "status": "draft",
            "subtotal": total,
            "total": total,
            "total_taxes": [],
        }

    def _price(self, price_id: str) -> Price:
        price = self._billing.account.prices.get(price_id)
        if price is None:
            raise missing_resource("price", price_id, "subscription_details[items][0][price]", status=400)
        return price


def _line(price: Price, amount: int, *, proration: bool = False) -> Json:
    details = {"invoice_item": None, "proration": proration, "proration_details": None, "subscription_item": None}
    return {
        "id": "il_tmp_sandbox",
        "object": "line_item",
        "amount": amount,
        "currency": price.currency,
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": details,
        },
        "pricing": {"type": "price_details", "price_details": {"price": price.id, "product": price.product}},
        "subtotal": amount,
    }
