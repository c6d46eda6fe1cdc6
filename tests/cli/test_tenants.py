"""`pm operator tenants` and its kin: how teams fare, with every look in the operators' trail."""

from datetime import timedelta

import pytest

from pm_assistant.domain.jobs import APP
from pm_assistant.domain.tenants import TenantId
from tests.builders import ACME, GLOBEX, NOW, a_health, a_message, a_tenant
from tests.cli.conftest import StackAndTerminal

CANARY = "quetzal"


@pytest.fixture
def teams(terminal: StackAndTerminal) -> StackAndTerminal:
    """Acme, which is well, and Globex, which is not."""
    terminal.stores.tenants.put(a_tenant(GLOBEX, name="Globex"))
    terminal.stores.healths.put(a_health(ACME))
    terminal.stores.healths.put(a_health(GLOBEX, name="Globex", failed_actions=3, oldest_action_at=NOW))
    return terminal


def looks(terminal: StackAndTerminal) -> list[tuple[str, str]]:
    """What stands in the operators' trail, latest first; all of it says who looked."""
    entries = terminal.stores.audit.latest(APP, limit=9)
    assert all(entry.actor.startswith("aws:arn:aws:") and entry.actor_name for entry in entries)
    return [(entry.action, entry.target) for entry in entries]


def test_all_teams_are_listed_the_troubled_first(teams: StackAndTerminal) -> None:
    """By what was last seen; the look is noted."""
    found = teams.pm("operator", "tenants", "--json").json

    assert [GLOBEX, ACME] == [team["tenant_id"] for team in found]
    assert [("operator.list_tenants", "")] == looks(teams)


@pytest.mark.parametrize(("options", "shown"), [(("--troubled",), "Globex"), (("--name", "acm"), "Acme")])
def test_a_list_is_of_those_that_are_looked_for(teams: StackAndTerminal, options: tuple[str, ...], shown: str) -> None:
    """By trouble or by name."""
    assert [shown] == [team["name"] for team in teams.pm("operator", "tenants", *options, "--json").json]


def test_a_list_that_is_cut_off_says_so(teams: StackAndTerminal) -> None:
    """And what leads to the rest."""
    answer = teams.pm("operator", "tenants", "--limit", "1")

    assert "1 team" in answer.out
    assert "Globex" in answer.out
    assert "There are more" in answer.err


def test_one_team_is_looked_at_anew_and_nobodys_words_are_shown(teams: StackAndTerminal) -> None:
    """What is stored of it counts, not what was seen before."""
    teams.stores.messages.record(ACME, a_message(text=CANARY), keep_days=9)

    answer = teams.pm("operator", "tenant", ACME)

    assert "2, and 0 accounts" in answer.out
    assert "slack" in answer.out
    assert CANARY not in answer.out
    assert [("operator.show_health_of_tenant", ACME)] == looks(teams)
    assert ACME == teams.pm("operator", "tenant", ACME, "--json").json["tenant_id"]


def test_one_team_is_seen_day_by_day(teams: StackAndTerminal) -> None:
    """The latest first."""
    for day in range(3):
        teams.stores.healths.put(a_health(ACME, failed_runs=day, looked_at=NOW + timedelta(days=day)))

    found = teams.pm("operator", "tenant", ACME, "--history", "--json").json

    assert [2, 1, 0] == [day["failed_runs"] for day in found]
    assert "3 days" in teams.pm("operator", "tenant", ACME, "--history").out
    assert ("operator.list_health_of_tenant", ACME) in looks(teams)


def test_a_team_is_suspended_and_resumed(teams: StackAndTerminal) -> None:
    """With what its people are told; both trails say so, its own without the operator's name."""
    answer = teams.pm("operator", "suspend", GLOBEX, "--reason", "the invoice was returned")

    assert (0, "Globex is suspended; its people are told: the invoice was returned\n") == (answer.code, answer.err)
    suspension = teams.stores.tenants.get(GLOBEX).suspended
    assert suspension is not None
    assert "the invoice was returned" == suspension.reason
    assert 0 == teams.pm("operator", "resume", GLOBEX).code
    assert teams.stores.tenants.get(GLOBEX).suspended is None
    assert ["resume"] == [job.order.kind for job in teams.stores.jobs.latest(GLOBEX, limit=9)]
    assert [
        ("tenant.resumed", GLOBEX),
        ("operator.resume_suspended_tenant", GLOBEX),
        ("tenant.suspended", GLOBEX),
        ("operator.suspend_tenant", GLOBEX),
    ] == looks(teams)
    theirs = teams.stores.audit.latest(GLOBEX, limit=9)
    assert {("tenant.resumed", "operator"), ("tenant.suspended", "operator")} == {
        (entry.action, entry.actor) for entry in theirs
    }


@pytest.mark.parametrize("reason", [" ", "x" * 201, "two\nlines"])
def test_a_suspension_has_a_reason_that_can_be_told(teams: StackAndTerminal, reason: str) -> None:
    """In one line; else nothing happens."""
    answer = teams.pm("operator", "suspend", GLOBEX, "--reason", reason)

    assert 1 == answer.code
    assert "reason " in answer.err
    assert teams.stores.tenants.get(GLOBEX).suspended is None


@pytest.mark.parametrize(
    "arguments", [("tenant", "nowhere"), ("suspend", "nowhere", "--reason", "x"), ("resume", "nowhere")]
)
def test_a_team_that_there_is_not_is_not_found(teams: StackAndTerminal, arguments: tuple[str, ...]) -> None:
    """The attempt is in the trail all the same."""
    assert 1 == teams.pm("operator", *arguments).code
    assert ["nowhere"] == [target for _, target in looks(teams)]


def test_the_list_fits_a_terminal_of_80_columns(teams: StackAndTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit goes on in the next line; ids, which leave no room for the rest, stand below."""
    id = TenantId("0b6f3de111114222833344445555666a")
    name = "Larkspur Bikes and Rentals of the Coast"
    teams.stores.healths.put(a_health(id, name=name, suspended_since=NOW, looked_at=NOW))
    wide = teams.pm("operator", "tenants").out
    monkeypatch.setenv("COLUMNS", "80")

    shown = teams.pm("operator", "tenants").out

    assert max(map(len, shown.splitlines())) <= 80
    assert f"{id}  {name}" in shown
    assert "…" not in shown
    assert {*wide.split()} - {"Id"} <= {*shown.split()}
