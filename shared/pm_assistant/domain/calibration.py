"""What a confidence is worth: how often people agreed where an analyst was so sure, and what that makes of the next.

Platt's method: the odds that people agree are a line over the odds that the analyst gave. The line is drawn through
what all tenants answered; a tenant's own answers move it up or down, the less the fewer there are.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.domain.trust import Calibration, log_odds, sigmoid

STIFFNESS = 4.0
"""Of the line as the analyst drew it: about as many answers have to speak against it until it gives way."""
OWN_STIFFNESS = 10.0
"""The same, of the line of all tenants against one tenant's own answers."""
LEAST_SLOPE = 0.05
"""Surer is never less likely."""
STEPS, CLOSE_ENOUGH = 50, 1e-9
BINS = 10
PLACES = 50
"""Confidences that are told apart where answers are pooled."""
Z = 1.96
"""Standard errors to either side in which 95 % of all samples lie."""


class Answered(NamedTuple):
    """One or several answers to proposals of one confidence.

    Attributes:
        confidence: as the analyst gave it.
        right: how many agreed.
        wrong: how many did not.
    """

    confidence: float
    right: int
    wrong: int


class Bin(NamedTuple):
    """What became of the proposals of a stretch of confidences.

    Attributes:
        low: where it begins; it ends where the next one does.
        answers: how many there were.
        confidence: their mean.
        right: the share of them that people agreed with.
    """

    low: float
    answers: int
    confidence: float
    right: float


class Reliability(NamedTuple):
    """How well confidences say how often people agree.

    Attributes:
        bins: those that hold any.
        error: expected calibration error: by how much confidence and agreement differ, on average.
        interval: in which it lies, as far as chance goes, with a certainty of 95 %.
        log_loss: mean surprise of an answer, in nats; None without any.
    """

    bins: tuple[Bin, ...]
    error: float
    interval: tuple[float, float]
    log_loss: float | None


class FollowingWeek(Model):
    """How the calibration of before did on the answers that came after it."""

    answers: int = Field(description="how many there were")
    log_loss: float = Field(description="their mean surprise, in nats")
    raw_log_loss: float = Field(description="the same, had confidences been taken as they were given")


class Fitted(Model):
    """A calibration with what it rests on.

    Attributes:
        kind: of action.
        judged_by: model, prompt and version of the rules.
        answers: of the tenant's own people; `pooled`, of all tenants.
        bins: how often people agreed, by what the confidence is worth.
        error: expected calibration error, and `interval`, in which it lies with a certainty of 95 %.
        raw_error: the same of confidences as they were given.
    """

    kind: ActionKind
    judged_by: str
    calibration: Calibration
    at: AwareDatetime
    answers: int
    pooled: int
    bins: tuple[Bin, ...]
    error: float
    interval: tuple[float, float]
    raw_error: float
    following_week: FollowingWeek | None = None


def fit(pooled: Iterable[Answered], own: Iterable[Answered] = (), *, version: int = 1) -> Calibration:
    """Draw the line through everybody's answers, then move it towards a tenant's own; without any, nothing changes.

    Args:
        pooled: of all tenants, this one's included.
        own: of the tenant alone.
        version: how often it has been fitted.
    """
    slope, intercept = _line(list(pooled))
    return Calibration(slope=slope, intercept=intercept, offset=_offset(list(own), slope, intercept), version=version)


