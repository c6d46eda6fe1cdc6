"""What every request of a known caller passes: so many a minute, and the same write only once."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace

from pm_assistant.api.context import RequestContext, Write
from pm_assistant.domain.errors import InvalidRequest, Throttled
from pm_assistant.runtime.http import Answer, header, problem

WINDOW_SECONDS = 60
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
LONGEST_KEY = 255
KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
KEPT_HEADERS = {"content-type", "location"}
SHOWN_ONCE = "x-shown-once"
"""A route names here the field of its answer that is a secret; callers never see the header, replays not the field."""


def rate_limited(request: RequestContext, resolve: Callable[[], Answer]) -> Answer:
    """Answer unless the tenant has used up its minute; says in headers how much is left (draft-ietf-httpapi-ratelimit).

    `resolve` must not raise, or what it raises goes without these headers.
    """
    limit = request.env.requests_per_minute
    used = request.stores.rate_limiter.count(
        f"requests|{request.tenant_id}", now=request.now, window_seconds=WINDOW_SECONDS
    )
    reset = WINDOW_SECONDS - int(request.now.timestamp()) % WINDOW_SECONDS
    if used > limit:
        answer = problem(Throttled("the tenant has made too many requests this minute", retry_after=reset))
    else:
        answer = resolve()
    answer["headers"] |= {
        "ratelimit-limit": str(limit),
        "ratelimit-remaining": str(max(0, limit - used)),
        "ratelimit-reset": str(reset),
    }
    return answer


def idempotent(event: Answer, request: RequestContext, resolve: Callable[[RequestContext], Answer]) -> Answer:
    """Answer a write that carries `Idempotency-Key`; a repetition gets the first answer and does nothing.

    Failures of ours and of vendors (5xx) are not kept: the repetition is then the attempt that counts. As the one that
    failed may have had its effect, what a write makes is named after its key.

    Raises:
        Conflict: the same request is being answered right now.
        InvalidRequest: the key was used for another request.
    """
    key = header(event, "idempotency-key")
    if key is None or event["requestContext"]["http"]["method"] not in WRITES:
        return resolve(request)
    if not KEY.fullmatch(key):
        raise InvalidRequest(f"a key has 1 to {LONGEST_KEY} visible ASCII characters", field="Idempotency-Key")
    keys = request.stores.idempotency_keys
    owned_key = f"{request.caller.actor}:{hashlib.sha256(key.encode()).hexdigest()}"
    begun = keys.begin(request.tenant_id, owned_key, fingerprint=_fingerprint(event), now=request.now)
    if isinstance(begun, str):
        answer: Answer = json.loads(begun)
        answer["headers"]["idempotency-replayed"] = "true"
        return answer
    # By the time, too: a day later the same key stands for another write.
    named = f"{request.tenant_id}|{owned_key}|{begun.began_at.isoformat()}"
    write = Write(hashlib.sha256(named.encode()).hexdigest()[:32], begun.began_at, again=begun.again)
    finished = False
    try:
        answer = resolve(replace(request, write=write))
        if answer["statusCode"] < 500:
            keys.finish(request.tenant_id, owned_key, answer=json.dumps(_storable(answer)), now=request.now)
            finished = True
        return answer
    finally:
        if not finished:
            keys.give_up(request.tenant_id, owned_key)


def _fingerprint(event: Answer) -> str:
    parts = [event["requestContext"]["http"]["method"], event["rawPath"], event.get("rawQueryString", "")]
    return hashlib.sha256(json.dumps([*parts, event.get("body") or ""]).encode()).hexdigest()


def _storable(answer: Answer) -> Answer:
    """What may be given again: secrets that are shown once are not kept anywhere, replays included."""
    headers = {name: value for name, value in answer["headers"].items() if name.lower() in KEPT_HEADERS}
    body, secret = answer["body"], answer["headers"].get(SHOWN_ONCE)
    if secret:
        body = json.dumps({**json.loads(body), secret: None})
    return {"statusCode": answer["statusCode"], "headers": headers, "body": body, "isBase64Encoded": False}
