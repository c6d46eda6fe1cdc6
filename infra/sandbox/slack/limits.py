"""How often Slack lets an app that its Marketplace does not list read what was said.

Since 29 May 2025 each of the two methods takes one request a minute and gives 15 messages at most, whatever was asked
for (docs.slack.dev, reference/methods/conversations.history). Listed apps are free of that, and those that a company
made for itself.
"""

from datetime import timedelta

from infra.sandbox.core.state import Clock, Json
from infra.sandbox.core.store import Store
from infra.sandbox.slack.state import SlackWorld
from infra.sandbox.slack.wire import TooOften

METHODS = {"conversations.history", "conversations.replies"}
EVERY = timedelta(minutes=1)
MOST = 15


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
