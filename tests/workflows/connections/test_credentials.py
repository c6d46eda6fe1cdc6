"""Credentials are handed out fresh, refreshed by one at a time, and never lost on the way to the store."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from pm_assistant.domain.connections import Grant
from pm_assistant.domain.errors import AccessRevoked, NotConnected, UpstreamUnavailable
from pm_assistant.domain.tenants import Connection, Credentials, Provider, TenantId
from pm_assistant.ports.connections import ConnectionStates, RefreshLeases
from pm_assistant.ports.unit import Stores
from pm_assistant.ports.vendors import OAuthApp
from pm_assistant.workflows.connections.credentials import LEASE, MARGIN, PATIENCE, STORE_ATTEMPTS, fresh
from tests.builders import ACME, NOW, a_connection
from tests.contracts.stores import IMPLEMENTATIONS, opened
from tests.fakes.stores import FakeConnections, FakeConnectionStates, FakeRefreshLeases, FakeStores, FakeVault
from tests.fakes.vendors import FakeOAuthApp

LINEAR = Provider.LINEAR


class Desk:
    """A tenant that has connected Linear an hour's worth ago, and a clock that moves only when somebody waits."""

    def __init__(
        self,
        stores: Stores,
        *,
        expires_in: timedelta | None = timedelta(minutes=1),
        lifetime: timedelta = timedelta(days=1),
    ) -> None:
        self.stores, self.vault = stores, FakeVault()
        self.now = NOW
        self.waits: list[float] = []
        self.apps_made = 0
        self.vendor = FakeOAuthApp(LINEAR, lifetime=lifetime, clock=lambda: self.now)
        credentials = self.a_grant()
        ends = NOW + expires_in if expires_in else None
        self.stores.connections.put(self.a_connection(credentials.model_copy(update={"expires_at": ends})))

    def a_grant(self) -> Credentials:
        """Credentials that the vendor takes."""
        url = self.vendor.authorize_url(state="s", redirect_uri="r", challenge="")
        grant = self.vendor.exchange(self.vendor.consent(url), redirect_uri="r", verifier="")
        assert isinstance(grant, Grant)
        return grant.credentials

    def a_connection(self, credentials: Credentials) -> Connection:
        """The tenant's connection with these."""
        sealed = self.vault.seal(ACME, LINEAR, credentials)
        return a_connection(
            provider=LINEAR, sealed_credentials=sealed, expires_at=credentials.expires_at, connected_at=NOW
        )

    def fresh(
        self,
        *,
        clock: Callable[[], datetime] | None = None,
        wait: Callable[[float], None] | None = None,
        states: ConnectionStates | None = None,
        leases: RefreshLeases | None = None,
    ) -> Credentials:
        """Ask for credentials."""
        return fresh(
            ACME,
            LINEAR,
            connections=self.stores.connections,
            states=states or self.stores.connection_states,
            leases=leases or self.stores.refresh_leases,
            vault=self.vault,
            app=self.app,
            clock=clock or (lambda: self.now),
            wait=wait or self.wait,
        )

    def app(self) -> OAuthApp:
        """Make the app, which reads its secrets."""
        self.apps_made += 1
        return self.vendor

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture(params=IMPLEMENTATIONS)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """In memory, and on DynamoDB."""
    with opened(request.param) as found:
        yield found


@pytest.fixture
def memory() -> Iterator[Stores]:
    """In memory."""
    with opened("fake") as found:
        yield found


@pytest.mark.parametrize("expires_in", [None, MARGIN, timedelta(days=1)])
def test_what_lasts_long_enough_is_opened_and_nothing_else(memory: Stores, expires_in: timedelta | None) -> None:
    """No lease, no secrets of the app, no call; what does not end is never refreshed."""
    desk = Desk(memory, expires_in=expires_in)
    held = memory.refresh_leases.hold(ACME, LINEAR, now=NOW, until=NOW + LEASE)

    assert held
    assert desk.vendor.accepts(desk.fresh())
    assert (0, 0, []) == (desk.apps_made, desk.vendor.refreshes, desk.waits)


def test_what_is_about_to_end_is_refreshed_stored_and_used_from_then_on(stores: Stores) -> None:
    """The next one finds it in the store; the lease has been given back."""
    desk = Desk(stores, expires_in=MARGIN - timedelta(seconds=1))
    first, second = desk.fresh(), desk.fresh()

    assert first == second
    assert desk.vendor.accepts(first)
    assert first.expires_at == stores.connections.get(ACME, LINEAR).expires_at
    assert (1, 1) == (desk.vendor.refreshes, desk.apps_made)
    assert stores.refresh_leases.hold(ACME, LINEAR, now=desk.now, until=desk.now + LEASE)


def test_fifty_at_once_with_an_ended_token_refresh_it_once(stores: Stores) -> None:
    """All get the one that came of it; a second refresh would have cost the connection."""
    desk = Desk(stores, expires_in=-timedelta(hours=1))
    start = datetime.now(UTC)

    def clock() -> datetime:
        return NOW + (datetime.now(UTC) - start)

    gate = threading.Barrier(50)

    def ask(_: int) -> Credentials:
        gate.wait()
        return desk.fresh(clock=clock, wait=time.sleep)

    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(ask, range(50)))

    assert 1 == desk.vendor.refreshes
    assert {found[0].access_token.get_secret_value()} == {each.access_token.get_secret_value() for each in found}
    assert desk.vendor.accepts(found[0])


def test_whoever_loses_the_lease_waits_and_reads_again(memory: Stores) -> None:
    """Another refreshes meanwhile; the loser makes no app."""
    desk = Desk(memory)
    memory.refresh_leases.hold(ACME, LINEAR, now=NOW, until=NOW + LEASE)
    others = desk.a_grant()

    def wait(seconds: float) -> None:
        desk.wait(seconds)
        memory.connections.put(desk.a_connection(others))

    assert others == desk.fresh(wait=wait)
    assert (1, 0) == (len(desk.waits), desk.apps_made)


