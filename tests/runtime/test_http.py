"""The HTTP edge: raw bodies in, problem+json out."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain import errors
from pm_assistant.runtime.http import STATUSES, problem, webhook_request
from tests.runtime.test_batch import kinds_of


@given(body=st.binary())
def test_a_form_body_arrives_byte_for_byte(body: bytes) -> None:
    """The signature was made over the raw bytes, which HTTP API wraps in base64."""
    event = {"body": base64.b64encode(body).decode(), "isBase64Encoded": True, "headers": {"X-Slack-Signature": "v0"}}

    request = webhook_request(event)

    assert (body, {"x-slack-signature": "v0"}) == (request.body, request.headers)


@given(text=st.text())
def test_a_json_body_arrives_as_it_was_sent(text: str) -> None:
    """JSON comes as text; its UTF-8 bytes are what was signed."""
    body = json.dumps({"text": text}, ensure_ascii=False)
    encodable = body.encode("utf-8", errors="replace").decode()

    assert encodable.encode() == webhook_request({"body": encodable}).body


def test_an_empty_request_is_an_empty_body() -> None:
    """No body, no headers, no crash."""
    assert (b"", {}) == (webhook_request({}).body, webhook_request({}).headers)


@pytest.mark.parametrize("kind", kinds_of(errors.ProductError))
def test_every_error_has_a_status(kind: type[errors.ProductError]) -> None:
    """A new error class must say what it means to an HTTP caller."""
    assert kind in STATUSES or kind is errors.UpstreamError


def test_a_bad_field_is_named() -> None:
    """The caller learns what to mend, in the standard form."""
    answer = problem(errors.InvalidRequest("is missing", field="event.ts"))

    assert 400 == answer["statusCode"]
    assert "application/problem+json" == answer["headers"]["Content-Type"]
    assert {"status": 400, "title": "Bad Request", "detail": "is missing", "field": "event.ts"}.items() <= json.loads(
        str(answer["body"])
    ).items()


def test_a_mistake_in_our_own_setup_is_told_to_the_log_and_not_to_the_caller(caplog: pytest.LogCaptureFixture) -> None:
    """Who asks can do nothing about it; the level is the one that raises an alarm."""
    answer = problem(errors.Misconfigured("environment variable TABLE_NAME: Field required"))

    assert (500, False) == (answer["statusCode"], "TABLE_NAME" in str(answer["body"]))
    [line] = caplog.records
    assert ("ERROR", True) == (line.levelname, "TABLE_NAME" in caplog.text)


def test_a_rate_limit_says_when_to_come_back() -> None:
    """Retry-After in whole seconds, never too early."""
    assert "3" == problem(errors.RateLimited("slow down", retry_after=2.5))["headers"]["Retry-After"]
