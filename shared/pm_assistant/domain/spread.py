"""What is told of many measured values: the middle and where most are, and nothing of a few."""

from collections.abc import Iterable

from pydantic import Field

from pm_assistant.domain.model import Model

FEWEST = 5
"""Of which a figure is told."""


class Spread(Model):
    """What was measured of so many; never of fewer than five."""

    count: int = Field(description="how many were measured")
    half: float = Field(description="half of them are not above it")
    most: float = Field(description="85 % of them are not above it")


def spread_of(values: Iterable[float]) -> Spread | None:
    """The median and the 85th percentile, as the nearest ranks; none below five."""
    ordered = sorted(values)
    if len(ordered) < FEWEST:
        return None
    half, most = (ordered[-(-len(ordered) * part // 100) - 1] for part in (50, 85))
    return Spread(count=len(ordered), half=round(half, 2), most=round(most, 2))
