"""Find tenants among all, for those who operate the service."""

from collections.abc import Sequence

from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.model import Model
from pm_assistant.ports.unit import Stores

AT_ONCE = 200
"""Tenants that are read by one request."""
MOST_REQUESTS = 10
"""For one page: whoever looks for a rare name turns pages that may be empty, and waits for none."""


class TenantFilter(Model):
    """Which tenants are looked for.

    Attributes:
        troubled: only those that somebody should look at.
        name: part of what the team calls itself, in whatever case, or the tenant's id.
    """

    troubled: bool = False
    name: str = ""

    def fits(self, health: TenantHealth) -> bool:
        """Whether a tenant is one of these."""
        name = self.name.strip()
        return name.casefold() in health.name.casefold() or name == health.tenant_id


def find_tenants(
    wanted: TenantFilter, stores: Stores, *, after: str | None = None, limit: int
) -> tuple[Sequence[TenantHealth], str | None]:
    """The next tenants that fit, the troubled first, and the place from which the list goes on; None at its end."""
    found: list[TenantHealth] = []
    for _ in range(MOST_REQUESTS):
        healths = stores.healths.page(after=after, limit=AT_ONCE)
        for health in healths:
            if wanted.troubled and not health.is_troubled:
                return found, None
            if wanted.fits(health):
                if len(found) == limit:
                    return found, found[-1].place
                found.append(health)
        if len(healths) < AT_ONCE:
            return found, None
        after = healths[-1].place
    return found, after
