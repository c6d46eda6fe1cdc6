"""Whatever an operator types behind a command, they are told in words what is wrong with it."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from pm_assistant.cli.app import app
from pm_assistant.cli.operator import operator
from tests.builders import ACME
from tests.cli.conftest import StackAndTerminal
from tests.cli.test_odd_words import ODD, ODDEST, leaves
from tests.cli.whole_stack import WholeStack

NUMBERS = ("nan", "inf", "1e400")
SENSIBLE = {"id": ACME, "team": "8", "business": "16", "reason": "unpaid", "copy": "copy"}
"""What is typed where nothing odd is, by the name of the parameter."""
FREE = {"--name", "--reason"}
"""Options that take any words that can be read."""
AT_AWS = {"--profile", "--region"}
COMMANDS = dict(leaves(typer.main.get_command(operator), ("operator",)))


def typed(path: tuple[str, ...]) -> Iterator[list[str]]:
    """What somebody types who gives each argument, and each option, something odd."""
    arguments = [each for each in COMMANDS[path].params if each.param_type_name == "argument"]
    options = [each for each in COMMANDS[path].params if each.param_type_name == "option" and not each.is_flag]
    for odd in (*ODD, *NUMBERS) if arguments else ():
        yield [*path, *_needed(options), "--", *([odd] * len(arguments))]
    for option in options:
        name = max(option.opts, key=len)
        stack = ["--stack", "pm"] if name in AT_AWS else []
        rest = [*_needed(each for each in options if each is not option), *stack]
        for odd in ODDEST:
            yield [*path, *rest, name, odd, "--", *(SENSIBLE[each.name] for each in arguments if each.required)]


def _needed(options: Any) -> list[str]:
    return [word for each in options if each.required for word in (max(each.opts, key=len), SENSIBLE[each.name])]


@pytest.mark.parametrize("path", sorted(COMMANDS), ids=" ".join)
def test_whatever_an_operator_types_is_refused_in_words(
    whole: WholeStack, clean_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...]
) -> None:
    """Never by a traceback, and never taken as if nothing had been typed."""
    monkeypatch.setattr("pm_assistant.cli.commands.doctor.time.sleep", whole.wait)
    before = dict(os.environ)
    for words in typed(path):
        clean_process()
        ended = CliRunner().invoke(app, words, env=before)

        assert isinstance(ended.exception, SystemExit | None), (words, ended.exception)
        assert 0 != ended.exit_code or FREE.intersection(words), words
        assert ended.output.strip(" .\n"), words


@pytest.mark.parametrize("option", ["--profile", "--region", "--stack", "--tenant"])
@pytest.mark.parametrize("word", ["", " ", "a\x1b[1m"])
def test_a_word_that_names_nothing_is_not_taken_for_left_out(
    terminal: StackAndTerminal, option: str, word: str
) -> None:
    """A script's variable that is empty would mean another account, or another team."""
    answer = terminal.pm("operator", "status", option, word)

    assert (1, "") == (answer.code, answer.out)
    assert answer.err.startswith(f"{option} ")


@pytest.mark.parametrize("words", [["dlq", "list"], ["dlq", "redrive"], ["migrate"], ["rotate-key"]], ids=" ".join)
def test_what_is_about_all_teams_takes_no_team(terminal: StackAndTerminal, words: list[str]) -> None:
    """Whoever names one would have it done for all of them."""
    assert 2 == terminal.pm("operator", *words, "--tenant", ACME).code


def test_no_dead_letter_is_chosen_by_nothing(terminal: StackAndTerminal) -> None:
    """Everything begins with nothing, and the only one would go again."""
    terminal.dead_letters("actions").park("{}", group=ACME, error="E", cause="c", attempts=6)

    assert 1 == terminal.pm("operator", "dlq", "redrive", "").code
    assert 1 == len(terminal.pm("operator", "dlq", "list", "--json").json)


def test_what_a_team_that_is_not_there_said_is_not_looked_for(terminal: StackAndTerminal) -> None:
    """That nothing was sent would be told as if it had said nothing."""
    assert (1, "no such tenant\n") == (
        (answer := terminal.pm("operator", "rejudge", "--tenant", "nobody")).code,
        answer.err,
    )


def test_a_copy_that_is_not_there_is_named(terminal: StackAndTerminal) -> None:
    """In the operator's words, not in DynamoDB's."""
    answer = terminal.pm("operator", "restore", "--from", "copy", "--tenant", "gone")

    assert (1, "There is no table copy\n") == (answer.code, answer.err)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["grant", ACME], "--trial-until"),
        (["grant", ACME, "--invoice", "team"], "--invoice takes"),
        (["rotate-key", "--former", "nope"], "--former: KMS shows no key nope"),
        (["doctor", "--mail-to", "foo"], "--mail-to takes an e-mail address"),
        (["stripe-products", "8", "16", "--currency", "euro"], "--currency takes three letters"),
    ],
    ids=" ".join,
)
def test_a_refusal_names_the_option(terminal: StackAndTerminal, words: list[str], named: str) -> None:
    """As it is typed."""
    answer = terminal.pm("operator", *words)

    assert 1 == answer.code
    assert named in answer.err
