"""Commands of a person with a login: through the API and nothing else, on any stack or none."""

import json
import threading
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pm_assistant.cli.commands import account
from pm_assistant.cli.models import Tie
from pm_assistant.cli.sessions import Sessions, sessions_file
from pm_assistant.cli.views import ties
from pm_assistant.domain.trials import Side
from tests.builders import an_experiment
from tests.cli.conftest import StackAndTerminal

TOKENS = {"id_token": "id-1", "refresh_token": "r-1", "expires_in": 3600}
AT, LATER = "2026-11-20T09:30:00Z", "2026-11-20T09:40:00Z"
SLACK = {"provider": "slack", "state": "connected", "name": "Acme", "external_id": "T0", "connected_at": AT, "new": 1}
GITHUB = {"provider": "github", "state": "none"}
ADA = {"id": "U0ADA", "name": "Ada", "email": None}
DONE, OTHER = "aaaa1111-0000-4000-8000-000000000000", "aaaa2222-0000-4000-8000-000000000000"
RUN = {"id": "r-1", "kind": "sync", "dry_run": True, "state": "running", "done": 1, "total": 3, "error": None}
ASKED = {
    "day": "2026-11-20",
    "questions": [{"text": "Blocked?", "meaning": "blocker"}, {"text": "Next?", "meaning": "plan"}],
    "answers": [{"question": "Blocked?", "meaning": "blocker", "text": "no keys"}],
}
EXPERIMENT = json.loads(
    an_experiment(id="e-1", winner="b", because="approved more often", p_value=0.0125)
    .model_copy(update={"sides": {"b": Side(conversations=41, asked=17, answered=12, approved=11, done=9, undone=1)}})
    .model_dump_json()
)
SHADOW = {
    "on": True,
    "since": AT,
    "began_at": AT,
    "kinds": [{"kind": "move", "asked": 17, "done": 4, "agreed": 12, "differed": 6, "open": 3}],
}
AUTONOMY = {
    "bar": 0.9,
    "certainty": 0.95,
    "still_asked": 0.05,
    "streams": [
        {
            "kind": "move",
            "at_least": 0.85,
            "below": 1.0,
            "judged_by": "offline",
            "answers": 64,
            "right": 63,
            "lower_bound": 0.91,
            "trusted_since": AT,
            "mode": "earned",
            "acts": True,
            "reason": "promoted after 61 answers",
        }
    ],
    "calibrations": [
        {
            "kind": "move",
            "judged_by": "offline",
            "version": 3,
            "fitted_at": AT,
            "slope": 0.8,
            "intercept": -0.3,
            "offset": 0.1,
            "answers": 80,
            "pooled": 2140,
            "bins": [{"low": 0.8, "answers": 80, "confidence": 0.86, "right": 0.875}],
            "error": 0.015,
            "error_interval": [0.0, 0.09],
            "raw_error": 0.071,
            "following_week": {"answers": 18, "log_loss": 0.35, "raw_log_loss": 0.41},
        }
    ],
}
RULE = {"id": "r-1", "effect": "never", "kind": "create", "channel": "C1", "owner": "U0ADA", "made_at": AT, "note": ""}
SEEN = RULE | {"in_force": False, "ended": "its owner has left", "conflicts": ["r-2"]}
FORECAST = {
    "items": 10,
    "even": "2026-11-28",
    "likely": "2026-12-12",
    "share": 0.85,
    "weeks": 12,
    "finished": 31,
    "growth": 1.1,
    "why": None,
    "says": "85 % of runs finish by 12 Dec 2026",
}
SPREAD = {"count": 31, "half": 2.5, "most": 6.0}
UNMEASURED = {"lead_days": None, "efficiency": None, "review_hours": None}
WEEK = {"begins": "2026-11-16", "finished": 5, "added": 1, "unplanned": 2, "reopened": 3, "in_progress": 4}
FLOW = {
    "day": "2026-11-28",
    "time_zone": "Europe/Berlin",
    "measured_at": AT,
    "teams": [
        {
            "id": "t-1",
            "key": "ENG",
            "name": "Engineering",
            "weeks": [{**UNMEASURED, **WEEK, "cycle_days": {**SPREAD, "count": 5, "half": 1.5}}],
            "finished": 31,
            "unplanned_share": 0.4,
            "reopened_share": 0.1,
            "cycle_days": SPREAD,
            "lead_days": None,
            "efficiency": {**SPREAD, "half": 0.6},
            "review_hours": None,
            "in_progress": [
                {"key": "ENG-1", "title": "Checkout", "url": "https://x", "since": AT, "days": 9.5, "late": True}
            ],
            "in_progress_count": 1,
            "open_items": 10,
            "forecast": FORECAST,
            "forecasts": [],
            "score": {"made": 0, "held": 0, "even_held": 0},
            "remarks": ["states in the tracker are wrong"],
        }
    ],
}
TALK = {
    "day": "2026-11-28",
    "since": "2026-10-31T09:30:00Z",
    "conversations": 12,
    "messages": 90,
    "topics": [{"key": "ENG-1", "title": "Checkout", "url": "https://x", "conversations": 3, "messages": 20}],
    "untracked_conversations": 2,
    "untracked_messages": 7,
    "unanswered": [{"text": "Does it work?", "at": AT, "channel": "#eng", "url": None}],
    "unanswered_count": 4,
    "ticket_hours": SPREAD,
    "work_days": None,
    "report_days": None,
}
KNOWN: dict[str, tuple[int, Any]] = {
    "/v1/reports/answers": (200, ASKED),
    "/v1/flow": (200, FLOW),
    "/v1/flow/forecast": (200, FORECAST),
    "/v1/flow/conversations": (200, TALK),
    "/v1/workflows/flow": (202, {"id": "r-12"}),
    "/v1/rules": (200, {"items": [SEEN], "next": None}),
    "/v1/rules/r-1": (200, {}),
    "/v1/runs": (200, {"items": [{**RUN, "created_at": AT}], "next": None}),
    "/v1/usage": (200, {"month": "2026-11", "judgements": 12, "cost_dollars": 0.5, "budget_dollars": None}),
    "/v1/members": (200, {"items": [ADA, {**ADA, "id": "U0ADABEL", "name": "Adabel"}], "next": None}),
    "/v1/members/U0ADA": (200, ADA),
    "/v1/members/U0ADA/data": (202, {"id": "r-9"}),
    "/v1/shadow": (200, SHADOW),
    "/v1/autonomy": (200, AUTONOMY),
    "/v1/workflows/calibrate": (202, {"id": "r-11"}),
    "/v1/experiments/e-1/stop": (200, {**EXPERIMENT, "state": "stopped"}),
}
MADE: dict[str, tuple[int, Any]] = {"/v1/rules": (201, RULE)}
BROKEN = {
    "provider": "linear",
    "state": "broken",
    "name": "Acme",
    "external_id": "org",
    "broken_since": AT,
    "broken_reason": "revoked",
}


