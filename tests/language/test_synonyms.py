"""Rules of the words that stand for one another."""

from itertools import combinations

import pytest

from pm_assistant.language.meaning import SYNONYMS, concepts, subject_terms
from pm_assistant.language.text import fold, stem, terms

GROUPS = [line.split() for line in SYNONYMS.read_text("utf-8").splitlines()]


def meanings(plain: str) -> set[str]:
    """All concepts of a text."""
    return {concept for term in subject_terms(terms(plain)) for concept in concepts(term)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("can't get in", "login"),
        ("they want their money back", "refund"),
        ("give her money back", "reimbursement"),
        ("kicked out", "signed out"),
        ("avatar", "profile picture"),
        ("Rechnung", "invoice"),
        ("junk folder", "spam"),
        ("it takes forever", "slow"),
        ("the padlock warning", "TLS certificate"),
    ],
)
def test_everyday_words_meet_the_terms_of_a_ticket(one: str, other: str) -> None:
    """What people say and what a ticket says share a concept, also where only two words together say it."""
    assert meanings(one) & meanings(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("배송이 또 늦어요", "delivery is late"),
        ("j'ai perdu mon mot de passe", "lost password"),
        ("l'écran s'éteint", "screen goes dark"),
        ("nell'elenco manca l'indirizzo", "the address is missing from the list"),
        ("Sammelrechnung", "invoice"),
    ],
)
def test_words_are_met_as_their_languages_have_them(one: str, other: str) -> None:
    """With particles, elisions, small words between, and in compounds."""
    assert meanings(one) & meanings(other)


def test_a_longer_beginning_takes_nothing_from_a_shorter() -> None:
    """A word stands for what each of its beginnings does."""
    assert {*concepts("abendkurs")} > {*concepts("abendq")} != set()
    assert meanings("Abendkurs") & meanings("evening class")


def test_what_is_too_long_for_a_word_has_no_parts() -> None:
    """A pasted line without spaces would take seconds."""
    assert {*concepts("sammelrechnung")} & {*concepts("rechnung")}
    assert () == concepts("x" * 200 + "rechnung")


UNRELATED = (
    *("invoice", "crash", "password", "translation", "holiday", "backup", "calendar", "search", "printer"),
    *("shipping", "font", "coupon", "certificate", "spam", "avatar", "warehouse", "newsletter", "keyboard"),
)


@pytest.mark.parametrize(("one", "other"), [*combinations(UNRELATED, 2)])
def test_different_things_share_nothing(one: str, other: str) -> None:
    """Each of them means something, and no two the same."""
    assert meanings(one)
    assert meanings(other)
    assert set() == meanings(one) & meanings(other)


def test_a_meaning_is_no_catch_all() -> None:
    """None stands for more than one word in a hundred."""
    words = {word for group in GROUPS for word in group}

    assert max(map(len, GROUPS)) <= len(words) / 100


def test_two_words_mean_something_only_together_and_near() -> None:
    """`money back` is a term of its own, with at most one word between its halves."""
    assert "money_back" in subject_terms(terms("money back"))
    assert "money_back" in subject_terms(terms("money right back"))
    assert "money_back" not in subject_terms(terms("money came in and went back"))


def test_the_synonyms_are_in_order() -> None:
    """Sorted groups of at least two words in folded spelling, no group twice, no word twice in its group."""
    lines = [" ".join(group) for group in GROUPS]
    assert sorted(set(lines)) == lines
    for group in GROUPS:
        stems = {tuple(stem(part) for part in word.split("_")) for word in group}
        assert len(group) == len(stems) >= 2
        assert [fold(word) for word in group] == group
        assert all(len(word.split("_")) <= 2 for word in group)
