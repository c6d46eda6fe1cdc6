"""What people's answers have earned us."""

from typing import Annotated

import typer

from pm_assistant.cli import autonomy_views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.workflows.pipeline.trust import Autonomy


def autonomy(
    target: ApiTarget,
    fit: Annotated[bool, typer.Option("--fit", help="Have confidences fitted to the answers now.")] = False,
    as_json: AsJson = False,
) -> None:
    """How right people have found us, kind by kind, and what that allows where the rule says earned."""
    with target.api() as api:
        if fit:
            run = api.post("/v1/workflows/calibrate", dry_run=False)
            note(f"Fitting them is run {run['id']}: follow it with: pm runs")
        found = Autonomy.model_validate(api.get("/v1/autonomy"))
    show_json(found) if as_json else show(autonomy_views.autonomy(found))
