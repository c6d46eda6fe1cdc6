"""Turn events into decisions: keep the ticket index fresh, and judge a conversation once it is quiet."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from pm_assistant.domain.actions import Comment, CreateTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, merge_evidence, same_work
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.events import (
    ConversationTouched,
    EventEnvelope,
    TicketChanged,
    TicketChangedInPart,
    TicketRemoved,
)
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import LONGEST_BURST_SECONDS, Conversation
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.corridor.judge import Verdict, judge
from pm_assistant.workflows.corridor.tickets import keep_partial_change

LEASE = timedelta(seconds=90)
"""Longer than the function may run, so that a lease never ends under its holder."""


class Analysis(Model):
    """What became of an event, for the log; `skipped` names why nothing was judged."""

    skipped: str | None = None
    decisions: tuple[Decision, ...] = ()
    unusable: tuple[str, ...] = ()


def analyze(envelope: EventEnvelope, unit: Unit) -> Analysis:
    """Handle one event; safe to repeat.

    Raises:
        Conflict: another is judging this very content; repeat, it may not get to the end.
        UpstreamError: the model or a store failed; a retry goes on where this one ended.
    """
    stores, tenant_id = unit.stores, unit.tenant_id
    if (role := _sender(envelope.event)) is not None:
        stores.connection_states.note(tenant_id, unit.provider(role), event_at=unit.now())
    match envelope.event:
        case TicketChanged(ticket=ticket):
            stores.tickets.put(tenant_id, ticket)
            return Analysis(skipped="index updated")
        case TicketChangedInPart() as change:
            return Analysis(skipped="index updated" if keep_partial_change(change, unit) else "ticket is not known")
        case TicketRemoved(ticket_id=ticket_id, at=at):
            stores.tickets.remove(tenant_id, ticket_id, at=at)
            return Analysis(skipped="index updated")
        case ConversationTouched() as touch:
            return _on_conversation_touched(touch, unit)
        case _:
            assert_never(envelope.event)


def _on_conversation_touched(touch: ConversationTouched, unit: Unit) -> Analysis:
    conversation = conversation_at(touch, unit)
    if conversation is None:
        return Analysis(skipped="no such message")
    tenant = unit.stores.tenants.get(unit.tenant_id)
    if conversation.undeleted_messages and not tenant.settings.channels.reads(conversation.channel):
        return Analysis(skipped="channel is not read")
    seconds_to_quiet = _seconds_to_quiet(conversation, touch, tenant, unit.now())
    if seconds_to_quiet > 0:
        return _wait(conversation, touch, seconds_to_quiet, unit)
    if touch.only is not None:
        # For one kind of action: the content stays to be judged for the others, also by who comes right now.
        return _decide(conversation, touch, tenant, unit)
    with unit.lease(f"judging|{conversation.id}|{conversation.content_id}", lasts=LEASE):
        if unit.stores.conversations.is_judged(tenant.id, conversation):
            return Analysis(skipped="already judged")
        analysis = _decide(conversation, touch, tenant, unit)
        unit.stores.conversations.mark_judged(tenant.id, conversation, at=unit.now())
        return analysis


def _decide(conversation: Conversation, touch: ConversationTouched, tenant: Tenant, unit: Unit) -> Analysis:
    """Judge a conversation, or take what an earlier attempt made of it, then log and enqueue what is concerned."""
    earlier = _earlier_decisions(conversation, unit)
    saved_decisions = unit.stores.conversations.verdict(tenant.id, conversation)
    if saved_decisions is None:
        verdict = judge(conversation, tenant, unit)
        decisions = _adopted_all(verdict, earlier, conversation)
    else:
        verdict = Verdict(decisions=tuple(saved_decisions))
        decisions = verdict.decisions
    unit.stores.conversations.save_verdict(tenant.id, conversation, decisions, at=unit.now())
    decisions = tuple(decision for decision in decisions if touch.concerns(decision.action.kind))
    earlier = {id: decision for id, decision in earlier.items() if touch.concerns(decision.action.kind)}
    logged = _log(decisions, earlier, conversation, unit)
    _enqueue(logged, earlier, unit)
    return Analysis(decisions=logged, unusable=verdict.unusable)


def _sender(event: ConversationTouched | TicketChanged | TicketChangedInPart | TicketRemoved) -> Role | None:
    """Whose being alive the event tells us of; nobody's if somebody asked for the judging."""
    match event:
        case ConversationTouched(force=force):
            return None if force else Role.CHAT
        case TicketChanged() | TicketChangedInPart() | TicketRemoved():
            return Role.TRACKER
        case _:
            assert_never(event)


def conversation_at(touch: ConversationTouched, unit: Unit) -> Conversation | None:
    """Read the conversation a message belongs to: its thread if it has one, else the burst around it."""
    messages, tenant_id = unit.stores.messages, unit.tenant_id
    thread_or_burst = messages.thread(tenant_id, touch.channel, touch.root_ts)
    if len(thread_or_burst) == 1 and not thread_or_burst[0].is_reply:
        burst = messages.burst(tenant_id, touch.channel, touch.ts, gap_seconds=unit.burst_gap_seconds)
        thread_or_burst = burst or thread_or_burst
    return Conversation(channel=touch.channel, messages=tuple(thread_or_burst)) if thread_or_burst else None


def _seconds_to_quiet(conversation: Conversation, touch: ConversationTouched, tenant: Tenant, now: datetime) -> float:
    if touch.force:
        return 0
    return tenant.settings.settle_seconds - (now - conversation.latest.received_at).total_seconds()


