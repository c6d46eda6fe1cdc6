"""Long work that a page begins."""

from pm_assistant.domain.jobs import Job, Order
from pm_assistant.web.request import PageRequest
from pm_assistant.workflows.jobs import job_id_of, start_job


def begin(order: Order, request: PageRequest) -> Job:
    """Have a job begun in the viewer's name, as the API does."""
    keep_days = request.tenant.settings.retention_days if order.dry_run else None
    job_id = job_id_of(request.request_id.replace("-", ""), request.now)
    job = start_job(order, request.unit, asked_by=request.caller.actor, keep_days=keep_days, job_id=job_id)
    request.note("run.started", job.id, kind=order.kind, dry_run=str(order.dry_run).lower())
    return job
