"""What is sold is made by one command, and one team's purchase is looked at by another."""

from collections.abc import Mapping
from functools import cache

import pytest

from pm_assistant.domain.billing import BillingDue
from pm_assistant.domain.messages import BillingMessage
from pm_assistant.domain.plans import Plan
from pm_assistant.integrations.stripe import products
from pm_assistant.integrations.stripe.products import Offer
from pm_assistant.runtime import wiring
from tests.builders import ACME
from tests.cli.conftest import StackAndTerminal


def test_the_products_are_made_with_the_stages_key(terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is what the stage is deployed with."""
    asked: list[tuple[str, str, Mapping[Plan, Offer]]] = []

    def make(key: str, url: str, offers: Mapping[Plan, Offer]) -> dict[Plan, str]:
        asked.append((key, url, offers))
        return {plan: f"price_{plan}" for plan in offers}

    class Secrets:
        def get(self, name: str) -> str:
            return {"stripe/secret-key": "sk"}[name]

    monkeypatch.setattr(products, "make_products", make)
    monkeypatch.setattr(wiring, "secrets", cache(lambda _: Secrets()))

    printed = terminal.pm("operator", "stripe-products", "8", "16.5", "--currency", "EUR").out

    assert "StripePrices=team=price_team,business=price_business" == printed.strip()
    offers = {Plan.TEAM: Offer(800, "eur", "exclusive"), Plan.BUSINESS: Offer(1650, "eur", "exclusive")}
    assert [("sk", "https://api.stripe.com", offers)] == asked


def test_a_look_at_one_team_is_put_on_the_queue(terminal: StackAndTerminal) -> None:
    """The function that asks Stripe takes it from there."""
    told = terminal.pm("operator", "billing-sync")

    [message] = wiring.client("sqs").receive_message(QueueUrl=terminal.described["queues"]["billing"])["Messages"]
    assert BillingDue(tenant_id=ACME) == BillingMessage.model_validate_json(message["Body"]).root
    assert 0 == told.code
