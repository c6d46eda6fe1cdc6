"""People's own calendars: what their store promises, in memory and on DynamoDB, and what every vendor's does.

The real vendor is asked in the sandbox, by the way that a person takes: consent, a token, and a list of entries.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest

from pm_assistant.domain.absence import DaysOut, HoursOut, OutOfOffice
from pm_assistant.domain.connections import Callback, Grant
from pm_assistant.domain.errors import AccessRevoked, ProductError, RateLimited, UpstreamUnavailable
from pm_assistant.integrations.google.client import GoogleCalendar
from pm_assistant.integrations.google.oauth import GoogleOAuthApp
from pm_assistant.ports.connections import CalendarConnections
from pm_assistant.ports.vendors import Calendar
from tests.builders import a_calendar
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened
from tests.fakes.calendars import FakeCalendar
from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import Sandbox, serving, write_demo

BACK = "http://app.test"
CHALLENGE, VERIFIER = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
MONDAY = date(2026, 11, 30)
SINCE = datetime.combine(MONDAY, time(), UTC)
UNTIL = SINCE + timedelta(days=21)
FAILURES: dict[str, ProductError] = {
    "revoked": AccessRevoked("revoked"),
    "rate_limit": RateLimited("slowly", retry_after=60),
    "server_error": UpstreamUnavailable("a fault"),
    "page": UpstreamUnavailable("a page"),
    "cut": UpstreamUnavailable("half an answer"),
}


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def calendars(request: pytest.FixtureRequest) -> Iterator[CalendarConnections]:
    """The store, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as stores:
        yield stores.calendars


def test_a_calendar_is_found_by_whose_it_is(calendars: CalendarConnections) -> None:
    """All of it, credentials of any bytes included; nobody else has one."""
    calendar = a_calendar(a_new_tenant(), sealed_credentials=bytes(range(256)), broken_since=SINCE)
    calendars.put(calendar)

    assert calendar == calendars.get(calendar.tenant_id, "U0ADA")
    assert [calendar] == list(calendars.all(calendar.tenant_id))
    assert calendars.get(calendar.tenant_id, "U0ADAM") is None
    assert calendars.get(a_new_tenant(), "U0ADA") is None


def test_what_was_read_is_kept_unless_the_calendar_has_changed_meanwhile(calendars: CalendarConnections) -> None:
    """Whoever disconnects, or connects anew, while it is being read is not overruled; a repetition is fine."""
    before = a_calendar(a_new_tenant(), absent_days=())
    after = before.model_copy(update={"absent_days": (MONDAY,)})
    assert not calendars.replace(after, before=before)
    calendars.put(before)
    assert [True, True] == [calendars.replace(after, before=before) for _ in range(2)]
    anew = before.model_copy(update={"connected_at": SINCE})
    calendars.put(anew)
    assert not calendars.replace(after, before=before)
    assert anew == calendars.get(before.tenant_id, "U0ADA")


def test_a_calendar_that_is_disconnected_is_gone(calendars: CalendarConnections) -> None:
    """And again; others' stay."""
    ada, bob = a_calendar(tenant := a_new_tenant()), a_calendar(tenant, "U0BOB")
    calendars.put(ada)
    calendars.put(bob)
    for _ in range(2):
        calendars.remove(tenant, "U0ADA")
    assert [bob] == list(calendars.all(tenant))


@dataclass
class CalendarCase:
    """A person's calendar at a vendor, and the person.

    Attributes:
        enter: enters something, for a time.
        meet: enters something that is not out of office.
        fail: has the next question fail.
    """

    calendar: Calendar
    enter: Callable[[OutOfOffice], object]
    meet: Callable[[datetime, datetime], object]
    fail: Callable[[str], object]


def _fake() -> CalendarCase:
    calendar = FakeCalendar()

    def fail(kind: str) -> None:
        calendar.failure = FAILURES[kind]

    return CalendarCase(calendar, calendar.entries.append, lambda since, until: None, fail)


def google_app(sandbox: Sandbox) -> GoogleOAuthApp:
    """Our app at the sandbox's Google."""
    return GoogleOAuthApp("google-id", "google-secret", url=f"{sandbox.url}/google", oauth_url=f"{sandbox.url}/google")


def granted(sandbox: Sandbox, person: str = "ana") -> Grant:
    """What a person's consent leads to."""
    app, back = google_app(sandbox), f"{BACK}/oauth/google/callback"
    url = app.authorize_url(state="s", redirect_uri=back, challenge=CHALLENGE).removeprefix(sandbox.url)
    said = sent_back(press(sandbox.http, url, more=[("person", person)]), back)
    return app.exchange(Callback(state=said["state"], code=said["code"]), redirect_uri=back, verifier=VERIFIER)


