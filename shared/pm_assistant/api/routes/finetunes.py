"""Training the model that judges on what the team has answered."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field

from pm_assistant.api.context import RequestContext, current_request, needs
from pm_assistant.api.paging import Moment
from pm_assistant.api.routes.backtests import MostDollars
from pm_assistant.api.routes.runs import RunSummary, start
from pm_assistant.api.routes.tenant import TenantSummary
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.finetuning import NO_CONSENT, FineTuneReport, TrainingState
from pm_assistant.domain.jobs import DEFAULT_COST, Backtest, Job, JobKind, JobState, Order
from pm_assistant.domain.model import Model
from pm_assistant.domain.spending import DOLLAR
from pm_assistant.workflows.tenants.model import change_model

router = APIGatewayHttpRouter()


class FineTuneRequest(Model):
    """What is to be trained on."""

    dry_run: bool = Field(default=True, description="write the files, and train nothing")
    since: Moment | None = Field(default=None, description="how far back to look; 90 days if left out")


class FineTune(Model):
    """A fine-tuning, and where its files can be had."""

    run_id: str
    state: JobState
    error: str | None
    trained_on: int | None = Field(description="how many conversations are in the training file, once it is written")
    held_out: int | None = Field(description="how many are in the other, which is never uploaded")
    held_out_since: AwareDatetime | None = Field(description="what was asked from then on is held out")
    training: TrainingState | None = Field(description="how far the training is; none where none was asked for")
    base: str | None = Field(description="the model that is trained further")
    model: str | None = Field(description="what came of it, once the training has succeeded")
    urls: tuple[str, ...] = Field(description="of the files, good for fifteen minutes; the training file first")


@router.post("/v1/finetunes", status_code=202, **needs(Scope.OWNER, 400, tag="finetunes"))
def begin_finetune(requested: Annotated[FineTuneRequest, Body()]) -> Response[RunSummary]:
    """Have a training file written of what the team has answered, and unless it is a dry run, a model trained on it.

    Only if the setting `training_consent` is on. The file has what the model was asked and what people wanted, of
    public channels alone; e-mail addresses, telephone numbers, links, secrets and people's names and ids are replaced.
    What was asked last is held out. What is uploaded is deleted when the training is over, or the consent ends.
    """
    request = current_request(router)
    if not request.tenant.settings.training_consent:
        raise Forbidden(NO_CONSENT)
    if requested.since is not None and requested.since > request.now:
        raise InvalidRequest("it is yet to come", field="since")
    return start(request, Order(kind=JobKind.FINETUNE, dry_run=requested.dry_run, since=requested.since))


@router.get("/v1/finetunes/<finetune_id>", **needs(Scope.OWNER, 404, tag="finetunes"))
def show_finetune(finetune_id: Annotated[str, Path()]) -> FineTune:
    """Show how far a fine-tuning is, with links to its files, which are kept for a week."""
    request = current_request(router)
    job = _finetune(finetune_id, request)
    report = report_of(job)
    training = report.training if report else None
    archives = request.unit.archives
    return FineTune(
        run_id=job.id,
        state=job.state,
        error=job.error,
        trained_on=report.trained_on if report else None,
        held_out=report.held_out if report else None,
        held_out_since=report.held_out_since if report else None,
        training=training.state if training else None,
        base=training.base if training else None,
        model=training.model if training else None,
        urls=tuple(archives.download_url(request.tenant_id, name) for name in report.files) if report else (),
    )


class AdoptionRequest(Model):
    """How a trained model is to be compared."""

    dry_run: bool = Field(default=True, description="show the numbers, and change nothing")
    most_dollars: MostDollars = DEFAULT_COST / DOLLAR


@router.post("/v1/finetunes/<finetune_id>/adopt", status_code=202, **needs(Scope.OWNER, 400, 404, 409, tag="finetunes"))
def adopt_model(
    finetune_id: Annotated[str, Path()], requested: Annotated[AdoptionRequest, Body()]
) -> Response[RunSummary]:
    """Have the trained model compared on what was held out with what judges today, and adopted if it is better.

    The run's result is a backtest's with two sides, and why the model was refused, if it was. It then judges for this
    team alone, for as long as `training_consent` is on.
    """
    request = current_request(router)
    report = report_of(_finetune(finetune_id, request))
    if not request.tenant.settings.training_consent:
        raise Forbidden(NO_CONSENT)
    if report is None or report.training is None or report.training.model is None:
        raise Conflict("no model has come of it")
    backtest = Backtest(
        variant=Variant(model=report.training.model), most_microdollars=round(requested.most_dollars * DOLLAR)
    )
    order = Order(kind=JobKind.ADOPT_MODEL, dry_run=requested.dry_run, since=report.held_out_since, backtest=backtest)
    return start(request, order)


@router.delete("/v1/finetunes/adopted", **needs(Scope.OWNER, 409, tag="finetunes"))
def drop_model() -> TenantSummary:
    """Have everybody's model judge again instead of one that was adopted."""
    request = current_request(router)
    tenant = change_model(None, request.unit)
    request.note("model.dropped")
    return TenantSummary.of(tenant)


def _finetune(finetune_id: str, request: RequestContext) -> Job:
    job = request.stores.jobs.get(request.tenant_id, finetune_id).seen(request.now)
    if job.order.kind is not JobKind.FINETUNE:
        raise NotFound("no such fine-tuning")
    return job


def report_of(job: Job) -> FineTuneReport | None:
    """How far a fine-tuning is: as its result says, or while it goes on, what it goes on from."""
    if job.results:
        return FineTuneReport.model_validate(job.results[0], extra="ignore")
    return job.progress(FineTuneReport)
