"""`pm eval binary` and `pm eval cluster`: what the product makes of sets that others have labelled."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pm_assistant.cli.app import app
from pm_assistant.integrations.offline.requests import requested
from pm_assistant.integrations.offline.resolved import resolved
from tests.cli.conftest import Answer


def pm_eval(kind: str, folder: Path, items: Sequence[Any]) -> tuple[Answer, list[Any]]:
    """Run `pm eval` on a set of these items, and read what it wrote."""
    (folder / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")
    written = folder / "out.jsonl"
    result = CliRunner().invoke(app, ["eval", kind, str(folder), "--out", str(written)])
    rows = [json.loads(line) for line in written.read_text().splitlines()]
    return Answer(result.exit_code, result.stdout, result.stderr), rows


def test_what_is_asked_of_a_text_shows_in_its_row(tmp_path: Path) -> None:
    """With what was said before: whether a question has ended; a dialogue is judged by its first message."""
    items: list[dict[str, Any]] = [
        {"id": "sentence", "text": "Please send me the file.", "label": 0},
        {"id": "dialogue", "text": "ada: hi\nbob: hello", "first_message": "Can you send me the file?", "label": 0},
        {"id": "first", "text": "Thanks, that works!", "previous": ""},
        {"id": "later", "text": "Thanks, that works!", "previous": "Try again."},
    ]
    answer, rows = pm_eval("binary", tmp_path, items)

    assert (0, "4 read\n") == (answer.code, answer.err)
    assert {
        "sentence": requested("Please send me the file."),
        "dialogue": requested("Can you send me the file?"),
        "first": resolved("Thanks, that works!", opens=True),
        "later": resolved("Thanks, that works!", previous="Try again."),
    } == pytest.approx({row["id"]: row["score"] for row in rows}, abs=1e-6)


def test_a_pause_ends_a_conversation_and_channels_are_apart(tmp_path: Path) -> None:
    """As in the product two minutes; who has no clock spoke with the one before, and midnight is no step back."""
    said = [
        ("a", "one", "23:58"), ("b", "one", "23:59"), ("c", "one", "?"), ("d", "one", "00:00:30"),
        ("e", "one", "00:03"), ("f", "one", "09:00"), ("g", "two", "09:00"),
    ]  # fmt: skip
    items = [{"id": id, "block": block, "time": time, "author": "ada", "text": "hi"} for id, block, time in said]
    answer, rows = pm_eval("cluster", tmp_path, items)

    assert 0 == answer.code
    expected = {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e", "f": "f", "g": "g"}
    assert expected == {row["id"]: row["cluster"] for row in rows}


def test_a_row_that_cannot_be_read_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    """The status says so."""
    answer, rows = pm_eval("binary", tmp_path, [{"text": "hi"}, {"id": "1", "text": "hi"}])

    assert (1, ["1"]) == (answer.code, [row["id"] for row in rows])
    assert ["line 1: id: Field required", "1 read", "1 could not be read"] == answer.err.splitlines()
