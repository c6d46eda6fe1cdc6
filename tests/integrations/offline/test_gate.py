"""What no model is paid for: chatter, and what says next to nothing; whatever may be work is judged by it."""

import pytest

from pm_assistant.domain.work import Message
from pm_assistant.integrations.offline.gate import is_surely_nothing
from tests.builders import a_conversation, a_message, a_participant, a_ticket


def is_nothing(*messages: Message) -> bool:
    """Whether it is surely no work, where ENG-1 may be spoken of."""
    said = a_conversation(*messages)
    return is_surely_nothing(said, candidates=[a_ticket(1)], people=[a_participant()], odds={"ticket-1": 0.2})


@pytest.mark.parametrize(
    "said",
    [
        "lunch?",
        "good morning everyone",
        "Guten Morgen zusammen",
        "ok",
        "+1",
        "\u4e86\u89e3",
        "who wants pizza tonight",
        ":tada:",
    ],
)
def test_chatter_and_what_says_nothing_is_nothing(said: str) -> None:
    """In whichever language."""
    assert is_nothing(a_message(text=said))


@pytest.mark.parametrize(
    "said",
    [
        "the coupon vanishes in checkout",
        "ENG-1",
        "done",
        "the pizza icon is broken",
        "can we add a lunch filter to the export?",
        "the receipt comes out with yesterday's rate for people in Zurich",
        "la caja cobra dos veces",
    ],
)
def test_what_may_be_work_is_something(said: str) -> None:
    """A ticket fits or is named, something is wrong, wanted or done, or more is said than people say about nothing."""
    assert not is_nothing(a_message(text=said))


@pytest.mark.parametrize(
    "said",
    [
        "what was refunded on the weekend reaches the bank accounts of customers on Tuesday",
        "coffee in paper cups is taxed as if people sat down with it",
        "die Getränke vom Wochenende stehen am Montag wieder auf der Rechnung",
    ],
)
def test_one_word_of_peoples_lives_in_a_long_sentence_is_no_chatter(said: str) -> None:
    """Products are about coffee and weekends, too."""
    assert not is_nothing(a_message(text=said))


def test_a_file_may_say_what_no_word_does() -> None:
    """A picture of a fault, say."""
    assert not is_nothing(a_message(text="look", files=("screen.png",)))


def test_one_message_about_work_is_enough() -> None:
    """However much is chatted around it: what grows never becomes nothing."""
    chatter = [a_message(9 * n, "who wants pizza") for n in range(5)]
    assert is_nothing(*chatter)
    assert not is_nothing(*chatter, a_message(60, "the coupon vanishes in checkout", author="U0BOB"))
