"""Turn a schedule's call into work on the queue it belongs on."""

from datetime import datetime

from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.reports import ReportDue
from pm_assistant.ports.platform import Queue


def tick(due: ReportDue | JobDue, *, reports: Queue, jobs: Queue, now: datetime) -> ReportDue | JobDue:
    """Enqueue what is due; a report is stamped with the moment it became due."""
    if isinstance(due, JobDue):
        jobs.put(due, group=due.tenant_id)
        return due
    stamped = due if due.due_at else due.model_copy(update={"due_at": now})
    reports.put(stamped, group=due.tenant_id)
    return stamped
