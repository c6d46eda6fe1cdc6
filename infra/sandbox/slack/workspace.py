"""What can happen in the Slack workspace; each happening tells the app."""

import uuid
from collections.abc import Callable
from typing import Literal

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.state import Clock, Delivery, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.slack import events
from infra.sandbox.slack.accounts import account
from infra.sandbox.slack.limits import EventLimit
from infra.sandbox.slack.scopes import granted, tells
from infra.sandbox.slack.state import Channel, Message, SlackWorld


class SlackWorkspace:
    """The workspace's channels and messages."""

    def __init__(self, store: Store[SlackWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock
        self._limit = EventLimit(store, clock)
        self._listeners: list[Callable[[Channel, Message], None]] = []

    def on_said(self, listener: Callable[[Channel, Message], None]) -> None:
        """Have somebody told of each new message, after the app."""
        self._listeners.append(listener)

    def find(self, channel: str, ts: str) -> Message | None:
        """A message by its address."""
        return events.find(self._store.world, channel, ts)

    def channel(self, name: str) -> Channel | None:
        """A channel by id, or by name with or without `#`."""
        channels = self._store.world.channels
        plain_name = name.removeprefix("#")
        return channels.get(name) or next((each for each in channels.values() if each.name == plain_name), None)

    def direct(self, user: str) -> Channel:
        """The app's direct message channel with a person; opened if there is none."""
        world = self._store.world
        channel = next((each for each in world.channels.values() if each.user == user), None)
        if channel is None:
            members = [user, world.workspace.bot.user_id]
            channel = Channel(id=f"D{user[1:]}", name="", private=True, members=members, user=user)
            world.channels[channel.id] = channel
            world.messages.setdefault(channel.id, [])
            self._store.changed()
        return channel

    def post(
        self,
        channel: Channel,
        message: Message,
        *,
        deliveries: int = 1,
        fresh_event_ids: bool = False,
        unfurl: bool = True,
    ) -> Message:
        """Put a message where it belongs in time; a ts already taken moves on by the smallest step.

        Args:
            channel: where.
            message: what; an empty ts means now.
            deliveries: how many times the app is told.
            fresh_event_ids: whether each telling has an event id of its own.
            unfurl: whether Slack adds previews of the links.
        """
        world = self._store.world
        message.ts = self._free_ts(channel.id, message.ts)
        messages = world.messages[channel.id]
        messages.append(message)
        messages.sort(key=lambda each: each.ts)
        body = events.posted(world, channel, message)
        self._tell(channel, message, "message", body, copies=deliveries, fresh_event_ids=fresh_event_ids)
        if unfurl and events.links(message.text):
            self._unfurl(channel, message)
        for listener in self._listeners:
            listener(channel, message)
        return message

    def edit(self, channel: Channel, message: Message, **changes: object) -> Message:
        """Change a message's text, blocks or metadata."""
        before = self._described(message)
        ts = self._now_ts(channel.id)
        for name, value in changes.items():
            setattr(message, name, value)
        message.edited_ts = f"{int(float(ts))}.000000"
        self._tell_changed(channel, message, before, ts)
        return message

    def delete(self, channel: Channel, message: Message) -> None:
        """Remove a message; the root of a thread leaves a tombstone, which Slack reports as a change."""
        before = self._described(message)
        ts = self._now_ts(channel.id)
        if self.replies(channel.id, message.ts):
            message.tombstone = True
            message.text, message.blocks, message.files, message.attachments = "", [], [], []
            self._tell_changed(channel, message, before, ts)
            return
        self._store.world.messages[channel.id].remove(message)
        self._tell(channel, message, "message_deleted", events.deleted(channel, before, ts))

    def react(self, channel: Channel, message: Message, user: str, name: str) -> None:
        """Put an emoji on a message; a second time by the same person changes nothing."""
        users = message.reactions.setdefault(name, [])
        if user in users:
            return
        users.append(user)
        body = events.reacted(message, user, name, self._now_ts(channel.id))
        self._tell(channel, message, "reaction_added", body)

    def unreact(self, message: Message, user: str, name: str) -> None:
        """Take an emoji away; an app that has not asked for it is not told."""
        left = [each for each in message.reactions.pop(name, []) if each != user]
        message.reactions |= {name: left} if left else {}
        self._store.changed()

    def attach(self, channel: Channel, message: Message, attachments: list[Json], entities: list[Json]) -> None:
        """Show what an app has for the links of a message, which Slack tells as a change of it."""
        before = self._described(message)
        kept = [
            each for each in message.attachments if each["from_url"] not in {new["from_url"] for new in attachments}
        ]
        message.attachments, message.entities = [*kept, *attachments], entities
        self._tell_changed(channel, message, before, self._now_ts(channel.id))

    def tell_at(self, channel: Channel, message: Message, event: Json) -> None:
        """Tell the app what somebody does at a message."""
        stamped = event | {"event_ts": self._now_ts(channel.id)}
        self._store.changed()
        self._tell(channel, message, str(event["type"]), stamped)

    def replies(self, channel: str, root_ts: str) -> list[Message]:
        """What was said in a thread, without its root."""
        messages = self._store.world.messages[channel]
        return [each for each in messages if each.thread_ts == root_ts and each.ts != root_ts]

    def _unfurl(self, channel: Channel, message: Message) -> None:
        before = self._described(message)
        message.attachments = [
            {"id": number, "from_url": link, "fallback": link, "title": link, "title_link": link}
            for number, link in enumerate(events.links(message.text), start=1)
        ]
        self._tell_changed(channel, message, before, self._now_ts(channel.id))

    def _tell_changed(self, channel: Channel, message: Message, before: Json, ts: str) -> None:
        body = events.changed(channel, before, self._described(message), ts)
        self._tell(channel, message, "message_changed", body)

    def _tell(
        self,
        channel: Channel,
        message: Message,
        kind: str,
        event: Json,
        *,
        copies: int = 1,
        fresh_event_ids: bool = False,
    ) -> None:
        world = self._store.world
        if not tells(world, str(event["type"]), channel):
            return
        body = events.envelope(world, event, shared=channel.shared)
        for copy in range(copies + world.config.duplicates):
            if copy and fresh_event_ids:
                body = body | {"event_id": events.event_id()}
            minute = self._limit.admit()
            if minute is None:
                self._send(kind, body, line=f"slack/{channel.id}", about=f"{channel.id}/{message.ts}")
            elif minute != world.limit_told_at:
                world.limit_told_at = minute
                team = world.workspace.team_id
                self._send("app_rate_limited", events.rate_limited(world, minute), line=f"slack/{team}", about=team)

    def tell_of_person(self, person: Person, kind: Literal["team_join", "user_change"]) -> None:
        """Tell the app that somebody has come, or is described otherwise than before."""
        world, now = self._store.world, self._clock()
        person.slack_updated = int(now.timestamp())
        self._store.changed()
        if not tells(world, kind):
            return
        user = account(world, person, now)
        if not granted(world, "users:read.email"):
            del user["profile"]["email"]
        stamps = {"cache_ts": int(now.timestamp()), "event_ts": f"{now.timestamp():.6f}"}
        body = events.envelope(world, {"type": kind, "user": user, **stamps})
        for _ in range(1 + world.config.duplicates):
            self._send(kind, body, line=f"slack/{world.workspace.team_id}", about=person.slack_id)

    def tell_of_home(self, person: Person, tab: Literal["home", "messages"], view: Json | None) -> None:
        """Tell the app that somebody has opened one of its tabs."""
        world = self._store.world
        event: Json = {"type": "app_home_opened", "user": person.slack_id, "channel": self.direct(person.slack_id).id}
        event |= {"tab": tab, "event_ts": f"{self._clock().timestamp():.6f}"} | ({"view": view} if view else {})
        body = events.envelope(world, event)
        for _ in range(1 + world.config.duplicates):
            self._send("app_home_opened", body, line=f"slack/home/{person.slack_id}", about=person.slack_id)

    def tell_of_channel(self, of: Channel, kind: str, **what: object) -> None:
        """Tell the app what has become of a channel."""
        world = self._store.world
        self._store.changed()
        if tells(world, kind, of):
            event = {"type": kind, **what, "event_ts": self._now_ts(of.id)}
            body = events.envelope(world, event, shared=of.shared)
            for _ in range(1 + world.config.duplicates):
                self._send(kind, body, line=f"slack/{of.id}", about=of.id)

    def convert(self, channel: Channel, *, private: bool, by: str) -> None:
        """Open a channel to the whole workspace, or close it, which Slack tells by a message in it."""
        channel.private = private
        open_or_closed = "private" if private else "public"
        self.tell_of_channel(
            channel,
            "message",
            subtype=f"channel_convert_to_{open_or_closed}",
            user=by,
            text=f"made this channel *{open_or_closed}*.",
            ts=self._now_ts(channel.id),
            channel=channel.id,
            channel_type=channel.type,
        )

    def rename_id(self, channel: Channel, id: str) -> None:
        """Give a channel another id, under which it stands from then on with all that was said in it."""
        world, before = self._store.world, channel.id
        world.channels = {id if each == before else each: its for each, its in world.channels.items()}
        world.messages[id] = world.messages.pop(before, [])
        for message in world.messages[id]:
            message.channel = id
        channel.id = id
        self.tell_of_channel(channel, "channel_id_changed", old_channel_id=before, new_channel_id=id)

    def _send(self, kind: str, body: Json, *, line: str, about: str) -> None:
        self._courier.send(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="slack",
                kind=kind,
                line=line,
                about=about,
                body=body,
                created_at=self._clock(),
            )
        )

    def _described(self, message: Message) -> Json:
        return events.message_object(self._store.world, message)

    def _now_ts(self, channel: str) -> str:
        return self._free_ts(channel, "")

    def _free_ts(self, channel: str, chosen: str) -> str:
        ts = chosen or f"{self._clock().timestamp():.6f}"
        while self.find(channel, ts) is not None:
            seconds, _, micros = ts.partition(".")
            step = int(seconds) * 1_000_000 + int(micros) + 1
            ts = f"{step // 1_000_000}.{step % 1_000_000:06d}"
        return ts
