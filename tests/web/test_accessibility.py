"""Every page in a real browser: nothing serious for axe, nothing in the console, nothing wider than a phone."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser

from tests.chromium import for_tests
from tests.web.browser import WebWorld, a_web_world
from tests.web.pictures import PAGES, PUBLIC, STILLS, Picture
from tests.web.window import STILL, serious, window
from tests.web.worlds import FULL, WORLDS, a_day

pytestmark = pytest.mark.thorough

chromium = pytest.fixture(for_tests, scope="module")
EVERYBODYS = {**PUBLIC, **{name: Picture(f"{STILL}{name}", None) for name in STILLS}}
on_all_pages = pytest.mark.parametrize("team", ["day", "empty"], indirect=True)
"""Those of a team in the middle of its day and of one that has just come."""

type Team = tuple[WebWorld, Mapping[str, str], Mapping[str, Picture]]


@pytest.fixture(scope="module")
def team(request: pytest.FixtureRequest) -> Iterator[Team]:
    """A team, what stands for ids in its pages' addresses, and those that it has; what everybody sees is told once."""
    with a_web_world() as web:
        ids = WORLDS[request.param](web)
        if request.param in FULL:
            yield web, ids, {**EVERYBODYS, **PAGES}
        else:
            yield web, ids, {name: picture for name, picture in PAGES.items() if "<" not in picture.path}


@on_all_pages
def test_nothing_serious_stands_in_anybodys_way(team: Team, chromium: Browser) -> None:
    """Names, contrast in either theme, landmarks and order, as axe knows them."""
    web, ids, pictures = team
    with window(chromium, web, ids, bypass_csp=True) as shown:
        found = {name: serious(shown.open(picture)) for name, picture in pictures.items()}

    assert {} == {name: troubles for name, troubles in found.items() if troubles}


@on_all_pages
def test_pages_fit_a_phone_and_keep_their_own_policy(team: Team, chromium: Browser) -> None:
    """No scrolling sideways at 360 pixels; the console stays empty, and nobody else is asked for anything."""
    web, ids, pictures = team
    with window(chromium, web, ids, width=360) as shown:
        pages = ((name, shown.open(picture)) for name, picture in pictures.items())
        widths = {name: page.evaluate("document.documentElement.scrollWidth") for name, page in pages}

    assert dict.fromkeys(pictures, 360) == widths
    assert [] == [trouble for trouble in shown.troubles if "status of 4" not in trouble]


BROKEN = """
[...document.querySelectorAll("td")].flatMap(cell => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = []
  while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[^ ]+@[^ ]+/g)) {
    const range = document.createRange()
    range.setStart(texts.currentNode, word.index)
    range.setEnd(texts.currentNode, word.index + word[0].length)
    if (range.getClientRects().length > 1) broken.push(word[0])
  }
  return broken
})
"""
"""The e-mail addresses in tables that go on in another line."""


@pytest.mark.parametrize("width", [660, 768, 900, 1030])
def test_no_address_is_broken_in_a_table_on_a_tablet(chromium: Browser, width: int) -> None:
    """Where there is no room for columns they stand one below the other, each with its name."""
    broken, read = dict[str, object](), set[str]()
    with a_web_world() as web, window(chromium, web, a_day(web), width=width) as shown:
        for name, picture in PAGES.items():
            page = shown.open(picture) if picture.viewer and picture.status == 200 else None
            if page is not None and page.locator("td").count():
                read |= {name} if "@" in page.inner_text("main") else set()
                broken |= {name: found} if (found := page.evaluate(BROKEN)) else {}

    assert {} == broken
    assert {"audit", "keys", "people", "operator-trail"} <= read


def test_what_is_serious_is_found(chromium: Browser) -> None:
    """The same look refuses a page whose words are hardly to be seen, in the dark alone, and a field without a name."""
    page = chromium.new_page(bypass_csp=True)
    head = "<html lang=en><meta name=color-scheme content='light dark'><title>x</title>"
    head += "<body style='background: light-dark(#fff, #111)'><main>"
    page.set_content(f"{head}<p style='color: #777'>pale</p><input></main>")
    always = [trouble.partition(":")[0] for trouble in serious(page)]
    page.set_content(f"{head}<p style='color: light-dark(#111, #333)'>pale</p></main>")
    at_night = [trouble.partition(":")[0] for trouble in serious(page)]

    assert (["color-contrast", "label", "color-contrast"], ["color-contrast"]) == (always, at_night)
    page.close()
