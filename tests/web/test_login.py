"""Logging in with a browser, and what nobody gets in by."""

import pytest

from pm_assistant.domain.accounts import Role
from tests.web.browser import PASSWORD, Browser, WebWorld


def test_who_is_not_logged_in_is_led_to_the_login_and_back(web: WebWorld) -> None:
    """With the page that was wanted; our script is told to load it anew."""
    asked = Browser().get("/today")
    assert (303, "/login?next=/today") == (asked.status, asked.headers["location"])
    partial = Browser().get("/today", hx_request="true")
    assert (401, "/login?next=/today") == (partial.status, partial.headers["hx-redirect"])

    browser, email = Browser(), web.account().email
    assert 200 == browser.get("/login?next=/today").status
    answer = browser.post("/login", {"email": email, "password": PASSWORD, "next": "/today"})
    assert (303, "/today") == (answer.status, answer.headers["location"])
    assert 200 == browser.get("/today").status


@pytest.mark.parametrize(
    "wanted", ["//evil.test", "https://evil.test", "/\\evil.test", "/today\r\nx: y", "javascript:x", "", "/@evil"]
)
def test_a_login_leads_to_pages_of_ours_only(wanted: str, web: WebWorld) -> None:
    """However the way elsewhere is written."""
    answer = Browser().post("/login", {"email": web.account().email, "password": PASSWORD, "next": wanted})
    assert "/today" == answer.headers["location"]


def test_a_wrong_password_is_said_beside_the_form_and_never_shown_again(web: WebWorld) -> None:
    """The same words for an address that nobody has."""
    known, unknown = (
        Browser().post("/login", {"email": email, "password": "wrong horse battery"})
        for email in (web.account().email, "nobody@acme.test")
    )
    assert 401 == known.status == unknown.status
    assert known.html.replace(web.account().email, "") == unknown.html.replace("nobody@acme.test", "")
    assert "wrong horse" not in known.html


@pytest.mark.parametrize(
    "fields",
    [{}, {"email": ""}, {"password": ""}, {"password": "x" * 300}],
    ids=["all", "e-mail", "password", "too long"],
)
def test_a_login_that_lacks_something_is_refused_as_a_wrong_one(fields: dict[str, str], web: WebWorld) -> None:
    """The directory is not asked, which would be our fault."""
    given = {"email": web.account().email, "password": PASSWORD, **fields} if fields else {}

    answer = Browser().post("/login", given)

    assert (401, True) == (answer.status, "That is not the e-mail and password" in answer.text)


def test_each_login_has_a_secret_of_its_own_and_ends_the_one_before(web: WebWorld) -> None:
    """What somebody put into the browser before is worth nothing after it."""
    browser = web.browser()
    planted = dict(browser.cookies)
    browser.post("/login", {"email": web.account().email, "password": PASSWORD})
    assert planted != browser.cookies
    assert 303 == Browser(cookies=planted).get("/today").status
    assert 200 == browser.get("/today").status


def test_a_logout_ends_the_session_itself(web: WebWorld) -> None:
    """A copy of the cookie is worth nothing after it."""
    browser = web.browser(Role.MEMBER)
    stolen = Browser(cookies=dict(browser.cookies))
    assert 303 == browser.post("/logout").status
    assert {} == browser.cookies
    assert 303 == stolen.get("/today").status


def test_the_cookie_is_out_of_reach_of_scripts_and_other_hosts(web: WebWorld) -> None:
    """And never opens the programs' door."""
    browser = web.browser()
    assert ["__Host-pm-session"] == list(browser.cookies)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "", "origin": "https://evil.test"},
        {"sec_fetch_site": "", "origin": "null"},
        {"sec_fetch_site": "", "origin": "http://api.pm.test"},
        {"sec_fetch_site": ""},
    ],
)
def test_what_another_site_posts_does_nothing(headers: dict[str, str], web: WebWorld) -> None:
    """Whether the browser says so in one way or the other, or not at all."""
    browser = web.browser()
    assert 403 == browser.post("/logout", {}, **headers).status
    assert 200 == browser.get("/today").status
    by_origin = browser.post("/logout", sec_fetch_site="", origin="https://api.pm.test")
    assert 303 == by_origin.status
