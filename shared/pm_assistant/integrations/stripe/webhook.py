"""Stripe's webhooks: who has sent one, and whose customer it is about. What they say of it is not believed.

Read without Stripe's library, which would take longer to load than all that is done here.
"""

import re
from datetime import datetime, timedelta

from pm_assistant.domain.billing import CustomerChanged
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.webhooks import is_signed, read_json, valid_secrets

TOLERANCE = timedelta(minutes=5)
"""How old a delivery may be; each attempt is signed anew. One of the future was signed by Stripe all the same."""
CHANGES = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.trial_will_end",
        "invoice.paid",
        "invoice.payment_failed",
        "invoice.payment_action_required",
    }
)
"""The kinds of events after which a customer's subscriptions may read differently."""
_TIME = re.compile(r"\d{1,12}", re.ASCII)


def read(request: WebhookRequest, secret: str, *, now: datetime) -> CustomerChanged | None:
    """Whose subscriptions may have changed; None if an event is of another kind, or of nobody.

    Raises:
        InvalidRequest: it was not signed with the secret of our endpoint, or a while ago, or is no event of an object.
    """
    _verify(request, secret, now)
    event = read_json(request.body)
    data = event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    if event.get("object") != "event" or not isinstance(thing, dict):
        raise InvalidRequest("no event with an object: have the endpoint send snapshot events", field="object")
    customer = thing.get("id") if thing.get("object") == "customer" else thing.get("customer")
    customer_id = customer.get("id") if isinstance(customer, dict) else customer
    if event.get("type") not in CHANGES or not isinstance(customer_id, str) or not customer_id:
        return None
    return CustomerChanged(customer_id=customer_id)


def _verify(request: WebhookRequest, secret: str, now: datetime) -> None:
    parts = [part.strip().partition("=") for part in request.headers.get("stripe-signature", "").split(",")]
    sent_at = next((value for name, _, value in parts if name == "t"), "")
    signatures = [value for name, _, value in parts if name == "v1"]
    if not _TIME.fullmatch(sent_at) or not signatures:
        raise InvalidRequest("not signed as Stripe signs", field="stripe-signature")
    message = f"{sent_at}.".encode() + request.body
    if not any(is_signed(message, each, valid_secrets(secret)) for each in signatures):
        raise InvalidRequest("not signed with the secret of this endpoint", field="stripe-signature")
    if now.timestamp() - int(sent_at) > TOLERANCE.total_seconds():
        raise InvalidRequest("signed too long ago", field="stripe-signature")
