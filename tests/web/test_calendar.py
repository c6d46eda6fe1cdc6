"""My own calendar on My account: the button that may not be there, the way to Google and back, and the end of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.tenants import CalendarProvider, Credentials
from tests.builders import ACME, a_calendar, a_member
from tests.fakes.vendors import FakeOAuthApp
from tests.web.browser import Browser, WebWorld

GOOGLE = CalendarProvider.GOOGLE
CONNECT = "Connect my calendar"


def known(web: WebWorld, role: Role = Role.MEMBER, **calendar: Any) -> Browser:
    """A browser of somebody whom the team knows, and who has a calendar connected if anything is said of it."""
    account = web.account(role)
    web.api.stores.directory.put_members(ACME, [a_member("me", email=account.email)])
    web.api.app.oauth_apps[GOOGLE] = FakeOAuthApp()
    if calendar:
        sealed = web.api.app.vault.seal(ACME, GOOGLE, Credentials(access_token=SecretStr("t"), refresh_token=None))
        defaults = {"member_id": "U0ME", "account_id": account.id, "sealed_credentials": sealed}
        web.api.stores.calendars.put(a_calendar(**{**defaults, **calendar}))
    return web.browser(role)


@pytest.mark.parametrize("role", Role)
def test_everybody_can_set_out_to_connect_their_own_calendar(role: Role, web: WebWorld) -> None:
    """By a link of this browser's own, as admins connect vendors; it is in the trail."""
    browser = known(web, role)
    assert CONNECT in browser.get("/account").text
    answer = browser.post("/account/calendar/connect")
    assert (200, True) == (answer.status, answer.headers["refresh"].startswith("0; url=/oauth/google/start?link="))
    assert "__Host-pm-link-google" in browser.cookies
    assert "calendar.link_made" in [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]


def test_where_nobody_can_connect_one_there_is_no_button(web: WebWorld) -> None:
    """Nor where the team does not know the person; what is sent all the same does nothing."""
    browser = known(web)
    del web.api.app.oauth_apps[GOOGLE]
    page = browser.get("/account")
    assert (200, False) == (page.status, "My calendar" in page.text)
    assert 404 == browser.post("/account/calendar/connect").status
    assert 404 == browser.post("/account/calendar/end").status
    web.api.app.oauth_apps[GOOGLE] = FakeOAuthApp()
    stranger = web.browser(Role.ADMIN)
    assert "My calendar" not in stranger.get("/account").text
    refused = stranger.post("/account/calendar/connect")
    assert (409, True) == (refused.status, "the team knows nobody by your address" in refused.text)


def test_why_it_is_refused_is_said_in_the_readers_language(web: WebWorld) -> None:
    """The exact words are English, and stand behind."""
    known(web, absent_days=())
    browser = web.browser(Role.MEMBER, accept_language="de")
    google = web.api.app.oauth_apps[GOOGLE]
    assert isinstance(google, FakeOAuthApp)
    google.fail_next(UpstreamUnavailable("away"))
    assert "Die Gegenseite antwortet nicht; bitte versuchen Sie es in ein paar Minuten noch einmal. (away)" in (
        browser.post("/account/calendar/end").text
    )


def test_what_is_kept_of_a_calendar_is_shown_to_its_person(web: WebWorld) -> None:
    """The days that are still to come, and when they were read."""
    today = datetime.now(UTC).date()
    days = (today - timedelta(days=1), today + timedelta(days=3))
    page = known(web, absent_days=days).get("/account")
    assert "Google Calendar is connected." in page.text
    assert "Out of office:" in page.text
    assert 1 == page.text.count("Disconnect my calendar")
    assert CONNECT + " again" in page.text


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ({"read_at": None, "absent_days": ()}, "It is read before your next report."),
        ({"unread_since": datetime(2026, 11, 1, tzinfo=UTC)}, "It cannot be read at the moment"),
        (
            {"broken_since": datetime(2026, 11, 1, tzinfo=UTC), "absent_days": ()},
            "no longer lets us in; reports come on every day.",
        ),
    ],
)
def test_how_a_calendar_is_is_said(calendar: dict[str, Any], said: str, web: WebWorld) -> None:
    """Before the first reading, while Google does not answer, and when access was taken away."""
    page = known(web, **calendar).get("/account")
    assert said in page.text
    assert "&lt;" not in page.html


def test_a_calendar_is_ended_by_its_person_alone(web: WebWorld) -> None:
    """An owner neither sees nor ends another's."""
    member = known(web, absent_days=())
    owner = web.browser(Role.OWNER)
    assert "My calendar" not in owner.get("/account").text
    assert 409 == owner.post("/account/calendar/end").status
    assert 1 == len(web.api.stores.calendars.all(ACME))

    google = web.api.app.oauth_apps[GOOGLE]
    assert isinstance(google, FakeOAuthApp)
    google.fail_next(UpstreamUnavailable("away"))
    refused = member.post("/account/calendar/end")
    assert (503, True) == (refused.status, "away" in refused.text)
    assert 1 == len(web.api.stores.calendars.all(ACME))
    google.fail_next(UpstreamUnavailable("away"))
    assert 303 == member.post("/account/calendar/end", {"force": "yes"}).status
    assert [] == list(web.api.stores.calendars.all(ACME))
    assert "calendar.ended" in [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]
