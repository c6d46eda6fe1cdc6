"""What comes in at the payment provider's door changes nothing by itself, whoever sent it and whatever it says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import stripe

from functions.bill import app
from pm_assistant.domain.billing import Billing, BillingState, standing
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import TenantId
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings.bill import BillSettings
from pm_assistant.workflows.billing.sync import ISSUER
from tests.builders import ACME, a_tenant
from tests.fakes.billing import FakePayments
from tests.fakes.stores import FakeQueue, FakeStores
from tests.workflows.billing.test_sync import a_subscription

SECRET = "_".join(("whsec", "of", "our", "endpoint"))
OTHER = TenantId("globex")


class Wired:
    """What the function finds behind its wiring: Acme, a customer of ours, and Globex, another."""

    def __init__(self) -> None:
        self.stores, self.payments, self.queue = FakeStores(), FakePayments(), FakeQueue()
        self.secrets = {"stripe/webhook-secret": SECRET, "stripe/secret-key": "k"}
        self.parked: list[str] = []
        for tenant in (ACME, OTHER):
            customer_id = self.payments.create_customer(tenant, name=tenant, email="ada@acme.test")
            self.stores.outside_ids.claim(tenant, ISSUER, customer_id)
            self.stores.tenants.put(a_tenant(id=tenant, billing=Billing(customer_id=customer_id)))

    def secret(self, name: str) -> str:
        """A secret, if it is set."""
        if name not in self.secrets:
            raise NotFound(f"{name} is not set")
        return self.secrets[name]

    def take(self, *messages: Any) -> None:
        """Have the function take what is on its queue."""
        put = [each.message.model_dump_json() for each in self.queue.puts]
        self.queue.puts.clear()
        records = [
            {
                "messageId": str(number),
                "receiptHandle": "r",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "6"},
            }
            for number, body in enumerate([*put, *messages])
        ]
        assert {"batchItemFailures": []} == app.handler({"Records": records}, None)

    def plans(self) -> dict[TenantId, Plan | None]:
        """What each tenant is known to have bought."""
        bought = {each: self.stores.tenants.get(each).billing.subscription for each in (ACME, OTHER)}
        return {each: subscription.plan if subscription else None for each, subscription in bought.items()}


def bought(**changes: Any) -> PaidSubscription:
    """What Acme has at the provider."""
    return a_subscription().model_copy(update=changes)


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """A function of its own, in a deployment that sells."""
    made = Wired()
    for name, field in BillSettings.model_fields.items():
        if field.is_required():
            monkeypatch.setenv(name.upper(), f"https://{name}.test")
    monkeypatch.setenv("STRIPE_PRICES", "team=price_1")
    stand_ins: dict[str, Any] = {
        "stores": lambda *_, **__: made.stores,
        "queue": lambda _: made.queue,
        "payments": lambda _: made.payments,
        "secrets": lambda _: SimpleNamespace(get=made.secret),
        "source_queue": lambda _: made.queue,
        "dead_letters": lambda _: SimpleNamespace(park=lambda body, *, error, **_: made.parked.append(error)),
    }
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(wiring, name, stand_in)
    app.settings.cache_clear()
    yield made
    app.settings.cache_clear()


def posted(
    kind: str = "customer.subscription.updated",
    *,
    customer: str = f"cus_{ACME}",
    secret: str = SECRET,
    sent_at: datetime | None = None,
    path: str = "/webhooks/stripe",
    **thing: Any,
) -> tuple[int, Any]:
    """What Stripe gets for an event, signed by its own library."""
    event = {"object": "event", "type": kind, "data": {"object": {"customer": customer, **thing}}}
    body, at = json.dumps(event), sent_at or datetime.now(UTC)
    signature = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=int(at.timestamp()))
    http = {"stage": "$default", "http": {"method": "POST"}}
    request = {"rawPath": path, "headers": {"Stripe-Signature": signature}, "body": body, "requestContext": http}
    answer = app.handler(request, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_hint_is_queued_and_what_is_true_is_asked_for(wired: Wired) -> None:
    """What the event says of the subscription is not believed: the provider's list is."""
    wired.payments.put(bought())

    answered = posted(status="canceled", metadata={"tenant": OTHER})
    before = wired.plans()
    wired.take()

    assert (200, {"status": "accepted"}) == answered
    assert ({ACME: None, OTHER: None}, {ACME: Plan.TEAM, OTHER: None}) == (before, wired.plans())


