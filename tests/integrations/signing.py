"""Signs webhooks as the vendors do."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pm_assistant.domain.webhooks import WebhookRequest

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def slack_signed(body: bytes, now: datetime, *, content_type: str = "application/json") -> WebhookRequest:
    """A Slack delivery that was sent now."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": content_type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest}",
    }
    return WebhookRequest(headers=headers, body=body)


def slack_event(payload: Any, now: datetime) -> WebhookRequest:
    """A JSON delivery."""
    return slack_signed(json.dumps(payload).encode(), now)


def slack_form(fields: dict[str, str], now: datetime) -> WebhookRequest:
    """A form delivery."""
    return slack_signed(urlencode(fields).encode(), now, content_type="application/x-www-form-urlencoded")


def linear_signed(body: bytes) -> WebhookRequest:
    """A Linear delivery; when it was sent stands in the body."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return WebhookRequest(headers={"content-type": "application/json", "linear-signature": digest}, body=body)


def github_signed(body: bytes, event: str) -> WebhookRequest:
    """A GitHub delivery of that kind of event; the header that names it is not signed."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-github-event": event, "x-hub-signature-256": f"sha256={digest}"}
    return WebhookRequest(headers=headers, body=body)


def linear_event(payload: Any) -> WebhookRequest:
    """A JSON delivery."""
    return linear_signed(json.dumps(payload).encode())
