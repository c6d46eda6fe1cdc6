"""Letting go of a vendor: it forgets us, then we forget its token."""

from datetime import timedelta

import pytest

from pm_assistant.domain.connections import Grant
from pm_assistant.domain.errors import Misconfigured, NotConnected, NotFound, ProductError, UpstreamUnavailable
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.workflows.connections.disconnect import disconnect
from tests.builders import ACME, GLOBEX, NOW, a_connection
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeOAuthApp

LINEAR = Provider.LINEAR


class ConnectedTenant(FakeUnit):
    """A tenant that has connected Linear."""

    def __init__(self, *, expires_in: timedelta = timedelta(hours=1)) -> None:
        super().__init__()
        self.vendor = FakeOAuthApp(LINEAR, lifetime=timedelta(days=1), clock=self.now)
        self.oauth_apps[LINEAR] = self.vendor
        sealed = self.vault.seal(ACME, LINEAR, self._granted())
        connection = a_connection(provider=LINEAR, sealed_credentials=sealed, expires_at=NOW + expires_in)
        self.stores.connections.put(connection)

    def _granted(self) -> Credentials:
        callback = self.vendor.consent(self.vendor.authorize_url(state="s", redirect_uri="r", challenge=""))
        grant = self.vendor.exchange(callback, redirect_uri="r", verifier="")
        assert isinstance(grant, Grant)
        return grant.credentials

    @property
    def connected(self) -> bool:
        """Whether it still is."""
        return bool(self.stores.connections.all(ACME))


def test_the_vendor_is_told_and_the_token_forgotten() -> None:
    """All of the installation, and the workspace is free for another tenant."""
    unit = ConnectedTenant()
    assert disconnect(LINEAR, unit, force=False)
    assert ([("linear-acme", True)], False) == (unit.vendor.revoked, unit.connected)
    unit.stores.connections.put(a_connection(GLOBEX, LINEAR, external_id="linear-acme"))


def test_a_token_that_has_ended_is_refreshed_to_say_goodbye() -> None:
    """Some vendors listen only to a token that works; the refresh takes the lease that every refresh takes."""
    unit = ConnectedTenant(expires_in=-timedelta(hours=1))
    disconnect(LINEAR, unit, force=False)
    assert (1, [("linear-acme", True)]) == (unit.vendor.refreshes, unit.vendor.revoked)


@pytest.mark.parametrize("expires_in", [timedelta(hours=1), -timedelta(hours=1)])
def test_a_broken_connection_is_let_go_of_with_what_there_is(expires_in: timedelta) -> None:
    """A suspended installation can still be told goodbye; one that is gone is gone."""
    unit = ConnectedTenant(expires_in=expires_in)
    unit.stores.connection_states.mark_broken(ACME, LINEAR, reason="revoked", at=NOW)
    unit.vendor.end()
    assert disconnect(LINEAR, unit, force=False)
    assert (0, [("linear-acme", True)], False) == (unit.vendor.refreshes, unit.vendor.revoked, unit.connected)


@pytest.mark.parametrize("error", [UpstreamUnavailable("no answer"), Misconfigured("invalid_client")])
def test_a_vendor_that_cannot_be_told_keeps_the_connection(error: ProductError) -> None:
    """Unless somebody insists."""
    unit = ConnectedTenant()
    unit.vendor.fail_next(error)
    with pytest.raises(type(error)):
        disconnect(LINEAR, unit, force=False)
    assert unit.connected

    unit.vendor.fail_next(error)
    assert not disconnect(LINEAR, unit, force=True)
    assert not unit.connected
    assert (["invalid_client"] if isinstance(error, Misconfigured) else []) == unit.alarms


def test_an_app_of_ours_that_is_gone_is_our_mistake_and_no_answer() -> None:
    """The connection is there, so the caller did not ask for anything that is not."""
    unit = ConnectedTenant()
    unit.oauth_apps[LINEAR] = NotFound("not set in SSM Parameter Store: linear/client-id")
    with pytest.raises(Misconfigured, match="linear/client-id"):
        disconnect(LINEAR, unit, force=False)
    assert unit.connected


@pytest.mark.parametrize("force", [False, True])
def test_what_is_not_connected_cannot_be_let_go_of(force: bool) -> None:
    """That is said, forced or not."""
    unit = ConnectedTenant()
    disconnect(LINEAR, unit, force=False)
    with pytest.raises(NotConnected):
        disconnect(LINEAR, unit, force=force)
