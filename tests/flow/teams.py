"""Teams that come to the deployed stack by the doors everybody uses, and what the stack says of them in its logs."""

import json
import re
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from infra.local.client import Browser, Form, Mailbox, connect, register
from pm_assistant.aws.rows import CounterRow
from pm_assistant.cli.api import Api
from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime import wiring

if TYPE_CHECKING:
    from tests.flow.conftest import Outside

PASSWORD = "a long walk by the river"
SLACK, LINEAR, GITHUB = Provider.SLACK, Provider.LINEAR, Provider.GITHUB
FUNCTIONS = ("authorize", "api", "web", "compose", "connect", "receive", "analyze", "act", "report", "run", "bill")

type Json = dict[str, Any]


@dataclass(frozen=True)
class Team:
    """A team on the stack, as the person who is logged in sees it: its owner unless said otherwise."""

    outside: "Outside"
    api: Api
    email: str

    @property
    def bearer(self) -> str:
        """The id token."""
        assert self.api.login is not None
        return self.api.login.id_token

    @property
    def tenant_id(self) -> str:
        """Which tenant this is."""
        found: str = self.api.get("/v1/me")["tenant_id"]
        return found

    def send(self, method: str, path: str, body: object = None, *, bearer: str = "") -> httpx.Response:
        """Ask the API with the person's own bearer token, or another one, and return whatever it answers."""
        return ask(self.outside, method, path, body, authorization=f"Bearer {bearer or self.bearer}")

    def connections(self) -> dict[str, Json]:
        """What the team knows of each vendor."""
        return {each["provider"]: each for each in self.api.get("/v1/connections")["items"]}

    def states(self) -> dict[str, str]:
        """How it stands with each vendor."""
        return {name: each["state"] for name, each in self.connections().items()}

    def connect(self, *providers: Provider, company: str = "") -> list[str]:
        """Connect vendors, to another company if one is named, and return the pages that the product ended with.

        Not in the second of a disconnection: vendors tell in whole seconds when access was lost, so one that is told of
        late, by a machine that is busy, counts as lost again after a consent of the same second.
        """
        time.sleep(1 - time.time() % 1)
        with closing(Browser()) as browser:
            return [connect(self.api, provider, browser, company).text for provider in providers]

    def link(self, provider: Provider) -> str:
        """A link to begin with."""
        url: str = self.api.post(f"/v1/connections/{provider}/link")["url"]
        return url

    def disconnect(self) -> None:
        """Disconnect every vendor, whatever state it is in."""
        for provider, state in self.states().items():
            if state != "none":
                self.api.delete(f"/v1/connections/{provider}?force=true")

    def run(self, workflow: str, **wish: object) -> Json:
        """Have a workflow run to its end."""
        return self.over(self.api.post(f"/v1/workflows/{workflow}", **wish)["id"])

    def over(self, run_id: str) -> Json:
        """A run once it is over."""
        seen: list[Json] = []

        def is_over() -> bool:
            seen.append(self.api.get(f"/v1/runs/{run_id}"))
            return seen[-1]["state"] in {"done", "failed"}

        self.outside.until(is_over, f"the end of run {run_id}")
        return seen[-1]

    def settled(self) -> None:
        """Wait until everything that was begun is over.

        But for the tenant's end, which waits for a week, and for gaps: those are read when their quarter of an hour is
        over.
        """
        for run in self.api.get("/v1/runs")["items"]:
            waits = run["kind"] == "delete" or run["id"].endswith("-gap")
            if run["state"] in {"waiting", "running"} and not waits:
                self.over(run["id"])

    def mails(self, words: str) -> list[Json]:
        """The mails to the person that have these words in them."""
        sent = Mailbox(self.outside.described["aws_endpoint_url"]).to(self.email)
        return [mail for mail in sent if words in f"{mail['Subject']}\n{mail['BodyText'] or mail['BodyHtml']}"]

    def trail(self, action: str) -> list[Json]:
        """The entries of the audit trail about something, newest first."""
        return [entry for entry in self.api.get("/v1/audit", limit="200")["items"] if entry["action"] == action]