@dataclass
class Product:
    """An API that knows one person; connects GitHub when its link has been asked for."""

    url: str = ""
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    linked: bool = False
    agreed: bool = True

    def answer(self, method: str, path: str, body: Any, bearer: str) -> tuple[int, Any]:
        """What it says."""
        self.asked.append((method, path, body))
        match path:
            case "/auth/login":
                right = body == {"email": "ada@acme.test", "password": "secret"}
                return (200, TOKENS) if right else (401, {"detail": "no such login"})
            case "/auth/logout":
                return 200, {"status": "done"}
            case _ if bearer != "Bearer id-1":
                return 401, {"detail": "who?"}
            case "/v1/connections":
                return 200, {"items": [SLACK, BROKEN, GITHUB], "next": None}
            case "/v1/connections/github":
                made = {"state": "connected", "name": "acme", "connected_at": AT}
                return 200, GITHUB | (made if self.linked else {})
            case "/v1/connections/github/link":
                self.linked = self.agreed
                return 201, {"url": f"{self.url}/oauth/github/start?link=x", "expires_at": AT}
            case "/v1/settings":
                return 200, {"private_code": "links", "settle_seconds": 60, **(body or {})}
            case _:
                known = KNOWN | MADE if method == "POST" else KNOWN
                return known.get(path) or self._tried(method, path) or self._decided(path)

    def _tried(self, method: str, path: str) -> tuple[int, Any] | None:
        """Experiments come in two pages, of one each."""
        if path != "/v1/experiments":
            return None
        first = sum(asked[1] == path for asked in self.asked) % 2
        return (201, EXPERIMENT) if method == "POST" else (200, {"items": [EXPERIMENT], "next": "x" if first else None})

    def _decided(self, path: str) -> tuple[int, Any]:
        """Decisions come in two pages, of one each."""
        if path == f"/v1/decisions/{DONE}/undo":
            return 202, {"id": DONE, "action": {"kind": "comment"}}
        if path != "/v1/decisions":
            return 404, {"detail": "no such member"}
        first = not any(asked[1] == path for asked in self.asked[:-1])
        return 200, {"items": [{"id": OTHER if first else DONE}], "next": "more" if first else None}


