"""`pm finetune`: train the model that judges on what the team has answered."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pm_assistant.cli import backtest_views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import FineTuned
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.cli.times import moment

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
        tuned = FineTuned.model_validate(api.get(f"/v1/finetunes/{run}"))
    show_json(tuned) if as_json else show(backtest_views.finetuned(tuned))


def _begin(target: ApiTarget, since: str, *, dry_run: bool) -> None:
    with target.api() as api:
        begun = api.post("/v1/finetunes", dry_run=dry_run, since=moment(since, datetime.now(UTC)).isoformat())
    note(f"Begun as run {begun['id']}. See how far it is: pm finetune status {begun['id']}")
