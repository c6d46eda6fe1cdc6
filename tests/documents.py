"""What README and the pages beside it tell people to type."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def commands(page: str, program: str) -> Iterator[str]:
    """Every command of a program in backticks, or on an indented line of its own, without the program's name."""
    text = (ROOT / page).read_text()
    for found in re.findall(rf"`(?:uv run )?{program} ([^`]+)`|^    (?:uv run )?{program} (.+)$", text, re.MULTILINE):
        yield "".join(found)
