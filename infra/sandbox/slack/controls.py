"""Doors for people and tests: act as somebody in Slack."""

import uuid
from decimal import Decimal

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, known_person, route
from infra.sandbox.core.state import Clock, Json, Model, Person
from infra.sandbox.core.store import Store
from infra.sandbox.slack import events
from infra.sandbox.slack.accounts import ELSEWHERE
from infra.sandbox.slack.state import Channel, Message, SlackWorld
from infra.sandbox.slack.workspace import SlackWorkspace

MAX_MESSAGE = 40_000


class FileControl(Model):
    """A file shared with a message."""

    name: str = Field(min_length=1)
    title: str | None = None
    mimetype: str = "application/octet-stream"
    size: int = Field(default=1024, ge=0)


class PostControl(Model):
    """Somebody says something."""

    channel: str
    user: str
    text: str = Field(max_length=MAX_MESSAGE)
    thread_ts: str | None = None
    files: list[FileControl | str] = Field(default_factory=list)
    ts: Decimal | None = Field(default=None, gt=0)
    deliveries: int = Field(default=1, ge=1, le=50)
    fresh_event_ids: bool = False


class EditControl(Model):
    """Somebody corrects what they said."""

    channel: str
    ts: str
    text: str = Field(max_length=MAX_MESSAGE)


class DeleteControl(Model):
    """Somebody takes back what they said."""

    channel: str
    ts: str


class ReactControl(Model):
    """Somebody puts an emoji on a message."""

    channel: str
    ts: str
    name: str = Field(min_length=1)
    user: str


class ChannelControl(Model):
    """An admin closes a channel to the app, with the error code that Slack then answers, or opens it again."""

    channel: str
    closed: str = Field(default="", pattern=r"^[a-z_]*$")


class ChannelChange(Model):
    """Something becomes of a channel, by a person, one thing after the other; each tells the app.

    Attributes:
        private: closed to the rest of the workspace, or open to it.
        shared: with another company, or no longer.
        id: another one, as Slack gives a private channel that is about to be shared.
        joined: who comes in; `app` is the app itself.
    """

    channel: str
    user: str
    name: str | None = Field(default=None, min_length=1)
    archived: bool | None = None
    private: bool | None = None
    shared: bool | None = None
    id: str | None = Field(default=None, pattern=r"^[CG][A-Z0-9]+$")
    joined: str | None = None


