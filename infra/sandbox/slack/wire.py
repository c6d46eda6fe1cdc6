"""How Slack's Web API reads arguments, cuts pages and says no."""

import base64
import binascii
import json
import math
from collections.abc import Callable, Sequence

from starlette.responses import JSONResponse, Response

from infra.sandbox.core.state import Fault, Json
from infra.sandbox.slack.state import Message

MAX_PAGE = 1000


class Refused(Exception):
    """Slack says no; the text is its error code, `more` what it adds."""

    def __init__(self, code: str, *messages: str, **more: str) -> None:
        super().__init__(code)
        self.messages = messages
        self.more = more

    @property
    def answer(self) -> Json:
        """What the caller gets."""
        body: Json = {"ok": False, "error": str(self)} | self.more
        if self.messages:
            body |= {"errors": list(self.messages), "response_metadata": {"messages": list(self.messages)}}
        return body


class TooOften(Exception):
    """Slack wants to be asked again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def limited(seconds: float) -> Response:
    """The answer to what comes too often; Slack says the waiting time in whole seconds."""
    body = {"ok": False, "error": "ratelimited"}
    return JSONResponse(body, status_code=429, headers={"retry-after": str(math.ceil(seconds))})


def structure(value: object, code: str) -> object:
    """A structured argument; form bodies carry it as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError as error:
        raise Refused(code) from error


def true(value: object) -> bool:
    """A yes in any of its spellings."""
    return str(value).lower() in {"true", "1"}


def page[T](items: Sequence[T], arguments: Json, *, name: Callable[[T], str], default: int) -> tuple[Sequence[T], str]:
    """Cut one page; the cursor names its last item, so that what is added meanwhile shifts nothing."""
    start = 0
    if cursor := str(arguments.get("cursor") or ""):
        try:
            last = base64.b64decode(cursor, validate=True).decode().removeprefix("after:")
            start = [name(item) for item in items].index(last) + 1
        except (binascii.Error, ValueError) as error:
            raise Refused("invalid_cursor") from error
    limit = str(arguments.get("limit") or default)
    if not limit.isdecimal() or not 1 <= int(limit) <= MAX_PAGE:
        raise Refused("invalid_limit")
    chosen = items[start : start + int(limit)]
    if start + len(chosen) >= len(items):
        return chosen, ""
    return chosen, base64.b64encode(f"after:{name(chosen[-1])}".encode()).decode()


def within(arguments: Json) -> Callable[[Message], bool]:
    """Whether a message stands in the time asked for, whose ends count only if `inclusive`."""
    try:
        oldest, latest = (float(arguments.get(end) or default) for end, default in (("oldest", 0), ("latest", "inf")))
    except (TypeError, ValueError) as error:
        raise Refused("invalid_arguments") from error
    ends = {oldest, latest} if true(arguments.get("inclusive")) else set()
    return lambda message: oldest < float(message.ts) < latest or float(message.ts) in ends


def refusal(fault: Fault) -> Response:
    """The answer of a fault."""
    match fault.kind:
        case "rate_limit":
            return limited(1 if fault.retry_after is None else fault.retry_after)
        case "revoked":
            return JSONResponse({"ok": False, "error": "token_revoked"})
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            return JSONResponse({"ok": False, "error": "internal_error"}, status_code=503)
