"""My own account: what it shows, what it changes, and what that ends."""

import re

import pytest

from pm_assistant.domain.accounts import MailStop, Role
from pm_assistant.domain.languages import Language
from pm_assistant.domain.tenants import Suspension, TenantState
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.web.devices import device_of
from tests.builders import ACME, GLOBEX, NOW, a_member, a_tenant
from tests.web.browser import PASSWORD, Browser, WebWorld

NEW = "new@acme.test"
OTHER = "another horse entirely"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
EVIL = "<script>alert(1)</script>"


def logged_in(browser: Browser) -> bool:
    """Whether a browser still sees pages."""
    return 200 == browser.get("/today").status


def actions(web: WebWorld) -> list[str]:
    """What the trail has, newest first."""
    return [entry.action for entry in web.api.stores.audit.latest(ACME, limit=20)]


@pytest.mark.parametrize("role", Role)
def test_a_new_password_ends_every_session_but_begins_one_here(role: Role, web: WebWorld) -> None:
    """Under another secret; the old password is worth nothing from then on."""
    browser, elsewhere = web.browser(role), web.browser(role)
    before = dict(browser.cookies)
    answer = browser.post("/account/password", {"current": PASSWORD, "password": OTHER})
    assert (303, "/account?answered=yes") == (answer.status, answer.headers["location"])
    assert logged_in(browser)
    assert before != browser.cookies
    assert not logged_in(elsewhere)
    assert not logged_in(Browser(cookies=before))
    for password, status in ((PASSWORD, 401), (OTHER, 303)):
        assert status == Browser().post("/login", {"email": web.account(role).email, "password": password}).status
    assert "password.changed" in actions(web)


