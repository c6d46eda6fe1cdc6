"""The function that webhooks come in through: what is missing on our side is never said to be the vendor's mistake."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.receive import app
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings.receive import ReceiveSettings
from tests.aws.emulated import aws


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The function with all its settings, in an account that has no secrets."""
    for name in ReceiveSettings.model_fields:
        monkeypatch.setenv(name.upper(), f"/{name}")
    _forget()
    with aws():
        monkeypatch.setattr(wiring, "client", boto3.client)
        yield
    _forget()


def _forget() -> None:
    app.settings.cache_clear()
    wiring.secrets.cache_clear()


def delivered() -> tuple[int, str]:
    """What a vendor gets for a delivery: status and reason."""
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": "/webhooks/slack",
        "headers": {},
        "body": "{}",
        "requestContext": {"stage": "$default", "http": {"method": "POST", "path": "/webhooks/slack"}},
    }
    answer = app.handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])["detail"]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/webhooks/slack"), ("POST", "/webhooks/x"), ("GET", "/webhooks")]
)
def test_no_answer_is_kept_on_its_way(method: str, path: str) -> None:
    """Nor read as something that it is not, nor asked for in the clear."""
    http = {"stage": "$default", "http": {"method": method, "path": path}}
    headers = app.handler({"version": "2.0", "rawPath": path, "headers": {}, "requestContext": http}, None)["headers"]

    assert "no-store" == headers["Cache-Control"]
    assert {"Strict-Transport-Security", "X-Content-Type-Options"} <= set(headers)


@pytest.mark.parametrize(
    ("status", "method", "stage", "path"),
    [
        (500, "POST", "$default", "/webhooks/slack"),  # there is a way: it is the secret that is missing
        (500, "POST", "dev", "/dev/webhooks/slack"),
        (404, "POST", "$default", "/dev/webhooks/slack"),
        (404, "POST", "$default", "/webhooks/slack/x"),
        (404, "POST", "$default", "/webhooks/"),
        (404, "GET", "$default", "/webhooks/slack"),
    ],
)
def test_a_vendor_s_deliveries_have_one_way_in(status: int, method: str, stage: str, path: str) -> None:
    """By POST, under the vendor's name, behind the stage's where it has one."""
    http = {"stage": stage, "http": {"method": method, "path": path}}
    event = {"version": "2.0", "rawPath": path, "headers": {}, "body": "{}", "requestContext": http}

    assert status == app.handler(event, None)["statusCode"]


def mistakes(caplog: pytest.LogCaptureFixture) -> str:
    """What the lines say that raise an alarm."""
    return " ".join(str(line.exc_info) for line in caplog.records if line.levelname == "ERROR")


def test_a_function_that_lacks_a_setting_does_not_blame_the_vendor(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A 4xx would have the vendor give the event up, and switch the webhook off in the end."""
    monkeypatch.delenv("REPORTS_QUEUE_URL")

    status, reason = delivered()

    assert (500, False) == (status, "REPORTS_QUEUE_URL" in reason)
    assert "REPORTS_QUEUE_URL" in mistakes(caplog)


def test_a_signing_secret_that_is_not_set_does_not_blame_the_vendor(caplog: pytest.LogCaptureFixture) -> None:
    """It is no 404: the vendor knows where to deliver, and it is we who cannot check."""
    status, reason = delivered()

    assert (500, False) == (status, "signing-secret" in reason)
    assert "slack/signing-secret" in mistakes(caplog)