def _google(sandbox: Sandbox) -> CalendarCase:
    token = granted(sandbox).credentials.access_token.get_secret_value()

    def enter(entry: OutOfOffice) -> None:
        match entry:
            case DaysOut():
                last = entry.until - timedelta(days=1)
                sandbox.control("google/entries", user="ana", first=f"{entry.since}", last=f"{last}")
            case HoursOut():
                hours = {"start": entry.since.isoformat(), "end": entry.until.isoformat()}
                sandbox.control("google/entries", user="ana", **hours)

    def meet(since: datetime, until: datetime) -> None:
        hours = {"start": since.isoformat(), "end": until.isoformat()}
        for kind in ("default", "focusTime"):
            sandbox.control("google/entries", user="ana", kind=kind, title="Lunch", **hours)

    return CalendarCase(
        GoogleCalendar(token, f"{sandbox.url}/google/calendar/v3"),
        enter,
        meet,
        lambda kind: sandbox.control("faults", vendor="google", operation="events.list", kind=kind, times=3),
    )


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One server for all tests of this module."""
    directory = tmp_path_factory.mktemp("sandbox")
    secrets = {"google_client_id": "google-id", "google_client_secret": "google-secret"}
    with ExitStack() as running:
        yield running.enter_context(serving(directory, write_demo(directory / "demo"), BACK, secrets))


@pytest.fixture(params=["fake", "google"])
def case(request: pytest.FixtureRequest, sandbox: Sandbox) -> CalendarCase:
    """The fake, and Google as the sandbox plays it."""
    sandbox.control("reset")
    return _fake() if request.param == "fake" else _google(sandbox)


def test_all_that_is_out_of_office_is_told_and_nothing_else(case: CalendarCase) -> None:
    """On days or for hours, as it was entered; meetings are nobody's business."""
    days = DaysOut(since=MONDAY, until=MONDAY + timedelta(days=2))
    hours = HoursOut(since=SINCE + timedelta(days=4, hours=9), until=SINCE + timedelta(days=4, hours=18))
    case.enter(days)
    case.enter(hours)
    case.meet(SINCE + timedelta(hours=12), SINCE + timedelta(hours=13))

    told = case.calendar.out_of_office(SINCE, UNTIL)

    assert [days] == [entry for entry in told if isinstance(entry, DaysOut)]
    assert [(hours.since, hours.until)] == [(each.since, each.until) for each in told if isinstance(each, HoursOut)]


def test_a_calendar_without_an_entry_says_nothing(case: CalendarCase) -> None:
    """Which is no failure."""
    assert [] == list(case.calendar.out_of_office(SINCE, UNTIL))


@pytest.mark.parametrize("kind", sorted(FAILURES))
def test_what_a_vendor_does_instead_of_answering_has_its_own_error(case: CalendarCase, kind: str) -> None:
    """Only that we are not let in any more ends a connection; to be told to wait is not that."""
    case.fail(kind)
    with pytest.raises(type(FAILURES[kind])) as caught:
        case.calendar.out_of_office(SINCE, UNTIL)
    assert (kind == "rate_limit") == isinstance(caught.value, RateLimited)
    assert (kind == "revoked") == isinstance(caught.value, AccessRevoked)


def test_the_sandbox_plays_the_whole_way_of_a_token(sandbox: Sandbox) -> None:
    """It is refreshed as often as one likes, and ends with what its person takes away."""
    sandbox.control("reset")
    app, grant = google_app(sandbox), granted(sandbox)
    for _ in range(2):
        fresh = app.refresh(grant.external_id, grant.credentials)
        assert fresh.refresh_token == grant.credentials.refresh_token
        token = fresh.access_token.get_secret_value()
        GoogleCalendar(token, f"{sandbox.url}/google/calendar/v3").out_of_office(SINCE, UNTIL)
    assert 1 == sandbox.control("google/access/end", user="ana")["tokens"] - 2
    with pytest.raises(AccessRevoked):
        app.refresh(grant.external_id, grant.credentials)
    with pytest.raises(AccessRevoked):
        GoogleCalendar(token, f"{sandbox.url}/google/calendar/v3").out_of_office(SINCE, UNTIL)
    app.revoke(grant.external_id, grant.credentials)


def test_what_a_person_does_not_grant_is_not_there(sandbox: Sandbox) -> None:
    """Google lets people leave out single rights; then the list is refused."""
    sandbox.control("reset")
    app, back = google_app(sandbox), f"{BACK}/oauth/google/callback"
    url = app.authorize_url(state="s", redirect_uri=back, challenge=CHALLENGE).removeprefix(sandbox.url)
    said = sent_back(press(sandbox.http, url, more=[("without", app.scopes[0])]), back)
    grant = app.exchange(Callback(state="s", code=said["code"]), redirect_uri=back, verifier=VERIFIER)
    assert () == grant.scopes
    token = grant.credentials.access_token.get_secret_value()
    with pytest.raises(AccessRevoked):
        GoogleCalendar(token, f"{sandbox.url}/google/calendar/v3").out_of_office(SINCE, UNTIL)


def test_a_person_enters_and_deletes_on_their_page(sandbox: Sandbox) -> None:
    """As in a demo, where nobody calls doors."""
    sandbox.control("reset")
    page = "/google/calendars/ana"
    assert "Ana Ruiz" in sandbox.http.get("/google/calendars").text
    entered = press(sandbox.http, page, "enter", more=[("first", "2026-12-24"), ("last", "2026-12-26")])
    assert 303 == entered.status_code
    assert "2026-12-24 to 2026-12-27" in sandbox.http.get(page).text
    assert 303 == press(sandbox.http, page, "remove").status_code
    assert "Nothing is entered." in sandbox.http.get(page).text
    assert 400 == press(sandbox.http, page, "enter", more=[("first", "tomorrow")]).status_code
