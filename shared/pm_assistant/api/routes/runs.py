"""Work that takes longer than a request, and the files it makes or reads."""

from enum import StrEnum
from typing import Annotated, Any, Self

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field

from pm_assistant.api.context import RequestContext, current_request, needs
from pm_assistant.api.guards import SHOWN_ONCE
from pm_assistant.api.paging import Cursor, Limit, Moment, Page, decode_cursor, meant_member, paginate
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import Job, JobKind, JobState, Order
from pm_assistant.domain.model import Model
from pm_assistant.domain.reports import ReportKind
from pm_assistant.ports.tenants import LARGEST_ARCHIVE
from pm_assistant.workflows.jobs import start_job
from pm_assistant.workflows.pipeline import undoing
from pm_assistant.workflows.pipeline.permissions import NEEDED
from pm_assistant.workflows.reports.kinds import REPORTS
from pm_assistant.workflows.tenants.export import find_export
from pm_assistant.workflows.tenants.members import member_of

router = APIGatewayHttpRouter()

UPLOAD_ID = r"^[0-9a-f]{32}$"
FORMERLY = "the former name of `member_id`"


class Workflow(StrEnum):
    """What anybody who may run things can ask for."""

    PROCESS = JobKind.PROCESS
    MOVE_TICKETS = JobKind.MOVE_TICKETS
    UNTRACKED = JobKind.UNTRACKED
    STANDUP = REPORTS[ReportKind.STANDUP].job
    WEEKLY = REPORTS[ReportKind.WEEKLY].job
    SYNC = JobKind.SYNC
    RECONCILE = JobKind.RECONCILE
    CALIBRATE = JobKind.CALIBRATE
    FLOW = JobKind.FLOW


class WorkflowRequest(Model):
    """How a workflow is to be run."""

    dry_run: bool = Field(default=True, description="say what would happen and keep nothing")
    since: Moment | None = Field(
        default=None,
        description="how far back to look; each has its own default, and none looks further than the team's plan goes",
    )
    member_id: str | None = Field(default=None, description="the one member to report to; everybody if left out")
    person: str | None = Field(default=None, description=FORMERLY, json_schema_extra={"deprecated": True})


class RunSummary(Model):
    """A run without what came of it."""

    id: str
    kind: JobKind
    dry_run: bool
    since: AwareDatetime | None
    member_id: str | None = Field(description="the one member that it is about")
    person: str | None = Field(description=FORMERLY, json_schema_extra={"deprecated": True})
    state: JobState
    done: int
    total: int | None = Field(description="how much there is to do, once that is known")
    error: str | None
    undoes: str | None = Field(description="the run that it undoes, if it is one that does")
    undone_by: str | None = Field(description="the run that undoes it, or tried to last")
    asked_by: str
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, job: Job) -> Self:
        """What there is to say of a run."""
        order = {name: getattr(job.order, name) for name in ("kind", "dry_run", "since", "undoes")}
        fields = dict(job) | order | dict.fromkeys(("member_id", "person"), job.order.member_id)
        return cls.model_validate({name: fields[name] for name in cls.model_fields})


class RunDetail(RunSummary):
    """A run with what has come of it so far."""

    results: tuple[dict[str, Any], ...] = Field(description="in the form of the kind of run")
    left_out: int = Field(description="how many more results there were than a run can hold")


class Export(Model):
    """An export, and where it can be had."""

    run_id: str
    state: JobState
    url: str | None = Field(description="good for fifteen minutes; none while the export is not done")


class UploadRequest(Model):
    """What is to be uploaded."""

    size: int = Field(ge=1, le=LARGEST_ARCHIVE, description="of the file, in bytes")


class Upload(Model):
    """A place for one file."""

    upload_id: str
    url: str | None = Field(
        description="for fifteen minutes takes, by PUT, a file of exactly the size that was named; "
        "null when a request is repeated under its idempotency key"
    )


class ImportRequest(Model):
    """What to import."""

    upload_id: str = Field(pattern=UPLOAD_ID, description="of the upload that holds an export's zip file")


def start(request: RequestContext, order: Order) -> Response[RunSummary]:
    """Have a job begun, and answer with where it can be followed."""
    keep_days = request.tenant.settings.retention_days if order.dry_run else None
    by, job_id = request.caller.actor, request.job_id
    job = start_job(order, request.unit, asked_by=by, keep_days=keep_days, job_id=job_id)
    request.note("run.started", job.id, kind=order.kind, dry_run=str(order.dry_run).lower())
    return accepted(job)


def accepted(job: Job) -> Response[RunSummary]:
    """Answer that a job is noted, and where it can be followed."""
    return Response(
        202,
        content_type=content_types.APPLICATION_JSON,
        body=RunSummary.of(job),
        headers={"Location": f"/v1/runs/{job.id}"},
    )


