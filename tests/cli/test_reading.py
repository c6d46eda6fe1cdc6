"""Commands that look: what they find, and that programs can read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.cli import terminal as terminal_module
from pm_assistant.domain.code import TicketLinks
from pm_assistant.domain.decisions import DecisionState, Outcome, Waiting
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.planning import Relation, RelationType
from pm_assistant.domain.rules import HeldBy
from pm_assistant.domain.tenants import Provider
from tests.builders import (
    ACME,
    DOING,
    DONE,
    NOW,
    a_comment,
    a_decision,
    a_link_to,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_ticket,
    a_tree,
)
from tests.cli.conftest import StackAndTerminal


def log(terminal: StackAndTerminal, **changes: Any) -> str:
    """Put a decision of just now into the log and return its id."""
    now = datetime.now(UTC)
    decision = a_decision(ACME, message=a_message(), **{"updated_at": now, "created_at": now, **changes})
    return terminal.stores.decisions.save(decision).id


@pytest.mark.parametrize(
    "command",
    [
        "operator status",
        "linear",
        "pulls",
        "disagreements",
        "decisions",
        "untracked",
        "process",
        "standup",
        "operator dlq list",
    ],
)
def test_every_reading_command_prints_json_and_nothing_else(terminal: StackAndTerminal, command: str) -> None:
    """Programs parse the whole of stdout."""
    log(terminal)

    answer = terminal.pm(*command.split(), "--json")

    assert 0 == answer.code
    assert answer.json is not None


def test_pulls_shows_open_pull_requests_and_whose_review_is_awaited(terminal: StackAndTerminal) -> None:
    """One line each; what is over is asked for."""
    member = a_member("ada", accounts={Provider.SLACK: "U0ADA", Provider.GITHUB: "ada"})
    terminal.stores.directory.put_members(ACME, [member])
    merged = a_pull_request(2, title="Old", closed_at=NOW, merged_at=NOW)
    for part in (a_repository(), a_pull_request(requested=("Ada",)), merged):
        terminal.stores.code.record(ACME, part, keep_days=30)

    assert "shop#1" in (shown := terminal.pm("pulls").out)
    assert "Old" not in shown
    assert [2] == [pull["number"] for pull in terminal.pm("pulls", "--over", "--json").json]
    assert [1] == [pull["number"] for pull in terminal.pm("pulls", "--reviewer", "ada", "--json").json]
    assert [] == terminal.pm("pulls", "--author", "ada", "--json").json


def test_disagreements_are_shown_with_all_that_they_rest_on(terminal: StackAndTerminal) -> None:
    """A ticket in progress, and what was merged for it."""
    now = datetime.now(UTC)
    ticket = a_ticket(7, state=DOING, updated_at=now, title="Keep the coupon")
    terminal.stores.tickets.put(ACME, ticket)
    merged_at = now - timedelta(days=2)
    facts = a_pull_request(2, at=merged_at, closed_at=merged_at, merged_at=merged_at)
    links = (a_link_to(ticket.key, ticket_id=ticket.id),)
    found = TicketLinks(pull_request_id=facts.pull_request_id, at=merged_at, links=links)
    for part in (a_repository(), facts, found):
        terminal.stores.code.record(ACME, part, keep_days=30)

    shown = terminal.pm("disagreements").out

    assert "merged but open" in shown
    assert shown.index("ENG-7 Keep the coupon") < shown.index("acme/shop#2")


def test_status_shows_stack_queues_tenant_and_what_happened_last(terminal: StackAndTerminal) -> None:
    """One look says where everything stands."""
    log(terminal, state=DecisionState.DONE)

    found = terminal.pm("operator", "status", "--json").json

    assert "pm" == found["stack_name"]
    assert ["ActFunction", "ReportFunction"] == [function["name"] for function in found["functions"]]
    assert ["events", "events dead letters"] == [queue["queue"] for queue in found["queues"]][:2]
    assert {"people": 2, "teams": 1, "tickets": 2, "open_tickets": 2, "messages": 0, "decisions": {"done": 1}} == (
        found["tenant"]["counts"]
    )
    assert ["ENG-1"] == [decision["ticket"]["key"] for decision in found["tenant"]["recent"]]


def test_status_keeps_credentials_to_itself(terminal: StackAndTerminal) -> None:
    """Not even the sealed form of a token is shown."""
    shown = terminal.pm("operator", "status", "--json").out + terminal.pm("operator", "status").out

    assert "sealed" not in shown
    assert "https://acme.slack.com/" in shown


def test_status_says_which_connection_is_broken(terminal: StackAndTerminal) -> None:
    """And since when; the others are as they were."""
    terminal.stores.connection_states.mark_broken(
        ACME, Provider.SLACK, reason="revoked", at=datetime(2026, 11, 20, tzinfo=UTC)
    )

    shown = terminal.pm("operator", "status").out

    assert "https://acme.slack.com/, broken since 2026-11-20" in shown
    assert 1 == shown.count("broken")


def test_status_of_a_stack_without_a_tenant_says_so(terminal: StackAndTerminal) -> None:
    """A stack that has just been deployed is no error."""
    terminal.describe(demo=None)

    answer = terminal.pm("operator", "status")

    assert 0 == answer.code
    assert "No tenant is connected yet." in answer.out


def test_linear_shows_open_tickets_and_all_on_demand(terminal: StackAndTerminal) -> None:
    """Closed tickets are left out unless asked for."""
    terminal.stores.tickets.put(ACME, a_ticket(3, state=DONE))

    assert ["ENG-1", "ENG-2"] == [ticket["key"] for ticket in terminal.pm("linear", "--json").json]
    assert ["ENG-1", "ENG-2", "ENG-3"] == [ticket["key"] for ticket in terminal.pm("linear", "--all", "--json").json]


def test_linear_says_by_which_open_tickets_one_is_blocked(
    terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is closed blocks nothing any more, and what is related never did."""
    monkeypatch.setenv("COLUMNS", "200")
    terminal.stores.tickets.put(ACME, a_ticket(3, state=DONE))
    for number, type in ((2, RelationType.BLOCKS), (3, RelationType.BLOCKS), (4, RelationType.RELATED)):
        ends = {"ticket_id": f"ticket-{number}", "other_id": "ticket-1"}
        terminal.stores.planning.relate(ACME, Relation(id=str(number), type=type, at=NOW, **ends))
    shown = terminal.pm("linear").out

    assert 1 == shown.count("blocked by")
    assert "blocked by ENG-2" in shown


