"""What would be done if we were let, and what is tried: shadow mode and experiments."""

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Cursor, Id, Limit, Moment, Page, paginate_sorted
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.shadow import ShadowReport
from pm_assistant.domain.trials import Experiment
from pm_assistant.workflows.tenants.experiments import ExperimentRequest, start_experiment, stop_experiment

router = APIGatewayHttpRouter()

LOOKS_BACK = timedelta(days=14)


@router.get("/v1/shadow", **needs(Scope.READ, tag="experiments"))
def show_shadow(
    since: Annotated[Moment | None, Query(description="if left out: two weeks ago")] = None,
) -> ShadowReport:
    """Show what would have been asked and done in shadow mode, and how often people did the same themselves.

    The setting `shadow` turns it on and off; what was logged in it is not asked or done afterwards. A ticket counts as
    moved as soon as it is in that state or further; a comment or a ticket that people wrote, within a week.
    """
    from pm_assistant.workflows.pipeline.shadow import report_on_shadow  # it reads what titles are about

    unit = current_request(router).unit
    return report_on_shadow(since or unit.now() - LOOKS_BACK, unit)


@router.get("/v1/experiments", **needs(Scope.READ, tag="experiments"))
def list_experiments(limit: Limit = 50, cursor: Cursor = "") -> Page[Experiment]:
    """List what is and was tried on a part of the conversations, what began first first.

    Figures are of the last look, once a day. A conversation counts a week after it began, once, by the share of its
    proposals that people approved as they were. `p_value` holds whenever one looks: an experiment is won at 0.05.
    """
    request = current_request(router)
    items, next_cursor = paginate_sorted(
        request.stores.experiments.all(request.tenant_id), lambda each: each.id, cursor=cursor, limit=limit
    )
    return Page(items=tuple(items), next=next_cursor)


@router.post("/v1/experiments", status_code=201, **needs(Scope.ADMIN, 409, tag="experiments"))
def begin_experiment(requested: Annotated[ExperimentRequest, Body()]) -> Experiment:
    """Try on a part of the conversations from where on is asked, or done unasked, for one kind of action.

    One experiment about a kind runs at a time. It ends once a side is better, a guard rail is passed, conversations get
    lost on one side, or a week after its last day; the audit trail says how. Nothing is adopted by itself.
    """
    request = current_request(router)
    experiment = start_experiment(requested, request.unit, id=request.job_id, started_by=request.caller.actor)
    request.note("experiment.started", experiment.id, kind=experiment.kind)
    return experiment


@router.post("/v1/experiments/<experiment_id>/stop", **needs(Scope.ADMIN, 404, 409, tag="experiments"))
def end_experiment(experiment_id: Id) -> Experiment:
    """End an experiment at once; one that is over stays as it is."""
    request = current_request(router)
    experiment = stop_experiment(experiment_id, request.unit)
    request.note("experiment.stopped", experiment.id, state=experiment.state)
    return experiment
