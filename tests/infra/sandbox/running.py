"""A running sandbox, a stand-in for the app, and a small team to fill it with."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import uvicorn
from jsonschema_rs import Draft7Validator
from starlette.applications import Starlette

from infra.sandbox.openai.responses import Brain
from infra.sandbox.server import create_app, utc_now

type Json = dict[str, Any]

OPENAI_KEY = "-".join(("sk", "test"))
STRIPE_KEY, STRIPE_SECRET = "_".join(("sk", "test", "sandbox")), "_".join(("whsec", "sandbox"))
CONTRACTS = Path(os.environ.get("PM_CONTRACTS", Path(__file__).parents[4] / "shared" / "contracts"))
SECRETS = {
    "slack_signing_secret": "8f742231b10e",
    "linear_webhook_secret": "3c1d9e0f7a55",
    "github_webhook_secret": "51a6d2c08b97",
}
SLACK_TOKEN, LINEAR_TOKEN = "-".join(("xoxb", "test")), "-".join(("lin", "oauth", "test"))
GENERAL, PRIVATE = "C0GENERAL", "C0PRIVATE"

STATES = ("triage", "backlog", "unstarted", "started", "completed", "canceled")
TEAM: Json = {
    "slack": {
        "team_id": "T0TEST",
        "name": "Acme",
        "domain": "acme",
        "bot": {
            **{"user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0APP", "name": "pm-assistant", "token": SLACK_TOKEN},
            "commands": ["/pm"],
            "shortcuts": [
                {"type": "message", "name": "Track this", "callback_id": "shortcut.track"},
                {"type": "global", "name": "New from what I say", "callback_id": "shortcut.new"},
            ],
        },
    },
    "linear": {
        "organization_id": "7a661544-df08-4cd1-a1e3-5ec611898806",
        "name": "Acme",
        "url_key": "acme",
        "app": {"id": "1d9f1c53-9c52-4b4b-8f6e-7a7b7ad0c001", "name": "PM Assistant", "token": LINEAR_TOKEN},
        "teams": [
            {
                "id": "9e383f51-2629-4f19-97ff-451cc2f0a0ad",
                "key": "ENG",
                "name": "Engineering",
                "states": [
                    {"id": f"state-{kind}", "name": kind.title(), "type": kind, "position": position}
                    for position, kind in enumerate(STATES)
                ],
            }
        ],
    },
    "people": [
        {
            "handle": handle,
            "name": name,
            "email": f"{handle}@acme.test",
            "time_zone": zone,
            "title": "Engineer",
            "slack_id": f"U0{handle.upper()}",
            "linear_id": f"00000000-0000-4000-8000-00000000000{number}",
            "github_id": 100 + number,
            "github_login": f"{handle}-dev",
        }
        for number, (handle, name, zone) in enumerate(
            [("ana", "Ana Ruiz", "Europe/Madrid"), ("ben", "Ben Cole", "America/New_York")]
        )
    ],
    "channels": [
        {"id": GENERAL, "name": "general", "private": False, "topic": "All of it", "members": ["ana", "ben"]},
        {"id": PRIVATE, "name": "leads", "private": True, "topic": "", "members": ["ana"]},
    ],
}


GITHUB: Json = {
    "organization": {"id": 7, "login": "acme", "name": "Acme", "type": "Organization"},
    "owners": ["ana-dev"],
    "app": {
        "name": "PM Assistant",
        "description": "Keeps tickets true.",
        "permissions": dict.fromkeys(("checks", "issues", "members", "metadata", "pull_requests", "statuses"), "read"),
        "events": ["pull_request", "check_suite"],
    },
    "repositories": [
        {"id": number, "name": name, "description": f"The {name}", "language": "Python", "private": True}
        for number, name in enumerate(("web", "api", "jobs"), 11)
    ],
}


def _ticket(number: int, state: str, **fields: object) -> Json:
    ticket: Json = {"key": f"ENG-{number}", "title": f"Ticket {number}", "description": "What to do", "state": state}
    ticket |= {"assignee": None, "parent": None, "labels": [], "priority": 0}
    return ticket | {"created_days_ago": 10 + number, "updated_days_ago": number} | fields


TICKETS: list[Json] = [
    _ticket(1, "Started", assignee="ana", labels=["bug"], priority=2),
    _ticket(2, "Backlog", parent="ENG-1"),
    _ticket(3, "Completed", assignee="ben"),
]
DAY: list[Json] = [
    {"ref": "m1", "at": "09:02", "channel": "general", "user": "ana", "text": "Morning", "reply_to": None},
    {"ref": "m2", "at": "09:02", "channel": "general", "user": "ben", "text": "Hi!", "reply_to": None},
    {"ref": "m3", "at": "11:30", "channel": "general", "user": "ben", "text": "ENG-1 is done", "reply_to": "m1"},
]


@dataclass(frozen=True)
class Received:
    """One request as the app got it."""

    path: str
    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def body(self) -> Json:
        """What it says, also where it came as a form."""
        fields = parse_qs(self.raw.decode(), keep_blank_values=True) if "form" in self.headers["content-type"] else {}
        if "command" in fields:
            return {"type": "slash_command"} | {name: value for name, [value] in fields.items()}
        parsed: Json = json.loads(fields["payload"][0] if fields else self.raw)
        return parsed


@dataclass
class Receiver:
    """Stands where the app stands; `answers` are used up first, then everything is acknowledged."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[Callable[[], int]] = field(default_factory=list)

    def of(self, vendor: str, kind: str = "") -> list[Received]:
        """What came from a vendor, of one subtype (Slack), type (Linear) or action (GitHub) if given."""
        mine = [each for each in self.received if each.path == f"/webhooks/{vendor}"]
        return [each for each in mine if kind in {"", _kind(each.body)}]

    def wait(self, count: int, vendor: str, kind: str = "", seconds: float = 30.0) -> list[Received]:
        """The deliveries once there are `count` of them."""
        wait_until(lambda: len(self.of(vendor, kind)) >= count, seconds)
        return self.of(vendor, kind)


