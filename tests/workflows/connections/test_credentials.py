"""Credentials are handed out fresh, refreshed by one at a time, and never lost on the way to the store."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from pydantic import SecretStr

from pm_assistant.domain.connections import Grant
from pm_assistant.domain.errors import AccessRevoked, Misconfigured, NotConnected, NotFound, UpstreamUnavailable
from pm_assistant.domain.tenants import Connection, Credentials, Grantor, Provider, TenantId
from pm_assistant.ports.vendors import OAuthApp
from pm_assistant.workflows.connections.credentials import LEASE, MARGIN, PATIENCE, STORE_ATTEMPTS, get_credentials
from tests.builders import ACME, NOW, a_connection
from tests.contracts.stores import IMPLEMENTATIONS, opened
from tests.fakes.stores import FakeConnections, FakeConnectionStates, FakeLeases, FakeStores
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeOAuthApp

LINEAR = Provider.LINEAR
KEY = f"refresh|{LINEAR}"


class ConnectedTenant(FakeUnit):
    """A tenant that has connected Linear; `meanwhile` happens whenever somebody waits."""

    def __init__(
        self,
        stores: FakeStores | None = None,
        *,
        expires_in: timedelta | None = timedelta(minutes=1),
        lifetime: timedelta = timedelta(days=1),
    ) -> None:
        super().__init__(stores=stores)
        self.meanwhile: Callable[[], object] = bool
        self.apps_made = 0
        self.vendor = FakeOAuthApp(LINEAR, lifetime=lifetime, clock=self.now)
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

    def credentials(self) -> Credentials:
        """Ask for credentials."""
        return get_credentials(LINEAR, self)

    def oauth_app(self, provider: Grantor) -> OAuthApp:
        """Make the app, which reads its secrets."""
        self.apps_made += 1
        return self.vendor

    def wait(self, seconds: float) -> None:
        """Let time pass, in which something may happen."""
        super().wait(seconds)
        self.meanwhile()

    def take_lease(self, lasts: timedelta = LEASE) -> bool:
        """Be about to refresh."""
        return self.stores.leases.take(ACME, KEY, now=self.now(), until=self.now() + lasts)


class RealTimeTenant(ConnectedTenant):
    """The same, while real time passes."""

    def __init__(self, stores: FakeStores, *, expires_in: timedelta) -> None:
        self._started = datetime.now(UTC)
        super().__init__(stores, expires_in=expires_in)

    def now(self) -> datetime:
        """The time."""
        return NOW + (datetime.now(UTC) - self._started)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


@pytest.fixture(params=IMPLEMENTATIONS)
def stores(request: pytest.FixtureRequest) -> Iterator[FakeStores]:
    """In memory, and on DynamoDB, whose stores play the same roles."""
    with opened(request.param) as opened_stores:
        yield cast(FakeStores, opened_stores)


@pytest.mark.parametrize("expires_in", [None, MARGIN, timedelta(days=1)])
def test_what_lasts_long_enough_is_opened_and_nothing_else(expires_in: timedelta | None) -> None:
    """No lease, no secrets of the app, no call; what does not end is never refreshed."""
    unit = ConnectedTenant(expires_in=expires_in)

    assert unit.take_lease()
    assert unit.vendor.accepts(unit.credentials())
    assert (0, 0, []) == (unit.apps_made, unit.vendor.refreshes, unit.waits)


def test_what_is_about_to_end_is_refreshed_stored_and_used_from_then_on(stores: FakeStores) -> None:
    """The next one finds it in the store; the lease has been given back."""
    unit = ConnectedTenant(stores, expires_in=MARGIN - timedelta(seconds=1))
    first, second = unit.credentials(), unit.credentials()

    assert first == second
    assert unit.vendor.accepts(first)
    assert first.expires_at == stores.connections.get(ACME, LINEAR).expires_at
    assert (1, 1) == (unit.vendor.refreshes, unit.apps_made)
    assert unit.take_lease()


@pytest.mark.parametrize(("granted", "known"), [(("read", "write"), ("read", "write")), (None, ("read",))])
def test_what_a_vendor_grants_with_fresh_credentials_is_what_is_granted(
    stores: FakeStores, granted: tuple[str, ...] | None, known: tuple[str, ...]
) -> None:
    """So a word of it that was lost is made up for; a vendor that does not say has changed nothing."""
    unit = ConnectedTenant(stores)
    unit.vendor.granted = granted
    stores.connections.put(stores.connections.get(ACME, LINEAR).model_copy(update={"scopes": ("read",)}))
    unit.credentials()

    assert known == stores.connections.get(ACME, LINEAR).scopes


def test_fifty_at_once_with_an_ended_token_refresh_it_once(stores: FakeStores) -> None:
    """All get the one that came of it; a second refresh would have cost the connection."""
    unit, gate = RealTimeTenant(stores, expires_in=-timedelta(hours=1)), threading.Barrier(50)

    def ask(_: int) -> Credentials:
        gate.wait()
        return unit.credentials()

    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(ask, range(50)))

    assert 1 == unit.vendor.refreshes
    assert {found[0].access_token.get_secret_value()} == {each.access_token.get_secret_value() for each in found}
    assert unit.vendor.accepts(found[0])


def test_whoever_loses_the_lease_waits_and_reads_again() -> None:
    """Another refreshes meanwhile; the loser makes no app."""
    unit = ConnectedTenant()
    unit.take_lease()
    others = unit.a_grant()
    unit.meanwhile = lambda: unit.stores.connections.put(unit.a_connection(others))

    assert others == unit.credentials()
    assert (1, 0) == (len(unit.waits), unit.apps_made)


def test_whoever_gets_the_lease_after_another_reads_before_refreshing() -> None:
    """Between our read and our lease another may have refreshed and gone."""
    unit = ConnectedTenant()
    others = unit.a_grant()

    class Overtaken(FakeLeases):
        """Leases, before the first of which another stores theirs."""

        def take(self, tenant_id: TenantId, key: str, *, now: datetime, until: datetime) -> bool:
            """Take a lease."""
            unit.stores.connections.put(unit.a_connection(others))
            return super().take(tenant_id, key, now=now, until=until)

    unit.stores.leases = Overtaken()
    assert (others, 0) == (unit.credentials(), unit.apps_made)


def test_patience_ends() -> None:
    """A refresh that takes for ever is worth another attempt of ours later, not our whole time now."""
    unit = ConnectedTenant()
    unit.take_lease(timedelta(hours=1))
    with pytest.raises(UpstreamUnavailable):
        unit.credentials()
    assert PATIENCE <= unit.now() - NOW < 2 * PATIENCE


def test_a_lease_whose_holder_died_is_taken_over() -> None:
    """Its time runs out."""
    unit = ConnectedTenant()
    unit.take_lease(timedelta(seconds=1))
    assert unit.vendor.accepts(unit.credentials())
    assert 1 == unit.vendor.refreshes


def test_a_refresh_that_the_vendor_refuses_says_whose_access_ended() -> None:
    """Whoever asked marks the connection broken; the lease is free for the next."""
    unit = ConnectedTenant()
    unit.vendor.end()
    with pytest.raises(AccessRevoked) as caught:
        unit.credentials()
    assert LINEAR is caught.value.provider
    assert unit.take_lease()


@pytest.mark.parametrize("expires_in", [None, -timedelta(days=1)])
def test_a_broken_connection_costs_no_call(expires_in: timedelta | None) -> None:
    """It stays broken until somebody mends it."""
    unit = ConnectedTenant(expires_in=expires_in)
    unit.stores.connection_states.mark_broken(ACME, LINEAR, reason="revoked", at=NOW)
    with pytest.raises(AccessRevoked) as caught:
        unit.credentials()
    assert (LINEAR, 0, []) == (caught.value.provider, unit.apps_made, unit.waits)


def test_what_is_not_connected_is_said_to_be() -> None:
    """That is not the vendor's fault."""
    unit = ConnectedTenant()
    unit.stores.connections.remove(ACME, LINEAR)
    with pytest.raises(NotConnected):
        unit.credentials()