class SlackControls:
    """The handlers."""

    def __init__(self, store: Store[SlackWorld], workspace: SlackWorkspace, clock: Clock) -> None:
        self._store = store
        self._workspace = workspace
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/slack/messages", self._post),
            route("/slack/edit", self._edit),
            route("/slack/delete", self._delete),
            route("/slack/react", self._react),
            route("/slack/channels", self._close),
            route("/slack/channels/change", self._change),
        ]

    async def _post(self, request: Request) -> Json:
        body = await body_of(request, PostControl)
        channel, person = self._channel(body.channel), known_person(self._store.world, body.user)
        if not body.text and not body.files:
            raise BadControl("text", "say something or share a file")
        root = self._message(channel, body.thread_ts, "thread_ts") if body.thread_ts else None
        text = events.composed(body.text, self._store.world)
        message = Message(
            ts=f"{body.ts:.6f}" if body.ts is not None else "",
            channel=channel.id,
            user=person.slack_id,
            text=text,
            thread_ts=root.root_ts if root else None,
            client_msg_id=str(uuid.uuid4()),
            blocks=events.rich_text(text) if text else [],
            files=[self._file(person, each) for each in body.files],
        )
        self._workspace.post(channel, message, deliveries=body.deliveries, fresh_event_ids=body.fresh_event_ids)
        return _address(message)

    async def _edit(self, request: Request) -> Json:
        body = await body_of(request, EditControl)
        channel = self._channel(body.channel)
        message = self._message(channel, body.ts, "ts")
        text = events.composed(body.text, self._store.world)
        self._workspace.edit(channel, message, text=text, blocks=events.rich_text(text))
        return _address(message)

    async def _delete(self, request: Request) -> Json:
        body = await body_of(request, DeleteControl)
        channel = self._channel(body.channel)
        message = self._message(channel, body.ts, "ts")
        self._workspace.delete(channel, message)
        return _address(message)

    async def _react(self, request: Request) -> Json:
        body = await body_of(request, ReactControl)
        channel, person = self._channel(body.channel), known_person(self._store.world, body.user)
        message = self._message(channel, body.ts, "ts")
        self._workspace.react(channel, message, person.slack_id, body.name.strip(":"))
        return _address(message)

    async def _close(self, request: Request) -> Json:
        wanted = await body_of(request, ChannelControl)
        self._channel(wanted.channel).closed = wanted.closed
        self._store.changed()
        return {"ok": True}

    async def _change(self, request: Request) -> Json:
        wanted = await body_of(request, ChannelChange)
        channel, by = self._channel(wanted.channel), known_person(self._store.world, wanted.user).slack_id
        tell = self._workspace.tell_of_channel
        if wanted.joined is not None:
            self._join(channel, wanted.joined, by)
        if wanted.name is not None:
            channel.name = wanted.name
            described: Json = {"id": channel.id, "name": channel.name, "name_normalized": channel.name}
            described |= {"created": 1719210000, "is_channel": not channel.private, "is_mpim": False}
            tell(channel, f"{_kind(channel)}_rename", channel=described)
        if wanted.archived is not None:
            channel.closed = "is_archived" if wanted.archived else ""
            kind = f"{_kind(channel)}_{'archive' if wanted.archived else 'unarchive'}"
            more = {"group_unarchive": {"actor_id": by}, "channel_unarchive": {}}.get(kind, {"is_moved": 0})
            tell(channel, kind, channel=channel.id, user=by, **more)
        if wanted.private is not None and wanted.private != channel.private:
            self._workspace.convert(channel, private=wanted.private, by=by)
        if wanted.id is not None:
            self._workspace.rename_id(channel, wanted.id)
        if wanted.shared is not None:
            channel.shared = wanted.shared
            other = {"connected_team_id": ELSEWHERE}
            none = {"previously_connected_team_id": ELSEWHERE, "is_ext_shared": False}
            kind = "channel_shared" if wanted.shared else "channel_unshared"
            tell(channel, kind, channel=channel.id, **(other if wanted.shared else none))
        return {"ok": True, "channel": channel.id}

    def _join(self, channel: Channel, who: str, by: str) -> None:
        workspace = self._store.world.workspace
        user = workspace.bot.user_id if who == "app" else known_person(self._store.world, who).slack_id
        channel.members += [] if user in channel.members else [user]
        about = {"user": user, "channel": channel.id, "channel_type": channel.id[0], "team": workspace.team_id}
        self._workspace.tell_of_channel(channel, "member_joined_channel", **about, inviter=by)

    def _channel(self, name: str) -> Channel:
        channel = self._workspace.channel(name)
        if channel is not None:
            return channel
        person = self._store.world.person(name) if name.startswith("@") else None
        if person is None:
            raise BadControl("channel", f"no channel {name}")
        return self._workspace.direct(person.slack_id)

    def _message(self, channel: Channel, ts: str, field: str) -> Message:
        message = self._workspace.find(channel.id, ts)
        if message is None or message.tombstone:
            raise BadControl(field, f"no message {ts} in {channel.name or channel.id}")
        return message

    def _file(self, person: Person, file: FileControl | str) -> Json:
        file = FileControl(name=file) if isinstance(file, str) else file
        created = int(self._clock().timestamp())
        return events.file_object(
            self._store.world,
            person.slack_id,
            file.name,
            title=file.title or file.name,
            mimetype=file.mimetype,
            size=file.size,
            created=created,
        )


def _kind(channel: Channel) -> str:
    return "group" if channel.private else "channel"


def _address(message: Message) -> Json:
    return {"ok": True, "ts": message.ts, "channel": message.channel, "thread_ts": message.thread_ts}
