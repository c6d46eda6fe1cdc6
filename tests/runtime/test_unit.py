"""A unit of work makes what is asked for, and marks a connection broken whose credentials a vendor refused in it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from pm_assistant.domain.errors import (
    AccessRevoked,
    CircuitOpen,
    Conflict,
    Misconfigured,
    NotConnected,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import Connection, Credentials, Provider, TenantId
from pm_assistant.domain.vendors import Role
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.ports.vendors import Watch
from pm_assistant.runtime import unit as unit_module
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings import PublicSettings, QueueSettings, StoreSettings, VendorSettings
from pm_assistant.runtime.unit import AwsUnit, open_unit
from pm_assistant.workflows.connections.availability import MOST_FAILURES
from tests.builders import ACME, GLOBEX, a_connection
from tests.fakes.connections import a_working_connection
from tests.fakes.stores import FakeQueue, FakeStores, FakeVault
from tests.fakes.vendors import FakeChat, FakeOAuthApp

SLACK = Provider.SLACK
REFUSED = AccessRevoked("Slack no longer accepts our token: invalid_auth", provider=SLACK)


class Settings(StoreSettings, QueueSettings, VendorSettings, PublicSettings):
    """Of a function that acts at vendors and has a queue to tell of what broke."""


SETTINGS = Settings(table_name="t", kms_key_id="k", secrets_prefix="/p", reports_queue_url="q")


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> FakeStores:
    """A tenant with Slack."""
    made = FakeStores()
    made.connections.put(a_connection())
    monkeypatch.setattr(wiring, "stores", lambda *_, **__: made)
    return made


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> FakeQueue:
    """The queue on which admins are told."""
    made = FakeQueue()
    monkeypatch.setattr(wiring, "queue", lambda url: made)
    return made


def do(error: Exception | None, work: Callable[[AwsUnit], object] = bool) -> None:
    """Work at a vendor that ends like this."""
    with open_unit(SETTINGS, ACME) as unit:
        work(unit)
        if error:
            raise error


def use_token(unit: AwsUnit) -> object:
    """Ask for the chat, which takes the token."""
    return unit.chat


def use_tracker(unit: AwsUnit) -> object:
    """Ask for the tracker, which takes the token."""
    return unit.tracker


def test_a_refused_credential_is_noted_said_and_raised(stores: FakeStores, reports: FakeQueue) -> None:
    """The work is not done, and the admins hear why; the second time only the work is not done."""
    for _ in range(2):
        with pytest.raises(AccessRevoked):
            do(AccessRevoked("Slack no longer accepts our token: token_revoked", provider=SLACK))
    connection = stores.connections.get(ACME, SLACK)
    assert "Slack no longer accepts our token: token_revoked" == connection.broken_reason
    assert 1 == len(reports.puts)


@pytest.mark.parametrize("error", [UpstreamRejected("no such ticket"), AccessRevoked("whose?"), ValueError("ours")])
def test_other_errors_break_nothing(stores: FakeStores, reports: FakeQueue, error: Exception) -> None:
    """Nor does a refusal of which nobody knows whose it is."""
    with pytest.raises(type(error)):
        do(error)
    assert stores.connections.get(ACME, SLACK).broken_since is None
    assert [] == reports.puts


def test_work_that_is_done_is_done(stores: FakeStores, reports: FakeQueue) -> None:
    """Nothing is written."""
    do(None)
    assert stores.connections.get(ACME, SLACK).broken_since is None
    assert [] == reports.puts


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> FakeOAuthApp:
    """Our app at the vendor, which lets nobody in."""
    made = FakeOAuthApp(SLACK)
    monkeypatch.setattr(wiring, "vault", lambda key: FakeVault())
    monkeypatch.setattr(wiring, "oauth_app", lambda provider, vendors: made)
    monkeypatch.setattr(wiring, "chat", lambda provider, token, vendors, watch: FakeChat())
    return made


def tied(secret: str, expires_in: timedelta = timedelta(days=1)) -> Connection:
    """A connection with this token."""
    credentials = Credentials(
        access_token=SecretStr(secret), refresh_token=SecretStr(secret), expires_at=datetime.now(UTC) + expires_in
    )
    sealed = FakeVault().seal(ACME, SLACK, credentials)
    return a_connection(sealed_credentials=sealed, expires_at=credentials.expires_at)


def test_only_what_was_refused_is_marked(stores: FakeStores, reports: FakeQueue, vendor: FakeOAuthApp) -> None:
    """While the vendor took its time to refuse the old token somebody connected again: the work comes again, too."""
    stores.connections.put(tied("old"))
    new = tied("new")

    def work(unit: AwsUnit) -> None:
        use_token(unit)
        stores.connections.put(new)

    with pytest.raises(UpstreamUnavailable):
        do(REFUSED, work)
    assert new == stores.connections.get(ACME, SLACK)
    assert [] == reports.puts


def test_what_was_handed_out_and_refused_is_marked(
    stores: FakeStores, reports: FakeQueue, vendor: FakeOAuthApp
) -> None:
    """What was handed out in an earlier unit does not count."""
    stores.connections.put(tied("old"))
    do(None, use_token)
    stores.connections.put(tied("new"))
    with pytest.raises(AccessRevoked):
        do(REFUSED, use_token)
    assert stores.connections.get(ACME, SLACK).broken_since is not None
    assert 1 == len(reports.puts)


@pytest.mark.parametrize("overtaken", [False, True])
def test_a_refused_refresh_counts_for_what_was_to_be_refreshed(
    stores: FakeStores,
    reports: FakeQueue,
    vendor: FakeOAuthApp,
    monkeypatch: pytest.MonkeyPatch,
    overtaken: bool,
) -> None:
    """Not for what somebody else has stored while it was refused."""
    stores.connections.put(tied("old", expires_in=timedelta(minutes=1)))

    class Refusing(FakeOAuthApp):
        """An app whose refresh is refused, perhaps because another was faster."""

        def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
            """Get fresh credentials."""
            if overtaken:
                stores.connections.put(tied("new"))
            raise REFUSED

    monkeypatch.setattr(wiring, "oauth_app", lambda provider, vendors: Refusing())
    expected = UpstreamUnavailable if overtaken else AccessRevoked
    with pytest.raises(expected):
        do(None, use_token)
    assert overtaken == (stores.connections.get(ACME, SLACK).broken_since is None)
    assert (0 if overtaken else 1) == len(reports.puts)


def test_a_connection_that_was_mended_since_it_was_found_broken_is_left_alone(
    stores: FakeStores, reports: FakeQueue, vendor: FakeOAuthApp
) -> None:
    """Nothing was even tried with what there is now."""
    stores.connections.put(tied("old").model_copy(update={"broken_since": datetime.now(UTC)}))

    def work(unit: AwsUnit) -> None:
        with pytest.raises(AccessRevoked) as found:
            use_token(unit)
        stores.connections.put(tied("new"))
        raise found.value

    with pytest.raises(UpstreamUnavailable):
        do(None, work)
    assert stores.connections.get(ACME, SLACK).broken_since is None


def test_a_vendor_is_met_with_one_token_for_the_whole_unit(stores: FakeStores, vendor: FakeOAuthApp) -> None:
    """What takes long to make is made once, and the next unit makes its own."""
    stores.connections.put(tied("token"))
    first, second = (AwsUnit(SETTINGS, ACME) for _ in range(2))
    assert first.chat is first.chat
    assert first.chat is not second.chat


def test_a_lease_keeps_others_from_the_same_thing_of_the_same_tenant(stores: FakeStores) -> None:
    """Other things, and the same thing of other tenants, are free; so is this one when the work is over or failed."""
    mine, theirs, minute = AwsUnit(SETTINGS, ACME), AwsUnit(SETTINGS, GLOBEX), timedelta(minutes=1)
    with (
        mine.lease("thing", lasts=minute),
        mine.lease("other", lasts=minute),
        theirs.lease("thing", lasts=minute),
        pytest.raises(Conflict),
        mine.lease("thing", lasts=minute),
    ):
        pytest.fail("two are at work on it")
    with pytest.raises(ValueError, match="ours"), mine.lease("thing", lasts=minute):
        raise ValueError("ours")
    with mine.lease("thing", lasts=minute):
        assert not stores.leases.take(ACME, "thing", now=mine.now(), until=mine.now() + minute)


def test_the_deployments_own_address_counts_before_the_gateways() -> None:
    """A function that has neither was put together wrongly."""
    configured = SETTINGS.model_copy(update={"public_url": "https://pm.test"})
    assert "https://pm.test" == AwsUnit(configured, ACME, public_url="https://abc.execute-api.test").public_url
    assert (
        "https://abc.execute-api.test" == AwsUnit(SETTINGS, ACME, public_url="https://abc.execute-api.test").public_url
    )
    with pytest.raises(Misconfigured, match="PUBLIC_URL"):
        _ = AwsUnit(SETTINGS, ACME).public_url


@pytest.mark.parametrize("name", ["events", "actions", "jobs"])
def test_a_queue_whose_address_is_not_told_is_named(name: str) -> None:
    """Its messages would go nowhere."""
    with pytest.raises(Misconfigured, match=f"{name.upper()}_QUEUE_URL"):
        getattr(AwsUnit(SETTINGS, ACME).queues, name)


def test_what_a_functions_settings_do_not_know_it_cannot_use() -> None:
    """That is a mistake in the code, and is called one."""
    with pytest.raises(TypeError, match="MailSettings"):
        _ = AwsUnit(SETTINGS, ACME).mailer


LINEAR, OTHER = Provider.LINEAR, Provider.GITHUB


@pytest.fixture
def two_trackers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two vendors can play the tracker; Linear is named first."""
    other = replace(VENDORS[OTHER], roles=frozenset({Role.TRACKER}))
    monkeypatch.setattr(unit_module, "VENDORS", {**VENDORS, OTHER: other})


