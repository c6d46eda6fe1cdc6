"""What has been delivered, on DynamoDB."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed
from pm_assistant.aws.tables import Row
from pm_assistant.domain.reports import Post, SentReport
from pm_assistant.domain.tenants import TenantId

KEEP = timedelta(days=90)
"""How long a delivery is remembered; a schedule fires again within a day, if at all."""
KEEP_POST = timedelta(days=7)
"""How long it is known where a post stands; what people say of a day is read for four (`workflows/reports/said.py`)."""


class DynamoDeliveries:
    """Deliveries (`Deliveries`): `RUN#<key>`, `LAST_RUN#<member>#<kind>` for the last.

    What was sent: `SENT#<reader>#<when>#<kind>`; what stands in a channel: `POST#<subscription>#<day>`.
    """

    def last(self, tenant_id: TenantId, member_id: str, kind: str) -> datetime | None:
        """When the person's last report of that kind was delivered."""
        row = Row.find(tenant_id, _last(member_id, kind))
        return datetime.fromisoformat(row.data) if row else None

    def delivered(self, tenant_id: TenantId, key: str) -> bool:
        """Whether it has been delivered."""
        return Row.find(tenant_id, f"RUN#{key}") is not None

    def delivered_among(self, tenant_id: TenantId, keys: Iterable[str]) -> Set[str]:
        """Which have been, a hundred in each request."""
        return {row.sk.removeprefix("RUN#") for row in Row.find_all(tenant_id, (f"RUN#{key}" for key in keys))}

    def keep(self, tenant_id: TenantId, sent: SentReport, *, keep_days: int) -> None:
        """Remember what became of one, in one request."""
        row = Row(tables.partition(tenant_id), f"SENT#{sent.reader}#{sent.key}", data=sent.model_dump_json())
        row.expires_at = sent.at + timedelta(days=keep_days)
        row.put()

    def kept(self, tenant_id: TenantId, reader: str, *, before: str | None = None, limit: int) -> Sequence[SentReport]:
        """What became of a reader's, the last first, in one request."""
        rows = Row.newest(tenant_id, f"SENT#{reader}", before=before, each=limit)
        return listed(SentReport, rows, limit=limit)

    def forget(self, tenant_id: TenantId, reader: str) -> int:
        """Forget what a reader was sent, whatever it told of."""
        mine = (f"SENT#{reader}#", f"SENT#{reader}.")
        return sum(Row.drop_all(Row.each(tenant_id, Row.sk.startswith(prefix))) for prefix in mine)

    def keep_post(self, tenant_id: TenantId, post: Post) -> None:
        """Remember where one stands, in one request."""
        row = Row(tables.partition(tenant_id), f"POST#{post.subscription_id}#{post.day}", data=post.model_dump_json())
        row.expires_at = post.at + KEEP_POST
        row.put()

    def posts(self, tenant_id: TenantId, subscription_id: str | None = None) -> Sequence[Post]:
        """Those of the last days, in one request."""
        prefix = "POST#" if subscription_id is None else f"POST#{subscription_id}#"
        return listed(Post, Row.each(tenant_id, Row.sk.startswith(prefix)))

    def finish(self, tenant_id: TenantId, member_id: str, kind: str, key: str, *, at: datetime, once: bool) -> None:
        """Record a delivery; `last` never goes back."""
        pk, moment = tables.partition(tenant_id), tables.stamp(at)
        # `last` first: if we fail in between, the retry records the delivery, whereas a recorded one is never retried.
        if not once:
            Row(pk, _last(member_id, kind), data=moment).put(tables.absent_or(Row.data < moment))
        Row(pk, f"RUN#{key}", data=moment, expires_at=at + KEEP).put()


def _last(member_id: str, kind: str) -> str:
    return f"LAST_RUN#{member_id}#{kind}"