def _line(answers: Sequence[Answered]) -> tuple[float, float]:
    """Newton's method on both numbers, with normal priors about the analyst's own line (1, 0)."""
    slope, intercept = 1.0, 0.0
    for _ in range(STEPS):
        by_slope, by_intercept = STIFFNESS * (slope - 1), STIFFNESS / 4 * intercept
        slope_slope, slope_intercept, intercept_intercept = STIFFNESS, 0.0, STIFFNESS / 4
        for answer in answers:
            x, count = log_odds(answer.confidence), answer.right + answer.wrong
            p = sigmoid(slope * x + intercept)
            surplus, curvature = count * p - answer.right, count * p * (1 - p)
            by_slope += surplus * x
            by_intercept += surplus
            slope_slope += curvature * x * x
            slope_intercept += curvature * x
            intercept_intercept += curvature
        determinant = slope_slope * intercept_intercept - slope_intercept**2
        slope_step = (intercept_intercept * by_slope - slope_intercept * by_intercept) / determinant
        intercept_step = (slope_slope * by_intercept - slope_intercept * by_slope) / determinant
        # A step that is too long is cut: where answers are few and far out the curve is nearly flat.
        slope, intercept = slope - _cut(slope_step), intercept - _cut(intercept_step)
        if max(abs(slope_step), abs(intercept_step)) < CLOSE_ENOUGH:
            break
    return max(slope, LEAST_SLOPE), intercept


def _offset(own: Sequence[Answered], slope: float, intercept: float) -> float:
    offset = 0.0
    for _ in range(STEPS):
        gradient, curvature = OWN_STIFFNESS / 4 * offset, OWN_STIFFNESS / 4
        for answer in own:
            p = sigmoid(slope * log_odds(answer.confidence) + intercept + offset)
            count = answer.right + answer.wrong
            gradient += count * p - answer.right
            curvature += count * p * (1 - p)
        step = gradient / curvature
        offset -= _cut(step)
        if abs(step) < CLOSE_ENOUGH:
            break
    return offset


def _cut(step: float) -> float:
    return max(-1.0, min(1.0, step))


def reliability(answers: Iterable[Answered], calibration: Calibration | None = None) -> Reliability:
    """Hold confidences against answers, those that the calibration makes of them if one is given."""
    held = [(calibration.of(a.confidence) if calibration else a.confidence, a.right, a.wrong) for a in answers]
    bins = tuple(filter(None, (_bin(number, held) for number in range(BINS))))
    total = sum(each.answers for each in bins)
    if not total:
        return Reliability((), 0.0, (0.0, 0.0), None)
    error = sum(each.answers * abs(each.right - each.confidence) for each in bins) / total
    # Each bin's share of agreement is off by chance, too; taken together as independent.
    spread = math.sqrt(sum(each.answers * _variance(each) for each in bins)) / total
    loss = -sum(right * math.log(p) + wrong * math.log(1 - p) for p, right, wrong in _clipped(held)) / total
    return Reliability(bins, error, (max(0.0, error - Z * spread), min(1.0, error + Z * spread)), loss)


def _bin(number: int, held: Sequence[tuple[float, float, float]]) -> Bin | None:
    inside = [each for each in held if min(int(each[0] * BINS), BINS - 1) == number]
    count = sum(right + wrong for _, right, wrong in inside)
    if not count:
        return None
    mean = sum(p * (right + wrong) for p, right, wrong in inside) / count
    return Bin(number / BINS, round(count), mean, sum(right for _, right, _ in inside) / count)


def _variance(bin: Bin) -> float:
    """Of one answer in it; a sample that all agree in is not taken to say that all always will."""
    share = (bin.right * bin.answers + 1) / (bin.answers + 2)
    return share * (1 - share)


def _clipped(held: Iterable[tuple[float, float, float]]) -> Iterable[tuple[float, float, float]]:
    return ((min(max(p, 1e-6), 1 - 1e-6), right, wrong) for p, right, wrong in held)


def grouped(answers: Iterable[Answered]) -> list[Answered]:
    """The answers, those together whose confidences are as good as the same: as many numbers however many there are."""
    right, wrong = Counter[int](), Counter[int]()
    for answer in answers:
        place = round(answer.confidence * PLACES)
        right[place] += answer.right
        wrong[place] += answer.wrong
    return [Answered(place / PLACES, right[place], wrong[place]) for place in sorted(right | wrong)]
