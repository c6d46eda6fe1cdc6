"""What asking models has cost, on DynamoDB."""

from datetime import datetime

from pm_assistant.aws import tables
from pm_assistant.aws.rows import ModelMonthRow
from pm_assistant.domain.spending import ModelMonth
from pm_assistant.domain.tenants import TenantId


class DynamoModelMonths:
    """Counts (`ModelMonths`): `MODEL_MONTH#<month>`; kept as long as the tenant, twelve a year."""

    def get(self, tenant_id: TenantId, month: str) -> ModelMonth:
        """How it stands, in one consistent read."""
        row = ModelMonthRow.find(tenant_id, _sk(month))
        return _month(row) if row else ModelMonth()

    def add(self, tenant_id: TenantId, month: str, *, microdollars: int) -> ModelMonth:
        """Count one more, in one request that returns the sum."""
        row = ModelMonthRow(tables.partition(tenant_id), _sk(month))
        row.change(
            [
                ModelMonthRow.microdollars.add(microdollars),
                ModelMonthRow.judgements.add(1),
                ModelMonthRow.unanswered_since.remove(),
            ]
        )
        return _month(row)

    def unanswered(self, tenant_id: TenantId, month: str, *, at: datetime) -> datetime:
        """Note the first time, in one request that returns it."""
        row = ModelMonthRow(tables.partition(tenant_id), _sk(month))
        first = ModelMonthRow.unanswered_since | tables.stamp(at)
        row.change([ModelMonthRow.unanswered_since.set(first)])
        return datetime.fromisoformat(row.unanswered_since)


def _sk(month: str) -> str:
    return f"MODEL_MONTH#{month}"


def _month(row: ModelMonthRow) -> ModelMonth:
    since = row.unanswered_since
    return ModelMonth(
        microdollars=int(row.microdollars or 0),
        judgements=int(row.judgements or 0),
        unanswered_since=datetime.fromisoformat(since) if since else None,
    )
