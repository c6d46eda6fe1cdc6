"""The deployed stack on the local AWS, seeded with the demo workspace, seen the way a stranger sees it."""

import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from infra.local.demo import seed
from infra.local.stack import Stack
from pm_assistant.aws import tables
from pm_assistant.cli.client import StackClient
from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime import wiring
from tests.chromium import for_tests
from tests.flow.teams import Teams, an_hour_passes
from tests.flow.visits import Visit, visiting

PATIENCE = 60.0
WITHOUT_BROWSER = pytest.StashKey[bool]()
"""Of the session: a test was skipped for want of a browser, which only a machine of a person's may lack."""

type Json = dict[str, Any]


@dataclass
class Outside:
    """What anybody outside the product can do to it and see of it."""

    described: Json
    client: StackClient

    def control(self, path: str, **body: object) -> Json:
        """Use one of the sandbox's doors."""
        answer = httpx.post(f"{self.described['sandbox_url']}/_sandbox/{path}", json=body, timeout=30)
        return self._read(answer)

    def say(self, text: str, *, channel: str = "engineering", user: str = "dana", **more: object) -> Json:
        """Post as a person."""
        return self.control("slack/messages", channel=channel, user=user, text=text, **more)

    def break_vendor(self, vendor: str, operation: str, kind: str, **more: int) -> None:
        """Have a vendor misbehave so many `times`."""
        self.control("faults", vendor=vendor, operation=operation, kind=kind, **more)

    def mend_vendors(self) -> None:
        """Have the vendors behave again."""
        httpx.delete(f"{self.described['sandbox_url']}/_sandbox/faults", timeout=30).raise_for_status()

    def state(self, company: str = "") -> Json:
        """Everything that the first company, or another one, has in Slack and Linear."""
        state = f"{self.described['sandbox_url']}/_sandbox/state"
        return self._read(httpx.get(state, params={"company": company}, timeout=30))

    def issue(self, key: str) -> Json:
        """A ticket with its comments."""
        return next(issue for issue in self.state()["linear"]["issues"] if issue["identifier"] == key)

    def comments_about(self, key: str, ts: str) -> list[str]:
        """The comments of a ticket that point to a message."""
        return [c["body"] for c in self.issue(key)["comments"] if f"p{ts.replace('.', '')}" in c["body"]]

    def all_comments_about(self, ts: str) -> list[str]:
        """The comments of any ticket that point to a message."""
        issues = self.state()["linear"]["issues"]
        return [c["body"] for i in issues for c in i["comments"] if f"p{ts.replace('.', '')}" in c["body"]]

    def cards(self, posted: Json) -> list[Json]:
        """What the app said in a message's thread."""
        messages = self.state()["slack"]["messages"][posted["channel"]]
        return [m for m in messages if m.get("bot_id") and m.get("thread_ts") == posted["ts"]]

    def webhook(self, vendor: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Knock at the door vendors knock at."""
        url = f"{self.described['api_url']}/webhooks/{vendor}"
        return httpx.post(url, content=body, headers={"content-type": "application/json", **headers}, timeout=60)

    def signed_slack(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        """Headers that prove a body to be Slack's."""
        timestamp = str(int(at if at is not None else time.time()))
        secret = self.described["secrets"]["slack_signing_secret"].encode()
        signature = hmac.new(secret, f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={signature}"}

    def message_event(self, text: str, *, ts: str, event_id: str = "Ev1", team: str | None = None) -> bytes:
        """A message event as Slack sends it."""
        state = self.state()["slack"]
        event = {
            "type": "message",
            "channel": state["channels"][0]["id"],
            "channel_type": "channel",
            "user": state["users"][0]["id"],
            "text": text,
            "ts": ts,
            "event_ts": ts,
        }
        body = {"type": "event_callback", "team_id": team or state["team"]["id"], "event_id": event_id, "event": event}
        return json.dumps(body).encode()

    def until(
        self,
        true: Callable[[], object],
        what: str,
        why_not: Callable[[], object] | None = None,
        *,
        patience: float = PATIENCE,
    ) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + patience
        while not true():
            if time.monotonic() > deadline:
                reason = f": {why_not()}" if why_not else ""
                pytest.fail(f"{what} did not happen within {patience:.0f} s{reason}")
            time.sleep(0.3)

    def quiet(self, *, patience: float = PATIENCE) -> None:
        """Wait until nothing is done or about to be, twice in a row."""
        for _ in range(2):
            self.until(lambda: not self.busy(), "quiet", self.busy, patience=patience)
            time.sleep(0.5)

    def busy(self) -> Sequence[object]:
        """What is done or about to be, runs among it that are tried again in a moment.

        A delayed run may also be a quarter of an hour away: then it reads what a vendor may not have told (`gaps.py`).
        """
        if busy := self.client.busy():
            return busy
        if not any(depth.delayed for depth in self.client.depths() if depth.queue == "runs"):
            return ()
        runs = self.client.stores.jobs.latest(self.client.tenant_id, limit=20)
        return [run.id for run in runs if not run.finished and not run.order.judge]

    def purge(self, stage: str) -> None:
        """Drop what waits in a queue, so that nobody has to wait for it."""
        wiring.client("sqs").purge_queue(QueueUrl=self.described["queues"][stage])

    def rows(self) -> int:
        """How many messages the demo tenant has."""
        return len(self.client.stores.messages.since(self.client.tenant_id, datetime.fromtimestamp(0, UTC)))

    @staticmethod
    def _read(answer: httpx.Response) -> Json:
        assert answer.is_success, answer.text
        read: Json = answer.json()
        return read


@pytest.fixture(scope="session")
def seeded(local_stack: Stack) -> Iterator[Outside]:
    """The stack with the demo workspace connected; nobody has said anything yet."""
    before = dict(os.environ)
    os.environ["PM_STACK_FILE"] = str(local_stack.file)
    client = seed(local_stack)
    described = json.loads(local_stack.file.read_text())
    shorter = {"settle_seconds": 2}  # a test has nothing to watch meanwhile
    bearer = {"authorization": f"Bearer {described['demo']['token']}"}
    httpx.patch(f"{described['api_url']}/v1/settings", json=shorter, headers=bearer, timeout=60).raise_for_status()
    yield Outside(described, client)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def outside(seeded: Outside) -> Iterator[Outside]:
    """The seeded stack, with well-behaved vendors before and after."""
    # Whatever ran in this process meanwhile may have had rows of its own.
    tables.bind(seeded.described["table"], wiring.client("dynamodb"))
    seeded.mend_vendors()
    yield seeded
    seeded.mend_vendors()


@pytest.fixture(scope="module")
def teams(seeded: Outside) -> Iterator[Teams]:
    """The stack with the vendors' workspaces free for a module's teams; the demo team has none of them meanwhile."""
    seeded.quiet()
    demo = seeded.described["demo"]
    with ExitStack() as ending:
        teams = Teams(seeded, ending)
        host = teams.logged_in_as(demo["email"], demo["password"])
        host.disconnect()
        yield teams
        seeded.mend_vendors()
        teams.disconnect_all()
        host.connect(*Provider)
        host.settled()


chromium = pytest.fixture(for_tests, scope="module")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note which session went without a browser."""
    report = yield
    if report.skipped and "chromium" in getattr(item, "fixturenames", ()):
        item.session.stash[WITHOUT_BROWSER] = True
    return report


@pytest.fixture
def visit(teams: Teams, chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A fresh visit, with the vendors' workspaces free."""
    teams.disconnect_all()
    an_hour_passes()
    with visiting(teams, chromium, tmp_path) as visit:
        yield visit
