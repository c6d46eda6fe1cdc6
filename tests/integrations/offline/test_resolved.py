"""The model of solved questions: whoever has what they asked for says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.integrations.offline.resolved import features, resolved


@pytest.mark.parametrize(
    "said",
    ["Thanks, that works!", "Ah, I see. Perfect, thank you :)", "found it, that was the answer", "fixed, thanks"],
)
def test_who_has_what_they_asked_for_says_so(said: str) -> None:
    """Thanks, praise, and that it works."""
    assert resolved(said) > 0.8


@pytest.mark.parametrize(
    "said",
    [
        "Thanks, but how do I run it?",
        "I'll try that, but I am not sure that it is the problem",
        "It still fails with an error. Where do I look?",
        "What is the difference between the two?",
    ],
)
def test_who_goes_on_asking_has_it_not(said: str) -> None:
    """Questions, doubts, what will be tried, and what still fails."""
    assert resolved(said) < 0.4


def test_what_opens_a_thread_ends_nothing() -> None:
    """The same words are an answer further down."""
    assert resolved("Thanks!", opens=True) < 0.5 < resolved("Thanks!")


def test_an_answer_to_a_question_is_rather_no_end() -> None:
    """Who was asked something answers that first."""
    assert resolved("yes, it works", previous="does it work?") < resolved("yes, it works", previous="try this")


@given(st.text(), st.text(), st.booleans())
def test_whatever_is_said_has_a_probability(said: str, previous: str, opens: bool) -> None:
    """And is made of nothing but numbers."""
    assert 0 < resolved(said, previous=previous, opens=opens) < 1
    assert all(isinstance(value, float) for value in features(said, previous=previous, opens=opens).values())
