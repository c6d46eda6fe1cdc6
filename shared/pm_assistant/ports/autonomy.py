"""How right people have found us."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pm_assistant.domain.autonomy import TrackRecord
from pm_assistant.domain.calibration import Answered, Fitted
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


class Calibrations(Protocol):
    """What confidences are worth: to each tenant its own, from what the people of all have answered."""

    def all(self, tenant_id: TenantId) -> Sequence[Fitted]:
        """What was fitted last for a tenant, by kind of action and what judged."""
        ...

    def put(self, tenant_id: TenantId, fitted: Fitted) -> None:
        """Keep what was fitted, in place of what was before."""
        ...

    def contribute(self, tenant_id: TenantId, answers: Mapping[str, Sequence[Answered]], *, until: datetime) -> None:
        """Let a tenant's answers count for all tenants, in place of what counted before; nothing but numbers.

        Args:
            tenant_id: whose people answered.
            answers: by kind of action and what judged.
            until: they count that long, unless it contributes again.
        """
        ...

    def contributed(self, *, but: TenantId) -> Mapping[str, Sequence[Answered]]:
        """What the people of all tenants but one have answered, together; a contribution may count a moment later."""
        ...
