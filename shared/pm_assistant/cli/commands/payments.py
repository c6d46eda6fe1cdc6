"""`pm operator stripe-products` and `billing-sync`: what is sold at Stripe, and a look at what one team has bought."""

import re
from typing import Annotated, Literal

import typer

from pm_assistant.cli.client import StackClient
from pm_assistant.cli.terminal import note
from pm_assistant.domain.errors import InvalidRequest

Amount = Annotated[float, typer.Argument(min=0.01, max=999_999.99, help="Of a seat a month.")]


def make_products(
    client: StackClient,
    team: Amount,
    business: Amount,
    currency: Annotated[str, typer.Option("--currency", help="In three letters.")] = "eur",
    tax: Annotated[
        Literal["exclusive", "inclusive"], typer.Option("--tax", help="Whether tax is added to that, or in it.")
    ] = "exclusive",
) -> None:
    """Make the plans' products and prices at Stripe, or find them; prints the parameter to deploy with."""
    from pm_assistant.domain.plans import Plan
    from pm_assistant.integrations.stripe import products
    from pm_assistant.runtime import wiring

    if not re.fullmatch("[A-Za-z]{3}", currency):
        raise InvalidRequest("--currency takes three letters, such as eur", field="currency")
    key = wiring.secrets(client.stack.secrets_prefix).get("stripe/secret-key")
    cents = {Plan.TEAM: round(team * 100), Plan.BUSINESS: round(business * 100)}
    offers = {plan: products.Offer(amount, currency.lower(), tax) for plan, amount in cents.items()}
    prices = products.make_products(key, client.stack.stripe_base_url, offers)
    typer.echo(f"StripePrices={','.join(f'{plan}={price}' for plan, price in prices.items())}")


def sync_billing(client: StackClient) -> None:
    """Have it asked what a team has bought, and believed; as a webhook, the night and a purchase do."""
    from pm_assistant.domain.billing import BillingDue

    tenant = client.tenant
    client.app.queues.billing.put(BillingDue(tenant_id=tenant.id), group=tenant.id)
    note(f"Asked for {tenant.name}; what cannot be asked is in: pm operator dlq list --queue billing")
