"""Let 1,000 made-up teams be forecast from eight weeks of history; prints how often the dates held, decides nothing.

uv run python -m tests.bench.flow            # 1,000 teams for each cell; some minutes
uv run python -m tests.bench.flow 200        # fewer
"""

import random
import sys
from collections.abc import Iterator
from typing import NamedTuple

from pm_assistant.domain.forecast import LONGEST, Week, forecast

HISTORIES = (6, 8, 12, 26)
SIZES = (10, 20, 40)
SEED = 13
LEAST, MOST = 0.75, 0.95
"""The share of the 85 % dates that may hold: below the first a team's own are widened (ADR 64)."""


class World(NamedTuple):
    """How a made-up team truly fares: over-dispersed weeks, and what comes unasked."""

    mean: float
    variance: float
    added: float

    def week(self, chance: random.Random) -> Week:
        """A week of it."""
        return Week(_negative_binomial(self.mean, self.variance, chance), _poisson(self.added, chance))

    def days_until(self, items: int, chance: random.Random) -> int:
        """After how many days so many more are finished than came in; each falls on a day of its week by chance."""
        left = items
        for number in range(2 * LONGEST):
            week = self.week(chance)
            happened = [(chance.randint(1, 7), 1) for _ in range(week.finished)]
            happened += [(chance.randint(1, 7), -1) for _ in range(week.added)]
            for day, change in sorted(happened):
                left -= change
                if left <= 0:
                    return number * 7 + day
        return 2 * LONGEST * 7


def some_world(chance: random.Random) -> World:
    """A team: two to eight items a week, as uneven as teams are, up to a fourth of it unasked."""
    mean = chance.uniform(2, 8)
    return World(mean, mean * chance.uniform(1.2, 4), mean * chance.uniform(0, 0.25))


def outcomes(teams: int, history: int, items: int, *, seed: int = SEED) -> Iterator[tuple[bool, bool]]:
    """Whether the 50 % and the 85 % date of each team held that has one."""
    chance = random.Random(seed)  # noqa: S311  # has to come out the same each time
    for number in range(teams):
        world = some_world(chance)
        outlook = forecast(items, [world.week(chance) for _ in range(history)], seed=f"{seed}|{number}")
        truth = world.days_until(items, chance)
        if outlook.even_days is not None and outlook.likely_days is not None:
            yield truth <= outlook.even_days, truth <= outlook.likely_days


def coverage(teams: int, history: int, items: int, *, seed: int = SEED) -> tuple[float, float, int]:
    """The share of the 50 % and of the 85 % dates that held, and of how many teams."""
    found = list(outcomes(teams, history, items, seed=seed))
    even, likely = (sum(pair[n] for pair in found) / max(len(found), 1) for n in (0, 1))
    return even, likely, len(found)


def _negative_binomial(mean: float, variance: float, chance: random.Random) -> int:
    """A count with more variance than mean: a Poisson count whose rate is drawn."""
    spread = mean**2 / (variance - mean)
    return _poisson(chance.gammavariate(spread, mean / spread), chance)


def _poisson(rate: float, chance: random.Random) -> int:
    """How many arrivals fall into one unit of time."""
    count, clock = 0, chance.expovariate(1.0)
    while clock < rate:
        count, clock = count + 1, clock + chance.expovariate(1.0)
    return count


def check(held: float, teams: int) -> None:
    """Let the bench fail where dates are not worth what is said of them.

    Raises:
        SystemExit: no team has a date, or the 85 % dates held far less often or far more often than that.
    """
    if not teams:
        raise SystemExit("error: no team has a date, so there is nothing to count")
    if not LEAST <= held <= MOST:
        raise SystemExit(f"error: the 85 % dates held in {held:.1%}")


def main() -> None:
    """Print all of it."""
    teams = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"how often the date held that 85 % (50 %) of runs meet, {teams} teams each")
    for history in HISTORIES:
        cells = []
        for items in SIZES:
            even, likely, count = coverage(teams, history, items)
            cells.append(f"{items} items {likely:.1%} ({even:.1%}) of {count}")
        print(f"  {history} weeks: {', '.join(cells)}")
    pairs = [pair for items in SIZES for pair in outcomes(teams, 8, items, seed=SEED + items)]
    held = sum(likely for _, likely in pairs) / max(len(pairs), 1)
    print(f"  8 weeks, all sizes: {held:.1%} of {len(pairs)}")
    check(held, len(pairs))


if __name__ == "__main__":
    main()
