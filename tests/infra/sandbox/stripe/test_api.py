"""What the sandbox's Stripe promises: who may ask, what is done once, and the documented form of everything."""

import json
from typing import Any

import pytest
import stripe

from infra.sandbox.stripe.wire import VERSION
from tests.infra.sandbox.running import STRIPE_KEY, contract, flaws
from tests.infra.sandbox.stripe.shop import SUCCESS, Shop


def refused(answer: Any) -> tuple[int, str, str | None]:
    """How Stripe has said no."""
    error = answer.json()["error"]
    return answer.status_code, error["type"], error.get("code")


def test_it_plays_the_version_that_the_library_is_pinned_to() -> None:
    """Another version has other shapes."""
    assert VERSION == stripe.api_version


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"authorization": "Bearer sk_test_other"}, 401), ({"authorization": f"Bearer {STRIPE_KEY}"}, 400)],
)
def test_a_stranger_and_another_version_are_refused(shop: Shop, headers: dict[str, str], status: int) -> None:
    """The version is asked for by name each time."""
    answer = shop.sandbox.http.get("/stripe/v1/subscriptions", headers=headers)

    assert (status, "invalid_request_error") == (answer.status_code, answer.json()["error"]["type"])


def test_the_same_request_under_one_key_is_done_once(shop: Shop) -> None:
    """The answer is the first one's, and says so."""
    first, again = (shop.post("customers", key="acme:customer:1", name="Acme") for _ in range(2))
    other = shop.post("customers", key="acme:customer:2", name="Acme")

    assert first.json() == again.json()
    assert (None, "true") == tuple(each.headers.get("idempotent-replayed") for each in (first, again))
    assert first.json()["id"] != other.json()["id"]


def test_another_request_under_the_same_key_is_refused(shop: Shop) -> None:
    """Whoever uses a key again for something else is told, and nothing is done."""
    shop.post("customers", key="k", name="Acme")

    assert (400, "idempotency_error", None) == refused(shop.post("customers", key="k", name="Globex"))
    customer = shop.customer()
    assert (400, "idempotency_error", None) == refused(shop.post("billing_portal/sessions", key="k", customer=customer))


def test_customers_are_found_by_their_address(shop: Shop) -> None:
    """As it was written; those that were deleted are not."""
    ada, other = shop.customer(email="ada@acme.test"), shop.customer(email="Ada@acme.test")
    deleted = shop.customer(email="ada@acme.test")
    shop.pass_days(deleted, 0, deleted=True)

    assert [ada] == [each["id"] for each in shop.get("customers", email="ada@acme.test").json()["data"]]
    assert [other, ada] == [each["id"] for each in shop.get("customers").json()["data"]]


def test_what_was_refused_can_be_asked_again_under_its_key(shop: Shop) -> None:
    """Parameters are looked at before anything is begun."""
    assert 400 == shop.post("customers", key="k", nickname="Acme").status_code
    assert 200 == shop.post("customers", key="k", name="Acme").status_code


def test_unknown_missing_and_odd_parameters_are_refused(shop: Shop) -> None:
    """As the real one refuses them: a field that is misspelt never passes unnoticed."""
    customer = shop.customer()
    item = {"line_items__0__price": "price_sandbox_team", "line_items__0__quantity": "1"}
    buying = {"mode": "subscription", "customer": customer, "success_url": SUCCESS, **item}

    def code(**changed: str) -> str | None:
        return refused(shop.post("checkout/sessions", **(buying | changed)))[2]

    assert "parameter_unknown" == code(line_items__0__amount="5")
    assert "parameter_unknown" == code(subscription_data__meta="5")
    assert "parameter_missing" == code(success_url="")
    assert "resource_missing" == code(customer="cus_nobody")
    assert "resource_missing" == code(line_items__0__price="price_none")
    assert "customer_tax_location_invalid" == code(automatic_tax__enabled="true")
    assert "parameter_invalid_integer" == code(line_items__0__quantity="0")
    assert "parameter_invalid_boolean" == code(automatic_tax__enabled="yes")
    assert 400 == shop.post("checkout/sessions", **buying, expires_at="1").status_code
    managed = {"managed_payments__enabled": "true", "customer_update__name": "auto"}
    assert 400 == shop.post("checkout/sessions", **buying, **managed).status_code
    assert 200 == shop.post("checkout/sessions", **buying, managed_payments__enabled="true").status_code


def test_a_lookup_key_is_of_one_price(shop: Shop) -> None:
    """Another may take it over if it says so."""
    product = shop.post("products", name="Team", metadata__plan="team").json()["id"]
    fields = {"product": product, "unit_amount": "800", "currency": "eur", "recurring__interval": "month"}

    first = shop.post("prices", **fields, lookup_key="team_monthly").json()
    refusal = shop.post("prices", **fields, lookup_key="team_monthly")
    second = shop.post("prices", **fields, lookup_key="team_monthly", transfer_lookup_key="true").json()

    assert (400, "invalid_request_error", "resource_already_exists") == refused(refusal)
    [found] = shop.get("prices", **{"lookup_keys__": "team_monthly"}).json()["data"]
    assert (second["id"], True) == (found["id"], first["id"] != second["id"])


def test_lists_come_in_pages(shop: Shop) -> None:
    """Newest first; what has ended only where it is asked for."""
    customer = shop.customer()
    for _ in range(3):
        shop.buy(customer)
    [newest, *_] = shop.subscriptions(customer)
    shop.sandbox.control(f"stripe/subscriptions/{newest['id']}", do="cancel_now")

    pages = [shop.get("subscriptions", customer=customer, status="all", limit="2").json()]
    last = pages[0]["data"][-1]["id"]
    pages.append(shop.get("subscriptions", customer=customer, status="all", limit="2", starting_after=last).json())

    assert [(2, True), (1, False)] == [(len(page["data"]), page["has_more"]) for page in pages]
    assert newest["id"] == pages[0]["data"][0]["id"]
    assert 2 == len(shop.get("subscriptions", customer=customer).json()["data"])
    assert (404, "invalid_request_error", "resource_missing") == refused(shop.get("subscriptions/sub_none"))


@pytest.mark.thorough
def test_everything_is_of_the_documented_form(shop: Shop) -> None:
    """By the schema of the pinned version; its own types are read from stripe-python."""
    schema = json.loads(contract("stripe/schema/resources.schema.json").read_text())
    customer = shop.customer(name="Acme", email="ada@acme.test", metadata__tenant="acme")
    session = shop.checkout(customer, subscription_data__metadata__tenant="acme")
    shop.press(session["url"], "pay", card="good")
    [subscription] = shop.subscriptions(customer)
    shop.sandbox.control(f"stripe/subscriptions/{subscription['id']}", do="pause")
    things = {
        "Customer": shop.get(f"customers/{customer}").json(),
        "checkout.Session": shop.get(f"checkout/sessions/{session['id']}").json(),
        "billing_portal.Session": shop.post("billing_portal/sessions", customer=customer).json(),
        "Subscription": shop.subscriptions(customer, **{"expand__0": "data.latest_invoice"})[0],
        "Invoice": shop.get("invoices", customer=customer).json()["data"][0],
        "Product": shop.get("products/prod_sandbox_team").json(),
        "Price": shop.get("prices/price_sandbox_team").json(),
    }

    assert {} == {name: found for name, thing in things.items() if (found := flaws(schema, name, thing))}
    assert [] == flaws(schema, "checkout.Session", session)
