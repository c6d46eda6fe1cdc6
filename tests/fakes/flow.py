"""How a team's work flows, in memory."""

from collections.abc import Collection, Iterable, Sequence

from pm_assistant.domain.flow import DayOfFlow, Passage
from pm_assistant.domain.tenants import TenantId


class FakeFlow:
    """Passages and days in dicts."""

    def __init__(self) -> None:
        self._passages: dict[tuple[TenantId, str], Passage] = {}
        self._days: dict[tuple[TenantId, str], DayOfFlow] = {}

    def passages(self, tenant_id: TenantId, *, after: str = "", last: str | None = None) -> Sequence[Passage]:
        """Those of a stretch."""
        ids = sorted(id for tenant, id in self._passages if tenant == tenant_id)
        return [self._passages[tenant_id, id] for id in ids if id > after and (last is None or id <= last)]

    def put_passages(self, tenant_id: TenantId, passages: Iterable[Passage]) -> None:
        """Keep them."""
        self._passages |= {(tenant_id, passage.ticket_id): passage for passage in passages}

    def drop_passages(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> None:
        """Forget them."""
        for ticket_id in ticket_ids:
            self._passages.pop((tenant_id, ticket_id), None)

    def put_day(self, tenant_id: TenantId, day: DayOfFlow) -> None:
        """Keep one."""
        self._days[tenant_id, day.day.isoformat()] = day

    def latest_day(self, tenant_id: TenantId, *, before: str | None = None) -> DayOfFlow | None:
        """The last one."""
        days = [day for tenant, day in self._days if tenant == tenant_id and (before is None or day < before)]
        return self._days[tenant_id, max(days)] if days else None
