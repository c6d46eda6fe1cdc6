"""Texts of pull requests, hard ones, as `pm eval links` reads them: a ticket is closed only where that is meant."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pm_assistant.cli.app import app

FILE = Path(__file__).with_name("pull_requests.jsonl")
ROWS: Mapping[str, Mapping[str, Any]] = {row["id"]: row for row in map(json.loads, FILE.read_text().splitlines())}
PRECISION, RECALL = 0.99, 0.95


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """What the command wrote, by row."""
    out = tmp_path_factory.mktemp("links") / "out.jsonl"
    result = CliRunner().invoke(app, ["eval", "links", str(FILE), "--out", str(out)])
    assert 0 == result.exit_code
    return {row["id"]: row for row in map(json.loads, out.read_text().splitlines())}


def _closed(links: Sequence[Mapping[str, str]]) -> Iterator[str]:
    return (link["ticket"] for link in links if link["kind"] == "closes")


def test_nearly_all_that_is_closed_is_meant_and_nearly_all_that_is_meant_is_closed(
    read: Mapping[str, Mapping[str, Any]],
) -> None:
    """Precision counts more: a ticket that stays open is noticed, one that is closed by mistake is not."""
    said = {(id, ticket) for id, row in read.items() for ticket in _closed(row["links"])}
    meant = {(id, ticket) for id, row in ROWS.items() for ticket in _closed(row["expect"])}
    precision, recall = len(said & meant) / len(said), len(said & meant) / len(meant)
    assert precision >= PRECISION, f"{precision:.3f}; closed by mistake: {sorted(said - meant)}"
    assert recall >= RECALL, f"{recall:.3f}; not closed: {sorted(meant - said)}"


@pytest.mark.parametrize("id", sorted(id for id, row in ROWS.items() if row["contradicts"] or "copies" in row["tags"]))
def test_no_revert_and_no_copy_closes_and_a_revert_names_what_it_takes_back(
    id: str, read: Mapping[str, Mapping[str, Any]]
) -> None:
    """However the words that it repeats sound."""
    assert ([], ROWS[id]["contradicts"]) == ([*_closed(read[id]["links"])], read[id]["contradicts"])
