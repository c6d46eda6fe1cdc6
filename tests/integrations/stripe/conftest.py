"""Stripe, as the sandbox plays it, asked by our adapter."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from infra.sandbox.stripe.wire import VERSION
from pm_assistant.domain.checkout import CheckoutOrder
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.tenants import TenantId
from pm_assistant.integrations.stripe.client import StripePayments
from tests.contracts.sandbox import Sandbox, running
from tests.infra.sandbox.browsing import press
from tests.infra.sandbox.running import STRIPE_KEY

PRICES = {Plan.TEAM: "price_sandbox_team", Plan.BUSINESS: "price_sandbox_business"}


@dataclass
class Shop:
    """The account, and who buys there."""

    vendors: Sandbox
    http: httpx.Client
    payments: StripePayments

    @property
    def base_url(self) -> str:
        """Of the API."""
        return f"{self.vendors.url}/stripe"

    def control(self, path: str, **body: object) -> Any:
        """Use a control of the sandbox."""
        return self.http.post(f"/_sandbox/{path}", json=body).raise_for_status().json()

    def buy(self, tenant: str = "acme", *, card: str = "good", **changes: Any) -> str:
        """A new customer buys; returns its id."""
        customer_id = self.payments.create_customer(TenantId(tenant), name=tenant, email=f"ada@{tenant}.test")
        self.press(self.payments.checkout(ordered(customer_id, tenant, **changes)), "pay", card=card)
        return customer_id

    def press(self, address: str, button: str, **chosen: str) -> httpx.Response:
        """Press a button on a page."""
        return press(self.http, address, button, more=list(chosen.items()))

    def get(self, path: str) -> Any:
        """Ask the account without our adapter."""
        headers = {"authorization": f"Bearer {STRIPE_KEY}", "stripe-version": VERSION}
        return self.http.get(f"/stripe/v1/{path}", headers=headers).raise_for_status().json()


def ordered(customer_id: str, tenant: str = "acme", *, plan: Plan = Plan.TEAM, seats: int = 3) -> CheckoutOrder:
    """So many seats."""
    return CheckoutOrder(
        tenant_id=TenantId(tenant),
        customer_id=customer_id,
        plan=plan,
        seats=seats,
        key=f"{plan}:{seats}",
        success_url="https://pm.test/billing/done",
        cancel_url="https://pm.test/billing",
    )


@pytest.fixture(scope="session")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that all tests share."""
    with running(tmp_path_factory.mktemp("stripe")) as sandbox:
        yield sandbox


@pytest.fixture
def shop(vendors: Sandbox) -> Iterator[Shop]:
    """The account as it was opened."""
    with httpx.Client(base_url=vendors.url, timeout=20, trust_env=False) as http:
        shop = Shop(vendors, http, StripePayments(STRIPE_KEY, f"{vendors.url}/stripe", PRICES))
        shop.control("reset")
        shop.control("config", stripe_secret_key=STRIPE_KEY, stripe_after_retries="cancel")
        vendors.calm()
        yield shop
