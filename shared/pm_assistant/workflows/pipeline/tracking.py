"""A ticket for what was said, because a person wants one: what the chat's surfaces beside orders lead to."""

from collections.abc import Sequence

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import (
    ActionRequest,
    Decision,
    DecisionState,
    Evidence,
    Subject,
    bounded,
    ordered_id,
)
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.policy import POLICY_VERSION
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message
from pm_assistant.language import text
from pm_assistant.language.excerpts import excerpt, short_title
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.conversations import circumstances
from pm_assistant.workflows.pipeline.drafting import UNKNOWN, Drafting

VERSION = "wanted-1"
"""Names this way to a ticket in the decision log."""


def wanted_ticket(said: Sequence[Message], message: Message, by: str, tenant: Tenant, unit: Unit) -> Decision | None:
    """The ticket for what was said, as a decision that whoever wants it has made; None where nothing is said.

    What was said in private asks first, for it would carry others' words to all who read the tracker.

    Args:
        said: what the ticket is to be about, oldest first.
        message: that the ticket is wanted for: it gets one at most, however often it is wanted and by whomever.
        by: who wants it, in the chat.
        tenant: of the unit.
        unit: of work.
    """
    conversation = Conversation(channel=message.channel, messages=tuple(said))
    drafting = Drafting(conversation, tenant, unit.stores.index.read(tenant.id), unit)
    lines = [(drafting.names.get(m.author, UNKNOWN), text.plain(m.text, drafting.names)) for m in said if not m.deleted]
    lines = [(name, words) for name, words in lines if words]
    if not lines:
        return None
    new = CreateTicket(title=short_title(lines[0][1].partition("\n")[0]), description=excerpt(lines))
    base_url, now = unit.stores.connections.get(tenant.id, unit.provider(Role.CHAT)).base_url, unit.now()
    return Decision(
        id=ordered_id(tenant.id, message.id, "ticket"),
        subject=Subject(channel=message.channel, root_ts=message.root_ts),
        action=drafting.filled(new, said),
        confidence=1.0,
        reason=f"{drafting.names.get(by, UNKNOWN)} wants a ticket for this.",
        evidence=bounded(tuple(Evidence.of(m, base_url) for m in said)),
        model=VERSION,
        state=DecisionState.PROPOSED if conversation.private else DecisionState.QUEUED,
        decided_by=None if conversation.private else by,
        order=GivenOrder(message_id=message.id),
        policy=POLICY_VERSION,
        **circumstances(conversation, tenant, at=now),
    )


def log_wanted(decision: Decision, unit: Unit) -> None:
    """Log what a person wants, and have it done, or people asked; once, however often it is wanted."""
    unit.stores.decisions.save(decision)
    unit.queues.actions.put(ActionRequest(tenant_id=unit.tenant_id, decision_id=decision.id), group=unit.tenant_id)
