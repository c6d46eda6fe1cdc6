"""What attackers try at pages, on every page and form that the routers have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.tenants import TenantId
from pm_assistant.web import pages
from pm_assistant.workflows.accounts.authorize import authorize
from tests.api.conftest import PUBLIC_URL
from tests.builders import ACME, GLOBEX
from tests.web.browser import HOST, PASSWORD, Browser, WebWorld, a_web_world
from tests.web.pictures import Viewer, browser_of
from tests.web.routes import PageRoute, address, page_routes
from tests.web.worlds import Writing, a_day

CHOICES = {"kind", "provider", "verb"}
"""Names in addresses that stand for one of several things that all teams have."""
READ = [route for route in page_routes() if route.method == "GET"]
FORMS = [route for route in page_routes() if route.method == "POST"]
PERSONAL = [route for route in page_routes() if route.scope not in (None, "operator")]
NAMED = [route for route in PERSONAL if set(re.findall(r"<(\w+)>", route.path)) - CHOICES]
SOURCES = "".join(path.read_text() for path in Path(str(pages.__file__)).parent.glob("*.py"))
ASKED = set(re.findall(r"""(?:query\.get|field)\(["'](\w+)["']""", SOURCES))
"""Fields of a form or an address that a page asks for by their names."""
FIELD = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*\sname="([^"]+)\"""")
"""Of a form, by its name."""


@pytest.fixture(scope="module")
def day() -> Iterator[tuple[WebWorld, Mapping[str, str], Browser]]:
    """A team with some of everything, which no test changes, and its owner's browser."""
    with a_web_world() as web:
        yield web, a_day(web), web.browser()


@pytest.fixture(scope="module")
def fields() -> Sequence[str]:
    """Every field of a form or an address that pages have, whether by its name or by that of what it sets."""
    with a_web_world() as web:
        ids = a_day(web)
        browsers = {viewer: browser_of(viewer, web) for viewer in sorted({*map(viewer_of, READ)})}
        shown = [browsers[viewer_of(route)].get(address(route.path, ids)).html for route in READ]
    return sorted(ASKED.union(*map(FIELD.findall, shown)))


def viewer_of(route: PageRoute) -> Viewer:
    """Who sees a page."""
    return "operator" if route.scope == "operator" else Role.OWNER


def rows(web: WebWorld, tenant_id: TenantId = ACME) -> list[str]:
    """What a tenant has, but for what was looked at."""
    return sorted(map(repr, web.api.stores.partition.records(tenant_id)))


def sent(web: WebWorld) -> list[Any]:
    """What was handed to a worker."""
    return [each for queue in ("events", "actions", "reports", "jobs") for each in web.api.queued(queue)]


def test_what_is_tried_is_what_there_is(fields: Sequence[str]) -> None:
    """The routers have pages, forms and ids, and what they show and ask for has names."""
    assert 20 < len(READ)
    assert 20 < len(FORMS)
    assert 5 < len(NAMED)
    assert {"next", "back", "email", "revision", "password", "guidance", "report_questions.0.text"} <= set(fields)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": PUBLIC_URL},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "", "origin": "https://evil.test"},
        {"sec_fetch_site": "", "origin": "null"},
        {"sec_fetch_site": "", "origin": f"{PUBLIC_URL}.evil.test"},
        {"sec_fetch_site": ""},
    ],
    ids=["cross-site", "same-site", "none", "origin", "null", "suffix", "silent"],
)
def test_no_form_is_taken_from_another_site(
    headers: dict[str, str], fields: Sequence[str], day: tuple[WebWorld, Mapping[str, str], Browser]
) -> None:
    """Whoever's browser it is that another site makes send it; nothing has come of it."""
    web, ids, browser = day
    before = rows(web), sent(web), dict(browser.cookies)
    for form in FORMS:
        answer = browser.post(address(form.path, ids), dict.fromkeys(fields, "x"), **headers)
        assert (403, True) == (answer.status, "not sent by a page of ours" in answer.text), form.path
    assert before == (rows(web), sent(web), browser.cookies)


def test_the_same_forms_are_taken_from_pages_of_ours(web: WebWorld) -> None:
    """So that what is refused above is refused for where it comes from."""
    ids = a_day(web)
    browsers = {"operator": web.operator, "": web.browser()}
    for form in FORMS:
        browser = browsers["operator" if form.scope == "operator" else ""]
        answer = Browser(cookies=dict(browser.cookies)).post(address(form.path, ids))
        assert "not sent by a page of ours" not in answer.text, form.path


def test_looking_changes_nothing(fields: Sequence[str], web: WebWorld) -> None:
    """Neither a page, nor the address of a form, which a picture on another site may load."""
    ids, browser = a_day(web), web.browser()
    before = rows(web)
    for route in page_routes():
        browser.get(f"{address(route.path, ids)}?{urlencode(dict.fromkeys(fields, 'x'))}")
    assert (before, []) == (rows(web), sent(web))