@pytest.mark.parametrize(
    "how",
    [{"secret": "of-another-endpoint"}, {"sent_at": datetime.now(UTC) - timedelta(minutes=10)}, {"secret": "whsec_"}],
    ids=["another endpoint's", "stale", "forged"],
)
def test_what_is_not_signed_for_us_changes_nothing(wired: Wired, how: dict[str, Any]) -> None:
    """It is refused in our own words."""
    status, body = posted(**how)

    assert (400, "stripe-signature", []) == (status, body["field"], wired.queue.puts)


def test_the_tenant_that_an_event_names_is_not_believed(wired: Wired) -> None:
    """A customer is whose we have noted that it is, and an account may have customers of no tenant."""
    wired.payments.put(bought(plan=Plan.BUSINESS))
    stranger = wired.payments.create_customer(TenantId("nobody"), name="n", email="n@n.test")

    for customer in (f"cus_{ACME}", stranger, "cus_never_heard_of"):
        posted(customer=customer, client_reference_id=OTHER, metadata={"tenant": OTHER})
    wired.take()

    assert ({ACME: Plan.BUSINESS, OTHER: None}, []) == (wired.plans(), wired.parked)


def test_events_in_any_order_and_number_come_to_the_same(wired: Wired) -> None:
    """Each asks anew; the last word is the provider's."""
    wired.payments.put(bought(status="canceled"))
    for kind in ("customer.subscription.deleted", "customer.subscription.created", "invoice.paid", "invoice.paid"):
        posted(kind)
    wired.take()

    billing = wired.stores.tenants.get(ACME).billing
    assert BillingState.ACTIVE is not standing(billing, datetime(2099, 1, 1, tzinfo=UTC))
    assert "canceled" == (billing.subscription and billing.subscription.status)


def test_what_is_none_of_our_business_is_dropped(wired: Wired) -> None:
    """Stripe would send it again for three days otherwise."""
    assert (200, {"status": "dropped"}) == posted("price.updated")
    assert [] == wired.queue.puts


def test_what_our_deployment_lacks_is_our_fault(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe tries again; the log has the line that rings. Where nothing is sold there is nothing to lack."""
    del wired.secrets["stripe/webhook-secret"]
    lacking = posted()[0]
    monkeypatch.setenv("STRIPE_PRICES", "")
    app.settings.cache_clear()

    assert (500, 404, 404) == (lacking, posted()[0], posted(path="/webhooks/slack")[0])


def test_two_paid_subscriptions_ring(wired: Wired, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody has to give money back."""
    for id in ("sub_1", "sub_2"):
        wired.payments.put(bought(id=id))

    posted()
    wired.take()

    lines = [line for line in caplog.records if line.msg == "billing is odd"]
    assert [("ERROR", "more than one subscription is paid")] == [
        (each.levelname, vars(each)["oddity"]) for each in lines
    ]


def test_a_message_that_cannot_be_is_parked(wired: Wired) -> None:
    """A tenant that is gone, a customer that the provider does not know: somebody looks at it."""
    wired.take(
        json.dumps({"type": "billing_due", "tenant_id": "gone"}),
        json.dumps({"type": "billing_due"}),
        json.dumps({"type": "billing_due", "tenant_id": OTHER}),
    )

    assert ["NotFound", "InvalidRequest"] == wired.parked
