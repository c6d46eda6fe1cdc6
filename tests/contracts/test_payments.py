"""What every payment provider promises: one customer, one way to buy at a time, and all that was bought."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pm_assistant.domain.checkout import CheckoutOrder, PortalFlow
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PricePreview, PriceQuestion
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import TenantId
from pm_assistant.integrations.stripe.client import StripePayments
from pm_assistant.ports.billing import Payments
from tests.contracts.sandbox import running
from tests.contracts.stores import a_new_tenant
from tests.fakes.billing import FakePayments
from tests.infra.sandbox.browsing import press
from tests.infra.sandbox.running import STRIPE_KEY


class Provider:
    """A provider with somebody who buys there."""

    def __init__(self) -> None:
        self._fake = FakePayments()
        self.payments: Payments = self._fake

    def buy(self, address: str) -> None:
        """Buy what an address leads to."""
        self._fake.pay(address)

    def can_be_bought_by(self, address: str) -> bool:
        """Whether an address leads to something that can be bought."""
        return address in self._fake.checkouts


class Sandbox:
    """Stripe, as the sandbox plays it, with somebody who presses its buttons."""

    def __init__(self, url: str) -> None:
        prices = {Plan.TEAM: "price_sandbox_team", Plan.BUSINESS: "price_sandbox_business"}
        self.payments: Payments = StripePayments(STRIPE_KEY, f"{url}/stripe", prices)
        self.http = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def buy(self, address: str) -> None:
        """Pay on a page of Checkout."""
        assert press(self.http, address, "pay").status_code == 303

    def can_be_bought_by(self, address: str) -> bool:
        """Whether the page is open."""
        return self.http.get(address).status_code == 200


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that all tests share."""
    with running(tmp_path_factory.mktemp("stripe")) as vendors:
        configured = {"stripe_secret_key": STRIPE_KEY}
        httpx.post(f"{vendors.url}/_sandbox/config", json=configured, trust_env=False).raise_for_status()
        stripe = Sandbox(vendors.url)
        with stripe.http:
            yield stripe


@pytest.fixture(params=["fake", "stripe"])
def provider(request: pytest.FixtureRequest) -> Provider | Sandbox:
    """Each of them."""
    if request.param == "fake":
        return Provider()
    stripe: Sandbox = request.getfixturevalue("sandbox")
    return stripe


def ordered(tenant_id: TenantId, customer_id: str, **changes: Any) -> CheckoutOrder:
    """Three seats of the team plan."""
    order: dict[str, Any] = {"plan": Plan.TEAM, "seats": 3} | changes
    key = f"{tenant_id}:{order['plan']}:{order['seats']}"
    addresses = {"success_url": "https://pm.test/billing/done", "cancel_url": "https://pm.test/billing"}
    return CheckoutOrder(tenant_id=tenant_id, customer_id=customer_id, key=key, **addresses, **order)


def a_customer(provider: Provider | Sandbox) -> tuple[TenantId, str]:
    """A new tenant's."""
    tenant_id = a_new_tenant()
    return tenant_id, provider.payments.create_customer(tenant_id, name="Acme", email="ada@acme.test")


def test_a_tenant_has_one_customer(provider: Provider | Sandbox) -> None:
    """However often it is asked for one."""
    tenant_id, customer_id = a_customer(provider)

    assert customer_id == provider.payments.create_customer(tenant_id, name="Acme", email="ada@acme.test")
    assert customer_id != a_customer(provider)[1]
    assert [] == list(provider.payments.subscriptions(customer_id))


def test_what_is_bought_is_listed(provider: Provider | Sandbox) -> None:
    """As it was ordered, and of its buyer alone."""
    tenant_id, customer_id = a_customer(provider)

    provider.buy(provider.payments.checkout(ordered(tenant_id, customer_id)))

    (bought,) = provider.payments.subscriptions(customer_id)
    known = PaidSubscription.model_validate(bought)
    assert (customer_id, Plan.TEAM, 3, True) == (known.customer_id, known.plan, known.seats, known.is_live)
    assert [] == list(provider.payments.subscriptions(a_customer(provider)[1]))


