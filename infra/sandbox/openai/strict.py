"""What a JSON schema must be for strict structured output (platform.openai.com, guide "Structured model outputs").

Only a part of JSON Schema can be enforced while a model writes: objects are closed, every property is required, and
keywords of which the guide does not say that they are supported are refused.
"""

from collections.abc import Iterator

from infra.sandbox.core.state import Json

MAX_PROPERTIES, MAX_DEPTH, MAX_ENUM_VALUES, MAX_CHARACTERS = 5000, 10, 1000, 120_000

_TYPES = {"string", "number", "integer", "boolean", "null", "object", "array"}
_FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
_PERMITTED = {
    *("$ref", "$defs", "definitions", "title", "description", "type", "enum", "const", "anyOf"),
    *("properties", "required", "additionalProperties", "items", "minItems", "maxItems", "pattern", "format"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}

type _Place = tuple[str, ...]


def strict_flaw(schema: Json) -> str:
    """The first thing that keeps a schema from being enforced, worded as OpenAI does; empty if there is none."""
    return next(_flaws(schema), "")


def _flaws(root: Json) -> Iterator[str]:
    if root.get("type") != "object":
        yield f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {root.get('type')!r}'."
    parts = list(_walk(root, (), 0))
    for place, part, _ in parts:
        for flaw in _part_flaws(part, root):
            yield f"In context={place}, {flaw}"
    yield from _size_flaws([(part, depth) for _, part, depth in parts if isinstance(part, dict)])


def _walk(part: object, place: _Place, depth: int) -> Iterator[tuple[_Place, object, int]]:
    """A schema and all schemas inside, each with its place and the number of objects around it."""
    yield place, part, depth
    if not isinstance(part, dict):
        return
    below = depth + (part.get("type") == "object")
    for keyword in ("properties", "$defs", "definitions"):
        for name, inner in _mapping(part.get(keyword)).items():
            yield from _walk(inner, (*place, keyword, name), below if keyword == "properties" else 0)
    for number, inner in enumerate(_listed(part.get("anyOf"))):
        yield from _walk(inner, (*place, "anyOf", str(number)), below)
    if "items" in part:
        yield from _walk(part["items"], (*place, "items"), below)


def _part_flaws(part: object, root: Json) -> Iterator[str]:
    if not isinstance(part, dict):
        yield f"{part!r} is not of type 'object'."
        return
    yield from (f"'{keyword}' is not permitted." for keyword in part if keyword not in _PERMITTED)
    if "$ref" in part:
        yield from _reference_flaws(part, root)
        return
    yield from _type_flaws(part)
    if _is(part, "object"):
        yield from _object_flaws(part)
    if _is(part, "array") and "items" not in part:
        yield "array schema missing items."
    if "enum" in part and not _listed(part["enum"]):
        yield "'enum' must be a list with at least one value."
    if part.get("format", "uuid") not in _FORMATS:
        yield f"'{part['format']}' is not a valid format."


def _reference_flaws(part: Json, root: Json) -> Iterator[str]:
    if beside := sorted(part.keys() - {"$ref"}):
        yield f"$ref cannot have keywords {set(beside)}."
    target: object = root
    for name in str(part["$ref"]).removeprefix("#").split("/")[1:]:
        target = _mapping(target).get(name)
    if not str(part["$ref"]).startswith("#") or not isinstance(target, dict):
        yield f"reference to component '{part['$ref']}' which was not found in the schema."


def _type_flaws(part: Json) -> Iterator[str]:
    kinds = [part["type"]] if isinstance(part.get("type"), str) else _listed(part.get("type"))
    if not kinds and not _listed(part.get("anyOf")):
        yield "schema must have a 'type' key."
    yield from (f"{kind!r} is not valid under any of the given schemas." for kind in kinds if kind not in _TYPES)


def _object_flaws(part: Json) -> Iterator[str]:
    if part.get("additionalProperties") is not False:
        yield "'additionalProperties' is required to be supplied and to be false."
    names, needed = list(_mapping(part.get("properties"))), _listed(part.get("required"))
    rule = "'required' is required to be supplied and to be an array including every key in properties."
    yield from (f"{rule} Missing '{name}'." for name in names if name not in needed)
    yield from (f"{rule} Extra required key '{name}' supplied." for name in needed if name not in names)


def _size_flaws(parts: list[tuple[Json, int]]) -> Iterator[str]:
    names = [name for part, _ in parts for keyword in ("properties", "$defs") for name in _mapping(part.get(keyword))]
    values = [value for part, _ in parts for value in _listed(part.get("enum"))]
    properties = sum(len(_mapping(part.get("properties"))) for part, _ in parts)
    characters = sum(len(str(each)) for each in [*names, *values])
    for what, size, limit in (
        ("object properties", properties, MAX_PROPERTIES),
        ("levels of nesting", max((depth + _is(part, "object") for part, depth in parts), default=0), MAX_DEPTH),
        ("enum values", len(values), MAX_ENUM_VALUES),
        ("characters in names and values", characters, MAX_CHARACTERS),
    ):
        if size > limit:
            yield f"Expected at most {limit} {what}, but got {size}."


def _is(part: Json, kind: str) -> bool:
    return part.get("type") == kind or kind in _listed(part.get("type"))


def _mapping(thing: object) -> Json:
    return thing if isinstance(thing, dict) else {}


def _listed(thing: object) -> list[object]:
    return thing if isinstance(thing, list) else []
