"""`pm` itself: which version it is, and what a shell may complete."""

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from pm_assistant.cli.app import app


def test_it_says_its_version() -> None:
    """That of the package it came in."""
    answer = CliRunner().invoke(app, ["--version"])

    assert (0, f"{version('pm-assistant')}\n") == (answer.exit_code, answer.stdout)


@pytest.mark.parametrize(("typed", "completed"), [("pm op", "operator"), ("pm operator ro", "rotate-key")])
def test_a_shell_can_complete_commands(typed: str, completed: str) -> None:
    """Those of a group as well."""
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}

    answer = CliRunner().invoke(app, env={"_PM_COMPLETE": "complete_bash", **words}, prog_name="pm")

    assert completed == answer.stdout.strip()
