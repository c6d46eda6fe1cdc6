"""How alike a pull request and a ticket are depends on the words that both use, and on nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.language.likeness import likeness, subject_of

WORDS = ("coupon", "checkout", "invoice", "search", "login", "12", "the")
TITLES = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@given(TITLES, TITLES, TITLES, TITLES)
def test_it_is_the_same_from_either_side_and_a_share(work: str, said: str, ticket: str, described: str) -> None:
    """From 0, where they have no two words in common, to 1, where either has all of the other."""
    one = likeness(subject_of(work), said, subject_of(ticket), described)
    assert one == pytest.approx(likeness(subject_of(ticket), described, subject_of(work), said))
    assert 0 <= one <= 1
    subject = subject_of(work)
    assert (1.0 if len(subject) > 1 else 0.0) == likeness(subject, "", subject, "")


@pytest.mark.parametrize(
    ("title", "branch", "expected"),
    [
        ("Fix the coupon in checkout", "", {"coupon", "checkout"}),
        ("Mend", "coupon-in_checkout.2", {"coupon", "checkout"}),
        ("Part 1 of 2", "", set()),
    ],
)
def test_a_subject_is_what_is_told_apart_from_others_by_it(title: str, branch: str, expected: set[str]) -> None:
    """Neither small words nor numbers; the branch counts like the title."""
    assert expected <= subject_of(title, branch=branch)
    assert not any(term.isdecimal() for term in subject_of(title, branch=branch))
