"""What has been used of what a tenant pays for, on DynamoDB."""

from pm_assistant.aws import tables
from pm_assistant.aws.rows import QuotaRow
from pm_assistant.domain.usage import QuotaMonth
from pm_assistant.domain.workspaces import TenantId


class DynamoQuotas:
    """Counts (`Quotas`): `QUOTA#<month>`; kept as long as the tenant, twelve a year."""

    def get(self, tenant_id: TenantId, month: str) -> QuotaMonth:
        """How it stands, in one consistent read."""
        row = QuotaRow.find(tenant_id, _sk(month))
        return _month(row) if row else QuotaMonth()

    def reserve(self, tenant_id: TenantId, month: str, *, below: int) -> QuotaMonth | None:
        """Count one more, in one conditional request that returns the sum."""
        row = QuotaRow(tables.partition(tenant_id), _sk(month))
        left = QuotaRow.used.does_not_exist() | (QuotaRow.used < below)
        return _month(row) if below > 0 and row.change([QuotaRow.used.add(1)], left) else None

    def give_back(self, tenant_id: TenantId, month: str) -> None:
        """Count one less, in one request."""
        QuotaRow(tables.partition(tenant_id), _sk(month)).change([QuotaRow.used.add(-1)], QuotaRow.used > 0)

    def went_beyond(self, tenant_id: TenantId, month: str) -> QuotaMonth:
        """Count one, in one request that returns the sum."""
        row = QuotaRow(tables.partition(tenant_id), _sk(month))
        row.change([QuotaRow.beyond.add(1)])
        return _month(row)


def _sk(month: str) -> str:
    return f"QUOTA#{month}"


def _month(row: QuotaRow) -> QuotaMonth:
    return QuotaMonth(used=int(row.used or 0), beyond=int(row.beyond or 0))
