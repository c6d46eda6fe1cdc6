"""One's own account, at a terminal."""

import pytest

from pm_assistant.domain.tenants import CalendarProvider
from tests.api.people import ADA, GRACE, OTHER, PASSWORD, People
from tests.builders import ACME, NOW, a_calendar, a_member
from tests.cli.customers import KEY, Customer
from tests.fakes.vendors import FakeOAuthApp


@pytest.fixture
def people(customer: Customer) -> People:
    """Who is at the terminal has registered a team."""
    people = People(customer.world)
    people.registered(ADA)
    customer.callers[KEY] = people.logged_in(ADA)
    return people


def test_another_address_is_asked_for_and_confirmed_by_its_code(customer: Customer, people: People) -> None:
    """The password is typed and is not among the arguments; the login is over then."""
    asked = customer.pm("account", "email", GRACE, typed=f"{PASSWORD}\n")
    code = people.mailer.sent[-1].text.partition("/account/email/")[2].split()[0]
    assert (0, True) == (asked.code, f"Mailed a code to {GRACE}" in asked.err)
    assert 200 == people.ask("login", email=ADA, password=PASSWORD).status

    confirmed = customer.pm("account", "email", "--code", code)

    assert (0, True) == (confirmed.code, f"You log in with {GRACE} from now on" in confirmed.err)
    assert [401, 200] == [people.ask("login", email=each, password=PASSWORD).status for each in (ADA, GRACE)]


@pytest.mark.parametrize("arguments", [[], [GRACE, "--code", "a-code"]])
def test_an_address_is_either_named_or_confirmed(arguments: list[str], customer: Customer) -> None:
    """Said before anything is asked for."""
    answer = customer.pm("account", "email", *arguments)
    assert (1, True) == (answer.code, "Name the new address, or give the code" in answer.err)
    assert [] == customer.asked


def test_another_password_is_typed_twice(customer: Customer, people: People) -> None:
    """And counts from then on."""
    answer = customer.pm("account", "password", typed=f"{PASSWORD}\n{OTHER}\n{OTHER}\n")
    assert (0, True) == (answer.code, "The new password counts" in answer.err)
    assert [401, 200] == [people.ask("login", email=ADA, password=each).status for each in (PASSWORD, OTHER)]


def test_all_logins_end_at_once(customer: Customer, people: People) -> None:
    """This one as well."""
    answer = customer.pm("account", "logout-everywhere")
    assert (0, True) == (answer.code, "Logged out everywhere" in answer.err)
    assert 401 == customer.callers[KEY].get("/v1/me").status


def test_who_leaves_says_so_twice(customer: Customer) -> None:
    """Once where that is said with the command; the last owner stays."""
    customer.callers[KEY] = customer.world.member
    assert 1 == customer.pm("account", "leave", typed="n\n").code
    assert 200 == customer.callers[KEY].get("/v1/me").status

    assert 0 == customer.pm("account", "leave", typed="y\n").code

    assert 401 == customer.callers[KEY].get("/v1/me").status
    customer.callers[KEY] = customer.world.owner
    refused = customer.pm("account", "leave", "--yes")
    assert (1, True) == (refused.code, "at least one owner" in refused.err)


def test_ones_own_calendar_is_shown_connected_and_ended(customer: Customer) -> None:
    """The address is printed to be opened, and the days are one's own."""
    world = customer.world
    me = world.member.get("/v1/me").json
    customer.callers[KEY] = world.member
    world.stores.directory.put_members(ACME, [a_member(email=me["name"])])
    world.app.oauth_apps[CalendarProvider.GOOGLE] = FakeOAuthApp()

    assert "You have no calendar connected" in customer.pm("account", "calendar", "status").out
    link = customer.pm("account", "calendar", "connect")
    assert (0, True) == (link.code, "/oauth/google/start?link=" in link.out)
    world.stores.calendars.put(a_calendar(account_id=me["id"], unread_since=NOW))
    shown = customer.pm("account", "calendar", "status").out
    assert all(part in shown for part in ("google: connected, read ", ", not since ", "2026-12-24, 2026-12-25"))
    assert "connected" == customer.pm("account", "calendar", "status", "--json").json["state"]
    world.stores.calendars.put(a_calendar(account_id=me["id"], broken_since=NOW))
    assert "broken since" in customer.pm("account", "calendar", "status").out
    assert 1 == customer.pm("account", "calendar", "disconnect").code
    ended = customer.pm("account", "calendar", "disconnect", "--force")
    assert (0, True) == (ended.code, "take the access away in your Google Account" in ended.err)
    assert 1 == customer.pm("account", "calendar", "disconnect").code
