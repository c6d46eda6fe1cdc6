"""Have the pages that people are looking at follow what has been decided, by whichever door."""

from datetime import timedelta

from pm_assistant.domain.surfaces import HomeOutdated, SurfaceRequest
from pm_assistant.ports.unit import Unit

LOOKS_FOR = timedelta(minutes=15)
"""How long after opening it somebody may be looking at their page; the chat does not say when they stop."""


def refresh_homes(unit: Unit) -> None:
    """Have each page that was opened lately made anew, once for all that happens until it is."""
    for account, since in unit.stores.homes.outdate(unit.tenant_id, since=unit.now() - LOOKS_FOR):
        again = SurfaceRequest(
            tenant_id=unit.tenant_id, user_id=account, asked_at=unit.now(), asked=HomeOutdated(since=since)
        )
        unit.queues.actions.put(again, group=unit.tenant_id)
