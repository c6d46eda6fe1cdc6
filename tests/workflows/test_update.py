"""Changes of a tenant's own row that meet: all of them are kept, and none undoes another."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.tenants import Provider, Settings, Tenant, TenantId, TenantState
from pm_assistant.workflows.tenants.closing import call_off, close
from pm_assistant.workflows.tenants.settings import change_settings, rename
from pm_assistant.workflows.update import ATTEMPTS, update_tenant
from tests.builders import ACME, NOW, a_connection, a_tenant
from tests.fakes.stores import FakeConnectionStates, FakeStores
from tests.fakes.tenancy import FakeTenants
from tests.fakes.unit import FakeUnit

CLOSING = {"state": TenantState.CLOSING, "closes_at": NOW + timedelta(days=6)}


class BusyTenants(FakeTenants):
    """Tenants that somebody else changes, so many times, just before they are changed."""

    def __init__(self, *tenants: Tenant, others: Callable[[Tenant], Tenant], times: int = 1) -> None:
        super().__init__(*tenants)
        self._others = others
        self._times = times

    def replace(self, tenant: Tenant, *, before: Tenant) -> None:
        """Change one, after the others."""
        if self._times:
            self._times -= 1
            self.put(self._others(self.get(tenant.id)))
        super().replace(tenant, before=before)


def changed(**changes: object) -> Callable[[Tenant], Tenant]:
    """A change of a tenant."""
    return lambda tenant: tenant.model_copy(update=changes)


def set_to(stores: FakeStores, settings: Settings) -> Settings:
    """Change acme's settings."""
    return change_settings(settings, FakeUnit(ACME, stores=stores)).settings


def test_settings_that_change_while_the_tenant_is_closed_do_not_open_it_again() -> None:
    """Nor does a new name."""
    for change in (lambda stores: set_to(stores, Settings(settle_seconds=7)), lambda stores: renamed(stores, "New")):
        stores = FakeStores(tenants=BusyTenants(a_tenant(), others=changed(**CLOSING)))

        change(stores)

        assert TenantState.CLOSING is stores.tenants.get(ACME).state


def renamed(stores: FakeStores, name: str) -> Tenant:
    """Give acme another name."""
    return rename(name, FakeUnit(ACME, stores=stores))


def test_two_changes_of_settings_at_a_time_are_both_kept() -> None:
    """Each answers with what then holds, and tells of its own share only."""
    others = Settings(retention_days=7)
    stores = FakeStores(tenants=BusyTenants(a_tenant(), others=changed(settings=others)))

    after = set_to(stores, Settings(settle_seconds=7))

    assert Settings(retention_days=7, settle_seconds=7) == after == stores.tenants.get(ACME).settings


def test_copies_of_settings_are_the_latest_whoever_copies_last() -> None:
    """Another change, and its copy, may come between a change and its copy."""

    class SlowStates(FakeConnectionStates):
        """Copies that come after somebody else's change."""

        def adapt(self, tenant_id: TenantId, settings: Settings) -> None:
            """Copy, once the other has changed and copied."""
            if settings.retention_days != 7:
                both = settings.model_copy(update={"retention_days": 7})
                stores.tenants.put(a_tenant(settings=both))
                super().adapt(tenant_id, both)
            super().adapt(tenant_id, settings)

    stores = FakeStores(tenants=FakeTenants(a_tenant()))
    stores.connections.put(a_connection())
    stores.connection_states = SlowStates(stores.connections)

    set_to(stores, Settings(settle_seconds=7))

    copied = stores.connections.get(ACME, Provider.SLACK)
    assert (7, 7) == (copied.settle_seconds, copied.retention_days)


def test_an_end_that_is_announced_twice_at_a_time_is_announced_once() -> None:
    """The later one hears of the earlier."""
    stores = FakeStores(tenants=BusyTenants(a_tenant(), others=changed(**CLOSING)))

    with pytest.raises(Conflict, match="closing already"):
        close("Acme", FakeUnit(stores=stores), asked_by="account:ada")

    assert CLOSING["closes_at"] == stores.tenants.get(ACME).closes_at


def test_an_end_is_called_off_and_nothing_else() -> None:
    """A name that was given meanwhile stays."""
    tenants = BusyTenants(a_tenant().model_copy(update=CLOSING), others=changed(name="New"))

    restored = call_off(FakeUnit(stores=FakeStores(tenants=tenants)))

    assert a_tenant(name="New") == restored == tenants.get(ACME)


def test_whoever_never_gets_a_word_in_gives_up() -> None:
    """After a few attempts; what the others did stands."""
    for times in (ATTEMPTS - 1, ATTEMPTS):
        tenants = BusyTenants(
            a_tenant(name=""), others=lambda tenant: tenant.model_copy(update={"name": f"{tenant.name}x"}), times=times
        )
        if times < ATTEMPTS:
            update_tenant(ACME, changed(settings=Settings(settle_seconds=7)), tenants)
        else:
            with pytest.raises(Conflict):
                update_tenant(ACME, changed(settings=Settings(settle_seconds=7)), tenants)
        assert "x" * times == tenants.get(ACME).name


def test_a_tenant_that_is_gone_stays_gone() -> None:
    """Whatever it was to become."""
    with pytest.raises(NotFound):
        update_tenant(ACME, changed(name="New"), FakeTenants())
