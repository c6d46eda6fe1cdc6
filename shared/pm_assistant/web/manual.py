"""The API's manual for people: one page without anything from elsewhere, made of the OpenAPI document.

It is read without its script, too, which only searches.
"""

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from pm_assistant.web.rendering import csp_source, read_asset, render

STYLE, SCRIPT = read_asset("manual.css"), read_asset("manual.js")
POLICY = (
    f"default-src 'none'; style-src {csp_source(STYLE)}; script-src {csp_source(SCRIPT)}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the page: its own style and script and nothing else."""

_MARKED = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")

type Json = Mapping[str, Any]


class Operation(NamedTuple):
    """One operation, with the answers it may give, each under its status."""

    method: str
    path: str
    details: Json
    answers: list[tuple[str, Json]]


def manual(document: Json) -> str:
    """Write the page."""
    sections = [(tag, operations(document, tag["name"])) for tag in document["tags"]]
    return render(
        "manual.html",
        style=STYLE,
        script=SCRIPT,
        info=document["info"],
        sections=[(tag, operations) for tag, operations in sections if operations],
        schemas=document["components"]["schemas"],
        paragraphs=_paragraphs,
        pieces=_pieces,
        plain_kind=_plain_kind,
        default_of=_default_of,
        curl=curl,
        in_json=_in_json,
        example_of=_example_of,
    )


def curl(operation: Operation) -> str:
    """How the operation is asked for at a terminal, with its examples; `API` and `TOKEN` are the reader's own."""
    details = operation.details
    parameters = details.get("parameters", ())
    values = {each["name"]: quote(each["example"], safe=":") for each in parameters if each["in"] == "path"}
    words = ["curl"] if operation.method == "get" else ["curl", "-X", operation.method.upper()]
    asked = [
        f"{each['name']}={quote(each['example'])}" for each in parameters if each["in"] == "query" and each["required"]
    ]
    query = f"?{'&'.join(asked)}" if asked else ""
    words.append(f'"$API{operation.path.format(**values)}{query}"')
    if "security" in details:
        words += ["-H", '"Authorization: Bearer $TOKEN"']
    if any(each["name"] == "Idempotency-Key" for each in parameters):
        words += ["-H", '"Idempotency-Key: $(uuidgen)"']
    if body := details.get("requestBody"):
        words += ["-H", '"Content-Type: application/json"', "-d", shlex.quote(_in_json(_example_of(body)))]
    return " ".join(words)


def _example_of(message: Json) -> object:
    """The example of a body or an answer; None if it has none."""
    return next((content["example"] for content in message.get("content", {}).values() if "example" in content), None)


def _in_json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def operations(document: Json, tag: str) -> list[Operation]:
    """All that is under a tag."""
    shared = document["components"].get("responses", {})
    return [
        Operation(
            method,
            path,
            details,
            [
                (status, shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response)
                for status, response in details["responses"].items()
            ],
        )
        for path, operations in document["paths"].items()
        for method, details in operations.items()
        if tag in details["tags"]
    ]


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in text.strip().split("\n\n") if paragraph.strip()]


def _pieces(text: str) -> list[tuple[str, str]]:
    """A text in pieces, each with how it is marked: `code`, **strong** or not at all."""
    pieces, end = [], 0
    for match in _MARKED.finditer(text):
        mark = "code" if match[1] else "strong"
        pieces += [("", text[end : match.start()]), (mark, match[1] or match[2])]
        end = match.end()
    return [*pieces, ("", text[end:])]


def _plain_kind(schema: Json) -> str:
    """A schema of one value in a few words."""
    kind = schema.get("format") or schema.get("type") or "anything"
    return " ".join(filter(None, [kind, _bounds(schema)]))


def _bounds(schema: Json) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"from {low:g}"
    return f"up to {schema['maxLength']} characters" if "maxLength" in schema else ""


def _default_of(schema: Json) -> str:
    """What a field is if it is left out, where that is worth a word."""
    default = schema.get("default")
    return "" if default in (None, "", [], {}) else json.dumps(default)
