"""What was said, on DynamoDB.

A message is `MESSAGE#<channel>#<root_ts>#<ts>`: a thread is one range, and so is what was said in a channel around a
moment, because Slack's timestamps have a fixed width and sort as text.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import islice

from pm_assistant.aws import tables
from pm_assistant.aws.rows import MessageRow
from pm_assistant.aws.stored import stored
from pm_assistant.domain.work import LONGEST_BURST_SECONDS, Message, Place, burst_of, neighbours_of, run_around
from pm_assistant.domain.workspaces import TenantId

UNEDITED = "0"
DELETED = "deleted"
"""Versions before and after every edit's timestamp."""

TOMBSTONE_DAYS = 90
"""How long we remember the deletion of a message that we never saw; late copies come within hours."""

_APART = {"text", "files", "received_at", "deleted"}


class DynamoMessages:
    """Messages (`Messages`); each also stands in the index, ordered by the vendor's timestamp."""

    def record(self, tenant_id: TenantId, message: Message, *, keep_days: int) -> None:
        """Keep a message: one request, two for an edit that is older or left the text as it was."""
        row = MessageRow(
            tables.partition(tenant_id),
            _sk(message.channel, message.root_ts, message.ts),
            gsi_pk=tables.recent(tenant_id, "MESSAGE"),
            gsi_sk=message.ts,
            data=message.model_dump_json(exclude=_APART),
            text=message.text,
            files=list(message.files),
            version=message.edited_ts or UNEDITED,
            received_at=tables.stamp(message.received_at),
            expires_at=message.received_at + timedelta(days=keep_days),
        )
        newer = MessageRow.version < row.version
        written = row.put(tables.absent_or(newer & (MessageRow.text != row.text)))
        if not written and message.edited_ts is not None:
            # The same text again is no touch, but must still outrank an older edit that arrives later.
            row.change(
                [
                    MessageRow.version.set(row.version),
                    MessageRow.data.set(row.data),
                    MessageRow.files.set(row.files),
                ],
                newer & (MessageRow.text == row.text),
            )

    def delete(self, tenant_id: TenantId, channel: str, root_ts: str, ts: str, *, at: datetime) -> None:
        """Erase a message's text in one request; of one we never saw only the tombstone is kept."""
        unseen = Message(channel=channel, ts=ts, root_ts=root_ts, author="", text="", received_at=at)
        MessageRow(tables.partition(tenant_id), _sk(channel, root_ts, ts)).change(
            [
                MessageRow.version.set(DELETED),
                MessageRow.text.set(""),
                MessageRow.files.remove(),
                MessageRow.received_at.set(tables.stamp(at)),
                MessageRow.data.set(MessageRow.data | unseen.model_dump_json(exclude=_APART)),
                MessageRow.gsi_pk.set(tables.recent(tenant_id, "MESSAGE")),
                MessageRow.gsi_sk.set(ts),
                MessageRow.expires_at.set(MessageRow.expires_at | (at + timedelta(days=TOMBSTONE_DAYS))),
            ],
            tables.absent_or(MessageRow.version != DELETED),
        )

    def thread(self, tenant_id: TenantId, channel: str, root_ts: str) -> Sequence[Message]:
        """A thread with its root, in one request."""
        rows = MessageRow.among(tenant_id, MessageRow.sk.startswith(f"MESSAGE#{channel}#{root_ts}#"))
        return [message_of(row) for row in rows]

    def some(self, tenant_id: TenantId, places: Collection[Place]) -> Sequence[Message]:
        """The ones that we have, in one request."""
        return [message_of(row) for row in MessageRow.find_all(tenant_id, (_sk(*place) for place in places))]

    def between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Message]:
        """The threads of this stretch of a channel, in one request for each megabyte."""
        first, last = (_ts(float(ts)) for ts in (first_ts, last_ts))
        span = MessageRow.sk.between(f"MESSAGE#{channel}#{first}", f"MESSAGE#{channel}#{last}~")
        return [message_of(row) for row in MessageRow.among(tenant_id, span)]

    def burst(self, tenant_id: TenantId, channel: str, ts: str, *, gap_seconds: float) -> Sequence[Message]:
        """The top-level messages around `ts` that nobody answered, in one request."""
        reach = LONGEST_BURST_SECONDS + 2 * gap_seconds
        return burst_of(run_around(self._alone(tenant_id, channel, ts, reach), ts, gap_seconds=gap_seconds), ts)

    def neighbours(self, tenant_id: TenantId, channel: str, ts: str, *, gap_seconds: float) -> Sequence[Message]:
        """The top-level messages right before and after `ts` that nobody answered, in one request."""
        return neighbours_of(self._alone(tenant_id, channel, ts, gap_seconds), ts, gap_seconds=gap_seconds)

    def _alone(self, tenant_id: TenantId, channel: str, ts: str, reach: float) -> Sequence[Message]:
        messages = self.between(tenant_id, channel, str(float(ts) - reach), str(float(ts) + reach))
        answered = {message.root_ts for message in messages if message.is_reply}
        return [message for message in messages if message.ts not in answered]

    def at(self, tenant_id: TenantId, channel: str, ts: str) -> Message | None:
        """The one of that timestamp: in one request where it is a root, else in another, through the index."""
        roots = self.some(tenant_id, [(channel, ts, ts)])
        if roots:
            return roots[0]
        rows = MessageRow.indexed(tables.recent(tenant_id, "MESSAGE"), MessageRow.gsi_sk == ts)
        return next((message for message in map(message_of, rows) if message.channel == channel), None)

    def since(self, tenant_id: TenantId, since: datetime, *, latest: int | None = None) -> Sequence[Message]:
        """All messages said since then, through the index: what was stored a moment ago may be missing."""
        later, recent = MessageRow.gsi_sk >= _ts(since.timestamp()), tables.recent(tenant_id, "MESSAGE")
        rows = MessageRow.indexed(recent, later, each=latest, last_first=True)
        return [message_of(row) for row in islice(rows, latest)][::-1]

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Message]]:
        """The next so many messages in the order of channels and threads, in one consistent read."""
        rows = MessageRow.page(tenant_id, "MESSAGE", after=after, limit=limit)
        return [(row.sk.removeprefix("MESSAGE#"), message_of(row)) for row in rows]


def _sk(channel: str, root_ts: str, ts: str) -> str:
    return f"MESSAGE#{channel}#{root_ts}#{ts}"


def _ts(seconds: float) -> str:
    return f"{max(seconds, 0.0):017.6f}"


def message_of(row: MessageRow) -> Message:
    """Read a row."""
    return stored(
        Message,
        json.loads(row.data)
        | {
            "text": row.text,
            "files": tuple(row.files or ()),
            "received_at": row.received_at,
            "deleted": row.version == DELETED,
        },
    )
