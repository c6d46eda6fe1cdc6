"""What Stripe says and refuses, in our words; nothing is made twice, however often it is asked for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pm_assistant.domain.errors import (
    InvalidRequest,
    Misconfigured,
    NotFound,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import TenantId
from pm_assistant.integrations.stripe.client import StripePayments
from pm_assistant.integrations.stripe.products import Offer, make_products
from pm_assistant.integrations.stripe.wire import Subscription
from tests.infra.sandbox.running import STRIPE_KEY
from tests.integrations.stripe.conftest import PRICES, Shop, ordered


def only(shop: Shop, customer_id: str) -> PaidSubscription:
    """The customer's one subscription."""
    [subscription] = shop.payments.subscriptions(customer_id)
    return subscription


def test_what_was_bought_is_told_with_its_period(shop: Shop) -> None:
    """The period stands on the item; what it is for, the price says."""
    customer_id = shop.buy(plan=Plan.BUSINESS, seats=4)

    bought = only(shop, customer_id)

    assert ("active", Plan.BUSINESS, 4, ("price_sandbox_business",)) == (
        bought.status,
        bought.plan,
        bought.seats,
        bought.prices,
    )
    assert bought.period_start is not None
    assert bought.period_end is not None
    assert 28 <= (bought.period_end - bought.period_start).days <= 31
    assert (None, None, None, False) == (
        bought.cancel_at,
        bought.past_due_since,
        bought.paused_because,
        bought.payment_failed,
    )


def test_it_is_said_since_when_something_is_owed(shop: Shop) -> None:
    """By the invoice that was not paid, so that it does not matter when we heard of it."""
    customer_id = shop.buy(card="failing")
    period_end = only(shop, customer_id).period_end

    shop.control(f"stripe/customers/{customer_id}", days=40)
    owing = only(shop, customer_id)
    shop.control(f"stripe/customers/{customer_id}", days=20)
    ended = only(shop, customer_id)

    assert ("past_due", period_end) == (owing.status, owing.past_due_since)
    assert ("canceled", True, None) == (ended.status, ended.payment_failed, ended.past_due_since)


def test_it_is_said_why_one_rests_and_when_one_ends(shop: Shop) -> None:
    """A person who cancels has not failed to pay."""
    resting, leaving = shop.buy("acme"), shop.buy("globex")
    shop.control(f"stripe/subscriptions/{only(shop, resting).id}", do="pause", paused_by="final_payment_failure")
    shop.control(f"stripe/subscriptions/{only(shop, leaving).id}", do="cancel")
    period_end = only(shop, leaving).period_end

    rests, leaves = only(shop, resting), only(shop, leaving)
    shop.control(f"stripe/customers/{leaving}", days=40)
    left = only(shop, leaving)

    assert ("paused", "final_payment_failure") == (rests.status, rests.paused_because)
    assert ("active", period_end) == (leaves.status, leaves.cancel_at)
    assert ("canceled", False, period_end) == (left.status, left.payment_failed, left.ended_at)


def test_more_than_a_page_of_subscriptions_is_read(shop: Shop) -> None:
    """Whoever has bought and left a hundred times has them all listed."""
    customer_id = shop.payments.create_customer(TenantId("acme"), name="Acme", email="ada@acme.test")
    for _ in range(101):
        shop.control("stripe/subscriptions", customer=customer_id, price="price_sandbox_team")

    assert 101 == len(shop.payments.subscriptions(customer_id))


def test_a_price_that_was_replaced_says_itself_what_it_buys(shop: Shop) -> None:
    """Those who bought before keep their plan; of a price that is none of ours nothing is made up."""
    customer_id = shop.buy()
    later = StripePayments(STRIPE_KEY, shop.base_url, {Plan.TEAM: "price_new"})
    subscription = shop.get(f"subscriptions?customer={customer_id}")["data"][0]
    subscription["items"]["data"][0]["price"]["metadata"] = {"plan": "gold"}

    assert Plan.TEAM is later.subscriptions(customer_id)[0].plan
    assert Subscription.read(subscription).domain({}).plan is None


def test_a_status_that_nobody_knows_is_told_as_it_is(shop: Shop) -> None:
    """What Stripe adds breaks nothing here."""
    subscription = shop.get(f"subscriptions?customer={shop.buy()}")["data"][0]
    told = Subscription.read(subscription | {"status": "dormant", "new_field": {"a": 1}}).domain({})

    assert ("dormant", None, True) == (told.status, told.known_status, told.is_live)
    with pytest.raises(UpstreamUnavailable, match="not of the documented form: customer"):
        Subscription.read({key: value for key, value in subscription.items() if key != "customer"})


@pytest.mark.parametrize("fault", ["reset", "cut", "page", "server_error"])
def test_an_answer_that_was_lost_is_asked_for_again_and_done_once(shop: Shop, fault: str) -> None:
    """By the library at once, under our key, or by whoever repeats the whole of it."""
    shop.vendors.fault("stripe", "customers.create", fault)
    shop.vendors.fault("stripe", "checkout.sessions.create", fault)

    def bought_on() -> str:
        customer_id = shop.payments.create_customer(TenantId("acme"), name="Acme", email="ada@acme.test")
        return shop.payments.checkout(ordered(customer_id))

    for _ in range(3):
        try:
            address = bought_on()
        except UpstreamUnavailable:
            continue

    assert address == bought_on()
    assert (1, 1) == (len(shop.get("customers")["data"]), len(shop.get("checkout/sessions")["data"]))


