"""Who judges what, on DynamoDB."""

from datetime import datetime, timedelta

from pm_assistant.aws.stores.leases import Leases
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Conversation

KEEP = timedelta(days=90)
"""How long we know what has been judged; judging it again afterwards finds the same decisions."""


class DynamoConversations:
    """Claims (`Conversations`): `CLAIM#<conversation>#<digest>`, one row per content."""

    def __init__(self) -> None:
        self._leases = Leases()

    def claim(self, tenant_id: TenantId, conversation: Conversation, *, now: datetime, until: datetime) -> bool:
        """Take this exact content for judging."""
        return self._leases.take(tenant_id, _sk(conversation), now=now, until=until)

    def release(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Give the claim back; a judgement stays."""
        self._leases.give_back(tenant_id, _sk(conversation))

    def judged(self, tenant_id: TenantId, conversation: Conversation, *, at: datetime) -> None:
        """Record that this content needs no judging again."""
        self._leases.keep(tenant_id, _sk(conversation), forget_at=at + KEEP)


def _sk(conversation: Conversation) -> str:
    return f"CLAIM#{conversation.id}#{conversation.digest}"
