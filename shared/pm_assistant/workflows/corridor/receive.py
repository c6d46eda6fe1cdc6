"""Take in what a vendor posts: verify, match to a tenant, keep, enqueue. No vendor call, no model."""

from datetime import datetime

from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.events import (
    AccessLost,
    AccessRestored,
    ButtonPressed,
    Challenge,
    ConversationTouched,
    Dropped,
    EventEnvelope,
    MessageDeleted,
    MessagePosted,
    TicketChanged,
    TicketRemoved,
    WebhookRequest,
)
from pm_assistant.domain.tenants import Connection
from pm_assistant.ports.accounts import AuditTrail
from pm_assistant.ports.connections import Connections, ConnectionStates
from pm_assistant.ports.corridor import Messages
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.vendors import WebhookSource
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.connections.health import lost


def receive(
    request: WebhookRequest,
    *,
    source: WebhookSource,
    connections: Connections,
    states: ConnectionStates,
    messages: Messages,
    audit: AuditTrail,
    events: Queue,
    actions: Queue,
    reports: Queue,
    now: datetime,
) -> Challenge | Dropped | None:
    """Take in one delivery; None means it is kept and enqueued.

    A delivery that we have had before is enqueued again: the first attempt may have failed between keeping and
    enqueuing. Judging is idempotent, so a doubled queue message costs a read; a missing one would cost the event.
    That the vendor was heard of is noted last and at most once a minute: it must not cost the event either.

    Raises:
        Unauthenticated: the signature does not prove the vendor.
        InvalidRequest: authentic but unreadable.
    """
    accepted = source.accept(request, now)
    if isinstance(accepted, Challenge | Dropped):
        return accepted
    connection = connections.resolve(accepted.provider, accepted.external_id)
    if connection is None:
        return Dropped(reason="unknown workspace")
    dropped: Dropped | None = None
    if isinstance(accepted, ButtonPressed):
        actions.put(_answer(accepted, connection), group=connection.tenant_id)
    elif isinstance(accepted.happening, AccessLost | AccessRestored):
        dropped = _change(
            accepted.happening,
            connection,
            connections=connections,
            states=states,
            audit=audit,
            reports=reports,
            now=now,
        )
    else:
        dropped = _keep(accepted.happening, connection, messages=messages, events=events, now=now)
    states.note(connection.tenant_id, connection.provider, event_at=now)
    return dropped


def _answer(pressed: ButtonPressed, connection: Connection) -> ActionRequest:
    return ActionRequest(
        tenant_id=connection.tenant_id,
        decision_id=pressed.decision_id,
        revision=pressed.revision,
        answer="approve" if pressed.approved else "dismiss",
        answered_by=pressed.user_id,
    )


def _change(
    happening: AccessLost | AccessRestored,
    connection: Connection,
    *,
    connections: Connections,
    states: ConnectionStates,
    audit: AuditTrail,
    reports: Queue,
    now: datetime,
) -> Dropped | None:
    tenant_id, provider = connection.tenant_id, connection.provider
    match happening:
        case AccessLost(at=at) if at is not None and connection.outlived(at):
            return Dropped(reason="connected again since")
        case AccessLost(reason=reason):
            lost(
                tenant_id,
                provider,
                reason,
                connections=connections,
                states=states,
                audit=audit,
                reports=reports,
                now=now,
            )
        case AccessRestored(at=at):
            # Also where nothing was lost: the loss that this ends may be told of later.
            states.mend(tenant_id, provider, at=at or now)
            if connection.broken_since is None:
                return Dropped(reason="never lost")
            audit.add(tenant_id, entry("connection.restored", at=now, target=provider.value))
    return None


def _keep(
    happening: MessagePosted | MessageDeleted | TicketChanged | TicketRemoved,
    connection: Connection,
    *,
    messages: Messages,
    events: Queue,
    now: datetime,
) -> Dropped | None:
    tenant_id, delay = connection.tenant_id, connection.settle_seconds
    event: ConversationTouched | TicketChanged | TicketRemoved
    match happening:
        case MessagePosted(message=message):
            if message.author == connection.app_user_id:
                return Dropped(reason="own echo")
            if not connection.channels.reads(message.channel):
                return Dropped(reason="channel not read")
            messages.record(tenant_id, message, keep_days=connection.retention_days)
            event = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts)
        case MessageDeleted(channel=channel, ts=ts, root_ts=root_ts):
            messages.delete(tenant_id, channel, root_ts, ts, at=now)
            event = ConversationTouched(channel=channel, ts=ts, root_ts=root_ts)
        case TicketChanged() | TicketRemoved() as event:
            delay = 0
    events.put(EventEnvelope(tenant_id=tenant_id, event=event), group=tenant_id, delay_seconds=delay)
    return None