@pytest.mark.parametrize("way", ["logout", "removal", "role", "everywhere", "password", "forged", "other tenant"])
def test_a_stolen_cookie_opens_no_page(way: str, web: WebWorld) -> None:
    """Once its owner has logged out, was removed, or has another role or password; nor does a changed one."""
    ids, browser, account = a_day(web), web.browser(Role.ADMIN), web.account(Role.ADMIN)
    stolen = Browser(cookies=dict(browser.cookies))
    assert 200 == stolen.get("/today").status
    accounts = web.api.stores.accounts
    [(name, token)] = stolen.cookies.items()
    tenant, person, secret = token.split(".")
    match way:
        case "logout":
            browser.post("/logout")
        case "removal":
            accounts.remove(ACME, account.id)
        case "role":
            accounts.put(account.model_copy(update={"role": Role.OWNER}))
        case "everywhere":
            accounts.put(account.model_copy(update={"sessions_from": datetime.now(UTC)}))
        case "password":
            fields = {"current": PASSWORD, "password": f"another {PASSWORD}", "again": f"another {PASSWORD}"}
            assert 303 == browser.post("/account/password", fields).status
        case "forged":
            stolen.cookies[name] = f"{tenant}.{person}.{secret[:-1]}{'0' if secret[-1] != '0' else '1'}"
        case _:
            stolen.cookies[name] = f"{GLOBEX}.{web.account(Role.ADMIN, GLOBEX).id}.{secret}"
    before = rows(web), sent(web)
    for route in PERSONAL:
        path = address(route.path, ids)
        answer = stolen.get(path) if route.method == "GET" else stolen.post(path)
        assert (303, True) == (answer.status, answer.headers["location"].startswith("/login")), path
    assert before == (rows(web), sent(web))


def test_what_was_planted_in_a_browser_is_not_what_logs_it_in(web: WebWorld) -> None:
    """Neither a secret that counts nowhere, nor the attacker's own, which ends there."""
    attackers, email = web.browser(Role.MEMBER, GLOBEX), web.account().email
    for planted in (dict(attackers.cookies), dict.fromkeys(attackers.cookies, f"acme.user-1.{'a' * 64}")):
        victim = Browser(cookies=dict(planted))
        assert 303 == victim.post("/login", {"email": email, "password": PASSWORD}).status
        assert planted != victim.cookies
        assert 200 == victim.get("/today").status
        assert 303 == Browser(cookies=planted).get("/today").status


@pytest.mark.parametrize("route", NAMED, ids=lambda route: f"{route.method} {route.path}")
def test_ids_of_another_team_are_not_there(route: PageRoute, web: WebWorld) -> None:
    """On every page and form that has one in its address: it is answered as for an id that nobody has."""
    ids = a_day(web)
    stranger = web.browser(Role.OWNER, GLOBEX)
    before, fields = (rows(web), sent(web)), {"sure": "yes", "reason": "x"}
    theirs, nobodys = (
        stranger.get(path) if route.method == "GET" else stranger.post(path, fields)
        for path in (address(route.path, ids), _of_nobody(route, ids))
    )
    assert (nobodys.status, nobodys.text) == (theirs.status, theirs.text)
    assert before == (rows(web), sent(web))


def _of_nobody(route: PageRoute, ids: Mapping[str, str]) -> str:
    """The same address with an id that nobody has."""
    other = str.maketrans("0123456789", "5678901234")
    return address(route.path, {name: id if name in CHOICES else id.translate(other) for name, id in ids.items()})


def test_nobody_changes_what_another_team_has_by_naming_it_in_a_form(fields: Sequence[str], web: WebWorld) -> None:
    """Every form of ours, with the other team's ids in every field and address."""
    ids = a_day(web)
    stranger = dict(web.browser(Role.OWNER, GLOBEX).cookies)
    before, named = rows(web), set(fields) - {"password", "again", "current"}
    for value in (*ids.values(), "C0ENG", "ENG-1", "ticket-1", "U0ADA", web.account().id):
        for form in FORMS:
            Browser(cookies=dict(stranger)).post(address(form.path, ids), dict.fromkeys(named, value))
    assert before == rows(web)


