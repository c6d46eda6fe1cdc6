"""Connecting: the order that is safe, and every way to abuse it."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from pm_assistant.domain.accounts import Account, ApiKey, AuditEntry, Caller, Role, Scope
from pm_assistant.domain.connections import (
    Callback,
    Connected,
    ConnectLink,
    Departure,
    Onward,
    Question,
    Reason,
    Refusal,
)
from pm_assistant.domain.errors import (
    Forbidden,
    InvalidRequest,
    NotConnected,
    NotFound,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.jobs import JobDue, JobKind, Order
from pm_assistant.domain.tenants import Channels, Connection, Credentials, Provider, Settings, TenantId, TenantState
from pm_assistant.ports.vendors import OAuthApp
from pm_assistant.workflows.connections import connect
from pm_assistant.workflows.connections.connect import Desk
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_tenant
from tests.contracts.stores import IMPLEMENTATIONS, opened
from tests.fakes.stores import FakeConnections, FakeOAuthStates, FakeQueue, FakeStores, FakeVault
from tests.fakes.vendors import FakeOAuthApp

SLACK = Provider.SLACK
URL = "https://pm.test/stage"
MINUTES = timedelta(minutes=10)
SETTINGS = Settings(settle_seconds=7, retention_days=30, channels=Channels(deny=("C0SECRET",)))


class Office:
    """Two tenants with an owner each, and a browser in front of the screen."""

    def __init__(self, app: FakeOAuthApp | None = None) -> None:
        self.stores, self.vault, self.runs = FakeStores(), FakeVault(), FakeQueue()
        self.app = app or FakeOAuthApp()
        self.now = NOW
        self.cookies: dict[str, str] = {}
        for tenant_id in (ACME, GLOBEX):
            self.stores.tenants.put(a_tenant(tenant_id, settings=SETTINGS))
            self.stores.accounts.put(self.an_account(tenant_id))

    def an_account(self, tenant_id: TenantId = ACME, role: Role = Role.OWNER) -> Account:
        """The tenant's owner."""
        return Account(id="ada", tenant_id=tenant_id, email=f"ada@{tenant_id}.test", role=role, created_at=NOW)

    def desk(self) -> Desk:
        """What errands need, at this moment."""
        stores = self.stores
        return Desk(
            app=self.an_app,
            oauth_states=stores.oauth_states,
            accounts=stores.accounts,
            api_keys=stores.api_keys,
            tenants=stores.tenants,
            connections=stores.connections,
            vault=lambda: self.vault,
            audit=stores.audit,
            jobs=stores.jobs,
            jobs_queue=lambda: self.runs,
            public_url=URL,
            request_id="r-1",
            now=self.now,
        )

    def an_app(self) -> OAuthApp:
        """Our app."""
        return self.app

    def link(self, tenant_id: TenantId = ACME, provider: Provider = SLACK, actor: str = "account:ada") -> str:
        """The code of a fresh link."""
        kind, _, id = actor.partition(":")
        caller = Caller(
            tenant_id=tenant_id, kind="key" if kind == "key" else "account", id=id, name="ada", scope=Scope.ADMIN
        )
        link, secret = connect.link(
            provider, caller=caller, oauth_states=self.stores.oauth_states, public_url=URL, now=self.now
        )
        code = parse_qs(urlsplit(link.url).query)["link"][0]
        self.cookies[code] = secret
        return code

    def start(
        self, code: str, provider: Provider = SLACK, *, desk: Desk | None = None
    ) -> Departure | Question | Refusal:
        """Open a link where it was made."""
        browser = self.cookies.get(code)
        return connect.start(provider, code, browser=browser, agreed=False, desk=desk or self.desk())

    def start_elsewhere(
        self, code: str, browser: str | None = None, *, agreed: bool = False
    ) -> Departure | Question | Refusal:
        """Open a link in another browser, which may have a secret of its own."""
        return connect.start(SLACK, code, browser=browser, agreed=agreed, desk=self.desk())

    def depart(self, tenant_id: TenantId = ACME, provider: Provider = SLACK, actor: str = "account:ada") -> Departure:
        """Open a fresh link."""
        departure = self.start(self.link(tenant_id, provider, actor), provider)
        assert isinstance(departure, Departure)
        return departure

    def come_back(
        self, callback: Callback, browser: str | None, provider: Provider = SLACK
    ) -> Connected | Onward | Refusal:
        """Open the callback's address."""
        return connect.finish(provider, callback, browser=browser, desk=self.desk())

    def connect(self, tenant_id: TenantId = ACME) -> Connected | Onward | Refusal:
        """Go all the way."""
        departure = self.depart(tenant_id)
        return self.come_back(self.app.consent(departure.url), departure.browser)

    def connection(self, tenant_id: TenantId = ACME) -> Connection:
        """What is stored."""
        return self.stores.connections.get(tenant_id, SLACK)

    def trail(self, tenant_id: TenantId = ACME) -> Sequence[AuditEntry]:
        """What the audit trail says, newest first."""
        return self.stores.audit.latest(tenant_id, limit=10)

    def refused(self, tenant_id: TenantId = ACME) -> list[tuple[str, str]]:
        """The refusals in the trail: who it was and why."""
        return [(each.actor, each.detail["reason"]) for each in self.trail(tenant_id) if each.action == "oauth.refused"]

    def nothing_stored(self) -> bool:
        """Whether nothing came of it: no connection and no run."""
        return not self.stores.connections.all(ACME) and not self.stores.connections.all(GLOBEX) and not self.runs.puts


