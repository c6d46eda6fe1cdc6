"""Turn a schedule's call into work on the reports queue."""

from datetime import datetime

from pm_assistant.domain.reports import ReportDue
from pm_assistant.ports import Queue


def tick(due: ReportDue, *, reports: Queue, now: datetime) -> ReportDue:
    """Enqueue a due report, stamped with the moment it became due."""
    stamped = due if due.due_at else due.model_copy(update={"due_at": now})
    reports.put(stamped, group=due.tenant_id)
    return stamped
