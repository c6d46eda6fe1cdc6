"""What the sandbox's Stripe promises of a subscription's life, and of the events that tell of it."""

import hashlib
import hmac
import json
from urllib.parse import urlsplit

import pytest
import stripe

from tests.infra.sandbox.running import STRIPE_SECRET, Received, Receiver, contract, flaws, wait_until
from tests.infra.sandbox.stripe.shop import CANCEL, Shop


def statuses(shop: Shop, customer: str) -> list[str]:
    """Those of a customer's subscriptions, newest first."""
    return [each["status"] for each in shop.subscriptions(customer)]


def told(receiver: Receiver, customer: str) -> list[Received]:
    """What the app was told of a customer; what is late may be about another test's."""
    return [each for each in receiver.of("stripe") if each.body["data"]["object"].get("customer") == customer]


def kinds(receiver: Receiver, customer: str) -> list[str]:
    """What kinds of events those are."""
    return [each.body["type"] for each in told(receiver, customer)]


def test_whoever_pays_on_the_page_is_subscribed(shop: Shop, receiver: Receiver) -> None:
    """The browser goes back, and the app is told by signed events."""
    customer = shop.customer()

    back = shop.buy(
        customer, subscription_data__metadata__tenant="acme", line_items__0__adjustable_quantity__enabled="true"
    )

    [subscription] = shop.subscriptions(customer)
    assert (303, "https://app.test/billing/done") == (back.status_code, back.headers["location"].partition("?")[0])
    assert ("active", {"tenant": "acme"}, 3) == (
        subscription["status"],
        subscription["metadata"],
        subscription["items"]["data"][0]["quantity"],
    )
    assert "current_period_end" not in subscription
    wait_until(lambda: len(told(receiver, customer)) >= 5)
    expected = ["checkout.session.completed", "customer.subscription.created", "invoice.created", "invoice.paid"]
    assert sorted([*expected, "invoice.payment_succeeded"]) == sorted(kinds(receiver, customer))
    for each in told(receiver, customer):
        stripe.Webhook.construct_event(each.raw, each.headers["stripe-signature"], STRIPE_SECRET)


def test_a_declined_card_leaves_the_page_open_and_an_abandoned_one_changes_nothing(shop: Shop) -> None:
    """Going back leads to where the app has said."""
    customer = shop.customer()
    url = shop.checkout(customer)["url"]

    declined, left = shop.press(url, "pay", card="declined"), shop.press(url, "back")

    assert (402, 303, CANCEL) == (declined.status_code, left.status_code, left.headers["location"])
    assert [] == shop.subscriptions(customer)
    assert 303 == shop.press(url, "pay", card="good").status_code
    assert 410 == shop.sandbox.http.get(urlsplit(url).path).status_code


def test_two_open_pages_make_two_subscriptions(shop: Shop) -> None:
    """Stripe does not know that one is enough; whoever opens the pages has to."""
    customer = shop.customer()
    urls = [shop.checkout(customer)["url"] for _ in range(2)]

    for url in urls:
        shop.press(url, "pay", card="good")

    assert ["active", "active"] == statuses(shop, customer)


def test_an_expired_page_sells_nothing(shop: Shop, receiver: Receiver) -> None:
    """And the app is told."""
    session = shop.checkout(shop.customer())

    shop.post(f"checkout/sessions/{session['id']}/expire")

    assert 410 == shop.sandbox.http.get(urlsplit(session["url"]).path).status_code
    [listed] = shop.get("checkout/sessions", customer=session["customer"]).json()["data"]
    assert ("expired", None) == (listed["status"], listed["url"])
    assert [] == shop.get("checkout/sessions", customer=session["customer"], status="open").json()["data"]
    receiver.wait(1, "stripe", "checkout.session.expired")


@pytest.mark.parametrize(
    ("setting", "ends_as"), [("cancel", "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due")]
)
def test_a_card_that_fails_is_tried_for_three_weeks(shop: Shop, setting: str, ends_as: str) -> None:
    """Then the account's setting is done."""
    shop.sandbox.control("config", stripe_after_retries=setting)
    customer = shop.customer()
    shop.buy(customer, card="failing")

    seen = []
    for days in (20, 12, 18, 3):
        shop.pass_days(customer, days)
        seen += statuses(shop, customer)

    assert ["active", "past_due", "past_due", ends_as] == seen


