"""How tenants fare, as it was last looked at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from pm_assistant.domain.health import StageHealth, TenantHealth
from pm_assistant.domain.tenants import TenantId

KEPT_DAYS = timedelta(days=90)


class StageMetrics(Protocol):
    """What is measured of queues and functions by where they run."""

    def read(self, at: datetime) -> StageHealth:
        """How all of them fare at a moment.

        Raises:
            UpstreamError: it cannot be told.
        """
        ...


class Healths(Protocol):
    """One for each tenant, which goes with the tenant, and the stage's own."""

    def stage(self) -> StageHealth | None:
        """How the stage fared when that was last looked at; None if nobody has."""
        ...

    def put_stage(self, health: StageHealth) -> None:
        """Keep how the stage fares, in the place of what was known."""
        ...

    def get(self, tenant_id: TenantId) -> TenantHealth | None:
        """A tenant's; None if nobody has looked yet."""
        ...

    def put(self, health: TenantHealth) -> None:
        """Keep how a tenant fares, in the place of what was known of it and of that day."""
        ...

    def days(self, tenant_id: TenantId, *, before: date | None = None, limit: int) -> Sequence[TenantHealth]:
        """A tenant's at the end of each day on which somebody looked, the latest first, as long as `KEPT_DAYS`."""
        ...

    def page(self, *, after: str | None = None, limit: int) -> Sequence[TenantHealth]:
        """The next so many of all tenants, in the order of their places; what was kept a moment ago may be missing.

        For those alone who operate the service.
        """
        ...
