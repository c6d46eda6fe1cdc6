"""Long work that a page begins."""

from pm_assistant.domain.jobs import Job, Order
from pm_assistant.web.request import PageRequest
from pm_assistant.workflows.jobs import job_id_of, start_job


def job_id_by(request: PageRequest) -> str:
    """The id of the job that a request asks for."""
    return job_id_of(request.request_id.replace("-", ""), request.now)


def begin(order: Order, request: PageRequest, *, job_id: str | None = None) -> Job:
    """Have a job begun in the viewer's name, as the API does; by an id of its own if none is given."""
    keep_days = request.tenant.settings.retention_days if order.dry_run else None
    named = job_id or job_id_by(request)
    job = start_job(order, request.unit, asked_by=request.caller.actor, keep_days=keep_days, job_id=named)
    request.note("run.started", job.id, kind=order.kind, dry_run=str(order.dry_run).lower())
    return job
