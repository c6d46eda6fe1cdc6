"""Have the pages that people are looking at follow what has been decided, by whichever door."""

from datetime import timedelta

from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.surfaces import HomeOutdated, SurfaceRequest
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.jobs import TakeStep

LOOKS_FOR = timedelta(minutes=15)
"""How long after opening it somebody may be looking at their page; the chat does not say when they stop."""


def refresh_homes(unit: Unit) -> None:
    """Have each page that was opened lately made anew, once for all that happens until it is."""
    for account, since in unit.stores.homes.outdate(unit.tenant_id, since=unit.now() - LOOKS_FOR):
        again = SurfaceRequest(
            tenant_id=unit.tenant_id, user_id=account, asked_at=unit.now(), asked=HomeOutdated(since=since)
        )
        unit.queues.actions.put(again, group=unit.tenant_id)


def refreshing_homes(take_step: TakeStep) -> TakeStep:
    """The same step, after which pages follow: once, however many acts it was that it changed something of."""

    def taken(job: Job, unit: Unit) -> Step | None:
        step = take_step(job, unit)
        if step is not None and step.done > job.done:
            refresh_homes(unit)
        return step

    return taken
