"""What people say of a ticket that is not there yet."""

import pytest

from pm_assistant.language.drafting import (
    fails_again,
    is_retold,
    is_said,
    parent_named,
    quoted_in,
    same_title,
    shares_subject,
    takes,
)


@pytest.mark.parametrize(
    "said",
    [
        "I'll take it",
        "ok, I'll take care of it tomorrow",
        "I can take this one",
        "On it!",
        "mine",
        "I\u2019m on it.",
        "Ich übernehme das",
        "das mache ich",
        "Ich kümmere mich darum.",
        "yo me encargo",
        "me lo quedo",
        "Je m'en occupe",
        "oui, je le prends",
        "私がやります",
        "了解、対応します",
        "Я возьму это",
        "займусь",
        "मैं इसे देखता हूं",
    ],
)
def test_whoever_takes_the_work_is_understood(said: str) -> None:
    """In the words of those who say so, which are the receipt."""
    assert said == takes(f"The map is blank. {said}")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Can you take it?",
        "I'll take it?",
        "I can take it if nobody else does",
        "I can't take it",
        "Bob should take it",
        "I'll take the train",
        "das mache ich nicht",
        "je ne le prends pas",
        "対応しません",
        "on Friday it was fine",
    ],
)
def test_whoever_does_not_is_not(said: str) -> None:
    """A question, a condition, a refusal, somebody else."""
    assert takes(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "please make it a sub-task of ENG-12",
        "Subissue of eng-12",
        "as a child ticket of ENG-12",
        "Unteraufgabe von ENG-12",
        "una subtarea de ENG-12",
        "une sous-tâche de ENG-12",
        "ENG-12のサブタスクで",
        "подзадача к ENG-12",
        "ENG-12 का सबटास्क",
        "put it under ENG-12 as a subtask",
    ],
)
def test_the_ticket_of_which_it_is_a_part_is_understood(said: str) -> None:
    """By its key, whatever the words around it."""
    assert "ENG-12" == parent_named(said)


@pytest.mark.parametrize("said", ["like ENG-12", "after ENG-12", "a sub-task of it", "the task ENG-12 is done"])
def test_a_ticket_that_is_merely_named_is_no_parent(said: str) -> None:
    """It has to be said."""
    assert parent_named(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "The coupon vanishes again",
        "ENG-1 is back",
        "it is not fixed",
        "Der Gutschein verschwindet schon wieder",
        "El cupón desaparece otra vez",
        "Le bon disparaît encore",
        "クーポンがまた消えます",
        "Купон снова пропадает",
        "कूपन फिर से गायब है",
        "优惠券又消失了",
        "쿠폰이 다시 사라져요",
    ],
)
def test_what_is_back_is_understood(said: str) -> None:
    """In its own words."""
    assert said == fails_again(f"{said}\nThanks!")


@pytest.mark.parametrize(
    "said",
    [
        "It works again",
        "thanks again!",
        "das geht wieder",
        "снова работает",
        "It is fixed",
        "fonctionne à nouveau",
        "back online again",
    ],
)
def test_what_is_over_is_not(said: str) -> None:
    """To be well again is no failure."""
    assert fails_again(said) is None


def test_titles_are_the_same_by_their_words() -> None:
    """Not by their order, nor by small words."""
    assert same_title("Map tiles stay blank", "The map tiles stay blank")
    assert not same_title("Map tiles stay blank", "Map tiles stay black")
    assert not same_title("the", "of")


def test_only_what_was_said_so_is_a_quotation() -> None:
    """But for the breaks of lines."""
    assert quoted_in("all customers are affected", ["Hi.\nall customers\nare affected!"])
    assert not quoted_in("all customers are angry", ["all customers are affected"])
    assert not quoted_in(" ", ["all customers"])


def test_a_text_of_quotations_says_nothing_of_its_own() -> None:
    """Each under a name, also where it was cut."""
    said = ["The map is blank: again", "since Monday"]

    assert is_retold("Ada: The map is blank: again\nBob: since Mon\u2026", said)
    assert not is_retold("Ada: The map is blank: again\nBob: since Tuesday", said)
    assert not is_retold("The map stays blank.", said)


def test_a_word_in_passing_is_no_subject() -> None:
    """Two that tell something are one."""
    assert shares_subject("Map tiles stay blank", "the map has blank tiles")
    assert not shares_subject("Map tiles stay blank", "the map of the office")
    assert not shares_subject("this is what we have", "this is what we have")


def test_a_name_is_said_where_all_its_words_are() -> None:
    """However they are bent."""
    assert is_said("Map tile", "the tiles of the map")
    assert not is_said("Map tile", "the map")
    assert not is_said("", "the map")
