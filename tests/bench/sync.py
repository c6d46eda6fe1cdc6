"""What reading a large team takes: requests, against the fewest that the vendors' own page sizes allow.

uv run python -m tests.bench.sync

Linear and Slack are played at the wire, below our adapters, and GitHub in memory, where each question is one request.
"""

import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import parse_qsl
from urllib.request import Request

import httpx

from pm_assistant.domain.errors import RateLimited
from pm_assistant.domain.index import TicketHead
from pm_assistant.domain.jobs import JobDue, JobKind, JobState, Order
from pm_assistant.domain.tenants import Channels, Provider, Settings, TenantId
from pm_assistant.integrations.github.graph import PULL_REQUESTS_A_PAGE
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.integrations.slack.client import PAGE, RATION, SlackChat
from pm_assistant.workflows.code.catch_up import catch_up
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import run_step, start_job
from tests.builders import ACME, NOW, a_connection, a_pull_request, a_repository, a_tenant
from tests.fakes.code_host import FakeCodeHost
from tests.fakes.unit import FakeUnit
from tests.fakes.work import FakeTickets
from tests.integrations.linear.test_client import ISSUE, TEAM, USER

TICKETS, CHANNELS, MESSAGES, PULL_REQUESTS = 10_000, 200, 50_000, 1_000
REPOSITORIES = 4
MOST = 1.2
"""Times the fewest requests."""
MOST_LINEAR = 250
"""Rows that Linear gives at once."""
LAST_DAYS = timedelta(days=5)
"""In which all was said and changed."""
CHOSEN = ("C0000", "C0001", "C0002")
STEPS = {JobKind.SYNC: sync, JobKind.CATCH_UP: catch_up}


class Linear(httpx.BaseTransport):
    """Linear with many tickets, each changed a little before the one before it."""

    def __init__(self) -> None:
        self.asked = 0
        apart = LAST_DAYS / TICKETS
        self._issues = [self._issue(number, NOW - number * apart) for number in range(TICKETS)]

    @staticmethod
    def _issue(number: int, at: datetime) -> dict[str, Any]:
        moment = at.isoformat(timespec="milliseconds")
        return {**ISSUE, "id": f"issue-{number}", "identifier": f"ENG-{number}", "updatedAt": moment}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer what is asked (httpx)."""
        self.asked += 1
        body = json.loads(request.content)
        operation, variables = body["operationName"], body["variables"]
        rows: Sequence[dict[str, Any]] = {"issues": self._issues, "teams": [TEAM], "users": [USER]}[operation]
        if operation == "issues":
            bounds = re.findall(r'"updatedAt": \{"(gte|lte)": "([^"]+)"', json.dumps(variables["filter"]))
            rows = [row for row in rows if all(_within(row["updatedAt"], *bound) for bound in bounds)]
        start = int(variables.get("after") or 0)
        end = start + int(re.findall(rf"{operation}\(first: (\d+)", body["query"])[0])
        info = {"hasNextPage": end < len(rows), "endCursor": str(end)}
        return httpx.Response(200, json={"data": {operation: {"nodes": rows[start:end], "pageInfo": info}}})


def _within(moment: str, side: str, bound: str) -> bool:
    at, limit = datetime.fromisoformat(moment), datetime.fromisoformat(bound)
    return at >= limit if side == "gte" else at <= limit


class Slack:
    """Slack with many channels, in all of which as much was said.

    Args:
        ration: what it gives away at once, at most.
    """

    def __init__(self, *, ration: int = PAGE) -> None:
        self.asked: Counter[str] = Counter()
        self._ration = ration
        each = MESSAGES // CHANNELS
        stamps = [f"{(NOW - number * LAST_DAYS / each).timestamp():.6f}" for number in range(each)]
        self.said = [{"ts": ts, "user": "U0ADA", "text": "The coupon vanishes"} for ts in stamps]

    def urlopen(self, request: Request, **_: object) -> Any:
        """Answer what slack-sdk asks."""
        method = request.full_url.rpartition("/")[2]
        body = cast("bytes", request.data or b"").decode()
        arguments = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
        self.asked[method] += 1
        key, rows = self._rows(method, arguments)
        start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or PAGE)
        end = start + (min(limit, self._ration) if key == "messages" else limit)
        more = {"response_metadata": {"next_cursor": str(end)}} if end < len(rows) else {}
        answer: Any = io.BytesIO(json.dumps({"ok": True, key: rows[start:end], **more}).encode())
        answer.code, answer.headers = 200, HTTPMessage()
        return answer

    def _rows(self, method: str, arguments: dict[str, Any]) -> tuple[str, Sequence[dict[str, Any]]]:
        match method:
            case "users.list":
                return "members", [{"id": "U0ADA", "name": "ada", "tz": "Europe/Berlin"}]
            case "conversations.list":
                return "channels", [
                    {"id": f"C{number:04}", "name": f"channel-{number}", "is_member": True}
                    for number in range(CHANNELS)
                ]
            case _:
                oldest = float(arguments.get("oldest") or 0)
                return "messages", [message for message in self.said if float(message["ts"]) >= oldest]


class Heads:
    """The tickets that are known, without the tables for looking them up: those are another bench's subject."""

    def __init__(self, tickets: FakeTickets) -> None:
        self._tickets = tickets
        self._heads: dict[str, TicketHead] = {}

    def read(self, tenant_id: TenantId) -> Any:
        """All of them, as far as a reading asks."""
        new = (ticket for ticket in self._tickets.all(tenant_id) if ticket.id not in self._heads)
        self._heads |= {ticket.id: TicketHead.of(ticket) for ticket in new}
        return SimpleNamespace(tickets=self._heads)


