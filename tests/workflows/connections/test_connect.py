"""Connecting: the order that is safe, and every way to abuse it."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from pm_assistant.domain.accounts import Account, ApiKey, AuditEntry, Caller, Role, Scope
from pm_assistant.domain.connections import (
    CalendarConnected,
    Callback,
    ConfirmationRequired,
    Connected,
    ConnectLink,
    Reason,
    Redirect,
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
from pm_assistant.workflows.connections import connect
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_tenant
from tests.contracts.stores import IMPLEMENTATIONS, opened
from tests.fakes.stores import FakeConnections, FakeOAuthStates
from tests.fakes.unit import FakeApplication
from tests.fakes.vendors import FakeOAuthApp

SLACK = Provider.SLACK
URL = "https://pm.test/stage"
MINUTES = timedelta(minutes=10)
SETTINGS = Settings(settle_seconds=7, retention_days=30, channels=Channels(deny=("C0SECRET",)))

type Started = Redirect | ConfirmationRequired | Refusal
type Finished = Connected | CalendarConnected | Redirect | Refusal


class TwoTenants(FakeApplication):
    """Two tenants with an owner each, our app at the vendor, and a browser in front of the screen."""

    def __init__(self, vendor: FakeOAuthApp | None = None) -> None:
        super().__init__()
        self.vendor = vendor or FakeOAuthApp()
        self.oauth_apps = dict.fromkeys(Provider, self.vendor)
        self.public_url = URL
        self.cookies: dict[str, str] = {}
        for tenant_id in (ACME, GLOBEX):
            self.stores.tenants.put(a_tenant(tenant_id, settings=SETTINGS))
            self.stores.accounts.put(self.an_account(tenant_id))

    def an_account(self, tenant_id: TenantId = ACME, role: Role = Role.OWNER) -> Account:
        """The tenant's owner."""
        return Account(id="ada", tenant_id=tenant_id, email=f"ada@{tenant_id}.test", role=role, created_at=NOW)

    def link(self, tenant_id: TenantId = ACME, provider: Provider = SLACK, actor: str = "account:ada") -> str:
        """The code of a fresh link."""
        kind, _, id = actor.partition(":")
        caller = Caller(
            tenant_id=tenant_id, kind="key" if kind == "key" else "account", id=id, name="ada", scope=Scope.ADMIN
        )
        tenant = self.stores.tenants.get(tenant_id)
        link, secret = connect.make_link(provider, caller, tenant, self.unit(tenant_id))
        code = parse_qs(urlsplit(link.url).query)["link"][0]
        self.cookies[code] = secret
        return code

    def start(self, code: str, provider: Provider = SLACK) -> Started:
        """Open a link where it was made."""
        return connect.start(provider, code, self, browser=self.cookies.get(code), confirmed=False, request_id="r-1")

    def start_elsewhere(self, code: str, browser: str | None = None, *, confirmed: bool = False) -> Started:
        """Open a link in another browser, which may have a secret of its own."""
        return connect.start(SLACK, code, self, browser=browser, confirmed=confirmed, request_id="r-1")

    def redirected(
        self, tenant_id: TenantId = ACME, provider: Provider = SLACK, actor: str = "account:ada"
    ) -> Redirect:
        """Open a fresh link."""
        redirect = self.start(self.link(tenant_id, provider, actor), provider)
        assert isinstance(redirect, Redirect)
        return redirect

    def come_back(self, callback: Callback, browser: str | None, provider: Provider = SLACK) -> Finished:
        """Open the callback's address."""
        return connect.finish(provider, callback, self, browser=browser, request_id="r-1")

    def connect(self, tenant_id: TenantId = ACME) -> Finished:
        """Go all the way."""
        redirect = self.redirected(tenant_id)
        return self.come_back(self.vendor.consent(redirect.url), redirect.browser)

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
        """Whether nothing came of it: no connection and no job."""
        connections = [*self.stores.connections.all(ACME), *self.stores.connections.all(GLOBEX)]
        return not connections and not self.queues.jobs.puts


def reason_of(outcome: object) -> Reason:
    """Why it was refused."""
    assert isinstance(outcome, Refusal)
    return outcome.reason


# ---- the way it is meant


