"""Pages of the way to vendors: a wording for everything, and nothing from outside unescaped."""

from http import HTTPStatus
from typing import Literal

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.connections import CalendarConnected, ConfirmationRequired, Connected, Reason, Refusal
from pm_assistant.domain.tenants import CalendarProvider, Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime.settings import StoreSettings
from pm_assistant.web.connect_pages import (
    calendar_connected_page,
    confirmation_page,
    connected_page,
    refusal_page,
    unsubscribe_page,
    unsubscribed_page,
)
from pm_assistant.web.request import PageRequest
from pm_assistant.web.wording import PAGES
from tests.api.conftest import event
from tests.builders import ACME, a_connection

REQUEST = PageRequest.of(event("GET", "/"), StoreSettings(table_name="t"))
EVIL = "<img src=x onerror=alert(1)>'\"&"


def html(page: object) -> str:
    """A page's text."""
    return str(getattr(page, "body", ""))


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("provider", Provider)
def test_every_refusal_has_a_page_that_says_why_and_what_to_do(reason: Reason, provider: Provider) -> None:
    """With the vendor's name in it and a status that is no success."""
    page = refusal_page(REQUEST, Refusal(reason=reason, detail=EVIL), provider)
    assert HTTPStatus(page.status_code).is_client_error or HTTPStatus(page.status_code).is_server_error
    assert "{" not in html(page)
    assert VENDORS[provider].label in html(page)
    assert 3 <= html(page).count("<p>")


@pytest.mark.parametrize("reason", Reason)
def test_whoever_connects_their_own_calendar_is_led_back_to_their_account(reason: Reason) -> None:
    """They need no admin, and find nothing on the page of connections."""
    google = CalendarProvider.GOOGLE
    page = html(refusal_page(REQUEST, Refusal(reason=reason, detail=EVIL), google))
    assert 'href="/account"' in page
    assert "Go to My account" in page
    assert "{" not in page
    assert not any(word in page for word in ("/connections", "admin", EVIL))


def test_whoever_opens_anothers_link_for_a_calendar_is_told_what_it_would_do() -> None:
    """It would be their days that somebody else sees."""
    page = html(confirmation_page(REQUEST, a_question(), CalendarProvider.GOOGLE, "a"))
    assert "Only go on if that is you" in page
    assert "will belong to that team" not in page


def test_what_happens_to_a_connected_calendar_is_said() -> None:
    """Whatever the team is called."""
    page = html(calendar_connected_page(REQUEST, CalendarConnected(provider=CalendarProvider.GOOGLE, tenant_name=EVIL)))
    assert "Google Calendar" in page
    assert 'href="/account"' in page
    assert EVIL not in page


@pytest.mark.parametrize("provider", Provider)
def test_what_is_connected_is_called_as_its_vendor_calls_it(provider: Provider) -> None:
    """A workspace of GitHub's is nothing that people know."""
    pages = [
        refusal_page(REQUEST, Refusal(reason=reason), provider) for reason in (Reason.TAKEN, Reason.OTHER_WORKSPACE)
    ]
    pages.append(confirmation_page(REQUEST, a_question(), provider, "a"))
    for page in pages:
        assert VENDORS[provider].place in html(page)
        assert (provider is Provider.GITHUB) == ("workspace" not in html(page))


def test_no_detail_of_a_refusal_is_shown() -> None:
    """It is for the log."""
    assert not any(
        "no answer from" in html(refusal_page(REQUEST, Refusal(reason=reason, detail="no answer from"), Provider.SLACK))
        for reason in Reason
    )


def test_no_two_pages_are_called_the_same() -> None:
    """People tell us the title when they ask for help."""
    assert len(PAGES) == len({wording.title for wording in PAGES.values()})


def test_what_was_granted_and_what_was_not_is_said() -> None:
    """In words and in the vendor's own."""
    scopes = tuple(VENDORS[Provider.SLACK].scopes)
    outcome = Connected(
        connection=a_connection(name="Acme", scopes=scopes[:-1]), tenant_name="Acme", missing=scopes[-1:]
    )
    text = html(connected_page(REQUEST, outcome))
    granted, lacking = text.index("What was granted"), text.index("What was not granted")
    assert lacking < text.index(scopes[-1]) < granted < text.index(scopes[0])


def test_names_from_outside_are_text() -> None:
    """A workspace may be called anything, and so may a team or a scope."""
    connection = a_connection(name=EVIL, scopes=(EVIL,))
    text = html(connected_page(REQUEST, Connected(connection=connection, tenant_name=EVIL, missing=(EVIL,))))
    text += "".join(html(page(REQUEST, kind="weekly", team=EVIL)) for page in (unsubscribe_page, unsubscribed_page))
    assert 6 == text.count("&lt;img src=x")
    assert "<img" not in text


def a_question(kind: Literal["account", "key"] = "account", name: str = "ada@acme.test") -> ConfirmationRequired:
    """A question about a link of acme's."""
    asker = Caller(tenant_id=ACME, kind=kind, id="a", name=name, scope=Scope.ADMIN)
    return ConfirmationRequired(tenant_name=name, asker=asker)


def test_a_question_names_the_team_and_who_asks_as_text() -> None:
    """People by their address; a program by a name that anybody could have given it, which is why it is called one."""
    person, program = (
        html(confirmation_page(REQUEST, a_question(kind, EVIL), Provider.SLACK, EVIL)) for kind in ("account", "key")
    )
    assert (3, 3, False) == (person.count("&lt;img src=x"), program.count("&lt;img src=x"), "<img" in person + program)
    assert (False, True) == ("The program" in person, "The program" in program)


def test_a_report_that_is_to_end_is_called_as_its_reader_knows_it() -> None:
    """In the page's language; one of a kind that we do not know by its name in the link."""
    german = PageRequest.of(event("GET", "/", headers={"accept-language": "de"}), StoreSettings(table_name="t"))
    for page in (unsubscribe_page, unsubscribed_page):
        assert "Wochenbericht" in html(page(german, kind="weekly", team="Acme"))
        assert "of-a-newer-version" in html(page(german, kind="of-a-newer-version", team="Acme"))
