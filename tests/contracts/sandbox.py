"""The vendor sandbox on a loopback port, for the contract suites of the real adapters."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from infra.sandbox.server import create_app, utc_now
from tests.infra.sandbox.running import on_a_free_port


class Sandbox:
    """The running server's addresses and its doors for tests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=f"{url}/_sandbox", timeout=10, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def state(self) -> dict[str, Any]:
        """Everything there is."""
        answer: dict[str, Any] = self._http.get("/state").raise_for_status().json()
        return answer

    def say(self, text: str, *, channel: str, user: str, thread_ts: str | None = None) -> str:
        """Let a person say something and return its ts."""
        body = {"channel": channel, "user": user, "text": text, "thread_ts": thread_ts}
        return str(self._http.post("/slack/messages", json=body).raise_for_status().json()["ts"])

    def command(self, text: str, *, channel: str, user: str) -> str:
        """Let a person type a command and return where that person alone is answered."""
        body = {"channel": channel, "user": user, "text": text}
        return str(self._http.post("/slack/commands", json=body).raise_for_status().json()["response_url"])

    def join(self, handle: str, **account: object) -> str:
        """Let somebody get accounts everywhere, or change what they are there; returns the Slack id."""
        body = {"handle": handle, **account}
        return str(self._http.post("/people", json=body).raise_for_status().json()["slack_id"])

    def account(self, handle: str, **account: object) -> str:
        """The same; returns the Linear id."""
        body = {"handle": handle, **account}
        return str(self._http.post("/people", json=body).raise_for_status().json()["linear_id"])

    def team(self, key: str, **team: object) -> str:
        """Found a tracker team, or change who may see it; returns its id."""
        return str(self._http.post("/linear/teams", json={"key": key, **team}).raise_for_status().json()["id"])

    def comment(self, ticket: str, body: str, **more: object) -> None:
        """A person comments on a ticket, named by its key or id."""
        self._http.post(f"/linear/issues/{ticket}/comments", json={"body": body, **more}).raise_for_status()

    def edit_comment(self, id: str, body: str) -> None:
        """A person writes something else into a comment."""
        self._http.post(f"/linear/comments/{id}", json={"body": body}).raise_for_status()

    def delete_comment(self, id: str) -> None:
        """A person deletes a comment."""
        self._http.post(f"/linear/comments/{id}", json={"deleted": True}).raise_for_status()

    def rename(self, kind: str, before: str, name: str) -> None:
        """A person calls a project, a cycle or a label otherwise; `kind` is the plural."""
        self._http.post(f"/linear/{kind}/{before}", json={"name": name}).raise_for_status()

    def add_ticket(self, team: str, title: str, **fields: object) -> str:
        """A person writes a ticket; returns its key."""
        answer = self._http.post("/linear/issues", json={"team": team, "title": title, **fields}).raise_for_status()
        return str(answer.json()["issue"]["identifier"])

    def change_ticket(self, ticket: str, **fields: object) -> None:
        """A person changes a ticket, named by its key or id."""
        self._http.post(f"/linear/issues/{ticket}", json=fields).raise_for_status()

    def close_channel(self, channel: str, closed: str) -> None:
        """Close a channel to the app with that error code, or open it again."""
        self._http.post("/slack/channels", json={"channel": channel, "closed": closed}).raise_for_status()

    def fault(self, vendor: str, operation: str, kind: str, **more: object) -> None:
        """Order a misbehaviour for the next request."""
        body = {"vendor": vendor, "operation": operation, "kind": kind, **more}
        self._http.post("/faults", json=body).raise_for_status()

    def calm(self) -> None:
        """Call off all misbehaviour."""
        self._http.delete("/faults").raise_for_status()


@contextmanager
def running(directory: Path, *, clock: Callable[[], datetime] = utc_now) -> Iterator[Sandbox]:
    """Run a fresh sandbox for the length of the block."""
    with on_a_free_port(partial(create_app, directory, clock=clock)) as url, closing(Sandbox(url)) as sandbox:
        yield sandbox
