"""EventBridge Scheduler calls here when a report or a run is due."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.reports import ReportDue
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import TickSettings, load
from pm_assistant.workflows.tick import tick

settings = cache(lambda: load(TickSettings))
told: TypeAdapter[ReportDue | JobDue] = TypeAdapter(ReportDue | JobDue)


def handler(event: dict[str, Any], context: Any) -> None:
    """Enqueue what is due; what fails is repeated by Lambda, then parked with the dead reports; `report` knows both."""
    env = settings()
    due = tick(
        told.validate_python(event),
        reports=wiring.queue(env.reports_queue_url),
        jobs=wiring.queue(env.jobs_queue_url),
        now=datetime.now(UTC),
    )
    logger().info("due", extra={"due": type(due).__name__, **due.model_dump(mode="json", exclude_none=True)})