def reason_of(outcome: object) -> Reason:
    """Why it was refused."""
    assert isinstance(outcome, Refusal)
    return outcome.reason


# ---- the way it is meant


def test_a_link_leads_to_the_vendor_and_back_to_a_stored_connection() -> None:
    """With the tenant's settings copied onto it, its token sealed and an entry in the trail."""
    office = Office()
    outcome = office.connect()

    assert isinstance(outcome, Connected)
    connection = office.connection()
    assert (connection, "Acme", ()) == (outcome.connection, outcome.tenant_name, outcome.missing)
    assert ("T0ACME", "Acme", "U0APP") == (connection.external_id, connection.name, connection.app_user_id)
    assert (7, 30, SETTINGS.channels) == (connection.settle_seconds, connection.retention_days, connection.channels)
    assert (NOW, "account:ada") == (connection.connected_at, connection.connected_by)
    assert office.app.accepts(office.vault.open(ACME, SLACK, connection.sealed_credentials))
    made = office.trail()[0]
    assert ("connection.made", "account:ada", "ada@acme.test", "slack", "r-1") == (
        made.action,
        made.actor,
        made.actor_name,
        made.target,
        made.request_id,
    )


def test_a_first_reading_is_asked_for() -> None:
    """As a run in the name of who connected, and once."""
    office = Office()
    office.connect()

    put = office.runs.puts[0]
    assert isinstance(put.message, JobDue)
    job = office.stores.jobs.get(ACME, put.message.job_id)
    assert (Order(kind=JobKind.SYNC, dry_run=False), "account:ada", ACME) == (job.order, job.asked_by, put.group)
    assert 1 == len(office.runs.puts)


def test_every_address_is_built_from_our_own() -> None:
    """Under a path prefix, too; the state begins with the tenant and says nothing else."""
    office = Office()
    departure = office.depart()
    asked = parse_qs(urlsplit(departure.url).query)

    assert [f"{URL}/oauth/slack/callback"] == asked["redirect_uri"]
    assert asked["state"][0].startswith("acme.")
    assert departure.browser not in departure.url


def test_a_program_with_an_admin_key_may_ask_for_a_link() -> None:
    """As long as the key is there."""
    office = Office()
    key = ApiKey(
        id="k1", tenant_id=ACME, name="ci", scope=Scope.ADMIN, digest="d", created_by="account:ada", created_at=NOW
    )
    office.stores.api_keys.put(key)
    departure = office.depart(actor="key:k1")
    assert isinstance(office.come_back(office.app.consent(departure.url), departure.browser), Connected)
    assert "key:k1" == office.connection().connected_by


def test_scopes_that_were_not_granted_are_said() -> None:
    """A person can uncheck some; the connection is kept, and shows it."""
    office = Office(FakeOAuthApp(granted=("read",)))
    outcome = office.connect()
    assert isinstance(outcome, Connected)
    assert ("write",) == outcome.missing


