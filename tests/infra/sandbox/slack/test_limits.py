"""Slack's regime for apps that its Marketplace does not list, which the sandbox keeps to unless told otherwise."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from pm_assistant.domain.events import EventsMissed, WebhookEvent
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.slack.webhook import SlackWebhook
from tests.infra.sandbox.running import (
    GENERAL,
    SECRETS,
    SLACK_TOKEN,
    Json,
    Sandbox,
    SetClock,
    contract,
    flaws,
    receiving,
    serving,
)


def test_events_beyond_what_an_hour_holds_are_dropped_and_the_app_is_told_of_each_such_minute(
    tmp_path: Path, demo: Path
) -> None:
    """Once a minute, in Slack's own form, which our reader takes for missed events; an hour later all comes again."""
    clock = SetClock()
    with receiving() as receiver, serving(tmp_path, demo, receiver.url, clock=clock) as sandbox:
        sandbox.control("config", slack_events_an_hour=2)
        for text in ("told", "told too", "dropped", "dropped too"):
            sandbox.control("slack/messages", channel="general", user="ana", text=text)
        clock.pass_by(minutes=1)
        sandbox.control("slack/messages", channel="general", user="ana", text="dropped a minute later")
        receiver.wait(2, "slack", "app_rate_limited")
        clock.pass_by(hours=1)
        sandbox.control("slack/messages", channel="general", user="ana", text="told again")
        told = receiver.wait(3, "slack", "message")
        limited = receiver.of("slack", "app_rate_limited")

    assert ["told", "told too", "told again"] == [event.body["event"]["text"] for event in told]
    minutes = [datetime(2026, 11, 24, 9, minute, tzinfo=UTC) for minute in (0, 1)]
    assert [int(minute.timestamp()) for minute in minutes] == [each.body["minute_rate_limited"] for each in limited]
    schema = json.loads(contract("slack/schema/events_and_blocks.types.schema.json").read_text())
    assert [] == [flaw for each in limited for flaw in flaws(schema, "AppRateLimitedEvent", each.body)]
    source = SlackWebhook(SECRETS["slack_signing_secret"])
    now = datetime.fromtimestamp(int(limited[0].headers["x-slack-request-timestamp"]), UTC)
    read_by_us = [source.accept(WebhookRequest(headers=each.headers, body=each.raw), now) for each in limited]
    assert [
        WebhookEvent(provider=Provider.SLACK, external_id="T0TEST", happening=EventsMissed(at=minute))
        for minute in minutes
    ] == read_by_us


def read(sandbox: Sandbox, method: str, **arguments: object) -> httpx.Response:
    """Call a method that reads what was said."""
    headers = {"authorization": f"Bearer {SLACK_TOKEN}"}
    return sandbox.http.post(f"/slack/api/{method}", json={"channel": GENERAL, **arguments}, headers=headers)


def said(sandbox: Sandbox, count: int) -> str:
    """Let Ana begin a thread and answer herself so many times; returns the thread's ts."""
    first: Json = sandbox.control("slack/messages", channel="general", user="ana", text="0")
    for number in range(count):
        sandbox.control("slack/messages", channel="general", user="ana", text=f"{number}", thread_ts=first["ts"])
        sandbox.control("slack/messages", channel="general", user="ana", text=f"{number}")
    return str(first["ts"])


def test_what_was_said_is_read_once_a_minute_by_each_method(tmp_path: Path, demo: Path) -> None:
    """Too early is 429 with the seconds that are left, counts for nothing, and does not make it later."""
    clock = SetClock()
    with serving(tmp_path, demo, clock=clock) as sandbox:
        ts = said(sandbox, 1)

        assert 200 == read(sandbox, "conversations.history").status_code
        clock.pass_by(seconds=20.5)
        assert 200 == read(sandbox, "conversations.replies", ts=ts).status_code
        early = read(sandbox, "conversations.history")
        assert (429, "40", "ratelimited") == (early.status_code, early.headers["retry-after"], early.json()["error"])
        clock.pass_by(seconds=40)
        assert (200, 429) == tuple(
            read(sandbox, method, ts=ts).status_code for method in ("conversations.history", "conversations.replies")
        )


@pytest.mark.parametrize("limit", [{}, {"limit": 200}])
def test_a_page_has_fifteen_messages_at_most(tmp_path: Path, demo: Path, limit: Json) -> None:
    """Whatever was asked for; a cursor leads on."""
    clock = SetClock()
    with serving(tmp_path, demo, clock=clock) as sandbox:
        ts = said(sandbox, 20)

        for method in ("conversations.history", "conversations.replies"):
            page = read(sandbox, method, ts=ts, **limit).json()
            assert (15, True) == (len(page["messages"]), bool(page["response_metadata"]["next_cursor"]))


def test_a_listed_app_reads_as_it_likes(sandbox: Sandbox) -> None:
    """So does one that a company made for itself."""
    sandbox.control("config", slack_history_limit=False)
    said(sandbox, 20)

    pages = [read(sandbox, "conversations.history").json()["messages"] for _ in range(2)]

    assert [21, 21] == [len(page) for page in pages]
