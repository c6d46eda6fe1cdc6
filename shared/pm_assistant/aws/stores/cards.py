"""Where cards stand, on DynamoDB."""

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.tenants import TenantId


class DynamoCards:
    """Cards (`Cards`): `CARD#<subject>`, and `CARD_AT#<ts>`, by which a card is found whose thread nobody tells."""

    def ts(self, tenant_id: TenantId, subject_id: str) -> str | None:
        """Where the subject's card stands."""
        row = Row.find(tenant_id, f"CARD#{subject_id}")
        return row.data if row else None

    def subject_at(self, tenant_id: TenantId, ts: str) -> str | None:
        """Whose card stands there."""
        row = Row.find(tenant_id, f"CARD_AT#{ts}")
        return row.data if row else None

    def put_ts(self, tenant_id: TenantId, subject_id: str, ts: str) -> None:
        """Remember where the card stands."""
        Row(tables.partition(tenant_id), f"CARD_AT#{ts}", data=subject_id).put()
        Row(tables.partition(tenant_id), f"CARD#{subject_id}", data=ts).put()