def test_a_detour_goes_on_in_the_same_browser_with_a_fresh_state() -> None:
    """The first state is spent; the second one leads to the connection."""
    office = Office(FakeOAuthApp(installed=False))
    departure = office.depart()
    first = office.app.consent(departure.url)
    onward = office.come_back(first, departure.browser)

    assert isinstance(onward, Onward)
    second = office.app.consent(onward.url)
    assert first.state != second.state
    assert Reason.STATE == reason_of(office.come_back(first, departure.browser))
    assert isinstance(office.come_back(second, departure.browser), Connected)


def test_reconnecting_the_same_workspace_mends_the_connection() -> None:
    """Fresh credentials, no longer broken; no conflict with oneself."""
    office = Office()
    office.connect()
    office.stores.connection_states.mark_broken(ACME, SLACK, reason="token_revoked", at=NOW)
    office.now += MINUTES

    assert isinstance(office.connect(), Connected)
    assert (None, NOW + MINUTES) == (office.connection().broken_since, office.connection().connected_at)
    assert [] == office.app.revoked


# ---- attacks on the link


@pytest.mark.parametrize("code", ["", "acme", "acme.", "acme." + "A" * 43, "acme#x." + "A" * 43, "\0", "ä" * 2000])
def test_a_link_that_was_never_made_opens_nothing(code: str) -> None:
    """Whatever is put into the address."""
    office = Office()
    assert Reason.LINK == reason_of(office.start(code))


def test_a_link_opens_once_and_for_ten_minutes() -> None:
    """Whoever finds it in a history gets nothing."""
    office = Office()
    code, late = office.link(), office.link()
    assert isinstance(office.start(code), Departure)
    assert Reason.LINK == reason_of(office.start(code))
    office.now += MINUTES
    assert Reason.LINK == reason_of(office.start(late))


def test_a_link_of_one_vendor_opens_no_other() -> None:
    """It is spent, and the tenant can read of it."""
    office = Office()
    code = office.link()
    assert Reason.PROVIDER == reason_of(office.start(code, Provider.LINEAR))
    assert [("account:ada", "other_vendor")] == office.refused()
    assert Reason.LINK == reason_of(office.start(code))


def test_a_vendor_we_have_no_app_at_is_said_so() -> None:
    """That is the operator's to mend."""
    office = Office()
    code = office.link()

    def no_app() -> OAuthApp:
        raise NotFound("not set in SSM Parameter Store: slack/client-id")

    assert Reason.NOT_SET_UP == reason_of(office.start(code, desk=office.desk()._replace(app=no_app)))
    assert [("account:ada", "vendor_not_set_up")] == office.refused()


@pytest.mark.parametrize("browser", [None, "", "another", "ü"])
def test_another_browser_than_the_links_own_is_asked_first(browser: str | None) -> None:
    """Whose team it is and who wants it; nothing is redeemed, so that the link still opens where it was made."""
    office = Office()
    code = office.link()
    question = office.start_elsewhere(code, browser)
    assert isinstance(question, Question)
    assert ("Acme", "ada@acme.test", "account") == (question.tenant_name, question.asker.name, question.asker.kind)
    assert [] == office.trail()
    assert isinstance(office.start(code), Departure)


def test_the_secret_of_one_link_does_not_open_another() -> None:
    """Not even of the same tenant: only the last one made is known by the cookie."""
    office = Office()
    first, second = office.link(), office.link()
    assert isinstance(office.start_elsewhere(first, office.cookies[second]), Question)


def test_who_agrees_goes_on_once_and_for_ten_minutes() -> None:
    """An answer redeems what is there to redeem, and no more."""
    office = Office()
    code, late = office.link(), office.link()
    departure = office.start_elsewhere(code, agreed=True)
    assert isinstance(departure, Departure)
    assert isinstance(office.come_back(office.app.consent(departure.url), departure.browser), Connected)
    assert Reason.LINK == reason_of(office.start_elsewhere(code, agreed=True))
    assert Reason.LINK == reason_of(office.start_elsewhere(code))
    office.now += MINUTES
    assert Reason.LINK == reason_of(office.start_elsewhere(late))
    assert Reason.LINK == reason_of(office.start_elsewhere(late, agreed=True))


