"""How a team's work flows, on DynamoDB."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.flow import DayOfFlow, Passage
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.flow import KEPT_DAYS, KEPT_PASSAGES


class DynamoFlow:
    """Flow (`Flow`): `PASSAGE#<ticket>` and `FLOW#<day>`."""

    def passages(self, tenant_id: TenantId, *, after: str = "", last: str | None = None) -> Sequence[Passage]:
        """Read a stretch of them."""
        begin, end = f"PASSAGE#{after}", f"PASSAGE#{last if last is not None else '~'}"
        rows = Row.among(tenant_id, Row.sk.between(begin, end)) if begin <= end else ()
        return [stored(Passage, row.data) for row in rows if row.sk != begin]

    def put_passages(self, tenant_id: TenantId, passages: Iterable[Passage]) -> None:
        """Write them in batches."""
        pk = tables.partition(tenant_id)
        Row.put_all(
            Row(pk, f"PASSAGE#{each.ticket_id}", data=each.model_dump_json(), expires_at=each.seen_at + KEPT_PASSAGES)
            for each in passages
        )

    def drop_passages(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> None:
        """Delete rows in batches."""
        pk = tables.partition(tenant_id)
        Row.drop_all(Row(pk, f"PASSAGE#{ticket_id}") for ticket_id in ticket_ids)

    def put_day(self, tenant_id: TenantId, day: DayOfFlow) -> None:
        """Write one."""
        expires_at = datetime.combine(day.day, time(), UTC) + KEPT_DAYS
        sk = f"FLOW#{day.day.isoformat()}"
        Row(tables.partition(tenant_id), sk, data=day.model_dump_json(), expires_at=expires_at).put()

    def latest_day(self, tenant_id: TenantId, *, before: str | None = None) -> DayOfFlow | None:
        """Read the last one."""
        rows = Row.newest(tenant_id, "FLOW", before=before, each=1)
        return next(iter(listed(DayOfFlow, rows, limit=1)), None)
