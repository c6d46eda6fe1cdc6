"""Work that takes longer than a request: what runs, how far it is, what came of it, and what can be begun."""

from collections.abc import Mapping, Sequence

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import Conflict, InvalidRequest
from pm_assistant.domain.jobs import Job, JobKind, JobState, Order
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.listing import latest, search
from pm_assistant.domain.reports import Report
from pm_assistant.presentation.i18n import Texts
from pm_assistant.presentation.jobs import KINDS, STATES
from pm_assistant.web.actors import Actors
from pm_assistant.web.beginning import begin, job_id_by
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import MOST_READ, Listing
from pm_assistant.web.naming import Naming, Said
from pm_assistant.web.request import PageRequest, chosen, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.jobs import begun_again_by, find_job
from pm_assistant.workflows.pipeline.permissions import NEEDED
from pm_assistant.workflows.pipeline.undoing import can_be_undone, has_acted, undo_run
from pm_assistant.workflows.tenants.erasing import ask_to_erase

router = Router()

PAGE = 25
"""Jobs on a page."""
MOST_RESULTS = 100
"""Results that are shown of one job; the API has them all."""
STARTABLE = (JobKind.SYNC, JobKind.RECONCILE, JobKind.PROCESS, JobKind.UNTRACKED)
"""What anybody who may run things can begin here; other pages begin the rest."""
REPEATABLE = frozenset(
    {*STARTABLE, JobKind.MOVE_TICKETS, JobKind.STANDUP, JobKind.WEEKLY, JobKind.CALIBRATE, JobKind.FLOW}
)
"""What they can begin by whatever way, and so can have tried again."""
AGAIN_BY: Mapping[JobKind, Scope] = {
    **dict.fromkeys((*REPEATABLE, JobKind.BACKTEST), Scope.RUN),
    JobKind.ERASE_PERSON: Scope.ADMIN,
    JobKind.EXPORT: Scope.OWNER,
}
"""Who may have what tried again: whoever may begin it. Of the rest each has conditions, and a page or a command."""
FIGURES = frozenset({JobKind.BACKTEST, JobKind.FINETUNE, JobKind.ADOPT_MODEL, JobKind.CALIBRATE})
"""What these tell are long tables of figures, for programs: no page spells them out."""


@router.get("/jobs", **needs(Scope.RUN))
def list_jobs() -> Response[str]:
    """The jobs of the last months in the state that is wanted, newest first, a page at a time."""
    request = current_request(router)
    listing = Listing.of(request, "/jobs", "state")
    wanted = chosen(listing.wanted["state"], JobState)
    jobs, tenant_id = request.stores.jobs, request.tenant.id
    shown, next_place = search(
        latest(
            lambda before, limit: [
                (job.id, job.seen(request.now)) for job in jobs.latest(tenant_id, before=before, limit=limit)
            ],
            batch=PAGE + 1,
            before=request.before,
        ),
        lambda job: wanted in {None, job.state},
        before=request.before,
        size=PAGE,
        most_read=MOST_READ,
    )
    return page(
        request,
        "jobs.html",
        jobs=[(job, *_names_of(job, request.texts), _can_be_begun_again(job, request)) for _, job in shown],
        listing=listing.going_on(next_place),
        states={state.value: request.texts.gettext(name) for state, name in STATES.items()},
        is_admin=request.caller.scope.covers(Scope.ADMIN),
        startable={kind.value: request.texts.gettext(KINDS[kind]) for kind in STARTABLE},
    )


@router.get("/jobs/<job_id>", **needs(Scope.RUN))
def show_job(job_id: str) -> Response[str]:
    """How far a job is and what has come of it; the page follows it by itself until it is over."""
    request = current_request(router)
    job = request.stores.jobs.get(request.tenant.id, job_id).seen(request.now)
    kind, state = _names_of(job, request.texts)
    naming, in_figures = Naming(request, Actors(request).name_of), job.order.kind in FIGURES
    shown = [_told(result, naming) for result in job.results[: 0 if in_figures else MOST_RESULTS]]
    again = find_job(job.begun_again_by, request.unit)
    return page(
        request,
        "job.html",
        job=job,
        kind=kind,
        state=state,
        begun_again_by=again,
        can_be_begun_again=again is None and _may_begin_again(job, request),
        can_be_undone=request.caller.scope.covers(NEEDED) and can_be_undone(job) and has_acted(job, request.unit),
        results=shown,
        hidden=0 if in_figures else len(job.results) - len(shown) + job.left_out,
        in_figures=in_figures and bool(job.results),
    )


@router.post("/jobs", **needs(Scope.RUN))
def begin_job() -> Response[str]:
    """Begin a job, and go to where it can be followed."""
    request = current_request(router)
    kind = chosen(request.field("kind"), STARTABLE)
    if kind is None:
        raise InvalidRequest("there is no such job to begin", field="kind")
    return see_other(request, f"/jobs/{begin(Order(kind=kind, dry_run=request.field('dry_run') == 'yes'), request).id}")


@router.post("/jobs/<job_id>/again", **needs(Scope.RUN))
def begin_again(job_id: str) -> Response[str]:
    """Begin anew what was given up, once and as it was asked for, and go to where that can be followed."""
    request = current_request(router)
    job = request.stores.jobs.get(request.tenant.id, job_id).seen(request.now)
    if not _may_begin_again(job, request):
        raise Conflict(Translatable("This cannot be tried again here."))
    again_id = begun_again_by(job.id, job_id_by(request), request.unit)
    if find_job(again_id, request.unit) is not None:
        return see_other(request, f"/jobs/{again_id}")
    if job.order.kind is not JobKind.ERASE_PERSON:
        return see_other(request, f"/jobs/{begin(job.order, request, job_id=again_id).id}")
    member_id = job.order.member_id or ""
    erasing = ask_to_erase(member_id, request.unit, asked_by=request.caller.actor, job_id=again_id)
    request.note("member.erasing", member_id, run=erasing.id)
    return see_other(request, f"/jobs/{erasing.id}")


@router.post("/jobs/<job_id>/undo", **needs(NEEDED))
def undo(job_id: str) -> Response[str]:
    """Have all that a job did undone, and go to where that can be followed."""
    request = current_request(router)
    job = undo_run(job_id, request.unit, asked_by=request.caller.actor, job_id=job_id_by(request))
    request.note("run.started", job.id, kind=job.order.kind, run=job_id)
    return see_other(request, f"/jobs/{job.id}")


def _may_begin_again(job: Job, request: PageRequest) -> bool:
    """Whether it was given up and is what the viewer may begin."""
    scope = AGAIN_BY.get(job.order.kind)
    return job.state is JobState.FAILED and scope is not None and request.caller.scope.covers(scope)


def _can_be_begun_again(job: Job, request: PageRequest) -> bool:
    """Whether nobody has done so yet."""
    return job.begun_again_by is None and _may_begin_again(job, request)


def _names_of(job: Job, texts: Texts) -> tuple[str, str]:
    return texts.gettext(KINDS[job.order.kind]), texts.gettext(STATES[job.state])


def _told(result: Mapping[str, object], naming: Naming) -> tuple[Report | None, Sequence[Said]]:
    """What came of one thing: a report as it would be read, anything else field by field."""
    if "sections" in result:
        told = {name: value for name, value in result.items() if name != "member_id"}
        return Report.model_validate(told), naming.all_of({"member_id": result.get("member_id")})
    return None, naming.all_of(result)
