"""What Slack posts to us: events as JSON, interactions and slash commands as forms.

Imports neither slack_sdk nor httpx: the function that receives webhooks must start fast. Form of the deliveries and
signature: docs.slack.dev, pages apis/events-api, interactivity and authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from pydantic import Field

from pm_assistant.domain.errors import InvalidRequest, Unauthenticated
from pm_assistant.domain.events import (
    AccessLost,
    ButtonPressed,
    Challenge,
    ChannelChanged,
    ChannelOpened,
    Dropped,
    EventsMissed,
    Happening,
    MessageDeleted,
    MessagePosted,
    PersonChanged,
    WebhookEvent,
)
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.workspaces import Provider
from pm_assistant.integrations.slack.wire import SPEECH, TIMESTAMP, SlackMessage
from pm_assistant.integrations.webhooks import Payload, is_signed, parse, read_json, required, valid_secrets

if TYPE_CHECKING:
    from pm_assistant.domain.surfaces import Asked, SurfaceUsed

TOLERANCE_SECONDS = 300
OF_PEOPLE = frozenset({"team_join", "user_change"})
AT_SURFACES = frozenset(
    {"agent_session_stopped", "app_home_opened", "entity_details_requested", "link_shared", "reaction_added"}
)
OF_NO_CONCERN: Mapping[str, str] = {
    "channel_archive": "archived",
    "group_archive": "archived",
    "channel_rename": "no names are kept",
    "group_rename": "no names are kept",
    "channel_unshared": "no longer shared",
}
"""What happens to channels and leaves what we keep of them as it is, each with why. That a channel is open to more
people than before makes nothing public that was said before: each message says for itself who could read it."""


class UrlVerification(Payload):
    """Slack asks whether the address is ours."""

    challenge: str


class MessageEvent(SlackMessage):
    """An event of type `message`."""

    channel: str = Field(min_length=1, max_length=64)
    channel_type: str | None = None
    event_ts: str | None = Field(default=None, pattern=TIMESTAMP)
    deleted_ts: str | None = Field(default=None, pattern=TIMESTAMP)
    message: SlackMessage | None = None
    previous_message: SlackMessage | None = None

    @property
    def private(self) -> bool:
        """Whether the channel is closed to the rest of the workspace.

        So counts a kind that we have not heard of, and where Slack does not say, as in its own example of an edit, an
        edit: its row may be private.
        """
        if self.channel_type is None:
            return self.channel.startswith("G") or self.subtype == "message_changed"
        return self.channel_type != "channel"

    @property
    def direct(self) -> bool:
        """Whether it was said to the app alone."""
        return self.channel_type in {"im", "app_home"} or (self.channel_type is None and self.channel.startswith("D"))


class Authorization(Payload):
    """An installation of the app that may see the event."""

    enterprise_id: str | None = None
    team_id: str | None = None
    user_id: str | None = None
    is_bot: bool = False
    is_enterprise_install: bool = False


class EventCallback(Payload):
    """The envelope of an event."""

    team_id: str | None = None
    context_team_id: str | None = None
    is_ext_shared_channel: bool = False
    authorizations: tuple[Authorization, ...] = ()
    event_time: int | None = Field(default=None, ge=0, le=2**32)
    event: dict[str, object]

    @property
    def installations(self) -> Sequence[str]:
        """Every workspace, or Enterprise Grid organisation, that let us in and may see the event; never none.

        The authorizations say so: Slack names one at most of the workspaces that share a channel (docs.slack.dev,
        changelog of 15 September 2020), and used to name all. Where there are none any other name will do, though
        `team_id` may be of the company where a message in a shared channel was written.
        """
        named = (a.enterprise_id if a.is_enterprise_install else a.team_id for a in self.authorizations)
        authorized = tuple(dict.fromkeys(name for name in named if name))
        names = (
            (self.context_team_id, self.team_id) if self.is_ext_shared_channel else (self.team_id, self.context_team_id)
        )
        return authorized or (required(next((name for name in names if name), None), "team_id"),)

    @property
    def app_user_ids(self) -> set[str | None]:
        """Who we are in the workspace."""
        return {a.user_id for a in self.authorizations if a.is_bot and a.user_id}


class Revoked(Payload):
    """Whose tokens an event of type `tokens_revoked` names, as ids of users."""

    bot: tuple[str, ...] = ()


class RevokedEvent(Payload):
    """An event of type `tokens_revoked`."""

    tokens: Revoked = Field(default_factory=Revoked)


class ChannelEvent(Payload):
    """An event about a channel as such; some name it by its id, others by all there is to say of it."""

    channel: str | None = Field(default=None, max_length=64)
    user: str | None = Field(default=None, max_length=64)
    old_channel_id: str | None = Field(default=None, max_length=64)
    new_channel_id: str | None = Field(default=None, max_length=64)


class RateLimitedEvent(Payload):
    """What Slack says of each minute in which it dropped events of a workspace; it has no event within."""

    team_id: str = Field(min_length=1)
    minute_rate_limited: int | None = Field(default=None, ge=0, le=2**32)


class SlackWebhook:
    """Slack as a `WebhookSource`; of the signing secret there may be two (`valid_secrets`)."""

    def __init__(self, signing_secret: str) -> None:
        self._secrets = valid_secrets(signing_secret)

    def accept(
        self, request: WebhookRequest, now: datetime
    ) -> WebhookEvent | ButtonPressed | SurfaceUsed | Challenge | Dropped:
        """Verify `v0=HMAC-SHA256("v0:timestamp:body")` within five minutes, then read the body."""
        self._verify(request, now)
        if request.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
            return _form(request.body, now)
        payload = read_json(request.body)
        match payload.get("type"):
            case "url_verification":
                return Challenge(answer=parse(UrlVerification, payload).challenge)
            case "event_callback":
                event, attempt = _event(parse(EventCallback, payload), now), _attempt(request)
                return replace(event, attempt=attempt) if isinstance(event, WebhookEvent) and attempt > 1 else event
            case "app_rate_limited":
                return _missed(parse(RateLimitedEvent, payload), now)
            case _:
                return Dropped(reason="event type")

    def _verify(self, request: WebhookRequest, now: datetime) -> None:
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        # int() alone would also take "1_0", spaces and digits of other scripts.
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
            raise Unauthenticated("Slack timestamp is missing or not a number")
        if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
            raise Unauthenticated("Slack timestamp is outside the tolerance")
        signed = b"v0:" + timestamp.encode() + b":" + request.body
        if not is_signed(signed, request.headers.get("x-slack-signature", ""), self._secrets, prefix="v0="):
            raise Unauthenticated("Slack signature does not match")


def _attempt(request: WebhookRequest) -> int:
    """The how manieth attempt a delivery is; Slack counts from the first repetition on."""
    repetition = request.headers.get("x-slack-retry-num", "")
    return 1 + int(repetition) if repetition.isascii() and repetition.isdigit() and len(repetition) == 1 else 1


def _event(callback: EventCallback, now: datetime) -> WebhookEvent | SurfaceUsed | Dropped:
    match callback.event.get("type"):
        case "message":
            return _message(callback, now)
        case "app_uninstalled":
            return _lost(callback, "app_uninstalled")
        case "tokens_revoked":
            ours = parse(RevokedEvent, callback.event, within="event").tokens.bot
            return _lost(callback, "tokens_revoked") if ours else Dropped(reason="user token")
        case str() as kind:
            try:
                if kind in AT_SURFACES:
                    return _at_surface(kind, callback)
                return _person(callback) if kind in OF_PEOPLE else _about_channel(kind, callback)
            except InvalidRequest:
                # As with a message that nothing names: Slack stops sending to an address that refuses too much.
                return Dropped(reason="incomplete event")
        case _:
            return Dropped(reason="event type")


def _reported(callback: EventCallback, happening: Happening) -> WebhookEvent:
    first, *others = callback.installations
    return WebhookEvent(provider=Provider.SLACK, external_id=first, also=tuple(others), happening=happening)


def _person(callback: EventCallback) -> WebhookEvent | Dropped:
    # Most deliveries are messages, and need none of it.
    from pm_assistant.integrations.slack.accounts import Home, PersonEvent

    user = parse(PersonEvent, callback.event, within="event").user
    if not user.is_person:
        return Dropped(reason="bot")
    ours = next(iter(callback.authorizations), Authorization())
    home = Home(
        team_id=ours.team_id or callback.team_id or "",
        enterprise_id=ours.enterprise_id,
        is_enterprise_install=ours.is_enterprise_install,
    )
    return _reported(callback, PersonChanged(member=user.member(home)))


def _at_surface(kind: str, callback: EventCallback) -> SurfaceUsed | Dropped:
    # Most deliveries are messages, and need none of it.
    from pm_assistant.integrations.slack.surfaces import read_surface

    used = read_surface(kind, callback.event, outside=callback.is_ext_shared_channel)
    return used if isinstance(used, Dropped) else _used(callback, *used)


def _used(callback: EventCallback, user: str, asked: Asked) -> SurfaceUsed:
    """What somebody did, of whom the first of the installations that may see it is told."""
    from pm_assistant.domain.surfaces import SurfaceUsed

    return SurfaceUsed(provider=Provider.SLACK, external_id=callback.installations[0], user_id=user, asked=asked)


def _about_channel(kind: str, callback: EventCallback) -> WebhookEvent | Dropped:
    match kind:
        case "channel_id_changed":
            return _moved(callback)
        case "channel_shared":
            return _seen_by_others(callback, outside=True)
        case "channel_unarchive" | "group_unarchive" | "member_joined_channel":
            return _opened(callback)
        case _:
            return Dropped(reason=OF_NO_CONCERN.get(kind, "event type"))


def _channel(callback: EventCallback) -> ChannelEvent:
    return parse(ChannelEvent, callback.event, within="event")


def _moved(callback: EventCallback) -> WebhookEvent:
    """Slack gives a channel another id where its people begin to share it with another company.

    See docs.slack.dev, reference/events/channel_id_changed.
    """
    event = _channel(callback)
    before = required(event.old_channel_id, "event.old_channel_id")
    now = required(event.new_channel_id, "event.new_channel_id")
    return _reported(callback, ChannelChanged(channel=before, now=now, private=True, outside=True))


def _seen_by_others(callback: EventCallback, *, outside: bool = False) -> WebhookEvent:
    channel = required(_channel(callback).channel, "event.channel")
    return _reported(callback, ChannelChanged(channel=channel, private=True, outside=outside))


def _opened(callback: EventCallback) -> WebhookEvent | Dropped:
    event = _channel(callback)
    joined = event.user if callback.event.get("type") == "member_joined_channel" else None
    return _reported(callback, ChannelOpened(channel=required(event.channel, "event.channel"), user=joined))


def _lost(callback: EventCallback, reason: str) -> WebhookEvent | Dropped:
    everywhere = any(a.is_enterprise_install for a in callback.authorizations)
    if everywhere and callback.team_id and reason == "app_uninstalled":
        # An organisation's access goes on where one of its workspaces leaves; its token's end is told by itself.
        return Dropped(reason="one workspace of several")
    at = datetime.fromtimestamp(callback.event_time, UTC) if callback.event_time else None
    happening = AccessLost(reason=reason, at=at)
    return WebhookEvent(provider=Provider.SLACK, external_id=callback.installations[0], happening=happening)


def _missed(event: RateLimitedEvent, now: datetime) -> WebhookEvent:
    minute = event.minute_rate_limited
    at = datetime.fromtimestamp(minute, UTC) if minute is not None else now
    return WebhookEvent(provider=Provider.SLACK, external_id=event.team_id, happening=EventsMissed(at=at))


def _message(callback: EventCallback, now: datetime) -> WebhookEvent | SurfaceUsed | Dropped:
    event = parse(MessageEvent, callback.event, within="event")
    if event.direct:
        return _asked(event, callback)
    if event.subtype == "channel_convert_to_private":
        return _seen_by_others(callback)
    if callback.is_ext_shared_channel:
        # Other companies listen there; what they say is not for our tracker without a person's word.
        event = event.model_copy(update={"channel_type": "private"})
    writer = event.message or event.previous_message or event
    if event.by_bot or writer.by_bot or writer.user in callback.app_user_ids:
        return Dropped(reason="bot")
    happening = _happening(event, now)
    if isinstance(happening, Dropped):
        return happening
    if not callback.is_ext_shared_channel:
        return _reported(callback, happening)
    if isinstance(happening, MessagePosted):
        happening = MessagePosted(message=happening.message.model_copy(update={"outside": True}))
    # Slack tells it once, and names one of the workspaces: the others that are in the channel are for us to know.
    return replace(_reported(callback, happening), shared_in=event.channel)


def _asked(event: MessageEvent, callback: EventCallback) -> SurfaceUsed | Dropped:
    """What a person says to us alone."""
    from pm_assistant.integrations.slack.surfaces import read_question

    question = Dropped(reason="direct message") if event.user in callback.app_user_ids else read_question(event)
    return question if isinstance(question, Dropped) else _used(callback, *question)


def _happening(event: MessageEvent, now: datetime) -> Happening | Dropped:
    match event.subtype:
        case "message_changed":
            return _changed(event, now)
        case "message_deleted":
            return _deleted(event)
        case subtype if subtype in SPEECH:
            edited_ts = event.edited.ts if event.edited else None
            # Slack's own example of a shared file has no `ts`; the event's is the message's, which is what it tells of.
            ts = event.ts or event.event_ts
            return _posted(event, event, ts=ts, author=event.user, edited_ts=edited_ts, now=now)
        case _:
            return Dropped(reason="notice")


def _changed(event: MessageEvent, now: datetime) -> Happening | Dropped:
    """Tell an edit from an unfurl (same text) and from the removal of a thread's root (a tombstone)."""
    after, before = event.message, event.previous_message or SlackMessage()
    if after is None:
        raise InvalidRequest("a changed message without its content", field="event.message")
    ts = after.ts or before.ts
    if after.subtype == "tombstone":
        ts = required(ts, "event.message.ts")
        return MessageDeleted(channel=event.channel, ts=ts, root_ts=after.thread_ts or before.thread_ts or ts)
    if after.subtype not in SPEECH:
        return Dropped(reason="notice")
    if event.previous_message is not None and (after.text or "") == (before.text or ""):
        return Dropped(reason="unfurl")
    edited_ts = after.edited.ts if after.edited else event.event_ts or event.ts
    author = after.user or before.user
    return _posted(event, after, ts=ts, author=author, edited_ts=edited_ts, now=now)


