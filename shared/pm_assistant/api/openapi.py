"""The API's own description (OpenAPI 3.1), made of the routes as they are.

It is written once, by `python -m pm_assistant.api.openapi`, and served as it was written; a test fails when the two
drift apart.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from pydantic import Field

from pm_assistant.api import routes
from pm_assistant.api.app import app, load
from pm_assistant.api.context import PROBLEMS
from pm_assistant.api.examples import ANSWERS, BODIES, PLACES
from pm_assistant.api.fields import meaning
from pm_assistant.api.guards import LONGEST_KEY, WRITES
from pm_assistant.domain.model import Model
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime.http import PROBLEM_JSON
from pm_assistant.web.manual import manual

DOCUMENT = Path(__file__).with_name("openapi.json")
MANUAL = Path(__file__).with_name("manual.html")
VERSION = "1.0.0"
_LABELS = [vendor.label for vendor in VENDORS.values()]
VENDOR_NAMES = f"{', '.join(_LABELS[:-1])} and {_LABELS[-1]}"
KEPT_NAMES = " and ".join(vendor.label for vendor in VENDORS.values() if vendor.tells_of_everybody)
DESCRIPTION = f"""\
PM Assistant keeps {KEPT_NAMES} in agreement. Everything here is about one tenant, the caller's: which one
that is comes from the credential and from nowhere else.

**Who is calling.** People send the `id_token` that `POST /auth/login` hands out, programs an API key (`pma_…`) that an
admin made with `POST /v1/keys`; both as `Authorization: Bearer …`. What a caller may do is a scope, and each includes
the ones before it: `read`, `run`, `admin`, `owner`. A member of the team has `run`.

**Lists** come in pages. As long as an answer names a `next`, there may be more: send it as `cursor`.

**Errors** are problems (RFC 9457). A field that cannot be used is named; what was in it is never repeated. What does
not get as far as us API Gateway answers itself, as `{{"message": "…"}}` of `application/json`: a path that is none of
these (404), no `Authorization` where one is needed (401), too many requests at once (429).

**Nothing is passed over.** A parameter or a field that an operation does not have is refused by name (422), and so is a
parameter that is given twice. A method that a path does not have is answered with those that it has (405, `Allow`).

**Doing a thing once.** Send an `Idempotency-Key` of your own making with a write: repeated within a day, it gets the
first answer again, with `Idempotency-Replayed: true`, and nothing happens twice. Secrets that are shown once are left
out of the repetition. What got no answer, or one from 500 on, may be repeated as well: what it did is not done again.

