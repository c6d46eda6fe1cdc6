"""The rules of strict structured output."""

import pytest

from infra.sandbox.openai.strict import strict_flaw
from tests.infra.sandbox.openai.asking import closed
from tests.infra.sandbox.running import Json

TEXT = {"type": "string"}


def nested(levels: int) -> Json:
    """Objects within objects."""
    return closed(inner=nested(levels - 1)) if levels > 1 else closed(inner=TEXT)


@pytest.mark.parametrize(
    "schema",
    [
        closed(),
        closed(a=TEXT, b={"type": ["integer", "null"], "minimum": 0, "maximum": 4}),
        closed(a={"anyOf": [TEXT, {"type": "null"}]}),
        closed(a={"type": "array", "items": closed(b=TEXT), "minItems": 1, "maxItems": 3}),
        closed(a={"type": "string", "enum": ["x", "y"], "title": "A", "description": "One of two"}),
        closed(a={"type": "string", "const": "x"}),
        closed(a={"type": "string", "format": "date-time"}, b={"type": "string", "pattern": "^x$"}),
        closed(a={"$ref": "#/$defs/Part"}) | {"$defs": {"Part": closed(b={"$ref": "#/$defs/Part"})}},
        closed(a={"$ref": "#"}),
        nested(10),
    ],
)
def test_what_can_be_enforced_is_taken(schema: Json) -> None:
    """All that the guide names as supported."""
    assert "" == strict_flaw(schema)


@pytest.mark.parametrize(
    ("schema", "flaw"),
    [
        ({"type": "array", "items": TEXT}, 'type: "object"'),
        ({"anyOf": [closed(), closed(a=TEXT)]}, 'type: "object"'),
        ({"type": "object", "properties": {}, "required": []}, "In context=(), 'additionalProperties' is required"),
        (closed() | {"additionalProperties": True}, "'additionalProperties' is required"),
        (closed() | {"additionalProperties": TEXT}, "'additionalProperties' is required"),
        (closed(a=TEXT) | {"required": []}, "Missing 'a'"),
        ({"type": "object", "properties": {"a": TEXT}, "additionalProperties": False}, "Missing 'a'"),
        (closed() | {"required": ["a"]}, "Extra required key 'a'"),
        (closed(a={"type": "object"}), "In context=('properties', 'a'), 'additionalProperties'"),
        (closed(a={"type": "array", "items": {"type": "object"}}), "('properties', 'a', 'items'), 'additional"),
        (closed(a={"anyOf": [TEXT, {"type": "object"}]}), "('properties', 'a', 'anyOf', '1'), 'additional"),
        (closed() | {"$defs": {"A": {"type": "object"}}}, "('$defs', 'A'), 'additional"),
        (closed(a={"type": "array"}), "array schema missing items"),
        (closed(a={}), "must have a 'type' key"),
        (closed(a={"type": "text"}), "'text' is not valid"),
        (closed(a=True), "True is not of type 'object'"),
        (closed(a={"type": "string", "enum": []}), "'enum' must be a list"),
        (closed(a={"type": "string", "format": "uri"}), "'uri' is not a valid format"),
        (closed(a={"$ref": "#/$defs/Nowhere"}), "'#/$defs/Nowhere' which was not found"),
        (closed(a={"$ref": "https://schemas.test/a"}), "which was not found"),
        (closed(a={"$ref": "#/$defs/A", "description": "x"}) | {"$defs": {"A": TEXT}}, "$ref cannot have keywords"),
        *(
            (closed(a={"type": kind, keyword: value}), f"'{keyword}' is not permitted")
            for kind, keyword, value in (
                ("string", "default", "x"),
                ("string", "minLength", 1),
                ("string", "maxLength", 9),
                ("string", "allOf", [TEXT]),
                ("string", "oneOf", [TEXT]),
                ("string", "not", TEXT),
                ("string", "if", TEXT),
                ("object", "patternProperties", {"^x": TEXT}),
                ("object", "minProperties", 1),
                ("array", "uniqueItems", True),
                ("array", "prefixItems", [TEXT]),
                ("array", "contains", TEXT),
            )
        ),
        (nested(11), "at most 10 levels of nesting"),
        (closed(**{f"p{n}": TEXT for n in range(5001)}), "at most 5000 object properties"),
        (closed(a={"type": "integer", "enum": list(range(1001))}), "at most 1000 enum values"),
        (closed(a={"type": "string", "enum": ["x" * 120_001]}), "at most 120000 characters"),
    ],
)
def test_what_cannot_be_enforced_is_refused(schema: Json, flaw: str) -> None:
    """The text says where, as OpenAI's does."""
    assert flaw in strict_flaw(schema)