def _deleted(event: MessageEvent) -> MessageDeleted:
    before = event.previous_message or SlackMessage()
    ts = required(event.deleted_ts or before.ts, "event.deleted_ts")
    return MessageDeleted(channel=event.channel, ts=ts, root_ts=before.thread_ts or ts)


def _posted(
    event: MessageEvent,
    content: SlackMessage,
    *,
    ts: str | None,
    author: str | None,
    edited_ts: str | None,
    now: datetime,
) -> MessagePosted | Dropped:
    if not (ts and author):
        # Nobody's, or nowhere: sending it again would not help, and Slack stops sending to who refuses too much.
        return Dropped(reason="incomplete message")
    message = content.to_message(
        channel=event.channel,
        ts=ts,
        author=author,
        edited_ts=edited_ts,
        private=event.private,
        received_at=now,
    )
    return MessagePosted(message=message)


def _form(body: bytes, now: datetime) -> ButtonPressed | SurfaceUsed | Dropped:
    try:
        fields = parse_qs(body.decode(), strict_parsing=True, keep_blank_values=True)
    except ValueError as error:
        raise InvalidRequest("the body is not a form") from error
    if "command" in fields:
        from pm_assistant.integrations.slack.surfaces import read_command

        return read_command({name: values[0] for name, values in fields.items()})
    if "payload" not in fields:
        return Dropped(reason="form")
    # Most deliveries are messages, and need none of it.
    from pm_assistant.integrations.slack.interactions import read_interaction

    return read_interaction(read_json(fields["payload"][0].encode(), field="payload"), now)
