"""`pm backtest`: asked for through the API, waited for, and shown at 80 columns."""

from typing import Any

import pytest

from pm_assistant.cli import runs
from pm_assistant.domain.backtest import BacktestReport, Example, Side, SideReport, Tally
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.tenants import ActionKind
from tests.builders import NOW
from tests.cli.conftest import StackAndTerminal
from tests.cli.test_account import KNOWN, Product, inside, product  # noqa: F401

COMMENTS = Tally(acts=4, asks=8, agreed=6, disagreed=2, acts_agreed=3, missed=3, spared=1)
REPORT = BacktestReport(
    since=NOW,
    conversations=140,
    judged=120,
    refused=2,
    microdollars=1_230_000,
    sides=(
        SideReport.of(Side(tallies={ActionKind.COMMENT: COMMENTS}, judged_by=("offline-9",))),
        SideReport.of(Side(variant=Variant(threshold=0.85), tallies={ActionKind.CREATE: Tally(asks=2)})),
    ),
    examples=(Example(kind=ActionKind.COMMENT, ticket="ENG-1", people="wanted", would=("ask", "nothing")),),
)
RUN: dict[str, Any] = {
    "id": "r-7",
    "kind": "backtest",
    "state": "done",
    "error": None,
    "results": [REPORT.model_dump(mode="json")],
}


@pytest.fixture
def finished(inside: Product, monkeypatch: pytest.MonkeyPatch) -> Product:  # noqa: F811
    """The API, at which a backtest is over as soon as it is begun."""
    monkeypatch.setattr(runs, "PAUSE", 0.0)
    monkeypatch.setitem(KNOWN, "/v1/workflows/backtest", (202, {"id": "r-7"}))
    monkeypatch.setitem(KNOWN, "/v1/runs/r-7", (200, RUN))
    return inside


def test_two_sides_are_shown_in_a_table_of_80_columns(
    terminal: StackAndTerminal, finished: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By kind and in all, with the cost and what is not known."""
    monkeypatch.setenv("COLUMNS", "80")

    shown = terminal.pm("backtest", "--since", "14d", "--threshold", "0.85", "--most-dollars", "2")

    [asked] = [body for method, path, body in finished.asked if path == "/v1/workflows/backtest"]
    assert (0, 0.85, 2.0, None) == (shown.code, asked["threshold"], asked["most_dollars"], asked["analyst"])
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert "Kind Side Unasked Asked Right Wrong Missed Prec. Recall Agreed" == lines[0]
    assert "comment today 4 8 6 2 3 75% 66% 58%" in lines
    assert "from 85% 0 2 0 0 0" in lines
    assert "all today 4 8 6 2 3 75% 66% 58%" in lines
    assert "cost $1.23" in lines
    assert "judged 120 of 140 conversations since 2026-11-20, 2 were refused by the model" in lines
    assert "unasked today: 3 of 3 right, 1 nobody spoke of; from 85%: 0 of 0 right, 0 nobody spoke of" in " ".join(
        lines
    )
    assert "comment ENG-1 wanted ask nothing" in lines
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "pm backtest --run r-7" in shown.err


def test_a_prompt_and_a_model_are_named_by_what_they_are_called(terminal: StackAndTerminal, finished: Product) -> None:
    """They are wishes like any other."""
    terminal.pm("backtest", "--prompt", "v3", "--model", "gpt-5.4")

    [asked] = [body for _, path, body in finished.asked if path == "/v1/workflows/backtest"]
    assert ("v3", "gpt-5.4") == (asked["prompt"], asked["model"])


def test_a_run_of_before_is_shown_again(terminal: StackAndTerminal, finished: Product) -> None:
    """Nothing is begun; programs get all of it."""
    answer = terminal.pm("backtest", "--run", "r-7", "--json")

    assert REPORT == BacktestReport.model_validate(answer.json)
    assert ["/v1/runs/r-7"] == [path for _, path, _ in finished.asked]


@pytest.mark.parametrize(
    ("change", "said"),
    [({"state": "failed", "error": "linear is not connected"}, "linear is not connected"), ({"kind": "sync"}, "sync")],
)
def test_what_has_failed_or_is_no_backtest_ends_in_a_line(
    terminal: StackAndTerminal,
    finished: Product,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    said: str,
) -> None:
    """And with status 1."""
    monkeypatch.setitem(KNOWN, "/v1/runs/r-7", (200, RUN | change))

    answer = terminal.pm("backtest", "--run", "r-7")

    assert (1, True) == (answer.code, said in answer.err)
