"""What people type behind `/pm` is one of what there is, in the languages of orders; all else is helped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.language.commands import WORDS, Command, read_command

LANGUAGES = 11


@pytest.mark.parametrize("command", Command)
def test_each_command_has_a_word_in_each_language(command: Command) -> None:
    """In all eleven in which orders are read, and means the same in each."""
    words = [word.strip() for word in WORDS[command].split(",")]
    assert len(words) >= LANGUAGES - 2, "two languages may share a word"
    assert {command} == {read_command(word) for word in words}


def test_no_word_means_two_things() -> None:
    """Or it would depend on who reads it."""
    words = [word.strip() for listed in WORDS.values() for word in listed.split(",")]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Command.HELP),
        ("  ToDay! ", Command.TODAY),
        ("AUJOURD\u2019HUI", Command.TODAY),
        ("R\u00dcCKG\u00c4NGIG", Command.UNDO),
        ("ru\u0308ckga\u0308ngig", Command.UNDO),
        ("undo the release", Command.HELP),
        ("\uff35\uff2e\uff24\uff2f", Command.UNDO),
    ],
)
def test_how_it_is_written_does_not_matter(typed: str, meant: Command) -> None:
    """Case, spaces, accents in parts and wide letters; but a longer sentence is no command."""
    assert meant is read_command(typed)


@given(st.text())
def test_whatever_is_typed_is_read(typed: str) -> None:
    """And read the same with other spaces around it."""
    assert read_command(typed) is read_command(f"  {typed}\t")