def test_each_failure_is_of_our_own_kind(shop: Shop) -> None:
    """What our deployment lacks is our fault; a key is never in a text."""
    customer_id = shop.buy()
    stranger = StripePayments("sk_test_stranger", shop.base_url, PRICES)
    odd = StripePayments(STRIPE_KEY, shop.base_url, {Plan.TEAM: "price_none"})
    nowhere = StripePayments(STRIPE_KEY, "http://127.0.0.1:9", PRICES)

    with pytest.raises(Misconfigured, match="stripe/secret-key") as refused:
        stranger.subscriptions(customer_id)
    with pytest.raises(Misconfigured, match="STRIPE_PRICES"):
        odd.checkout(ordered(customer_id))
    with pytest.raises(UpstreamUnavailable):
        nowhere.subscriptions(customer_id)
    with pytest.raises(InvalidRequest):
        shop.payments.checkout(ordered(customer_id, plan=Plan.FREE))
    with pytest.raises(NotFound):
        shop.payments.subscriptions("cus_nobody")
    shop.vendors.fault("stripe", "subscriptions.list", "rate_limit")
    with pytest.raises(RateLimited):
        shop.payments.subscriptions(customer_id)
    assert "stranger" not in str(refused.value)


def test_another_address_of_the_same_tenant_is_another_customer(shop: Shop) -> None:
    """Two tenants may share an address, and one may change it; a key is never used for something else."""
    made = [
        shop.payments.create_customer(TenantId(tenant), name="Acme", email=email)
        for tenant, email in (("acme", "ada@acme.test"), ("globex", "ada@acme.test"), ("acme", "bob@acme.test"))
    ]

    assert 3 == len(set(made))


@pytest.mark.parametrize(
    ("tax", "asked"),
    [
        ("none", {"automatic_tax": False}),
        ("automatic", {"automatic_tax": True}),
        ("managed", {"automatic_tax": True}),
    ],
)
def test_tax_is_as_the_deployment_says(shop: Shop, tax: Any, asked: dict[str, bool]) -> None:
    """Each of them is taken by Stripe as we ask for it."""
    payments = StripePayments(STRIPE_KEY, shop.base_url, PRICES, tax=tax)
    customer_id = payments.create_customer(TenantId("acme"), name="Acme", email="ada@acme.test")

    shop.press(payments.checkout(ordered(customer_id)), "pay")

    [bought] = shop.get(f"subscriptions?customer={customer_id}")["data"]
    assert asked == {"automatic_tax": bought["automatic_tax"]["enabled"]}
    assert {"tenant": "acme"} == bought["metadata"]


def test_a_page_that_was_bought_on_while_it_is_closed_stays_bought(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is to be closed there any more."""
    customer_id = shop.payments.create_customer(TenantId("acme"), name="Acme", email="ada@acme.test")
    address = shop.payments.checkout(ordered(customer_id))
    listed = shop.payments._sessions(customer_id)
    shop.press(address, "pay")
    monkeypatch.setattr(shop.payments, "_sessions", lambda _: listed)

    shop.payments.checkout(ordered(customer_id, seats=9))

    assert ["active"] == [each.status for each in shop.payments.subscriptions(customer_id)]


def test_products_are_made_once_and_another_amount_makes_another_price(shop: Shop) -> None:
    """Whoever has bought goes on paying what was agreed."""
    offers = {Plan.TEAM: Offer(800, "eur", "exclusive"), Plan.BUSINESS: Offer(1600, "eur", "exclusive")}
    dearer = offers | {Plan.TEAM: Offer(900, "eur", "exclusive")}

    first, again = (make_products(STRIPE_KEY, shop.base_url, offers) for _ in range(2))
    changed, back = (make_products(STRIPE_KEY, shop.base_url, each) for each in (dearer, offers))

    assert first == again
    assert (True, False) == (
        changed[Plan.BUSINESS] == first[Plan.BUSINESS],
        changed[Plan.TEAM] in {first[Plan.TEAM], back[Plan.TEAM]},
    )
    price = shop.get(f"prices/{back[Plan.TEAM]}")
    assert (800, "eur", "exclusive", {"plan": "team"}, "pm_assistant_team") == (
        price["unit_amount"],
        price["currency"],
        price["tax_behavior"],
        price["metadata"],
        price["product"],
    )


def test_an_order_that_is_refused_says_so(shop: Shop) -> None:
    """Repeating it would not help."""
    customer_id = shop.payments.create_customer(TenantId("acme"), name="Acme", email="ada@acme.test")
    with pytest.raises(UpstreamRejected):
        shop.payments.checkout(ordered(customer_id).model_copy(update={"seats": 0}))


def test_times_are_in_utc(shop: Shop) -> None:
    """Stripe counts seconds."""
    assert only(shop, shop.buy()).created_at.tzinfo is UTC
    assert abs((only(shop, shop.buy("b")).created_at - datetime.now(UTC)).total_seconds()) < 60
