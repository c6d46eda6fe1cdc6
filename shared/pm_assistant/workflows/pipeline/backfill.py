"""Go over what has been said since some moment, either showing what would happen or having it done."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pm_assistant.domain.actions import CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Finding, Job, JobKind, Step
from pm_assistant.domain.tenants import ActionKind, Tenant
from pm_assistant.domain.work import Conversation, conversations_in
from pm_assistant.language.acknowledging import without_acknowledgements
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.judge import Verdict, judge

LOOKS_BACK = timedelta(days=1)
JUDGED_PER_STEP, SENT_PER_STEP = 20, 200
JUDGING = timedelta(seconds=150)
"""No conversation is begun later in a step: the function may run for 300 seconds, and a model may take its time."""
WOULD: Mapping[DecisionState, Literal["act", "ask", "log"]] = {
    DecisionState.QUEUED: "act",
    DecisionState.PROPOSED: "ask",
    DecisionState.LOGGED: "log",
}
"""What a decision comes to in the end, by what policy makes of it; of any other something has come already."""


def preview(tenant: Tenant, since: datetime, unit: Unit) -> Iterator[tuple[Conversation, Verdict]]:
    """Say of every conversation what it would lead to, and keep nothing: the dry run."""
    messages = unit.stores.messages.since(tenant.id, since)
    for conversation in conversations_in(messages, gap_seconds=unit.burst_gap_seconds):
        yield conversation, _dry_verdict(conversation, tenant, unit, only=None)


def execute(since: datetime, unit: Unit) -> int:
    """Send every conversation down the pipeline without waiting for quiet; returns how many were sent."""
    messages = unit.stores.messages.since(unit.tenant_id, since)
    conversations = conversations_in(messages, gap_seconds=unit.burst_gap_seconds)
    _send(conversations, unit, only=None, run=None)
    return len(conversations)


def backfill(job: Job, unit: Unit) -> Step:
    """Take a job to the next conversations that were said before it was asked for: judge them, or send them on.

    A job that moves tickets is about moves alone. Small talk is no result.
    """
    since = job.order.since or job.created_at - LOOKS_BACK
    tenant = unit.stores.tenants.get(job.tenant_id)
    conversations = conversations_since(since, job, tenant, unit)
    remaining = [conversation for conversation in conversations if place(conversation) > (job.cursor or "")]
    only = ActionKind.MOVE if job.order.kind is JobKind.MOVE_TICKETS else None
    findings: Sequence[Finding] = ()
    if job.order.dry_run:
        verdicts = _judge_in_time(remaining[:JUDGED_PER_STEP], tenant, unit, only=only)
        handled = len(verdicts)
        findings = _findings([d for verdict in verdicts for d in verdict.decisions if _of_interest(d, only)], unit)
    else:
        handled = min(SENT_PER_STEP, len(remaining))
        _send(remaining[:handled], unit, only=only, run=job.id)
    return Step(
        done=len(conversations) - len(remaining) + handled,
        total=len(conversations),
        cursor=place(remaining[handled - 1]) if handled < len(remaining) else None,
        results=tuple(finding.model_dump(mode="json", exclude_none=True) for finding in findings),
    )


def conversations_since(since: datetime, job: Job, tenant: Tenant, unit: Unit) -> Sequence[Conversation]:
    """What was said since then, and before a job was asked for, where the tenant lets us read; by place.

    What is older than the tenant's plan goes back is left out.
    """
    since = tenant.reaching(since, at=job.created_at)
    messages = (m for m in unit.stores.messages.since(tenant.id, since) if m.posted_at <= job.created_at)
    readable = (message for message in messages if tenant.settings.channels.reads(message.channel))
    return sorted(conversations_in(readable, gap_seconds=unit.burst_gap_seconds), key=place)


def place(conversation: Conversation) -> str:
    """Where a conversation comes in the order of a job; the same in every step."""
    return f"{float(conversation.messages[0].ts):017.6f} {conversation.id}"


def _send(conversations: Sequence[Conversation], unit: Unit, *, only: ActionKind | None, run: str | None) -> None:
    for conversation in conversations:
        latest = conversation.latest
        touch = ConversationTouched(
            channel=latest.channel, ts=latest.ts, root_ts=latest.root_ts, force=True, only=only, run=run
        )
        unit.queues.events.put(EventEnvelope(tenant_id=unit.tenant_id, event=touch), group=unit.tenant_id)


def _judge_in_time(
    conversations: Sequence[Conversation], tenant: Tenant, unit: Unit, *, only: ActionKind | None
) -> Sequence[Verdict]:
    """Judge as many as there is time for, at least one."""
    until, verdicts = unit.now() + JUDGING, list[Verdict]()
    for conversation in conversations:
        if verdicts and unit.now() >= until:
            break
        verdicts.append(_dry_verdict(conversation, tenant, unit, only=only))
    return verdicts


def _dry_verdict(conversation: Conversation, tenant: Tenant, unit: Unit, *, only: ActionKind | None) -> Verdict:
    """Judge a conversation under the tenant's settings; of what has been done or answered the log says how it stands.

    What has been judged before is not judged again, as the real run would not either, but for one kind of action alone.
    """
    content = without_acknowledgements(conversation)
    progress = unit.stores.conversations.progress(tenant.id, content) if only is None else None
    noted = progress.verdict if progress and progress.judged else None
    verdict = judge(conversation, tenant, unit) if noted is None else Verdict(decisions=tuple(noted))
    decisions = tuple(_as_it_stands(decision, unit, judged_before=noted is not None) for decision in verdict.decisions)
    return verdict.model_copy(update={"decisions": decisions})


def _as_it_stands(decision: Decision, unit: Unit, *, judged_before: bool) -> Decision:
    try:
        logged = unit.stores.decisions.get(decision.tenant_id, decision.id)
    except NotFound:
        return decision
    over = logged.state not in WOULD and logged.action == decision.action
    return logged if judged_before or over else decision


def _of_interest(decision: Decision, only: ActionKind | None) -> bool:
    if only is not None:
        return decision.action.kind is only
    return not isinstance(decision.action, Ignore) or decision.action.work


def _findings(decisions: Collection[Decision], unit: Unit) -> Sequence[Finding]:
    ticket_ids = {d.action.about_ticket for d in decisions if d.action.about_ticket}
    keys = {ticket.id: ticket.key for ticket in unit.stores.tickets.some(unit.tenant_id, ticket_ids)}
    return [_finding(decision, keys) for decision in decisions]


def _finding(decision: Decision, keys: Mapping[str, str]) -> Finding:
    """Say what a decision would do; of what was said in private only where it was said."""
    action, public = decision.action, not decision.private
    return Finding(
        kind=action.kind,
        would=WOULD.get(decision.state, "nothing"),
        ticket=keys.get(action.about_ticket or ""),
        to=action.to.name if isinstance(action, MoveTicket) else None,
        title=action.title if public and isinstance(action, CreateTicket) else None,
        text=action.words if public else None,
        confidence=decision.confidence,
        reason=decision.reason if public else None,
        evidence=tuple(receipt.url for receipt in decision.evidence),
        private=decision.private,
    )
