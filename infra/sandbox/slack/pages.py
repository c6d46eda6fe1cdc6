"""Slack's pages: a channel with its threads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.sandbox.core.emoji import EMOJI
from infra.sandbox.core.pages import Pages, missing
from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.slack.markup import link_html, mrkdwn_html, text_object_html
from infra.sandbox.slack.state import Channel, Message, OpenView, SlackWorld


@dataclass(frozen=True)
class ChannelSeen:
    """A channel as lists show it; `last` is when the last message was posted."""

    path: str
    title: str
    topic: str
    locked: bool
    messages: int
    last: datetime | None


@dataclass(frozen=True)
class Post:
    """A message as a channel's page shows it.

    Attributes:
        same_day: whether its thread began on its day, so that the time says enough.
        pressers: who could press its buttons: names by handle.
        at_work: whether the app is at work in the thread below it.
        linked_to: whether the page was opened for its sake.
    """

    message: Message
    path: str
    author: str
    at: datetime
    same_day: bool
    pressers: dict[str, str]
    at_work: bool
    linked_to: bool

    @property
    def anchor(self) -> str:
        """What the message is called in an address."""
        return self.message.ts.replace(".", "")

    @property
    def is_card(self) -> bool:
        """Whether the app composed it of blocks."""
        return any(block.get("type") != "rich_text" for block in self.message.blocks)

    @property
    def reactions(self) -> dict[str, int]:
        """How many people put each emoji on it."""
        return {EMOJI.get(name, f":{name}:"): len(who) for name, who in self.message.reactions.items()}


class SlackPages:
    """The workspace as people see it."""

    def __init__(self, store: Store[SlackWorld]) -> None:
        self._store = store
        commands = _commands if store.is_first else _none  # a terminal speaks for the first company's team
        self._pages = Pages(
            mrkdwn=mrkdwn_html, text_object=text_object_html, link=link_html, pressable=_pressable, commands=commands
        )

    def routes(self) -> list[Route]:
        """Where they are."""
        archives = f"/{self._store.world.workspace.address}/archives/{{channel}}"
        return [Route(archives, self.channel), Route(f"{archives}/p{{ts}}", self.channel)]

    async def channel(self, request: Request) -> Response:
        """A channel with its threads; the message that was linked to stands out and is scrolled to."""
        world = self._store.world
        channel = world.channels.get(request.path_params["channel"])
        if channel is None:
            return missing("channel")
        digits = request.path_params.get("ts", "")
        linked_ts = f"{digits[:-6]}.{digits[-6:]}" if digits else ""
        messages = sorted(world.messages[channel.id], key=_moment)
        if linked_ts and all(message.ts != linked_ts for message in messages):
            return missing("message")
        bot = world.workspace.bot
        shown = seen(world, channel)
        return self._pages.page(
            "slack/channel.html",
            forms="'self'",
            title=shown.title,
            channel=shown,
            channels=[seen(world, each) for each in world.channels.values()],
            days=list(_days(world, channel, messages, linked_ts)),
            views=[
                _view_seen(world, each)
                for each in world.views.values()
                if f"{each.seen_from}/".startswith(f"{shown.path}/")
            ],
            ephemerals=[_ephemeral(each) for each in world.ephemerals if each.channel == channel.id],
            people={each.handle: each.name for each in world.people if each.slack_id in channel.members},
            typed=bot.commands,
            shortcuts=[each for each in bot.shortcuts if each.type == "global"],
            has_menu=any(each.type == "message" for each in bot.shortcuts),
            names={each.slack_id: each.name for each in world.people} | {bot.user_id: bot.name},
        )


def seen(world: SlackWorld, channel: Channel) -> ChannelSeen:
    """A channel for a list."""
    messages = world.messages[channel.id]
    person = world.person(channel.user) if channel.user else None
    title = f"{world.workspace.bot.name} & {person.name if person else channel.user}"
    return ChannelSeen(
        path=f"/{world.workspace.address}/archives/{channel.id}",
        title=title if channel.user else f"#{channel.name}",
        topic=channel.topic,
        locked=channel.private and not channel.user,
        messages=len(messages),
        last=_moment(messages[-1]) if messages else None,
    )


def _view_seen(world: SlackWorld, opened: OpenView) -> Json:
    """A modal for a list."""
    path = f"/{world.workspace.address}/views/{opened.id}"
    return {"path": path, "person": opened.person, "title": opened.view["title"]["text"]}


def _ephemeral(message: Message) -> Json:
    """What one person alone sees, as a card is shown; nothing of it can be pressed."""
    blocks = [each for each in message.blocks if each.get("type") != "actions"]
    return {"person": message.user, "at": _moment(message), "message": message.model_copy(update={"blocks": blocks})}


def _days(
    world: SlackWorld, channel: Channel, messages: list[Message], linked_ts: str
) -> Iterator[tuple[str, list[list[Post]]]]:
    """The threads, each with its root first, by the day that the root was posted on."""
    pressers = {each.handle: each.name for each in world.people if each.slack_id in channel.members}
    authors = {each.slack_id: each.name for each in world.people}
    threads: dict[str, list[Message]] = {}
    for message in messages:
        threads.setdefault(message.root_ts, []).append(message)

    def post(message: Message, root: Message) -> Post:
        return Post(
            message=message,
            path=f"{seen(world, channel).path}/p{message.ts.replace('.', '')}",
            author=world.workspace.bot.name if message.by_app else authors.get(message.user, message.user),
            at=_moment(message),
            same_day=_moment(message).date() == _moment(root).date(),
            pressers=pressers,
            at_work=_is_at_work(world, message),
            linked_to=message.ts == linked_ts,
        )

    for day, group in groupby(threads.values(), key=lambda thread: f"{_moment(thread[0]):%A %d %B}"):
        yield day, [[post(message, thread[0]) for message in thread] for thread in group]


def _is_at_work(world: SlackWorld, message: Message) -> bool:
    """Whether the app says that it is at work in the thread below a message."""
    session = world.sessions.get(f"{message.channel}:{message.ts}")
    return session is not None and session.status == "processing"


def _pressable(elements: list[Json]) -> bool:
    """Whether there is a button among them; a link leads away instead."""
    return any(not element.get("url") for element in elements)


def _commands(elements: list[Json]) -> list[str]:
    """How to press the product's buttons from a terminal."""
    decision_ids = {str(each.get("action_id")).removeprefix("decision."): str(each.get("value")) for each in elements}
    return [f"pm {verb} {decision_ids[verb][:8]}" for verb in ("approve", "dismiss", "retry") if verb in decision_ids]


def _none(_: list[Json]) -> list[str]:
    return []


def _moment(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC)
