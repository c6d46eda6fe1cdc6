"""How Slack signs and sends what it tells."""

import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlencode

from infra.sandbox.core.config import Config
from infra.sandbox.core.sending import Sender, Signed
from infra.sandbox.core.state import Delivery


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 scheme: HMAC-SHA256 over version, timestamp and raw body."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def _signed(delivery: Delivery, config: Config, now: datetime) -> Signed:
    content = json.dumps(delivery.body)
    kind = "application/json; charset=utf-8"
    if delivery.form:
        typed = delivery.kind == "slash_command"
        content = urlencode(delivery.body or {}) if typed else urlencode({"payload": content})
        kind = "application/x-www-form-urlencoded"
    timestamp = str(int(now.timestamp()))
    headers = {
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature(config.slack_signing_secret, timestamp, content.encode()),
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "content-type": kind,
    }
    if delivery.attempts:
        headers |= {"x-slack-retry-num": str(delivery.attempts), "x-slack-retry-reason": delivery.error}
    return headers, content.encode()


# What somebody pressed is not repeated: that person sees it fail.
SENDER = Sender(
    secret=lambda config: config.slack_signing_secret,
    signed=_signed,
    ack_seconds=lambda config: config.ack_seconds,
    repeats=lambda delivery: not delivery.form,
)