@router.post("/v1/workflows/<workflow>", status_code=202, **needs(Scope.RUN, 400, 404, tag="runs"))
def run_workflow(
    workflow: Annotated[Workflow, Path()], requested: Annotated[WorkflowRequest, Body()]
) -> Response[RunSummary]:
    """Have a workflow run; without being told otherwise it only shows what would happen.

    `process` judges what was said since `since` (a day ago), `move-tickets` does so for moves alone, `untracked` lists
    what was said of work without a ticket (for a week) and has people asked whether they want one, `standup` and
    `weekly` write everybody's report, or that of `member_id`, and `sync` reads people, teams and tickets from the
    vendors, and with `since` what was said as well. What is older than the team's plan goes back is left out: `since`
    in the answer says from when on it is. `calibrate` fits confidences to what people answered, which is done
    every week.
    """
    request = current_request(router)
    if requested.since is not None and requested.since > request.now:
        raise InvalidRequest("it is yet to come", field="since")
    with meant_member(requested.member_id, requested.person, named=("body", "person")) as member_id:
        if member_id is not None:
            member_of(member_id, request.unit)
    since = request.tenant.reaching(requested.since, at=request.now) if requested.since is not None else None
    order = Order(kind=JobKind(workflow), dry_run=requested.dry_run, since=since, member_id=member_id)
    return start(request, order)


@router.get("/v1/runs", **needs(Scope.RUN, 400, tag="runs"))
def list_runs(limit: Limit = 50, cursor: Cursor = "") -> Page[RunSummary]:
    """List runs of the last 90 days, dry runs of the last week, newest first."""
    request = current_request(router)
    jobs = request.stores.jobs.latest(request.tenant_id, before=decode_cursor(cursor), limit=limit + 1)
    items, next_cursor = paginate(
        [RunSummary.of(job.seen(request.now)) for job in jobs], lambda run: run.id, limit=limit
    )
    return Page(items=tuple(items), next=next_cursor)


@router.get("/v1/runs/<run_id>", **needs(Scope.RUN, 404, tag="runs"))
def show_run(run_id: Annotated[str, Path()]) -> RunDetail:
    """Show how far a run is and what has come of it; what was said in private channels is left out.

    While something is away that it needs, a run stands still for up to three days; one that stands still for some hours
    longer is shown as failed.
    """
    request = current_request(router)
    return RunDetail.of(request.stores.jobs.get(request.tenant_id, run_id).seen(request.now))


@router.post("/v1/runs/<run_id>/undo", status_code=202, **needs(NEEDED, 404, tag="runs"))
def undo_run(run_id: Annotated[str, Path()]) -> Response[RunSummary]:
    """Take back all that a `process`, `move-tickets` or `untracked` run did, or that people approved of it.

    The answer is another run, which undoes act after act, the last first, each as `undo` of its decision would: what
    people have gone on with stays. Its `results` list each act that stays, with why, and end with how many were
    `undone` and `not_undone`. From now on nothing more is done of the run unasked; what it has asked people stays
    asked. A run that is still going is refused; to ask again while one is being undone is to ask for the same.
    """
    request = current_request(router)
    job = undoing.undo_run(run_id, request.unit, asked_by=request.caller.actor, job_id=request.job_id)
    request.note("run.started", job.id, kind=job.order.kind, run=run_id)
    return accepted(job)


@router.post(
    "/v1/exports", status_code=202, **needs(Scope.OWNER, tag="exports", while_closing=True, while_suspended=True)
)
def begin_export() -> Response[RunSummary]:
    """Have all of the tenant's data written to a zip file of JSON lines, without what opens doors.

    It holds what was said in private channels, which nobody is shown otherwise: only an owner takes that upon
    themselves, and no program can. The manifest names the kinds that an import restores; who has access, what is
    connected and the audit trail are there to be read only.
    """
    return start(current_request(router), Order(kind=JobKind.EXPORT, dry_run=False))


@router.get("/v1/exports/<run_id>", **needs(Scope.OWNER, 404, tag="exports"))
def show_export(run_id: Annotated[str, Path()]) -> Export:
    """Show an export, with a link to its file once it is done; the file is kept for a week."""
    request = current_request(router)
    job, url = find_export(run_id, request.unit)
    return Export(run_id=job.id, state=job.state, url=url)


@router.post("/v1/uploads", status_code=201, **needs(Scope.OWNER, tag="exports"))
def offer_upload(requested: Annotated[UploadRequest, Body()]) -> Response[Upload]:
    """Get a place to put the zip file of an export.

    How large the file is has to be said before, for the link takes no other size: `curl -T export.zip "$url"`.
    """
    request = current_request(router)
    upload_id = request.write.id
    url = request.unit.archives.upload_url(request.tenant_id, upload_id, size=requested.size)
    request.note("upload.offered", upload_id)
    return Response(
        201,
        content_type=content_types.APPLICATION_JSON,
        body=Upload(upload_id=upload_id, url=url),
        headers={SHOWN_ONCE: "url"},
    )


@router.post("/v1/imports", status_code=202, **needs(Scope.OWNER, tag="exports"))
def begin_import(requested: Annotated[ImportRequest, Body()]) -> Response[RunSummary]:
    """Have an export brought into this tenant, which must not have tickets, messages or decisions yet."""
    return start(current_request(router), Order(kind=JobKind.IMPORT, dry_run=False, upload_id=requested.upload_id))
