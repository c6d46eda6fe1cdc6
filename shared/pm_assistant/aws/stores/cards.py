"""Where cards stand, on DynamoDB."""

from datetime import datetime

from pm_assistant.aws import tables
from pm_assistant.aws.stores.leases import Leases
from pm_assistant.aws.tables import Row
from pm_assistant.domain.tenants import TenantId


class DynamoCards:
    """Cards (`Cards`): `CARD#<subject>`, and `SUBJECT#<subject>` while somebody works on it."""

    def __init__(self) -> None:
        self._leases = Leases()

    def hold(self, tenant_id: TenantId, subject_id: str, *, now: datetime, until: datetime) -> bool:
        """Take the subject for acting on it."""
        return self._leases.take(tenant_id, f"SUBJECT#{subject_id}", now=now, until=until)

    def let_go(self, tenant_id: TenantId, subject_id: str) -> None:
        """Give the subject back, unless our time ran out and another has it."""
        self._leases.give_back(tenant_id, f"SUBJECT#{subject_id}")

    def ts(self, tenant_id: TenantId, subject_id: str) -> str | None:
        """Where the subject's card stands."""
        row = Row.find(tenant_id, f"CARD#{subject_id}")
        return row.data if row else None

    def put_ts(self, tenant_id: TenantId, subject_id: str, ts: str) -> None:
        """Remember where the card stands."""
        Row(tables.partition(tenant_id), f"CARD#{subject_id}", data=ts).put()
