"""Rules of the words that say little."""

import pytest

from pm_assistant.language.lexicon import content_terms, weight
from pm_assistant.language.text import fold, stem, terms


def test_words_without_a_subject_are_left_out() -> None:
    """In each of the languages, and whether the apostrophe is there or not; the order stays."""
    assert ["checkout", "coupon"] == content_terms(terms("Isn't it that the checkout and dont you, coupon?"))
    assert [] == content_terms(terms("der die das und oder, le la les, el los las"))


@pytest.mark.parametrize(("term", "worth"), [("the", 0.0), ("x", 0.0), ("7", 0.4), ("42", 0.7), ("coupon", 1.0)])
def test_sharing_a_rare_word_says_more_than_sharing_a_common_one(term: str, worth: float) -> None:
    """Letters and words without a subject say nothing, an office's everyday words and short numbers a little."""
    assert worth == weight(term)


def test_how_japanese_inflects_says_little_of_what_is_spoken_of() -> None:
    """Pieces of hiragana alone; words in kanji and katakana name things."""
    assert [0.2, 0.2, 1.0, 1.0] == [weight(piece) for piece in ("しま", "りま", "検索", "ボタ")]


def test_everyday_words_of_an_office_prove_little() -> None:
    """Whole teams talk of tickets, teams and weeks all day."""
    assert {0.4} == {weight(term) for term in terms("ticket customer week meeting")}


@pytest.mark.parametrize("word", ["на", "не", "по", "em", "uma", "não", "nella", "कैसे", "diese", "porque", "toutes"])
def test_words_that_only_join_others_tell_nothing_in_any_language_that_teams_write(word: str) -> None:
    """That two texts share them says nothing about what they are about."""
    assert 0 == weight(stem(fold(word)))
