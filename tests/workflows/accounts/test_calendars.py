"""A person's own calendar: connected by that person alone, read before their reports, and forgotten."""

from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from pm_assistant.domain.absence import DaysOut, HoursOut
from pm_assistant.domain.accounts import Caller, MailStop, Role, Scope
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.connections import CalendarConnected, Callback, ConfirmationRequired, Reason, Redirect, Refusal
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    Forbidden,
    Misconfigured,
    NotFound,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.reports import ReportDue, ReportKind, Skip
from pm_assistant.domain.tenants import CalendarProvider, Provider, TenantState
from pm_assistant.workflows.accounts import calendars as own
from pm_assistant.workflows.accounts.people import leave, remove
from pm_assistant.workflows.connections import connect
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.tenants.closing import delete_tenant
from pm_assistant.workflows.tenants.erasing import PARTS, Reach, erase_person
from pm_assistant.workflows.tenants.members import identify
from tests.builders import ACME, DOING, NOW, a_calendar, a_connection, a_job, a_member, a_tenant, a_ticket, an_account
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeOAuthApp

GOOGLE = CalendarProvider.GOOGLE
ADA = Caller(tenant_id=ACME, kind="account", id="account-ada", name="ada@acme.test", scope=Scope.RUN)
TODAY = NOW.date()
DUE = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW, time_zone="Europe/Berlin")
OUT_TODAY = DaysOut(since=TODAY, until=TODAY + timedelta(days=1))
PASSING = [
    RateLimited("slowly", retry_after=60),
    UpstreamUnavailable("a fault"),
    UpstreamRejected("no such calendar"),
    Misconfigured("the API is not switched on"),
]


class Team(FakeUnit):
    """Ada, who logs in as a member and has a ticket under way, and Grace, who is the owner."""

    def __init__(self) -> None:
        super().__init__()
        self.google = FakeOAuthApp(clock=self.now, lifetime=timedelta(hours=1))
        self.oauth_apps[GOOGLE] = self.google
        stores = self.stores
        stores.tenants.put(a_tenant())
        stores.connections.put(a_connection())
        stores.directory.put_members(ACME, [a_member(), a_member("grace"), a_member("bob")])
        stores.accounts.put(an_account(role=Role.MEMBER))
        stores.accounts.put(an_account(name="grace", role=Role.OWNER))
        stores.tickets.put(ACME, a_ticket(1, title="Build it", state=DOING))

    def link(self, caller: Caller = ADA) -> tuple[str, str]:
        """A fresh link's code, and the secret of the browser that it was made in."""
        link, secret = connect.make_link(GOOGLE, caller, a_tenant(), self)
        return parse_qs(urlsplit(link.url).query)["link"][0], secret

    def set_out(self, caller: Caller = ADA) -> Redirect:
        """Open a fresh link where it was made."""
        code, secret = self.link(caller)
        redirect = connect.start(GOOGLE, code, self, browser=secret, confirmed=False, request_id="r-1")
        assert isinstance(redirect, Redirect)
        return redirect

    def come_back(self, redirect: Redirect, **callback: str) -> object:
        """Agree at the vendor, and open the way back."""
        agreed = Callback(**callback) if callback else self.google.consent(redirect.url)
        return connect.finish(GOOGLE, agreed, self, browser=redirect.browser, request_id="r-1")

    def connected(self) -> CalendarConnection:
        """Ada's calendar, connected all the way."""
        outcome = self.come_back(self.set_out())
        assert CalendarConnected(provider=GOOGLE, tenant_name="Acme") == outcome
        return self.adas

    @property
    def adas(self) -> CalendarConnection:
        """Ada's, which is there."""
        calendar = self.stores.calendars.get(ACME, "U0ADA")
        assert calendar is not None
        return calendar

    @property
    def skipped(self) -> list[Skip | None]:
        """What became of Ada's reports, the last first."""
        return [each.skipped for each in self.stores.deliveries.kept(ACME, "U0ADA", limit=9)]

    @property
    def actions(self) -> list[str]:
        """What the trail says, newest first."""
        return [entry.action for entry in self.stores.audit.latest(ACME, limit=9)]


