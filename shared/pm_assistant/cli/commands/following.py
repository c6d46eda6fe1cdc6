"""`pm tail`: the corridor as it happens."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.client import Depth, StackClient
from pm_assistant.cli.models import Depths, Logged, with_tickets
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show, show_json_line
from pm_assistant.cli.times import moment
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import UpstreamUnavailable

PAUSE = 1.0
LATE = timedelta(seconds=60)
"""How long a change may take to show in the log's index, and how far the writers' clocks may be behind ours."""


class Follower:
    """Knows what has been shown, and finds what has not."""

    def __init__(self, client: StackClient, since: datetime) -> None:
        self._client = client
        self._start = since
        self._seen: dict[str, Decision] = {}
        self._depths: tuple[Depth, ...] = ()

    def news(self, now: datetime) -> Iterator[Logged | Depths]:
        """Everything that has changed since the last call, oldest first."""
        decisions = self._client.stores.decisions.since(self._client.tenant_id, self._start)
        changed = [decision for decision in decisions if self._seen.get(decision.id) != decision]
        yield from with_tickets(changed, self._client)
        # What is older than the next look reaches back to cannot come again.
        self._seen = {decision.id: decision for decision in decisions}
        self._start = max(self._start, now - LATE)
        depths = self._client.depths()
        if depths != self._depths:
            self._depths = depths
            yield Depths(at=now, queues=depths)


def tail(
    client: StackClient,
    since: Annotated[str, typer.Option("--since", help="Begin this long ago: 30m, 2h, 1d or an ISO time.")] = "0s",
    seconds: Annotated[float | None, typer.Option("--for", min=0, help="Stop after so many seconds.")] = None,
    as_json: AsJson = False,
) -> None:
    """Follow the corridor: decisions as they come and move on, queues as they fill; Ctrl-C ends it."""
    follower = Follower(client, moment(since, datetime.now(UTC)))
    end = time.monotonic() + seconds if seconds is not None else None
    try:
        while True:
            _report(follower, as_json)
            left = PAUSE if end is None else min(PAUSE, end - time.monotonic())
            if left <= 0:
                return
            time.sleep(left)
    except KeyboardInterrupt:
        return


def _report(follower: Follower, as_json: bool) -> None:
    try:
        for news in follower.news(datetime.now(UTC)):
            if as_json:
                show_json_line(news)
            elif isinstance(news, Depths):
                show(views.depths(news))
            else:
                show(views.step(news))
    except UpstreamUnavailable as error:
        note(f"{error}; still trying")
