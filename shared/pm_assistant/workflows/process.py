"""Go over what has been said since some moment, either showing what would happen or having it done."""

from collections.abc import Iterator
from datetime import datetime

from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.tenants import Tenant, TenantId
from pm_assistant.domain.work import Conversation, conversations_in
from pm_assistant.ports import Analyst, Connections, Directory, Messages, Queue, Tickets
from pm_assistant.workflows.judge import Verdict, judge


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
    for conversation in found:
        last = conversation.latest
        touch = ConversationTouched(channel=last.channel, ts=last.ts, root_ts=last.root_ts, force=True)
        events.put(EventEnvelope(tenant_id=tenant_id, event=touch), group=tenant_id)
    return len(found)
