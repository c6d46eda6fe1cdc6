"""`pm finetune`: train the model that judges on what the team has answered."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pm_assistant.cli import backtest_views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.commands.backtests import MostDollars
from pm_assistant.cli.models import FineTuned
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.paths import below
from pm_assistant.cli.runs import results_of
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.cli.times import moment
from pm_assistant.domain.backtest import AdoptionReport
from pm_assistant.domain.errors import Conflict

RunId = Annotated[str, typer.Argument(metavar="RUN", help="Of the fine-tuning, as pm runs shows it.")]


def export(target: ApiTarget, since: Since = "90d") -> None:
    """Have the training file and the held-out file written; nothing leaves for the vendor."""
    _begin(target, since, dry_run=True)


def start(target: ApiTarget, since: Since = "90d") -> None:
    """Have them written, and a model trained on the former; it takes hours and costs money."""
    _begin(target, since, dry_run=False)


def status(target: ApiTarget, run: RunId, as_json: AsJson = False) -> None:
    """How far one is, and where its files are."""
    with target.api() as api:
        tuned = FineTuned.model_validate(api.get(below("/v1/finetunes", run)))
    show_json(tuned) if as_json else show(backtest_views.finetuned(tuned))


def adopt(
    target: ApiTarget,
    run: RunId,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the numbers, and change nothing.")] = False,
    most_dollars: MostDollars = 5.0,
    as_json: AsJson = False,
) -> None:
    """Have the trained model judge, if it is better than today's on what it was not trained on; shows the numbers."""
    with target.api() as api:
        begun = api.post(f"{below('/v1/finetunes', run)}/adopt", dry_run=dry_run, most_dollars=most_dollars)
        report = AdoptionReport.model_validate(
            results_of(api, begun["id"], kind="adopt-model", what="Judging the answers")[0]
        )
    show_json(report) if as_json else show(backtest_views.report(report))
    if report.refusal:
        raise Conflict(f"Not adopted: {report.refusal}")
    note(f"{'It would be' if dry_run else 'Now'} judged by {report.model}")


def drop(target: ApiTarget) -> None:
    """Have everybody's model judge again instead of the one that was adopted."""
    with target.api() as api:
        api.delete("/v1/finetunes/adopted")
    note("Judged by everybody's model again")


def _begin(target: ApiTarget, since: str, *, dry_run: bool) -> None:
    with target.api() as api:
        begun = api.post("/v1/finetunes", dry_run=dry_run, since=moment(since, datetime.now(UTC)).isoformat())
    note(f"Begun as run {begun['id']}. See how far it is: pm finetune status {begun['id']}")
