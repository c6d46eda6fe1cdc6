"""Who looks at their page in the chat, on DynamoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.tenants import TenantId

KEEP = timedelta(hours=1)
"""How long it is remembered that somebody has opened theirs; nobody asks for so long."""
OUTDATED = "!"


class DynamoHomes:
    """Pages that are looked at (`Homes`): `HOME#<account>`, since when, marked where they are not true any more."""

    def look(self, tenant_id: TenantId, account: str, *, since: datetime) -> None:
        """Note that somebody looks at their page."""
        key = (tables.partition(tenant_id), f"HOME#{account}")
        Row(*key, data=tables.stamp(since), expires_at=since + KEEP).put()

    def outdate(self, tenant_id: TenantId, *, since: datetime) -> Sequence[tuple[str, datetime]]:
        """Mark those that were opened since then and are not marked."""
        rows = Row.each(tenant_id, Row.sk.startswith("HOME#"))
        shown = [row for row in rows if row.data >= tables.stamp(since) and not row.data.endswith(OUTDATED)]
        marked = [
            (row, at) for row in shown if row.change([Row.data.set(f"{(at := row.data)}{OUTDATED}")], Row.data == at)
        ]
        return [(row.sk.removeprefix("HOME#"), datetime.fromisoformat(at)) for row, at in marked]
