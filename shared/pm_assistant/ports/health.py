"""How tenants fare, as it was last looked at."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.tenants import TenantId

KEPT_DAYS = timedelta(days=90)


class Healths(Protocol):
    """One for each tenant; it goes with the tenant."""

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
