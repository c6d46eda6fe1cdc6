"""A delivery as Linear makes it, from an organisation that nobody has: what tries our own door."""

import hashlib
import hmac
import json
import uuid
from datetime import datetime

from pm_assistant.domain.webhooks import WebhookRequest


def delivery(secret: str, now: datetime) -> WebhookRequest:
    """A signed event of an organisation without a tenant."""
    event = {"type": "OAuthApp", "action": "revoked", "organizationId": str(uuid.uuid4())}
    body = json.dumps({**event, "createdAt": now.isoformat()}).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return WebhookRequest(headers={"content-type": "application/json", "linear-signature": digest}, body=body)
