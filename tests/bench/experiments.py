"""How often an experiment that is looked at daily ends with a winner: by a test for one look, and by ours.

uv run python -m tests.bench.experiments
"""

import math
import random
from collections.abc import Callable

from pm_assistant.domain.sequential import ALPHA, Sample, evidence_of_difference

DAYS, TRIALS = 60, 400
CRITICAL = 1.959964
"""What a z of one look stays below in 95 of 100 cases without a difference."""
MOST_FALSE_ALARMS = ALPHA

type Test = Callable[[Sample, Sample], bool]


def z_test(a: Sample, b: Sample) -> bool:
    """The test of two shares, as if this were the only look."""
    if a.mean is None or b.mean is None:
        return False
    pooled = (a.total + b.total) / (a.size + b.size)
    variance = pooled * (1 - pooled) * (1 / a.size + 1 / b.size)
    return variance > 0 and abs(b.mean - a.mean) / math.sqrt(variance) > CRITICAL


def ours(a: Sample, b: Sample) -> bool:
    """The mixture sequential probability ratio test."""
    return evidence_of_difference(a, b) >= 1 / ALPHA


def ended(test: Test, *, p_a: float, p_b: float, a_day: int) -> tuple[float, int | None]:
    """How many experiments end with a winner, and at how many answers a side half of these do."""
    rng, at = random.Random(11), list[int]()  # noqa: S311  # a seed, not a secret
    for _ in range(TRIALS):
        a, b = Sample(), Sample()
        for _ in range(DAYS):
            a = a.with_more(float(rng.random() < p_a) for _ in range(a_day))
            b = b.with_more(float(rng.random() < p_b) for _ in range(a_day))
            if test(a, b):
                at.append(a.size)
                break
    return len(at) / TRIALS, sorted(at)[len(at) // 2] if at else None


def main() -> None:
    """Print false alarms of both, and what ours finds; too many false alarms fail."""
    print(f"{TRIALS} experiments each, looked at on {DAYS} days")
    print("answers a day and side   no difference: z-test   mSPRT   85 -> 90 %: found   80 -> 90 %: found (answers)")
    worst = 0.0
    for a_day in (5, 20):
        naive, _ = ended(z_test, p_a=0.85, p_b=0.85, a_day=a_day)
        alarms, _ = ended(ours, p_a=0.85, p_b=0.85, a_day=a_day)
        five, _ = ended(ours, p_a=0.85, p_b=0.9, a_day=a_day)
        ten, answers = ended(ours, p_a=0.8, p_b=0.9, a_day=a_day)
        print(f"{a_day:22}{naive:24.1%}{alarms:8.1%}{five:20.1%}{ten:20.1%} ({answers})")
        worst = max(worst, alarms)
    if worst > MOST_FALSE_ALARMS:
        raise SystemExit(f"error: {worst:.1%} false alarms")


if __name__ == "__main__":
    main()
