"""A delivery as Slack makes it, from a workspace that nobody has: what tries our own door."""

import hashlib
import hmac
import json
import secrets
from datetime import datetime

from pm_assistant.domain.webhooks import WebhookRequest


def delivery(signing_secret: str, now: datetime) -> WebhookRequest:
    """A signed event of a workspace without a tenant."""
    event = {"type": "app_uninstalled"}
    body = json.dumps({"type": "event_callback", "team_id": f"nobody-{secrets.token_hex(8)}", "event": event}).encode()
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(signing_secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return WebhookRequest(
        headers={
            "content-type": "application/json",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": f"v0={digest}",
        },
        body=body,
    )
