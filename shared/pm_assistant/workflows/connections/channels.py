"""Let what we keep of a channel follow what becomes of the channel: nothing of it is lost, or shown to more people."""

from datetime import timedelta

from pm_assistant.domain.events import ChannelChanged, ConversationTouched, EventEnvelope
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import conversations_in
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.workflows.connections.resume import LOOKS_BACK, resume

AT_ONCE = 500
"""Rows; each takes a few requests, and the function may run for a minute."""
RECENT = timedelta(days=4)
"""Longer than a vendor that is away is waited for, with whatever is to be judged: what was said before has been."""


def follow_channel(change: ChannelChanged, unit: Unit) -> None:
    """Bring all that we keep of a channel up to what it is now, or as much as there is time for, and ask for the rest.

    What was about to be judged or shown under an id that is no more is looked at again under the new one.

    Raises:
        Conflict: it is being done right now, or a decision is being changed; repeat.
    """
    with unit.lease(f"channel|{change.channel}", lasts=LEASE):
        changed = unit.stores.partition.follow_channel(unit.tenant_id, change, limit=AT_ONCE)
    if changed >= AT_ONCE:
        unit.queues.events.put(EventEnvelope(tenant_id=unit.tenant_id, event=change), group=unit.tenant_id)
    elif change.now is not None:
        _have_read_further(change.channel, change.now, unit)
        _have_asked_further(change.channel, change.now, unit)
        _have_judged(change.now, unit)
        resume(unit, channel=change.now)


def _have_read_further(channel: str, now: str, unit: Unit) -> None:
    """What was read of the channel under its old id counts under the new one."""
    readings, chat = unit.stores.readings, unit.provider(Role.CHAT)
    position = readings.position(unit.tenant_id, chat, channel)
    if position is not None and readings.position(unit.tenant_id, chat, now) is None:
        renamed = position.channel.model_copy(update={"id": now}) if position.channel is not None else None
        change = {"place": now, "channel": renamed, "reading": None}
        readings.put_position(unit.tenant_id, position.model_copy(update=change))


def _have_asked_further(channel: str, now: str, unit: Unit) -> None:
    """What is asked in a thread of the channel, and is not about what was said there, is asked under the new id."""
    for decision in unit.stores.decisions.since(unit.tenant_id, unit.now() - LOOKS_BACK):
        if decision.asked_in is not None and decision.asked_in.channel == channel:
            thread = decision.asked_in.model_copy(update={"channel": now})
            unit.stores.decisions.replace(decision.model_copy(update={"asked_in": thread}), before=decision)


def _have_judged(channel: str, unit: Unit) -> None:
    recent = unit.stores.messages.since(unit.tenant_id, unit.now() - RECENT)
    messages = [message for message in recent if message.channel == channel]
    for conversation in conversations_in(messages, gap_seconds=unit.burst_gap_seconds):
        latest = conversation.latest
        touch = ConversationTouched(channel=channel, ts=latest.ts, root_ts=latest.root_ts)
        unit.queues.events.put(EventEnvelope(tenant_id=unit.tenant_id, event=touch), group=unit.tenant_id)