class Team(FakeUnit):
    """A tenant that has connected two large workspaces."""

    def __init__(self, *, ration: int = PAGE, channels: Sequence[str] = ()) -> None:
        super().__init__()
        settings = Settings(channels=Channels(allow=tuple(channels)))
        self.stores.tenants.put(a_tenant(settings=settings))
        self.stores.index = cast("Any", Heads(self.stores.tickets))
        for provider in (Provider.SLACK, Provider.LINEAR):
            self.stores.connections.put(a_connection(ACME, provider))
        self.linear, self.slack = Linear(), Slack(ration=ration)
        self._real_tracker = LinearTracker("lin_oauth_1", "https://linear.test/graphql", transport=self.linear)
        self._real_chat = SlackChat("xoxb-1", "https://slack.test/api/")

    @property  # type: ignore[misc]
    def chat(self) -> Any:
        """Slack."""
        return self._real_chat

    @property  # type: ignore[misc]
    def tracker(self) -> Any:
        """Linear."""
        return self._real_tracker

    def read(self, **order: Any) -> Counter[str]:
        """Read everything, and return how often each vendor was asked.

        Raises:
            SystemExit: something of it went wrong.
        """
        before = self.asked
        finish(self, Order(kind=JobKind.SYNC, dry_run=False, **order))
        return self.asked - before

    @property
    def asked(self) -> Counter[str]:
        """How often each vendor has been asked so far."""
        return Counter(linear=self.linear.asked, slack=self.slack.asked.total())

    def check(self, *, tickets: int, messages: int) -> None:
        """See whether all is known that there is.

        Raises:
            SystemExit: it is not.
        """
        said = self.stores.messages.since(ACME, datetime(2000, 1, 1, tzinfo=UTC))
        known = (len(self.stores.tickets.all(ACME)), len(said))
        if known != (tickets, messages):
            raise SystemExit(f"error: known are {known} of {(tickets, messages)}")