def test_two_clicks_lead_to_one_purchase(provider: Provider | Sandbox) -> None:
    """The same order has the same address; another ends it, and so does the first one after that."""
    tenant_id, customer_id = a_customer(provider)
    team, business = ordered(tenant_id, customer_id), ordered(tenant_id, customer_id, plan=Plan.BUSINESS)

    first, again = (provider.payments.checkout(team) for _ in range(2))
    assert first == again
    other = provider.payments.checkout(business)
    assert (False, True) == (provider.can_be_bought_by(first), provider.can_be_bought_by(other))
    back = provider.payments.checkout(team)
    assert (False, True) == (provider.can_be_bought_by(other), provider.can_be_bought_by(back))


def test_what_costs_nothing_is_not_bought(provider: Provider | Sandbox) -> None:
    """Nobody is led to pay for it."""
    tenant_id, customer_id = a_customer(provider)

    with pytest.raises(InvalidRequest):
        provider.payments.checkout(ordered(tenant_id, customer_id, plan=Plan.FREE))


def test_what_is_about_to_be_bought_has_a_price(provider: Provider | Sandbox) -> None:
    """By the seat, due at once, also before anybody is a customer; the free plan has none, and nothing is bought."""
    _, customer_id = a_customer(provider)

    for buyer in (None, customer_id):
        one, three = (
            provider.payments.preview(PriceQuestion(plan=Plan.TEAM, seats=seats, customer_id=buyer)) for seats in (1, 3)
        )
        assert (three.total, 0, None) == (one.total * 3, three.prorated, three.due_at)
        assert three.total == three.each_period + three.tax
        assert one.total > 0
    with pytest.raises(InvalidRequest):
        provider.payments.preview(PriceQuestion(plan=Plan.FREE, seats=1))
    assert [] == list(provider.payments.subscriptions(customer_id))


def test_a_change_is_charged_or_credited_for_the_rest_of_what_runs(provider: Provider | Sandbox) -> None:
    """It is due with the next payment; without a change nothing is; and nothing is changed by asking."""
    tenant_id, customer_id = a_customer(provider)
    provider.buy(provider.payments.checkout(ordered(tenant_id, customer_id)))
    (bought,) = provider.payments.subscriptions(customer_id)

    def previewed(seats: int) -> PricePreview:
        return provider.payments.preview(
            PriceQuestion(plan=Plan.TEAM, seats=seats, customer_id=customer_id, subscription_id=bought.id)
        )

    more, same, fewer = previewed(5), previewed(3), previewed(1)

    assert more.prorated > same.prorated > fewer.prorated
    assert 0 == same.prorated
    for each in (more, same, fewer):
        assert each.total == each.each_period + each.prorated + each.tax
        assert each.due_at is not None
    assert [bought] == list(provider.payments.subscriptions(customer_id))


def test_each_visit_of_the_portal_has_an_address_of_its_own(provider: Provider | Sandbox) -> None:
    """They are good for one visit."""
    tenant_id, customer_id = a_customer(provider)
    provider.buy(provider.payments.checkout(ordered(tenant_id, customer_id)))
    (bought,) = provider.payments.subscriptions(customer_id)

    addresses = {
        provider.payments.portal(
            customer_id, return_url="https://pm.test/billing", flow=flow, subscription_id=bought.id
        )
        for flow in (None, *PortalFlow)
    }

    assert 1 + len(PortalFlow) == len(addresses)


def test_whoever_leaves_is_charged_no_more(provider: Provider | Sandbox) -> None:
    """What was bought has ended, and nothing can be bought by an address that was given before; it may be repeated."""
    tenant_id, customer_id = a_customer(provider)
    provider.buy(provider.payments.checkout(ordered(tenant_id, customer_id)))
    left_open = provider.payments.checkout(ordered(tenant_id, customer_id, seats=4))

    for _ in range(2):
        provider.payments.end(customer_id)

    assert ["canceled"] == [each.status for each in provider.payments.subscriptions(customer_id)]
    assert not provider.can_be_bought_by(left_open)


def test_who_is_no_customer_has_nothing(provider: Provider | Sandbox) -> None:
    """Neither a list nor a portal."""
    with pytest.raises(NotFound):
        provider.payments.subscriptions("cus_nobody")
    with pytest.raises(NotFound):
        provider.payments.portal("cus_nobody", return_url="https://pm.test/billing")
    with pytest.raises(NotFound):
        provider.payments.end("cus_nobody")
    for nobody in ({"customer_id": "cus_nobody"}, {"subscription_id": "sub_nobody"}):
        with pytest.raises(NotFound):
            provider.payments.preview(PriceQuestion(plan=Plan.TEAM, seats=1, **nobody))