def test_linear_filters_by_state_and_person(terminal: StackAndTerminal) -> None:
    """A state goes by its name or type, a person by the beginning of the name."""
    terminal.stores.tickets.put(ACME, a_ticket(10, state=DOING, assignee_id=None))

    assert ["ENG-10"] == [ticket["key"] for ticket in terminal.pm("linear", "--state", "in progress", "--json").json]
    assert ["ENG-10"] == [ticket["key"] for ticket in terminal.pm("linear", "--state", "started", "--json").json]
    assert ["ENG-2"] == [ticket["key"] for ticket in terminal.pm("linear", "--member-id", "bo", "--json").json]
    assert ["ENG-10"] == [ticket["key"] for ticket in terminal.pm("linear", "--assignee", "none", "--json").json]


def test_a_state_that_is_none_is_answered_with_those_there_are(terminal: StackAndTerminal) -> None:
    """Also where another one is named beside it; one that no ticket is in is no mistake."""
    answer = terminal.pm("linear", "--state", "nope")

    assert (1, True) == (answer.code, answer.err.startswith("No state is called nope. There is: "))
    assert "In Progress" in answer.err
    assert "No tickets." in terminal.pm("linear", "--state", "canceled").out
    beside = terminal.pm("linear", "--state", "started", "--state", "nope")
    assert (1, answer.err) == (beside.code, beside.err)


