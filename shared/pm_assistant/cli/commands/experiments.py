"""What would be done if we were let, and what is tried: shadow mode and experiments."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import experiment_views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.paths import below
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.cli.times import moment
from pm_assistant.domain.shadow import ShadowReport
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.domain.trials import Experiment

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api


def shadow(target: ApiTarget, since: Since = "14d", as_json: AsJson = False) -> None:
    """What would have been asked and done in shadow mode, and whether people did it; settings shadow=true begins it."""
    with target.api() as api:
        asked = api.get("/v1/shadow", since=moment(since, datetime.now(UTC)).isoformat())
    report = ShadowReport.model_validate(asked)
    show_json(report) if as_json else show(experiment_views.shadow(report))


def list_all(target: ApiTarget, as_json: AsJson = False) -> None:
    """What is and was tried on a part of the conversations, and what has come of it."""
    with target.api() as api:
        experiments = _all(api)
    show_json(experiments) if as_json else show(experiment_views.experiments(experiments))


def start(
    target: ApiTarget,
    kind: Annotated[ActionKind, typer.Argument(help="Of action: comment, create or move.")],
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="On side b, act unasked from so sure on.")
    ] = None,
    ask_from: Annotated[
        float | None, typer.Option("--ask-from", min=0, max=1, help="On side b, ask from here.")
    ] = None,
    share: Annotated[float, typer.Option("--share", min=0.05, max=0.95, help="Of conversations on side b.")] = 0.5,
    days: Annotated[int, typer.Option("--days", min=1, max=180, help="How long conversations are taken in.")] = 28,
) -> None:
    """Try it on side b, a part of the conversations; on side a all is as the settings say."""
    with target.api() as api:
        begun = api.post(
            "/v1/experiments", kind=kind, b={"threshold": threshold, "ask_from": ask_from}, share=share, days=days
        )
    note(f"Begun: experiment {begun['id']}. See what comes of it: pm experiments list")


def stop(target: ApiTarget, id: Annotated[str, typer.Argument(help="Of the experiment.")]) -> None:
    """End an experiment at once; the settings alone count from then on."""
    with target.api() as api:
        stopped = api.post(f"{below('/v1/experiments', id)}/stop")
    note(f"Experiment {stopped['id']} is {stopped['state']}")


def _all(api: "Api") -> list[Experiment]:
    return [Experiment.model_validate(item) for item in api.items("/v1/experiments")]