class Door(BaseHTTPRequestHandler):
    """Hands requests to a product."""

    product: Product

    def do_GET(self) -> None:
        """Answer one."""
        self._answer("GET", None)

    def do_POST(self) -> None:
        """Answer one with a body."""
        self._answer("POST", json.loads(self.rfile.read(int(self.headers["content-length"])) or "null"))

    def do_PUT(self) -> None:
        """Answer one with a body."""
        self._answer("PUT", json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def do_PATCH(self) -> None:
        """Answer one with a body."""
        self._answer("PATCH", json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def do_DELETE(self) -> None:
        """Answer one."""
        self._answer("DELETE", None)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def _answer(self, method: str, body: Any) -> None:
        path = self.path.partition("?")[0]
        status, said = self.product.answer(method, path, body, self.headers.get("authorization", ""))
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def product(terminal: StackAndTerminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Product]:
    """The stack's API, and a home for logins."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(account, "PAUSE", 0.01)
    made = Product()
    with HTTPServer(("127.0.0.1", 0), type("ADoor", (Door,), {"product": made})) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        demo = {"tenant_id": "acme", "email": "ada@acme.test", "password": "secret"}
        terminal.describe(public_url=made.url, demo=demo)
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def inside(terminal: StackAndTerminal, product: Product) -> Product:
    """The API, with somebody logged in."""
    assert 0 == terminal.pm("login").code
    product.asked.clear()
    return product


def test_on_a_local_stack_login_needs_no_words(terminal: StackAndTerminal, product: Product, tmp_path: Path) -> None:
    """The demo's owner is known; what is kept is the login, not the password."""
    answer = terminal.pm("login")

    file = sessions_file({"XDG_CONFIG_HOME": str(tmp_path)})
    kept = Sessions(file).get(product.url)
    assert (0, f"Logged in at {product.url} as ada@acme.test\n") == (answer.code, answer.err)
    assert kept
    assert ("ada@acme.test", "r-1") == (kept.email, kept.refresh_token)
    assert "secret" not in file.read_text()


def test_login_asks_for_what_it_is_not_told(terminal: StackAndTerminal, product: Product) -> None:
    """The password is never an option: it would stand in the shell's history."""
    answer = terminal.pm("login", "--email", "ada@acme.test", typed="secret\n")
    wrong = terminal.pm("login", "--email", "ada@acme.test", typed="wrong\n")

    assert 0 == answer.code
    assert (1, True) == (wrong.code, wrong.err.endswith("no such login\n"))


def test_an_address_is_enough_for_who_has_no_rights_on_the_stack(
    terminal: StackAndTerminal, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Customers have the API and nothing else."""
    monkeypatch.setenv("PM_STACK_FILE", "/nowhere")

    answer = terminal.pm("login", "--api", f"{product.url}/", "--email", "ada@acme.test", typed="secret\n")

    assert (0, 1) == (answer.code, len(product.asked))


@pytest.mark.parametrize("command", [["connections"], ["runs"], ["connect", "github"]])
def test_without_a_login_the_way_to_one_is_told(
    terminal: StackAndTerminal, product: Product, command: list[str]
) -> None:
    """One line."""
    answer = terminal.pm(*command)

    assert (1, "Nobody is logged in here. Log in with: pm login\n") == (answer.code, answer.err)


def test_logout_ends_the_login_here_and_there(terminal: StackAndTerminal, inside: Product) -> None:
    """The refresh token is worthless afterwards, and forgotten."""
    assert 0 == terminal.pm("logout").code
    assert [("POST", "/auth/logout", {"refresh_token": "r-1"})] == inside.asked
    assert 1 == terminal.pm("connections").code


def test_connections_tell_how_each_vendor_is(terminal: StackAndTerminal, inside: Product) -> None:
    """For people and for programs."""
    shown = terminal.pm("connections").out

    for part in ("Acme (T0)", "connected", "broken since 2026-11-20 09:30: revoked", "not connected"):
        assert part in shown
    assert ["slack", "linear", "github"] == [tie["provider"] for tie in terminal.pm("connections", "--json").json]


@pytest.mark.parametrize(
    ("lately", "says"),
    [
        (
            {"unavailable_since": AT, "retry_at": LATER, "limited_until": LATER},
            "does not answer since {at}; trying again at {later}",
        ),
        ({"unavailable_since": AT}, "does not answer since {at}; trying again with what comes next"),
        ({"limited_until": LATER}, "limited until {later}"),
        ({"reading_resumes_at": LATER}, "connected; older things are read from {later}"),
    ],
)
def test_connections_tell_how_a_vendor_has_answered_lately(lately: dict[str, str], says: str) -> None:
    """In the clock of whoever looks, the most telling thing alone."""
    tie = Tie.model_validate({"provider": "linear", "state": "connected", **lately})
    console = Console(width=200, no_color=True)

    with console.capture() as shown:
        console.print(ties([tie], datetime.fromisoformat(AT)))

    at, later = (f"{datetime.fromisoformat(moment).astimezone():%H:%M}" for moment in (AT, LATER))
    assert says.format(at=at, later=later) in shown.get()


def test_connections_tell_of_gaps_and_of_what_is_being_read() -> None:
    """By the channel's name, or the vendor's where all of it is meant."""
    told = {
        "channels": [{"name": "#shop", "read_back_to": AT}, {"name": "#ops", "read_back_to": None}],
        "gaps": [
            {"place": "#ops", "began_at": AT, "ended_at": LATER, "repaired_at": LATER},
            {"place": None, "began_at": AT, "ended_at": LATER, "repaired_at": None},
        ],
    }
    tie = Tie.model_validate({"provider": "slack", "state": "connected", **told})
    console = Console(width=200, no_color=True)

    with console.capture() as shown:
        console.print(ties([tie], datetime.fromisoformat(AT)))

    at, later = (datetime.fromisoformat(moment).astimezone() for moment in (AT, LATER))
    end = f"{later:%H:%M}" if at.date() == later.date() else f"{later:%F %H:%M}"
    assert [
        f"#shop: being read, back to {at:%F %H:%M} by now",
        f"#ops: gap {at:%F %H:%M}\N{EN DASH}{end}, repaired",
        f"slack: gap {at:%F %H:%M}\N{EN DASH}{end}, to be read",
    ] == [line.rstrip() for line in shown.get().splitlines()[-3:]]


def test_runs_tell_how_far_each_is(terminal: StackAndTerminal, inside: Product) -> None:
    """A dry run says so."""
    shown = terminal.pm("runs").out

    for part in ("r-1", "sync (dry run)", "running", "1 of 3"):
        assert part in shown
    assert [1] == [run["done"] for run in terminal.pm("runs", "--json").json]


def test_settings_are_shown_and_changed_by_name(terminal: StackAndTerminal, inside: Product) -> None:
    """What is named is sent and nothing else; a value that is no JSON is a word."""
    assert ["private_code    links", "settle_seconds  60"] == [
        line.rstrip() for line in terminal.pm("settings").out.splitlines()
    ]

    answer = terminal.pm("settings", "private_code=nothing", 'rules={"move": {"mode": "auto"}}', "--json").json

    assert ("PATCH", "/v1/settings", {"private_code": "nothing", "rules": {"move": {"mode": "auto"}}}) == inside.asked[
        -1
    ]
    assert "nothing" == answer["private_code"]
    assert "say private_code=VALUE" in terminal.pm("settings", "private_code").err


def test_shadow_mode_says_what_it_came_to(terminal: StackAndTerminal, inside: Product) -> None:
    """Kind by kind, for people and for programs."""
    shown = terminal.pm("shadow", "--since", "2d").out

    assert "on" in shown
    assert ["move", "17", "4", "12", "6", "3"] in [line.split() for line in shown.splitlines()]
    assert SHADOW == terminal.pm("shadow", "--json").json
    assert {"/v1/shadow"} == {path for _, path, _ in inside.asked}


def test_what_was_earned_is_said_with_what_it_rests_on(terminal: StackAndTerminal, inside: Product) -> None:
    """And what confidences are worth, for people and for programs."""
    shown = " ".join(terminal.pm("autonomy").out.split())

    assert "move 85% to 100% offline earned unasked promoted after 61 answers" in shown
    assert "86%: 87% of 80" in shown
    assert AUTONOMY == terminal.pm("autonomy", "--json").json
    assert {"/v1/autonomy"} == {path for _, path, _ in inside.asked}


def test_what_was_talked_about_is_shown_with_what_nobody_answered(terminal: StackAndTerminal, inside: Product) -> None:
    """And for programs."""
    shown = " ".join(terminal.pm("flow", "--talk").out.split())
    for said in (
        "Since 2026-10-31 12 conversations, 90 messages; 2 about work without a ticket, 7 messages.",
        "ENG-1 3 20 Checkout",
        "First report to ticket 2.5 h 6 h 31",
        "Ticket to done fewer than 5",
        "4 questions unanswered.",
        "#eng Does it work?",
    ):
        assert said in shown
    assert TALK == terminal.pm("flow", "--talk", "--json").json


def test_how_work_flows_is_shown_week_by_week(terminal: StackAndTerminal, inside: Product) -> None:
    """With what is in progress, when what is open is done, and what is to be known of it; and for programs."""
    shown = " ".join(terminal.pm("flow").out.split())

    for said in (
        "2026-11-16 5 2 3 4 1.5 d",
        "Begun to done 2.5 d 6 d 31",
        "Created to done fewer than 5",
        "ENG-1 9.5 late Checkout",
        "10 open: 85 % of runs finish by 12 Dec 2026.",
        "half of 31 at most 60%",
        "states in the tracker are wrong.",
    ):
        assert said in shown
    assert FLOW == terminal.pm("flow", "--team", "ENG", "--json").json


def test_work_is_measured_when_one_says_so(terminal: StackAndTerminal, inside: Product) -> None:
    """By a run, which is named."""
    assert "r-12" in terminal.pm("flow", "--measure").err
    assert ("POST", "/v1/workflows/flow", {"dry_run": False}) in inside.asked


def test_when_so_much_is_done_is_said_in_a_sentence(terminal: StackAndTerminal, inside: Product) -> None:
    """Of a team by its key, and for programs."""
    assert "10 to be done: 85 % of runs finish by 12 Dec 2026." == terminal.pm("forecast", "ENG").out.strip()
    assert FORECAST == terminal.pm("forecast", "ENG", "--items", "10", "--json").json


def test_confidences_are_fitted_when_one_says_so(terminal: StackAndTerminal, inside: Product) -> None:
    """By a run, which is named."""
    assert "r-11" in terminal.pm("autonomy", "--fit").err
    assert ("POST", "/v1/workflows/calibrate", {"dry_run": False}) in inside.asked


def test_experiments_are_listed_with_what_each_side_came_to(terminal: StackAndTerminal, inside: Product) -> None:
    """All pages of them, a line for each side: what it does otherwise, and whether it is better."""
    shown = [line.split("  ") for line in terminal.pm("experiments", "list").out.splitlines()]

    cells = [[cell.strip() for cell in line if cell.strip()] for line in shown]
    assert 2 == sum(line[:1] == ["e-1"] for line in cells)
    assert ["b (better)", "threshold 0.6", "41", "17", "11 of 12", "1 of 9"] in cells
    assert [EXPERIMENT] * 2 == terminal.pm("experiments", "list", "--json").json


def test_an_experiment_is_begun_and_ended_from_a_terminal(terminal: StackAndTerminal, inside: Product) -> None:
    """What is not named stays as the settings say."""
    begun = terminal.pm("experiments", "start", "move", "--ask-from", "0.7", "--days", "14")
    wish = {"kind": "move", "b": {"threshold": None, "ask_from": 0.7}, "share": 0.5, "days": 14}
    assert ("POST", "/v1/experiments", wish) == inside.asked[-1]
    assert "Begun: experiment e-1" in begun.err

    assert "Experiment e-1 is stopped\n" == terminal.pm("experiments", "stop", "e-1").err
    assert ("POST", "/v1/experiments/e-1/stop") == inside.asked[-1][:2]


def test_usage_says_what_the_model_has_cost(terminal: StackAndTerminal, inside: Product) -> None:
    """This month's, in words; a program has it as the API tells it."""
    lines = [" ".join(line.split()) for line in terminal.pm("usage").out.splitlines()]

    assert ["cost 50 US cents", "month 2026-11", "judgements 12", "budget_dollars null"] == lines
    told = terminal.pm("usage", "--json").json
    assert (12, 0.5) == (told["judgements"], told["cost_dollars"])


@pytest.mark.parametrize("opens", [True, False])
def test_connect_opens_the_vendors_page_and_waits(
    terminal: StackAndTerminal, inside: Product, monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    """The address is printed in any case; who has no browser here is told to use another."""
    opened: list[str] = []

    def open_page(url: str) -> bool:
        opened.append(url)
        return opens

    monkeypatch.setattr(webbrowser, "open", open_page)

    answer = terminal.pm("connect", "github")

    link = f"{inside.url}/oauth/github/start?link=x"
    assert (0, f"{link}\n", [link]) == (answer.code, answer.out, opened)
    assert ("Connected github: acme\n" == answer.err) is opens
    assert answer.err.endswith("Connected github: acme\n")


def test_connect_leaves_the_browser_alone_if_told_so(
    terminal: StackAndTerminal, inside: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For machines without a screen."""
    monkeypatch.setattr(webbrowser, "open", None)

    answer = terminal.pm("connect", "github", "--no-browser")

    assert (0, True) == (answer.code, "Open this address in a browser" in answer.err)


def test_connect_gives_up_when_the_link_has_ended(
    terminal: StackAndTerminal, inside: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody came back from the vendor's page."""
    monkeypatch.setattr(account, "PATIENCE", 0.0)
    inside.agreed = False

    answer = terminal.pm("connect", "github", "--no-browser")

    assert (1, True) == (answer.code, "was not connected within ten minutes" in answer.err)


def test_the_teams_questions_are_answered_through_the_api(terminal: StackAndTerminal, inside: Product) -> None:
    """In their order; more answers than questions are no answers."""
    assert "Blocked?: no keys\nNext?: -\nBeside that: -\n" == terminal.pm("answers").out

    assert 0 == terminal.pm("answers", "no keys", "ENG-2", "--words", "late").code
    said: Any = {"answers": {"Blocked?": "no keys", "Next?": "ENG-2"}, "words": "late"}
    assert ("PUT", "/v1/reports/answers", said) == inside.asked[-1]
    assert "the team asks 2 questions" in terminal.pm("answers", "a", "b", "c").err


def test_rules_are_shown_made_and_taken_back_through_the_api(terminal: StackAndTerminal, inside: Product) -> None:
    """Whose they are, until when, why one is over, and which says otherwise."""
    shown = terminal.pm("rules").out
    assert all(words in shown for words in ("never ask: create, in C1", "U0ADA", "its owner has left", "r-2"))

    made = terminal.pm("mute", "--kind", "create", "--in", "C1/1.0", "--why", "no work there")
    assert (0, "pm unmute r-1" in made.err) == (made.code, True)
    wish: Any = {"kind": "create", "channel": "C1", "root_ts": "1.0", "note": "no work there"}
    assert ("POST", "/v1/rules", wish) == inside.asked[-1]

    assert 0 == terminal.pm("unmute", "r-1").code
    assert ("DELETE", "/v1/rules/r-1", None) == inside.asked[-1]


@pytest.mark.parametrize("command", ["autonomy", "connections", "rules", "runs"])
def test_what_is_read_for_its_words_is_not_cut_on_a_terminal_of_80_columns(
    terminal: StackAndTerminal, inside: Product, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """It goes on in the next line, and every word of it is there."""
    wide = terminal.pm(command).out
    monkeypatch.setenv("COLUMNS", "80")

    shown = terminal.pm(command).out

    assert max(map(len, shown.splitlines())) <= 80
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown
    assert sorted("".join(wide.split())) == sorted("".join(shown.split()))


@pytest.mark.parametrize("id", [DONE, "aaaa1"])
def test_what_was_done_is_taken_back_through_the_api(terminal: StackAndTerminal, inside: Product, id: str) -> None:
    """By its id or the beginning of it, wherever it is in the list."""
    answer = terminal.pm("undo", id)

    assert (0, ("POST", f"/v1/decisions/{DONE}/undo", {})) == (answer.code, inside.asked[-1])
    assert DONE in answer.err


@pytest.mark.parametrize(("id", "said"), [("aaaa", "2 decisions"), ("ff", "No decisions"), ("", "by its id")])
def test_nothing_is_taken_back_unless_one_decision_is_meant(
    terminal: StackAndTerminal, inside: Product, id: str, said: str
) -> None:
    """Of several, and of none."""
    answer = terminal.pm("undo", id)

    assert (1, True) == (answer.code, said in answer.err)
    assert "POST" not in {method for method, path, _ in inside.asked if "decisions" in path}


@pytest.mark.parametrize("person", ["ada", "U0ADA"])
def test_erasing_asks_whether_it_is_meant(terminal: StackAndTerminal, inside: Product, person: str) -> None:
    """A person is named in full or by id, and nothing is asked for before the yes."""
    no = terminal.pm("erase", person, typed="n\n")
    asked_before = [method for method, _, _ in inside.asked]
    yes = terminal.pm("erase", person, typed="y\n")

    assert (1, 0, {"GET"}) == (no.code, yes.code, set(asked_before))
    assert ("DELETE", "/v1/members/U0ADA/data", None) == inside.asked[-1]
    assert "r-9" in yes.err


def test_nobody_is_erased_for_being_called_nearly_so(terminal: StackAndTerminal, inside: Product) -> None:
    """A part of a name is not enough, even where it fits one person only."""
    answer = terminal.pm("erase", "adab", "--yes")

    assert (1, True) == (answer.code, "adab is nobody here. There is: Ada, Adabel" in answer.err)
    assert {"GET"} == {method for method, _, _ in inside.asked}
