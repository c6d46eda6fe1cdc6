"""How each vendor signs what it sends."""

import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlencode

from infra.local.sandbox.config import Config
from infra.local.sandbox.state import Delivery, Json

type Signed = tuple[dict[str, str], bytes]


def slack_signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 scheme: HMAC-SHA256 over version, timestamp and raw body."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def linear_signature(secret: str, body: bytes) -> str:
    """Linear's scheme: bare hex HMAC-SHA256 of the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def github_signature(secret: str, body: bytes) -> str:
    """GitHub's scheme: `sha256=` and the hex HMAC-SHA256 of the raw body."""
    return f"sha256={linear_signature(secret, body)}"


def secret(delivery: Delivery, config: Config) -> str:
    """What the vendor signs with; empty while it is not known."""
    match delivery.vendor:
        case "slack":
            return config.slack_signing_secret
        case "linear":
            return config.linear_webhook_secret
        case _:
            return config.github_webhook_secret


def signed(delivery: Delivery, config: Config, now: datetime) -> Signed:
    """The headers and the content of one attempt."""
    match delivery.vendor:
        case "slack":
            return _slack(delivery, config, now)
        case "linear":
            return _linear(delivery, config, now)
        case _:
            return _github(delivery, config)


def _slack(delivery: Delivery, config: Config, now: datetime) -> Signed:
    content = json.dumps(delivery.body)
    kind = "application/json; charset=utf-8"
    if delivery.form:
        content, kind = urlencode({"payload": content}), "application/x-www-form-urlencoded"
    timestamp = str(int(now.timestamp()))
    headers = {
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": slack_signature(config.slack_signing_secret, timestamp, content.encode()),
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "content-type": kind,
    }
    if delivery.attempts:
        headers |= {"x-slack-retry-num": str(delivery.attempts), "x-slack-retry-reason": delivery.error}
    return headers, content.encode()


def _linear(delivery: Delivery, config: Config, now: datetime) -> Signed:
    # Linear says when the webhook was sent inside what it signs, so a repeat is stamped anew.
    body: Json = (delivery.body or {}) | {"webhookTimestamp": int(now.timestamp() * 1000)}
    content = json.dumps(body).encode()
    headers = {
        "linear-signature": linear_signature(config.linear_webhook_secret, content),
        "linear-timestamp": str(body["webhookTimestamp"]),
        "linear-delivery": delivery.id,
        "linear-event": str(body["type"]),
        "user-agent": "Linear-Webhook",
        "content-type": "application/json; charset=utf-8",
    }
    return headers, content


def _github(delivery: Delivery, config: Config) -> Signed:
    content = json.dumps(delivery.body).encode()
    headers = {
        "x-github-event": delivery.kind.partition(".")[0],
        "x-github-delivery": delivery.id,
        "x-github-hook-id": "1",
        "x-github-hook-installation-target-id": config.github_app_id,
        "x-github-hook-installation-target-type": "integration",
        "x-hub-signature-256": github_signature(config.github_webhook_secret, content),
        "user-agent": "GitHub-Hookshot/sandbox",
        "content-type": "application/json",
    }
    return headers, content
