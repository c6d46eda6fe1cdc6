"""Slack's regime for apps that its Marketplace does not list, which the sandbox keeps to unless told otherwise."""

from pathlib import Path

import httpx
import pytest

from tests.infra.sandbox.running import GENERAL, SLACK_TOKEN, Json, Sandbox, SetClock, serving


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
