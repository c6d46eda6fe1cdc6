"""OpenAI as the writer of reports: one request, one answer, and nothing that cannot be read is an error."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from infra.sandbox.openai.responses import create
from pm_assistant.domain.errors import Misconfigured, ProductError, UpstreamUnavailable
from pm_assistant.domain.phrasing import Phrasing, Sentence
from pm_assistant.integrations.openai.writer import OpenAIWriter

GOOD = '{"sentences": []}'
FACTS = ("ENG-1 Ship it", "ENG-2 Build it (already begun)")


def phrase(handler: Callable[[httpx2.Request], httpx2.Response]) -> Phrasing:
    """Have two facts worded by an OpenAI that is a function."""
    client = openai.DefaultHttpxClient(transport=httpx2.MockTransport(handler))
    writer = OpenAIWriter("sk-1", "https://openai.test/v1", "gpt-5.4-mini", http_client=client)
    return writer.phrase(FACTS, language="en")


def answering(text: str, asked: list[dict[str, Any]]) -> Callable[[httpx2.Request], httpx2.Response]:
    """An OpenAI that answers so, as the sandbox's does, and keeps what it was asked."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content))
        good = create(asked[-1], lambda *_: GOOD)
        return httpx2.Response(200, content=json.dumps(good).replace(json.dumps(GOOD), json.dumps(text)))

    return handler


def test_facts_are_asked_about_once_numbered_and_as_data() -> None:
    """What people wrote stands in the input alone, and what comes back is known by its number and paid for."""
    asked: list[dict[str, Any]] = []
    answer = {"sentences": [{"number": 1, "text": "ENG-2 Build it is begun"}]}

    phrasing = phrase(answering(json.dumps(answer), asked))

    assert (Sentence(number=1, text="ENG-2 Build it is begun"),) == phrasing.sentences
    assert phrasing.cost_microdollars > 0
    [request] = asked
    assert "ENG-1" not in request["instructions"]
    assert {"number": 0, "text": "ENG-1 Ship it"} in json.loads(request["input"])["facts"]
    assert request["store"] is False


@pytest.mark.parametrize("text", ["", "no JSON", '{"sentences": [{"number": "x"}]}'])
def test_an_answer_that_cannot_be_read_has_no_sentences(text: str) -> None:
    """It is paid for all the same."""
    assert () == phrase(answering(text, [])).sentences


@pytest.mark.parametrize(("status", "error"), [(401, Misconfigured), (500, UpstreamUnavailable)])
def test_no_answer_is_an_error_of_ours(status: int, error: type[ProductError]) -> None:
    """Without the key, which OpenAI's own messages quote."""
    with pytest.raises(error):
        phrase(lambda _: httpx2.Response(status, json={"error": {"message": "sk-1", "code": None}}))
