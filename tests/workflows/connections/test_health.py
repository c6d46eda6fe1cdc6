"""A connection that breaks is noted once and said once."""

from datetime import datetime

import pytest
from pydantic import BaseModel

from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.tenants import Connection, Provider, TenantId
from pm_assistant.workflows.connections.health import HEAD_START, mark_broken
from tests.builders import ACME, NOW, a_connection
from tests.fakes.stores import FakeConnectionStates, FakeQueue, FakeStores
from tests.fakes.unit import FakeUnit

SLACK = Provider.SLACK


def given() -> FakeUnit:
    """A tenant with Slack."""
    unit = FakeUnit()
    unit.stores.connections.put(a_connection())
    return unit


def trail(unit: FakeUnit) -> list[tuple[str, str, str]]:
    """What the trail says."""
    return [(entry.action, entry.target, entry.actor) for entry in unit.stores.audit.latest(ACME, limit=9)]


class ReconnectingQueue(FakeQueue):
    """A queue that takes long enough for somebody to connect anew."""

    def __init__(self, stores: FakeStores, theirs: Connection) -> None:
        super().__init__()
        self._stores, self._theirs = stores, theirs

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue."""
        self._stores.connections.put(self._theirs)


def test_the_first_to_notice_has_the_admins_told() -> None:
    """And it stands in the trail."""
    unit = given()
    assert mark_broken(SLACK, "token_revoked", unit)
    connection = unit.stores.connections.get(ACME, SLACK)
    notice = ConnectionNotice(tenant_id=ACME, provider=SLACK, broken_since=NOW, reason="token_revoked")
    assert (NOW, "token_revoked") == (connection.broken_since, connection.broken_reason)
    assert [(notice, ACME, HEAD_START)] == unit.queues.reports.puts
    assert [("connection.broken", "slack", "system")] == trail(unit)


def test_whoever_notices_after_that_changes_nothing() -> None:
    """A hundred refused calls are one message."""
    unit = given()
    mark_broken(SLACK, "token_revoked", unit)
    assert [False, False] == [mark_broken(SLACK, "account_inactive", unit) for _ in range(2)]
    assert (1, 1) == (len(unit.queues.reports.puts), len(trail(unit)))
    assert "token_revoked" == unit.stores.connections.get(ACME, SLACK).broken_reason


def test_what_is_not_connected_cannot_break() -> None:
    """A late event of a vendor that was disconnected."""
    unit = given()
    assert not mark_broken(Provider.LINEAR, "token_revoked", unit)
    assert [] == unit.queues.reports.puts
    assert [] == trail(unit)


def test_if_nobody_can_be_told_it_is_not_noted() -> None:
    """The next one who notices is then the first."""
    unit = given()
    unit.queues.reports.fail_next(UpstreamUnavailable("the queue does not answer"))
    with pytest.raises(UpstreamUnavailable):
        mark_broken(SLACK, "token_revoked", unit)
    assert unit.stores.connections.get(ACME, SLACK).broken_since is None
    assert mark_broken(SLACK, "token_revoked", unit)
    assert 1 == len(unit.queues.reports.puts)


def test_whoever_is_interrupted_before_the_mark_leaves_it_to_the_next() -> None:
    """A message without its mark is not true; a mark without its message would be said by nobody."""
    unit = given()

    class Dying(FakeConnectionStates):
        """Whoever marks, dies first."""

        def mark_broken(
            self, tenant_id: TenantId, provider: Provider, *, reason: str, at: datetime, refused: bytes | None = None
        ) -> bool:
            """Note that our credentials no longer count."""
            raise SystemExit

    living, unit.stores.connection_states = unit.stores.connection_states, Dying(unit.stores.connections)
    with pytest.raises(SystemExit):
        mark_broken(SLACK, "token_revoked", unit)
    assert 1 == len(unit.queues.reports.puts)
    unit.stores.connection_states = living
    assert mark_broken(SLACK, "token_revoked", unit)
    assert (2, 1) == (len(unit.queues.reports.puts), len(trail(unit)))


@pytest.mark.parametrize("when", ["before we look", "before we mark"])
def test_credentials_that_replaced_the_refused_ones_are_not_marked(when: str) -> None:
    """Somebody connected again, or refreshed: the work is worth repeating with theirs."""
    unit = given()
    theirs = a_connection(sealed_credentials=b"theirs")
    if when == "before we look":
        unit.stores.connections.put(theirs)
    else:
        unit.queues.reports = ReconnectingQueue(unit.stores, theirs)
    with pytest.raises(UpstreamUnavailable):
        mark_broken(SLACK, "token_revoked", unit, refused=b"sealed")
    assert theirs == unit.stores.connections.get(ACME, SLACK)
    assert [] == trail(unit)
