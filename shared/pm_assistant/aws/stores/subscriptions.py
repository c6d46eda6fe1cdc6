"""Who wants which report when, on DynamoDB."""

from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import TenantId


class DynamoSubscriptions:
    """Wishes (`Subscriptions`): `SUBSCRIPTION#<kind>#<whose>`, which an id names with a point instead."""

    def all(self, tenant_id: TenantId) -> Sequence[Subscription]:
        """All of a tenant."""
        rows = Row.among(tenant_id, Row.sk.startswith("SUBSCRIPTION#"))
        return listed(Subscription, rows)

    def get(self, tenant_id: TenantId, subscription_id: str) -> Subscription | None:
        """The one of that id, in one request."""
        row = Row.find(tenant_id, _sk(subscription_id))
        return stored(Subscription, row.data) if row else None

    def put(self, tenant_id: TenantId, subscription: Subscription) -> None:
        """Create or replace one."""
        Row(tables.partition(tenant_id), _sk(subscription.id), data=subscription.model_dump_json()).put()

    def remove(self, tenant_id: TenantId, subscription_id: str) -> None:
        """Forget one."""
        Row(tables.partition(tenant_id), _sk(subscription_id)).drop()


def _sk(subscription_id: str) -> str:
    kind, _, whose = subscription_id.partition(".")
    return f"SUBSCRIPTION#{kind}#{whose}"
