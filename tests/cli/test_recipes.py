"""What README and runbook tell people to type is something that `pm` takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from pm_assistant.cli.app import app

ROOT = Path(__file__).parents[2]
COMMANDS: Any = typer.main.get_command(app)
PAGES = ("README.md", "infra/runbook.md", "infra/security.md")


def told() -> Iterator[str]:
    """Every command of `pm` in backticks, or on an indented line of its own."""
    for page in PAGES:
        text = (ROOT / page).read_text()
        for found in re.findall(r"`(?:uv run )?pm ([^`]+)`|^    (?:uv run )?pm (.+)$", text, re.MULTILINE):
            yield "".join(found)


@pytest.mark.parametrize("arguments", sorted(set(told()) - {"--help"}))
def test_a_command_that_people_are_told_to_type_is_taken(arguments: str) -> None:
    """Options stand behind the command that has them."""
    words = shlex.split(arguments)
    command = COMMANDS
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    assert {word for word in words if word.startswith("--")} <= known