class FlakyConnectionStates(FakeConnectionStates):
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
    unit = ConnectedTenant()
    unit.stores.connection_states = FlakyConnectionStates(
        unit.stores.connections, STORE_ATTEMPTS - 1, having_stored=having_stored
    )
    found = unit.credentials()
    assert unit.vendor.accepts(found)
    assert (found, 1) == (unit.credentials(), unit.vendor.refreshes)


def test_a_store_that_never_answers_is_an_error() -> None:
    """Not a token that works until the function ends and then is gone."""
    unit = ConnectedTenant()
    unit.stores.connection_states = FlakyConnectionStates(unit.stores.connections, STORE_ATTEMPTS)
    with pytest.raises(UpstreamUnavailable):
        unit.credentials()
    assert STORE_ATTEMPTS - 1 == len(unit.waits)
    assert timedelta(seconds=sum(unit.waits)) < LEASE


def test_somebody_who_connects_anew_during_a_refresh_has_the_last_word() -> None:
    """Their credentials are stored already and stay."""
    unit = ConnectedTenant()
    theirs = Credentials(access_token=SecretStr("theirs"), expires_at=NOW + timedelta(days=1))

    class Overtaken(FakeOAuthApp):
        """An app whose refresh takes long enough for somebody to connect anew."""

        def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
            """Get fresh credentials, too late."""
            unit.stores.connections.put(unit.a_connection(theirs))
            return Credentials(access_token=SecretStr("ours"), expires_at=NOW + timedelta(days=1))

    unit.vendor = Overtaken()
    assert theirs == unit.credentials()


def test_a_token_shorter_lived_than_the_margin_is_refreshed_each_time_and_used() -> None:
    """It does not send us round in circles."""
    unit = ConnectedTenant(lifetime=timedelta(seconds=30))
    assert unit.vendor.accepts(unit.credentials())
    assert 1 == unit.vendor.refreshes


def test_an_app_of_ours_that_is_gone_is_our_own_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever uses the connection asked for nothing that is not there; the connection stays as it is."""
    tenant = ConnectedTenant()

    def gone(provider: Provider) -> OAuthApp:
        raise NotFound("not set in SSM Parameter Store: linear/client-id")

    monkeypatch.setattr(tenant, "oauth_app", gone)
    with pytest.raises(Misconfigured, match="linear/client-id"):
        tenant.credentials()
    assert tenant.stores.connections.get(ACME, LINEAR).broken_since is None


def test_credentials_that_our_key_does_not_open_are_our_own_mistake() -> None:
    """They are the tenant's own, so nobody reached for what is another's: the key is another, or not ours to use."""
    tenant = ConnectedTenant(expires_in=None)
    connection = tenant.stores.connections.get(ACME, LINEAR)
    tenant.stores.connections.put(connection.model_copy(update={"sealed_credentials": b"sealed with another key"}))
    with pytest.raises(Misconfigured, match="KMS_KEY_ID"):
        tenant.credentials()
