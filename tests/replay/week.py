"""What happens in a week: people talk in Slack, plan in Linear and build on GitHub, all at once.

A week is made of a seed by letting people do things at the sandbox, one after the other, with pauses in between. What
the vendors send of it is what is replayed, and what stands there in the end is what is true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.sandbox.world import SandboxWorld
from tests.replay.building import Building
from tests.replay.planning import Planning
from tests.replay.talking import Talking
from tests.replay.vendors import Refused, Vendors

DAYS = 5
SIZE = 120
"""How many things people do in it."""


@dataclass(frozen=True)
class Week:
    """A week that is over.

    Attributes:
        began_at: when it began.
        ended_at: when its last thing happened.
        before: all that there was at the vendors then.
        after: all that there was in the end; what the vendors sent waits in it to be brought.
        log: what happened, for a reader.
    """

    seed: int
    began_at: datetime
    ended_at: datetime
    before: SandboxWorld
    after: SandboxWorld
    log: Sequence[str]


def record(seed: int, vendors: Vendors, *, size: int = SIZE) -> Week:
    """Let a week go by."""
    vendors.restore()
    life, before = _Life(seed, vendors), vendors.snapshot()
    began_at = vendors.clock()
    while len(life.log) < size:
        life.go_on(size)
    return Week(seed, began_at, vendors.clock(), before, vendors.snapshot(), life.log)


class _Life(Talking, Planning, Building):
    """All that people do, one thing after the other."""

    def __init__(self, seed: int, vendors: Vendors) -> None:
        super().__init__(seed, vendors)
        self.log: list[str] = []
        acts = {**self.talking, **self.planning, **self.building}
        self._acts, self._weights = list(acts), list(acts.values())

    def go_on(self, size: int) -> None:
        """Let some time pass, then something happen."""
        pause = self._random.choices(
            (0.0, self._random.uniform(0.2, 1), self._random.uniform(1, 90), self._random.uniform(90, 1_800)),
            (10, 15, 45, 30),
        )[0]
        if self._random.random() < DAYS / size:
            pause = timedelta(hours=16).total_seconds()
        self._vendors.clock.pass_by(seconds=pause)
        act = self._random.choices(self._acts, self._weights)[0]
        try:
            what = act()
        except Refused:
            return
        if what:
            self.log.append(f"{self._vendors.clock():%a %H:%M:%S.%f} {what}")