def test_a_link_leads_to_the_vendor_and_back_to_a_stored_connection() -> None:
    """With the tenant's settings copied onto it, its token sealed and an entry in the trail."""
    given = TwoTenants()
    outcome = given.connect()

    assert isinstance(outcome, Connected)
    connection = given.connection()
    assert (connection, "Acme", ()) == (outcome.connection, outcome.tenant_name, outcome.missing)
    assert ("T0ACME", "Acme", "U0APP") == (connection.external_id, connection.name, connection.app_user_id)
    assert (7, 30, SETTINGS.channels) == (connection.settle_seconds, connection.retention_days, connection.channels)
    assert (NOW, "account:ada") == (connection.connected_at, connection.connected_by)
    assert given.vendor.accepts(given.vault.open(ACME, SLACK, connection.sealed_credentials))
    made = given.trail()[0]
    assert ("connection.made", "account:ada", "ada@acme.test", "slack", "r-1") == (
        made.action,
        made.actor,
        made.actor_name,
        made.target,
        made.request_id,
    )


def test_a_first_reading_is_asked_for() -> None:
    """As a job in the name of who connected, and once."""
    given = TwoTenants()
    given.connect()

    put = given.queues.jobs.puts[0]
    assert isinstance(put.message, JobDue)
    job = given.stores.jobs.get(ACME, put.message.job_id)
    assert (Order(kind=JobKind.SYNC, dry_run=False), "account:ada", ACME) == (job.order, job.asked_by, put.group)
    assert 1 == len(given.queues.jobs.puts)


def test_every_address_is_built_from_our_own() -> None:
    """Under a path prefix, too; the state begins with the tenant and says nothing else."""
    given = TwoTenants()
    redirect = given.redirected()
    asked = parse_qs(urlsplit(redirect.url).query)

    assert [f"{URL}/oauth/slack/callback"] == asked["redirect_uri"]
    assert asked["state"][0].startswith("acme.")
    assert redirect.browser
    assert redirect.browser not in redirect.url


def test_a_program_with_an_admin_key_may_ask_for_a_link() -> None:
    """As long as the key is there."""
    given = TwoTenants()
    key = ApiKey(
        id="k1", tenant_id=ACME, name="ci", scope=Scope.ADMIN, digest="d", created_by="account:ada", created_at=NOW
    )
    given.stores.api_keys.put(key)
    redirect = given.redirected(actor="key:k1")
    assert isinstance(given.come_back(given.vendor.consent(redirect.url), redirect.browser), Connected)
    assert "key:k1" == given.connection().connected_by


def test_scopes_that_were_not_granted_are_said() -> None:
    """A person can uncheck some; the connection is kept, and shows it."""
    given = TwoTenants(FakeOAuthApp(granted=("read",)))
    outcome = given.connect()
    assert isinstance(outcome, Connected)
    assert ("write",) == outcome.missing


def test_who_has_to_install_first_goes_on_in_the_same_browser_with_a_fresh_state() -> None:
    """The first state is spent; the second one leads to the connection."""
    given = TwoTenants(FakeOAuthApp(installed=False))
    redirect = given.redirected()
    first = given.vendor.consent(redirect.url)
    onward = given.come_back(first, redirect.browser)

    assert isinstance(onward, Redirect)
    assert onward.browser is None
    second = given.vendor.consent(onward.url)
    assert first.state != second.state
    assert Reason.STATE == reason_of(given.come_back(first, redirect.browser))
    assert isinstance(given.come_back(second, redirect.browser), Connected)


def test_reconnecting_the_same_workspace_mends_the_connection() -> None:
    """Fresh credentials, no longer broken; no conflict with oneself."""
    given = TwoTenants()
    given.connect()
    given.stores.connection_states.mark_broken(ACME, SLACK, reason="token_revoked", at=NOW)
    given.at += MINUTES

    assert isinstance(given.connect(), Connected)
    assert (None, NOW + MINUTES) == (given.connection().broken_since, given.connection().connected_at)
    assert [] == given.vendor.revoked


# ---- attacks on the link


@pytest.mark.parametrize("code", ["", "acme", "acme.", "acme." + "A" * 43, "acme#x." + "A" * 43, "\0", "ä" * 2000])
def test_a_link_that_was_never_made_opens_nothing(code: str) -> None:
    """Whatever is put into the address."""
    given = TwoTenants()
    assert Reason.LINK == reason_of(given.start(code))


def test_a_link_opens_once_and_for_ten_minutes() -> None:
    """Whoever finds it in a history gets nothing."""
    given = TwoTenants()
    code, late = given.link(), given.link()
    assert isinstance(given.start(code), Redirect)
    assert Reason.LINK == reason_of(given.start(code))
    given.at += MINUTES
    assert Reason.LINK == reason_of(given.start(late))


def test_a_link_of_one_vendor_opens_no_other() -> None:
    """It is spent, and the tenant can read of it."""
    given = TwoTenants()
    code = given.link()
    assert Reason.PROVIDER == reason_of(given.start(code, Provider.LINEAR))
    assert [("account:ada", "other_vendor")] == given.refused()
    assert Reason.LINK == reason_of(given.start(code))


