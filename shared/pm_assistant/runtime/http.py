"""How errors and requests cross the HTTP edge; the only place that knows status codes."""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from pm_assistant.domain import errors
from pm_assistant.domain.events import WebhookRequest

STATUSES: dict[type[errors.ProductError], HTTPStatus] = {
    errors.InvalidRequest: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.NotConnected: HTTPStatus.CONFLICT,
    errors.UpstreamRejected: HTTPStatus.BAD_GATEWAY,
    errors.AccessRevoked: HTTPStatus.BAD_GATEWAY,
    errors.UpstreamUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RateLimited: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem(error: errors.ProductError) -> Response[str]:
    """Answer an error as problem+json (RFC 9457); a bad field is named in `field`."""
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), HTTPStatus.BAD_GATEWAY)
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": str(error)}
    if isinstance(error, errors.InvalidRequest) and error.field:
        body["field"] = error.field
    headers: dict[str, str | list[str]] = {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(int(error.retry_after) + 1)
    return Response(status.value, content_type="application/problem+json", body=json.dumps(body), headers=headers)


def webhook_request(event: Mapping[str, Any]) -> WebhookRequest:
    """Take the raw body out of an HTTP API event (payload 2.0), byte for byte what the vendor signed.

    HTTP API hands form bodies over in base64, JSON as text.
    """
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return WebhookRequest(headers=headers, body=raw)
