"""How right people have found us, on DynamoDB."""

from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.autonomy import TrackRecord
from pm_assistant.domain.errors import Contention
from pm_assistant.domain.tenants import TenantId


class DynamoTrackRecords:
    """Track records (`TrackRecords`): `TRACK#<stream>`."""

    def get(self, tenant_id: TenantId, stream: str) -> TrackRecord | None:
        """Read one."""
        row = Row.find(tenant_id, _sk(stream))
        return stored(TrackRecord, row.data) if row else None

    def all(self, tenant_id: TenantId) -> Sequence[TrackRecord]:
        """Read all of them."""
        rows = Row.among(tenant_id, Row.sk.startswith(_sk("")))
        return listed(TrackRecord, rows)

    def replace(self, tenant_id: TenantId, record: TrackRecord, *, before: TrackRecord | None) -> None:
        """Write it on condition that nobody wrote in between; compared as it lies there, whoever wrote it."""
        row, known = Row(tables.partition(tenant_id), _sk(record.stream), data=record.model_dump_json()), None
        if before is not None:
            known = Row.find(tenant_id, row.sk)
            if known is None or stored(TrackRecord, known.data) not in (before, record):
                raise Contention("the track record has changed")
        written = row.put_over(known) if known else row.put(tables.absent_or(Row.data == row.data))
        if not written:
            raise Contention("the track record has changed")

    def remove(self, tenant_id: TenantId, stream: str) -> None:
        """Delete one."""
        Row(tables.partition(tenant_id), _sk(stream)).drop()


def _sk(stream: str) -> str:
    return f"TRACK#{stream}"
