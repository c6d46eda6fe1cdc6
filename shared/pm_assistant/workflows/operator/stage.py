"""Look at how the stage itself fares, every hour: a page of it asks nobody but our own table."""

from pm_assistant.domain.health import StageHealth
from pm_assistant.ports.unit import Application

STAGE = "stage"
"""What is due by that name in the app's own name is such a look."""


def look_at_stage(app: Application) -> StageHealth:
    """Look how queues and functions fare, and keep it for those who operate the service.

    Raises:
        UpstreamError: it cannot be told.
    """
    health = app.stage_metrics.read(app.now())
    app.stores.healths.put_stage(health)
    return health