def test_nobody_is_asked_in_the_name_of_who_has_lost_the_right() -> None:
    """The name on that page is one that counts."""
    office = Office()
    code = office.link()
    office.stores.accounts.put(office.an_account(role=Role.MEMBER))
    assert Reason.RIGHTS == reason_of(office.start_elsewhere(code))
    assert [("account:ada", "rights_ended")] == office.refused()


class Stale(FakeOAuthStates):
    """Passes of which a link is still read after somebody else redeemed it."""

    def take_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Come too late."""
        super().take_link(tenant_id, code, now)
        return None


def test_of_two_who_open_a_link_at_once_one_goes_on() -> None:
    """Both have read it; only one has redeemed it."""
    office = Office()
    office.stores.oauth_states = Stale()
    assert Reason.LINK == reason_of(office.start(office.link()))


# ---- attacks on the state


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (None, Reason.STATE_MISSING),
        ("", Reason.STATE_MISSING),
        ("acme." + "A" * 43, Reason.STATE),
        ("acme", Reason.STATE),
        ("acme.globex." + "A" * 43, Reason.STATE),
        ("TENANT#acme." + "A" * 43, Reason.STATE),
        ("\ud800" * 50, Reason.STATE),
    ],
)
def test_a_forged_state_gets_nothing_and_leaves_no_trace(state: str | None, reason: Reason) -> None:
    """Nobody's trail can be filled by whoever makes up states."""
    office = Office()
    departure = office.depart()
    callback = office.app.consent(departure.url).model_copy(update={"state": state})

    assert reason == reason_of(office.come_back(callback, departure.browser))
    assert (0, True) == (len(office.trail()), office.nothing_stored())


def test_a_state_counts_once() -> None:
    """The replay of a callback gets nothing, with whatever code."""
    office = Office()
    departure = office.depart()
    callback = office.app.consent(departure.url)
    assert isinstance(office.come_back(callback, departure.browser), Connected)

    assert Reason.STATE == reason_of(office.come_back(callback, departure.browser))
    again = office.app.consent(departure.url)
    assert Reason.STATE == reason_of(office.come_back(again, departure.browser))
    assert 1 == len(office.runs.puts)


def test_a_state_counts_for_ten_minutes() -> None:
    """A page left open over lunch starts anew."""
    office = Office()
    departure = office.depart()
    office.now += MINUTES
    assert Reason.STATE == reason_of(office.come_back(office.app.consent(departure.url), departure.browser))
    assert office.nothing_stored()


@pytest.mark.parametrize("browser", [None, "", "another", "ü"])
def test_a_state_counts_in_the_browser_that_set_out(browser: str | None) -> None:
    """A callback slipped to somebody else connects nothing; the tenant can read of the attempt."""
    office = Office()
    callback = office.app.consent(office.depart().url)
    assert Reason.BROWSER == reason_of(office.come_back(callback, browser))
    assert [("account:ada", "other_browser")] == office.refused()
    assert office.nothing_stored()


def test_whoever_tries_a_state_in_the_wrong_browser_has_spent_it() -> None:
    """There is no second guess."""
    office = Office()
    departure = office.depart()
    callback = office.app.consent(departure.url)
    office.come_back(callback, "another")
    assert Reason.STATE == reason_of(office.come_back(callback, departure.browser))


def test_a_state_of_another_tenant_does_not_come_with_this_browser() -> None:
    """The attacker's state in the victim's browser would tie the victim's workspace to the attacker's tenant."""
    office = Office()
    victim, attacker = office.depart(ACME), office.depart(GLOBEX)
    callback = office.app.consent(attacker.url)
    assert Reason.BROWSER == reason_of(office.come_back(callback, victim.browser))
    assert ([], [("account:ada", "other_browser")]) == (office.refused(ACME), office.refused(GLOBEX))
    assert office.nothing_stored()


def test_a_state_with_the_tenant_swapped_is_unknown() -> None:
    """It is looked up where it says, and is not there."""
    office = Office()
    departure = office.depart(ACME)
    callback = office.app.consent(departure.url)
    swapped = f"globex.{(callback.state or '').partition('.')[2]}"
    forged = callback.model_copy(update={"state": swapped})
    assert Reason.STATE == reason_of(office.come_back(forged, departure.browser))