def test_a_vendor_we_have_no_app_at_is_said_so() -> None:
    """That is the operator's to mend."""
    given = TwoTenants()
    code = given.link()
    given.oauth_apps[SLACK] = NotFound("not set in SSM Parameter Store: slack/client-id")

    assert Reason.NOT_SET_UP == reason_of(given.start(code))
    assert [("account:ada", "vendor_not_set_up")] == given.refused()


@pytest.mark.parametrize("browser", [None, "", "another", "ü"])
def test_another_browser_than_the_links_own_is_asked_first(browser: str | None) -> None:
    """Whose team it is and who wants it; nothing is redeemed, so that the link still opens where it was made."""
    given = TwoTenants()
    code = given.link()
    question = given.start_elsewhere(code, browser)
    assert isinstance(question, ConfirmationRequired)
    assert ("Acme", "ada@acme.test", "account") == (question.tenant_name, question.asker.name, question.asker.kind)
    assert [] == given.trail()
    assert isinstance(given.start(code), Redirect)


def test_the_secret_of_one_link_does_not_open_another() -> None:
    """Not even of the same tenant: only the last one made is known by the cookie."""
    given = TwoTenants()
    first, second = given.link(), given.link()
    assert isinstance(given.start_elsewhere(first, given.cookies[second]), ConfirmationRequired)


def test_who_agrees_goes_on_once_and_for_ten_minutes() -> None:
    """An answer redeems what is there to redeem, and no more."""
    given = TwoTenants()
    code, late = given.link(), given.link()
    redirect = given.start_elsewhere(code, confirmed=True)
    assert isinstance(redirect, Redirect)
    assert isinstance(given.come_back(given.vendor.consent(redirect.url), redirect.browser), Connected)
    assert Reason.LINK == reason_of(given.start_elsewhere(code, confirmed=True))
    assert Reason.LINK == reason_of(given.start_elsewhere(code))
    given.at += MINUTES
    assert Reason.LINK == reason_of(given.start_elsewhere(late))
    assert Reason.LINK == reason_of(given.start_elsewhere(late, confirmed=True))


def test_nobody_is_asked_in_the_name_of_who_has_lost_the_right() -> None:
    """The name on that page is one that counts."""
    given = TwoTenants()
    code = given.link()
    given.stores.accounts.put(given.an_account(role=Role.MEMBER))
    assert Reason.RIGHTS == reason_of(given.start_elsewhere(code))
    assert [("account:ada", "rights_ended")] == given.refused()