@pytest.mark.parametrize(
    ("current", "password", "field", "said"),
    [
        ("wrong horse battery", OTHER, "current", "This is not your password."),
        ("", OTHER, "current", "This is not your password."),
        (PASSWORD, "short", "password", "At least 12 characters in one line"),
        (PASSWORD, f" {OTHER}", "password", "At least 12 characters in one line"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_beside_its_field(
    current: str, password: str, field: str, said: str, web: WebWorld
) -> None:
    """Nothing has changed, and neither password stands in the page."""
    browser = web.browser()
    answer = browser.post("/account/password", {"current": current, "password": password})
    assert 400 == answer.status
    wrong = re.search(r'<input id="(\w+)"[^>]*aria-invalid[^>]*aria-describedby="([\w-]+)"', answer.html)
    assert wrong is not None
    assert field == wrong[1]
    assert said in answer.html.partition(f'id="{wrong[2]}"')[2]
    assert "horse" not in answer.html
    assert logged_in(browser)
    assert 303 == Browser().post("/login", {"email": web.account().email, "password": PASSWORD}).status


def test_guessing_the_password_at_a_browser_left_open_comes_to_an_end(web: WebWorld) -> None:
    """Counted as logins are; what is said then says when to go on."""
    browser = web.browser()
    answers = [browser.post("/account/password", {"current": f"guess {n}", "password": OTHER}) for n in range(12)]
    assert 429 == answers[-1].status
    assert "please try again in a few minutes" in answers[-1].text
    assert "login.refused" in actions(web)


def mailed_code(web: WebWorld) -> str:
    """The code in the mail that was sent last."""
    return web.api.app.mailer.sent[-1].text.partition("/account/email/")[2].split()[0]


@pytest.mark.parametrize("role", Role)
def test_another_address_counts_when_its_mailbox_has_confirmed_it(role: Role, web: WebWorld) -> None:
    """The link fills in the code and changes nothing by itself; one stays logged in here alone, with a new secret."""
    browser, elsewhere = web.browser(role), web.browser(role)
    before, former = dict(browser.cookies), web.account(role)
    asked = browser.post("/account/email", {"email": NEW, "current": PASSWORD})
    assert (303, "/account/email") == (asked.status, asked.headers["location"])
    assert 200 == browser.get("/account/email").status
    code = mailed_code(web)
    assert f'value="{code}"' in browser.get(f"/account/email/{code}").html
    assert former == web.api.stores.accounts.get(ACME, former.id)

    answer = browser.post("/account/email/confirm", {"code": code})

    assert (303, "/account?answered=yes") == (answer.status, answer.headers["location"])
    assert NEW in browser.get("/account").text
    assert before != browser.cookies
    assert not logged_in(elsewhere)
    assert not logged_in(Browser(cookies=before))
    for email, status in ((former.email, 401), (NEW, 303)):
        assert status == Browser().post("/login", {"email": email, "password": PASSWORD}).status
    assert "account.email_changed" in actions(web)


@pytest.mark.parametrize(
    ("email", "current", "field", "said"),
    [
        (NEW, "wrong horse battery", "email-current", "This is not your password."),
        ("owner@acme.test", PASSWORD, "email", "This is no e-mail address, or yours already."),
        ("nonsense", PASSWORD, "email", "This is no e-mail address, or yours already."),
    ],
)
def test_what_is_wrong_with_an_address_is_said_beside_its_field(
    email: str, current: str, field: str, said: str, web: WebWorld
) -> None:
    """In the form that is open then, and nowhere else; nothing is mailed."""
    answer = web.browser().post("/account/email", {"email": email, "current": current})
    assert 400 == answer.status
    wrong = re.findall(r'<input id="([\w-]+)"[^>]*aria-invalid[^>]*aria-describedby="([\w-]+)"', answer.html)
    assert [(field, f"{field}-hint")] == wrong
    assert said in answer.html.partition(f'id="{field}-hint"')[2]
    assert "<details open>" in answer.html
    assert "horse" not in answer.html
    assert [] == web.api.app.mailer.sent


def test_a_code_that_does_not_count_is_refused_beside_its_field(web: WebWorld) -> None:
    """Also one of an address that somebody else logs in with; guesses come to an end."""
    browser = web.browser()
    web.admitted(NEW)
    browser.post("/account/email", {"email": NEW, "current": PASSWORD})
    taken = browser.post("/account/email/confirm", {"code": mailed_code(web)})
    assert (409, True) == (taken.status, "Somebody logs in with this address already." in taken.text)
    answers = [browser.post("/account/email/confirm", {"code": "guess"}) for _ in range(11)]
    assert (400, True) == (answers[0].status, "This code is wrong or too old." in answers[0].text)
    assert (429, True) == (answers[-1].status, "please try again in a few minutes" in answers[-1].text)
    assert "owner@acme.test" in browser.get("/account").text


def test_who_called_our_mail_junk_is_sent_no_code(web: WebWorld) -> None:
    """Said beside the field."""
    web.api.stores.mail.stop(ACME, MailStop(email=NEW, reason="Complaint", at=NOW))
    answer = web.browser().post("/account/email", {"email": NEW, "current": PASSWORD})
    assert "called our mail junk" in answer.html.partition('id="email-hint"')[2]
    assert [] == web.api.app.mailer.sent


def test_where_one_is_logged_in_is_told_in_words(web: WebWorld) -> None:
    """With what each browser says of itself as text, however it lies; others' are not among them."""
    browser = web.browser(user_agent=FIREFOX)
    web.browser(user_agent=EVIL)
    web.browser(Role.MEMBER)
    page = browser.get("/account")
    assert "Firefox on Windows" in page.text
    assert "Some browser" in page.text
    assert EVIL not in page.html
    assert 2 == len(re.findall('id="device-', page.html))
    assert 1 == page.text.split("\n").count("this one")


def test_one_browser_is_logged_out_or_all_others_are(web: WebWorld) -> None:
    """And the one that asks stays."""
    browser, second, third = web.browser(), web.browser(), web.browser()
    [end, _] = re.findall(r'action="(/account/sessions/\w{16}/end)"', browser.get("/account").html)
    assert 303 == browser.post(end).status
    assert [False, True] == sorted(map(logged_in, (second, third)))
    assert 404 == browser.post(end).status
    assert 303 == browser.post("/account/sessions/end-others").status
    assert [True, False, False] == [logged_in(each) for each in (browser, second, third)]
    assert ["session.ended", "session.ended"] == actions(web)[:2]


def test_nobody_logs_out_somebody_else(web: WebWorld) -> None:
    """Neither of the own team nor of another one."""
    web.api.stores.tenants.put(a_tenant(GLOBEX))
    for role, tenant in ((Role.MEMBER, ACME), (Role.OWNER, GLOBEX)):
        other = web.browser(role, tenant)
        account = web.account(role, tenant)
        [session] = web.api.stores.browser_sessions.of_account(tenant, account.id)
        assert 404 == web.browser().post(f"/account/sessions/{session.id}/end").status
        assert logged_in(other)


def test_logging_out_everywhere_is_for_this_browser_too(web: WebWorld) -> None:
    """Also while the team is closing or suspended: a stolen login does not wait for that."""
    for changed in ({"state": TenantState.CLOSING}, {"suspension": Suspension(began_at=NOW, reason="unpaid")}):
        browser, other = web.browser(), web.browser()
        web.api.stores.tenants.put(a_tenant(ACME, **changed))
        answer = browser.post("/account/sessions/end-all")
        assert (303, "/login", {}) == (answer.status, answer.headers["location"], browser.cookies)
        assert not logged_in(other)
        assert "sessions.ended" == actions(web)[0]
        web.api.stores.tenants.put(a_tenant(ACME))


def test_the_language_that_was_chosen_counts_before_the_browsers(web: WebWorld) -> None:
    """For pages in this browser, and for what is written to the person; none chosen is the browser's again.

    One that is none of ours changes nothing.
    """
    account = web.account(Role.MEMBER)
    web.api.stores.directory.put_members(ACME, [a_member("m", email=account.email)])
    browser = web.browser(Role.MEMBER, accept_language="fr")
    assert 303 == browser.post("/account/language", {"language": "de"}).status
    assert '<html lang="de">' in browser.get("/account").html
    [member] = web.api.stores.directory.members(ACME)
    assert (Language.GERMAN, True) == (member.language, "language" in member.by_hand)
    assert 303 == browser.post("/account/language", {"language": "tlh"}).status
    assert '<html lang="de">' in browser.get("/account?language=tlh").html
    assert [member] == web.api.stores.directory.members(ACME)
    browser.post("/account/language", {"language": ""})
    assert '<html lang="fr">' in browser.get("/account").html
    [member] = web.api.stores.directory.members(ACME)
    assert "language" not in member.by_hand


def test_a_language_that_is_none_of_ours_in_the_cookie_is_none(web: WebWorld) -> None:
    """Whoever wrote it there."""
    browser = web.browser(accept_language="es")
    browser.cookies["pm-language"] = EVIL
    assert '<html lang="es">' in browser.get("/account").html


def test_who_leaves_is_out_and_says_so_with_the_own_address(web: WebWorld) -> None:
    """In whatever case it is typed; the cookie is worth nothing, and the way back is an invitation."""
    web.browser()
    browser = web.browser(Role.MEMBER)
    account, stolen = web.account(Role.MEMBER), Browser(cookies=dict(browser.cookies))
    refused = browser.post("/account/leave", {"confirm": "somebody@acme.test"})
    assert 400 == refused.status
    assert "This is not your e-mail address." in refused.text
    assert "<details open>" in refused.html
    answer = browser.post("/account/leave", {"confirm": account.email.upper()})
    assert (303, "/account/left", {}) == (answer.status, answer.headers["location"], browser.cookies)
    assert "You have left the team" in browser.get("/account/left").text
    assert not logged_in(stolen)
    assert 401 == Browser().post("/login", {"email": account.email, "password": PASSWORD}).status
    assert "account.removed" == actions(web)[0]
    assert 303 == stolen.post("/account/leave", {"confirm": account.email}).status


def test_the_last_owner_is_told_what_to_do_first(web: WebWorld) -> None:
    """And stays."""
    browser = web.browser()
    for account in web.api.stores.accounts.all(ACME):
        if account.id != web.account().id:
            web.api.stores.accounts.remove(ACME, account.id)
    answer = browser.post("/account/leave", {"confirm": web.account().email})
    assert 409 == answer.status
    assert "You are the last owner" in answer.text
    assert logged_in(browser)


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/156.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1", "Safari on macOS"),
        ("curl/8.0", "Some browser"),
        ("", "Some browser"),
    ],
)
def test_a_browser_is_called_as_its_owner_knows_it(user_agent: str, said: str) -> None:
    """All of them claim to be others, too."""
    assert said == device_of(user_agent, texts_in(Language.ENGLISH))
