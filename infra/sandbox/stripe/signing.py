"""How Stripe signs and sends what it tells (docs.stripe.com/webhooks, "Verify webhook signatures manually")."""

import hashlib
import hmac
import json
from datetime import datetime

from infra.sandbox.core.config import Config
from infra.sandbox.core.sending import Sender, Signed
from infra.sandbox.core.state import Delivery


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Stripe's v1 scheme: HMAC-SHA256 over the time of this attempt and the raw body; v0 is what test mode adds."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest},v0={digest[::-1]}"


def _signed(delivery: Delivery, config: Config, now: datetime) -> Signed:
    content = json.dumps(delivery.body, indent=2).encode()
    headers = {
        "stripe-signature": signature(config.stripe_webhook_secret, int(now.timestamp()), content),
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "content-type": "application/json; charset=utf-8",
        "accept": "*/*; q=0.5, application/xml",
        "cache-control": "no-cache",
    }
    return headers, content


SENDER = Sender(
    secret=lambda config: config.stripe_webhook_secret,
    signed=_signed,
    ack_seconds=lambda _: 10.0,
    repeats=lambda _: True,
)
