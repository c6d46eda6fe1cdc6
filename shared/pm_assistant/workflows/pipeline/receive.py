"""Take in what a vendor posts: verify, match to a tenant, keep, enqueue. No vendor call, no model."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from pm_assistant.domain.answers import ActionRequest, Given
from pm_assistant.domain.events import (
    AccessLost,
    AccessRestored,
    ButtonPressed,
    Challenge,
    ChannelChanged,
    ChannelOpened,
    CodeChanged,
    ConversationTouched,
    Dropped,
    EventEnvelope,
    EventsMissed,
    GrantChanged,
    Happening,
    MessageDeleted,
    MessagePosted,
    PersonChanged,
    PlanningChanged,
    QueuedEvent,
    TicketChanged,
    TicketChangedInPart,
    TicketRemoved,
    WebhookEvent,
    in_messages,
)
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.workspaces import Connection, Provider, TenantId

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set
    from datetime import datetime

    from pm_assistant.domain.planning import PlanningPart
    from pm_assistant.domain.surfaces import SurfaceRequest, SurfaceUsed
    from pm_assistant.domain.work import Message
    from pm_assistant.ports.unit import Application, Unit

OUTAGE_ATTEMPT, OUTAGE = 3, timedelta(minutes=6)
"""The attempt to tell us something that shows that we were away for a minute at least, and for how long at most."""
STRAGGLERS_SECONDS = 900
"""As long as SQS can delay a message, and longer than Slack goes on repeating a delivery."""


def receive(provider: Provider, request: WebhookRequest, app: Application) -> Challenge | Dropped | None:
    """Take in one delivery; None means it is kept and enqueued.

    A delivery that we have had before is enqueued again: the first attempt may have failed between keeping and
    enqueuing. Judging is idempotent, so a doubled queue message costs a read; a missing one would cost the event.
    That the vendor was heard of is noted last and at most once a minute: it must not cost the event either.

    Raises:
        Unauthenticated: the signature does not prove the vendor.
        InvalidRequest: authentic but unreadable.
    """
    accepted = app.webhook_source(provider).accept(request, app.now())
    if isinstance(accepted, Challenge | Dropped):
        return accepted
    addressees = _addressees(accepted, app)
    outcomes = [_take_in(accepted, connection, app) for connection in addressees]
    if isinstance(accepted, WebhookEvent) and accepted.shared_in is not None:
        named = {connection.tenant_id for connection in addressees}
        outcomes += _share(accepted, accepted.shared_in, named, app)
    return next(
        (None for outcome in outcomes if outcome is None), next(iter(outcomes), Dropped(reason="unknown workspace"))
    )


def _addressees(accepted: WebhookEvent | ButtonPressed | SurfaceUsed, app: Application) -> Sequence[Connection]:
    """The connections that a delivery is about: one for each tenant, though several may share what it tells of."""
    also = accepted.also if isinstance(accepted, WebhookEvent) else ()
    resolve = app.stores.connections.resolve
    found: dict[TenantId, Connection] = {}
    for name in dict.fromkeys((accepted.external_id, *also)) if also else (accepted.external_id,):
        if (connection := resolve(accepted.provider, name)) is not None:
            found[connection.tenant_id] = connection
    return list(found.values())


def _take_in(
    accepted: WebhookEvent | ButtonPressed | SurfaceUsed, connection: Connection, app: Application
) -> Dropped | None:
    unit, dropped = app.unit(connection.tenant_id), None
    if isinstance(accepted, WebhookEvent):
        dropped = _on_happening(accepted.happening, connection, unit)
        if accepted.attempt >= OUTAGE_ATTEMPT:
            _on_outage(connection, unit)
    else:
        unit.queues.actions.put(_request(accepted, connection, at=unit.now()), group=connection.tenant_id)
    unit.stores.connection_states.note(connection.tenant_id, connection.provider, event_at=unit.now())
    return dropped


def _share(event: WebhookEvent, channel: str, named: Set[TenantId], app: Application) -> Iterator[Dropped | None]:
    """Have the other tenants that are in a channel go and see; of what was told to one of them no word goes to them.

    What was taken back is not found by reading, and that it was is all that they learn of it.
    """
    from pm_assistant.workflows.connections.gaps import fill_gap

    for tenant_id in app.stores.readings.sharing(event.provider, channel):
        if tenant_id in named:
            continue
        unit = app.unit(tenant_id)
        connected = (each for each in unit.stores.connections.all(tenant_id) if each.provider is event.provider)
        connection = next(connected, None)
        if connection is None or not connection.channels.reads(channel):
            yield Dropped(reason="channel not read")
        elif isinstance(event.happening, MessageDeleted):
            yield _on_happening(event.happening, connection, unit)
        else:
            fill_gap(event.provider, unit.now(), unit, channel=channel)
            yield None


def _on_happening(happening: Happening, connection: Connection, unit: Unit) -> Dropped | None:
    match happening:
        case AccessLost() | AccessRestored():
            return _on_access_changed(happening, connection, unit)
        case GrantChanged():
            return _on_grant_changed(happening, connection, unit)
        case EventsMissed():
            return _on_events_missed(happening, connection, unit)
        case ChannelChanged():
            return _on_channel_changed(happening, connection, unit)
        case ChannelOpened(user=user) if user not in {None, connection.app_user_id}:
            return Dropped(reason="somebody joined a channel")
        case _:
            return _store_and_enqueue(happening, connection, unit)


def _request(
    accepted: ButtonPressed | SurfaceUsed, connection: Connection, *, at: datetime
) -> ActionRequest | SurfaceRequest:
    """What a person did, under the tenant that it was done in."""
    # Most deliveries are messages, and need none of it.
    from pm_assistant.domain.surfaces import SurfaceRequest, SurfaceUsed

    match accepted:
        case ButtonPressed(user_id=user):
            given = {name: getattr(accepted, name) for name in Given.model_fields}
            signed = {"tenant_id": connection.tenant_id, "answered_by": user, "answered_at": at}
            return ActionRequest.model_validate({**given, **signed})
        case SurfaceUsed(user_id=user, asked=asked):
            return SurfaceRequest(tenant_id=connection.tenant_id, user_id=user, asked_at=at, asked=asked)
        case _:
            assert_never(accepted)


def _on_events_missed(missed: EventsMissed, connection: Connection, unit: Unit) -> Dropped | None:
    from pm_assistant.workflows.connections.gaps import fill_gap

    return None if fill_gap(connection.provider, missed.at, unit) else Dropped(reason="read already")


def _on_outage(connection: Connection, unit: Unit) -> None:
    """We have been away for more than a moment: other things may have been told in vain for good."""
    from pm_assistant.workflows.connections.gaps import fill_gap

    fill_gap(connection.provider, unit.now() - OUTAGE, unit)


def _on_access_changed(change: AccessLost | AccessRestored, connection: Connection, unit: Unit) -> Dropped | None:
    from pm_assistant.workflows.accounts.audit import entry
    from pm_assistant.workflows.connections.health import mark_broken

    tenant_id, provider = connection.tenant_id, connection.provider
    match change:
        case AccessLost(at=at) if at is not None and connection.outlived(at):
            return Dropped(reason="connected again since")
        case AccessLost(reason=reason):
            mark_broken(provider, reason, unit)
        case AccessRestored(at=at):
            # Also where nothing was lost: the loss that this ends may be told of later.
            unit.stores.connection_states.mend(tenant_id, provider, at=at or unit.now())
            if connection.broken_since is None:
                return Dropped(reason="never lost")
            unit.stores.audit.add(tenant_id, entry("connection.restored", at=unit.now(), target=provider.value))
        case _:
            assert_never(change)
    return None


def _on_grant_changed(change: GrantChanged, connection: Connection, unit: Unit) -> Dropped | None:
    if change.at is not None and connection.outlived(change.at):
        return Dropped(reason="connected again since")
    at = change.at or unit.now()
    states = unit.stores.connection_states
    changed = states.regrant(connection.tenant_id, connection.provider, change.scopes, at=at)
    return None if changed else Dropped(reason="granted again since")


def _on_channel_changed(change: ChannelChanged, connection: Connection, unit: Unit) -> Dropped | None:
    """What says whether the channel is read follows at once, lest a message be dropped; all else by the queue.

    Twice: what was on its way meanwhile, as the channel was before, follows a quarter of an hour later.
    """
    if change.now is not None:
        from pm_assistant.workflows.tenants.settings import rename_channel

        rename_channel(change.channel, change.now, unit)
    envelope = EventEnvelope(tenant_id=connection.tenant_id, event=change)
    for delay in (0, STRAGGLERS_SECONDS):
        unit.queues.events.put(envelope, group=connection.tenant_id, delay_seconds=delay)
    return None


def _store_and_enqueue(
    happening: MessagePosted
    | MessageDeleted
    | TicketChanged
    | TicketChangedInPart
    | TicketRemoved
    | CodeChanged
    | PlanningChanged
    | PersonChanged
    | ChannelOpened,
    connection: Connection,
    unit: Unit,
) -> Dropped | None:
    tenant_id, delay = connection.tenant_id, connection.settle_seconds
    event: QueuedEvent
    match happening:
        case MessagePosted(message=message):
            if message.author == connection.app_user_id:
                return Dropped(reason="own echo")
            if not connection.channels.reads(message.channel):
                return Dropped(reason="channel not read")
            event, delay = _keep_said(message, connection, unit)
        case MessageDeleted(channel=channel, ts=ts, root_ts=root_ts):
            unit.stores.messages.delete(tenant_id, channel, root_ts, ts, at=unit.now())
            event = ConversationTouched(channel=channel, ts=ts, root_ts=root_ts)
        case PlanningChanged(parts=parts) if any(_is_ours(part, connection) for part in parts):
            return Dropped(reason="own echo")
        case (
            TicketChanged()
            | TicketChangedInPart()
            | TicketRemoved()
            | CodeChanged()
            | PlanningChanged()
            | PersonChanged()
            | ChannelOpened()
        ) as event:
            delay = 0
        case _:
            assert_never(happening)
    for one in in_messages(event):
        unit.queues.events.put(EventEnvelope(tenant_id=tenant_id, event=one), group=tenant_id, delay_seconds=delay)
    return None


def _keep_said(message: Message, connection: Connection, unit: Unit) -> tuple[ConversationTouched, int]:
    """Keep what somebody said; how long its conversation is left alone comes with what is to be looked at."""
    unit.stores.messages.record(unit.tenant_id, message, keep_days=connection.retention_days)
    if _names_us(message, connection):
        _ask_surface(message, unit)
    touched = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts)
    return touched, _seconds_to_settle(message, connection)


def _seconds_to_settle(message: Message, connection: Connection) -> int:
    """How long its conversation is left alone: not where we are named, for whoever gives an order waits for it."""
    return 0 if _names_us(message, connection) else connection.settle_seconds


def _names_us(message: Message, connection: Connection) -> bool:
    return f"<@{connection.app_user_id}" in message.text


def _ask_surface(message: Message, unit: Unit) -> None:
    """Have a message that names us answered, should it ask something, before its conversation is quiet."""
    from pm_assistant.domain.surfaces import Mentioned, SurfaceRequest

    mentioned = Mentioned(channel=message.channel, root_ts=message.root_ts, ts=message.ts)
    request = SurfaceRequest(tenant_id=unit.tenant_id, user_id=message.author, asked_at=unit.now(), asked=mentioned)
    unit.queues.actions.put(request, group=unit.tenant_id)


def _is_ours(part: PlanningPart, connection: Connection) -> bool:
    """Whether we have said it ourselves."""
    from pm_assistant.domain.planning import TicketComment

    return isinstance(part, TicketComment) and part.author_id == connection.app_user_id