@pytest.mark.parametrize("command", ["decisions", "linear --all", "operator status", "process"])
def test_on_a_terminal_of_80_columns_a_row_is_a_line(
    terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """What does not fit is cut, and addresses are behind what they are about; a pipe gets all of it, spelt out."""
    done = Outcome(external_id="c1", url="https://linear.app/acme/issue/ENG-1#comment-c1", inverse="{}")
    log(terminal, state=DecisionState.DONE, outcome=done, reason="both speak of coupon and checkout " * 9)
    terminal.stores.tickets.put(ACME, a_ticket(3, title="A title that is longer than any terminal is wide " * 3))
    monkeypatch.delenv("COLUMNS")
    piped = terminal.pm(*command.split()).out
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(terminal_module, "followed", lambda: True)

    shown = terminal.pm(*command.split()).out

    assert max(len(line) for line in shown.splitlines()) <= 80
    if command != "operator status":
        assert len(shown.splitlines()) == len(piped.splitlines())
    if command in {"decisions", "linear --all"}:
        assert "https://" not in shown
        assert "https://linear.app/acme/issue/ENG-1" in piped
        assert "…" not in piped


def test_a_person_may_be_named_as_the_tracker_does(terminal: StackAndTerminal) -> None:
    """Chat and tracker often know the same person by different names."""
    terminal.stores.tickets.put(ACME, a_ticket(4, assignee_id="lin-bo", assignee_name="Robert Borg"))

    found = terminal.pm("linear", "--assignee", "robert borg", "--json").json

    assert {"lin-bo"} == {ticket["assignee_id"] for ticket in found}


def test_a_person_nobody_knows_is_answered_with_the_names_there_are(terminal: StackAndTerminal) -> None:
    """A misspelt name is easy to put right."""
    answer = terminal.pm("linear", "--assignee", "zoe")

    assert (1, "", "zoe is nobody here. There is: Ada, Bo\n") == (answer.code, answer.out, answer.err)


def test_decisions_show_ticket_confidence_reason_link_and_what_was_done(terminal: StackAndTerminal) -> None:
    """Every line can be checked."""
    done = Outcome(external_id="c1", url="https://linear.app/acme/issue/ENG-1#comment-c1", inverse="{}")
    log(terminal, state=DecisionState.DONE, outcome=done)

    shown = terminal.pm("decisions").out

    for part in ("ENG-1", "90%", "both speak of coupon and checkout", "archives/C0ENG/p1", "#comment-c1", "done"):
        assert part in shown


def test_decisions_say_how_many_tickets_of_a_tree_are_closed(terminal: StackAndTerminal) -> None:
    """Beside the topmost of them."""
    log(terminal, action=a_tree(1, 2), state=DecisionState.PROPOSED)

    shown = " ".join(terminal.pm("decisions").out.split())

    assert "close 2 in a tree" in shown
    assert "ENG-1" in shown


def test_decisions_say_for_whom_they_wait_and_since_when(terminal: StackAndTerminal) -> None:
    """Whoever asks why nothing happens is told who is away."""
    waiting = Waiting(provider=Provider.LINEAR, since=datetime.now(UTC) - timedelta(hours=2))
    log(terminal, waiting=waiting)

    shown = " ".join(terminal.pm("decisions").out.split())

    assert "waiting for Linear since" in shown
    assert f"{waiting.since.astimezone():%H:%M}" in shown
    assert "linear" == terminal.pm("decisions", "--json").json[0]["waiting"]["provider"]


def test_decisions_say_why_no_model_was_asked(terminal: StackAndTerminal) -> None:
    """Whoever wonders at a judgement sees that it is the offline one, and why."""
    log(terminal, fallback="the quota is used up")

    assert "judged offline: the quota is used up" in " ".join(terminal.pm("decisions").out.split())


def test_decisions_say_which_rule_kept_them_from_being_asked(terminal: StackAndTerminal) -> None:
    """And whose that is, beside why no model was asked."""
    held = HeldBy(rule_id="r-1", effect="never", owner="U0ADA")
    log(terminal, held_by=held, fallback="the quota is used up")

    shown = " ".join(terminal.pm("decisions").out.split())
    assert "(rule r-1 of U0ADA; judged offline: the quota is used up)" in shown


def test_decisions_are_filtered_by_time_and_state(terminal: StackAndTerminal) -> None:
    """What is older or in another state is left out."""
    id = log(terminal, state=DecisionState.PROPOSED)
    log(terminal, action=a_comment("ticket-2"), updated_at=datetime.now(UTC) - timedelta(days=2))

    assert [id] == [decision["id"] for decision in terminal.pm("decisions", "--json").json]
    assert [id] == [d["id"] for d in terminal.pm("decisions", "--since", "3d", "--state", "proposed", "--json").json]
    assert [] == terminal.pm("decisions", "--state", "failed", "--json").json


def test_an_unreadable_time_is_one_clear_line(terminal: StackAndTerminal) -> None:
    """It says how to write one."""
    answer = terminal.pm("decisions", "--since", "yesterday")

    assert (1, "", "write a time as 30m, 2h, 1d or 2026-11-20T09:30\n") == (answer.code, answer.out, answer.err)


def test_tail_shows_each_change_once_and_the_queues(terminal: StackAndTerminal) -> None:
    """A decision that does not move on is not shown again."""
    log(terminal)
    touched = EventEnvelope(tenant_id=ACME, event=ConversationTouched(channel="C", ts="1.0", root_ts="1.0"))
    terminal.dead_letters("events").park(touched.model_dump_json(), group=ACME, error="E", cause="c", attempts=1)

    answer = terminal.pm("tail", "--since", "1m", "--for", "1.3")

    assert 0 == answer.code
    lines = answer.out.splitlines()
    assert 2 == len(lines)
    assert "queued" in lines[0]
    assert "events dead letters 1" in lines[1]


def test_tail_goes_on_when_aws_does_not_answer(terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, still shows what it can, and ends as it was told to."""
    log(terminal)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")

    answer = terminal.pm("tail", "--since", "1m", "--for", "0")

    assert (0, 1, 1) == (answer.code, len(answer.out.splitlines()), answer.err.count("still trying"))


def test_tail_prints_one_json_object_a_line(terminal: StackAndTerminal) -> None:
    """A stream is read line by line."""
    log(terminal)

    answer = terminal.pm("tail", "--since", "1m", "--for", "0", "--json")

    assert 2 == len(answer.out.splitlines())
