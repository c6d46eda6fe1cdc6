"""`pm eval`: what the product makes of texts in a file."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from pm_assistant.cli.app import app
from tests.cli.customers import Answer
from tests.gold.score import Rate, score
from tests.gold.told import ROWS, TEAMS

ROW: dict[str, Any] = {
    "id": "pr-1",
    "known_team_keys": ["ENG"],
    "known_tickets": ["ENG-1", "ENG-2"],
    "title": "ENG-2: totals",
    "body": "Fixes ENG-1",
    "branch": "ada/totals",
    "base": "main",
    "author_kind": "human",
    "commits": ["totals"],
    "labels": [],
    "merged": True,
    "expect": [{"ticket": "ENG-9", "kind": "closes"}],
    "contradicts": ["ENG-9"],
    "must_not_close": ["ENG-1"],
    "tags": ["plain"],
}
LINKS = {
    "id": "pr-1",
    "links": [{"ticket": "ENG-1", "kind": "closes"}, {"ticket": "ENG-2", "kind": "contributes"}],
    "contradicts": [],
}


def pm_eval(folder: Path, content: str | bytes, *, out: str = "out.jsonl") -> tuple[Answer, list[Any]]:
    """Run `pm eval links` on a file, and read what it wrote."""
    file, written = folder / "in.jsonl", folder / out
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = CliRunner().invoke(app, ["eval", "links", str(file), "--out", str(written)])
    rows = [json.loads(line) for line in written.read_text().splitlines()] if written.is_file() else []
    return Answer(result.exit_code, result.stdout, result.stderr), rows


def test_links_are_written_a_row_each_and_labels_are_no_input(tmp_path: Path) -> None:
    """What somebody expects of a row has no say in what is read."""
    revert = ROW | {"id": 2, "title": 'Revert "ENG-2: totals"', "body": None, "labels": [{"name": "hot"}]}

    answer, rows = pm_eval(tmp_path, "\ufeff" + json.dumps(ROW) + "\r\n\n" + json.dumps(revert))

    assert (0, "2 read\n") == (answer.code, answer.err)
    assert [
        LINKS,
        {"id": 2, "links": [{"ticket": "ENG-2", "kind": "mentions"}], "contradicts": ["ENG-2"]},
    ] == rows


def test_what_a_row_does_not_say_is_empty(tmp_path: Path) -> None:
    """Only who it is, what tickets there are and a title are needed."""
    needed = {name: ROW[name] for name in ("id", "known_team_keys", "known_tickets", "title")}
    _, rows = pm_eval(tmp_path, json.dumps(needed))
    assert [{"id": "pr-1", "links": LINKS["links"][1:], "contradicts": []}] == rows


def test_a_bad_row_is_named_by_line_and_field_and_the_others_are_done(tmp_path: Path) -> None:
    """It is left out of what is written, its text is not repeated, and the status says so."""
    bad = [
        json.dumps(ROW | {"author_kind": "a secret", "commits": "x"}),
        "[]",
        '{"id": "cut',
        json.dumps({"id": "pr-4"}),
        "[" * 100_000,
    ]

    lines = [*(row.encode() for row in bad), b'{"id": "\xff"}', json.dumps(ROW).encode()]
    answer, rows = pm_eval(tmp_path, b"\n".join(lines))

    assert 1 == answer.code
    assert [LINKS] == rows
    assert "a secret" not in answer.err
    first, *others = answer.err.splitlines()
    assert first.startswith("line 1: author_kind: Input should be 'human'")
    assert "commits: " in first
    assert [
        "line 2: this is no JSON object",
        "line 3: this is no JSON",
        "line 4: title: Field required; known_team_keys: Field required; known_tickets: Field required",
        "line 5: this is no JSON",
        "line 6: this is no JSON",
        "1 read",
        "6 could not be read",
    ] == others


def test_a_file_that_is_not_there_is_said_in_a_line(tmp_path: Path) -> None:
    """So is a place that cannot be written to."""
    missing = CliRunner().invoke(app, ["eval", "links", str(tmp_path / "none"), "--out", str(tmp_path / "out")])
    assert (1, f"{tmp_path}/none cannot be read: No such file or directory\n") == (missing.exit_code, missing.stderr)
    answer, _ = pm_eval(tmp_path, json.dumps(ROW), out="no/out")
    assert (1, f"{tmp_path}/no/out cannot be written: No such file or directory\n") == (answer.code, answer.err)


[KILN] = [team for team in TEAMS if team["id"] == "kiln"]
OF_KILN = [row for row in ROWS if row["team"] == "kiln"]


def pm_gold(
    folder: Path, *rows: dict[str, Any], teams: object = (KILN,), mode: str = "propose"
) -> tuple[Answer, list[Any]]:
    """Run `pm eval gold` on rows, and read what it wrote."""
    (folder / "teams.json").write_text(json.dumps(teams))
    (folder / "conversations.jsonl").write_text("\n".join(map(json.dumps, rows)))
    out = folder / "out.jsonl"
    result = CliRunner().invoke(app, ["eval", "gold", str(folder), "--out", str(out), "--mode", mode])
    written = [json.loads(line) for line in out.read_text().splitlines()] if out.is_file() else []
    return Answer(result.exit_code, result.stdout, result.stderr), written


def test_told_conversations_are_judged_and_their_orders_obeyed_exactly(tmp_path: Path) -> None:
    """A first day only asks, and orders are done; of guests, bots, quotations and unknown tickets none is."""
    answer, rows = pm_gold(tmp_path, *OF_KILN)

    assert (0, f"{len(OF_KILN)} read\n") == (answer.code, answer.err)
    found = score(OF_KILN, rows)
    orders = sum(row["expect"]["kind"] == "order" for row in OF_KILN)
    assert (Rate(orders, orders), Rate(1, 1), Rate(1, 1)) == (found.orders, found.moves, found.new_work)
    told = {row["id"]: row["proposals"] for row in rows}
    assert {"asked"} == {each["would"] for each in told["kiln-move"]}
    assert {("ignore", "logged", "refuse")} == {
        (each["kind"], each["would"], each["action"]) for each in told["kiln-order-of-a-guest"]
    }


def test_an_order_in_a_channel_may_be_about_the_burst_before_it_which_is_then_not_asked_about(tmp_path: Path) -> None:
    """Nothing but the ticket that was ordered is done or asked."""
    lines = [
        {"user": "otto", "text": "The wholesale price list shows last year's prices, customers complain", "minutes": 0},
        {"user": "otto", "text": "<@UPM> please open a ticket for this", "minutes": 6},
    ]
    row = {"id": 1, "team": "kiln", "channel": "dev", "lines": lines}
    [told] = pm_gold(tmp_path, row)[1]
    open_still = [(each["kind"], each["order"]) for each in told["proposals"] if each["would"] != "logged"]
    assert [("create", True)] == open_still
    [before] = pm_gold(tmp_path, row | {"lines": lines[:1]})[1]
    assert "asked" in {each["would"] for each in before["proposals"]}


def test_what_is_sure_is_done_where_the_rules_let_us(tmp_path: Path) -> None:
    """In the other mode."""
    _, [row] = pm_gold(tmp_path, *(row for row in OF_KILN if row["id"] == "kiln-move"), mode="auto")
    assert {("comment", "KLN-4", "done"), ("move", "KLN-4", "done")} == {
        (each["kind"], each["ticket"], each["would"]) for each in row["proposals"]
    }


def test_what_is_expected_of_a_conversation_is_no_input(tmp_path: Path) -> None:
    """Nor is what stands beside it."""
    bare = [{name: part for name, part in row.items() if name not in {"expect", "tags"}} for row in OF_KILN]
    assert pm_gold(tmp_path, *OF_KILN)[1] == pm_gold(tmp_path, *bare)[1]


def test_a_conversation_that_cannot_be_read_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    """As with any file; without its teams none can."""
    answer, rows = pm_gold(tmp_path, OF_KILN[0] | {"team": "nobody"}, OF_KILN[0])
    assert (1, 1) == (answer.code, len(rows))
    assert answer.err.startswith("there is no team nobody")
    lost = [KILN | {"states": KILN["states"][:2]}]
    assert "kiln has no state In Progress" in pm_gold(tmp_path, OF_KILN[0], teams=lost)[0].err
