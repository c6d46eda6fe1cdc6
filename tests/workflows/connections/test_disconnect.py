"""Letting go of a vendor: it forgets us, then we forget its token."""

from datetime import timedelta

import pytest

from pm_assistant.domain.connections import Grant
from pm_assistant.domain.errors import NotConnected, UpstreamError, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.workflows.connections.disconnect import disconnect
from tests.builders import ACME, GLOBEX, NOW, a_connection
from tests.fakes.stores import FakeStores, FakeVault
from tests.fakes.vendors import FakeOAuthApp

LINEAR = Provider.LINEAR


class Desk:
    """A tenant that has connected Linear."""

    def __init__(self, *, expires_in: timedelta = timedelta(hours=1)) -> None:
        self.stores, self.vault = FakeStores(), FakeVault()
        self.app = FakeOAuthApp(LINEAR, lifetime=timedelta(days=1), clock=lambda: NOW)
        self.credentials = self._granted()
        sealed = self.vault.seal(ACME, LINEAR, self.credentials)
        connection = a_connection(provider=LINEAR, sealed_credentials=sealed, expires_at=NOW + expires_in)
        self.stores.connections.put(connection)

    def _granted(self) -> Credentials:
        callback = self.app.consent(self.app.authorize_url(state="s", redirect_uri="r", challenge=""))
        grant = self.app.exchange(callback, redirect_uri="r", verifier="")
        assert isinstance(grant, Grant)
        return grant.credentials

    def disconnect(self, *, force: bool = False) -> bool:
        """Let go."""
        return disconnect(
            ACME,
            LINEAR,
            force=force,
            connections=self.stores.connections,
            states=self.stores.connection_states,
            leases=self.stores.refresh_leases,
            vault=self.vault,
            app=lambda: self.app,
            clock=lambda: NOW,
            wait=lambda seconds: None,
        )

    @property
    def connected(self) -> bool:
        """Whether it still is."""
        return bool(self.stores.connections.all(ACME))


def test_the_vendor_is_told_and_the_token_forgotten() -> None:
    """All of the installation, and the workspace is free for another tenant."""
    desk = Desk()
    assert desk.disconnect()
    assert ([("linear-acme", True)], False) == (desk.app.revoked, desk.connected)
    desk.stores.connections.put(a_connection(GLOBEX, LINEAR, external_id="linear-acme"))


def test_a_token_that_has_ended_is_refreshed_to_say_goodbye() -> None:
    """Some vendors listen only to a token that works; the refresh takes the lease that every refresh takes."""
    desk = Desk(expires_in=-timedelta(hours=1))
    desk.disconnect()
    assert (1, [("linear-acme", True)]) == (desk.app.refreshes, desk.app.revoked)


@pytest.mark.parametrize("expires_in", [timedelta(hours=1), -timedelta(hours=1)])
def test_a_broken_connection_is_let_go_of_with_what_there_is(expires_in: timedelta) -> None:
    """A suspended installation can still be told goodbye; one that is gone is gone."""
    desk = Desk(expires_in=expires_in)
    desk.stores.connection_states.mark_broken(ACME, LINEAR, reason="revoked", at=NOW)
    desk.app.end()
    assert desk.disconnect()
    assert (0, [("linear-acme", True)], False) == (desk.app.refreshes, desk.app.revoked, desk.connected)


@pytest.mark.parametrize("error", [UpstreamUnavailable("no answer"), UpstreamRejected("invalid_client")])
def test_a_vendor_that_cannot_be_told_keeps_the_connection(error: UpstreamError) -> None:
    """Unless somebody insists."""
    desk = Desk()
    desk.app.fail_next(error)
    with pytest.raises(type(error)):
        desk.disconnect()
    assert desk.connected

    desk.app.fail_next(error)
    assert not desk.disconnect(force=True)
    assert not desk.connected


@pytest.mark.parametrize("force", [False, True])
def test_what_is_not_connected_cannot_be_let_go_of(force: bool) -> None:
    """That is said, forced or not."""
    desk = Desk()
    desk.disconnect()
    with pytest.raises(NotConnected):
        desk.disconnect(force=force)
