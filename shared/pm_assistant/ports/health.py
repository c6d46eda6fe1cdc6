"""How tenants fare, as it was last looked at."""

from collections.abc import Sequence
from typing import Protocol

from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.tenants import TenantId


class Healths(Protocol):
    """One for each tenant; it goes with the tenant."""

    def get(self, tenant_id: TenantId) -> TenantHealth | None:
        """A tenant's; None if nobody has looked yet."""
        ...

    def put(self, health: TenantHealth) -> None:
        """Keep how a tenant fares, in the place of what was known."""
        ...

    def page(self, *, after: str | None = None, limit: int) -> Sequence[TenantHealth]:
        """The next so many of all tenants, in the order of their places; what was kept a moment ago may be missing.

        For those alone who operate the service.
        """
        ...