def test_a_failed_payment_is_made_good(shop: Shop, receiver: Receiver) -> None:
    """Another card alone pays nothing; it is asked at the next try, or when somebody presses the button."""
    customer = shop.customer()
    shop.buy(customer, card="failing")
    shop.pass_days(customer, 32)
    portal = shop.portal(customer)
    shop.press(portal, "card", card="good")
    assert ["past_due"] == statuses(shop, customer)

    shop.press(portal, "pay")

    [subscription] = shop.subscriptions(customer)
    assert "active" == subscription["status"]
    wait_until(lambda: "invoice.payment_failed" in kinds(receiver, customer))


def test_the_invoice_that_was_not_paid_is_shown_whole_where_it_is_asked_for(shop: Shop) -> None:
    """It says since when something is owed."""
    customer = shop.customer()
    shop.buy(customer, card="failing")
    shop.pass_days(customer, 32)

    [subscription] = shop.subscriptions(customer, **{"expand__0": "data.latest_invoice"})

    assert ("open", subscription["items"]["data"][0]["current_period_start"]) == (
        subscription["latest_invoice"]["status"],
        subscription["latest_invoice"]["created"],
    )


def test_seats_plan_and_end_are_changed_in_the_portal(shop: Shop) -> None:
    """What is cancelled goes on until its period is over, unless that is taken back."""
    customer = shop.customer()
    shop.buy(customer)
    portal = shop.portal(customer)

    shop.press(portal, "seats", quantity="7")
    shop.press(portal, "plan", price="price_sandbox_business")
    [changed] = shop.subscriptions(customer)
    shop.press(portal, "cancel")
    [ending] = shop.subscriptions(customer)
    shop.press(portal, "keep")
    [kept] = shop.subscriptions(customer)
    shop.press(portal, "cancel")
    shop.pass_days(customer, 32)
    [ended] = shop.subscriptions(customer)

    [item] = changed["items"]["data"]
    assert (7, "price_sandbox_business") == (item["quantity"], item["price"]["id"])
    assert ("active", True, item["current_period_end"]) == (
        ending["status"],
        ending["cancel_at_period_end"],
        ending["cancel_at"],
    )
    assert ("active", False, None) == (kept["status"], kept["cancel_at_period_end"], kept["cancel_at"])
    assert ("canceled", "cancellation_requested") == (ended["status"], ended["cancellation_details"]["reason"])


