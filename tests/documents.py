"""What README and the pages beside it tell people to type."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDES = ("README.md", "infra/guide.md", "infra/operations.md")
"""For whoever runs, uses or operates it; the rest is for who is in trouble, or attacks it."""
PAGES = (*GUIDES, "infra/changes.md", "infra/runbook.md", "infra/security.md")


def commands(page: str, program: str) -> Iterator[str]:
    """Every command of a program in backticks, or on an indented line of its own, without the program's name."""
    text = (ROOT / page).read_text()
    for found in re.findall(rf"`(?:uv run )?{program} ([^`]+)`|^    (?:uv run )?{program} (.+)$", text, re.MULTILINE):
        yield "".join(found)
