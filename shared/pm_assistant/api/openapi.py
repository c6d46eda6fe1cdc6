"""The API's own description (OpenAPI 3.1), made of the routes as they are.

It is written once, by `python -m pm_assistant.api.openapi`, and served as it was written; a test fails when the two
drift apart.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from pydantic import Field

from pm_assistant.api import routes
from pm_assistant.api.app import app
from pm_assistant.api.context import PROBLEMS
from pm_assistant.api.guards import LONGEST_KEY, WRITES
from pm_assistant.domain.model import Model
from pm_assistant.runtime.http import PROBLEM_JSON

DOCUMENT = Path(__file__).with_name("openapi.json")
VERSION = "1.0.0"
DESCRIPTION = """\
PM Assistant keeps Slack, Linear and GitHub in agreement. Everything here is about one tenant, the caller's: which one
that is comes from the credential and from nowhere else.

**Who is calling.** People send the `id_token` that `POST /auth/login` hands out, programs an API key (`pma_…`) that an
admin made with `POST /v1/keys`; both as `Authorization: Bearer …`. What a caller may do is a scope, and each includes
the ones before it: `read`, `run`, `admin`, `owner`. A member of the team has `run`.

**Lists** come in pages. As long as an answer names a `next`, there may be more: send it as `cursor`.

**Errors** are problems (RFC 9457). A field that cannot be used is named; what was in it is never repeated.

**Doing a thing once.** Send an `Idempotency-Key` of your own making with a write: repeated within a day, it gets the
first answer again, with `Idempotency-Replayed: true`, and nothing happens twice. Secrets that are shown once are left
out of the repetition.

