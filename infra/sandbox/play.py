"""Plays the demo day: its messages stand in the past, its events arrive now."""

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta

from infra.sandbox.core.state import Clock, Model
from infra.sandbox.core.store import Store
from infra.sandbox.seed import Utterance
from infra.sandbox.slack.events import rich_text
from infra.sandbox.slack.state import Message
from infra.sandbox.slack.workspace import SlackWorkspace
from infra.sandbox.world import SandboxWorld


class Progress(Model):
    """How far the day has come: of `total` messages so many were posted, and so many have reached the app."""

    total: int
    posted: int
    delivered: int
    failed: int
    running: bool


class Player:
    """Plays the day once; a second call goes on where the first was interrupted."""

    def __init__(
        self,
        store: Store[SandboxWorld],
        workspace: SlackWorkspace,
        day: Callable[[], list[Utterance]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._day = day
        self._clock = clock
        self._playing: asyncio.Task[None] | None = None

    def play(self, per_second: float) -> Progress:
        """Start playing in the background unless it is playing already.

        Raises:
            SeedInvalid: the day cannot be read.
        """
        day = self._day()
        if not self._running:
            self._playing = asyncio.get_running_loop().create_task(self._play(day, 1 / per_second))
        return self.progress()

    def progress(self) -> Progress:
        """How far it is."""
        world = self._store.world
        posted = set(world.played.values())
        message_deliveries = [each for each in world.deliveries if each.kind == "message" and each.about in posted]
        outcomes = {about: {each.outcome for each in message_deliveries if each.about == about} for about in posted}
        return Progress(
            total=len(self._day()),
            posted=len(posted),
            delivered=sum("delivered" in outcome for outcome in outcomes.values()),
            failed=sum(outcome == {"failed"} for outcome in outcomes.values()),
            running=self._running,
        )

    async def stop(self) -> None:
        """Interrupt the day."""
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)

    @property
    def _running(self) -> bool:
        return self._playing is not None and not self._playing.done()

    async def _play(self, day: list[Utterance], pause: float) -> None:
        for line in day:
            if line.ref not in self._store.world.played:
                self._say(line, day)
                await asyncio.sleep(pause)

    def _say(self, line: Utterance, day: list[Utterance]) -> None:
        world = self._store.world
        if world.played_day is None:
            world.played_day = midnight(day, self._clock())
        channel = self._workspace.channel(line.channel)
        person = world.person(line.user)
        if channel is None or person is None:
            return
        root_ts = world.played[line.reply_to].partition("/")[2] if line.reply_to else None
        root = self._workspace.find(channel.id, root_ts) if root_ts else None
        message = Message(
            ts=f"{at(line, world.played_day).timestamp():.6f}",
            channel=channel.id,
            user=person.slack_id,
            text=line.text,
            thread_ts=root.root_ts if root else None,
            blocks=rich_text(line.text),
        )
        message = self._workspace.post(channel, message)
        world.played[line.ref] = f"{channel.id}/{message.ts}"
        self._store.changed()


def midnight(day: list[Utterance], now: datetime) -> datetime:
    """The start of the latest day (in the zone of `now`) whose last message has been said by now."""
    start = datetime.combine(now.date(), time(), now.tzinfo)
    return start if at(day[-1], start) < now - timedelta(minutes=1) else start - timedelta(days=1)


def at(line: Utterance, start: datetime) -> datetime:
    """When a line is said on the day that starts then."""
    hours, minutes = (int(part) for part in line.at.split(":"))
    return start + timedelta(hours=hours, minutes=minutes)
