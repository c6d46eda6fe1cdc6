"""Who judges what, on DynamoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from pm_assistant.aws import tables
from pm_assistant.aws.stores.leases import Leases
from pm_assistant.aws.tables import Row
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Conversation

KEEP = timedelta(days=90)
"""How long we know what has been judged; judging it again afterwards finds the same decisions."""


NOTED = timedelta(days=21)
"""Longer than a message can wait on the events queue and in its dead letters."""

DECISIONS = TypeAdapter(list[Decision])


class DynamoConversations:
    """Claims (`Conversations`): `CLAIM#<conversation>#<content>`, and `VERDICT#…` for what was decided on it."""

    def __init__(self) -> None:
        self._leases = Leases()

    def claim(self, tenant_id: TenantId, conversation: Conversation, *, now: datetime, until: datetime) -> bool:
        """Take this exact content for judging."""
        return self._leases.take(tenant_id, _sk(conversation), now=now, until=until)

    def release(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Give the claim back; a judgement stays."""
        self._leases.give_back(tenant_id, _sk(conversation))

    def note(
        self, tenant_id: TenantId, conversation: Conversation, decisions: Sequence[Decision], *, at: datetime
    ) -> None:
        """Keep what was decided; the first judgement of a content is the one that counts."""
        body = DECISIONS.dump_json(list(decisions)).decode()
        row = Row(tables.partition(tenant_id), _verdict(conversation), data=body, expires_at=at + NOTED)
        row.put(Row.pk.does_not_exist())

    def noted(self, tenant_id: TenantId, conversation: Conversation) -> Sequence[Decision] | None:
        """What an earlier attempt on this content decided."""
        row = Row.find(tenant_id, _verdict(conversation))
        return DECISIONS.validate_json(row.data) if row else None

    def judged(self, tenant_id: TenantId, conversation: Conversation, *, at: datetime) -> None:
        """Record that this content needs no judging again."""
        self._leases.keep(tenant_id, _sk(conversation), forget_at=at + KEEP)


def _sk(conversation: Conversation) -> str:
    return f"CLAIM#{conversation.id}#{conversation.content_id}"


def _verdict(conversation: Conversation) -> str:
    return f"VERDICT#{conversation.id}#{conversation.content_id}"
