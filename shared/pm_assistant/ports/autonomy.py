"""How right people have found us."""

from collections.abc import Sequence
from typing import Protocol

from pm_assistant.domain.autonomy import TrackRecord
from pm_assistant.domain.tenants import TenantId


class TrackRecords(Protocol):
    """Of each stream of decisions what people answered; no words of anybody's."""

    def get(self, tenant_id: TenantId, stream: str) -> TrackRecord | None:
        """The record of one stream, in one request; None if it has none."""
        ...

    def all(self, tenant_id: TenantId) -> Sequence[TrackRecord]:
        """All of a tenant's records, by the names of their streams."""
        ...

    def replace(self, tenant_id: TenantId, record: TrackRecord, *, before: TrackRecord | None) -> None:
        """Store what has become of a record, or the first of a stream; storing the very same again is fine.

        Raises:
            Conflict: it is no longer as it was before; read it again.
        """
        ...

    def remove(self, tenant_id: TenantId, stream: str) -> None:
        """Forget a record; of one that is not there, nothing."""
        ...
