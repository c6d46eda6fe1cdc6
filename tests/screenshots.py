"""Takes a picture of every page, on a phone, a tablet and a desk, light and dark.

    python -m tests.screenshots [--only NAME] [--width PIXELS] [--language CODE] [WORLD ...]

They lie in `.local/screenshots`, by world: a team in the middle of its day, one that has just come, one with 5,000
tickets, and one in each state of what it pays for; what everybody sees is apart. Of a page that has no end its
beginning is shown.
"""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from itertools import product

from playwright.sync_api import Browser

from infra.local.tools import LOCAL
from tests.chromium import opened
from tests.web.browser import a_web_world
from tests.web.pictures import PAGES, PUBLIC, STILLS, Picture
from tests.web.window import STILL, Theme, window
from tests.web.worlds import FULL, STANDINGS, WORLDS, an_empty_team

WIDTHS = (360, 768, 1280)
MOST = 12_000
"""In pixels, of a page that is shown as a whole."""
THEMES: tuple[Theme, ...] = ("light", "dark")
EVERYBODY = "everybody"
ENGLISH = "en-GB"
SHOTS = LOCAL / "screenshots"


ALBUMS: Mapping[str, Mapping[str, Picture]] = {
    **dict.fromkeys(WORLDS, PAGES),
    **{f"billing-{name}": {page: PAGES[page] for page in ("billing", "today")} for name in STANDINGS},
    EVERYBODY: {**PUBLIC, **{name: Picture(f"{STILL}{name}", None) for name in STILLS}},
}


def shoot(
    chromium: Browser, world: str, pictures: Mapping[str, Picture], *, widths: Sequence[int], language: str
) -> int:
    """Take a picture of each page that is there in each look; returns how many."""
    folder, taken = SHOTS / (f"{world}-{language}" if language != ENGLISH else world), 0
    folder.mkdir(parents=True, exist_ok=True)
    with a_web_world() as web:
        ids = WORLDS.get(world, an_empty_team)(web)
        for width, theme in product(widths, THEMES):
            with window(chromium, web, ids, width=width, theme=theme, language=language) as shown:
                for name, picture in pictures.items():
                    page = shown.open(picture)
                    is_short = page.evaluate("document.documentElement.scrollHeight") < MOST
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=is_short)
                    taken += 1
    return taken


def main() -> None:
    """Replace the pictures that are asked for, or all."""
    parser = ArgumentParser(prog="python -m tests.screenshots")
    parser.add_argument("worlds", nargs="*", metavar="WORLD", help=f"of {', '.join(ALBUMS)}; all if none is named")
    parser.add_argument("--only", default="", metavar="WORDS", help="pages whose name has this in it")
    parser.add_argument("--width", type=int, choices=WIDTHS, help="all if none is given")
    parser.add_argument("--language", default=ENGLISH, help="that the browser asks for, such as ja")
    asked = parser.parse_args()
    looks = {"widths": (asked.width,) if asked.width else WIDTHS, "language": asked.language}
    with opened() as chromium:
        for world in asked.worlds or ALBUMS:
            pictures = {
                name: picture
                for name, picture in ALBUMS[world].items()
                if asked.only in name and (world in FULL or "<" not in picture.path)
            }
            print(f"{shoot(chromium, world, pictures, **looks):4} of {world} below {SHOTS}")


if __name__ == "__main__":
    main()
