"""`pm tail`: decisions as they come and move on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.commands.reading import decisions_since
from pm_assistant.cli.models import DecisionTold
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show, show_json_line
from pm_assistant.cli.times import moment
from pm_assistant.domain.errors import Throttled, UpstreamUnavailable

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api

PAUSE = 1.0
LATE = timedelta(seconds=60)
"""How long a change may take to show in the log's index, and how far the writers' clocks may be behind ours."""


class Follower:
    """Knows what has been shown, and finds what has not."""

    def __init__(self, api: "Api", since: datetime) -> None:
        self._api = api
        self._start = since
        self._seen: dict[str, DecisionTold] = {}

    def news(self, now: datetime) -> Iterator[DecisionTold]:
        """Everything that has changed since the last call, oldest first."""
        decisions = decisions_since(self._api, self._start)
        yield from (decision for decision in decisions if self._seen.get(decision.id) != decision)
        # What is older than the next look reaches back to cannot come again.
        self._seen = {decision.id: decision for decision in decisions}
        self._start = max(self._start, now - LATE)


def tail(
    target: ApiTarget,
    since: Annotated[str, typer.Option("--since", help="Begin this long ago: 30m, 2h, 1d or an ISO time.")] = "0s",
    seconds: Annotated[float | None, typer.Option("--for", min=0, help="Stop after so many seconds.")] = None,
    as_json: AsJson = False,
) -> None:
    """Follow the pipeline: decisions as they come and move on; Ctrl-C ends it."""
    end = monotonic() + seconds if seconds is not None else None
    with target.api() as api:
        follower = Follower(api, moment(since, datetime.now(UTC)))
        try:
            while True:
                pause = _report(follower, as_json)
                left = pause if end is None else min(pause, end - monotonic())
                if left <= 0:
                    return
                sleep(left)
        except KeyboardInterrupt:
            return


def _report(follower: Follower, as_json: bool) -> float:
    """Show what is new, and say how long to wait for more."""
    try:
        for decision in follower.news(datetime.now(UTC)):
            show_json_line(decision) if as_json else show(views.step(decision))
    except Throttled as error:
        return max(PAUSE, float(error.retry_after))
    except UpstreamUnavailable as error:
        note(f"{error}; still trying")
    return PAUSE