def ask(outside: "Outside", method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
    """Ask the API as anybody can and return whatever it answers; underscores in header names stand for hyphens."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, f"{outside.described['api_url']}{path}", json=body, headers=sent, timeout=60)


@dataclass
class Teams:
    """The stack while the vendors' workspaces are free, with the teams that have registered there."""

    outside: "Outside"
    closing: ExitStack
    by_email: dict[str, Team] = field(default_factory=dict)

    def registered(self, email: str, name: str) -> Team:
        """A team of that name: it registers, proves the address and logs in when it is first asked for."""
        if email not in self.by_email:
            an_hour_passes()
            team = self.by_email[email] = self.anonymous(email)
            register(team.api, email=email, password=PASSWORD, team_name=name)
            team.api.patch("/v1/settings", settle_seconds=2)  # a test does not wait for a minute
        return self.by_email[email]

    def connected_team(self, email: str, name: str) -> Team:
        """A team that has connected all three vendors, and nobody else any."""
        team = self.registered(email, name)
        self.disconnect_all(but=team)
        team.connect(*(Provider(name) for name, state in team.states().items() if state != "connected"))
        team.settled()
        return team

    def disconnect_all(self, *, but: Team | None = None) -> None:
        """Have the teams disconnect all vendors, and drop what waits to be judged on their account."""
        for team in self.by_email.values():
            if team is not but:
                team.disconnect()
        self.outside.purge("events")

    def logged_in_as(self, email: str, password: str = PASSWORD) -> Team:
        """Somebody who has an account, logged in."""
        person = self.anonymous(email)
        person.api.log_in(email, password)
        return person

    def anonymous(self, email: str) -> Team:
        """Somebody who has not logged in."""
        api = Api(self.outside.described["api_url"])
        self.closing.callback(api.close)
        return Team(self.outside, api, email)


def an_hour_passes() -> None:
    """Let attempts be forgotten, as they are after an hour: all tests come from one network address."""
    CounterRow.drop_all(CounterRow.everywhere(CounterRow.pk.startswith("LIMIT#")))


class OAuthBrowser:
    """A browser on its way to a vendor and back, stopped before each step."""

    def __init__(self, secrets: list[str]) -> None:
        """Begin with no cookies; what the browser comes to carry is added to `secrets`."""
        self.http = httpx.Client(timeout=60)
        self._secrets = secrets

    def open_link(self, link: str, **headers: str) -> str:
        """Open a link, say that the team is known, and return the vendor's page it leads to."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        question = Form(self.http.get(link, headers=sent).text)
        answer = self.http.post(link, data=question.fields, headers=sent)
        self._secrets += [link.rpartition(".")[2], *self.http.cookies.values()]
        return self._redirect_target(answer)

    def consent(self, page: str, button: int = 0) -> str:
        """Press a button of the vendor's page, the first one unless told otherwise, and return where it leads to."""
        form = Form(self.http.get(page).text)
        name, value = form.buttons[button]
        return self._redirect_target(self.http.post(urljoin(page, form.action), data={**form.fields, name: value}))

    def follow_callback(self, callback: str) -> httpx.Response:
        """Open the address that the vendor sends the browser to."""
        return self.http.get(callback)

    def _redirect_target(self, answer: httpx.Response) -> str:
        assert 302 == answer.status_code, answer.text
        address: str = answer.headers["location"]
        carried = parse_qs(urlsplit(address).query)
        self._secrets += [value.rpartition(".")[2] for name in ("state", "code") for value in carried.get(name, [])]
        return address


class Logs:
    """What the functions have logged from now on; none of the `secrets` has any business there."""

    def __init__(self, outside: "Outside") -> None:
        """Note the time."""
        self.secrets: list[str] = []
        self._outside = outside
        self._prefix = f"/{outside.described['stack_name']}"
        self._since = int(time.time() * 1000) - 1

    def text(self) -> str:
        """All of it."""
        return "\n".join(message for name in FUNCTIONS for message in self._messages(name))

    def await_line(self, function: str, message: str, **fields: object) -> None:
        """Insist on a line that says this: logs may come a moment after the answer, here as on AWS."""
        said = f"{function} said {message!r} with {fields}, which it"
        self._outside.until(lambda: any(fields.items() <= line.items() for line in self.lines(function, message)), said)

    def lines(self, function: str, message: str) -> list[Json]:
        """The structured lines of a function that say this."""
        said = (json.loads(line) for line in self._messages(function) if line.startswith("{"))
        return [line for line in said if line["message"] == message]

    def _messages(self, function: str) -> list[str]:
        pages = wiring.client("logs").get_paginator("filter_log_events")
        group = {"logGroupName": f"{self._prefix}/{function}", "startTime": self._since}
        return [event["message"] for page in pages.paginate(**group) for event in page["events"]]


def comparable(answer: httpx.Response) -> tuple[int, str, Mapping[str, str]]:
    """An answer without what differs between any two."""
    own = {"date", "x-request-id", "x-amzn-requestid", "apigw-requestid", "ratelimit-remaining", "ratelimit-reset"}
    text = re.sub('(?<="registration":")[0-9a-f]{32}(?=")', "", answer.text)
    return answer.status_code, text, {n: v for n, v in answer.headers.items() if n not in own}
