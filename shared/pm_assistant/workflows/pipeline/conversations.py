"""Which conversation a message belongs to, and which messages a decision rests on."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.tenants import Tenant, TenantId
from pm_assistant.domain.work import Conversation, Message
from pm_assistant.ports.unit import Unit

if TYPE_CHECKING:
    from pm_assistant.domain.events import ConversationTouched


class Circumstances(TypedDict):
    """What a decision has from the conversation that it is about, and from the tenant, whoever makes it."""

    tenant_id: TenantId
    private: bool
    outside: bool
    revision: str
    as_of: datetime
    created_at: datetime
    updated_at: datetime
    keep_days: int


def circumstances(conversation: Conversation, tenant: Tenant, *, at: datetime) -> Circumstances:
    """Those of a decision that is made now of a conversation as it reads now."""
    return {
        "tenant_id": tenant.id,
        "private": conversation.private,
        "outside": conversation.outside,
        "revision": conversation.digest,
        "as_of": conversation.latest.received_at,
        "created_at": at,
        "updated_at": at,
        "keep_days": tenant.settings.retention_days,
    }


def conversation_at(touch: "ConversationTouched", unit: Unit) -> Conversation | None:
    """Read the conversation of which a message was touched."""
    return conversation_around(touch.channel, touch.root_ts, touch.ts, unit)


def conversation_around(channel: str, root_ts: str, ts: str, unit: Unit) -> Conversation | None:
    """Read the conversation a message belongs to: its thread if it has one, else the burst around it."""
    messages, tenant_id = unit.stores.messages, unit.tenant_id
    thread_or_burst = messages.thread(tenant_id, channel, root_ts)
    if len(thread_or_burst) == 1 and not thread_or_burst[0].is_reply:
        burst = messages.burst(tenant_id, channel, ts, gap_seconds=unit.burst_gap_seconds)
        thread_or_burst = burst or thread_or_burst
    return Conversation(channel=channel, messages=tuple(thread_or_burst)) if thread_or_burst else None


def decisions_in(thread: Subject, unit: Unit) -> Sequence[Decision]:
    """All decisions of one thread, oldest first."""
    return unit.stores.decisions.between(unit.tenant_id, thread.channel, thread.root_ts, thread.root_ts)


def cited_messages(decision: Decision, unit: Unit) -> Sequence[Message]:
    """The messages that a decision rests on, as they read now."""
    places = {place for receipt in decision.evidence for place in decision.places_of(receipt)}
    return unit.stores.messages.some(unit.tenant_id, places)
