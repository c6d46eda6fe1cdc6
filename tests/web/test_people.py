"""People: who is who, said by whoever may, and nobody's business beyond the team."""

from datetime import UTC, datetime, timedelta

import pytest

from pm_assistant.domain.accounts import MailStop, Role
from pm_assistant.domain.languages import Language
from pm_assistant.domain.people import likely_same
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.web.pages import people
from tests.builders import ACME, GLOBEX, a_member
from tests.web.browser import WebWorld

EVIL = "<img src=x onerror=alert(1)>"


def known(web: WebWorld, *members: Member) -> None:
    """The team's people are these."""
    web.api.stores.directory.put_members(ACME, list(members))


def kept(web: WebWorld, member_id: str = "U0ADA") -> Member:
    """A person as we keep them."""
    [member] = web.api.stores.directory.some_members(ACME, [member_id])
    return member


def lone(provider: Provider, account: str, name: str, **changes: object) -> Member:
    """Somebody of whom nothing but an account at a vendor is known."""
    return Member.model_validate({"id": account, "name": name, "accounts": {provider: account}, **changes})


def test_people_are_listed_by_name_with_where_they_are_known_and_who_is_not_at_work(web: WebWorld) -> None:
    """Guests and leavers are told from the others; as text, whatever people are called."""
    away_until = datetime.now(UTC).date() + timedelta(days=3)
    known(
        web,
        a_member(name=EVIL, away_until=away_until),
        a_member("gus", standings={Provider.SLACK: Standing.GUEST}),
        lone(Provider.GITHUB, "lee-left", "Lee", standings={Provider.GITHUB: Standing.LEFT}),
    )
    page = web.browser(Role.MEMBER).get("/people")

    assert "<img" not in page.html
    assert EVIL in page.text
    assert "guest" in page.text
    assert "has left" in page.text
    assert "back on" in page.text


