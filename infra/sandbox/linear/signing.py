"""How Linear signs and sends what it tells."""

import hashlib
import hmac
import json
from datetime import datetime

from infra.sandbox.core.config import Config
from infra.sandbox.core.sending import Sender, Signed
from infra.sandbox.core.state import Delivery, Json


def signature(secret: str, body: bytes) -> str:
    """Linear's scheme: bare hex HMAC-SHA256 of the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _signed(delivery: Delivery, config: Config, _: datetime) -> Signed:
    # Linear says when the webhook was sent inside what it signs, and repeats it as it was, byte for byte.
    body: Json = delivery.body or {}
    content = json.dumps(body).encode()
    headers = {
        "linear-signature": signature(config.linear_webhook_secret, content),
        "linear-timestamp": str(body["webhookTimestamp"]),
        "linear-delivery": delivery.id,
        "linear-event": str(body["type"]),
        "user-agent": "Linear-Webhook",
        "content-type": "application/json; charset=utf-8",
    }
    return headers, content


SENDER = Sender(
    secret=lambda config: config.linear_webhook_secret,
    signed=_signed,
    ack_seconds=lambda _: 5.0,
    repeats=lambda _: True,
)
