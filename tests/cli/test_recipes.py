"""What README and the pages beside it tell people to type can be typed: a guide's commands are run as written."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest
import typer.main

from infra.local.demo import seed
from infra.local.stack import Stack
from pm_assistant.cli.app import app
from tests.documents import GUIDES, PAGES, ROOT, commands

COMMANDS: Any = typer.main.get_command(app)
NOT_HERE = {
    "make up ": "how this stack came up",
    "Slack, Linear  ──▶ receive": "a drawing",
    "uvx openapi-python-client generate": "fetches a program from a registry",
    "from pm_assistant_client import": "Python, with the client that is generated before",
}
"""Indented blocks of the guides that are not run, by how they begin, and why."""
ALONE = {
    "account calendar connect": "is for who has logged in",
    "account password": "asks for a password",
    "autonomy": "is for who has logged in",
    "--help": "no command of its own",
    "backtest --since 14d --threshold 0.85": "is for who has logged in",
    "billing": "is for who has logged in",
    "connect slack": "opens a browser",
    "connections": "is for who has logged in",
    "data end": "is for an owner who has logged in, and ends the team",
    "data export": "is for an owner who has logged in",
    "data keep": "is for an owner who has logged in",
    "experiments start move --threshold 0.7": "is for who has logged in",
    "finetune export": "is for who has logged in",
    "finetune drop": "is for who has logged in, and has a model",
    "finetune start": "is for who has logged in, and costs money",
    "--install-completion": "writes into the shell's own configuration",
    "flow": "is for who has logged in",
    "flow --talk": "is for who has logged in",
    "login": "asks for a password",
    "mute --kind create --in C07A1SUP5T7 --until 2099-01-01T00:00:00Z": "is for who has logged in",
    "rules": "is for who has logged in",
    'settings \'reactions=["approve", "undo"]\'': "is for who has logged in",
    "settings language=de": "is for who has logged in",
    "settings private_code=everything": "is for who has logged in",
    "settings model_budget_dollars=20": "is for who has logged in",
    "shadow": "is for who has logged in",
    "usage": "is for who has logged in",
}
"""Commands of `pm` in the guides' sentences that are not run, and why; so are those with a placeholder in capitals."""
PATIENCE = 60.0
"""Seconds that a recipe may take."""
STAMP = re.compile(r"[0-9]+\.[0-9]+")
"""What `pm send` says: when it was said."""


def blocks() -> Iterator[str]:
    """The guides' indented blocks, without the indent."""
    for paragraph in re.split(r"\n(?:[ ]*\n)+", "\n\n".join((ROOT / page).read_text() for page in GUIDES)):
        lines = paragraph.splitlines()
        if all(line.startswith("    ") for line in lines):
            yield "\n".join(line.removeprefix("    ") for line in lines)


TOLD = {each for page in GUIDES for each in commands(page, "pm")}
RECIPES = [block for block in blocks() if not block.startswith(tuple(NOT_HERE))]
SENTENCES = sorted(
    {
        f"uv run pm {each}"
        for each in TOLD - ALONE.keys()
        if not re.search(r"\b[A-Z]+\b", each) and f"pm {each}" not in "\n".join(RECIPES)
    }
)


@pytest.mark.parametrize("arguments", sorted({each for page in PAGES for each in commands(page, "pm")}))
def test_a_command_that_people_are_told_to_type_is_taken(arguments: str) -> None:
    """Options stand behind the command that has them."""
    words = shlex.split(arguments)
    command = COMMANDS
    while hasattr(command, "commands") and not words[0].startswith("--"):
        command = command.commands[words.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts if name.startswith("--")} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known


def test_nothing_is_excused_that_is_not_there() -> None:
    """A recipe that changes is run again."""
    assert [1] * len(NOT_HERE) == [sum(block.startswith(beginning) for block in blocks()) for beginning in NOT_HERE]
    assert ALONE.keys() <= TOLD
    assert RECIPES


@pytest.fixture(scope="module")
def clone(local_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a clone after `make up`, with uv as people have it, and a curl that fails where the answer does."""
    root = tmp_path_factory.mktemp("clone")
    before = dict(os.environ)
    os.environ["PM_STACK_FILE"] = str(local_stack.file)
    seed(local_stack)
    os.environ.clear()
    os.environ.update(before)
    (root / ".local").mkdir()
    (root / ".local" / "stack.json").symlink_to(local_stack.file)
    (root / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")
    (root / "bin").mkdir()
    uv = root / "bin" / "uv"
    uv.write_text('#!/bin/sh\n[ "$1" = run ] && shift && exec "$@"\n')
    uv.chmod(0o755)
    return root


def typed(text: str, clone: Path) -> tuple[int, str]:
    """What becomes of lines typed into a shell at the root of a clone; `pm tail` is stopped when it tells something."""
    path = os.pathsep.join([str(clone / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PM_"))}
    env |= {"PATH": path, "CURL_HOME": str(clone)}
    shell = subprocess.Popen(
        # Whoever runs the tests in the background has their children ignore Ctrl-C.
        ["env", "--default-signal=INT", "bash", "-euo", "pipefail", "-c", text],
        cwd=clone,
        env=env,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    guard = Timer(PATIENCE, os.killpg, (shell.pid, signal.SIGKILL))
    guard.start()
    shown, is_followed = "", "pm tail" not in text
    with shell, closing(shell.stdout or StringIO()) as output:
        for line in output:
            shown += line
            if not is_followed and not STAMP.fullmatch(line.strip()):
                is_followed = True
                os.killpg(shell.pid, signal.SIGINT)
        code = shell.wait()
    guard.cancel()
    return code, shown


@pytest.mark.stack
@pytest.mark.parametrize("recipe", [*RECIPES, *SENTENCES])
def test_a_recipe_runs_as_it_is_written(clone: Path, recipe: str) -> None:
    """By whoever copies it into a terminal."""
    code, output = typed(recipe, clone)

    sandbox = json.loads((clone / ".local" / "stack.json").read_text())["sandbox_url"]
    httpx.delete(f"{sandbox}/_sandbox/faults", trust_env=False).raise_for_status()
    assert (0, False) == (code, "Traceback" in output), output
