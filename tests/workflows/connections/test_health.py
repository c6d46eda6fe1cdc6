"""A connection that breaks is noted once and said once."""

from datetime import datetime

import pytest
from pydantic import BaseModel

from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.tenants import Connection, Provider, TenantId
from pm_assistant.workflows.connections.health import HEAD_START, lost
from tests.builders import ACME, NOW, a_connection
from tests.fakes.stores import FakeConnectionStates, FakeQueue, FakeStores

SLACK = Provider.SLACK


class Watch:
    """A tenant with Slack, and the queue on which its admins are told."""

    def __init__(self) -> None:
        self.stores, self.reports = FakeStores(), FakeQueue()
        self.stores.connections.put(a_connection())

    def lose(self, provider: Provider = SLACK, reason: str = "token_revoked", *, refused: bytes | None = None) -> bool:
        """Notice that access has ended."""
        return lost(
            ACME,
            provider,
            reason,
            refused=refused,
            connections=self.stores.connections,
            states=self.stores.connection_states,
            audit=self.stores.audit,
            reports=self.reports,
            now=NOW,
        )

    def trail(self) -> list[tuple[str, str, str]]:
        """What the trail says."""
        return [(each.action, each.target, each.actor) for each in self.stores.audit.latest(ACME, limit=9)]


class Overtaking(FakeQueue):
    """A queue that takes long enough for somebody to connect anew."""

    def __init__(self, stores: FakeStores, theirs: Connection) -> None:
        super().__init__()
        self._stores, self._theirs = stores, theirs

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue."""
        self._stores.connections.put(self._theirs)


def test_the_first_to_notice_has_the_admins_told() -> None:
    """And it stands in the trail."""
    watch = Watch()
    assert watch.lose()
    connection = watch.stores.connections.get(ACME, SLACK)
    notice = ConnectionNotice(tenant_id=ACME, provider=SLACK, broken_since=NOW, reason="token_revoked")
    assert (NOW, "token_revoked") == (connection.broken_since, connection.broken_reason)
    assert [(notice, ACME, HEAD_START)] == watch.reports.puts
    assert [("connection.broken", "slack", "system")] == watch.trail()


def test_whoever_notices_after_that_changes_nothing() -> None:
    """A hundred refused calls are one message."""
    watch = Watch()
    watch.lose()
    assert [False, False] == [watch.lose(reason="account_inactive") for _ in range(2)]
    assert (1, 1) == (len(watch.reports.puts), len(watch.trail()))
    assert "token_revoked" == watch.stores.connections.get(ACME, SLACK).broken_reason


def test_what_is_not_connected_cannot_break() -> None:
    """A late event of a vendor that was let go of."""
    watch = Watch()
    assert not watch.lose(Provider.LINEAR)
    assert ([], []) == (watch.reports.puts, watch.trail())


def test_if_nobody_can_be_told_it_is_not_noted() -> None:
    """The next one who notices is then the first."""
    watch = Watch()
    watch.reports.fail_next(UpstreamUnavailable("the queue does not answer"))
    with pytest.raises(UpstreamUnavailable):
        watch.lose()
    assert watch.stores.connections.get(ACME, SLACK).broken_since is None
    assert watch.lose()
    assert 1 == len(watch.reports.puts)


def test_whoever_is_interrupted_before_the_mark_leaves_it_to_the_next() -> None:
    """A message without its mark is not true; a mark without its message would be said by nobody."""
    watch = Watch()

    class Dying(FakeConnectionStates):
        """Whoever marks, dies first."""

        def mark_broken(
            self, tenant_id: TenantId, provider: Provider, *, reason: str, at: datetime, refused: bytes | None = None
        ) -> bool:
            """Note that our credentials no longer count."""
            raise SystemExit

    living, watch.stores.connection_states = watch.stores.connection_states, Dying(watch.stores.connections)
    with pytest.raises(SystemExit):
        watch.lose()
    assert 1 == len(watch.reports.puts)
    watch.stores.connection_states = living
    assert watch.lose()
    assert (2, 1) == (len(watch.reports.puts), len(watch.trail()))


@pytest.mark.parametrize("when", ["before we look", "before we mark"])
def test_credentials_that_replaced_the_refused_ones_are_not_marked(when: str) -> None:
    """Somebody connected again, or refreshed: the work is worth repeating with theirs."""
    watch = Watch()
    theirs = a_connection(sealed_credentials=b"theirs")
    if when == "before we look":
        watch.stores.connections.put(theirs)
    else:
        watch.reports = Overtaking(watch.stores, theirs)
    with pytest.raises(UpstreamUnavailable):
        watch.lose(refused=b"sealed")
    assert theirs == watch.stores.connections.get(ACME, SLACK)
    assert [] == watch.trail()
