"""When so much work will be done: the past weeks played again many times, with the range that comes of it.

A few weeks say little of how a team fares, so each run weighs them anew (a Bayesian bootstrap): with whole weeks drawn
evenly, a date that is to hold in 85 of 100 cases holds in 80 (`python -m tests.bench.flow`).
"""

import random
from bisect import bisect
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from pydantic import Field

from pm_assistant.domain.model import Model

RUNS = 1_000
HISTORY = 12
"""Past weeks that are played again, the newest ones."""
FEWEST_WEEKS, FEWEST_FINISHED = 6, 5
"""Below so many weeks there is no date, below so many finished items no forecast."""
LONGEST = 104
"""Weeks that are played; what is not done by then is not going to be."""
EVEN, LIKELY, CAUTIOUS = 0.5, 0.85, 0.95
"""Shares of runs that are done by a date. The last is taken for the second where that has not held."""
HELD_ENOUGH = 0.75
"""Of the last forecasts that have ended; where fewer held, the later date is said."""
MOST_SCORED = 20
MOST_ITEMS = 500
DAYS = 7


class Week(NamedTuple):
    """A past week: how much was finished, and how much came unasked and had to be done as well."""

    finished: int
    added: int = 0


class Why(StrEnum):
    """Why no date is said."""

    FEW_FINISHED = "few_finished"
    FEW_WEEKS = "few_weeks"
    NEVER = "never"
    """As much comes in as gets done."""


class Outlook(Model):
    """What the runs say.

    Attributes:
        even_days: half of the runs are done within so many days; None where there is no answer.
        likely_days: the same of the share that is promised.
        share: of the runs that are done by the later date.
        weeks: that were played again.
        finished: in these weeks.
        growth: how much is added in a week.
        why: no date is to be said; a range in words may be.
    """

    items: int
    even_days: int | None = None
    likely_days: int | None = None
    share: float = LIKELY
    weeks: int
    finished: int
    growth: float = 0.0
    why: Why | None = None


class Forecast(Model):
    """A forecast that was made of a team's open work, and what became of it.

    Attributes:
        made_on: the day on which it was made.
        items: that were open then.
        even: half of the runs are done by then.
        likely: the promised share of the runs is done by then.
        share: that is promised by the later date.
        done_on: when it was done, once it is.
        held: whether it was done by the later date; None as long as that is open.
    """

    made_on: date
    items: int
    even: date
    likely: date
    share: float = LIKELY
    done_on: date | None = None
    held: bool | None = None

    def scored(self, *, done_on: date | None, today: date) -> "Forecast":
        """It, once that is known: done in time, or not done by then."""
        held = (done_on <= self.likely) if done_on is not None else (False if today > self.likely else None)
        return self.model_copy(update={"done_on": done_on, "held": held})


class Score(Model):
    """How often past forecasts held."""

    made: int = Field(default=0, description="forecasts whose time has come, the last 20 at most")
    held: int = Field(default=0, description="of them, those that were done by the later date")
    even_held: int = Field(default=0, description="of them, those done by the earlier date, of which half should be")


def forecast(items: int, weeks: Sequence[Week], *, seed: str, share: float = LIKELY, runs: int = RUNS) -> Outlook:
    """Say when so many items will be done, from the newest of these complete weeks, oldest first.

    The same question about the same weeks has the same answer.
    """
    recent = weeks[-HISTORY:]
    finished = sum(week.finished for week in recent)
    growth = round(sum(week.added for week in recent) / len(recent), 1) if recent else 0.0
    outlook = Outlook(items=items, weeks=len(recent), finished=finished, growth=growth, share=share)
    if finished < FEWEST_FINISHED:
        return outlook.model_copy(update={"why": Why.FEW_FINISHED})
    days = sorted(_days_of_run(items, recent, f"{seed}|{run}") for run in range(runs))
    even, likely = (days[min(int(part * runs), runs - 1)] for part in (EVEN, share))
    if likely > LONGEST * DAYS:
        return outlook.model_copy(update={"why": Why.NEVER})
    few = Why.FEW_WEEKS if len(recent) < FEWEST_WEEKS else None
    return outlook.model_copy(update={"even_days": even, "likely_days": likely, "why": few})


def share_to_say(score: Score) -> float:
    """The share of runs that a date has to hold in, so that it holds as often as is said."""
    falls_short = score.made >= MOST_SCORED and score.held < HELD_ENOUGH * score.made
    return CAUTIOUS if falls_short else LIKELY


def score_of(forecasts: Sequence[Forecast]) -> Score:
    """How often the last ones held whose time has come."""
    over = [each for each in forecasts if each.held is not None][-MOST_SCORED:]
    in_time = [each for each in over if each.done_on is not None and each.done_on <= each.even]
    return Score(made=len(over), held=sum(bool(each.held) for each in over), even_held=len(in_time))


def days_until_done(items: int, days: Sequence[tuple[date, int]], made_on: date) -> date | None:
    """When it was done: the first day on which so many more were finished than came in since."""
    left = items
    for day, net in sorted(days):
        if day > made_on:
            left -= net
            if left <= 0:
                return day
    return None


def _days_of_run(items: int, weeks: Sequence[Week], seed: str) -> int:
    """After how many days one run is done, each week weighed by chance for the whole of it.

    A run plays the same weeks however much there is to do, so that more never takes less time.
    """
    chance = random.Random(seed)  # noqa: S311  # no secret, and to come out the same each time
    weights = list(accumulate(chance.expovariate(1.0) for _ in weeks))
    left, total = items, weights[-1]
    for number in range(LONGEST):
        week = weeks[min(bisect(weights, chance.random() * total), len(weeks) - 1)]
        net = week.finished - week.added
        if net >= left:
            return number * DAYS + -(-left * DAYS // net) if left > 0 else number * DAYS
        left -= net
    return LONGEST * DAYS + 1
