"""`pm operator status`: one look says where a stack stands."""

import re
from datetime import UTC, datetime

import pytest

from pm_assistant.cli import terminal as terminal_module
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.tenants import Provider
from tests.builders import ACME, a_decision, a_message
from tests.cli.conftest import StackAndTerminal
from tests.fakes.aws import FakeStageMetrics


def log(terminal: StackAndTerminal) -> None:
    """Put a decision of just now into the log."""
    now = datetime.now(UTC)
    decision = a_decision(ACME, message=a_message(), state=DecisionState.DONE, updated_at=now, created_at=now)
    terminal.stores.decisions.save(decision)


def test_status_shows_stack_queues_tenant_and_what_happened_last(terminal: StackAndTerminal) -> None:
    """One look says where everything stands."""
    log(terminal)

    found = terminal.pm("operator", "status", "--json").json

    assert "pm" == found["stack_name"]
    assert ["ActFunction", "ReportFunction"] == [function["name"] for function in found["functions"]]
    assert ["events", "events dead letters"] == [queue["queue"] for queue in found["queues"]][:2]
    assert {"people": 2, "teams": 1, "tickets": 2, "open_tickets": 2, "messages": 0, "decisions": {"done": 1}} == (
        found["tenant"]["counts"]
    )
    assert ["ENG-1"] == [decision["ticket"]["key"] for decision in found["tenant"]["recent"]]


def test_status_shows_how_long_messages_waited_and_what_failed(terminal: StackAndTerminal) -> None:
    """As the stage was last seen; where nothing is measured nothing is shown."""
    assert "in an hour" not in terminal.pm("operator", "status").out
    terminal.stores.healths.put_stage(FakeStageMetrics().read(datetime.now(UTC)))

    shown = terminal.pm("operator", "status").out

    assert {"90s", "2 of 50", "9 of 900"} <= set(re.split(r"\s{2,}", shown.replace("\n", "  ")))
    assert 1 == terminal.pm("operator", "status", "--json").json["measured"]["queues"][0]["parked"]


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


def test_status_fits_a_terminal_of_80_columns(terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit goes on in the next line."""
    log(terminal)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(terminal_module, "followed", lambda: True)

    assert max(len(line) for line in terminal.pm("operator", "status").out.splitlines()) <= 80
