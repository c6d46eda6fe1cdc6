"""Statistics that may be looked at as often as one likes: a look each day makes no more false alarms than is promised.

A test that is meant for one look, looked at daily, finds a difference where there is none in a third of all experiments
(`python -m tests.bench.experiments`).
"""

import math
from collections.abc import Iterable

from pydantic import Field

from pm_assistant.domain.model import Model

ALPHA = 0.05
"""How often an experiment may end with a winner where there is no difference."""
EFFECT_VARIANCE = 0.01
"""Of the differences between two shares that are looked for: most sensitive around ten points."""
STRAY_ALPHA = 0.001
"""How often units may be called unevenly shared out where they are not; that is always a fault of ours."""
MOST_EXPONENT = 700.0
"""What a float still holds."""


class Sample(Model):
    """What was observed on one side.

    Attributes:
        size: how many units.
        total: of what they are worth, 0 to 1 each.
    """

    size: int = Field(default=0, ge=0)
    total: float = Field(default=0.0, ge=0)

    @property
    def mean(self) -> float | None:
        """What a unit is worth; None where there is none."""
        return self.total / self.size if self.size else None

    def with_more(self, values: Iterable[float]) -> "Sample":
        """It, with further units."""
        added = list(values)
        return Sample(size=self.size + len(added), total=self.total + sum(added))


def evidence_of_difference(a: Sample, b: Sample) -> float:
    """How much likelier two samples are if their shares differ: the mixture sequential probability ratio (mSPRT).

    It is 1 before anything is known. Where there is no difference, it ever gets above 1/p with a probability of at most
    p, however often one looks. The variance is that of shares, which is never less than that of units that are worth
    something in between.
    """
    if a.mean is None or b.mean is None:
        return 1.0
    pooled = (a.total + b.total + 1) / (a.size + b.size + 2)  # never 0 or 1: a few that agree prove nothing
    variance = pooled * (1 - pooled) * (1 / a.size + 1 / b.size)
    spread = variance + EFFECT_VARIANCE
    exponent = EFFECT_VARIANCE * (b.mean - a.mean) ** 2 / (2 * variance * spread)
    return math.sqrt(variance / spread) * math.exp(min(exponent, MOST_EXPONENT))


def is_stray(a: int, b: int, *, share: float) -> bool:
    """Whether so many units on either side cannot have come of sharing them out like that (sample ratio mismatch).

    Likewise valid at every look: the beta-binomial mixture, held against the share that was meant.
    """
    mixture = math.lgamma(a + 1) + math.lgamma(b + 1) - math.lgamma(a + b + 2)
    meant = a * math.log(1 - share) + b * math.log(share)
    return mixture - meant >= -math.log(STRAY_ALPHA)
