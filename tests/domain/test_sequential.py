"""What an experiment may promise under daily looks, by simulation: few false alarms, and real differences found."""

import random
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.sequential import ALPHA, Sample, evidence_of_difference, is_stray

DAYS = 60


def looks(
    rng: random.Random, *, p_a: float, p_b: float, a_day: int, share: float = 0.5
) -> Iterator[tuple[Sample, Sample]]:
    """Both sides as they are each evening."""
    a, b = Sample(), Sample()
    for _ in range(DAYS):
        for _ in range(2 * a_day):
            if rng.random() < share:
                b = b.with_more([float(rng.random() < p_b)])
            else:
                a = a.with_more([float(rng.random() < p_a)])
        yield a, b


def ends_with_a_winner(rng: random.Random, **world: float) -> bool:
    """Whether any evening says that there is a difference."""
    return any(evidence_of_difference(a, b) >= 1 / ALPHA for a, b in looks(rng, **world))  # type: ignore[arg-type]


def test_of_experiments_without_a_difference_at_most_one_in_twenty_ends_with_a_winner() -> None:
    """Though it is looked at every evening; of many answers or few, and however the sides are shared out."""
    rng = random.Random(11)  # noqa: S311  # a seed, not a secret
    for p, a_day, share in ((0.85, 5, 0.5), (0.97, 5, 0.1), (0.5, 10, 0.5)):
        alarms = sum(ends_with_a_winner(rng, p_a=p, p_b=p, a_day=a_day, share=share) for _ in range(150))
        assert alarms <= ALPHA * 150


def test_a_real_difference_is_found() -> None:
    """Ten points, with ten answers a day: nearly always within the two months."""
    rng = random.Random(12)  # noqa: S311  # a seed, not a secret

    found = sum(ends_with_a_winner(rng, p_a=0.8, p_b=0.9, a_day=10) for _ in range(40))

    assert found >= 36


@given(st.integers(0, 3), st.integers(0, 3))
def test_a_handful_of_answers_proves_nothing(size_a: int, size_b: int) -> None:
    """Not even where all on one side say yes and all on the other say no."""
    evidence = evidence_of_difference(Sample(size=size_a), Sample(size=size_b, total=size_b))

    assert evidence < 1 / ALPHA


def test_no_share_is_too_far_off_to_reckon_with() -> None:
    """A huge difference between huge samples is a number, not an overflow."""
    assert evidence_of_difference(Sample(size=10**7), Sample(size=10**7, total=10**7)) > 1 / ALPHA


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_the_two_sides_are_alike(a: int, b: int) -> None:
    """Which of them is called the new one changes nothing."""
    one, other = Sample(size=2000, total=a), Sample(size=2000, total=b)

    assert evidence_of_difference(one, other) == evidence_of_difference(other, one)


def test_conversations_that_get_lost_on_one_side_are_noticed_and_chance_is_not() -> None:
    """Of those on one side a third never comes, so the answers of the rest say nothing. Chance stays quiet."""
    rng = random.Random(13)  # noqa: S311  # a seed, not a secret

    def noticed(lost: float) -> bool:
        a = b = 0
        for _ in range(DAYS * 40):
            if rng.random() < 0.5:
                a += 1
            else:
                b += rng.random() >= lost
            if is_stray(a, b, share=0.5):
                return True
        return False

    assert all(noticed(1 / 3) for _ in range(10))
    assert not any(noticed(0.0) for _ in range(50))