def test_whoever_gets_the_lease_after_another_reads_before_refreshing(memory: Stores) -> None:
    """Between our read and our lease another may have refreshed and gone."""
    desk = Desk(memory)
    others = desk.a_grant()

    class Meanwhile(FakeRefreshLeases):
        """Leases, before the first of which another stores theirs."""

        def hold(self, tenant_id: TenantId, provider: Provider, *, now: datetime, until: datetime) -> bool:
            """Take the right to refresh."""
            memory.connections.put(desk.a_connection(others))
            return super().hold(tenant_id, provider, now=now, until=until)

    assert (others, 0) == (desk.fresh(leases=Meanwhile()), desk.apps_made)


def test_patience_ends(memory: Stores) -> None:
    """A refresh that takes for ever is worth another attempt of ours later, not our whole time now."""
    desk = Desk(memory)
    memory.refresh_leases.hold(ACME, LINEAR, now=NOW, until=NOW + timedelta(hours=1))
    with pytest.raises(UpstreamUnavailable):
        desk.fresh()
    assert PATIENCE <= desk.now - NOW < 2 * PATIENCE


def test_a_lease_whose_holder_died_is_taken_over(memory: Stores) -> None:
    """Its time runs out."""
    desk = Desk(memory)
    memory.refresh_leases.hold(ACME, LINEAR, now=NOW, until=NOW + timedelta(seconds=1))
    assert desk.vendor.accepts(desk.fresh())
    assert 1 == desk.vendor.refreshes


def test_a_refresh_that_the_vendor_refuses_says_whose_access_ended(memory: Stores) -> None:
    """Whoever asked marks the connection broken; the lease is free for the next."""
    desk = Desk(memory)
    desk.vendor.end()
    with pytest.raises(AccessRevoked) as caught:
        desk.fresh()
    assert LINEAR is caught.value.provider
    assert memory.refresh_leases.hold(ACME, LINEAR, now=NOW, until=NOW + LEASE)


@pytest.mark.parametrize("expires_in", [None, -timedelta(days=1)])
def test_a_broken_connection_costs_no_call(memory: Stores, expires_in: timedelta | None) -> None:
    """It stays broken until somebody mends it."""
    desk = Desk(memory, expires_in=expires_in)
    memory.connection_states.mark_broken(ACME, LINEAR, reason="revoked", at=NOW)
    with pytest.raises(AccessRevoked) as caught:
        desk.fresh()
    assert (LINEAR, 0, []) == (caught.value.provider, desk.apps_made, desk.waits)


def test_what_is_not_connected_is_said_to_be(memory: Stores) -> None:
    """That is not the vendor's fault."""
    desk = Desk(memory)
    memory.connections.remove(ACME, LINEAR)
    with pytest.raises(NotConnected):
        desk.fresh()


class Stumbling(FakeConnectionStates):
    """States that fail so many times before they store, perhaps only to say that they have."""

    def __init__(self, connections: FakeConnections, times: int, *, having_stored: bool = False) -> None:
        super().__init__(connections)
        self._times, self._having_stored = times, having_stored

    def renew(self, connection: Connection, *, before: bytes) -> bool:
        """Store fresh credentials."""
        fails, self._times = self._times > 0, self._times - 1
        stored = super().renew(connection, before=before) if self._having_stored or not fails else False
        if fails:
            raise UpstreamUnavailable("the table does not answer")
        return stored


@pytest.mark.parametrize("having_stored", [False, True], ids=["nothing stored", "only the answer lost"])
def test_a_store_that_fails_is_asked_again_for_the_old_token_is_spent(having_stored: bool) -> None:
    """A token that never reached the store would be lost, and the connection with it."""
    fakes = FakeStores()
    desk = Desk(fakes)
    found = desk.fresh(states=Stumbling(fakes.connections, STORE_ATTEMPTS - 1, having_stored=having_stored))
    assert desk.vendor.accepts(found)
    assert (found, 1) == (desk.fresh(), desk.vendor.refreshes)


def test_a_store_that_never_answers_is_an_error() -> None:
    """Not a token that works until the function ends and then is gone."""
    fakes = FakeStores()
    desk = Desk(fakes)
    with pytest.raises(UpstreamUnavailable):
        desk.fresh(states=Stumbling(fakes.connections, STORE_ATTEMPTS))
    assert STORE_ATTEMPTS - 1 == len(desk.waits)
    assert timedelta(seconds=sum(desk.waits)) < LEASE


def test_somebody_who_connects_anew_during_a_refresh_has_the_last_word(memory: Stores) -> None:
    """Their credentials are stored already and stay."""
    desk = Desk(memory)
    theirs = Credentials(access_token=SecretStr("theirs"), expires_at=NOW + timedelta(days=1))

    class Overtaken(FakeOAuthApp):
        """An app whose refresh takes long enough for somebody to connect anew."""

        def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
            """Get fresh credentials, too late."""
            memory.connections.put(desk.a_connection(theirs))
            return Credentials(access_token=SecretStr("ours"), expires_at=NOW + timedelta(days=1))

    desk.vendor = Overtaken()
    assert theirs == desk.fresh()


def test_a_token_shorter_lived_than_the_margin_is_refreshed_each_time_and_used(memory: Stores) -> None:
    """It does not send us round in circles."""
    desk = Desk(memory, lifetime=timedelta(seconds=30))
    assert desk.vendor.accepts(desk.fresh())
    assert 1 == desk.vendor.refreshes