def test_members_do_what_members_may(fields: Sequence[str], web: WebWorld) -> None:
    """Every page and form of admins and owners is refused to them, whatever they send."""
    ids, member = a_day(web), web.browser(Role.MEMBER)
    before = rows(web)
    for route in [route for route in PERSONAL if route.scope in {"admin", "owner"}]:
        path = address(route.path, ids)
        answer = member.get(path) if route.method == "GET" else member.post(path, dict.fromkeys(fields, "x"))
        assert 403 == answer.status, path
    assert before == rows(web)


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https://evil.test",
        "https:evil.test",
        "/%2F%2Fevil.test",
        "/%5Cevil.test",
        "/\t/evil.test",
        "/today\r\nLocation: https://evil.test",
        "javascript:alert(1)",
        "/@evil.test",
        "@evil.test",
        ".evil.test",
    ],
)
def test_no_page_leads_elsewhere(evil: str, fields: Sequence[str], web: WebWorld) -> None:
    """Whatever stands in whichever field of an address or a form, however the way elsewhere is written."""
    ids, email = a_day(web), web.account().email
    owner = web.browser()
    evils = dict.fromkeys(fields, evil)
    for route in page_routes():
        for cookies in ({}, dict(owner.cookies)):
            browser, path = Browser(cookies=dict(cookies)), address(route.path, ids)
            if route.method == "GET":
                answers = [browser.get(f"{path}?{urlencode(evils)}")]
            else:
                answers = [browser.post(path, evils | own) for own in ({}, {"email": email, "password": PASSWORD})]
            for answer in answers:
                location = answer.headers.get("location", "/").replace("\\", "/")
                assert HOST == urlsplit(urljoin(PUBLIC_URL, location)).netloc, (route.path, location)
                assert not re.search(r"[\x00-\x20]", location)
                assert "evil.test" not in answer.headers.get("refresh", "")
        if route.method == "POST" and owner.get("/account/email").status != 200:
            owner = web.browser()


def test_every_answer_is_for_its_viewer_alone_and_stands_in_no_frame(
    day: tuple[WebWorld, Mapping[str, str], Browser],
) -> None:
    """No store keeps one, no page of another site holds one, whether it is shown, refused or leads on."""
    web, ids, owner = day
    browsers = (Browser(), owner, browser_of("operator", web))
    for route in page_routes():
        for browser in browsers:
            # A form with nothing in it changes nothing: another site's is refused.
            answer = browser.send(route.method, address(route.path, ids), headers={"sec-fetch-site": "cross-site"})
            assert "no-store" == answer.headers["cache-control"], route.path
            assert "Cookie" in answer.headers["vary"]
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert "same-origin" == answer.headers["cross-origin-opener-policy"]


def test_the_cookie_opens_no_door_of_programs(web: WebWorld) -> None:
    """Who has it is nobody there; another site's form would come with it."""
    [token] = web.browser().cookies.values()
    assert {"refused"} == set(authorize(f"Bearer {token}", web.api.app))


class Tags(HTMLParser):
    """What a page has that people's words never bring along."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what would run or load."""
        strange = {"img", "iframe", "object", "base", "meta http-equiv"} & {tag}
        handlers = {name for name, _ in attrs if name.startswith("on") or name in {"style", "srcdoc"}}
        links = {f"{name}={value}" for name, value in attrs if name in {"href", "action", "formaction", "src"}}
        elsewhere = {link for link in links if not re.search(r"=(?:/(?![/\\])|https?:|#)", link)}
        self.found += sorted(strange | handlers | elsewhere)


EVIL = "\"'><img src=x onerror=alert({number})>{{{{7*7}}}}{{0}}"


@pytest.fixture(scope="module")
def spelled() -> tuple[Mapping[str, str], Writing]:
    """Every page of a team in which everything that people and vendors write is an attack, and those words."""
    with a_web_world() as web:
        write = Writing(lambda text, number: f"{EVIL.format(number=number)}{text}")
        ids = a_day(web, write)
        for ticket in web.api.stores.tickets.all(ACME):
            later = {"updated_at": datetime.now(UTC), "url": "javascript:alert(1)"}
            web.api.stores.tickets.put(ACME, ticket.model_copy(update=later))
        browsers = {viewer: browser_of(viewer, web) for viewer in ("operator", Role.OWNER)}
        shown = {}
        for route in READ:
            browser = browsers["operator" if route.scope == "operator" else Role.OWNER]
            shown[route.path] = browser.get(address(route.path, ids)).html
    return shown, write


def test_what_people_and_vendors_write_is_words_on_every_page(spelled: tuple[Mapping[str, str], Writing]) -> None:
    """It brings no element, no handler and no link along, and no template is made of it."""
    for path, html in spelled[0].items():
        tags = Tags()
        tags.feed(html)
        assert [] == tags.found, path
        assert "<img" not in html, path


def test_what_stands_in_an_address_is_words_on_every_page(fields: Sequence[str], web: WebWorld) -> None:
    """In whichever field of it, as filters show them again; whoever sends such a link has nothing run by it."""
    ids, again = a_day(web), 0
    browsers = {viewer: browser_of(viewer, web) for viewer in sorted({*map(viewer_of, READ)})}
    for route in READ:
        query = urlencode(dict.fromkeys((*fields, "before"), EVIL.format(number=1)))
        html = browsers[viewer_of(route)].get(f"{address(route.path, ids)}?{query}").html
        tags = Tags()
        tags.feed(html)
        assert ([], 0) == (tags.found, html.count("<img")), route.path
        again += "&lt;img src=x" in html
    assert 5 < again


def test_every_word_that_was_written_is_shown_somewhere(spelled: tuple[Mapping[str, str], Writing]) -> None:
    """So that the pages above are those that would show an attack."""
    shown, write = spelled
    everything = "".join(shown.values())
    missing = [text for number, text in enumerate(write.texts) if f"onerror=alert({number})" not in everything]
    assert [] == missing
