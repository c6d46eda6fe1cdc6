"""`pm eval match`, `binary` and `cluster`: what the product makes of sets that others have labelled."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pm_assistant.cli.app import app
from pm_assistant.cli.commands.benchmarks import ASKS
from pm_assistant.cli.matching import MatchingSet
from pm_assistant.integrations.offline.requests import requested
from pm_assistant.integrations.offline.resolved import resolved
from tests.cli.customers import Answer


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


def a_set(folder: Path) -> Path:
    """A matching set in which two people speak of two tickets, each in a thread."""
    day = 86_400
    tickets = [
        {"id": f"T{n}", "title": title, "description": "", "opened_at": n * day, "author": who, "kind": "pr"}
        for n, title, who in ((1, "Round invoices to cents", "ada"), (2, "Dark theme for the dashboard", "bob"))
    ]
    said = [
        (3, "ada", "the cents of an invoice are wrong again", "one", "T1"),
        (4, "bob", "the dashboard is far too bright at night", "two", None),
        (5, "cyd", "still nobody rounds those invoices", "three", "T1"),
    ]
    messages = [
        {"id": f"m{at}", "ts": at * day, "author": who, "text": text, "thread": thread, "ticket_id": ticket_id}
        for at, who, text, thread, ticket_id in said
    ]
    open_by_day = [{"day": f"1970-01-{n + 1:02d}", "open": [t["id"] for t in tickets][: n - 1]} for n in range(2, 7)]
    files: dict[str, list[dict[str, Any]]] = {
        "tickets": tickets,
        "messages": messages,
        "conversations": [],
        "open_by_day": open_by_day,
    }
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def matched(folder: Path, *options: str) -> dict[str, Any]:
    """What `pm eval match` writes, by item."""
    written = folder / "out.jsonl"
    result = CliRunner().invoke(app, ["eval", "match", str(folder), "--out", str(written), *options])
    assert (0, "3 read\n") == (result.exit_code, result.stderr)
    return {row["message_id"]: row for row in map(json.loads, written.read_text().splitlines())}


def test_each_item_is_matched_with_what_was_open_by_then(tmp_path: Path) -> None:
    """Best first; how likely the best is, and how likely that it is about any."""
    found = matched(a_set(tmp_path))
    assert [["T1", "T2"], ["T2", "T1"]] == [found[id]["ranking"] for id in ("m3", "m4")]
    assert all(0 < row["score"] <= row["tracked_score"] <= 1 for row in found.values())


def test_a_folder_that_is_no_matching_set_is_refused_by_what_it_lacks(tmp_path: Path) -> None:
    """In a line, as any file that is not there."""
    result = CliRunner().invoke(app, ["eval", "match", str(tmp_path), "--out", str(tmp_path / "out.jsonl")])
    assert (1, True) == (result.exit_code, "tickets.jsonl cannot be read" in result.stderr)


def test_a_label_tells_only_what_was_asked_and_right(tmp_path: Path) -> None:
    """What is judged before the answer is as without one; what comes after is surer of the ticket confirmed."""
    folder = a_set(tmp_path)
    without, answered = matched(folder), matched(folder, "--feedback", "confirmed")
    assert without["m3"] == answered["m3"]
    assert without["m3"]["score"] >= ASKS
    assert without["m5"]["score"] < answered["m5"]["score"]
    rows = [json.loads(line) for line in (folder / "messages.jsonl").read_text().splitlines()]
    unlabelled = "".join(json.dumps(row | {"ticket_id": None}) + "\n" for row in rows)
    (folder / "messages.jsonl").write_text(unlabelled, "utf-8")
    assert without == matched(folder) == matched(folder, "--feedback", "confirmed")


def test_what_is_said_is_counted_once_though_a_set_has_it_twice(tmp_path: Path) -> None:
    """By itself and in its conversation: the product counts what was said since it heard a conversation last."""
    folder = a_set(tmp_path)
    row = json.loads((folder / "messages.jsonl").read_text().splitlines()[0])
    author = row.pop("author")
    text = f"{author}: {row['text']}\ncyd: the receipts, too"
    conversation = {**row, "id": "c3", "ts": row["ts"] + 9, "authors": [author, "cyd"], "text": text}
    (folder / "conversations.jsonl").write_text(json.dumps(conversation) + "\n", "utf-8")
    matching_set = MatchingSet(folder)
    assert 4 == len(list(matching_set))

    counts = matching_set._words
    assert (4, 2, 1, 1) == (counts.conversations, *map(counts.of, ("invoic", "cent", "receipt")))


@pytest.mark.parametrize(
    ("author", "text", "likeliest", "label", "is_asked"),
    [("ada", "the cents of an invoice are wrong again", "T1", "T2", True), ("eve", "what a day", "T2", "T2", False)],
    ids=["no", "not asked"],
)
def test_who_says_no_or_is_not_asked_tells_nothing(
    author: str, text: str, likeliest: str, label: str, is_asked: bool, tmp_path: Path
) -> None:
    """Which ticket it was instead nobody has said, though the label knows it."""
    folder = a_set(tmp_path)
    first, *others = (json.loads(line) for line in (folder / "messages.jsonl").read_text().splitlines())
    rows = [first | {"author": author, "text": text, "ticket_id": label}, *others]
    (folder / "messages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    without = matched(folder)

    assert (is_asked, likeliest) == (without["m3"]["score"] >= ASKS, without["m3"]["ranking"][0])
    assert without == matched(folder, "--feedback", "confirmed")
