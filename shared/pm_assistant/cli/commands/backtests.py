"""`pm backtest`: what would have been done, had things been judged otherwise."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pm_assistant.cli import backtest_views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.runs import results_of
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.cli.times import moment
from pm_assistant.domain.backtest import BacktestReport

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api

MostDollars = Annotated[
    float, typer.Option("--most-dollars", min=0.01, help="What the model may cost; then it ends early.")
]


def backtest(  # noqa: PLR0913, each is an option
    target: ApiTarget,
    since: Since = "14d",
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", min=0, max=1, help="Beside today: act unasked from so sure on."),
    ] = None,
    ask_from: Annotated[
        float | None, typer.Option("--ask-from", min=0, max=1, help="Beside today: ask people from so sure on.")
    ] = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="Beside today: tell the model this version.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="Beside today: ask this model.")] = None,
    analyst: Annotated[
        Literal["offline"] | None, typer.Option("--analyst", help="Judge without a model, which costs nothing.")
    ] = None,
    most_dollars: MostDollars = 5.0,
    run: Annotated[str | None, typer.Option("--run", help="Show one that was begun before, by its id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge once more what was said, without acting, and hold it against what people did."""
    options = {
        "threshold": threshold,
        "ask_from": ask_from,
        "prompt": prompt,
        "model": model,
        "analyst": analyst,
        "most_dollars": most_dollars,
    }
    with target.api() as api:
        id = run or _begun(api, since=moment(since, datetime.now(UTC)).isoformat(), **options)
        report = BacktestReport.model_validate(
            results_of(api, id, kind="backtest", what="Judging the conversations")[0]
        )
    show_json(report) if as_json else show(backtest_views.report(report))


def _begun(api: "Api", **options: str | float | None) -> str:
    id: str = api.post("/v1/workflows/backtest", **options)["id"]
    note(f"Begun as run {id}; it goes on if you leave. See it later with: pm backtest --run {id}")
    return id