def test_people_are_found_by_name_address_or_account_and_shown_page_by_page(
    web: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are; what was looked for stays in the field, and in the way on."""
    known(web, *(a_member(f"p{number}", name=f"Pat {number:02}") for number in range(5)), a_member())
    browser = web.browser(Role.MEMBER)
    assert "Pat 03" in browser.get("/people?q=pat+03").text
    assert "Pat 03" not in browser.get("/people?q=u0ada").text
    assert "Nothing fits." in browser.get("/people?q=nobody").text

    monkeypatch.setattr(people, "PAGE", 2)
    first = browser.get("/people?q=pat")
    assert "q=pat&amp;from=2" in first.html
    further = browser.get("/people?q=pat&from=2").text.split("\n")
    assert ["Pat 02", "Pat 03"] == [line for line in further if "Pat 0" in line]


def test_who_may_be_one_person_is_one_press_away_from_being_it_or_not(web: WebWorld) -> None:
    """For admins; what was said is not asked again."""
    known(
        web,
        a_member(accounts={Provider.SLACK: "U0ADA"}, email="ada@acme.test"),
        lone(Provider.LINEAR, "lin-ada", "Ada L", email="ada@acme.test"),
        lone(Provider.GITHUB, "ada-l", "Ada L", email="ada@acme.test"),
    )
    assert "Is this one person?" not in web.browser(Role.MEMBER).get("/people").text
    browser = web.browser(Role.ADMIN)
    assert "Both have the same e-mail address." in browser.get("/people").text

    done = browser.post("/people/U0ADA/accounts/linear", {"account": "lin-ada", "back": "list"})
    refused = browser.post("/people/U0ADA/accounts/github/none", {"back": "list"})

    assert ["/people?answered=yes"] * 2 == [each.headers["location"] for each in (done, refused)]
    assert {Provider.SLACK: "U0ADA", Provider.LINEAR: "lin-ada"} == kept(web).accounts
    assert Provider.GITHUB in kept(web).confirmed
    assert "Is this one person?" not in browser.get("/people").text


@pytest.mark.parametrize("login", ["ada l", "-ada", "https://github.com/ada", "a" * 40])
def test_what_can_be_nobodys_login_is_nobodys_on_the_page_either(web: WebWorld, login: str) -> None:
    """Where anything can be typed; GitHub tells us of nobody, so what could be one is taken at its word."""
    known(web, a_member())
    browser = web.browser(Role.ADMIN)

    assert 400 == browser.post("/people/U0ADA/accounts/github", {"free": login}).status
    assert Provider.GITHUB not in kept(web).accounts
    assert 303 == browser.post("/people/U0ADA/accounts/github", {"free": "ada-l"}).status


def test_what_speaks_for_two_being_one_is_told_in_the_pages_language(web: WebWorld) -> None:
    """Every sign that there is has its words."""
    one = a_member("ada", linear_id=None).model_copy(update={"name": "Ada Lovelace", "email": "ada@acme.test"})
    others = [
        lone(Provider.LINEAR, "lin-1", "X", email="ada@acme.test"),
        lone(Provider.LINEAR, "lin-2", "Ada Lovelace"),
        lone(Provider.LINEAR, "lin-3", "Y", email="ada@other.test"),
        lone(Provider.LINEAR, "lin-4", "Ada Lovelacee"),
    ]
    assert list(people.SIGNS) == [likely_same([one, other])[0].reason for other in others]
    known(web, one, others[1])
    assert "Beide heißen gleich." in web.browser(accept_language="de").get("/people").text


def test_an_account_that_is_nobodys_or_anothers_is_refused_in_words(web: WebWorld) -> None:
    """Beside what is kept, which stays."""
    known(web, a_member(accounts={Provider.SLACK: "U0ADA"}), a_member("ben"))
    browser = web.browser(Role.ADMIN)

    nothing = browser.post("/people/U0ADA/accounts/linear")
    assert "Please say which account it is." in nothing.text
    assert 409 == browser.post("/people/U0ADA/accounts/slack", {"account": "U0BEN"}).status
    assert 409 == browser.post("/people/U0ADA/accounts/slack/none").status
    assert "there is no such vendor" in browser.post("/people/U0ADA/accounts/fax", {"account": "x"}).text
    assert {Provider.SLACK: "U0ADA"} == kept(web).accounts


def test_what_is_set_by_hand_is_only_what_the_form_changed(web: WebWorld) -> None:
    """A sync leaves that alone, and nothing else; the language goes back to what the chat tells."""
    known(web, a_member())
    browser = web.browser(Role.ADMIN)
    unchanged = {"name": a_member().name, "time_zone": "Asia/Tokyo", "language": "de", "away_until": "2026-12-24"}
    assert 303 == browser.post("/people/U0ADA", unchanged).status
    assert (("time_zone", "language"), "Asia/Tokyo", Language.GERMAN) == (
        kept(web).by_hand,
        kept(web).time_zone,
        kept(web).language,
    )
    assert "2026-12-24" == str(kept(web).away_until)

    assert 303 == browser.post("/people/U0ADA", unchanged | {"language": "", "away_until": ""}).status
    assert (("time_zone",), None) == (kept(web).by_hand, kept(web).away_until)


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Moon/Crater"), ("name", "x" * 101), ("name", " "), ("away_until", "soon")]
)
def test_what_cannot_be_set_is_said_beside_its_field_and_kept_there(web: WebWorld, field: str, value: str) -> None:
    """The rest of the form as well."""
    known(web, a_member())
    form = {"name": "Ada B", "time_zone": "Asia/Tokyo", "away_until": "2026-12-24"} | {field: value}
    answer = web.browser(Role.ADMIN).post("/people/U0ADA", form)

    assert 400 <= answer.status < 500
    assert 'aria-invalid="true"' in answer.html
    assert value in answer.html
    assert a_member().name == kept(web).name


def test_a_member_sets_what_is_their_own_and_nobody_elses(web: WebWorld) -> None:
    """Known by the address that was proven; others' pages offer nothing."""
    account = web.account(Role.MEMBER)
    known(web, a_member(email=account.email), a_member("ben"))
    browser = web.browser(Role.MEMBER)

    assert "<form" not in browser.get("/people/U0BEN").html.partition("<main")[2]
    assert 403 == browser.post("/people/U0BEN", {"name": "Bob"}).status
    assert 303 == browser.post("/people/U0ADA", {"name": "Ada B", "time_zone": kept(web).time_zone}).status
    assert "Ada B" == kept(web).name
    for path in ("accounts/linear", "accounts/linear/none", "mail", "erase"):
        assert 403 == browser.post(f"/people/U0ADA/{path}", {"account": "x"}).status


def test_mail_that_came_back_is_tried_again_at_an_admins_word(web: WebWorld) -> None:
    """Whoever called it junk says so themselves."""
    known(web, a_member(email="ada@acme.test"))
    browser = web.browser(Role.ADMIN)
    for reason, status, stopped in (("Bounce", 303, False), ("Complaint", 400, True)):
        stop = MailStop(email="ada@acme.test", reason=reason, at=datetime.now(UTC))
        web.api.stores.mail.stop(ACME, stop)
        assert "Mail does not arrive" in browser.get("/people").text
        answer = browser.post("/people/U0ADA/mail")
        assert (status // 100, stopped) == (
            answer.status // 100,
            web.api.stores.mail.stopped(ACME, "ada@acme.test") is not None,
        )


def test_a_person_is_erased_once_their_name_was_typed(web: WebWorld) -> None:
    """And its run is followed; with anything else nothing begins."""
    known(web, a_member())
    browser = web.browser(Role.ADMIN)
    assert "as it stands above" in browser.post("/people/U0ADA/erase", {"confirmed": "Bob"}).text
    assert [] == web.api.queued("jobs")

    answer = browser.post("/people/U0ADA/erase", {"confirmed": a_member().name.upper()})
    assert (303, True) == (answer.status, answer.headers["location"].startswith("/jobs/"))
    assert 1 == len(web.api.queued("jobs"))


def test_somebody_without_a_name_is_called_by_address_or_id_and_can_be_erased(web: WebWorld) -> None:
    """An empty word confirms nothing."""
    known(web, lone(Provider.SLACK, "U0X", ""))
    browser = web.browser(Role.ADMIN)
    assert "U0X" in browser.get("/people").text
    assert 303 != browser.post("/people/U0X/erase", {"confirmed": ""}).status
    assert 303 == browser.post("/people/U0X/erase", {"confirmed": "u0x"}).status


def test_people_of_another_tenant_are_not_there(web: WebWorld) -> None:
    """To look at or to change."""
    web.api.stores.directory.put_members(GLOBEX, [a_member("eve")])
    browser = web.browser()
    assert 404 == browser.get("/people/U0EVE").status
    for path in ("", "/accounts/linear", "/accounts/linear/none", "/mail", "/erase"):
        assert 404 == browser.post(f"/people/U0EVE{path}", {"account": "lin-eve", "confirmed": "Eve"}).status


def test_before_the_first_connection_the_page_names_the_next_step(web: WebWorld) -> None:
    """Nobody is known yet."""
    assert "people come with the first connection" in web.browser().get("/people").text
