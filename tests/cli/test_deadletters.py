"""`pm operator dlq`: what was given up is explained, and goes again."""

from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.due import Due, DueNotice
from pm_assistant.domain.events import EventEnvelope, TicketChanged
from pm_assistant.domain.jobs import JobDue, Recurring, RecurringDue
from pm_assistant.domain.tenants import Provider
from tests.builders import ACME, NOW, a_ticket
from tests.cli.conftest import StackAndTerminal

SECRET = "a person wrote this"


def park_both(terminal: StackAndTerminal) -> None:
    """Give up one action and one event."""
    request = ActionRequest(tenant_id=ACME, decision_id="d-1", answer="approve")
    terminal.dead_letters("actions").park(
        request.model_dump_json(), group=ACME, error="NotConnected", cause="no linear", attempts=3
    )
    changed = EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=a_ticket(title=SECRET)))
    terminal.dead_letters("events").park(
        changed.model_dump_json(), group=ACME, error="UpstreamRejected", cause="refused", attempts=6
    )


def test_list_tells_cause_and_purpose_without_what_people_wrote(terminal: StackAndTerminal) -> None:
    """A list may be pasted into a ticket."""
    park_both(terminal)

    found = {letter["queue"]: letter for letter in terminal.pm("operator", "dlq", "list", "--json").json}

    assert ("NotConnected", "no linear", 3) == tuple(found["actions"][key] for key in ("error", "cause", "attempts"))
    assert "approve decision d-1" == found["actions"]["about"]
    assert "change of ticket ENG-1" == found["events"]["about"]
    assert SECRET not in terminal.pm("operator", "dlq", "list").out


def test_notices_and_runs_are_told_by_what_they_are_for(terminal: StackAndTerminal) -> None:
    """Two kinds of messages share a queue; a run is known by its id, an hour by when it was."""
    notice = ConnectionNotice(tenant_id=ACME, provider=Provider.SLACK, broken_since=NOW, reason="app_uninstalled")
    for stage, message in (("reports", notice), ("runs", JobDue(tenant_id=ACME, job_id="r-1"))):
        terminal.dead_letters(stage).park(message.model_dump_json(), group=ACME, error="E", cause="c", attempts=6)

    found = {letter["queue"]: letter["about"] for letter in terminal.pm("operator", "dlq", "list", "--json").json}

    assert {"reports": "notice that slack broke", "runs": "run r-1"} == found

    due = DueNotice(tenant_id=ACME, what=Due.TRIAL_OVER, occasion="2026-11-20")
    terminal.dead_letters("reports").park(due.model_dump_json(), group=ACME, error="E", cause="c", attempts=6)
    found_of_reports = terminal.pm("operator", "dlq", "list", "--queue", "reports", "--json").json
    assert "notice of trial_over" in {letter["about"] for letter in found_of_reports}
    hour = RecurringDue(tenant_id=ACME, kind=Recurring.COMPARISON, due_at=NOW)
    terminal.dead_letters("runs").park(hour.model_dump_json(), group=ACME, error="E", cause="c", attempts=6)
    found_of_runs = terminal.pm("operator", "dlq", "list", "--queue", "runs", "--json").json
    assert f"comparison of {NOW:%F %H:%M}" in {letter["about"] for letter in found_of_runs}


def test_an_unreadable_message_is_listed_too(terminal: StackAndTerminal) -> None:
    """What no stage could read is the very thing to look for."""
    terminal.dead_letters("reports").park("{nonsense", group=ACME, error="InvalidRequest", cause="x", attempts=1)

    assert ["unreadable, 9 characters"] == [
        letter["about"] for letter in terminal.pm("operator", "dlq", "list", "--json").json
    ]


def test_show_gives_the_whole_message(terminal: StackAndTerminal) -> None:
    """By the beginning of its id."""
    park_both(terminal)
    [id] = [letter["id"] for letter in terminal.pm("operator", "dlq", "list", "--queue", "events", "--json").json]

    assert SECRET in " ".join(terminal.pm("operator", "dlq", "show", id[:8]).out.split())
    assert SECRET in terminal.pm("operator", "dlq", "show", id, "--json").json["body"]


def test_redrive_sends_the_chosen_ones_to_their_own_queue(terminal: StackAndTerminal) -> None:
    """Others stay where they are."""
    park_both(terminal)
    [id] = [letter["id"] for letter in terminal.pm("operator", "dlq", "list", "--queue", "actions", "--json").json]

    answer = terminal.pm("operator", "dlq", "redrive", id[:8])

    assert (0, "actions: 1 sent again\n") == (answer.code, answer.out)
    assert ["d-1"] == [body["decision_id"] for body in terminal.waiting("actions")]
    assert ["events"] == [letter["queue"] for letter in terminal.pm("operator", "dlq", "list", "--json").json]


def test_redrive_all_empties_every_queue_or_one(terminal: StackAndTerminal) -> None:
    """`--queue` narrows it."""
    park_both(terminal)

    one, rest = (
        terminal.pm("operator", "dlq", "redrive", "--all", "--queue", "events"),
        terminal.pm("operator", "dlq", "redrive", "--all"),
    )

    assert "events: 1 sent again\n" == one.out
    assert (
        "events: 0 sent again\nactions: 1 sent again\nreports: 0 sent again\n"
        "runs: 0 sent again\nbilling: 0 sent again\n" == rest.out
    )


def test_redrive_without_a_name_is_for_all(terminal: StackAndTerminal) -> None:
    """What everybody tries first does what everybody means."""
    park_both(terminal)

    assert (
        "events: 1 sent again\nactions: 1 sent again\nreports: 0 sent again\n"
        "runs: 0 sent again\nbilling: 0 sent again\n" == terminal.pm("operator", "dlq", "redrive").out
    )


def test_redrive_wants_to_be_told_which(terminal: StackAndTerminal) -> None:
    """Some or all, not both."""
    assert "Say which: ids, or --all\n" == terminal.pm("operator", "dlq", "redrive", "x", "--all").err


def test_an_unknown_dead_letter_is_one_clear_line(terminal: StackAndTerminal) -> None:
    """And nothing is sent."""
    answer = terminal.pm("operator", "dlq", "redrive", "zzz")

    assert (1, "", "No dead letters begin with zzz\n") == (answer.code, answer.out, answer.err)
