"""What we sell, made at Stripe: a product and a price for each plan that can be bought."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pm_assistant.domain.errors import UpstreamRejected
from pm_assistant.domain.plans import Plan
from pm_assistant.integrations.stripe.connection import Connection, translated
from pm_assistant.integrations.stripe.wire import PLAN

if TYPE_CHECKING:
    from typing import Literal

    from stripe import Price


class Offer(NamedTuple):
    """What a seat costs.

    Attributes:
        cents: a month.
        currency: in three letters.
        tax: whether the tax is added to the price or is in it.
    """

    cents: int
    currency: str
    tax: Literal["exclusive", "inclusive"]


def make_products(api_key: str, base_url: str, offers: Mapping[Plan, Offer]) -> dict[Plan, str]:
    """Have a product and a price for each plan; returns the ids of the prices.

    What is there is used. A price cannot be changed: another amount makes another price, and whoever has bought goes on
    paying what was agreed.

    Raises:
        Misconfigured: the key is not accepted.
        UpstreamUnavailable: Stripe did not answer.
    """
    connection = Connection(api_key, base_url)
    return {plan: _price(connection, plan, offer) for plan, offer in offers.items()}


def _price(connection: Connection, plan: Plan, offer: Offer) -> str:
    product, lookup_key = f"pm_assistant_{plan}", f"pm_assistant_{plan}_month"
    with translated():
        known = connection.v1.prices.list({"lookup_keys": [lookup_key], "active": True}).data
        if known and _is(known[0], offer):
            return known[0].id
    with suppress(UpstreamRejected), translated():  # it is there
        connection.v1.products.create(
            {"id": product, "name": f"PM Assistant {plan.title()}", "metadata": {PLAN: plan.value}},
            {"idempotency_key": f"all:product:{plan}"},
        )
    version = f"{offer.cents}:{offer.currency}:{offer.tax}:{known[0].id if known else 'first'}"
    with translated():
        made = connection.v1.prices.create(
            {
                "product": product,
                "unit_amount": offer.cents,
                "currency": offer.currency,
                "recurring": {"interval": "month"},
                "tax_behavior": offer.tax,
                "lookup_key": lookup_key,
                "transfer_lookup_key": True,
                "metadata": {PLAN: plan.value},
            },
            {"idempotency_key": f"all:price:{plan}:{version}"},
        )
    return made.id


def _is(price: Price, offer: Offer) -> bool:
    return (price.unit_amount, price.currency, price.tax_behavior) == offer
