"""Go over what has been said since some moment, either showing what would happen or having it done."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pm_assistant.domain.decisions import Action, Comment, CreateTicket, Decision, DecisionState, Ignore, MoveTicket
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Finding, Job, JobKind, Step
from pm_assistant.domain.tenants import ActionKind, Tenant, TenantId
from pm_assistant.domain.work import Conversation, conversations_in
from pm_assistant.ports.connections import Connections
from pm_assistant.ports.corridor import Messages, Tickets
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.tenants import Directory, Tenants
from pm_assistant.ports.vendors import Analyst
from pm_assistant.workflows.corridor.judge import Verdict, judge

LOOKS_BACK = timedelta(days=1)
JUDGED_PER_STEP, SENT_PER_STEP = 20, 200
JUDGING = timedelta(seconds=150)
"""No conversation is begun later in a step: the function may run for 300 seconds, and a model may take its time."""
WOULD: Mapping[DecisionState, Literal["act", "ask"]] = {DecisionState.QUEUED: "act", DecisionState.PROPOSED: "ask"}
"""What a decision comes to in the end, by what policy makes of it; any other is only logged."""


def preview(
    tenant: Tenant,
    *,
    since: datetime,
    messages: Messages,
    analyst: Analyst,
    tickets: Tickets,
    directory: Directory,
    connections: Connections,
    burst_gap_seconds: float,
    now: datetime,
) -> Iterator[tuple[Conversation, Verdict]]:
    """Judge every conversation under the tenant's settings and keep nothing: the dry run."""
    for conversation in conversations_in(messages.since(tenant.id, since), gap_seconds=burst_gap_seconds):
        verdict = judge(
            conversation,
            tenant=tenant,
            analyst=analyst,
            tickets=tickets,
            directory=directory,
            connections=connections,
            now=now,
        )
        yield conversation, verdict


def execute(
    tenant_id: TenantId, *, since: datetime, messages: Messages, events: Queue, burst_gap_seconds: float
) -> int:
    """Send every conversation down the corridor without waiting for quiet; returns how many were sent."""
    found = conversations_in(messages.since(tenant_id, since), gap_seconds=burst_gap_seconds)
    _send(tenant_id, found, events, only=None)
    return len(found)


def go_over(
    job: Job,
    *,
    tenants: Tenants,
    messages: Messages,
    analyst: Callable[[], Analyst],
    tickets: Tickets,
    directory: Directory,
    connections: Connections,
    events: Queue,
    burst_gap_seconds: float,
    clock: Callable[[], datetime],
) -> Step:
    """Take a run to the next conversations that were said before it was asked for: judge them, or send them on.

    A run that moves tickets is about moves alone. Small talk is no result.
    """
    since = job.order.since or job.created_at - LOOKS_BACK
    tenant = tenants.get(job.tenant_id)
    said = (message for message in messages.since(job.tenant_id, since) if message.posted_at <= job.created_at)
    read = (message for message in said if tenant.settings.channels.reads(message.channel))
    found = conversations_in(read, gap_seconds=burst_gap_seconds)
    ahead = [each for each in sorted(found, key=_place) if _place(each) > (job.cursor or "")]
    only = ActionKind.MOVE if job.order.kind is JobKind.MOVE_TICKETS else None
    findings: Sequence[Finding] = ()
    if job.order.dry_run:
        judged = _judged(
            ahead[:JUDGED_PER_STEP],
            tenant=tenant,
            analyst=analyst(),
            tickets=tickets,
            directory=directory,
            connections=connections,
            clock=clock,
        )
        taken = len(judged)
        decisions = [each for verdict in judged for each in verdict.decisions if _of_interest(each, only)]
        findings = _findings(decisions, tickets, job.tenant_id)
    else:
        taken = min(SENT_PER_STEP, len(ahead))
        _send(job.tenant_id, ahead[:taken], events, only=only)
    return Step(
        done=len(found) - len(ahead) + taken,
        total=len(found),
        cursor=_place(ahead[taken - 1]) if taken < len(ahead) else None,
        results=tuple(finding.model_dump(mode="json", exclude_none=True) for finding in findings),
    )


def _place(conversation: Conversation) -> str:
    """Where a conversation comes in the order of a run; the same in every step."""
    return f"{float(conversation.messages[0].ts):017.6f} {conversation.id}"


def _send(
    tenant_id: TenantId, conversations: Sequence[Conversation], events: Queue, *, only: ActionKind | None
) -> None:
    for conversation in conversations:
        last = conversation.latest
        touch = ConversationTouched(channel=last.channel, ts=last.ts, root_ts=last.root_ts, force=True, only=only)
        events.put(EventEnvelope(tenant_id=tenant_id, event=touch), group=tenant_id)


def _judged(
    conversations: Sequence[Conversation],
    *,
    tenant: Tenant,
    analyst: Analyst,
    tickets: Tickets,
    directory: Directory,
    connections: Connections,
    clock: Callable[[], datetime],
) -> Sequence[Verdict]:
    """Judge as many as there is time for, at least one."""
    until, judged = clock() + JUDGING, list[Verdict]()
    for conversation in conversations:
        now = clock()
        if judged and now >= until:
            break
        judged.append(
            judge(
                conversation,
                tenant=tenant,
                analyst=analyst,
                tickets=tickets,
                directory=directory,
                connections=connections,
                now=now,
            )
        )
    return judged


def _of_interest(decision: Decision, only: ActionKind | None) -> bool:
    if only is not None:
        return decision.action.kind is only
    return not isinstance(decision.action, Ignore) or decision.action.work


def _findings(decisions: Collection[Decision], tickets: Tickets, tenant_id: TenantId) -> Sequence[Finding]:
    named = {d.action.ticket_id for d in decisions if isinstance(d.action, Comment | MoveTicket)}
    keys = {ticket.id: ticket.key for ticket in tickets.some(tenant_id, named)}
    return [_finding(decision, keys) for decision in decisions]


def _finding(decision: Decision, keys: Mapping[str, str]) -> Finding:
    """Say what a decision would do; of what was said in private only where it was said."""
    action, told = decision.action, not decision.private
    return Finding(
        kind=action.kind,
        would=WOULD.get(decision.state, "log"),
        ticket=keys.get(action.ticket_id) if isinstance(action, Comment | MoveTicket) else None,
        to=action.to.name if isinstance(action, MoveTicket) else None,
        title=action.title if told and isinstance(action, CreateTicket) else None,
        text=_text(action) if told else None,
        confidence=decision.confidence,
        reason=decision.reason if told else None,
        evidence=tuple(receipt.url for receipt in decision.evidence),
        private=decision.private,
    )


def _text(action: Action) -> str | None:
    match action:
        case Comment(summary=text) | CreateTicket(description=text):
            return text
        case _:
            return None