def _wait(conversation: Conversation, touch: ConversationTouched, seconds: float, unit: Unit) -> Analysis:
    """Leave a thread to the message that touched it last; look at a burst again when it may be quiet.

    The last message of a burst may leave it, by being answered, before it is judged: then nobody else would look.
    """
    if not (conversation.threaded and conversation.latest.ts != touch.ts):
        envelope = EventEnvelope(tenant_id=unit.tenant_id, event=touch)
        unit.queues.events.put(envelope, group=unit.tenant_id, delay_seconds=min(900, math.ceil(seconds)))
    return Analysis(skipped="not quiet yet")


def _earlier_decisions(conversation: Conversation, unit: Unit) -> Mapping[str, Decision]:
    """What has been decided before about any of these messages, also from a burst that began before them; by id."""
    roots = {message.root_ts for message in conversation.messages}
    message_ids = {message.id for message in conversation.messages}
    first, last = min(roots, key=float), max(roots, key=float)
    earliest = f"{float(first) - LONGEST_BURST_SECONDS:.6f}"
    return {
        decision.id: decision
        for decision in unit.stores.decisions.between(unit.tenant_id, conversation.channel, earliest, last)
        if decision.subject.root_ts in roots or any(receipt.message_id in message_ids for receipt in decision.evidence)
    }


def _adopted_all(verdict: Verdict, earlier: Mapping[str, Decision], conversation: Conversation) -> tuple[Decision, ...]:
    """Once per judgement: what was noted has been adopted, and joining it again would cite its receipts twice."""
    return tuple(_adopted(decision, earlier, conversation) for decision in verdict.decisions)


def _adopted(decision: Decision, earlier: Mapping[str, Decision], conversation: Conversation) -> Decision:
    """Take a decision for the one we know if both would do the same: it keeps its id, its thread and its card."""
    twin = next((before for before in earlier.values() if same_work(before, decision)), None)
    if twin is None:
        return decision
    return merge_evidence(twin, decision, frozenset(message.id for message in conversation.messages))


def _log(
    decisions: Sequence[Decision], earlier: Mapping[str, Decision], conversation: Conversation, unit: Unit
) -> tuple[Decision, ...]:
    redacted = [_redacted(decision, conversation, unit.now()) for decision in earlier.values()]
    to_save = [*(decision for decision in decisions if _needs_logging(decision, earlier)), *filter(None, redacted)]
    saved = tuple(unit.stores.decisions.save(decision) for decision in to_save)
    decision_ids = {decision.id for decision in decisions}
    superseded = [decision for decision in earlier.values() if decision.id not in decision_ids]
    logged = saved + _withdraw(superseded, conversation, unit)
    _forget_deleted({**earlier, **{decision.id: decision for decision in logged}}.values(), conversation, unit)
    return logged


def _forget_deleted(decisions: Iterable[Decision], conversation: Conversation, unit: Unit) -> None:
    """Take people's words out of whatever rests on nothing but messages that they have deleted, cards included."""
    deleted = conversation.deleted_ids
    if not deleted:
        return
    unit.stores.conversations.forget_deleted(unit.tenant_id, conversation)
    for decision in decisions:
        redacted = decision.redacted()
        if decision.cites_only(deleted) and redacted != decision:
            unit.stores.decisions.advance(redacted, expected=frozenset({decision.state}))
            request = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision.id, only_show=True)
            unit.queues.actions.put(request, group=unit.tenant_id)


def _redacted(decision: Decision, conversation: Conversation, now: datetime) -> Decision | None:
    """Take a quote back from a ticket when people have taken back every message it was made of."""
    all_deleted = decision.cites_only(conversation.deleted_ids)
    if not (decision.performed and isinstance(decision.action, Comment) and all_deleted):
        return None
    redacted, as_of = decision.redacted(), conversation.latest.received_at
    return redacted.to_be_redone(redacted.action, revision=conversation.digest, as_of=as_of, at=now)


def _needs_logging(decision: Decision, earlier: Mapping[str, Decision]) -> bool:
    """Whether there is anything to log: what has been done already is redone only to say something else.

    Where a person approved it, a person is asked about the change, too.
    """
    before = earlier.get(decision.id)
    if before is None or before.performed is None:
        return True
    if decision.action == before.action or isinstance(decision.action, CreateTicket):
        return False
    asked_before = before.decided_by is not None
    return decision.state is DecisionState.QUEUED or (asked_before and decision.state is DecisionState.PROPOSED)


def _withdraw(superseded: Sequence[Decision], conversation: Conversation, unit: Unit) -> tuple[Decision, ...]:
    """Take back what rested on these messages alone, has not been done and no longer follows from them.

    What policy has let through stays, unless every message it rested on has been deleted.
    """
    message_ids = {message.id for message in conversation.messages}
    open_states = {DecisionState.LOGGED, DecisionState.PROPOSED}
    if not conversation.undeleted_messages:
        open_states.add(DecisionState.QUEUED)
    withdrawn = []
    for decision in superseded:
        grounded = {receipt.message_id for receipt in decision.evidence} <= message_ids
        if decision.state not in open_states or decision.performed or not grounded:
            continue
        after = decision.withdrawn(at=unit.now())
        try:
            withdrawn.append(unit.stores.decisions.advance(after, expected=frozenset({decision.state})))
        except Conflict:
            continue  # A person answered in this very moment; the answer stands.
    return tuple(withdrawn)


def _enqueue(logged: Sequence[Decision], earlier: Mapping[str, Decision], unit: Unit) -> None:
    """Ask for what is to be done or shown, and for the cards of what is no longer asked."""
    for decision in logged:
        before = earlier.get(decision.id)
        was_shown = before is not None and before.state is DecisionState.PROPOSED
        if was_shown or decision.state in {DecisionState.QUEUED, DecisionState.PROPOSED}:
            request = ActionRequest(tenant_id=decision.tenant_id, decision_id=decision.id)
            unit.queues.actions.put(request, group=decision.tenant_id)
