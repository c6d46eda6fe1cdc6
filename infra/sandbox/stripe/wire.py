"""How Stripe reads parameters and says no (docs.stripe.com/api, "Errors", "Idempotent requests")."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

from infra.sandbox.core.state import Fault, Json
from infra.sandbox.stripe.objects import listed

VERSION = "2026-10-28.endive"
"""The only version of the API that is played here."""
MOST_LISTED = 100
_NAME = re.compile(r"[^\[\]]+")


class Refused(Exception):
    """Stripe says no; the text is its message, `param` what in the request it is about."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param

    @property
    def answer(self) -> Response:
        """What the caller gets."""
        error = {"type": self.kind, "message": str(self), "code": self.code, "param": self.param}
        body = {"error": {name: value for name, value in error.items() if value is not None}}
        return JSONResponse(body, status_code=self.status)


def missing_resource(kind: str, id: str, param: str = "id", *, status: int = 404) -> Refused:
    """There is no such thing: 404 in an address, 400 in a parameter."""
    return Refused(status, f"No such {kind}: '{id}'", code="resource_missing", param=param)


def refusal(fault: Fault) -> Response:
    """The answer of a fault."""
    match fault.kind:
        case "rate_limit":
            return Refused(429, "Request rate limit exceeded.", code="rate_limit").answer
        case "revoked":
            return Refused(401, "Invalid API Key provided: sk_test_****").answer
        case _:
            return Refused(500, "An unknown error occurred", kind="api_error").answer


def nested(raw: str) -> Json:
    """Parameters as Stripe has them written: `items[0][price]=…`, `metadata[tenant]=…`, `lookup_keys[]=…`."""
    asked: Json = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        _put(asked, _NAME.findall(name) + ([""] if name.endswith("[]") else []), value)
    return {name: _listed(value) for name, value in asked.items()}


def _put(into: Json, path: list[str], value: str) -> None:
    *parents, last = path or [""]
    for name in parents:
        into = into.setdefault(name, {})
    into[last or str(len(into))] = value


def _listed(value: object) -> object:
    """What has numbers for names is a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    return list(inner.values()) if inner and all(name.isdecimal() for name in inner) else inner


def checked(asked: Json, known: Mapping[str, object], required: Iterable[str] = ()) -> Json:
    """Parameters, none of which is unknown or missing; what may stand in one says `known`, or None for anything.

    Raises:
        Refused: in Stripe's words.
    """
    _know(asked, known, "")
    for name in required:
        if not asked.get(name):
            raise Refused(400, f"Missing required param: {name}.", code="parameter_missing", param=name)
    return asked


def _know(asked: object, known: object, path: str) -> None:
    if isinstance(asked, list) and isinstance(known, list):
        for number, each in enumerate(asked):
            _know(each, known[0], f"{path}[{number}]")
    if not isinstance(asked, dict) or not isinstance(known, dict):
        return
    for name, value in asked.items():
        where = f"{path}[{name}]" if path else name
        if name not in known:
            raise Refused(400, f"Received unknown parameter: {where}", code="parameter_unknown", param=where)
        _know(value, known[name], where)


def truth(value: object, param: str) -> bool:
    """A boolean.

    Raises:
        Refused: it is none.
    """
    if value not in {"true", "false"}:
        raise Refused(400, f"Invalid boolean: {value}", code="parameter_invalid_boolean", param=param)
    return value == "true"


def number(value: object, param: str, *, least: int = 0) -> int:
    """An integer.

    Raises:
        Refused: it is none, or too small.
    """
    text = str(value)
    if not text.isdecimal():
        raise Refused(400, f"Invalid integer: {text}", code="parameter_invalid_integer", param=param)
    if int(text) < least:
        message = f"This value must be greater than or equal to {least}."
        raise Refused(400, message, code="parameter_invalid_integer", param=param)
    return int(text)


def expanded(asked: Json, expandable: Collection[str]) -> bool:
    """Whether what can be shown whole is asked for.

    Raises:
        Refused: something else is.
    """
    for name in asked.get("expand", []):
        if name not in expandable:
            raise Refused(400, f"This property cannot be expanded ({name}).", param="expand")
    return bool(asked.get("expand"))


def page(asked: Mapping[str, str], found: Sequence[Json], url: str) -> Json:
    """A page of what was found: ten, or as many as are asked for, behind the one that was seen last."""
    limit = number(asked.get("limit", "10"), "limit", least=1)
    if limit > MOST_LISTED:
        raise Refused(
            400, "This value must be less than or equal to 100.", code="parameter_invalid_integer", param="limit"
        )
    seen = asked.get("starting_after")
    ids = [each["id"] for each in found]
    if seen is not None and seen not in ids:
        raise missing_resource("object", seen, "starting_after", status=400)
    rest = found[ids.index(seen) + 1 :] if seen is not None else found
    return listed(list(rest[:limit]), url, has_more=len(rest) > limit)
