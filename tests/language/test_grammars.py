"""How data files tell the words that people use."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from pm_assistant.integrations.offline import elsewhere, progress
from pm_assistant.language import grammars, states
from pm_assistant.language.grammars import lists_in, rules_in
from pm_assistant.language.text import fold

READ_BY = {"elsewhere": elsewhere, "progress": progress, "states": states}


def test_the_lines_of_a_list_are_its_alternatives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whole words, others, and pieces that others are made of."""
    monkeypatch.setattr(grammars, "DATA", tmp_path)
    said = (
        "# What is said.",
        "",
        "part day: today",
        "part day: now",
        "words over: done|fixed",
        "over: 完了",
        "soon: {day}!",
    )
    (tmp_path / "said.txt").write_text("\n".join(said), "utf-8")
    lists = lists_in("said")
    assert {"over": r"\b(?:done|fixed)\b|完了", "soon": "(?:today|now)!"} == {
        name: pattern.pattern for name, pattern in lists.items()
    }


@pytest.mark.parametrize(("name", "read_by"), READ_BY.items())
def test_every_list_is_read(name: str, read_by: ModuleType) -> None:
    """What a file lists beyond that would do nothing."""
    read = {value.pattern for value in vars(read_by).values() if isinstance(value, re.Pattern)}
    assert {pattern.pattern for pattern in lists_in(name).values()} <= read


@pytest.mark.parametrize("name", READ_BY)
def test_what_is_listed_is_folded(name: str) -> None:
    """A capital, an accent or an й would never be found in folded text."""
    listed = [re.sub(r"\\(?:u[0-9a-f]{4}|.)", "", pattern) for _, pattern in rules_in(name)]
    assert [fold(words) for words in listed] == listed
