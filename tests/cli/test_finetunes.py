"""`pm finetune`: through the API."""

from typing import Any

import pytest

from pm_assistant.cli import runs
from pm_assistant.domain.backtest import AdoptionReport
from tests.cli.conftest import StackAndTerminal
from tests.cli.test_account import KNOWN, Product, inside, product  # noqa: F401
from tests.cli.test_backtests import REPORT

TUNED = {
    "run_id": "r-9",
    "state": "done",
    "error": None,
    "trained_on": 212,
    "held_out": 53,
    "held_out_since": "2026-11-20T09:30:00Z",
    "training": "succeeded",
    "base": "gpt-4o-mini",
    "model": "ft:gpt-4o-mini:us",
    "urls": ["https://archives.test/train", "https://archives.test/held-out"],
}


@pytest.fixture
def finished(inside: Product, monkeypatch: pytest.MonkeyPatch) -> Product:  # noqa: F811
    """The API, at which a fine-tuning is over as soon as it is begun."""
    monkeypatch.setitem(KNOWN, "/v1/finetunes", (202, {"id": "r-9"}))
    monkeypatch.setitem(KNOWN, "/v1/finetunes/r-9", (200, TUNED))
    return inside


@pytest.mark.parametrize(("verb", "dry_run"), [("export", True), ("start", False)])
def test_files_are_written_and_a_model_trained_only_if_told_so(
    terminal: StackAndTerminal, finished: Product, verb: str, dry_run: bool
) -> None:
    """The answer says how to look at it."""
    answer = terminal.pm("finetune", verb, "--since", "30d")

    [(method, path, body)] = finished.asked
    assert (0, "POST", "/v1/finetunes", dry_run) == (answer.code, method, path, body["dry_run"])
    assert "pm finetune status r-9" in answer.err


def test_how_far_one_is_tells_its_model_and_files(terminal: StackAndTerminal, finished: Product) -> None:
    """For people and for programs."""
    shown = terminal.pm("finetune", "status", "r-9").out

    for part in ("212 conversations to train on, 53 held out", "succeeded, on gpt-4o-mini", "ft:gpt-4o-mini:us"):
        assert part in shown
    assert "https://archives.test/held-out" in shown
    assert 212 == terminal.pm("finetune", "status", "r-9", "--json").json["trained_on"]
    assert finished.asked


@pytest.mark.parametrize(("refusal", "code", "said"), [(None, 0, "Now judged by ft:1"), ("it agrees less", 1, "less")])
def test_a_model_is_adopted_or_refused_with_the_numbers(
    terminal: StackAndTerminal,
    finished: Product,
    monkeypatch: pytest.MonkeyPatch,
    refusal: str | None,
    code: int,
    said: str,
) -> None:
    """The table of the comparison stands above either."""
    report = AdoptionReport(**dict(REPORT), model="ft:1", refusal=refusal)
    run: Any = {"id": "r-10", "kind": "adopt-model", "state": "done", "results": [report.model_dump(mode="json")]}
    monkeypatch.setattr(runs, "PAUSE", 0.0)
    monkeypatch.setitem(KNOWN, "/v1/finetunes/r-9/adopt", (202, {"id": "r-10"}))
    monkeypatch.setitem(KNOWN, "/v1/runs/r-10", (200, run))

    answer = terminal.pm("finetune", "adopt", "r-9", "--most-dollars", "2")

    assert (code, True, True) == (answer.code, said in answer.err, "Agreed" in answer.out)
    assert ("POST", "/v1/finetunes/r-9/adopt", {"dry_run": False, "most_dollars": 2.0}) == finished.asked[0]


def test_an_adopted_model_is_dropped(
    terminal: StackAndTerminal, finished: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody's judges again."""
    monkeypatch.setitem(KNOWN, "/v1/finetunes/adopted", (200, {}))

    answer = terminal.pm("finetune", "drop")

    assert (0, [("DELETE", "/v1/finetunes/adopted", None)]) == (answer.code, finished.asked)