@dataclass
class SetClock:
    """A clock that stands still until time is said to pass."""

    now: datetime = datetime(2026, 11, 24, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass, given as `timedelta` takes it."""
        self.now += timedelta(**time)


def _kind(body: Json) -> str:
    if "event" not in body:
        return str(body.get("type") or body.get("action", ""))
    return str(body["event"].get("subtype") or body["event"]["type"])


def wait_until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to become true, and fail if it does not."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run the stand-in for the app."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            raw = self.rfile.read(length)
            if len(raw) < length:
                return  # whoever sent it was stopped in the middle of it, as a sandbox is that is reset
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, raw, time.monotonic()))
            status = receiver.answers.pop(0)() if receiver.answers else 200
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Sandbox:
    """The sandbox under test."""

    url: str
    http: httpx.Client

    def control(self, path: str, **body: object) -> Json:
        """Use a control that must work."""
        answer = self.http.post(f"/_sandbox/{path}", json=body)
        parsed: Json = answer.json()
        assert answer.status_code == 200, parsed
        return parsed

    def state(self) -> Json:
        """Everything there is."""
        parsed: Json = self.http.get("/_sandbox/state").json()
        return parsed

    def slack(self, method: str, token: str = SLACK_TOKEN, /, **arguments: object) -> Json:
        """Call a Web API method as the app."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        parsed: Json = self.http.post(f"/slack/api/{method}", json=arguments, headers=headers).json()
        return parsed

    def graphql(self, query: str, token: str = LINEAR_TOKEN, /, **variables: object) -> httpx.Response:
        """Send a document as the app."""
        body = {"query": query, "variables": variables}
        return self.http.post("/linear/graphql", json=body, headers={"authorization": f"Bearer {token}"})

    def linear(self, query: str, **variables: object) -> Json:
        """Send a document that must work, and return its data."""
        answer = self.graphql(query, **variables)
        body = answer.json()
        assert (answer.status_code, None) == (200, body.get("errors")), body
        data: Json = body["data"]
        return data


def write_demo(directory: Path) -> Path:
    """Write the small team's files."""
    directory.mkdir(exist_ok=True)
    for name, content in (("team", TEAM), ("github", GITHUB), ("tickets", TICKETS), ("day", DAY)):
        (directory / f"{name}.json").write_text(json.dumps(content))
    return directory


def echo(said: str) -> str:
    """A model that repeats what it was told."""
    return json.dumps({"said": said})


@contextmanager
def on_a_free_port(make_app: Callable[[str], Starlette]) -> Iterator[str]:
    """Run what is made for an address, and say which."""
    # Not left to `create_server`: asyncio sends at once only where the protocol is named, else each answer waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            make_app(url), ws="none", log_level="error", access_log=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive(), "it does not stop"


@contextmanager
def serving(
    directory: Path,
    demo: Path,
    app_url: str = "",
    secrets: dict[str, str] = SECRETS,
    clock: Callable[[], datetime] = utc_now,
    brain: Brain = echo,
) -> Iterator[Sandbox]:
    """Run the sandbox on a free port; its OpenAI repeats what it was told unless it has another brain."""
    settings = secrets | {"app_url": app_url}

    def make_app(url: str) -> Starlette:
        return create_app(directory, url, demo=demo, settings=settings, brain=brain, clock=clock)

    with on_a_free_port(make_app) as url, httpx.Client(base_url=url, timeout=10, trust_env=False) as client:
        yield Sandbox(url, client)


def contract(path: str) -> Path:
    """A contract file; the test is skipped where the contracts are not at hand."""
    file = CONTRACTS / path
    if not file.exists():
        pytest.skip(f"needs the vendor contracts: {file} (set PM_CONTRACTS)")
    return file


def flaws(schema: Json, definition: str, thing: object, *, ignoring: tuple[str, ...] = ()) -> list[str]:
    """Where a thing breaks a definition; errors below the top-level fields `ignoring` do not count."""
    validator = Draft7Validator({**schema, "$ref": f"#/definitions/{definition}"})
    errors = [error for error in validator.iter_errors(thing) if not {*error.instance_path[:1]} & {*ignoring}]
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}" for error in errors]
