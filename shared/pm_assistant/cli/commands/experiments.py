"""What would be done if we were let, and what is tried: shadow mode."""

from datetime import UTC, datetime

from pm_assistant.cli import experiment_views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.terminal import show, show_json
from pm_assistant.cli.times import moment
from pm_assistant.domain.shadow import ShadowReport


def shadow(target: ApiTarget, since: Since = "14d", as_json: AsJson = False) -> None:
    """What would have been asked and done in shadow mode, and whether people did it; settings shadow=true begins it."""
    with target.api() as api:
        report = ShadowReport.model_validate(api.get("/v1/shadow", since=moment(since, datetime.now(UTC)).isoformat()))
    show_json(report) if as_json else show(experiment_views.shadow(report))
