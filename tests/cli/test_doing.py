"""Commands that set something going: they ask the API for it, and wait for what comes of it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pm_assistant.domain.jobs import Job
from tests.builders import ACME
from tests.cli.conftest import StackAndTerminal
from tests.cli.customers import Customer

TS = "1763632200.000100"
SAID = "https://acme.slack.com/archives/C0ENG/p1"
WOULD_MOVE = {
    "kind": "move",
    "would": "ask",
    "ticket": "ENG-1",
    "to": "Done",
    "confidence": 0.709,
    "reason": "it is fixed",
    "evidence": [SAID],
}
WOULD_CREATE = {
    "kind": "create",
    "would": "log",
    "title": "Coupon lost",
    "confidence": 0.5,
    "evidence": [SAID],
    "private": True,
}


def only_job(customer: Customer) -> Job:
    """What was asked for."""
    [job] = customer.world.stores.jobs.latest(ACME, before=None, limit=9)
    return job


def test_process_shows_what_would_happen_and_changes_nothing(customer: Customer) -> None:
    """The dry run is the default; what was said in private is not said here."""
    customer.results = [WOULD_MOVE, WOULD_CREATE]

    shown = [" ".join(line.split()) for line in customer.pm("process").out.splitlines()]

    assert [
        f"ask move to Done ENG-1 70% it is fixed {SAID}",
        f"note create new: Coupon lost 50% said in private {SAID}",
        "2 decisions",
    ] == shown[1:]
    assert only_job(customer).order.dry_run


def test_process_prints_json_for_programs(customer: Customer) -> None:
    """All that the API tells, and what is no answer goes elsewhere."""
    customer.results = [WOULD_MOVE]

    answer = customer.pm("process", "--since", "2d", "--json")

    assert WOULD_MOVE.items() <= answer.json[0].items()
    assert "Dry run: nothing was changed" in answer.err


def test_process_execute_has_it_done(customer: Customer) -> None:
    """Once, and without waiting for its end."""
    answer = customer.pm("process", "--execute")

    assert (0, "", True) == (answer.code, answer.out, "Asked for, as run" in answer.err)
    assert ("process", False) == (only_job(customer).order.kind, only_job(customer).order.dry_run)
    assert answer.err.endswith(f"Take all of it back with: pm undo --run {only_job(customer).id}\n")


@pytest.mark.parametrize("offer", [False, True])
def test_untracked_lists_talk_without_a_ticket_and_asks_only_when_told_so(customer: Customer, offer: bool) -> None:
    """In its threads."""
    customer.results = [{**WOULD_CREATE, "would": "ask", "reason": "nobody has it", "private": False}]

    answer = customer.pm("untracked", *["--offer"] * offer)

    assert "new: Coupon lost" in answer.out
    assert ("untracked", not offer) == (only_job(customer).order.kind, only_job(customer).order.dry_run)


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([{"members": 8, "teams": 2, "tickets": 36, "messages": 0}], "8 members, 2 teams, 36 tickets, 0 messages"),
        ([{"missing": ["slack"]}], "slack is not connected"),
        ([], "Nothing was read"),
    ],
)
def test_sync_says_how_much_was_read(customer: Customer, results: list[dict[str, object]], said: str) -> None:
    """Or what is in the way."""
    customer.results = results

    answer = customer.pm("sync", "--messages-since", "1d")

    assert (0, f"{said}\n") == (answer.code, answer.out)
    order = only_job(customer).order
    assert ("sync", False, True) == (order.kind, order.dry_run, order.since is not None)


class Sandbox(BaseHTTPRequestHandler):
    """Takes messages like the sandbox; refuses the user `nobody`."""

    posted: list[tuple[str, dict[str, str]]]

    def do_POST(self) -> None:
        """Answer one message."""
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.posted.append((self.path, said))
        refused = said["user"] == "nobody"
        refusal = {"field": "user", "detail": f"no person nobody{chr(27)}[31m"}
        body = json.dumps(refusal if refused else {"ts": TS}).encode() if said["text"] != "garbled" else b"<html>"
        self.send_response(400 if refused else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def sandbox(terminal: StackAndTerminal) -> Iterator[list[tuple[str, dict[str, str]]]]:
    """A sandbox the stack knows of; gives what was posted to it."""
    posted: list[tuple[str, dict[str, str]]] = []
    with HTTPServer(("127.0.0.1", 0), type("Recording", (Sandbox,), {"posted": posted})) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        terminal.describe(sandbox_url=f"http://127.0.0.1:{server.server_port}")
        yield posted
        server.shutdown()
        thread.join()


def test_send_says_it_in_the_sandbox_and_prints_the_ts(
    terminal: StackAndTerminal, sandbox: list[tuple[str, dict[str, str]]]
) -> None:
    """A person may be named; the ts alone is printed, for the next --thread."""
    answer = terminal.pm("send", "Hi all", "--channel", "#eng", "--user", "ada", "--thread", "1.5")

    assert (0, f"{TS}\n") == (answer.code, answer.out)
    assert [
        ("/_sandbox/slack/messages", {"channel": "#eng", "user": "ada", "text": "Hi all", "thread_ts": "1.5"})
    ] == sandbox


def test_send_passes_on_why_the_sandbox_refused(
    terminal: StackAndTerminal, sandbox: list[tuple[str, dict[str, str]]]
) -> None:
    """One line and status 1."""
    answer = terminal.pm("send", "Hi", "--channel", "eng", "--user", "nobody")

    assert (1, 1) == (answer.code, len(sandbox))
    assert "The sandbox refused: user: no person nobody[31m\n" == answer.err
    assert "The sandbox refused: <html>\n" == terminal.pm("send", "garbled", "--channel", "eng", "--user", "nobody").err


def test_send_needs_a_sandbox(terminal: StackAndTerminal) -> None:
    """With real vendors behind the stack it refuses."""
    answer = terminal.pm("send", "Hi", "--channel", "eng", "--user", "ada")

    assert (1, "There is no sandbox here: say it in Slack itself\n") == (answer.code, answer.err)


def test_a_sandbox_that_does_not_answer_is_one_clear_line(terminal: StackAndTerminal) -> None:
    """No traceback."""
    terminal.describe(sandbox_url="http://127.0.0.1:1")

    answer = terminal.pm("send", "Hi", "--channel", "eng", "--user", "ada")

    assert (1, "The sandbox at http://127.0.0.1:1 does not answer\n") == (answer.code, answer.err)
