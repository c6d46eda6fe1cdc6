"""How much Slack tells an app, and how often it lets one that its Marketplace does not list read what was said.

Of one workspace an app gets 30,000 events an hour. What is beyond that is dropped, and of each minute in which that
happens the app is told once (docs.slack.dev, reference/events/app_rate_limited).

Since 29 May 2025 each of the two methods takes one request a minute and gives 15 messages at most, whatever was asked
for (docs.slack.dev, reference/methods/conversations.history). Listed apps are free of that, and those that a company
made for itself.
"""

from datetime import datetime, timedelta

from infra.sandbox.core.state import Clock, Json
from infra.sandbox.core.store import Store
from infra.sandbox.slack.state import SlackWorld
from infra.sandbox.slack.wire import TooOften

METHODS = {"conversations.history", "conversations.replies"}
EVERY = timedelta(minutes=1)
MOST = 15
HOUR = timedelta(hours=1)


class HistoryLimit:
    """Counts what an app reads; each method by itself."""

    def __init__(self, store: Store[SlackWorld], clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def admit(self, method: str, arguments: Json) -> None:
        """Let a call in, with as many messages as it may have.

        Raises:
            TooOften: the last one was less than a minute ago.
        """
        world, now = self._store.world, self._clock()
        if method not in METHODS or not world.config.slack_history_limit:
            return
        before = world.history_read_at.get(method)
        if before is not None and now < before + EVERY:
            raise TooOften((before + EVERY - now).total_seconds())
        world.history_read_at[method] = now
        wanted = str(arguments.get("limit") or MOST)
        if wanted.isdecimal() and int(wanted) > 0:
            arguments["limit"] = min(int(wanted), MOST)


class EventLimit:
    """Counts what an app is told, by minutes."""

    def __init__(self, store: Store[SlackWorld], clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def admit(self) -> datetime | None:
        """Let one more event out; else the minute in which it was dropped."""
        world, minute = self._store.world, self._clock().replace(second=0, microsecond=0)
        told = {at: count for at, count in world.events_told.items() if at > minute - HOUR}
        is_full = sum(told.values()) >= world.config.slack_events_an_hour
        world.events_told = told if is_full else told | {minute: told.get(minute, 0) + 1}
        return minute if is_full else None
