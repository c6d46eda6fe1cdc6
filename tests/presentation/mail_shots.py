"""Takes a picture of every mail, light, dark and on a phone: `python -m tests.presentation.mail_shots DIR`."""

import sys
from pathlib import Path
from typing import Literal, NamedTuple

from tests.chromium import opened
from tests.presentation.mail_samples import samples


class Look(NamedTuple):
    """A reader's theme, and how wide the window is."""

    theme: Literal["light", "dark"]
    width: int


LOOKS = {"light": Look("light", 760), "dark": Look("dark", 760), "phone": Look("light", 360)}


def main(directory: Path) -> None:
    """Write `<mail>-<look>.png` for each."""
    directory.mkdir(parents=True, exist_ok=True)
    with opened() as browser:
        for name, look in LOOKS.items():
            page = browser.new_page(viewport={"width": look.width, "height": 400}, color_scheme=look.theme)
            for kind, mail in samples().items():
                page.set_content(mail.html)
                page.screenshot(path=directory / f"{kind}-{name}.png", full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