def test_a_person_connects_their_own_calendar_by_a_link_of_their_browser() -> None:
    """Whatever their role; what was granted is sealed, and the trail says so without a day."""
    unit = Team()
    calendar = unit.connected()

    assert ("U0ADA", "account-ada", GOOGLE, NOW) == (
        calendar.member_id,
        calendar.account_id,
        calendar.provider,
        calendar.connected_at,
    )
    assert unit.google.accepts(unit.vault.open(ACME, GOOGLE, calendar.sealed_credentials))
    [entry] = unit.stores.audit.latest(ACME, limit=9)
    assert ("calendar.connected", "account:account-ada", "google") == (entry.action, entry.actor, entry.target)
    assert [] == unit.queues.jobs.puts


def test_nobody_connects_a_calendar_for_somebody_else() -> None:
    """A key is nobody; who is unknown to the team would have no report skipped; and without an app there is no way."""
    unit = Team()
    with pytest.raises(Forbidden):
        unit.link(ADA.model_copy(update={"kind": "key", "scope": Scope.OWNER}))
    with pytest.raises(Conflict):
        unit.link(ADA.model_copy(update={"name": "stranger@acme.test"}))
    del unit.oauth_apps[GOOGLE]
    with pytest.raises(NotFound):
        unit.link()


def test_a_link_that_somebody_else_opens_asks_whether_it_is_them() -> None:
    """Else their days would be told to whoever sent it."""
    unit = Team()
    code, _ = unit.link()
    asked = connect.start(GOOGLE, code, unit, browser=None, confirmed=False, request_id="r-1")
    assert isinstance(asked, ConfirmationRequired)
    assert "ada@acme.test" == asked.asker.name


def test_a_links_vendor_is_the_one_that_it_was_made_for() -> None:
    """A link for a calendar connects no workspace, which takes an admin."""
    unit = Team()
    unit.oauth_apps[Provider.SLACK] = FakeOAuthApp()
    code, secret = unit.link()
    refused = connect.start(Provider.SLACK, code, unit, browser=secret, confirmed=False, request_id="r-1")
    assert isinstance(refused, Refusal)
    assert Reason.PROVIDER is refused.reason


@pytest.mark.parametrize("change", ["removed", "closing", "unknown", "left out", "declined", "another browser"])
def test_what_may_not_be_kept_is_given_back_or_never_taken(change: str) -> None:
    """Each has its reason, and nothing is stored."""
    unit, callback = Team(), dict[str, str]()
    redirect = unit.set_out()
    reason = Reason.RIGHTS
    match change:
        case "removed":
            unit.stores.accounts.remove(ACME, "account-ada")
        case "closing":
            unit.stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=NOW + timedelta(days=1)))
        case "unknown":
            unit.stores.directory.remove_member(ACME, "U0ADA")
        case "left out":
            unit.google.granted, reason = (), Reason.DECLINED
        case "declined":
            state = parse_qs(urlsplit(redirect.url).query)["state"][0]
            callback, reason = {"state": state, "error": "access_denied"}, Reason.DECLINED
        case _:
            redirect, reason = redirect.model_copy(update={"browser": "another"}), Reason.BROWSER

    outcome = unit.come_back(redirect, **callback)

    assert isinstance(outcome, Refusal)
    assert reason is outcome.reason
    assert [] == list(unit.stores.calendars.all(ACME))
    assert "oauth.refused" in unit.actions


def test_a_report_is_skipped_on_a_day_out_of_office_and_the_next_one_says_so() -> None:
    """As with any other absence; the calendar was read once."""
    unit = Team()
    unit.connected()
    unit.own_calendar.entries.append(OUT_TODAY)

    assert report(DUE, unit) is None
    assert [Skip.AWAY] == unit.skipped
    assert [TODAY] == list(unit.adas.absent_days)
    assert [] == unit.chat.reports

    unit.at += timedelta(days=3)
    report(DUE.model_copy(update={"due_at": unit.at}), unit)
    [(_, told)] = unit.chat.reports
    assert ("None came on Friday 20 November, for you were away.",) == told.notes
    assert 2 == len(unit.own_calendar.asked)


def test_a_day_at_work_has_its_report_whatever_else_is_entered() -> None:
    """An afternoon off leaves a morning to tell of."""
    unit = Team()
    unit.connected()
    afternoon = datetime.combine(TODAY, datetime.min.time(), NOW.tzinfo) + timedelta(hours=12)
    unit.own_calendar.entries.append(HoursOut(since=afternoon, until=afternoon + timedelta(hours=9)))
    assert report(DUE, unit) is not None