def test_a_state_counts_at_the_vendor_it_was_made_for() -> None:
    """A code of Slack's at Linear's address would be shown to the wrong vendor."""
    office = Office()
    departure = office.depart()
    callback = office.app.consent(departure.url)
    assert Reason.PROVIDER == reason_of(office.come_back(callback, departure.browser, Provider.LINEAR))
    assert office.nothing_stored()


def test_a_code_of_another_errand_does_not_fit_this_ones_proof() -> None:
    """A stolen code with a state of the thief's own: where the vendor knows PKCE, the verifier is another."""
    office = Office()
    stolen, own = office.app.consent(office.depart(ACME).url), office.depart(GLOBEX)
    callback = office.app.consent(own.url).model_copy(update={"code": stolen.code})
    assert Reason.CODE == reason_of(office.come_back(callback, own.browser))
    assert office.nothing_stored()


# ---- what people and vendors do


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("access_denied", Reason.DECLINED),
        ("invalid_scope", Reason.VENDOR_ERROR),
        ("server_error", Reason.VENDOR_ERROR),
    ],
)
def test_what_the_vendor_says_comes_first(error: str, reason: Reason) -> None:
    """Even with a code; the errand is over and stands in the trail."""
    office = Office()
    departure = office.depart()
    callback = office.app.consent(departure.url).model_copy(update={"error": error})
    assert reason == reason_of(office.come_back(callback, departure.browser))
    assert [("account:ada", reason)] == office.refused()
    assert Reason.STATE == reason_of(office.come_back(callback.model_copy(update={"error": None}), departure.browser))


def test_a_vendors_error_without_a_valid_state_is_nobodys() -> None:
    """Anybody can open that address."""
    office = Office()
    assert Reason.DECLINED == reason_of(office.come_back(Callback(error="access_denied"), None))
    assert [] == office.trail()


def test_an_owner_who_has_yet_to_agree_is_waited_for() -> None:
    """GitHub sends people back who may only ask."""
    office = Office()
    departure = office.depart()
    callback = office.app.consent(departure.url).model_copy(update={"pending": True})
    assert Reason.PENDING == reason_of(office.come_back(callback, departure.browser))


@pytest.mark.parametrize("change", ["removed", "member", "logged out", "closing"])
def test_who_has_lost_the_right_meanwhile_connects_nothing(change: str) -> None:
    """The account is looked at again when the browser comes back."""
    office = Office()
    departure = office.depart()
    accounts, tenants, account = office.stores.accounts, office.stores.tenants, office.an_account()
    match change:
        case "removed":
            accounts.remove(ACME, account.id)
        case "member":
            accounts.put(office.an_account(role=Role.MEMBER))
        case "logged out":
            accounts.put(account.model_copy(update={"sessions_from": NOW + timedelta(seconds=1)}))
        case "closing":
            tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=NOW + timedelta(days=1)))

    assert Reason.RIGHTS == reason_of(office.come_back(office.app.consent(departure.url), departure.browser))
    assert [("account:ada", "rights_ended")] == office.refused()
    assert office.nothing_stored()


class Refusing(FakeOAuthApp):
    """An app whose codes all meet the same end."""

    def __init__(self, error: ProductError) -> None:
        super().__init__()
        self.fail_next(error)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Forbidden("the installation is somebody else's"), Reason.NOT_THEIRS),
        (InvalidRequest("no code"), Reason.INCOMPLETE),
        (UpstreamRejected("invalid_code"), Reason.CODE),
        (UpstreamUnavailable("no answer"), Reason.VENDOR_DOWN),
        (RateLimited("slow down", retry_after=1), Reason.VENDOR_DOWN),
    ],
)
def test_a_failed_exchange_leaves_nothing_but_its_reason(error: ProductError, reason: Reason) -> None:
    """No connection, no run; the trail says why, in a word and in the vendor's."""
    office = Office(Refusing(error))
    outcome = office.connect()
    assert reason == reason_of(outcome)
    assert str(error) == office.trail()[0].detail["detail"]
    assert office.nothing_stored()


