"""Commands that set something going: it ends up at the door of the corridor, and nowhere else."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest

from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.reports import ReportChannel, Subscription
from tests.builders import ACME, a_decision, a_member, a_message
from tests.cli.conftest import StackAndTerminal

TS = "1763632200.000100"


def proposed(terminal: StackAndTerminal, state: DecisionState = DecisionState.PROPOSED) -> str:
    """Log a decision, a proposed one, and return its id."""
    now = datetime.now(UTC)
    decision = a_decision(state=state, created_at=now, updated_at=now)
    return terminal.stores.decisions.save(decision).id


def say(terminal: StackAndTerminal, text: str) -> None:
    """Keep a message of just now."""
    now = datetime.now(UTC)
    ts = f"{now.timestamp():.6f}"
    terminal.stores.messages.record(ACME, a_message(text=text, ts=ts, root_ts=ts, received_at=now), keep_days=9)


def test_process_shows_what_would_happen_and_changes_nothing(terminal: StackAndTerminal) -> None:
    """The dry run is the default: no decision is logged and nothing is enqueued."""
    say(terminal, "ENG-1: the coupon still vanishes in checkout, I can reproduce it on staging")

    answer = terminal.pm("process", "--json")

    [would] = answer.json
    assert "coupon" in would["conversation"]["messages"][0]["text"]
    assert [] != would["decisions"]
    assert [] == terminal.stores.decisions.since(ACME, datetime(2020, 1, 1, tzinfo=UTC))
    assert [] == terminal.waiting("events") + terminal.waiting("actions")
    assert "Dry run" in answer.err


def test_process_execute_sends_the_conversations_down_the_corridor(terminal: StackAndTerminal) -> None:
    """The events queue is the only door."""
    say(terminal, "ENG-1 is fixed")

    answer = terminal.pm("process", "--execute")

    assert 0 == answer.code
    assert ["conversation_touched"] == [body["event"]["type"] for body in terminal.waiting("events")]
    assert answer.err.startswith("Sent 1 conversations to the events queue")


def test_standup_is_shown_for_everybody_or_one_person(terminal: StackAndTerminal) -> None:
    """Computed now, delivered to nobody."""
    both, ada = terminal.pm("standup", "--json").json, terminal.pm("standup", "--member-id", "ada").out

    assert 2 == len(both)
    assert "Standup for Ada" in ada
    assert "ENG-1 Checkout drops the coupon" in ada
    assert "https://linear.app/acme/issue/ENG-1" in ada
    assert ada == terminal.pm("standup", "--person", "ada").out  # its former name


def test_standup_send_makes_it_due_through_the_scheduler_once(terminal: StackAndTerminal) -> None:
    """A one-time schedule that deletes itself puts it on the reports queue; the day's own report stays due."""
    answer = terminal.pm("standup", "--member-id", "ada", "--send")

    scheduler: Any = boto3.client("scheduler")
    [listed] = scheduler.list_schedules(GroupName="pm")["Schedules"]
    made = scheduler.get_schedule(GroupName="pm", Name=listed["Name"])
    request = json.loads(made["Target"]["Input"])
    due = json.loads(request["MessageBody"])
    assert 0 == answer.code
    assert made["ScheduleExpression"].startswith("at(")
    assert (terminal.described["queues"]["reports"], ACME) == (request["QueueUrl"], request["MessageGroupId"])
    assert ("U0ADA", True) == (due["member_id"], due["once"].startswith("pm-"))


def test_standup_send_says_how_it_comes(terminal: StackAndTerminal) -> None:
    """As the person wishes it."""
    by_mail = Subscription(member_id="U0ADA", delivery=ReportChannel.EMAIL)

    in_chat = terminal.pm("standup", "--member-id", "ada", "--send").err
    terminal.stores.subscriptions.put(ACME, by_mail)

    assert "Ada gets it in Slack." in in_chat
    assert "Ada gets it by e-mail to ada@acme.test." in terminal.pm("standup", "--member-id", "ada", "--send").err


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--send"], "Say who gets it: --member-id NAME\n"),
        (["--send", "--member-id", "cy"], "Cy (U0CY) is known neither in the chat nor by e-mail\n"),
    ],
)
def test_standup_send_needs_one_person_who_can_be_reached(
    terminal: StackAndTerminal, arguments: list[str], error: str
) -> None:
    """Nobody gets a message by accident."""
    terminal.stores.directory.put_members(ACME, [a_member(id="U0CY", name="Cy", accounts={}, email=None)])

    answer = terminal.pm("standup", *arguments)

    assert (1, error) == (answer.code, answer.err)


