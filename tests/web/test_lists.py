"""What every list keeps to: it can be filtered, goes on page by page, and says what is next where it has nothing."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from importlib import import_module

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.languages import Language
from pm_assistant.web.app import MODULES
from pm_assistant.web.listing import Listing
from tests.fakes.connections import a_working_connection
from tests.web.browser import Browser, WebWorld, a_web_world
from tests.web.pictures import PAGES, Viewer, browser_of
from tests.web.worlds import a_day, an_empty_team

NAMED = re.compile("<(?!provider>)")
"""What a page of one thing has in its path."""
NO_LISTS: Mapping[str, str] = {
    "/account": "a person has few browsers, and each of their sessions ends within days",
    "/account/email": "a form",
    "/automation": "a few kinds of action, and no more rules than a team may have",
    "/billing": "what is bought",
    "/billing/done": "what was bought",
    "/connections": "the vendors that there are",
    "/data": "the exports of a week",
    "/flow": "what was measured, a team at a time",
    "/flow/conversations": "the few that stand out",
    "/reports": "the kinds there are, and what an admin has set up by hand",
    "/reports/preview": "one report",
    "/settings": "a form",
    "/today": "of each part the latest, with the way to all",
}
"""Pages without an id that are no list without an end, and why; whatever else there is is one."""
LISTS: Mapping[str, Viewer] = {
    each.path.replace("<provider>", "slack"): each.viewer
    for each in PAGES.values()
    if each.viewer and each.status == 200 and not NAMED.search(each.path) and each.path not in NO_LISTS
}
MOST_PAGES = 60


def filter_of(html: str, path: str) -> Mapping[str, str]:
    """What can be filled in in the one filter of a list, which a browser sends as an address, each with what could be.

    Raises:
        AssertionError: it has none, or several.
    """
    forms = re.findall(
        rf'<form class="filter" method="get" action="{path}" role="search">(.*?)</form>', html, re.DOTALL
    )
    assert 1 == len(forms), path
    values = {"date": "2026-01-01", "checkbox": "yes"}
    fields = {}
    for field in re.finditer(r"<input\b[^>]*>|<select\b.*?</select>", forms[0], re.DOTALL):
        name, kind = re.search(r'name="(\w+)"', field[0]), re.search(r'type="(\w+)"', field[0])
        assert name, field[0]
        options = [unescape(each) for each in re.findall(r'<option value="([^"]+)"', field[0])]
        fields[name[1]] = options[-1] if options else values.get(kind[1] if kind else "", "zzz")
    return fields


def addresses(html: str, path: str, label: str) -> list[str]:
    """Where the links lead that are called so."""
    found = re.findall(rf'<a class="button second" href="({path}[^"]*)">{label}</a>', html)
    return [unescape(each) for each in found]


@pytest.fixture(scope="module")
def small_pages() -> Iterator[None]:
    """Each list shows one entry of it at a time."""
    with pytest.MonkeyPatch.context() as patch:
        for name in sorted(set(MODULES.values())):
            module = import_module(f"pm_assistant.web.pages.{name}")
            if hasattr(module, "PAGE"):
                patch.setattr(module, "PAGE", 1)
        yield


@pytest.fixture(scope="module")
def full(small_pages: None) -> Iterator[Mapping[Viewer, Browser]]:
    """Browsers of a team that has some of everything."""
    with a_web_world() as web:
        a_day(web)
        web.account(Role.MEMBER)
        browsers = {viewer: browser_of(viewer, web) for viewer in sorted({*LISTS.values()})}
        for _ in range(3):  # What operators look at stands in their trail.
            browsers[LISTS["/operator/trail"]].get("/operator")
        yield browsers


def test_a_page_that_comes_is_a_list_or_says_why_it_is_none() -> None:
    """And nothing is excused that is not there."""
    assert NO_LISTS.keys() <= {each.path for each in PAGES.values()}
    assert {"/decisions", "/untracked", "/reports/sent", "/operator/trail"} <= LISTS.keys()


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_list_has_a_filter_that_its_address_keeps(path: str, full: Mapping[Viewer, Browser]) -> None:
    """What was asked for stands in the form again; what fits nothing is told from there being nothing."""
    browser = full[LISTS[path]]
    wanted = filter_of(browser.get(path).html, path)

    assert wanted
    for name, value in wanted.items():
        page = browser.get(f"{path}?{name}={value}")
        assert 200 == page.status
        kept = re.search(rf'name="{name}"[^>]*value="{value}"|<option value="{value}" selected>', page.html)
        assert kept, (name, value)
        if value == "zzz":
            assert "Nothing fits." in page.text
            assert f'<a href="{path}">Show all</a>' in page.html


@pytest.mark.parametrize("language", Language)
def test_each_option_of_a_filter_reads_differently(language: Language, full: Mapping[Viewer, Browser]) -> None:
    """In every language: who chooses one knows which."""
    for path, viewer in sorted(LISTS.items()):
        html = full[viewer].get(path, accept_language=language.value).html
        for choice in re.findall(r"<select\b.*?</select>", html, re.DOTALL):
            options = [unescape(each) for each in re.findall(r"<option[^>]*>(.*?)</option>", choice)]
            assert sorted({*options}) == sorted(options), path


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_list_goes_on_page_by_page_with_its_filter_and_comes_to_an_end(
    path: str, full: Mapping[Viewer, Browser]
) -> None:
    """By links, from its beginning and back to it; no page is shown twice, and what is no filter goes along."""
    browser = full[LISTS[path]]
    html = browser.get(path).html
    [following] = addresses(html, path, "Next page")
    assert not addresses(html, path, "First page")
    seen = [path]
    while following:
        assert following not in seen
        assert len(seen) < MOST_PAGES
        seen.append(following)
        html = browser.get(following).html
        assert [path] == addresses(html, path, "First page")
        following = next(iter(addresses(html, path, "Next page")), "")
    assert 2 <= len(seen)


def test_the_filter_goes_along_to_every_page_of_its_list() -> None:
    """Whether a list goes on from a key or from a number, and back to its beginning."""
    listing = Listing("/accounts", {"q": "a&b #1", "role": ""})
    shown, numbered = listing.part_of(["one", "two", "three"], start=1, size=1)

    assert "/accounts?q=a%26b+%231&before=k%2F7" == listing.going_on("k/7").next_page
    assert (["two"], "/accounts?q=a%26b+%231&from=2") == (shown, numbered.next_page)
    assert "/accounts?q=a%26b+%231" == listing.first_page == numbered.first_page
    assert ("", "") == (listing.going_on(None).next_page, listing.part_of(["one"], start=0, size=1)[1].next_page)


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_list_that_has_nothing_says_what_to_do_next(path: str, web: WebWorld, small_pages: None) -> None:
    """Or it cannot have nothing, for whoever looks stands in it; with a place behind its end it leads back."""
    an_empty_team(web)
    web.api.stores.connections.put(a_working_connection())
    page = browser_of(LISTS[path], web).get(path)
    entries = re.search(r"<tbody>|<article", page.html)
    said = re.search(r'<p class="empty">(.*?)</p>', page.html, re.DOTALL)

    assert 200 == page.status
    assert bool(entries) == ('class="filter" method="get"' in page.html)
    assert entries or (said and 20 < len(said[1].strip()))
    beyond = browser_of(LISTS[path], web).get(f"{path}?from=999999&before=0")
    assert 200 == beyond.status
    assert f'<a href="{path}">Show all</a>' in beyond.html or re.search(r"<tbody>|<article", beyond.html)
