"""Judging answers by an OpenAPI document."""

import re
from typing import Any

from jsonschema_rs import Draft202012Validator

type Json = dict[str, Any]

_REFERENCE = re.compile(r"#/components/schemas/([^'\"]+)")


def response_flaws(document: Json, operation: str, status: int, body: object) -> list[str]:
    """Where a body breaks what an operation answers with that status."""
    found = next(
        each
        for path in document["paths"].values()
        for each in path.values()
        if isinstance(each, dict) and each.get("operationId") == operation
    )
    return flaws(document, found["responses"][str(status)]["content"]["application/json"]["schema"], body)


def flaws(document: Json, schema: Json, body: object) -> list[str]:
    """Where a body breaks a schema of the document."""
    judged = {**schema, "components": {"schemas": _used(document, schema)}}
    return [
        f"{'/'.join(map(str, e.instance_path))}: {e.message[:200]}"
        for e in Draft202012Validator(_nullable(judged)).iter_errors(body)
    ]


def _used(document: Json, schema: Json) -> Json:
    """The document's schemas that one refers to, near and far; to prepare all of them takes its time."""
    used: Json = {}
    waiting = [schema]
    while waiting:
        for name in set(_REFERENCE.findall(str(waiting.pop()))) - used.keys():
            used[name] = document["components"]["schemas"][name]
            waiting.append(used[name])
    return used


def _nullable(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has the type `null`."""
    if isinstance(node, list):
        return [_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _nullable(each) for name, each in node.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain
