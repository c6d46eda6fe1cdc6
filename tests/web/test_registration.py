"""The way in: a new team, an invited colleague, a forgotten password."""

import re

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.web.cookies import LANGUAGE
from tests.presentation.mail_reader import Reader
from tests.presentation.mail_samples import URL, samples
from tests.web.browser import PASSWORD, Browser, WebWorld

ADA = "ada@new.test"


def code(web: WebWorld) -> str:
    """The code that was mailed last."""
    return web.api.app.users.sent[-1][1]


def test_a_team_registers_proves_its_address_and_is_in(web: WebWorld) -> None:
    """In one browser, without typing anything twice but the password; its owner may do everything."""
    browser = Browser()
    answer = browser.post("/register", {"email": ADA, "password": PASSWORD, "team_name": "New Ltd"})
    assert (303, "/verify") == (answer.status, answer.headers["location"])
    assert ADA in browser.get("/verify").text
    answer = browser.post("/verify", {"code": code(web), "password": PASSWORD})
    assert (303, "/today") == (answer.status, answer.headers["location"])
    assert 200 == browser.get("/today").status
    assert 200 == browser.get("/automation").status


def test_a_code_counts_in_the_browser_that_registered_only(web: WebWorld) -> None:
    """Whoever else has it is told where to enter it."""
    Browser().post("/register", {"email": ADA, "password": PASSWORD, "team_name": "New Ltd"})
    answer = Browser().post("/verify", {"code": code(web), "password": PASSWORD})
    assert 400 == answer.status
    assert "in the browser in which you registered" in answer.text


def test_a_known_address_is_answered_as_any_other(web: WebWorld) -> None:
    """Its mailbox alone hears of it."""
    account = web.account()
    known, unknown = (
        Browser().post("/register", {"email": email, "password": PASSWORD, "team_name": "New Ltd"})
        for email in (account.email, ADA)
    )
    assert (
        (303, "/verify") == (known.status, known.headers["location"]) == (unknown.status, unknown.headers["location"])
    )
    assert [account.email] == [mail.to for mail in web.api.app.mailer.sent]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "ada"}, "This is no e-mail address."),
        ({"password": "short"}, "At least 12 characters in one line"),
        ({"team_name": " "}, "Please say what your team is called"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(
    change: dict[str, str], words: str, web: WebWorld
) -> None:
    """But for the password, which no page repeats."""
    answer = Browser().post("/register", {"email": ADA, "password": PASSWORD, "team_name": "New Ltd"} | change)
    assert 400 == answer.status
    [field] = change
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="{field}-hint"', answer.html)
    assert words in answer.text
    assert PASSWORD not in answer.html
    assert change.get("email", ADA) in answer.html


def test_an_invited_colleague_joins_by_the_link_of_the_mail(web: WebWorld) -> None:
    """It has filled in the code; who gives the right address is in at once, with the role that was offered."""
    invited = web.api.owner.post("/v1/invitations", {"email": "grace@acme.test", "role": "member"})
    assert 201 == invited.status
    [mail] = [mail for mail in web.api.app.mailer.sent if mail.to == "grace@acme.test"]
    link = re.search(r"/join\?code=[^\s\"<]+", mail.text)
    assert link is not None
    grace = Browser()
    form = grace.get(link[0])
    invitation = re.search(r'name="invitation"[^>]*value="([^"]+)"', form.html)
    assert invitation is not None
    wrong = grace.post("/join", {"invitation": invitation[1], "email": ADA, "password": PASSWORD})
    assert (400, True) == (wrong.status, "There is no such invitation" in wrong.text)
    answer = grace.post("/join", {"invitation": invitation[1], "email": "grace@acme.test", "password": PASSWORD})
    assert (303, "/today") == (answer.status, answer.headers["location"])
    assert 200 == grace.get("/today").status


def test_a_forgotten_password_is_set_anew_and_ends_what_began_with_the_old_one(web: WebWorld) -> None:
    """Whether there is such an account nobody is told."""
    before, browser, email = web.browser(), Browser(), web.account().email
    answers = [browser.post("/forgot", {"email": address}) for address in ("nobody@acme.test", email)]
    assert [(303, "/reset?sent=yes")] * 2 == [(answer.status, answer.headers["location"]) for answer in answers]
    wrong = browser.post("/reset", {"email": email, "code": "0", "password": "another horse entirely"})
    assert (400, True) == (wrong.status, "This code is wrong or too old." in wrong.text)
    answer = browser.post("/reset", {"email": email, "code": code(web), "password": "another horse entirely"})
    assert (303, "/today") == (answer.status, answer.headers["location"])
    assert 303 == before.get("/today").status


def test_mails_of_a_page_are_in_its_language(web: WebWorld) -> None:
    """The one that was chosen, before the one that the browser asks for."""
    app, browser = web.api.app, Browser({"accept_language": "sv, fr;q=0.8"})
    for email in (web.account().email, ADA):
        browser.post("/register", {"email": email, "password": PASSWORD, "team_name": "New Ltd"})
    browser.cookies[LANGUAGE] = "ja"
    browser.post("/verify/resend")
    browser.post("/forgot", {"email": web.account().email})

    admin = web.browser(Role.ADMIN, accept_language="de")
    admin.post("/access/invitations", {"email": "grace@acme.test", "role": "member"})
    admin.cookies[LANGUAGE] = "es"
    admin.post("/account/email", {"email": "new@acme.test", "current": PASSWORD})

    assert ["fr", "ja", "ja"] == app.users.languages
    assert ["fr", "de", "es"] == [Reader(mail).language for mail in app.mailer.sent]


def test_attempts_are_counted_as_the_api_counts_them(web: WebWorld) -> None:
    """And said in words."""
    answers = [Browser().post("/forgot", {"email": ADA}) for _ in range(6)]
    assert [303] * 5 + [429] == [answer.status for answer in answers]
    assert "Too many attempts" in answers[-1].text


def test_mails_lead_to_pages_that_are_there(web: WebWorld) -> None:
    """Each button of each mail, for somebody who is logged in."""
    browser = web.browser()
    links = {link for mail in samples().values() for link in Reader(mail).links}
    paths = {link.removeprefix(URL) for link in links if link.startswith(URL) and "/unsubscribe" not in link}
    ours = {path for path in paths if path != "/connect"}
    assert {"/login", "/forgot", "/today"} <= ours
    assert [] == [path for path in ours if browser.get(path).status not in {200, 303}]


def test_the_first_page_shows_what_people_get(web: WebWorld) -> None:
    """A morning's report and a question, in the words of all reports and in the browser's language."""
    text = Browser().get("/").text
    assert "Register a team" in text
    assert "SHOP-19 Export for the tax office (blocked by OPS-7)" in text
    assert "Shall I? Comment on" in text
    assert "Blockiert" in Browser({"accept_language": "de"}).get("/").text


def test_a_code_may_be_copied_with_spaces_and_an_empty_one_is_named(web: WebWorld) -> None:
    """Whose mailbox it is in is still said after a mistake."""
    browser = Browser()
    browser.post("/register", {"email": ADA, "password": PASSWORD, "team_name": "New Ltd"})

    for typed in ("", "  ", "999999"):
        answer = browser.post("/verify", {"code": typed, "password": PASSWORD})
        assert (400, True, True) == (answer.status, "This code is wrong or too old." in answer.text, ADA in answer.text)

    mailed = code(web)
    answer = browser.post("/verify", {"code": f" {mailed[:3]} {mailed[3:]} ", "password": PASSWORD})
    assert (303, "/today") == (answer.status, answer.headers["location"])


def test_who_proves_the_address_and_mistypes_the_password_is_told_that_it_is_proven(web: WebWorld) -> None:
    """The code counts once: what is left to do is to log in."""
    browser = Browser()
    browser.post("/register", {"email": ADA, "password": PASSWORD, "team_name": "New Ltd"})

    answer = browser.post("/verify", {"code": code(web), "password": "another password"})

    assert "Your address is proven." in browser.get(answer.headers["location"]).text
    assert "Your address is proven." not in browser.get("/login").text
    assert 303 == browser.post("/login", {"email": ADA, "password": PASSWORD}).status


def test_no_code_is_mailed_again_where_nothing_was_registered(web: WebWorld) -> None:
    """Nobody knows for which address; it is said where to ask."""
    answer = Browser().post("/verify/resend", {})

    assert (400, True) == (answer.status, "in the browser in which you registered" in answer.text)


def test_a_code_for_a_new_password_may_be_copied_with_spaces(web: WebWorld) -> None:
    """Without one nobody is asked."""
    account = web.account()
    browser = Browser()
    browser.post("/forgot", {"email": account.email})
    fields = {"email": account.email, "password": "a new password of ours"}

    assert 400 == browser.post("/reset", {**fields, "code": " "}).status
    assert 303 == browser.post("/reset", {**fields, "code": f"{code(web)} "}).status