class StaleOAuthStates(FakeOAuthStates):
    """States of which a link is still read after somebody else redeemed it."""

    def take_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Come too late."""
        super().take_link(tenant_id, code, now)
        return None


def test_of_two_who_open_a_link_at_once_one_goes_on() -> None:
    """Both have read it; only one has redeemed it."""
    given = TwoTenants()
    given.stores.oauth_states = StaleOAuthStates()
    assert Reason.LINK == reason_of(given.start(given.link()))


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
    given = TwoTenants()
    redirect = given.redirected()
    callback = given.vendor.consent(redirect.url).model_copy(update={"state": state})

    assert reason == reason_of(given.come_back(callback, redirect.browser))
    assert (0, True) == (len(given.trail()), given.nothing_stored())


def test_a_state_counts_once() -> None:
    """The replay of a callback gets nothing, with whatever code."""
    given = TwoTenants()
    redirect = given.redirected()
    callback = given.vendor.consent(redirect.url)
    assert isinstance(given.come_back(callback, redirect.browser), Connected)

    assert Reason.STATE == reason_of(given.come_back(callback, redirect.browser))
    again = given.vendor.consent(redirect.url)
    assert Reason.STATE == reason_of(given.come_back(again, redirect.browser))
    assert 1 == len(given.queues.jobs.puts)


def test_a_state_counts_for_ten_minutes() -> None:
    """A page left open over lunch starts anew."""
    given = TwoTenants()
    redirect = given.redirected()
    given.at += MINUTES
    assert Reason.STATE == reason_of(given.come_back(given.vendor.consent(redirect.url), redirect.browser))
    assert given.nothing_stored()


@pytest.mark.parametrize("browser", [None, "", "another", "ü"])
def test_a_state_counts_in_the_browser_that_set_out(browser: str | None) -> None:
    """A callback slipped to somebody else connects nothing; the tenant can read of the attempt."""
    given = TwoTenants()
    callback = given.vendor.consent(given.redirected().url)
    assert Reason.BROWSER == reason_of(given.come_back(callback, browser))
    assert [("account:ada", "other_browser")] == given.refused()
    assert given.nothing_stored()


def test_whoever_tries_a_state_in_the_wrong_browser_has_spent_it() -> None:
    """There is no second guess."""
    given = TwoTenants()
    redirect = given.redirected()
    callback = given.vendor.consent(redirect.url)
    given.come_back(callback, "another")
    assert Reason.STATE == reason_of(given.come_back(callback, redirect.browser))


def test_a_state_of_another_tenant_does_not_come_with_this_browser() -> None:
    """The attacker's state in the victim's browser would tie the victim's workspace to the attacker's tenant."""
    given = TwoTenants()
    victim, attacker = given.redirected(ACME), given.redirected(GLOBEX)
    callback = given.vendor.consent(attacker.url)
    assert Reason.BROWSER == reason_of(given.come_back(callback, victim.browser))
    assert ([], [("account:ada", "other_browser")]) == (given.refused(ACME), given.refused(GLOBEX))
    assert given.nothing_stored()


def test_a_state_with_the_tenant_swapped_is_unknown() -> None:
    """It is looked up where it says, and is not there."""
    given = TwoTenants()
    redirect = given.redirected(ACME)
    callback = given.vendor.consent(redirect.url)
    swapped = f"globex.{(callback.state or '').partition('.')[2]}"
    forged = callback.model_copy(update={"state": swapped})
    assert Reason.STATE == reason_of(given.come_back(forged, redirect.browser))


def test_a_state_counts_at_the_vendor_it_was_made_for() -> None:
    """A code of Slack's at Linear's address would be shown to the wrong vendor."""
    given = TwoTenants()
    redirect = given.redirected()
    callback = given.vendor.consent(redirect.url)
    assert Reason.PROVIDER == reason_of(given.come_back(callback, redirect.browser, Provider.LINEAR))
    assert given.nothing_stored()


def test_a_code_of_another_authorization_does_not_fit_this_ones_proof() -> None:
    """A stolen code with a state of the thief's own: where the vendor knows PKCE, the verifier is another."""
    given = TwoTenants()
    stolen, own = given.vendor.consent(given.redirected(ACME).url), given.redirected(GLOBEX)
    callback = given.vendor.consent(own.url).model_copy(update={"code": stolen.code})
    assert Reason.CODE == reason_of(given.come_back(callback, own.browser))
    assert given.nothing_stored()


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
    """Even with a code; the authorization is over and stands in the trail."""
    given = TwoTenants()
    redirect = given.redirected()
    callback = given.vendor.consent(redirect.url).model_copy(update={"error": error})
    assert reason == reason_of(given.come_back(callback, redirect.browser))
    assert [("account:ada", reason)] == given.refused()
    assert Reason.STATE == reason_of(given.come_back(callback.model_copy(update={"error": None}), redirect.browser))


def test_a_vendors_error_without_a_valid_state_is_nobodys() -> None:
    """Anybody can open that address."""
    given = TwoTenants()
    assert Reason.DECLINED == reason_of(given.come_back(Callback(error="access_denied"), None))
    assert [] == given.trail()


def test_an_owner_who_has_yet_to_agree_is_waited_for() -> None:
    """GitHub sends people back who may only ask."""
    given = TwoTenants()
    redirect = given.redirected()
    callback = given.vendor.consent(redirect.url).model_copy(update={"pending": True})
    assert Reason.PENDING == reason_of(given.come_back(callback, redirect.browser))


@pytest.mark.parametrize("change", ["removed", "member", "logged out", "closing"])
def test_who_has_lost_the_right_meanwhile_connects_nothing(change: str) -> None:
    """The account is looked at again when the browser comes back."""
    given = TwoTenants()
    redirect = given.redirected()
    accounts, tenants, account = given.stores.accounts, given.stores.tenants, given.an_account()
    match change:
        case "removed":
            accounts.remove(ACME, account.id)
        case "member":
            accounts.put(given.an_account(role=Role.MEMBER))
        case "logged out":
            accounts.put(account.model_copy(update={"sessions_from": NOW + timedelta(seconds=1)}))
        case "closing":
            tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=NOW + timedelta(days=1)))

    assert Reason.RIGHTS == reason_of(given.come_back(given.vendor.consent(redirect.url), redirect.browser))
    assert [("account:ada", "rights_ended")] == given.refused()
    assert given.nothing_stored()


class RefusingOAuthApp(FakeOAuthApp):
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
    """No connection, no job; the trail says why, in a word and in the vendor's."""
    given = TwoTenants(RefusingOAuthApp(error))
    outcome = given.connect()
    assert reason == reason_of(outcome)
    assert str(error) == given.trail()[0].detail["detail"]
    assert given.nothing_stored()