class Builders(FakeUnit):
    """A tenant that has connected a code host with many pull requests in a few repositories."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection(ACME, Provider.GITHUB))
        self.code_host = FakeCodeHost(clock=self.now, page_size=PULL_REQUESTS_A_PAGE)
        for number in range(1, PULL_REQUESTS + 1):
            id = f"{900 + number % REPOSITORIES}"
            facts = a_pull_request(number, repository_id=id, at=NOW - number * LAST_DAYS / PULL_REQUESTS)
            self.code_host.add(a_repository(id, name=f"acme/{id}"), facts)

    def read(self) -> Counter[str]:
        """Read everything, and return how often GitHub was asked.

        Raises:
            SystemExit: something of it went wrong.
        """
        before = len(self.code_host.calls)
        finish(self, Order(kind=JobKind.CATCH_UP, dry_run=False))
        known = self.stores.code.latest_pull_requests(ACME, over=False, limit=2 * PULL_REQUESTS)
        if len(known) != PULL_REQUESTS:
            raise SystemExit(f"error: {len(known)} pull requests are known of {PULL_REQUESTS}")
        return Counter(github=len(self.code_host.calls) - before)


def finish(unit: FakeUnit, order: Order) -> None:
    """Have a job done, waiting as long as it is told to.

    Raises:
        SystemExit: it failed, or left something out.
    """
    job = start_job(order, unit, asked_by="system")
    while not job.finished:
        try:
            job = run_step(JobDue(tenant_id=ACME, job_id=job.id), STEPS, unit) or job
        except RateLimited as limited:
            unit.at += timedelta(seconds=limited.retry_after)
    if job.state is not JobState.DONE or any(result.get("flaws") for result in job.results):
        raise SystemExit(f"error: the reading ended with {job.error or job.results}")


@contextmanager
def on_the_line(slack: Slack) -> Iterator[None]:
    """Have slack-sdk, which takes no transport, ask here."""
    with patch("slack_sdk.web.base_client.urlopen", slack.urlopen):
        yield


def compare(what: str, asked: Counter[str], fewest: Counter[str], *, times: float = MOST) -> None:
    """Print what was asked beside the least that could be.

    Raises:
        SystemExit: it is too much.
    """
    for vendor, least in fewest.items():
        print(f"{what}, {vendor}: {asked[vendor]} requests, at least {least} ({asked[vendor] / least:.2f})")
        if asked[vendor] > least * times:
            raise SystemExit(f"error: {vendor} is asked too often")


def measure_large() -> None:
    """A first reading of a large team, one right after it, and one a day later."""
    team, builders = Team(), Builders()
    with on_the_line(team.slack):
        first = Counter(
            linear=math.ceil(TICKETS / MOST_LINEAR) + 2,  # people, teams
            slack=CHANNELS * math.ceil(MESSAGES / CHANNELS / PAGE) + 2,  # people, channels
            github=REPOSITORIES * math.ceil(PULL_REQUESTS / REPOSITORIES / PULL_REQUESTS_A_PAGE)
            + 2,  # repositories, their news
        )
        compare("first", team.read(since=NOW - LAST_DAYS) + builders.read(), first)
        team.check(tickets=TICKETS, messages=MESSAGES)
        for what, pause, fewest in (
            ("nothing new", timedelta(minutes=30), Counter(linear=1, slack=1 + CHANNELS, github=1)),
            ("nothing new, with all lists", timedelta(days=1), Counter(linear=1 + 2, slack=2 + CHANNELS, github=2)),
        ):
            team.at, builders.at = team.at + pause, builders.at + pause
            compare(what, team.read() + builders.read(), fewest, times=1)


def measure_rationed() -> None:
    """The last day of three chosen channels of a workspace that answers once a minute, and a reading after it."""
    team = Team(ration=RATION, channels=CHOSEN)
    with on_the_line(team.slack):
        team.read(since=NOW - timedelta(days=1))
        lately = sum(float(message["ts"]) >= (NOW - timedelta(days=1)).timestamp() for message in team.slack.said)
        team.check(tickets=TICKETS, messages=len(CHOSEN) * lately)
        pages = Counter(slack=len(CHOSEN) * math.ceil(lately / RATION))
        compare("unlisted, first", Counter(slack=team.slack.asked["conversations.history"]), pages)
        minutes = (team.at - NOW).total_seconds() / 60
        print(f"unlisted, first: {minutes:.0f} minutes, at one request a minute")
        team.slack.asked.clear()
        team.read()
        print(f"unlisted, no known gap: {team.slack.asked.total()} requests")
        if team.slack.asked["conversations.history"]:
            raise SystemExit("error: history is read although nothing is missing")


def main() -> None:
    """Measure both kinds of workspaces."""
    measure_large()
    measure_rationed()


if __name__ == "__main__":
    main()
