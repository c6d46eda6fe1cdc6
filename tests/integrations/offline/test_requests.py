"""The model of requests: what asks for something is told from what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.integrations.offline.requests import features, requested

ASKED = (
    "Could you please send me the latest invoice?",
    "Let me know whether Friday works for you.",
    "Please review the draft by tomorrow.",
    "We need to schedule a meeting with the auditors next week.",
    "can someone look at the export?",
)
TOLD = (
    "The report was sent on Friday.",
    "Thanks, that was very helpful.",
    "Our new office is on the third floor.",
    "The numbers look good this quarter.",
    "You received this message because you are subscribed.",
)


@pytest.mark.parametrize("said", ASKED)
def test_what_asks_for_something_is_likely_a_request(said: str) -> None:
    """Orders, questions that want an act, and plans."""
    assert requested(said) > 0.5


@pytest.mark.parametrize("said", TOLD)
def test_what_only_tells_is_hardly_a_request(said: str) -> None:
    """Reports, thanks and notices."""
    assert requested(said) < 0.4


@given(st.text())
def test_whatever_is_said_has_a_probability(said: str) -> None:
    """Of no text, of any script, and the same each time."""
    assert 0 < requested(said) < 1
    assert requested(said) == requested(said)


def test_a_long_sentence_says_no_more_than_a_short_one() -> None:
    """What kind of sentence it is weighs the same in each."""
    short, long = features("Please call."), features("Please " + "call the number that stands above " * 20)
    assert sum(value**2 for value in short.values()) == pytest.approx(sum(value**2 for value in long.values()))


def test_addresses_and_numbers_are_all_alike() -> None:
    """What is sent where, and how much, says nothing of whether it is asked for."""
    one = features("send 10 to ada@example.org, see https://example.org/1")
    assert one == features("send 2,500 to bob@other.example, see http://x.test/y?z=1")


def test_other_scripts_say_nothing() -> None:
    """English is what it was trained on: what it cannot read is as likely as an empty sentence, up to its length."""
    assert requested("请把文件发给我") == pytest.approx(requested(""), abs=0.1)
