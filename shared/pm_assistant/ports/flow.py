"""How a team's work flows: the ways of its tickets, and what they come to each day."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Protocol

from pm_assistant.domain.flow import DayOfFlow, Passage
from pm_assistant.domain.tenants import TenantId

KEPT_PASSAGES = timedelta(days=400)
"""How long a passage is kept after its ticket was changed last."""
KEPT_DAYS = timedelta(days=100)


class Flow(Protocol):
    """Passages by ticket, and a row for each day; no words and nobody's name."""

    def passages(self, tenant_id: TenantId, *, after: str = "", last: str | None = None) -> Sequence[Passage]:
        """The passages in the order of their tickets' ids: of those behind `after`, and as far as `last`."""
        ...

    def put_passages(self, tenant_id: TenantId, passages: Iterable[Passage]) -> None:
        """Keep passages, each in place of what was known of its ticket."""
        ...

    def drop_passages(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> None:
        """Forget those of tickets that are gone."""
        ...

    def put_day(self, tenant_id: TenantId, day: DayOfFlow) -> None:
        """Keep what a day's look found, in place of what that day's look found before."""
        ...

    def latest_day(self, tenant_id: TenantId, *, before: str | None = None) -> DayOfFlow | None:
        """The last day that was looked at, in one request; of those before a day (ISO 8601) where one is given."""
        ...