**How often.** Each tenant has so many requests a minute; `RateLimit-*` headers say how many are left.
"""
MEANINGS = {
    400: "Something in the request makes no sense here; `field` says what.",
    401: "Who is calling is not proven. Without an `Authorization` header API Gateway itself answers, with a message.",
    403: "This caller may not do that.",
    404: "There is no such thing in this tenant.",
    409: "Things stand otherwise than the caller believes, or the same request is being answered right now.",
    422: "Fields are malformed; `errors` names them.",
    429: "Too many requests; `Retry-After` says when to come again. API Gateway's own limit answers with a message.",
    500: "Our fault. It is logged under the `x-request-id`.",
    502: "A vendor refused.",
    503: "Something we need did not answer; come again.",
}
TAGS = {
    "auth": "Registering, logging in, passwords: what needs no login.",
    "accounts": "Who can log in for the tenant, and as what.",
    "keys": "Access for programs.",
    "audit": "Who did what.",
    "tenant": "The tenant, its settings and its end.",
    "connections": "Slack, Linear and GitHub: tied, healthy, or broken since when.",
    "members": "The people of the team, and who they are at each vendor.",
    "work": "Tickets, conversations and the current standup.",
    "decisions": "What was decided and done, and answers to it.",
    "subscriptions": "Who gets which report when.",
    "runs": "Work that takes longer than a request.",
    "exports": "All of a tenant's data, out and in.",
}
PUBLIC_NAMES = {
    "ConnectionHealth": "Health",
    "ConnectionStatus": "State",
    "ConversationView": "Talk",
    "JobKind": "RunKind",
    "JobState": "RunState",
    "MessageView": "Said",
}
"""Schemas that keep the names clients were generated with, whatever the code calls them now."""

EVERYWHERE = {500, 503}
BY_GATEWAY = {401, 429, 500, 503}
"""Statuses that API Gateway may answer by itself, in a form of its own."""

TEXT = {"schema": {"type": "string"}}
HEADERS: dict[str, Any] = {
    "x-request-id": {"description": "names the request in our logs", **TEXT},
    "ratelimit-limit": {"description": "requests a minute", "schema": {"type": "integer"}},
    "ratelimit-remaining": {"description": "requests left of this minute", "schema": {"type": "integer"}},
    "ratelimit-reset": {"description": "seconds until the next minute", "schema": {"type": "integer"}},
    "retry-after": {"description": "seconds to wait", "schema": {"type": "integer"}},
    "idempotency-replayed": {"description": "`true` if this is the first answer again", **TEXT},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "a name of your own making for this write; repeated, it is done once",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
}

type Json = dict[str, Any]


class Flaw(Model):
    """A field that cannot be used."""

    field: str
    message: str


class Problem(Model):
    """Why a request was not answered as wished (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = Field(default=None, description="the field that makes no sense here")
    errors: tuple[Flaw, ...] = Field(default=(), description="the fields that are malformed")


class GatewayMessage(Model):
    """What API Gateway says by itself."""

    message: str


def document() -> Json:
    """Describe the routes as they are."""
    scheme = HTTPBearer(description="an id token or an API key", bearerFormat="JWT or pma_…")
    made = app.get_openapi_json_schema(
        title="PM Assistant", version=VERSION, description=DESCRIPTION, security_schemes={"bearer": scheme}
    )
    for name, public in PUBLIC_NAMES.items():
        made = re.sub(rf'(?<=["/_]){name}(?=["_])', public, made)
    found: Json = json.loads(re.sub(r"\bPage_(\w+?)_\b", r"\1Page", made))
    schemas = found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        del schemas[name]
    taken = _reached(schemas, *(op.get("requestBody") for item in found["paths"].values() for op in item.values()))
    told = {name: _schema(each, only_given=name not in taken) for name, each in schemas.items()}
    for kind in (Problem, GatewayMessage):
        own = kind.model_json_schema(ref_template="#/components/schemas/{model}")
        told |= own.pop("$defs", {}) | {kind.__name__: own}
    found["components"]["schemas"] = {name: _untitled(told[name]) for name in sorted(told)}
    found["components"] |= {"headers": HEADERS, "responses": {_name(status): _problem(status) for status in MEANINGS}}
    found["tags"] = [{"name": name, "description": told} for name, told in TAGS.items()]
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _tell(operation, method.upper(), path)
    placed = sorted(found["paths"].items(), key=lambda item: (_place(item[1]), item[0]))
    return found | {"paths": dict(placed)}


def _tell(operation: Json, method: str, path: str) -> None:
    """Say of one operation what its function says of itself, and everything that it may answer."""
    function = _functions()[operation["operationId"].removesuffix(_suffix(path, method))]
    summary, _, rest = (function.__doc__ or "").partition("\n")
    operation |= {"operationId": function.__name__, "summary": summary.rstrip(".")}
    if rest.strip():
        operation["description"] = "\n".join(line.strip() for line in rest.strip().splitlines())
    for parameter in operation.get("parameters", []):
        schema = _given(_untitled(parameter["schema"]))
        parameter["schema"] = {name: told for name, told in schema.items() if name != "description"}
    known, writes = "security" in operation, method in WRITES
    problems = EVERYWHERE | set(operation.pop(PROBLEMS, ()))
    problems |= {400} if writes or "parameters" in operation else set()
    problems |= {404} if "{" in path else set()
    problems |= {409} if known and writes else set()
    problems |= {422} if "parameters" in operation or "requestBody" in operation else set()
    if known and writes:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    good = {status: each for status, each in operation["responses"].items() if status.startswith("2")}
    for status, response in good.items():
        response["description"] = HTTPStatus(int(status)).phrase
        limits = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset") if known else ()
        replayed = ("idempotency-replayed",) if known and writes else ()
        response["headers"] = _headers("x-request-id", *limits, *replayed)
        if int(status) == HTTPStatus.NO_CONTENT:
            del response["content"]
    refusals = {str(status): {"$ref": f"#/components/responses/{_name(status)}"} for status in sorted(problems)}
    operation["responses"] = good | refusals


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _problem(status: int) -> Json:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if status in BY_GATEWAY:
        content["application/json"] = {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}
    waits = ("retry-after",) if status in {429, 503} else ()
    return {"description": MEANINGS[status], "headers": _headers("x-request-id", *waits), "content": content}


def _suffix(path: str, method: str) -> str:
    """What Powertools adds to a function's name to make an operation's id."""
    return f"{re.sub(r'\W', '_', path)}_{method.lower()}"


def _functions() -> Mapping[str, Callable[..., Any]]:
    """Every route's function by its name; a test sees to it that no two have the same."""
    return {name: made for module in _modules() for name, made in vars(module).items() if callable(made)}


def _modules() -> Iterator[ModuleType]:
    return (module for module in vars(routes).values() if isinstance(module, ModuleType) and hasattr(module, "router"))


def _place(operations: Json) -> int:
    return min(list(TAGS).index(operation["tags"][0]) for operation in operations.values())


def _reached(schemas: Json, *roots: object) -> set[str]:
    """The schemas that something refers to, directly or through others."""
    found: set[str] = set()
    ahead = list(roots)
    while ahead:
        news = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(ahead.pop()))) - found
        found |= news
        ahead += [schemas[name] for name in news]
    return found


def _schema(schema: Json, *, only_given: bool) -> Json:
    """A model with what its docstring says of each attribute; what we only give, never take, is always all there."""
    told, _, attributes = schema.get("description", "").partition("Attributes:")
    properties = schema.get("properties", {})
    for name, said in re.findall(r"^ *(\w+): (.*(?:\n {8,}.*)*)", attributes, re.M):
        properties[name].setdefault("description", " ".join(said.split()))
    more = {"required": list(properties)} if properties and only_given else {}
    return schema | ({"description": told.strip()} if told else {}) | more


def _untitled(schema: Any) -> Any:
    """A schema without the titles that are only its names spelt otherwise."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _untitled(each) for name, each in schema.items() if not (name == "title" and isinstance(each, str))}


def _given(schema: Json) -> Json:
    """What a parameter is if it is given at all: a query has no null."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return {name: each for name, each in schema.items() if name != "anyOf"} | kinds[0] if kinds else schema


def text() -> str:
    """The document as it is kept and served."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text())
