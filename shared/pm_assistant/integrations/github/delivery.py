"""A delivery as GitHub makes it, from an installation that nobody has: what tries our own door."""

import hashlib
import hmac
import json
from datetime import datetime

from pm_assistant.domain.webhooks import WebhookRequest


def delivery(secret: str, now: datetime) -> WebhookRequest:
    """A signed event of an installation without a tenant; GitHub counts them from one."""
    installation = {"id": 0, "app_id": 0, "updated_at": now.isoformat()}
    body = json.dumps({"action": "unsuspend", "installation": installation}).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-github-event": "installation"}
    return WebhookRequest(headers={**headers, "x-hub-signature-256": f"sha256={digest}"}, body=body)
