"""What has been judged and how, on DynamoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from pydantic import TypeAdapter

from pm_assistant.aws import tables
from pm_assistant.aws.rows import LeaseRow
from pm_assistant.aws.tables import Row
from pm_assistant.domain.decisions import Decision, Progress, rests_on
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import LONGEST_BURST_SECONDS, Conversation

KEEP = timedelta(days=90)
"""How long we know what has been judged; judging it again afterwards finds the same decisions."""

VERDICT_LASTS = timedelta(days=21)
"""Longer than a message can wait on the events queue and in its dead letters."""

FOR_GOOD = "for good"
"""Until when judged content is held. It was a claim that ended thus once, and such rows still stand."""


@cache
def _decisions() -> TypeAdapter[list[Decision]]:
    return TypeAdapter(list[Decision])


class DynamoConversations:
    """Judgements (`Conversations`): `CLAIM#<conversation>#<content>` once it is judged, `VERDICT#…` for the verdict."""

    def save_verdict(
        self, tenant_id: TenantId, conversation: Conversation, decisions: Sequence[Decision], *, at: datetime
    ) -> None:
        """Keep what was decided, unless something was before."""
        body = _decisions().dump_json(list(decisions)).decode()
        kept = [timedelta(days=decision.keep_days) for decision in decisions if decision.keep_days]
        until = at + min([VERDICT_LASTS, *kept])
        row = Row(tables.partition(tenant_id), _verdict(conversation), data=body, expires_at=until)
        row.put(Row.pk.does_not_exist())

    def progress(self, tenant_id: TenantId, conversation: Conversation) -> Progress:
        """How far this content has got, in one request."""
        rows = {row.sk: row for row in LeaseRow.find_all(tenant_id, (_judged(conversation), _verdict(conversation)))}
        mark, verdict = rows.get(_judged(conversation)), rows.get(_verdict(conversation))
        return Progress(
            judged=mark is not None and mark.held_until == FOR_GOOD,
            verdict=_decisions().validate_json(verdict.data) if verdict else None,
        )

    def forget_deleted(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Delete verdicts that rest on what was deleted; bursts that began before or after may cite it, too."""
        deleted = conversation.deleted_ids
        if not deleted:
            return
        roots = [float(message.root_ts) for message in conversation.messages]
        first, last = max(min(roots) - LONGEST_BURST_SECONDS, 0), max(roots) + LONGEST_BURST_SECONDS
        channel = f"VERDICT#{conversation.channel}"
        rows = Row.among(tenant_id, Row.sk.between(f"{channel}:{first:017.6f}#", f"{channel}:{last:017.6f}#~"))
        Row.drop_all(row for row in rows if rests_on(_decisions().validate_json(row.data), deleted))

    def forget(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Delete every verdict on the conversation, and that it has been judged."""
        Row.drop_all(Row.among(tenant_id, Row.sk.startswith(f"VERDICT#{conversation.id}#")))
        Row.drop_all(Row.among(tenant_id, Row.sk.startswith(f"CLAIM#{conversation.id}#")))

    def mark_judged(self, tenant_id: TenantId, conversation: Conversation, *, at: datetime) -> None:
        """Record that this content needs no judging again."""
        pk, sk = tables.partition(tenant_id), _judged(conversation)
        LeaseRow(pk, sk, held_until=FOR_GOOD, holder=FOR_GOOD, expires_at=at + KEEP).put()


def _judged(conversation: Conversation) -> str:
    return f"CLAIM#{conversation.id}#{conversation.content_id}"


def _verdict(conversation: Conversation) -> str:
    return f"VERDICT#{conversation.id}#{conversation.content_id}"
