"""How errors and requests cross the HTTP edge; the only place that knows status codes."""

import base64
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from pm_assistant.domain import errors
from pm_assistant.domain.languages import Language, language_of
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.runtime.logs import logger

type Answer = dict[str, Any]
"""What a Lambda function answers API Gateway with, or is asked with (payload 2.0)."""

SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer to a browser carries: it comes over TLS only, and is what it says it is."""
NO_STORE = {"Cache-Control": "no-store"}
"""What answers carry that may hold tokens, keys or links: all but those that say otherwise of themselves."""


def with_common_headers(answer: Answer) -> Answer:
    """An answer with the headers that every one of ours has, unless it says otherwise itself."""
    answer["headers"] = NO_STORE | SECURITY_HEADERS | answer["headers"]
    return answer


PROBLEM_JSON = "application/problem+json"
MOST_FLAWS = 20
LONGEST_NAME = 64

STATUSES: dict[type[errors.ProductError], HTTPStatus] = {
    errors.InvalidRequest: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Contention: HTTPStatus.CONFLICT,
    errors.NotConnected: HTTPStatus.CONFLICT,
    errors.Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Misconfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.UpstreamRejected: HTTPStatus.BAD_GATEWAY,
    errors.Gone: HTTPStatus.BAD_GATEWAY,
    errors.AccessRevoked: HTTPStatus.BAD_GATEWAY,
    errors.UpstreamUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RateLimited: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CircuitOpen: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: errors.ProductError) -> HTTPStatus:
    """The status that an error is answered with."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), HTTPStatus.BAD_GATEWAY)


def problem(error: errors.ProductError) -> Answer:
    """Answer an error as problem+json (RFC 9457); a bad field is named in `field`."""
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return our_fault(error)
    extra = {"field": error.field} if isinstance(error, errors.InvalidRequest) and error.field else {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(int(error.retry_after) + 1)
    if isinstance(error, errors.Throttled):
        headers["Retry-After"] = str(error.retry_after)
    return refusal(status, str(error), headers=headers, **extra)


def our_fault(error: Exception) -> Answer:
    """Answer what no caller can mend; what it is, the log alone is told, at the level that raises an alarm."""
    logger().error("request failed", exc_info=error)
    return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "this is our fault; it has been logged under x-request-id")


class Flaw(NamedTuple):
    """Why a field of a request cannot be used; its path begins with `query` or `body`."""

    path: tuple[str | int, ...]
    message: str


def query_flaws(event: Mapping[str, Any], known: Collection[str]) -> list[Flaw]:
    """What is wrong with the names in a query: each is one of `known`, and has one value."""
    counts = Counter(name for name, _ in parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True))
    there_is = f"there is {', '.join(sorted(known))}" if known else "none is taken here"
    unknown = [Flaw(("query", name), f"no such parameter; {there_is}") for name in counts if name not in known]
    repeated = [name for name, count in counts.items() if name in known and count > 1]
    return unknown + [Flaw(("query", name), "given more than once") for name in repeated]


def invalid_fields(flaws: Sequence[Flaw]) -> Answer:
    """Answer a request some of whose fields cannot be used as problem+json.

    The caller chose the names of unknown fields, so they are kept short; the first flaws are enough to go on.
    """
    fields = [
        {"field": ".".join(str(part)[:LONGEST_NAME] for part in path), "message": message}
        for path, message in flaws[:MOST_FLAWS]
    ]
    detail = "; ".join(f"{flaw['field']}: {flaw['message']}" for flaw in fields)
    return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=fields)


def refusal(status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None, **extra: object) -> Answer:
    """Answer with a problem that may have no error of the product behind it, such as an unusable content type."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **extra}
    return answer(body, status, content_type=PROBLEM_JSON, headers=headers)


def nothing() -> Answer:
    """Answer that all is well, and nothing else."""
    return {"statusCode": HTTPStatus.OK.value, "headers": {}, "body": "", "isBase64Encoded": False}


def answer(
    body: Mapping[str, object],
    status: HTTPStatus = HTTPStatus.OK,
    *,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Answer with JSON."""
    return {
        "statusCode": status.value,
        "headers": {"Content-Type": content_type, **(headers or {})},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def header(event: Mapping[str, Any], name: str) -> str | None:
    """A header of a request, whatever the case of its name."""
    headers: Mapping[str, str] = event.get("headers") or {}
    return next((value for sent_name, value in headers.items() if sent_name.lower() == name), None)


def accepted_language(event: Mapping[str, Any]) -> Language | None:
    """The first of the languages a request asks for that we write in; browsers name the best one first."""
    named = (part.partition(";")[0].strip() for part in (header(event, "accept-language") or "").split(","))
    return next((language for language in map(language_of, named) if language), None)


def public_url(event: Mapping[str, Any]) -> str:
    """Where API Gateway is reached, by its own word; a `Host` header is not asked, anybody can write one."""
    context = event["requestContext"]
    stage = context.get("stage", "$default")
    return f"https://{context['domainName']}{'' if stage == '$default' else f'/{stage}'}"


def path_of(event: Mapping[str, Any]) -> str:
    """The path that was asked for; a stage that has a name stands before it."""
    stage, path = event["requestContext"].get("stage", "$default"), str(event["rawPath"])
    return path if stage == "$default" else path.removeprefix(f"/{stage}")


def webhook_request(event: Mapping[str, Any]) -> WebhookRequest:
    """Take what a vendor sent out of an HTTP API event (payload 2.0)."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return WebhookRequest(headers=headers, body=body(event))


def body(event: Mapping[str, Any]) -> bytes:
    """The raw body of a request, byte for byte what was sent: HTTP API hands forms over in base64, JSON as text."""
    text: str = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
