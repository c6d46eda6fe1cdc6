"""What OpenAI takes and what it refuses, with the status, code and parameter it refuses with."""

import json

import pytest
from jsonschema_rs import Draft202012Validator

from infra.sandbox.openai.requests import NOT_PLAYED, CreateResponse, read
from infra.sandbox.openai.wire import Refused
from tests.infra.sandbox.openai.asking import a_request, ask, formatted, refused
from tests.infra.sandbox.running import Json, Sandbox, contract

PARTS = [{"type": "input_text", "text": "Hel"}, {"type": "input_text", "text": "lo"}]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"input": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Hello"}]},
        {"input": [{"type": "message", "role": "user", "content": PARTS}]},
        {"instructions": "Be brief", "store": False, "metadata": {"team": "acme"}},
        {"temperature": 0, "top_p": 1, "reasoning": {"effort": "low"}, "prompt_cache_key": "k"},
        {"text": formatted(description="What was said") | {"verbosity": "low"}},
        {"text": formatted({"type": "object"}, strict=False)},
    ],
)
def test_a_right_request_is_answered(sandbox: Sandbox, changes: Json) -> None:
    """By the brain that was handed in, which is given what the user asked first."""
    answer = ask(sandbox, **changes)

    assert 200 == answer.status_code, answer.text
    [said] = answer.json()["output"][0]["content"]
    assert {"said": "Hello"} == json.loads(said["text"])


@pytest.mark.parametrize(
    ("authorization", "code"),
    [("", None), ("Basic c2s6", None), ("Bearer sk-stranger", "invalid_api_key")],
)
def test_who_has_no_key_is_not_answered(sandbox: Sandbox, authorization: str, code: str | None) -> None:
    """Before anything else is looked at."""
    assert (401, code, None) == refused(ask(sandbox, authorization, model=None))


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"model": None}, "missing_required_parameter", "model"),
        ({"model": ""}, "empty_string", "model"),
        ({"model": 5}, "invalid_type", "model"),
        ({"input": None}, "missing_required_parameter", "input"),
        ({"input": []}, "empty_array", "input"),
        ({"input": {"role": "user", "content": "Hello"}}, "invalid_type", "input"),
        ({"input": [{"role": "user"}]}, "missing_required_parameter", "input[0].content"),
        ({"input": [{"role": "boss", "content": "Hello"}]}, "invalid_value", "input[0].role"),
        ({"input": [{"role": "user", "content": "Hello", "urgent": True}]}, "unknown_parameter", "input[0].urgent"),
        ({"messages": [{"role": "user", "content": "Hello"}]}, "unknown_parameter", "messages"),
        ({"response_format": {"type": "json_object"}}, "unknown_parameter", "response_format"),
        ({"store": "no"}, "invalid_type", "store"),
        ({"instructions": ["Be brief"]}, "invalid_type", "instructions"),
        ({"temperature": 3}, "decimal_above_max_value", "temperature"),
        ({"top_p": -1}, "decimal_below_min_value", "top_p"),
        ({"reasoning": {"effort": "heroic"}}, "invalid_value", "reasoning.effort"),
        ({"metadata": {"team": 5}}, "invalid_type", "metadata.team"),
        ({"metadata": {str(n): "x" for n in range(17)}}, "object_above_max_properties", "metadata"),
        ({"tools": []}, "unsupported_parameter", "tools"),
        ({"stream": True}, "unsupported_parameter", "stream"),
        ({"text": {"format": {}}}, "missing_required_parameter", "text.format"),
        ({"text": {"format": {"type": "yaml"}}}, "invalid_value", "text.format"),
        ({"text": {"format": {"type": "text", "name": "x"}}}, "unknown_parameter", "text.format.name"),
        ({"text": {"style": "brief"}}, "unknown_parameter", "text.style"),
        ({"text": formatted(name=None)}, "missing_required_parameter", "text.format.name"),
        ({"text": formatted(name="my answer")}, "invalid_value", "text.format.name"),
        ({"text": formatted(name="x" * 65)}, "string_above_max_length", "text.format.name"),
        ({"text": formatted(None)}, "missing_required_parameter", "text.format.schema"),
        ({"text": formatted([])}, "invalid_type", "text.format.schema"),
        ({"text": formatted({"type": "object"})}, "invalid_json_schema", "text.format.schema"),
    ],
)
def test_a_wrong_request_is_refused_and_the_parameter_named(
    sandbox: Sandbox, changes: Json, code: str, param: str
) -> None:
    """In the form of OpenAI's own errors, with status 400."""
    assert (400, code, param) == refused(ask(sandbox, **changes))


@pytest.mark.parametrize("body", [[], "Hello", None, 5])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    """Whatever else it is."""
    with pytest.raises(Refused, match="not a JSON object"):
        read(body)


def official() -> Json:
    """OpenAI's own specification."""
    document: Json = json.loads(contract("openai/schema/openapi.trimmed.json").read_text())
    return document


def test_the_parameters_are_those_of_the_real_api() -> None:
    """None is made up, and none is missing among those that are known but not played."""
    schemas = official()["components"]["schemas"]

    def properties(schema: Json) -> set[str]:
        named = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        return set(named.get("properties", {})).union(*map(properties, named.get("allOf", [])))

    assert properties(schemas["CreateResponse"]) == CreateResponse.model_fields.keys() | NOT_PLAYED


def test_what_is_taken_here_is_taken_there() -> None:
    """The requests of these tests are valid by OpenAI's own schema."""
    validator = Draft202012Validator({**official(), "$ref": "#/components/schemas/CreateResponse"})
    body = a_request(input=[{"role": "user", "content": "Hello"}], reasoning={"effort": "low"})

    assert [] == [error.message for error in validator.iter_errors(body)]


def test_a_recorded_request_is_taken() -> None:
    """As the SDK really sent it."""
    for name in ("parse", "create_json_schema"):
        recorded = json.loads(contract(f"openai/given/wire.responses.{name}.request.json").read_text())
        assert read(recorded.get("body", recorded)).model == "gpt-5.1"
