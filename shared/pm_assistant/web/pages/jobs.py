"""Work that takes longer than a request: what runs, how far it is, what came of it, and what can be begun."""

import json
from collections.abc import Mapping, Sequence

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import Job, JobKind, JobState, Order
from pm_assistant.presentation.i18n import Texts, gettext_noop
from pm_assistant.web.html import page, see_other
from pm_assistant.web.request import PageRequest, chosen, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.jobs import job_id_of, start_job

router = Router()

PAGE = 25
"""Jobs on a page."""
MOST_RESULTS = 100
"""Results that are shown of one job; the API has them all."""
KINDS: Mapping[JobKind, str] = {
    JobKind.PROCESS: gettext_noop("Judge what was said"),
    JobKind.MOVE_TICKETS: gettext_noop("Judge what was said, for moves alone"),
    JobKind.UNTRACKED: gettext_noop("Look for work without tickets"),
    JobKind.STANDUP: gettext_noop("Standups"),
    JobKind.WEEKLY: gettext_noop("Weekly reports"),
    JobKind.SYNC: gettext_noop("Read everything from the vendors"),
    JobKind.RECONCILE: gettext_noop("Compare what was built with the tickets"),
    JobKind.CALIBRATE: gettext_noop("Fit confidences to your answers"),
    JobKind.FLOW: gettext_noop("Measure how work flows"),
    JobKind.EXPORT: gettext_noop("Export"),
    JobKind.IMPORT: gettext_noop("Import"),
    JobKind.DELETE: gettext_noop("Deletion of the team"),
    JobKind.ERASE_PERSON: gettext_noop("Erasure of a person"),
    JobKind.CATCH_UP: gettext_noop("Catch up with what was missed"),
    JobKind.BACKTEST: gettext_noop("Try other settings on what was said"),
    JobKind.FINETUNE: gettext_noop("Train the model on your answers"),
    JobKind.ADOPT_MODEL: gettext_noop("Judge with a trained model"),
    JobKind.RESUME: gettext_noop("Do what waited while the team was suspended"),
}
"""What each kind of job does."""
STARTABLE = (JobKind.SYNC, JobKind.RECONCILE, JobKind.PROCESS, JobKind.UNTRACKED)
"""What anybody who may run things can begin here; other pages begin the rest."""
STATES: Mapping[JobState, str] = {
    JobState.WAITING: gettext_noop("Waiting"),
    JobState.RUNNING: gettext_noop("Running"),
    JobState.DONE: gettext_noop("Done"),
    JobState.FAILED: gettext_noop("Failed"),
}


@router.get("/jobs", **needs(Scope.RUN))
def list_jobs() -> Response[str]:
    """The jobs of the last months, newest first, a page at a time."""
    request = current_request(router)
    jobs = request.stores.jobs.latest(request.tenant.id, before=request.before, limit=PAGE + 1)
    shown = [job.seen(request.now) for job in jobs[:PAGE]]
    return page(
        request,
        "jobs.html",
        jobs=[(job, *_names_of(job, request.texts)) for job in shown],
        startable={kind.value: request.texts.gettext(KINDS[kind]) for kind in STARTABLE},
        next_page=f"/jobs?before={shown[-1].id}" if len(jobs) > PAGE else "",
    )


@router.get("/jobs/<job_id>", **needs(Scope.RUN))
def show_job(job_id: str) -> Response[str]:
    """How far a job is and what has come of it; the page follows it by itself until it is over."""
    request = current_request(router)
    job = request.stores.jobs.get(request.tenant.id, job_id).seen(request.now)
    kind, state = _names_of(job, request.texts)
    shown = [_fields_of(result) for result in job.results[:MOST_RESULTS]]
    return page(
        request,
        "job.html",
        job=job,
        kind=kind,
        state=state,
        results=shown,
        hidden=len(job.results) - len(shown) + job.left_out,
    )


@router.post("/jobs", **needs(Scope.RUN))
def begin_job() -> Response[str]:
    """Begin a job, and go to where it can be followed."""
    request = current_request(router)
    kind = chosen(request.field("kind"), STARTABLE)
    if kind is None:
        raise InvalidRequest("there is no such job to begin", field="kind")
    return see_other(request, f"/jobs/{begin(Order(kind=kind, dry_run=request.field('dry_run') == 'yes'), request).id}")


def begin(order: Order, request: PageRequest) -> Job:
    """Have a job begun in the viewer's name, as the API does."""
    keep_days = request.tenant.settings.retention_days if order.dry_run else None
    job_id = job_id_of(request.request_id.replace("-", ""), request.now)
    job = start_job(order, request.unit, asked_by=request.caller.actor, keep_days=keep_days, job_id=job_id)
    request.note("run.started", job.id, kind=order.kind, dry_run=str(order.dry_run).lower())
    return job


def _names_of(job: Job, texts: Texts) -> tuple[str, str]:
    return texts.gettext(KINDS[job.order.kind]), texts.gettext(STATES[job.state])


def _fields_of(result: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    """What came of one thing, field by field, each kind of job in its own form; without what is empty."""
    return [
        (name.replace("_", " "), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in result.items()
        if value not in (None, "", [], {})
    ]
