"""What every page keeps to, so that pages look and behave alike: each rule holds for the routes there are."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from pm_assistant.domain.accounts import SCOPE_OF, Role, Scope
from pm_assistant.runtime.settings import StoreSettings
from pm_assistant.web.html import moment
from pm_assistant.web.request import PageRequest
from tests.api.conftest import event
from tests.web.browser import Browser, WebWorld, a_web_world
from tests.web.pictures import PAGES, PUBLIC, STILLS, browser_of
from tests.web.routes import PageRoute, address, page_routes
from tests.web.worlds import a_day, an_empty_team

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
BUTTON = re.compile(r"<button\b([^>]*)>")


@pytest.fixture(scope="module")
def day() -> Iterator[Mapping[str, str]]:
    """The pages of a team in the middle of its day, by their names."""
    with a_web_world() as web:
        yield pages_of(web, a_day(web))


@pytest.fixture(scope="module")
def beginning() -> Iterator[Mapping[str, str]]:
    """The pages of a team that has just come."""
    with a_web_world() as web:
        yield pages_of(web, an_empty_team(web))


def pages_of(web: WebWorld, ids: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in each page that the team has, between the navigation and the foot."""
    browsers = {viewer: browser_of(viewer, web) for viewer in {each.viewer for each in PAGES.values()} if viewer}
    return {
        name: main_of(browsers[picture.viewer].get(address(picture.path, ids)).html)
        for name, picture in PAGES.items()
        if picture.viewer is not None and (ids or "<" not in picture.path)
    }


def main_of(html: str) -> str:
    """The part of a page that is its own."""
    return html.partition('<main id="main">')[2].partition("</main>")[0]


def forms_of(html: str) -> list[tuple[str, str]]:
    """The attributes of each form, and what is in it."""
    return FORM.findall(html)


def test_to_look_for_something_is_no_main_act(day: Mapping[str, str]) -> None:
    """A filter's button is a quiet one: what stands out on a page is what changes something."""
    loud = {
        name: body
        for name, html in day.items()
        for attributes, body in forms_of(html)
        if 'method="get"' in attributes and any("second" not in each for each in BUTTON.findall(body))
    }

    assert {} == loud


def test_of_a_form_one_button_stands_out(day: Mapping[str, str]) -> None:
    """What a form is for is seen at once, whatever else it can do."""
    loud = {
        name: buttons
        for name, html in day.items()
        for _, body in forms_of(html)
        if len(buttons := [each for each in BUTTON.findall(body) if "second" not in each]) > 1
    }

    assert {} == loud


def test_a_page_without_anything_leads_on(beginning: Mapping[str, str]) -> None:
    """Where there is nothing yet, a link or a button is the next step; a filter is none."""
    silent = {
        name
        for name, html in beginning.items()
        if 'class="empty"' in html and not re.search(r"<a |<button", FORM.sub(_kept, html).partition("<h1")[2])
    }

    assert set() == silent


def _kept(form: re.Match[str]) -> str:
    return "" if 'method="get"' in form[1] else form[0]


def test_a_moment_of_another_year_is_told_with_it() -> None:
    """One of this year is told by its day of the week; both by the viewer's clock."""
    request = PageRequest.of(event("GET", "/"), StoreSettings(table_name="t"))

    assert ">14 Nov 2023, " in moment(datetime(2023, 11, 14, 22, 13, tzinfo=UTC), request)
    assert f"{request.now:%A}" in moment(request.now, request)


def test_each_page_of_a_teams_says_by_which_clock_its_times_are(web: WebWorld) -> None:
    """Once, in its foot."""
    browser = web.browser()

    for path in ("/today", "/no-such-page"):
        assert 1 == browser.get(path).text.count("All times are by the clock of UTC.")
    assert "All times" not in Browser().get("/").text


class Ways(HTMLParser):
    """Where a page's forms, links and parts lead, and its buttons that no form has.

    Attributes:
        found: method and address of each.
        stray: what does nothing in a browser without scripts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.stray: list[str] = []
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where it leads."""
        told = dict(attrs)
        match tag:
            case "form":
                self._in_form = True
                self.found.add(((told.get("method") or "none").upper(), told.get("action") or ""))
            case "button" if not self._in_form:
                self.stray.append(self.get_starttag_text() or tag)
            case "a":
                self.found.add(("GET", told.get("href") or "/nowhere"))
        self.stray += [name for name in told if re.fullmatch(r"hx-(?:post|put|patch|delete)", name)]
        if "hx-get" in told:
            self.found.add(("GET", told["hx-get"] or "/nowhere"))

    def handle_endtag(self, tag: str) -> None:
        """Note where a form ends."""
        self._in_form = self._in_form and tag != "form"


def test_each_form_link_and_part_of_a_page_leads_to_one_of_ours_without_a_script(web: WebWorld) -> None:
    """Each form has an address of its own, or the page's, and what our script asks for can be asked for without it."""
    ids, astray = a_day(web), {}
    browsers = {viewer: browser_of(viewer, web) for viewer in {each.viewer for each in PAGES.values()} if viewer}
    shown: dict[str, object] = {name: still().body for name, still in STILLS.items()}
    for name, picture in {**PAGES, **PUBLIC}.items():
        browser = browsers[picture.viewer] if picture.viewer else Browser()
        shown[name] = browser.get(address(picture.path, ids)).html

    for name, html in shown.items():
        ways = Ways()
        ways.feed(str(html))
        if found := ways.stray + [
            f"{method} {url}" for method, url in sorted(ways.found) if not _is_there(method, url)
        ]:
            astray[name] = found

    assert {} == astray


def _is_there(method: str, url: str) -> bool:
    """Whether a page of ours takes that, or it is not the dashboard's to take."""
    path = re.split(r"[?#]", url)[0]
    elsewhere = url.startswith(("https://", "http://", "/v1/", "/oauth/", "/unsubscribe")) or not path
    return elsewhere or any(re.fullmatch(_pattern(each), path) for each in page_routes() if each.method == method)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
def test_nobody_is_shown_a_form_that_would_be_refused_to_them(role: Role, web: WebWorld) -> None:
    """On any page that they see, of a team in the middle of its day; logging in and out is everybody's."""
    ids, browser = a_day(web), web.browser(role)
    shown: set[str] = set()
    for picture in PAGES.values():
        ways = Ways()
        ways.feed(browser.get(address(picture.path, ids)).html)
        shown |= {url for method, url in ways.found if method == "POST"}
    beyond = [each for each in Scope if not SCOPE_OF[role].covers(each)]
    refused = [_pattern(route) for route in page_routes() if route.method == "POST" and route.scope in beyond]

    assert 3 < len(shown)
    assert [] == [url for url in sorted(shown) if any(re.fullmatch(pattern, url) for pattern in refused)]


def _pattern(route: PageRoute) -> str:
    """What an address of it looks like."""
    return re.sub(r"<\w+>", "[^/]+", route.path)
