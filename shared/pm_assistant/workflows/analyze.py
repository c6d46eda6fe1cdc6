"""Turn events into decisions: keep the ticket index fresh, and judge a conversation once it is quiet."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.events import ConversationTouched, EventEnvelope, TicketChanged, TicketRemoved
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Conversation
from pm_assistant.ports import (
    Analyst,
    Connections,
    Conversations,
    Decisions,
    Directory,
    Messages,
    Queue,
    Tenants,
    Tickets,
)
from pm_assistant.workflows.judge import Verdict, judge

CLAIM = timedelta(seconds=90)
"""Longer than the function may run, so that a claim never ends under its holder."""


class Analysis(Model):
    """What became of an event, for the log; `skipped` names why nothing was judged."""

    skipped: str | None = None
    decisions: tuple[Decision, ...] = ()
    unusable: tuple[str, ...] = ()


def analyze(
    envelope: EventEnvelope,
    *,
    analyst: Analyst,
    tenants: Tenants,
    connections: Connections,
    directory: Directory,
    messages: Messages,
    conversations: Conversations,
    tickets: Tickets,
    decisions: Decisions,
    actions: Queue,
    burst_gap_seconds: float,
    now: datetime,
) -> Analysis:
    """Handle one event; safe to repeat.

    Raises:
        UpstreamError: the model or a store failed; the claim is given back, so a retry starts afresh.
    """
    tenant_id = envelope.tenant_id
    match envelope.event:
        case TicketChanged(ticket=ticket):
            tickets.put(tenant_id, ticket)
            return Analysis(skipped="index updated")
        case TicketRemoved(ticket_id=ticket_id, at=at):
            tickets.remove(tenant_id, ticket_id, at=at)
            return Analysis(skipped="index updated")
        case ConversationTouched() as touch:
            conversation = conversation_at(tenant_id, touch, messages=messages, burst_gap_seconds=burst_gap_seconds)
    if conversation is None:
        return Analysis(skipped="no such message")
    if conversation.latest.ts != touch.ts and not touch.force:
        return Analysis(skipped="not quiet yet")
    if not conversations.claim(tenant_id, conversation, now=now, until=now + CLAIM):
        return Analysis(skipped="already judged")
    try:
        known = _known(conversation, tenant_id, decisions)
        verdict = judge(
            conversation,
            tenant=tenants.get(tenant_id),
            analyst=analyst,
            tickets=tickets,
            directory=directory,
            connections=connections,
            now=now,
        )
        logged = _log(verdict, known, decisions=decisions, now=now)
        _enqueue(logged, actions)
    except Exception:
        conversations.release(tenant_id, conversation)
        raise
    conversations.judged(tenant_id, conversation, at=now)
    return Analysis(decisions=logged, unusable=verdict.unusable)


def _log(
    verdict: Verdict, known: Mapping[str, Decision], *, decisions: Decisions, now: datetime
) -> tuple[Decision, ...]:
    saved = tuple(decisions.save(decision) for decision in verdict.decisions if _is_news(decision, known))
    return saved + _withdraw(known, verdict, decisions=decisions, now=now)


def _enqueue(logged: Sequence[Decision], actions: Queue) -> None:
    for decision in logged:
        if decision.state is not DecisionState.LOGGED:
            actions.put(ActionRequest(tenant_id=decision.tenant_id, decision_id=decision.id), group=decision.tenant_id)


def conversation_at(
    tenant_id: TenantId, touch: ConversationTouched, *, messages: Messages, burst_gap_seconds: float
) -> Conversation | None:
    """Read the conversation a message belongs to: its thread if it has one, else the burst around it."""
    found = messages.thread(tenant_id, touch.channel, touch.root_ts)
    if len(found) == 1 and not found[0].is_reply:
        found = messages.burst(tenant_id, touch.channel, touch.ts, gap_seconds=burst_gap_seconds) or found
    return Conversation(channel=touch.channel, messages=tuple(found)) if found else None


def _known(conversation: Conversation, tenant_id: TenantId, decisions: Decisions) -> Mapping[str, Decision]:
    roots = dict.fromkeys(message.root_ts for message in conversation.messages)
    return {
        decision.id: decision
        for root in roots
        for decision in decisions.of_subject(tenant_id, f"{conversation.channel}:{root}")
    }


def _is_news(decision: Decision, known: Mapping[str, Decision]) -> bool:
    """Whether there is anything to log: what has been done already is redone only to say something else."""
    before = known.get(decision.id)
    if before is None or before.performed is None:
        return True
    return decision.state is DecisionState.QUEUED and decision.action != before.action


def _withdraw(
    known: Mapping[str, Decision], verdict: Verdict, *, decisions: Decisions, now: datetime
) -> tuple[Decision, ...]:
    """Take back what is still only proposed and no longer follows from the conversation."""
    standing = {decision.id for decision in verdict.decisions}
    withdrawn = []
    for decision in known.values():
        if decision.state is not DecisionState.PROPOSED or decision.id in standing:
            continue
        taken_back = decision.model_copy(
            update={"state": DecisionState.DISMISSED, "error": "the conversation moved on", "updated_at": now}
        )
        try:
            withdrawn.append(decisions.advance(taken_back, expected=frozenset({DecisionState.PROPOSED})))
        except Conflict:
            continue  # A person answered in this very moment; the answer stands.
    return tuple(withdrawn)