**How often.** Each tenant has so many requests a minute; `RateLimit-*` headers say how many are left.
"""
MEANINGS = {
    400: "Something in the request makes no sense here; `field` says what.",
    401: "Who is calling is not proven. Without an `Authorization` header API Gateway itself answers, with a message.",
    403: "This caller may not do that.",
    404: "There is no such thing in this tenant.",
    409: "Things stand otherwise than the caller believes, or the same request is being answered right now.",
    422: "Fields or parameters are malformed or unknown; `errors` names them.",
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
    "billing": "What the tenant pays for, what that allows, and what is used and left of it.",
    "connections": f"{VENDOR_NAMES}: tied, healthy, or broken since when.",
    "members": "The people of the team, and who they are at each vendor.",
    "work": "Tickets, conversations and the current standup.",
    "code": "What the team builds, as the code host told it.",
    "experiments": "What would be done if the team let us, and what is tried on a part of its conversations.",
    "decisions": "What was decided and done, and answers to it.",
    "rules": "What a team's people have decided once for all: what is never asked about, or always asked first.",
    "subscriptions": "Who gets which report when.",
    "runs": "Work that takes longer than a request.",
    "finetunes": "Training the model that judges on what the team has answered.",
    "exports": "All of a tenant's data, out and in.",
    "operator": "How all tenants fare, for those alone who operate the service: states and counts, and no one's words.",
}
PUBLIC_NAMES = {
    "ConnectionHealth": "Health",
    "ConnectionStatus": "State",
    "ConversationView": "Talk",
    "ConversationPage": "TalkPage",
    "DecisionView": "Decision",
    "JobKind": "RunKind",
    "JobState": "RunState",
    "MessageView": "Said",
    "ReportChannel": "Delivery",
}
"""Schemas that keep the names clients were generated with, whatever the code calls them now."""
_NAMES_IN_CODE = {public_name: name for name, public_name in PUBLIC_NAMES.items()}

EVERYWHERE = {422, 500, 503}
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
    for name in _names():
        load(name)
    scheme = HTTPBearer(description="an id token or an API key", bearerFormat="JWT or pma_…")
    serialised = app.get_openapi_json_schema(
        title="PM Assistant", version=VERSION, description=DESCRIPTION, security_schemes={"bearer": scheme}
    )
    for name, public_name in PUBLIC_NAMES.items():
        serialised = re.sub(rf'(?<=["/_]){name}(?=["_])', public_name, serialised)
    spec: Json = json.loads(re.sub(r"\bPage_(\w+?)_\b", r"\1Page", serialised))
    schemas = spec["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        del schemas[name]
    request_schemas = _referenced(
        schemas, *(op.get("requestBody") for item in spec["paths"].values() for op in item.values())
    )
    described = {
        name: _schema(name, schema, only_returned=name not in request_schemas) for name, schema in schemas.items()
    }
    for kind in (Flaw, Problem, GatewayMessage):
        model_schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
        model_schema.pop("$defs", None)
        described[kind.__name__] = _schema(kind.__name__, model_schema, only_returned=False)
    spec["components"]["schemas"] = {name: _untitled(described[name]) for name in sorted(described)}
    spec["components"] |= {"headers": HEADERS, "responses": {_name(status): _problem(status) for status in MEANINGS}}
    spec["tags"] = [{"name": name, "description": description} for name, description in TAGS.items()]
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _describe(operation, method.upper(), path)
            _exemplify(operation, spec["components"]["schemas"])
    paths = sorted(spec["paths"].items(), key=lambda item: (_tag_position(item[1]), item[0]))
    return spec | {"paths": dict(paths)}


def _describe(operation: Json, method: str, path: str) -> None:
    """Say of one operation what its function says of itself, and everything that it may answer."""
    function = _functions()[operation["operationId"].removesuffix(_suffix(path, method))]
    summary, _, details = (function.__doc__ or "").partition("\n")
    operation |= {"operationId": function.__name__, "summary": summary.rstrip(".")}
    if details.strip():
        operation["description"] = "\n".join(line.strip() for line in details.strip().splitlines())
    for parameter in operation.get("parameters", []):
        schema = _without_null(_untitled(parameter["schema"]))
        parameter["schema"] = {name: value for name, value in schema.items() if name != "description"}
        if said := meaning(function.__name__, parameter["name"]):
            parameter.setdefault("description", said)
    needs_caller, writes = "security" in operation, method in WRITES
    problems = EVERYWHERE | set(operation.pop(PROBLEMS, ()))
    problems |= {400} if writes or "parameters" in operation else set()
    problems |= {404} if "{" in path else set()
    problems |= {409} if needs_caller and writes else set()
    if needs_caller and writes:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    successes = {status: response for status, response in operation["responses"].items() if status.startswith("2")}
    for status, response in successes.items():
        response["description"] = HTTPStatus(int(status)).phrase
        limits = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset") if needs_caller else ()
        replay_header = ("idempotency-replayed",) if needs_caller and writes else ()
        response["headers"] = _headers("x-request-id", *limits, *replay_header)
        if int(status) == HTTPStatus.NO_CONTENT:
            del response["content"]
    refusals = {str(status): {"$ref": f"#/components/responses/{_name(status)}"} for status in sorted(problems)}
    operation["responses"] = successes | refusals


def _exemplify(operation: Json, schemas: Json) -> None:
    """Show what goes in and what comes out if all goes well."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" or (parameter["in"] == "query" and parameter.get("required")):
            parameter["example"] = PLACES[parameter["name"]]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = BODIES[_referred(content["schema"])]
    for response in operation["responses"].values():
        for content in response.get("content", {}).values():
            content["example"] = _answer(_referred(content["schema"]), schemas)


def _answer(name: str, schemas: Json) -> object:
    fields = schemas[name].get("properties", {})
    if "next" in fields:
        return dict.fromkeys(fields) | {"items": [_answer(_referred(fields["items"]["items"]), schemas)]}
    return ANSWERS[_NAMES_IN_CODE.get(name, name)]


def _referred(schema: Json) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


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
    return {name: function for module in _modules() for name, function in vars(module).items() if callable(function)}


def _modules() -> Iterator[ModuleType]:
    return (import_module(f"{routes.__name__}.{name}") for name in _names())


def _names() -> Sequence[str]:
    return sorted(set(chain.from_iterable(routes.MODULES.values())))


def _tag_position(operations: Json) -> int:
    return min(list(TAGS).index(operation["tags"][0]) for operation in operations.values())


def _referenced(schemas: Json, *roots: object) -> set[str]:
    """The schemas that something refers to, directly or through others."""
    names: set[str] = set()
    pending = list(roots)
    while pending:
        new_names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(pending.pop()))) - names
        names |= new_names
        pending += [schemas[name] for name in new_names]
    return names


def _schema(owner: str, schema: Json, *, only_returned: bool) -> Json:
    """A model with what is said of each attribute; what we only return, never take, is always all there."""
    description, _, attributes = schema.get("description", "").partition("Attributes:")
    properties = schema.get("properties", {})
    for name, text in re.findall(r"^ *(\w+): (.*(?:\n {8,}.*)*)", attributes, re.M):
        properties[name].setdefault("description", " ".join(text.split()))
    for name, field_schema in properties.items():
        if said := meaning(owner, name):
            field_schema.setdefault("description", said)
    required = {"required": list(properties)} if properties and only_returned else {}
    return schema | ({"description": description.strip()} if description else {}) | required


def _untitled(schema: Any) -> Any:
    """A schema without the titles that are only its names spelt otherwise."""
    if isinstance(schema, list):
        return [_untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _untitled(part) for name, part in schema.items() if not (name == "title" and isinstance(part, str))}


def _without_null(schema: Json) -> Json:
    """What a parameter is if it is given at all: a query has no null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return {name: value for name, value in schema.items() if name != "anyOf"} | kinds[0] if kinds else schema


def text() -> str:
    """The document as it is kept and served."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text())
    MANUAL.write_text(manual(json.loads(text())), "utf-8")
