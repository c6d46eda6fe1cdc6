"""Simulate how trust is earned and what confidences are worth; prints figures, decides nothing.

uv run python -m tests.bench.autonomy            # 3,000 histories of 200 answers each; some seconds
uv run python -m tests.bench.autonomy 300        # fewer
"""

import random
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from pm_assistant.domain.autonomy import BAR, Grade, TrackRecord, lower_bound, prior_after
from pm_assistant.domain.calibration import Answered, Reliability, fit, reliability
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.domain.trust import Calibration

MOST_LOOKS = 200
RATES = (0.85, 0.88, BAR, 0.95, 0.98)
MOST_FALSE = 0.05
"""The share of streams no better than the bar that may come to be trusted: the bound is one of 95 %."""
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
FIRST = TrackRecord(kind=ActionKind.COMMENT, band=0.85, judged_by="simulated")
AGAIN = FIRST.model_copy(
    update={"prior": prior_after(FIRST.model_copy(update={"earlier": {"ada": (120, 4), "bob": (120, 4)}}))}
)
"""After a predecessor of 248 answers."""
PEOPLE = 20
"""As many other tenants whose answers are pooled."""


@cache
def is_trusted(right: int, wrong: int, prior: tuple[float, float], alpha: float) -> bool:
    """Whether so many answers have earned trust."""
    return right > BAR * (right + wrong) and lower_bound(right, wrong, prior=prior, alpha=alpha) >= BAR


def promotions(rate: float, *, histories: int, seed: int) -> list[int]:
    """After how many answers each history was trusted that ever was within the looks."""
    chance = random.Random(seed)  # noqa: S311  # has to come out the same each time
    found = []
    for _ in range(histories):
        right = 0
        for n in range(1, MOST_LOOKS + 1):
            right += chance.random() < rate
            if is_trusted(right, n - right, FIRST.prior, FIRST.alpha):
                found.append(n)
                break
    return found


def chance_of_trust(rate: float, before: TrackRecord, *, looks: int = MOST_LOOKS) -> float:
    """How likely a stream that is right at a rate is trusted at one of the looks: exactly, over all histories."""
    trusted, likely = 0.0, {0: 1.0}
    for n in range(1, looks + 1):
        after: dict[int, float] = {}
        for wrong, p in likely.items():
            after[wrong] = after.get(wrong, 0) + p * rate
            after[wrong + 1] = after.get(wrong + 1, 0) + p * (1 - rate)
        reached = {wrong for wrong in after if is_trusted(n - wrong, wrong, before.prior, before.alpha)}
        trusted += sum(after[wrong] for wrong in reached)
        likely = {wrong: p for wrong, p in after.items() if wrong not in reached}
    return trusted


def answers_until_fall(rate: float, chance: random.Random, *, most: int = 1000) -> int | None:
    """How many answers a trusted stream of comments keeps its trust that has become right at a lower rate."""
    record = FIRST.model_copy(update={"promoted_at": BEGAN})
    for n in range(1, most + 1):
        at, person = BEGAN + timedelta(hours=n), str(n % 2)
        right = chance.random() < rate
        grade = Grade(
            decision_id=str(n), conversation=str(n), revision=str(n), right=right, by=person, confidence=0.9, at=at
        )
        record = record.graded(grade, at=at)
        if record.promoted_at is None:
            return n
    return None


def week_of(count: int, truth: Calibration, chance: random.Random) -> list[Answered]:
    """A week of answers to an analyst that is surer than it may be: `truth` is what its confidences are worth."""
    found = []
    for _ in range(count):
        confidence = chance.uniform(0.55, 0.98)
        right = chance.random() < truth.of(confidence)
        found.append(Answered(confidence, int(right), int(not right)))
    return found


def following_weeks(count: int, *, trials: int, seed: int) -> Iterator[tuple[Reliability, Reliability]]:
    """Fit on four weeks of a tenant and of others like it; how the raw and the fitted confidences do in the next."""
    for trial in range(trials):
        chance = random.Random(seed * 1000 + trial)  # noqa: S311
        line = {"slope": chance.uniform(0.5, 1.0), "intercept": chance.uniform(-0.8, 0.2)}
        own_truth = Calibration(**line, offset=chance.gauss(0, 0.5))
        others = [Calibration(**line, offset=chance.gauss(0, 0.5)) for _ in range(PEOPLE)]
        own = week_of(4 * count, own_truth, chance)
        pooled = [*own, *(answer for truth in others for answer in week_of(4 * count, truth, chance))]
        calibration, next_week = fit(pooled, own), week_of(50 * count, own_truth, chance)
        yield reliability(next_week), reliability(next_week, calibration)


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return statistics.fmean(values) if values else 0.0


def check(trusted: Mapping[float, float]) -> None:
    """Let the bench fail where trust is not earned as ADR 47 has it.

    Args:
        trusted: by how often a stream is right, the share of its histories that come to be trusted.

    Raises:
        SystemExit: what is not good enough is trusted too often, or what is good never.
    """
    falsely = {rate: share for rate, share in trusted.items() if rate <= BAR and share > MOST_FALSE}
    if falsely:
        raise SystemExit(f"error: trusted though no better than the bar: {falsely}")
    if not any(share for rate, share in trusted.items() if rate > BAR):
        raise SystemExit("error: nothing is ever trusted, so there is nothing to count")


def main() -> None:
    """Print all of it."""
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    print(f"trusted within {MOST_LOOKS} answers, looked at after each ({histories} histories; bar {BAR:.0%})")
    trusted: dict[float, float] = {}
    for rate in RATES:
        after = promotions(rate, histories=histories, seed=1)
        trusted[rate] = len(after) / histories
        median = f", median after {statistics.median(after):.0f}" if after else ""
        print(f"  right {rate:.0%}: {len(after) / histories:.1%}{median if rate > BAR else ' (falsely)'}")
    check(trusted)
    for name, before in (("a first stream", FIRST), ("one after 240 of 248", AGAIN)):
        exact = ", ".join(f"{rate:.0%}: {chance_of_trust(rate, before):.2%}" for rate in RATES)
        print(f"  exactly, {name}: {exact}")
    chance = random.Random(3)  # noqa: S311
    for rate in (0.7, 0.8, 0.9, 0.97):
        fell = [answers_until_fall(rate, chance) for _ in range(max(histories // 30, 1))]
        known = [n for n in fell if n is not None]
        print(f"trust in what has become right {rate:.0%} of the time ends: {len(known)} of {len(fell)} ", end="")
        print(f"within 1,000 answers, median after {statistics.median(known):.0f}" if known else "within 1,000 answers")
    for count in (5, 20, 80):
        weeks = list(following_weeks(count, trials=max(histories // 100, 3), seed=4))
        raw, fitted = ([pair[n] for pair in weeks] for n in (0, 1))
        print(
            f"calibration error in the following week, {count} answers a week: "
            f"{mean([each.error for each in raw]):.1%} -> {mean([each.error for each in fitted]):.1%}, log loss "
            f"{mean([each.log_loss or 0 for each in raw]):.3f} -> {mean([each.log_loss or 0 for each in fitted]):.3f}"
        )


if __name__ == "__main__":
    main()
