"""How GitHub signs and sends what it tells."""

import hashlib
import hmac
import json
from datetime import datetime

from infra.sandbox.core.config import Config
from infra.sandbox.core.sending import Sender, Signed
from infra.sandbox.core.state import Delivery


def signature(secret: str, body: bytes) -> str:
    """GitHub's scheme: `sha256=` and the hex HMAC-SHA256 of the raw body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _signed(delivery: Delivery, config: Config, _: datetime) -> Signed:
    content = json.dumps(delivery.body).encode()
    headers = {
        "x-github-event": delivery.kind.partition(".")[0],
        "x-github-delivery": delivery.id,
        "x-github-hook-id": "1",
        "x-github-hook-installation-target-id": config.github_app_id,
        "x-github-hook-installation-target-type": "integration",
        "x-hub-signature-256": signature(config.github_webhook_secret, content),
        "user-agent": "GitHub-Hookshot/sandbox",
        "content-type": "application/json",
    }
    return headers, content


# GitHub never tells anything twice by itself.
SENDER = Sender(
    secret=lambda config: config.github_webhook_secret,
    signed=_signed,
    ack_seconds=lambda _: 10.0,
    repeats=lambda _: False,
)
