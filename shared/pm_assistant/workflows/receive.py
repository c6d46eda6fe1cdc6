"""Take in what a vendor posts: verify, match to a tenant, keep, enqueue. No vendor call, no model."""

from datetime import datetime

from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.events import (
    ButtonPressed,
    Challenge,
    ConversationTouched,
    Delivery,
    Dropped,
    EventEnvelope,
    MessageDeleted,
    MessagePosted,
    TicketChanged,
    TicketRemoved,
    WebhookRequest,
)
from pm_assistant.domain.tenants import Connection
from pm_assistant.ports import Connections, Messages, Queue, WebhookSource


def receive(
    request: WebhookRequest,
    *,
    source: WebhookSource,
    connections: Connections,
    messages: Messages,
    events: Queue,
    actions: Queue,
    now: datetime,
) -> Challenge | Dropped | None:
    """Take in one delivery; None means it is kept and enqueued.

    A delivery that we have had before is enqueued again: the first attempt may have failed between keeping and
    enqueuing. Judging is idempotent, so a doubled queue message costs a read; a missing one would cost the event.

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
    if isinstance(accepted, ButtonPressed):
        actions.put(_answer(accepted, connection), group=connection.tenant_id)
        return None
    return _keep(accepted, connection, messages=messages, events=events, now=now)


def _answer(pressed: ButtonPressed, connection: Connection) -> ActionRequest:
    return ActionRequest(
        tenant_id=connection.tenant_id,
        decision_id=pressed.decision_id,
        revision=pressed.revision,
        answer="approve" if pressed.approved else "dismiss",
        answered_by=pressed.user_id,
    )


def _keep(
    delivery: Delivery, connection: Connection, *, messages: Messages, events: Queue, now: datetime
) -> Dropped | None:
    tenant_id, delay = connection.tenant_id, connection.settle_seconds
    event: ConversationTouched | TicketChanged | TicketRemoved
    match delivery.happening:
        case MessagePosted(message=message):
            if message.author == connection.app_user_id:
                return Dropped(reason="own echo")
            messages.record(tenant_id, message, keep_days=connection.retention_days)
            event = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts)
        case MessageDeleted(channel=channel, ts=ts, root_ts=root_ts):
            messages.delete(tenant_id, channel, root_ts, ts, at=now)
            event = ConversationTouched(channel=channel, ts=ts, root_ts=root_ts)
        case TicketChanged() | TicketRemoved() as event:
            delay = 0
    events.put(EventEnvelope(tenant_id=tenant_id, event=event), group=tenant_id, delay_seconds=delay)
    return None