def test_reports_that_are_due_together_read_once() -> None:
    """A reading counts for an hour."""
    unit = Team()
    unit.connected()
    report(DUE, unit)
    report(DUE.model_copy(update={"kind": ReportKind.WEEKLY}), unit)
    assert 1 == len(unit.own_calendar.asked)
    unit.at += own.FRESH
    own.days_out(a_member(), unit)
    assert 2 == len(unit.own_calendar.asked)


def test_who_has_connected_none_is_asked_about_nowhere() -> None:
    """And one's calendar says nothing of others."""
    unit = Team()
    unit.connected()
    unit.own_calendar.entries.append(OUT_TODAY)
    assert report(DUE.model_copy(update={"member_id": "U0BOB"}), unit) is not None
    assert [] == unit.own_calendar.asked


def test_a_late_report_is_skipped_as_it_would_have_been_in_time() -> None:
    """Two days are made up for, and a reading knows them."""
    unit = Team()
    unit.connected()
    unit.own_calendar.entries.append(OUT_TODAY)
    unit.at += timedelta(days=2)
    assert report(DUE, unit) is None
    assert [Skip.AWAY] == unit.skipped


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("at", ["token", "list"])
def test_what_passes_holds_up_no_report_and_the_last_reading_counts(error: ProductError, at: str) -> None:
    """Since when it could not be read is noted once, and over as soon as it can."""
    unit = Team()
    unit.connected()
    unit.own_calendar.entries.append(DaysOut(since=TODAY + timedelta(days=1), until=TODAY + timedelta(days=2)))
    assert report(DUE, unit) is not None
    tomorrow = DUE.model_copy(update={"due_at": NOW + timedelta(days=1)})

    unit.at += timedelta(days=1)
    unit.google.fail_next(error) if at == "token" else setattr(unit.own_calendar, "failure", error)
    assert report(tomorrow, unit) is None
    assert [Skip.AWAY, None] == unit.skipped
    assert unit.at == unit.adas.unread_since
    assert ([str(error)] if isinstance(error, Misconfigured) else []) == unit.alarms
    unit.own_calendar.failure = None
    own.days_out(a_member(), unit)
    assert unit.adas.unread_since is None
    assert unit.adas.broken_since is None
    assert [] == unit.mailer.sent


@pytest.mark.parametrize("at", ["token", "list"])
def test_access_that_was_taken_away_is_said_once_and_holds_up_nothing(at: str) -> None:
    """By mail to the person alone; what was known of their days is forgotten with it."""
    unit = Team()
    unit.connected()
    unit.own_calendar.entries.append(DaysOut(since=TODAY, until=TODAY + timedelta(days=9)))
    own.days_out(a_member(), unit)
    unit.at += timedelta(days=1)
    unit.google.end() if at == "token" else setattr(unit.own_calendar, "failure", AccessRevoked("no"))

    for day in (1, 2):
        unit.at = NOW + timedelta(days=day)
        assert report(DUE.model_copy(update={"due_at": unit.at}), unit) is not None

    calendar = unit.adas
    assert (NOW + timedelta(days=1), ()) == (calendar.broken_since, calendar.absent_days)
    assert ["ada@acme.test"] == [mail.to for mail in unit.mailer.sent]
    assert [] == unit.losses
    assert unit.stores.connections.get(ACME, Provider.SLACK).broken_since is None
    unit.own_calendar.failure = None
    unit.at += timedelta(minutes=1)
    assert unit.connected().broken_since is None


def test_of_two_reports_that_find_it_out_at_once_one_says_it() -> None:
    """Whoever comes while it is being said has nothing to say."""
    unit = Team()
    unit.connected()
    unit.google.end()
    with unit.lease("calendar|U0ADA", lasts=timedelta(seconds=9)):
        assert () == own.days_out(a_member(), unit)
    assert ([], None) == (unit.mailer.sent, unit.adas.broken_since)
    own.days_out(a_member(), unit)
    assert (1, NOW) == (len(unit.mailer.sent), unit.adas.broken_since)


