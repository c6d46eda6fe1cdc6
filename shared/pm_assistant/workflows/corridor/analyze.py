"""Turn events into decisions: keep the ticket index fresh, and judge a conversation once it is quiet."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from pm_assistant.domain.decisions import (
    ActionRequest,
    Comment,
    CreateTicket,
    Decision,
    DecisionState,
    joined,
    same_work,
)
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.events import ConversationTouched, EventEnvelope, TicketChanged, TicketRemoved
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Provider, Tenant, TenantId
from pm_assistant.domain.work import LONGEST_BURST_SECONDS, Conversation
from pm_assistant.ports.connections import Connections, ConnectionStates
from pm_assistant.ports.corridor import Conversations, Decisions, Messages, Tickets
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.tenants import Directory, Tenants
from pm_assistant.ports.vendors import Analyst
from pm_assistant.workflows.corridor.judge import Verdict, judge

TAKEN_BACK = "What was said about this was deleted in Slack."

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
    states: ConnectionStates,
    directory: Directory,
    messages: Messages,
    conversations: Conversations,
    tickets: Tickets,
    decisions: Decisions,
    events: Queue,
    actions: Queue,
    burst_gap_seconds: float,
    now: datetime,
) -> Analysis:
    """Handle one event; safe to repeat.

    Raises:
        UpstreamError: the model or a store failed; the claim is given back, so a retry goes on where this one ended.
    """
    tenant_id = envelope.tenant_id
    if heard_of := _sender(envelope.event):
        states.note(tenant_id, heard_of, event_at=now)
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
    tenant = tenants.get(tenant_id)
    if conversation.standing and not tenant.settings.channels.reads(conversation.channel):
        return Analysis(skipped="channel is not read")
    unsettled = _seconds_to_quiet(conversation, touch, tenant, now)
    if unsettled > 0:
        return _wait(envelope, conversation, touch, unsettled, events)
    decide = partial(
        _decide,
        conversation,
        touch,
        tenant=tenant,
        analyst=analyst,
        connections=connections,
        directory=directory,
        conversations=conversations,
        tickets=tickets,
        decisions=decisions,
        actions=actions,
        now=now,
    )
    return _once(decide, touch, tenant_id, conversation, conversations=conversations, now=now)


def _once(
    decide: Callable[[], Analysis],
    touch: ConversationTouched,
    tenant_id: TenantId,
    conversation: Conversation,
    *,
    conversations: Conversations,
    now: datetime,
) -> Analysis:
    """Decide on content that nobody has judged or is judging.

    For one kind of action nothing is claimed: the content stays to be judged for the others, also by who comes now.
    """
    if touch.only is not None:
        return decide()
    if not conversations.claim(tenant_id, conversation, now=now, until=now + CLAIM):
        return Analysis(skipped="already judged")
    try:
        analysis = decide()
    except Exception:
        conversations.release(tenant_id, conversation)
        raise
    conversations.judged(tenant_id, conversation, at=now)
    return analysis


def _decide(
    conversation: Conversation,
    touch: ConversationTouched,
    *,
    tenant: Tenant,
    analyst: Analyst,
    connections: Connections,
    directory: Directory,
    conversations: Conversations,
    tickets: Tickets,
    decisions: Decisions,
    actions: Queue,
    now: datetime,
) -> Analysis:
    """Judge a conversation, or take what an earlier attempt made of it, then log and enqueue what is concerned."""
    known = _known(conversation, tenant.id, decisions)
    noted = conversations.noted(tenant.id, conversation)
    verdict = (
        judge(
            conversation,
            tenant=tenant,
            analyst=analyst,
            tickets=tickets,
            directory=directory,
            connections=connections,
            now=now,
        )
        if noted is None
        else Verdict(decisions=tuple(noted))
    )
    wanted = verdict.decisions if noted is not None else _adopted_all(verdict, known, conversation)
    conversations.note(tenant.id, conversation, wanted, at=now)
    wanted = tuple(decision for decision in wanted if touch.concerns(decision.action.kind))
    known = {id: decision for id, decision in known.items() if touch.concerns(decision.action.kind)}
    logged = _log(wanted, known, conversation, decisions=decisions, now=now)
    _enqueue(logged, known, actions)
    return Analysis(decisions=logged, unusable=verdict.unusable)


def _sender(event: ConversationTouched | TicketChanged | TicketRemoved) -> Provider | None:
    """Which vendor the event tells us is alive; none if somebody asked for the judging."""
    match event:
        case ConversationTouched(force=force):
            return None if force else Provider.SLACK
        case TicketChanged() | TicketRemoved():
            return Provider.LINEAR


def conversation_at(
    tenant_id: TenantId, touch: ConversationTouched, *, messages: Messages, burst_gap_seconds: float
) -> Conversation | None:
    """Read the conversation a message belongs to: its thread if it has one, else the burst around it."""
    found = messages.thread(tenant_id, touch.channel, touch.root_ts)
    if len(found) == 1 and not found[0].is_reply:
        found = messages.burst(tenant_id, touch.channel, touch.ts, gap_seconds=burst_gap_seconds) or found
    return Conversation(channel=touch.channel, messages=tuple(found)) if found else None


def _seconds_to_quiet(conversation: Conversation, touch: ConversationTouched, tenant: Tenant, now: datetime) -> float:
    if touch.force:
        return 0
    return tenant.settings.settle_seconds - (now - conversation.latest.received_at).total_seconds()


def _wait(
    envelope: EventEnvelope, conversation: Conversation, touch: ConversationTouched, seconds: float, events: Queue
) -> Analysis:
    """Leave a thread to the message that touched it last; look at a burst again when it may be quiet.

    The last message of a burst may leave it, by being answered, before it is judged: then nobody else would look.
    """
    if not (conversation.threaded and conversation.latest.ts != touch.ts):
        events.put(envelope, group=envelope.tenant_id, delay_seconds=min(900, math.ceil(seconds)))
    return Analysis(skipped="not quiet yet")


def _known(conversation: Conversation, tenant_id: TenantId, decisions: Decisions) -> Mapping[str, Decision]:
    """What has been decided before about any of these messages, also from a burst that began before them."""
    roots = {message.root_ts for message in conversation.messages}
    said = {message.id for message in conversation.messages}
    first, last = min(roots, key=float), max(roots, key=float)
    reach = f"{float(first) - LONGEST_BURST_SECONDS:.6f}"
    return {
        decision.id: decision
        for decision in decisions.between(tenant_id, conversation.channel, reach, last)
        if decision.subject.root_ts in roots or any(receipt.message_id in said for receipt in decision.evidence)
    }


def _adopted_all(verdict: Verdict, known: Mapping[str, Decision], conversation: Conversation) -> tuple[Decision, ...]:
    """Once per judgement: what was noted has been adopted, and joining it again would cite its receipts twice."""
    return tuple(_adopted(decision, known, conversation) for decision in verdict.decisions)


def _adopted(decision: Decision, known: Mapping[str, Decision], conversation: Conversation) -> Decision:
    """Take a decision for the one we know if both would do the same: it keeps its id, its thread and its card."""
    twin = next((before for before in known.values() if same_work(before, decision)), None)
    return joined(twin, decision, frozenset(message.id for message in conversation.messages)) if twin else decision


def _log(
    wanted: Sequence[Decision],
    known: Mapping[str, Decision],
    conversation: Conversation,
    *,
    decisions: Decisions,
    now: datetime,
) -> tuple[Decision, ...]:
    redacted = [_redacted(decision, conversation, now) for decision in known.values()]
    news = [*(decision for decision in wanted if _is_news(decision, known)), *filter(None, redacted)]
    saved = tuple(decisions.save(decision) for decision in news)
    standing = {decision.id for decision in wanted}
    dropped = [decision for decision in known.values() if decision.id not in standing]
    return saved + _withdraw(dropped, conversation, decisions=decisions, now=now)


def _redacted(decision: Decision, conversation: Conversation, now: datetime) -> Decision | None:
    """Take a quote back from a ticket when people have taken back every message it was made of."""
    standing = {message.id for message in conversation.standing}
    said = {message.id for message in conversation.messages}
    cited = {receipt.message_id for receipt in decision.evidence}
    if not (decision.performed and isinstance(decision.action, Comment) and cited <= said and not cited & standing):
        return None
    change = {
        "action": decision.action.model_copy(update={"summary": TAKEN_BACK}),
        "state": DecisionState.QUEUED,
        "revision": conversation.digest,
        "as_of": conversation.latest.received_at,
        "updated_at": now,
    }
    return decision.model_copy(update=change)


def _is_news(decision: Decision, known: Mapping[str, Decision]) -> bool:
    """Whether there is anything to log: what has been done already is redone only to say something else.

    Where a person approved it, a person is asked about the change, too.
    """
    before = known.get(decision.id)
    if before is None or before.performed is None:
        return True
    if decision.action == before.action or isinstance(decision.action, CreateTicket):
        return False
    asked_before = before.decided_by is not None
    return decision.state is DecisionState.QUEUED or (asked_before and decision.state is DecisionState.PROPOSED)


def _withdraw(
    dropped: Sequence[Decision], conversation: Conversation, *, decisions: Decisions, now: datetime
) -> tuple[Decision, ...]:
    """Take back what rested on these messages alone, has not been done and no longer follows from them.

    What policy has let through stays, unless every message it rested on has been deleted.
    """
    said = {message.id for message in conversation.messages}
    open_states = {DecisionState.LOGGED, DecisionState.PROPOSED}
    if not conversation.standing:
        open_states.add(DecisionState.QUEUED)
    withdrawn = []
    for decision in dropped:
        grounded = {receipt.message_id for receipt in decision.evidence} <= said
        if decision.state not in open_states or decision.performed or not grounded:
            continue
        change = {"state": DecisionState.DISMISSED, "error": "the conversation moved on", "updated_at": now}
        try:
            withdrawn.append(
                decisions.advance(decision.model_copy(update=change), expected=frozenset({decision.state}))
            )
        except Conflict:
            continue  # A person answered in this very moment; the answer stands.
    return tuple(withdrawn)


def _enqueue(logged: Sequence[Decision], known: Mapping[str, Decision], actions: Queue) -> None:
    """Ask for what is to be done or shown, and for the cards of what is no longer asked."""
    for decision in logged:
        before = known.get(decision.id)
        shown = before is not None and before.state is DecisionState.PROPOSED
        if shown or decision.state in {DecisionState.QUEUED, DecisionState.PROPOSED}:
            actions.put(ActionRequest(tenant_id=decision.tenant_id, decision_id=decision.id), group=decision.tenant_id)
