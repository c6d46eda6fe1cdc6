"""EventBridge Scheduler calls here when a report is due."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from pm_assistant.domain.reports import ReportDue
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import TickSettings, load
from pm_assistant.workflows.tick import tick

settings = cache(lambda: load(TickSettings))


def handler(event: dict[str, Any], context: Any) -> None:
    """Enqueue the due report; what fails is repeated by Lambda and then parked with the dead reports."""
    due = tick(
        ReportDue.model_validate(event), reports=wiring.queue(settings().reports_queue_url), now=datetime.now(UTC)
    )
    logger().info("report due", extra={"tenant": due.tenant_id, "member": due.member_id, "kind": due.kind})