def test_a_calendar_that_is_connected_anew_while_it_is_refused_is_not_broken() -> None:
    """Refused was what has been replaced."""
    unit = Team()
    unit.connected()

    def replaced(since: datetime, until: datetime) -> object:
        unit.stores.calendars.put(unit.adas.model_copy(update={"connected_at": NOW + timedelta(minutes=1)}))
        raise AccessRevoked("the former one")

    vars(unit.own_calendar)["out_of_office"] = replaced
    assert () == own.days_out(a_member(), unit)
    assert ([], None) == (unit.mailer.sent, unit.adas.broken_since)


def test_a_mail_that_does_not_leave_is_sent_with_the_next_report() -> None:
    """It is said before it is noted; to an address that takes none it is only noted."""
    unit = Team()
    unit.connected()
    unit.google.end()
    unit.mailer.fail_next(UpstreamUnavailable("no mail"))
    assert () == own.days_out(a_member(), unit)
    assert unit.adas.broken_since is None
    assert () == own.days_out(a_member(), unit)
    assert unit.adas.broken_since is not None
    assert 1 == len(unit.mailer.sent)

    silent = Team()
    silent.connected()
    silent.google.end()
    silent.stores.mail.stop(ACME, MailStop(email="ada@acme.test", reason="Bounce", at=NOW))
    own.days_out(a_member(), silent)
    assert ([], True) == (silent.mailer.sent, silent.adas.broken_since is not None)


def test_a_calendar_that_is_disconnected_while_it_is_read_stays_so() -> None:
    """The reading does not bring it back."""
    unit = Team()
    unit.connected()
    ending = unit.own_calendar.out_of_office

    def disconnected(since: datetime, until: datetime) -> object:
        unit.stores.calendars.remove(ACME, "U0ADA")
        return ending(since, until)

    vars(unit.own_calendar)["out_of_office"] = disconnected
    own.days_out(a_member(), unit)
    assert unit.stores.calendars.get(ACME, "U0ADA") is None


def test_a_refresh_token_that_google_replaces_is_kept() -> None:
    """Sealed as the one before."""
    unit = Team()
    before = unit.connected()
    own.days_out(a_member(), unit)
    credentials = unit.vault.open(ACME, GOOGLE, before.sealed_credentials)
    kept = unit.vault.open(ACME, GOOGLE, unit.adas.sealed_credentials)
    assert credentials.refresh_token != kept.refresh_token
    assert unit.google.accepts(kept)


def test_only_who_connected_a_calendar_sees_and_ends_it() -> None:
    """An owner has none of it."""
    unit = Team()
    unit.connected()
    grace = ADA.model_copy(update={"id": "account-grace", "name": "grace@acme.test", "scope": Scope.OWNER})
    ada = a_member()
    assert unit.adas == own.own_calendar(ADA, ada, unit)
    assert own.own_calendar(grace, ada, unit) is None
    with pytest.raises(NotFound):
        own.end_own_calendar(grace, unit, force=True)
    with pytest.raises(Forbidden):
        own.end_own_calendar(ADA.model_copy(update={"kind": "key"}), unit, force=True)

    assert own.end_own_calendar(ADA, unit, force=False)
    assert [("primary", True)] == unit.google.revoked
    assert [] == list(unit.stores.calendars.all(ACME))
    with pytest.raises(NotFound):
        own.end_own_calendar(ADA, unit, force=False)


@pytest.mark.parametrize("error", [*PASSING, NotFound("no app")], ids=lambda error: type(error).__name__)
def test_a_calendar_ends_whether_its_vendor_can_be_told_or_not(error: ProductError) -> None:
    """It is kept so that it can be tried again, and nobody has to wait for Google to be forgotten here."""
    unit = Team()
    kept = unit.connected()
    unit.oauth_apps[GOOGLE] = error if isinstance(error, NotFound) else unit.google
    ours = isinstance(error, Misconfigured | NotFound)
    unit.google.fail_next(error)
    with pytest.raises(Misconfigured if ours else type(error)):
        own.end_own_calendar(ADA, unit, force=False)
    assert ([kept], []) == (list(unit.stores.calendars.all(ACME)), unit.alarms)
    unit.google.fail_next(error)
    assert not own.end_own_calendar(ADA, unit, force=True)
    assert [] == list(unit.stores.calendars.all(ACME))
    assert ours == bool(unit.alarms)


