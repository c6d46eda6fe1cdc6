"""How the teams' work flows, and when it will be done."""

from typing import Annotated

import typer

from pm_assistant.cli import flow_views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.workflows.flow.show import FlowView, ForecastView
from pm_assistant.workflows.flow.talk import TalkView


def flow(
    target: ApiTarget,
    team: Annotated[str | None, typer.Option(help="Only this team, by key or id.")] = None,
    talk: Annotated[bool, typer.Option("--talk", help="What was talked about, and what nobody answered.")] = False,
    measure: Annotated[bool, typer.Option("--measure", help="Have it measured now.")] = False,
    as_json: AsJson = False,
) -> None:
    """How each team's work flows: weeks, how long things take, what is in progress; nobody is told of."""
    with target.api() as api:
        if measure:
            run = api.post("/v1/workflows/flow", dry_run=False)
            note(f"Measuring is run {run['id']}: follow it with: pm runs")
        if talk:
            said = TalkView.model_validate(api.get("/v1/flow/conversations"))
            return show_json(said) if as_json else show(flow_views.talk(said))
        found = FlowView.model_validate(api.get("/v1/flow", **({"team": team} if team else {})))
    return show_json(found) if as_json else show(flow_views.flow(found))


def forecast(
    target: ApiTarget,
    team: Annotated[str, typer.Argument(help="Key or id of the team.")],
    items: Annotated[int | None, typer.Option(min=1, max=500, help="How many; all that are open if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """When so many items of a team will be done, as a range."""
    with target.api() as api:
        wish = {"team": team} | ({"items": str(items)} if items else {})
        found = ForecastView.model_validate(api.get("/v1/flow/forecast", **wish))
    show_json(found) if as_json else show(flow_views.forecast(found))
