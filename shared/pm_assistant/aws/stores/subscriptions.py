"""Who wants which report when, on DynamoDB."""

from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.reports import ReportKind, Subscription
from pm_assistant.domain.tenants import TenantId


class DynamoSubscriptions:
    """Wishes (`Subscriptions`): `SUBSCRIPTION#<kind>#<member>`."""

    def all(self, tenant_id: TenantId) -> Sequence[Subscription]:
        """All of a tenant."""
        rows = Row.among(tenant_id, Row.sk.startswith("SUBSCRIPTION#"))
        return [Subscription.model_validate_json(row.data) for row in rows]

    def of(self, tenant_id: TenantId, member_id: str, kind: ReportKind) -> Subscription | None:
        """A person's of a kind, in one request."""
        row = Row.find(tenant_id, _sk(member_id, kind))
        return Subscription.model_validate_json(row.data) if row else None

    def put(self, tenant_id: TenantId, subscription: Subscription) -> None:
        """Create or replace a person's subscription of a kind."""
        sk = _sk(subscription.member_id, subscription.kind)
        Row(tables.partition(tenant_id), sk, data=subscription.model_dump_json()).put()

    def remove(self, tenant_id: TenantId, member_id: str, kind: ReportKind) -> None:
        """Forget one."""
        Row(tables.partition(tenant_id), _sk(member_id, kind)).drop()


def _sk(member_id: str, kind: ReportKind) -> str:
    return f"SUBSCRIPTION#{kind}#{member_id}"