def test_a_vendor_that_is_away_is_not_asked_for_each_of_many() -> None:
    """A team that ends is gone in time."""
    unit = Team()
    for name in ("ada", "bob", "eve"):
        sealed = unit.vault.seal(ACME, GOOGLE, unit.vault.open(ACME, GOOGLE, unit.connected().sealed_credentials))
        unit.stores.calendars.put(a_calendar(member_id=f"U0{name.upper()}", sealed_credentials=sealed))
    unit.google.fail_next(UpstreamUnavailable("away"))
    assert 0 == own.end_calendars(unit.stores.calendars.all(ACME), unit)
    assert ([], []) == (unit.google.revoked, list(unit.stores.calendars.all(ACME)))


def test_a_team_that_ends_tells_operators_what_keeps_its_calendars_from_being_given_back() -> None:
    """Once, and ends all the same."""
    unit = Team()
    for name in ("ada", "bob"):
        sealed = unit.vault.seal(ACME, GOOGLE, unit.vault.open(ACME, GOOGLE, unit.connected().sealed_credentials))
        unit.stores.calendars.put(a_calendar(member_id=f"U0{name.upper()}", sealed_credentials=sealed))
    unit.google.fail_next(Misconfigured("google/client-secret"))
    assert 0 == own.end_calendars(unit.stores.calendars.all(ACME), unit)
    assert ["google/client-secret"] == unit.alarms
    assert [] == list(unit.stores.calendars.all(ACME))


@pytest.mark.parametrize("way", ["leaves", "is removed", "is erased", "team ends"])
def test_it_ends_with_its_person(way: str) -> None:
    """By each way in which a person goes; the vendor is told."""
    unit = Team()
    unit.connected()
    owner = ADA.model_copy(update={"id": "account-grace", "name": "grace@acme.test", "scope": Scope.OWNER})
    match way:
        case "leaves":
            leave(ADA, unit)
        case "is removed":
            remove("account-ada", owner, unit)
        case "is erased":
            order = Order(kind=JobKind.ERASE_PERSON, dry_run=False, member_id="U0ADA")
            erase_person(a_job(order=order, cursor=Reach(part=len(PARTS)).model_dump_json()), unit)
        case _:
            unit.at = NOW + timedelta(days=8)
            closing = a_job(order=Order(kind=JobKind.DELETE, dry_run=False), created_at=NOW)
            ending = a_tenant(state=TenantState.CLOSING, closes_at=NOW + timedelta(days=7))
            unit.stores.tenants.put(ending)
            unit.stores.connections.remove(ACME, Provider.SLACK)
            step = delete_tenant(closing, unit)
            assert step is not None
            assert ({"connections": 1, "revoked": 1},) == step.results
    assert [] == list(unit.stores.calendars.all(ACME))
    assert [("primary", True)] == unit.google.revoked


def test_it_goes_along_with_a_person_who_turns_out_to_be_another() -> None:
    """As their reports do; one that is there already counts."""
    unit = Team()
    lone = a_member("lone", id="lin-9", accounts={Provider.LINEAR: "lin-9"}, email=None)
    unit.stores.directory.put_members(ACME, [lone, a_member("eve", accounts={Provider.SLACK: "U0EVE"})])
    unit.stores.calendars.put(a_calendar(member_id="lin-9"))

    identify("U0EVE", Provider.LINEAR, "lin-9", unit)

    assert ["U0EVE"] == [each.member_id for each in unit.stores.calendars.all(ACME)]
    own.move_calendar(a_member("eve"), a_member(), unit)
    unit.stores.calendars.put(a_calendar(member_id="U0BOB", absent_days=(date(2027, 1, 1),)))
    own.move_calendar(a_member("bob"), a_member(), unit)
    assert [(date(2026, 12, 24), date(2026, 12, 25))] == [each.absent_days for each in unit.stores.calendars.all(ACME)]


def test_no_secret_of_a_calendar_is_shown() -> None:
    """Neither in a row nor in what it reads as."""
    unit = Team()
    token = unit.vault.open(ACME, GOOGLE, unit.connected().sealed_credentials).access_token
    assert isinstance(token, SecretStr)
    assert token.get_secret_value() not in f"{unit.adas!r}{unit.adas.model_dump_json()}"
