"""What comes back: the brain's words, checked as a model's would be."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator
from starlette.testclient import TestClient

from infra.sandbox.openai.responses import Declined, PromptCache, create
from infra.sandbox.openai.wire import Refused
from infra.sandbox.server import create_app
from tests.infra.sandbox.openai.asking import a_request, ask, formatted
from tests.infra.sandbox.running import OPENAI_KEY, Sandbox, contract, echo


def test_the_response_has_the_form_openai_documents() -> None:
    """And the fields of a recorded one."""
    document = json.loads(contract("openai/schema/openapi.trimmed.json").read_text())
    recorded = json.loads(contract("openai/given/wire.responses.parse.response.json").read_text())["body"]
    validator = Draft202012Validator({**document, "$ref": "#/components/schemas/Response"})
    body = create(a_request(instructions="Be brief", store=False, temperature=0.5, metadata={"a": "b"}), echo)

    assert [] == [error.message for error in validator.iter_errors(body)]
    assert set(recorded) == set(body)
    assert ("gpt-5.1", "Be brief", False, 0.5, {"a": "b"}) == tuple(
        body[name] for name in ("model", "instructions", "store", "temperature", "metadata")
    )
    assert formatted() == {"format": body["text"]["format"]}


@pytest.mark.parametrize(
    ("said", "flaw"),
    [
        ("I would say", "not JSON"),
        ("[]", 'is not of type "object"'),
        ('{"said": 5}', 'said: 5 is not of type "string"'),
        ("{}", '"said" is a required property'),
        ('{"said": "x", "more": 1}', "'more' was unexpected"),
    ],
)
def test_a_brain_says_nothing_that_a_model_could_not(said: str, flaw: str) -> None:
    """What does not have the form asked for never reaches the app as an answer."""
    with pytest.raises(Refused, match=flaw) as refusal:
        create(a_request(), lambda _: said)

    assert 500 == refusal.value.status


def test_free_text_is_whatever_the_brain_says() -> None:
    """Nothing was asked of its form."""
    body = create(a_request(text={"format": {"type": "text"}}), lambda _: "I would say")

    assert "I would say" == body["output"][0]["content"][0]["text"]


def test_a_brain_that_has_no_answer_is_an_error_of_the_server() -> None:
    """Its reason is passed on."""

    def brain(_: str) -> str:
        raise ValueError("what is that?")

    with pytest.raises(Refused, match="what is that"):
        create(a_request(), brain)


def test_a_brain_is_not_asked_about_what_is_refused() -> None:
    """The request is judged first."""

    def unasked(_: str) -> str:
        raise AssertionError("the brain was asked")

    with pytest.raises(Refused, match="model"):
        create(a_request(model=None), unasked)


@pytest.mark.parametrize(("brain", "status"), [(None, 404), (lambda _: "{}", 500), (echo, 200)])
def test_the_brain_is_the_one_that_was_handed_in(
    tmp_path: Path, demo: Path, brain: Callable[[str], str] | None, status: int
) -> None:
    """Without one there are no models."""
    app = create_app(tmp_path, "http://127.0.0.1", demo=demo, settings={"openai_api_key": OPENAI_KEY}, brain=brain)
    headers = {"authorization": f"Bearer {OPENAI_KEY}"}

    answer = TestClient(app).post("/openai/v1/responses", json=a_request(), headers=headers)

    code = answer.json()["error"]["code"] if answer.is_error else None
    assert (status, "model_not_found" if status == 404 else None) == (answer.status_code, code)


def test_errors_have_the_form_of_recorded_ones(sandbox: Sandbox) -> None:
    """Of a key that is not known, and of the faults that can be ordered."""
    recorded = {
        name: json.loads(contract(f"openai/given/wire.err.{name}.response.json").read_text())
        for name in ("401", "429once", "500")
    }
    sandbox.control("faults", vendor="openai", kind="rate_limit")
    sandbox.control("faults", vendor="openai", kind="server_error")
    answers = [ask(sandbox), ask(sandbox), ask(sandbox, "Bearer sk-stranger")]

    for answer, name in zip(answers, ("429once", "500", "401"), strict=True):
        expected = recorded[name]["body"]["error"]
        assert recorded[name]["status"] == answer.status_code
        assert {n: v for n, v in expected.items() if n != "message"} == {
            n: v for n, v in answer.json()["error"].items() if n != "message"
        }


def test_a_model_may_refuse() -> None:
    """In the form of a recorded refusal; that is paid for, as any answer is."""
    recorded = json.loads(contract("openai/given/wire.responses.refusal.response.json").read_text())["body"]

    def brain(_: str) -> str:
        raise Declined("I'm sorry, I can't help with that.")

    body = create(a_request(), brain)

    assert recorded["output"][0]["content"] == body["output"][0]["content"]
    assert ("completed", set(recorded)) == (body["status"], set(body))
    assert body["usage"]["output_tokens"] > 0


def test_what_a_model_may_write_has_an_end() -> None:
    """It is cut off there, whatever form was asked for, and says so."""
    long, short = (json.dumps({"said": "x" * length}) for length in (400, 40))
    cut = create(a_request(max_output_tokens=16), lambda _: long)
    whole = create(a_request(max_output_tokens=16), lambda _: short)

    assert ("incomplete", {"reason": "max_output_tokens"}, 16) == (
        cut["status"],
        cut["incomplete_details"],
        cut["usage"]["output_tokens"],
    )
    assert long.startswith(cut["output"][0]["content"][0]["text"])
    assert ("completed", None) == (whole["status"], whole["incomplete_details"])


def test_the_beginning_that_two_requests_share_is_read_from_the_cache() -> None:
    """From 1,024 tokens on, in steps of 128, for the same model and the same key of the cache."""
    cache = PromptCache()

    def cached(instructions: str, **changes: object) -> int:
        body = create(a_request(instructions=instructions, **changes), echo, cache)
        assert body["usage"]["input_tokens"] >= body["usage"]["input_tokens_details"]["cached_tokens"]
        return int(body["usage"]["input_tokens_details"]["cached_tokens"])

    long = "abcd" * 1500
    assert [0, 0] == [cached("short"), cached("short")]
    assert [0, 0] == [cached(long, prompt_cache_key="a"), cached(long, prompt_cache_key="b")]
    assert 1500 <= cached(long, prompt_cache_key="a") <= 1500 + 256
    assert 0 == cached(long, prompt_cache_key="a") % 128
    assert 0 == cached(long, prompt_cache_key="a", model="gpt-5")
    assert 0 == cached(f"Not {long}", prompt_cache_key="b")


def test_a_quota_that_is_used_up_is_no_rate_limit(sandbox: Sandbox) -> None:
    """As its own client tells them apart: by the code, and nothing says when to come again."""
    sandbox.control("faults", vendor="openai", kind="rate_limit", limit="quota")

    answer = ask(sandbox)

    error = answer.json()["error"]
    assert (429, "insufficient_quota", "insufficient_quota") == (answer.status_code, error["code"], error["type"])
    assert "retry-after" not in answer.headers