@pytest.mark.usefixtures("two_trackers")
@pytest.mark.parametrize(
    ("connected", "expected"), [([], LINEAR), ([LINEAR], LINEAR), ([OTHER], OTHER), ([OTHER, LINEAR], LINEAR)]
)
def test_of_several_vendors_the_connected_one_plays_the_role(
    stores: FakeStores, connected: list[Provider], expected: Provider
) -> None:
    """While none is, the first would: asking for its client, not for its name, says that it is not connected."""
    for provider in connected:
        stores.connections.put(a_connection(provider=provider))
    unit = AwsUnit(SETTINGS, ACME)

    assert expected is unit.provider(Role.TRACKER)
    if not connected:
        with pytest.raises(NotConnected):
            use_tracker(unit)


@pytest.mark.usefixtures("two_trackers")
def test_who_plays_a_role_is_read_once_for_the_whole_unit(stores: FakeStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many people are asked about; and never where only one vendor can."""
    reads: list[TenantId] = []
    read_all = stores.connections.all

    def counted(tenant_id: TenantId) -> Sequence[Connection]:
        reads.append(tenant_id)
        return read_all(tenant_id)

    monkeypatch.setattr(stores.connections, "all", counted)
    unit = AwsUnit(SETTINGS, ACME)

    assert {SLACK} == {unit.provider(Role.CHAT) for _ in range(3)}
    assert [] == reads
    assert {LINEAR} == {unit.provider(Role.TRACKER) for _ in range(3)}
    assert [ACME] == reads


def test_a_vendor_that_does_not_answer_is_asked_no_more_by_later_units(
    stores: FakeStores, vendor: FakeOAuthApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one unit's adapter meets is known to the next ones, whichever function theirs are."""
    linear = Provider.LINEAR
    stores.connections.put(a_working_connection(ACME, linear))
    asked: list[httpx.Request] = []

    def away(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503)

    def make(_: Provider, token: str, __: object, watch: Watch) -> LinearTracker:
        return LinearTracker(token, "https://linear.test", transport=httpx.MockTransport(away), watch=watch)

    monkeypatch.setattr(wiring, "tracker", make)
    for _ in range(MOST_FAILURES):
        with pytest.raises(UpstreamUnavailable) as met:
            AwsUnit(SETTINGS, ACME).tracker.teams()
        assert not isinstance(met.value, CircuitOpen)
    asked.clear()

    with pytest.raises(CircuitOpen, match="Linear does not answer since"):
        use_tracker(AwsUnit(SETTINGS, ACME))

    assert [] == asked
