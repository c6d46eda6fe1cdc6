"""What a model makes of facts: only what our own words say, too, is told; the rest is dropped and counted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.phrasing import LONGEST_SENTENCE, Phrasing, Sentence, verified

OWN = "ENG-12 Checkout drops the coupon (2 comments by Bob; acme/shop#7 merged; due on 24 November)"
NAME = "ENG-12"


def told(text: str, *, number: int = 0, language: str = "en") -> tuple[str, int]:
    """What is told of the one fact when a model says this of a fact, and how many sentences are dropped."""
    phrasing = Phrasing(sentences=(Sentence(number=number, text=text),))
    phrased = verified(phrasing, [OWN], [NAME], language=language)
    return phrased.texts[0], phrased.dropped


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ENG-12 Checkout drops the coupon: Bob commented 2 times and acme/shop#7 was merged.", "en"),
        ("The fix for ENG-12 is in with acme/shop#7; due on 24 November.", "en"),
        ("Der ENG-12 hat 2 Kommentare von Bob".replace("Kommentare", "comments"), "de"),
        ("Se ha avanzado en ENG-12: 2 comentarios de Bob.", "es"),
    ],
)
def test_what_says_no_more_than_the_fact_is_told_in_the_models_words(text: str, language: str) -> None:
    """In another order, and with words that name nothing."""
    assert (text, 0) == told(text, language=language)


@pytest.mark.parametrize(
    "text",
    [
        "ENG-12 and ENG-13 drop the coupon.",
        "ENG-12 got 3 comments by Bob.",
        "ENG-12 got three comments by Bob.",
        "ENG-12 was commented on by Mallory.",
        "Mallory commented on ENG-12.",
        "ENG-12 is due on Monday.",
        "ENG-12 is due tomorrow.",
        "ENG-12 is in acme/shop#8.",
        "ENG-12: see https://evil.test/ENG-12",
        "ENG-12 is said to be \u201calmost finished\u201d.",
        "ENG-12 was merged in evil.test.",
        "<!channel> ENG-12 was merged.",
        "Bob commented 2 times.",
        "ENG-123 drops the coupon.",
        "",
        "ENG-12 " + "drops the coupon " * 30,
    ],
)
def test_what_says_more_is_dropped_and_counted(text: str) -> None:
    """Another ticket, number, day, person, place or quotation, or nothing of what the fact is about."""
    assert (OWN, 1) == told(text)


@pytest.mark.parametrize("number", [-1, 1, 99])
def test_a_sentence_of_no_fact_is_dropped(number: int) -> None:
    """There is nothing that it could say the truth about."""
    assert (OWN, 1) == told("ENG-12 Checkout drops the coupon", number=number)


def test_a_fact_is_told_once() -> None:
    """The first sentence counts."""
    sentences = tuple(Sentence(number=0, text=f"{opener} ENG-12 drops the coupon") for opener in ("Now", "Today"))

    assert (["Now ENG-12 drops the coupon"], 1) == verified(Phrasing(sentences=sentences), [OWN], [NAME], language="en")


def test_where_names_do_not_show_nothing_is_taken() -> None:
    """Japanese has no capital letters, so an invented name would not be seen."""
    assert (OWN, 1) == told("ENG-12 drops the coupon", language="ja")


@given(st.lists(st.tuples(st.integers(-2, 4), st.text(max_size=LONGEST_SENTENCE + 20)), max_size=8))
def test_whatever_a_model_says_no_key_and_no_number_is_invented(said: list[tuple[int, str]]) -> None:
    """And there is a sentence for each fact."""
    sentences = tuple(Sentence(number=number, text=f"ENG-12 {text}") for number, text in said)

    texts, dropped = verified(Phrasing(sentences=sentences), [OWN, OWN], [NAME, NAME], language="en")

    assert 2 == len(texts)
    assert len(said) == dropped + sum(text != OWN for text in texts)
    for text in texts:
        assert set(re.findall(r"[A-Z]+-\d+", text)) <= {"ENG-12"}
        assert {int(number) for number in re.findall(r"\d+", text)} <= {2, 7, 12, 24}