def test_a_workspace_of_another_tenant_is_refused_and_its_grant_given_back() -> None:
    """Given back alone: who was there first goes on working."""
    given = TwoTenants()
    given.connect(GLOBEX)
    theirs = given.connection(GLOBEX)

    assert Reason.TAKEN == reason_of(given.connect(ACME))
    assert [("T0ACME", False)] == given.vendor.revoked
    assert [("account:ada", "workspace_taken")] == given.refused(ACME)
    assert theirs == given.connection(GLOBEX)
    assert given.vendor.accepts(given.vault.open(GLOBEX, SLACK, theirs.sealed_credentials))
    with pytest.raises(NotConnected):
        given.connection(ACME)
    assert [] == given.refused(GLOBEX)


class UnresponsiveOAuthApp(FakeOAuthApp):
    """An app that grants, and takes nothing back."""

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """Do not answer."""
        raise UpstreamUnavailable("no answer")


def test_a_grant_that_cannot_be_given_back_is_said_so() -> None:
    """The refusal stands all the same."""
    given = TwoTenants(UnresponsiveOAuthApp())
    given.connect(GLOBEX)
    assert Reason.TAKEN == reason_of(given.connect(ACME))
    assert "not given back: no answer" == given.trail(ACME)[0].detail["detail"]


def test_a_second_workspace_is_not_mixed_with_the_first() -> None:
    """Their people and messages would be taken for one; disconnecting the first is a decision of its own."""
    given = TwoTenants()
    given.connect()
    first = given.connection()
    given.vendor.external_id, given.vendor.base_url = "T0OTHER", "https://slack.test/other/"

    assert Reason.OTHER_WORKSPACE == reason_of(given.connect())
    assert (first, [("T0OTHER", False)]) == (given.connection(), given.vendor.revoked)


def test_what_the_vendor_names_anew_is_no_second_workspace() -> None:
    """On GitHub the app has another id once it was removed and installed again, on the very same account."""
    given = TwoTenants()
    given.connect()
    given.vendor.external_id = "T0ANEW"

    assert isinstance(given.connect(), Connected)
    assert "T0ANEW" == given.connection().external_id
    assert [] == given.vendor.revoked


class BrokenConnections(FakeConnections):
    """Connections that cannot be stored."""

    def put(self, connection: Connection) -> None:
        """Create or replace one."""
        raise UpstreamUnavailable("the table does not answer")


def test_what_cannot_be_stored_is_given_back() -> None:
    """Nobody would know of it; that is our failure and no page of a refusal."""
    given = TwoTenants()
    given.stores.connections = BrokenConnections()
    with pytest.raises(UpstreamUnavailable):
        given.connect()
    assert [("T0ACME", False)] == given.vendor.revoked


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_of_two_tenants_that_race_for_a_workspace_one_gets_it(implementation: str) -> None:
    """Both are past the vendor when the first one stores; the other's grant is given back."""
    given = TwoTenants()
    with opened(implementation) as stores:
        given.stores.connections = cast(FakeConnections, stores.connections)
        redirects = [given.redirected(tenant_id) for tenant_id in (ACME, GLOBEX)]
        gate = threading.Barrier(2)

        def come_back(redirect: Redirect) -> Finished:
            callback = given.vendor.consent(redirect.url)
            gate.wait()
            return given.come_back(callback, redirect.browser)

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(come_back, redirects))

        assert ["Connected", "Refusal"] == sorted(type(outcome).__name__ for outcome in outcomes)
        assert 1 == len([*stores.connections.all(ACME), *stores.connections.all(GLOBEX)])
    assert [("T0ACME", False)] == given.vendor.revoked


def test_nothing_secret_gets_into_the_trail() -> None:
    """No code, state, verifier, browser secret or token."""
    given = TwoTenants()
    redirect = given.redirected()
    callback = given.vendor.consent(redirect.url)
    given.come_back(callback, "another")
    given.connect()
    given.connect(GLOBEX)
    said = "".join(entry.model_dump_json() for tenant in (ACME, GLOBEX) for entry in given.trail(tenant))

    secrets = (callback.state, callback.code, redirect.browser, "access-", "refresh-")
    assert [False] * len(secrets) == [str(secret) in said for secret in secrets]


def test_an_unrelated_connection_is_left_alone() -> None:
    """Connecting Slack touches Slack."""
    given = TwoTenants()
    linear = a_connection(provider=Provider.LINEAR)
    given.stores.connections.put(linear)
    given.connect()
    assert linear == given.stores.connections.get(ACME, Provider.LINEAR)
