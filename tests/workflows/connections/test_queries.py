"""How a tenant's connections are: all that people may know of them, and of nobody else's."""

from datetime import timedelta
from typing import Literal

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.code import CodePart, Coverage, RepositoryAccess
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.workflows.connections.credentials import MARGIN
from pm_assistant.workflows.connections.queries import ConnectionHealth, ConnectionStatus, list_connection_health
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_repository, an_account
from tests.fakes.unit import FakeUnit

SLACK, LINEAR = Provider.SLACK, Provider.LINEAR
SCOPES = tuple(VENDORS[SLACK].scopes)


def test_each_vendor_is_listed_connected_or_not() -> None:
    """In the order asked for; another tenant's connection is none of ours."""
    unit = FakeUnit()
    unit.stores.connections.put(a_connection(GLOBEX, LINEAR))
    unit.stores.connections.put(a_connection(ACME, SLACK, broken_since=NOW, broken_reason="revoked"))

    slack, linear = list_connection_health(unit, [SLACK, LINEAR])

    assert (SLACK, ConnectionStatus.BROKEN, NOW, "revoked") == (
        slack.provider,
        slack.state,
        slack.broken_since,
        slack.broken_reason,
    )
    assert ConnectionHealth(provider=LINEAR, state=ConnectionStatus.NONE) == linear


def test_a_connection_says_what_it_lacks_when_it_was_heard_of_and_who_made_it() -> None:
    """People by their address, a program by its key, whoever is gone by their id."""
    unit = FakeUnit()
    unit.stores.accounts.put(an_account(ACME, "ada"))
    unit.stores.connection_states.note(ACME, SLACK, event_at=NOW, sync_at=NOW)
    expected = {"account:account-ada": "ada@acme.test", "key:k1": "key:k1", "account:gone": "account:gone"}

    for actor, connected_by in expected.items():
        ends = NOW + timedelta(hours=1)
        unit.stores.connections.put(a_connection(scopes=SCOPES[1:], expires_at=ends, connected_by=actor))

        [slack] = list_connection_health(unit, [SLACK])

        assert (ConnectionStatus.CONNECTED, SCOPES[:1]) == (slack.state, slack.scopes_missing)
        assert (NOW, NOW, ends - MARGIN) == (slack.last_event_at, slack.last_sync_at, slack.next_refresh_at)
        assert connected_by == slack.connected_by


@pytest.mark.parametrize(
    ("kind", "actor", "connected_by"),
    [
        ("account", "account:account-bob", "bob@acme.test"),
        ("account", "account:account-ada", "ada@acme.test"),
        ("key", "key:account-bob", "key:account-bob"),
    ],
)
def test_whoever_looks_is_known_already(kind: Literal["account", "key"], actor: str, connected_by: str) -> None:
    """Their address is not read again, others' are, and a program is told by its key, not by its name."""
    unit = FakeUnit()
    unit.stores.accounts.put(an_account(ACME, "ada"))
    unit.stores.connections.put(a_connection(connected_by=actor))
    caller = Caller(tenant_id=ACME, kind=kind, id="account-bob", name="bob@acme.test", scope=Scope.READ, closing=False)

    [slack] = list_connection_health(unit, [SLACK], caller)

    assert connected_by == slack.connected_by


def test_permissions_that_no_owner_has_accepted_yet_are_missing() -> None:
    """Of a connection that was made when we asked for less; it is connected all the same."""
    unit = FakeUnit()
    granted = ("metadata:read", "pull_requests:read", "members:read")
    unit.stores.connections.put(a_connection(provider=Provider.GITHUB, scopes=granted))

    [github] = list_connection_health(unit, [Provider.GITHUB])

    assert ("issues:read", "checks:read", "statuses:read") == github.scopes_missing
    assert ConnectionStatus.CONNECTED is github.state


def test_credentials_that_do_not_end_need_no_refresh() -> None:
    """Slack's, where its tokens do not rotate."""
    unit = FakeUnit()
    unit.stores.connections.put(a_connection())

    [slack] = list_connection_health(unit, [SLACK])

    assert slack.next_refresh_at is None


def test_of_a_code_host_it_is_said_how_far_each_repository_has_been_read() -> None:
    """Longest ago first, those that never were before all others; of one that went away nothing."""
    unit = FakeUnit()
    for provider in (SLACK, Provider.GITHUB):
        unit.stores.connections.put(a_connection(ACME, provider))
    for id, read_at in (("900", NOW), ("901", NOW - timedelta(hours=1)), ("902", None), ("903", NOW)):
        parts: list[CodePart] = [a_repository(id, name=f"acme/{id}")]
        if read_at is not None:
            parts.append(Coverage(repository_id=id, at=read_at, read_to=read_at))
        if id == "903":
            parts.append(RepositoryAccess(repository_id=id, at=NOW, granted=False))
        for part in parts:
            unit.stores.code.record(ACME, part, keep_days=9)

    slack, github = list_connection_health(unit, [SLACK, Provider.GITHUB])

    assert () == slack.repositories
    assert [("acme/902", None), ("acme/901", NOW - timedelta(hours=1)), ("acme/900", NOW)] == [
        (place.name, place.read_at) for place in github.repositories
    ]
