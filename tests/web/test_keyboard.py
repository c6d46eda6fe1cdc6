"""Every page by keyboard alone: all that can be pressed is reached, in order and in sight, and the focus kept."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import for_tests
from tests.web.browser import WebWorld, a_web_world
from tests.web.pictures import PAGES, PUBLIC, STILLS, Picture
from tests.web.window import STILL, Window, window
from tests.web.worlds import a_day

pytestmark = pytest.mark.thorough

chromium = pytest.fixture(for_tests, scope="module")
OURS = {name: picture for name, picture in PUBLIC.items() if not picture.path.startswith("/v1")}
LOOKED_AT = {**OURS, **{name: Picture(f"{STILL}{name}", None) for name in STILLS}, **PAGES}

WATCH = """() => {
  document.querySelectorAll("main details").forEach((each) => { each.open = true; });
  const pressable = "a[href], button, input, select, textarea, summary";
  const isChosen = (each) => each.type !== "radio" || each.checked;
  window.stops = [...document.querySelectorAll(pressable)].filter((each) => each.checkVisibility() && isChosen(each));
  window.walk = [];
  document.addEventListener("focusin", ({ target }) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const box = target.getBoundingClientRect();
    const inSight = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
    window.walk.push([stops.indexOf(target), inSight && outlineStyle !== "none" && parseFloat(outlineWidth) > 1]);
  });
  return stops.map((each) => `${each.localName} ${each.name || each.innerText || each.id}`);
}"""
"""Opens what is folded, and notes where the focus comes and whether it is seen there."""


@pytest.fixture(scope="module")
def team() -> Iterator[tuple[WebWorld, Mapping[str, str]]]:
    """One in the middle of its day."""
    with a_web_world() as web:
        yield web, a_day(web)


@pytest.fixture(scope="module")
def shown(team: tuple[WebWorld, Mapping[str, str]], chromium: Browser) -> Iterator[Window]:
    """A window as people without a mouse have it; one for all, as each person logs in once in it."""
    with window(chromium, *team) as opened:
        yield opened


def walk(page: Page) -> tuple[list[str], list[str], list[str]]:
    """Press Tab to the end of a page; returns what can be pressed, what was reached, and what was reached unseen."""
    stops = page.evaluate(WATCH)
    fields = page.locator("input[type=date], input[type=time], input[type=file]").count()
    for _ in range(len(stops) + 4 * fields):  # Each part of a date is a stop of its own.
        page.keyboard.press("Tab")
    reached: list[tuple[int, bool]] = page.evaluate("walk")
    order = [number for number, _ in reached if number >= 0]
    unseen = [stops[number] for number, is_seen in reached if number >= 0 and not is_seen]
    return stops, [stops[number] for number in dict.fromkeys(order)], unseen


@pytest.mark.parametrize("name", sorted(LOOKED_AT))
def test_all_that_can_be_pressed_is_reached_in_its_order_and_in_sight(name: str, shown: Window) -> None:
    """Whatever is folded is opened before; where the focus is can be seen."""
    stops, reached, unseen = walk(shown.open(LOOKED_AT[name]))

    assert (stops, []) == (reached, unseen)


def test_the_first_press_skips_to_what_is_shown(shown: Window) -> None:
    """Past the navigation, on each page that has one."""
    for name, picture in LOOKED_AT.items():
        page = shown.open(picture)
        page.keyboard.press("Tab")
        assert "#main" == page.evaluate("document.activeElement.getAttribute('href')"), name
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('.top')"), name


def test_a_part_that_is_asked_for_again_takes_the_focus_from_nobody(shown: Window) -> None:
    """A page that follows a job leaves people where they are."""
    page = shown.open(PAGES["jobs"])
    page.get_by_role("link", name="Judge what was said", exact=True).click()
    page.wait_for_selector("#job[hx-trigger]")
    page.locator(".bottom a").first.focus()
    with page.expect_response("**/jobs/*"):
        pass
    page.wait_for_timeout(300)

    assert "Privacy" == page.evaluate("document.activeElement.innerText")


def test_a_new_page_begins_at_its_title_or_at_what_is_wrong_with_what_was_filled_in(shown: Window) -> None:
    """And what is wrong is told with its field."""
    page = shown.open(PAGES["account"])
    page.locator("#current").fill("not the password")
    page.locator("#password").fill("short")
    page.keyboard.press("Enter")
    expect(page.locator("#main [aria-invalid]").first).to_be_focused()
    described_by = page.locator("#main [aria-invalid]").first.get_attribute("aria-describedby")
    assert page.locator(f"#{described_by}").inner_text()

    page.get_by_role("link", name="Decisions", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Decisions", level=1)).to_be_focused()


@pytest.mark.parametrize("name", ["today", "reports", "flow"])
def test_on_a_phone_the_page_that_one_is_on_is_in_sight_in_the_list_of_pages(
    name: str, chromium: Browser, team: tuple[WebWorld, Mapping[str, str]]
) -> None:
    """The list is scrolled to it, wherever it stands."""
    with window(chromium, *team, width=360) as phone:
        page = phone.open(PAGES[name])
        list_of_pages = page.locator(".top nav > ul")
        here, seen = list_of_pages.locator("[aria-current]").bounding_box(), list_of_pages.bounding_box()

    assert here is not None
    assert seen is not None
    assert seen["x"] <= here["x"] + 1
    assert here["x"] + here["width"] <= seen["x"] + seen["width"] + 1


def test_the_menu_closes_when_it_is_left_and_by_escape(shown: Window) -> None:
    """It would cover where the focus is."""
    page, menu = shown.open(PAGES["today"]), shown.page.locator(".more")
    menu.locator("summary").press("Enter")
    assert menu.evaluate("each => each.open")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not menu.evaluate("each => each.open")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").press("Enter")
    page.locator("#main a").first.focus()
    assert not menu.evaluate("each => each.open")
