"""Of a conversation few terms are kept, those that say most."""

from pm_assistant.language.key_terms import MOST_TERMS, MOST_TIMES, key_terms
from tests.builders import a_message


def test_terms_are_those_that_carry_a_subject_with_how_often_they_were_said() -> None:
    """Neither stop words nor whom a message addresses, whichever script."""
    said = [a_message(0, "The coupon of <@U0BOB|bob> is gone"), a_message(1, "coupons again, 請求書が消えた <@U0BOB>")]

    terms = key_terms(said)

    assert 2 == terms["coupon"]
    assert "請求" in "".join(terms)
    assert not {"the", "bob", "u0bob", "someone"} & terms.keys()


def test_those_said_most_are_taken_then_those_said_first() -> None:
    """No more than there is room for, and none for more than it counts."""
    words = [f"subject{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n in range(2 * MOST_TERMS)]
    said = [a_message(0, " ".join(words)), a_message(1, " ".join(words[-1:] * 30))]

    terms = key_terms(said)

    assert [words[-1], *words[: MOST_TERMS - 1]] == list(terms)
    assert MOST_TIMES == terms[words[-1]]


def test_what_is_too_long_to_be_a_word_is_none() -> None:
    """A pasted key, or a log of 64 KB, makes no row longer."""
    assert {"coupon": 1} == key_terms([a_message(0, "coupon " + "x" * 65_536)])
    assert {} == key_terms([])
