"""A webhook is believed in nothing but whose customer it is about, and in that only if Stripe has just signed it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.stripe.webhook import CHANGES, read
from tests.infra.sandbox.running import contract
from tests.integrations.signing import SECRET

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def delivered(
    event: Any, *, secret: str = SECRET, at: datetime = NOW, headers: dict[str, str] | None = None
) -> WebhookRequest:
    """An event as Stripe sends it, signed by Stripe's own library."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    signature = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, timestamp=int(at.timestamp()))
    return WebhookRequest(headers={"stripe-signature": signature, **(headers or {})}, body=body)


def an_event(kind: str = "invoice.paid", **thing: Any) -> dict[str, Any]:
    """A snapshot event of an object."""
    return {"id": "evt_1", "object": "event", "type": kind, "data": {"object": {"customer": "cus_1"} | thing}}


def customer_of(request: WebhookRequest, *, secret: str = SECRET) -> str | None:
    """Whose customer a delivery is about."""
    changed = read(request, secret, now=NOW)
    return changed.customer_id if changed else None


def test_a_known_answer_is_taken() -> None:
    """Made with Stripe's library, and kept."""
    vector = json.loads(contract("signature_vectors.json").read_text())["stripe"]["vector"]
    request = WebhookRequest(headers={"stripe-signature": vector["header"]}, body=vector["body"].encode())

    assert read(request, vector["secret"], now=datetime.fromtimestamp(vector["timestamp"], UTC)) is None
    with pytest.raises(InvalidRequest):
        read(replace(request, body=request.body + b" "), vector["secret"], now=NOW)


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_what_may_have_changed_a_subscription_names_its_customer(kind: str) -> None:
    """Also where it comes whole."""
    assert "cus_1" == customer_of(delivered(an_event(kind)))
    assert "cus_2" == customer_of(delivered(an_event(kind, customer={"id": "cus_2", "object": "customer"})))
    assert "cus_3" == customer_of(delivered(an_event(kind, object="customer", id="cus_3")))


def test_another_kind_and_nobodys_event_are_dropped() -> None:
    """Stripe is told that all is well."""
    assert customer_of(delivered(an_event("price.updated"))) is None
    assert customer_of(delivered(an_event(customer=None))) is None
    assert customer_of(delivered(an_event(customer=7))) is None


@pytest.mark.parametrize(
    "request_",
    [
        delivered(an_event(), secret="of-another-endpoint"),
        delivered(an_event(), at=NOW - timedelta(minutes=6)),
        WebhookRequest(headers={}, body=json.dumps(an_event()).encode()),
        WebhookRequest(headers={"stripe-signature": "t=,v1="}, body=b"{}"),
        WebhookRequest(headers={"stripe-signature": f"t={int(NOW.timestamp())},v0=abc"}, body=b"{}"),
        replace(delivered(an_event()), body=json.dumps(an_event(customer="cus_9")).encode()),
    ],
    ids=["another endpoint's", "stale", "unsigned", "empty", "old scheme", "changed on its way"],
)
def test_what_stripe_did_not_sign_for_us_just_now_is_refused(request_: WebhookRequest) -> None:
    """In our own words, which repeat nothing of it."""
    with pytest.raises(InvalidRequest) as refused:
        customer_of(request_)
    assert "stripe-signature" == refused.value.field


@pytest.mark.parametrize(
    "event",
    [b"[]", b"nothing", {"object": "v2.core.event", "type": "v1.customer.updated"}, {"object": "event", "data": []}],
)
def test_what_is_no_snapshot_is_refused(event: Any) -> None:
    """A thin event is what an endpoint sends that was set up otherwise."""
    with pytest.raises(InvalidRequest):
        customer_of(delivered(event))


def test_each_of_two_secrets_counts_while_one_is_replaced() -> None:
    """Stripe signs with both for a day, and so may we know both."""
    both = f"new,{SECRET}"

    assert "cus_1" == customer_of(delivered(an_event()), secret=both)
    twice = delivered(an_event(), secret="other").headers["stripe-signature"]
    signed = delivered(an_event()).headers["stripe-signature"]
    request = delivered(an_event(), headers={"stripe-signature": f"{signed},{twice.partition(',')[2]}"})
    assert "cus_1" == customer_of(request)


@given(st.text(max_size=80), st.binary(max_size=200))
def test_nothing_that_is_sent_breaks_the_door(signature: str, body: bytes) -> None:
    """Whatever it is, it is refused."""
    with pytest.raises(InvalidRequest):
        read(WebhookRequest(headers={"stripe-signature": signature}, body=body), SECRET, now=NOW)


def test_recorded_events_of_both_forms_are_read() -> None:
    """An endpoint keeps the version that it was made with; nothing that differs between them is looked at."""
    recorded = sorted(contract("stripe/given/events").glob("*.json"))
    read_kinds = set()
    for path in recorded:
        event = json.loads(path.read_text())
        event = event if event.get("object") == "event" else {"object": "event", "type": "?", "data": {"object": event}}
        if customer_of(delivered(event)) is not None:
            read_kinds.add(event["type"])

    assert {"customer.subscription.updated", "invoice.paid", "checkout.session.completed"} <= read_kinds
