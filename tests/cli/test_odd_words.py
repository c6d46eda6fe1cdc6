"""Whatever somebody types behind a command, they are told in words what is wrong with it."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from pm_assistant.cli.app import app
from pm_assistant.cli.paths import below
from pm_assistant.domain.errors import InvalidRequest
from tests.cli.customers import Customer

ODD = ("", "é漢字", "a\x01b", "..", "-1", "99999999999999999999", "2026-13-45", "x" * 3_000)
ODDEST = ODD[:3]
"""What is tried behind every option."""
APART = {
    "backtest": "waits for what comes of a run",
    "eval": "reads files",
    "login": "asks for a password",
    "operator": "needs a stack",
    "tail": "never ends",
}
"""Commands that are not tried here, and why."""
TRIED_ONCE = {"--api", "--key"}
"""Options that every command has."""


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All commands that do something, with what is typed for them."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, below_it in command.commands.items():
        if name not in APART:
            yield from leaves(below_it, (*path, name))


COMMANDS = dict(leaves(typer.main.get_command(app)))


def typed(path: tuple[str, ...]) -> Iterator[list[str]]:
    """What somebody types who gives each argument, and each option, something odd."""
    parameters = COMMANDS[path].params
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    options = [each for each in parameters if each.param_type_name == "option" and not each.is_flag]
    for odd in ODD:
        if arguments:
            yield [*path, "--", *([odd] * len(arguments))]
        for option in options if odd in ODDEST else ():
            name = max(option.opts, key=len)
            if name not in TRIED_ONCE or path == ("connections",):
                yield [*path, name, odd, "--", *("standup" for each in arguments if each.required)]


OPTIONS = sorted(
    (path, max(option.opts, key=len))
    for path, command in COMMANDS.items()
    for option in command.params
    if option.param_type_name == "option" and not option.is_flag and option.default != ""
)


@pytest.mark.parametrize(
    ("path", "option"), OPTIONS, ids=lambda each: each if isinstance(each, str) else " ".join(each)
)
def test_an_option_that_is_empty_is_not_taken_for_left_out(
    customer: Customer, path: tuple[str, ...], option: str
) -> None:
    """A script's variable that is empty would have the whole channel muted, or everybody's tickets listed."""
    arguments = [each for each in COMMANDS[path].params if each.param_type_name == "argument" and each.required]

    typed_in = [*path, option, "", "--", *("standup" for _ in arguments)]
    ended = CliRunner().invoke(app, typed_in, input="because of that\n")  # what is asked for

    assert 0 != ended.exit_code
    assert [] == customer.asked
    if 1 == ended.exit_code:  # else what was typed cannot be read at all
        assert f"{option} is empty: say what is meant, or leave it out\n" in ended.stderr


@pytest.mark.parametrize("path", sorted(COMMANDS), ids=" ".join)
def test_whatever_is_typed_is_answered_in_words(customer: Customer, path: tuple[str, ...]) -> None:
    """Never by a traceback; what is refused ends with a status, and has a reason."""
    for words in typed(path):
        ended = CliRunner().invoke(app, words)

        assert isinstance(ended.exception, SystemExit | None), (words, ended.exception)
        assert 0 == ended.exit_code or ended.stderr.strip(" .\n"), words


@pytest.mark.parametrize("id", ["", " ", ".", ".."])
def test_what_is_no_id_is_asked_for_nowhere(id: str) -> None:
    """It would lead to whatever is above."""
    with pytest.raises(InvalidRequest):
        below("/v1/rules", id)


def test_an_id_leads_to_nothing_else(customer: Customer) -> None:
    """However it is spelt: another thing of the team's would be meant by nobody."""
    customer.pm("keys", "make", "nightly")
    [listed] = customer.pm("keys", "list", "--json").json

    for path, words in (
        ("/v1/rules/", ["unmute"]),
        ("/v1/runs/", ["backtest", "--run"]),
        ("/v1/finetunes/", ["finetune", "status"]),
        ("/v1/experiments/", ["experiments", "stop"]),
    ):
        assert 1 == customer.pm(*words, f"../keys/{listed['id']}").code
        assert path in customer.asked[-1]

    assert [listed["id"]] == [each["id"] for each in customer.pm("keys", "list", "--json").json]


def test_who_names_nobody_is_asked_for_a_name(customer: Customer) -> None:
    """Everybody's name begins with nothing."""
    answer = customer.pm("person", "")

    assert (1, "say who it is, by name, e-mail or id: pm people lists them\n") == (answer.code, answer.err)


@pytest.mark.parametrize("key", ["é漢字", "a\x01b"])
def test_what_cannot_be_a_key_is_not_sent(customer: Customer, key: str) -> None:
    """It is said which option it is about."""
    answer = customer.pm("connections", "--key", key)

    assert (1, []) == (answer.code, customer.asked)
    assert "--key" in answer.err


def test_what_cannot_be_an_address_is_not_asked(customer: Customer) -> None:
    """It is said which option it is about."""
    answer = customer.pm("connections", "--api", "a\x01b")

    assert (1, True, []) == (answer.code, answer.err.startswith("--api takes an address"), customer.asked)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["reports", "999"], "'number'"),
        (["settings", ""], "say NAME=VALUE"),
        (["mute", "--in", "nowhere"], "no channel nowhere"),
        (["mute", "--in", "C0NO/"], "a thread is named by its first message"),
        (["mute", "--in", "C0NO/abc"], "a thread is named by its first message"),
        (["mute", "--kind", "create", "--until", "soon"], "write an end as 2026-12-01"),
        (["mute", "--kind", "create", "--until", "2020-12-01"], "over already"),
        (["settings", 'channels={"deny":["nowhere"]}'], "no channel nowhere"),
    ],
    ids=" ".join,
)
def test_a_refusal_names_what_was_typed(customer: Customer, words: list[str], named: str) -> None:
    """In the words of the command, not in the API's."""
    answer = customer.pm(*words)

    assert 0 != answer.code
    assert named in answer.err