@pytest.mark.parametrize("answer", ["approve", "dismiss"])
def test_an_answer_goes_onto_the_actions_queue(terminal: StackAndTerminal, answer: str) -> None:
    """A decision is found by the beginning of its id."""
    id = proposed(terminal)

    code = terminal.pm(answer, id[:8]).code

    [request] = terminal.waiting("actions")
    assert (0, id, answer) == (code, request["decision_id"], request["answer"])
    assert request["answered_by"].startswith("pm:")


def test_what_is_approved_can_be_worded_first_and_said_to_be_about_another_ticket(terminal: StackAndTerminal) -> None:
    """As in the chat; what cannot be worded so is one clear line."""
    id = proposed(terminal)

    worded = terminal.pm("approve", id, "--text", "In my own words.")
    moved = terminal.pm("relink", id, "ENG-2")
    refused = terminal.pm("dismiss", id, "--why", "already done")
    titled = terminal.pm("approve", id, "--title", "A comment has none")

    assert [0, 0, 0, 1] == [answer.code for answer in (worded, moved, refused, titled)]
    requests = terminal.waiting("actions")
    assert [("edit", "In my own words."), ("relink", None), ("dismiss", None)] == [
        (request["answer"], request["edited"] and request["edited"]["text"]) for request in requests
    ]
    assert ("ENG-2", "already done") == (requests[1]["ticket"], requests[2]["remark"])
    assert "a comment has no title or priority\n" == titled.err


def test_what_could_not_be_done_is_tried_again(terminal: StackAndTerminal) -> None:
    """By who holds the stack's keys, too."""
    id = proposed(terminal, state=DecisionState.FAILED)

    assert 0 == terminal.pm("retry", id[:8]).code

    [request] = terminal.waiting("actions")
    assert (id, "retry") == (request["decision_id"], request["answer"])


def test_what_is_not_proposed_cannot_be_approved(terminal: StackAndTerminal) -> None:
    """Nothing is enqueued, and the state is named."""
    id = terminal.stores.decisions.save(a_decision(state=DecisionState.DONE)).id

    answer = terminal.pm("approve", id)

    assert (1, f"Decision {id} is done: there is nothing to approve\n") == (answer.code, answer.err)
    assert [] == terminal.waiting("actions")


def test_an_unknown_decision_is_one_clear_line(terminal: StackAndTerminal) -> None:
    """Neither a beginning nor a whole id that is not there is a traceback."""
    short, whole = terminal.pm("dismiss", "zzz"), terminal.pm("dismiss", "00000000-0000-0000-0000-000000000000")

    assert (1, "No decisions of the last 30 days begin with zzz\n") == (short.code, short.err)
    assert (1, 1) == (whole.code, whole.err.count("\n"))


class Sandbox(BaseHTTPRequestHandler):
    """Takes messages like the sandbox; refuses the user `nobody`."""

    posted: list[tuple[str, dict[str, str]]]

    def do_POST(self) -> None:
        """Answer one message."""
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.posted.append((self.path, said))
        refused = said["user"] == "nobody"
        body = b'{"error":"unknown user \\u001b[31m"}' if refused else json.dumps({"ts": TS}).encode()
        self.send_response(404 if refused else 200)
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
        ("/_sandbox/slack/messages", {"channel": "#eng", "user": "U0ADA", "text": "Hi all", "thread_ts": "1.5"})
    ] == sandbox


def test_send_passes_on_why_the_sandbox_refused(
    terminal: StackAndTerminal, sandbox: list[tuple[str, dict[str, str]]]
) -> None:
    """One line and status 1."""
    answer = terminal.pm("send", "Hi", "--channel", "eng", "--user", "nobody")

    assert (1, 1) == (answer.code, len(sandbox))
    assert "The sandbox refused (404)" in answer.err


def test_send_needs_a_sandbox(terminal: StackAndTerminal) -> None:
    """With real vendors behind the stack it refuses."""
    answer = terminal.pm("send", "Hi", "--channel", "eng", "--user", "ada")

    assert (1, "This stack has no sandbox: say it in Slack itself\n") == (answer.code, answer.err)


def test_a_sandbox_that_does_not_answer_is_one_clear_line(terminal: StackAndTerminal) -> None:
    """No traceback."""
    terminal.describe(sandbox_url="http://127.0.0.1:1")

    answer = terminal.pm("send", "Hi", "--channel", "eng", "--user", "ada")

    assert (1, "The sandbox at http://127.0.0.1:1 does not answer\n") == (answer.code, answer.err)