def test_a_workspace_of_another_tenant_is_refused_and_its_grant_given_back() -> None:
    """Given back alone: who was there first goes on working."""
    office = Office()
    office.connect(GLOBEX)
    theirs = office.connection(GLOBEX)

    assert Reason.TAKEN == reason_of(office.connect(ACME))
    assert [("T0ACME", False)] == office.app.revoked
    assert [("account:ada", "workspace_taken")] == office.refused(ACME)
    assert theirs == office.connection(GLOBEX)
    assert office.app.accepts(office.vault.open(GLOBEX, SLACK, theirs.sealed_credentials))
    with pytest.raises(NotConnected):
        office.connection(ACME)
    assert [] == office.refused(GLOBEX)


class Deaf(FakeOAuthApp):
    """An app that grants, and takes nothing back."""

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """Do not answer."""
        raise UpstreamUnavailable("no answer")


def test_a_grant_that_cannot_be_given_back_is_said_so() -> None:
    """The refusal stands all the same."""
    office = Office(Deaf())
    office.connect(GLOBEX)
    assert Reason.TAKEN == reason_of(office.connect(ACME))
    assert "not given back: no answer" == office.trail(ACME)[0].detail["detail"]


def test_a_second_workspace_is_not_mixed_with_the_first() -> None:
    """Their people and messages would be taken for one; disconnecting the first is a decision of its own."""
    office = Office()
    office.connect()
    first = office.connection()
    office.app.external_id, office.app.base_url = "T0OTHER", "https://slack.test/other/"

    assert Reason.OTHER_WORKSPACE == reason_of(office.connect())
    assert (first, [("T0OTHER", False)]) == (office.connection(), office.app.revoked)


def test_what_the_vendor_names_anew_is_no_second_workspace() -> None:
    """On GitHub the app has another id once it was removed and installed again, on the very same account."""
    office = Office()
    office.connect()
    office.app.external_id = "T0ANEW"

    assert isinstance(office.connect(), Connected)
    assert "T0ANEW" == office.connection().external_id
    assert [] == office.app.revoked


class Broken(FakeConnections):
    """Connections that cannot be stored."""

    def put(self, connection: Connection) -> None:
        """Create or replace one."""
        raise UpstreamUnavailable("the table does not answer")


def test_what_cannot_be_stored_is_given_back() -> None:
    """Nobody would know of it; that is our failure and no page of a refusal."""
    office = Office()
    office.stores.connections = Broken()
    with pytest.raises(UpstreamUnavailable):
        office.connect()
    assert [("T0ACME", False)] == office.app.revoked


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_of_two_tenants_that_race_for_a_workspace_one_gets_it(implementation: str) -> None:
    """Both are past the vendor when the first one stores; the other's grant is given back."""
    office = Office()
    with opened(implementation) as stores:
        desk = office.desk()._replace(connections=stores.connections)
        departures = [office.depart(tenant_id) for tenant_id in (ACME, GLOBEX)]
        gate = threading.Barrier(2)

        def come_back(departure: Departure) -> Connected | Onward | Refusal:
            callback = office.app.consent(departure.url)
            gate.wait()
            return connect.finish(SLACK, callback, browser=departure.browser, desk=desk)

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(come_back, departures))

        assert ["Connected", "Refusal"] == sorted(type(outcome).__name__ for outcome in outcomes)
        assert 1 == len([*stores.connections.all(ACME), *stores.connections.all(GLOBEX)])
    assert [("T0ACME", False)] == office.app.revoked


def test_nothing_secret_gets_into_the_trail() -> None:
    """No code, state, verifier, browser secret or token."""
    office = Office()
    departure = office.depart()
    callback = office.app.consent(departure.url)
    office.come_back(callback, "another")
    office.connect()
    office.connect(GLOBEX)
    said = "".join(entry.model_dump_json() for tenant in (ACME, GLOBEX) for entry in office.trail(tenant))

    secrets = (callback.state, callback.code, departure.browser, "access-", "refresh-")
    assert [False] * len(secrets) == [str(secret) in said for secret in secrets]


def test_an_unrelated_connection_is_left_alone() -> None:
    """Connecting Slack touches Slack."""
    office = Office()
    linear = a_connection(provider=Provider.LINEAR)
    office.stores.connections.put(linear)
    office.connect()
    assert linear == office.stores.connections.get(ACME, Provider.LINEAR)