@pytest.mark.parametrize(
    ("missing_card", "ends_as"), [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")]
)
def test_a_trial_without_a_card_ends_as_was_said(
    shop: Shop, receiver: Receiver, missing_card: str, ends_as: str
) -> None:
    """Three days before it is spoken of."""
    customer = shop.customer()
    made = shop.sandbox.control(
        "stripe/subscriptions", customer=customer, price="price_sandbox_team", trial_days=14, missing_card=missing_card
    )
    shop.pass_days(customer, 12)
    receiver.wait(1, "stripe", "customer.subscription.trial_will_end")

    shop.pass_days(customer, 3)

    assert ("trialing", [ends_as]) == (made["status"], statuses(shop, customer))


def test_a_paused_one_says_why_and_goes_on(shop: Shop) -> None:
    """It may be resumed by whoever has a card."""
    customer = shop.customer()
    shop.buy(customer)
    [subscription] = shop.subscriptions(customer)

    paused = shop.sandbox.control(f"stripe/subscriptions/{subscription['id']}", do="pause", paused_by="system")
    resumed = shop.sandbox.control(f"stripe/subscriptions/{subscription['id']}", do="resume")

    assert ("paused", "system") == (paused["status"], paused["status_details"]["paused"]["subscription"]["type"])
    assert "active" == resumed["status"]


def test_an_unpaid_beginning_expires_within_a_day(shop: Shop) -> None:
    """As a subscription that somebody made without Checkout."""
    customer = shop.customer()
    made = shop.sandbox.control("stripe/subscriptions", customer=customer, price="price_sandbox_team")

    shop.pass_days(customer, 1)

    assert ("incomplete", ["incomplete_expired"]) == (made["status"], statuses(shop, customer))


def test_events_are_lost_late_and_repeated_as_is_asked_for(shop: Shop, receiver: Receiver) -> None:
    """What is lost is never sent; what is told twice has one id."""
    shop.sandbox.control("config", stripe_lost_events=2, stripe_late_seconds=0.3, duplicates=1)
    customer = shop.customer()

    shop.buy(customer)

    wait_until(lambda: len(told(receiver, customer)) >= 6)
    ids = [each.body["id"] for each in told(receiver, customer)]
    assert (6, 3) == (len(ids), len(set(ids)))
    assert 4 == len([each for each in shop.sandbox.state()["deliveries"] if each["outcome"] == "failed"])


def test_an_event_is_signed_at_each_attempt_and_of_the_documented_form(shop: Shop, receiver: Receiver) -> None:
    """Stripe signs the time of sending with the body, byte for byte."""
    receiver.answers.append(lambda: 500)
    shop.post(f"checkout/sessions/{shop.checkout(shop.customer())['id']}/expire")

    attempts = receiver.wait(2, "stripe", "checkout.session.expired")
    for each in attempts:
        stamp, scheme = (part.partition("=")[2] for part in each.headers["stripe-signature"].split(",")[:2])
        wanted = hmac.new(STRIPE_SECRET.encode(), f"{stamp}.".encode() + each.raw, hashlib.sha256).hexdigest()
        assert wanted == scheme
    schema = json.loads(contract("stripe/schema/resources.schema.json").read_text())
    assert [] == flaws(schema, "Event", attempts[0].body)


def test_a_customer_who_is_deleted_pays_no_more(shop: Shop) -> None:
    """The subscriptions end at once, and are still listed."""
    customer = shop.customer()
    shop.buy(customer)

    shop.pass_days(customer, 0, deleted=True)

    assert ["canceled"] == statuses(shop, customer)
    assert {"id": customer, "object": "customer", "deleted": True} == shop.get(f"customers/{customer}").json()
    assert "No such customer" in shop.post("billing_portal/sessions", customer=customer).text


def test_the_pages_show_who_pays(shop: Shop) -> None:
    """Whatever somebody calls themselves."""
    customer = shop.customer(name="<b>Acme</b>")
    shop.buy(customer)

    page = shop.sandbox.http.get("/stripe/").text

    assert ("&lt;b&gt;Acme&lt;/b&gt;" in page, "3 seats, active" in page) == (True, True)


def test_an_endpoint_is_told_what_it_has_asked_for_and_nothing_while_it_is_disabled(
    shop: Shop, receiver: Receiver
) -> None:
    """What nobody is told of has happened all the same; the list shows each endpoint as it is, without its secret."""

    def endpoint(**changes: object) -> None:
        shop.sandbox.control("stripe/endpoints/we_sandbox", **changes)

    endpoint(enabled_events=["invoice.paid"], api_version="2024-06-20")
    customer = shop.customer()
    shop.buy(customer)
    wait_until(lambda: kinds(receiver, customer) == ["invoice.paid"])
    endpoint(status="disabled")
    shop.buy(customer)
    [listed] = shop.get("webhook_endpoints").json()["data"]
    endpoint(deleted=True)
    shop.buy(customer)
    other = shop.customer()

    assert ["invoice.paid"] == kinds(receiver, customer)
    assert "2024-06-20" == told(receiver, customer)[0].body["api_version"]
    assert ("disabled", ["invoice.paid"], True) == (
        listed["status"],
        listed["enabled_events"],
        listed["url"].endswith("/webhooks/stripe"),
    )
    assert "secret" not in listed
    assert [] == shop.get("webhook_endpoints").json()["data"]
    assert 3 == len(shop.subscriptions(customer))
    assert [] == kinds(receiver, other)


def test_prices_and_products_are_changed_where_that_is_possible(shop: Shop) -> None:
    """Whether they can be bought, and what they say of themselves; an amount or a currency never changes."""
    price = shop.post("prices/price_sandbox_team", active="false", metadata__plan="business").json()
    product = shop.post("products/prod_sandbox_team", active="false", metadata__plan="").json()
    whole = shop.get("prices/price_sandbox_team", **{"expand__0": "product"}).json()

    assert (False, {"plan": "business"}) == (price["active"], price["metadata"])
    assert (False, {}) == (product["active"], product["metadata"])
    assert product == whole["product"]
    assert 400 == shop.post("prices/price_sandbox_team", currency="usd").status_code
    assert 400 == shop.get("prices/price_sandbox_team", **{"expand__0": "tiers"}).status_code
    assert 404 == shop.post("prices/price_none", active="false").status_code
