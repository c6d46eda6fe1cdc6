"""What is answered only to show that something was read adds nothing to a conversation."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.work import Conversation
from pm_assistant.language.acknowledging import without_acknowledgements
from tests.builders import a_message

STATED = "ENG-12 is deployed to production"


def added_by(*answers: str, to: str = STATED, **changes: Any) -> int:
    """How many of the answers to a statement are left."""
    root = a_message(0, to)
    replies = [a_message(n, said, author="U0GUS", **changes) for n, said in enumerate(answers, start=1)]
    return len(without_acknowledgements(Conversation(channel=root.channel, messages=(root, *replies))).messages) - 1


@pytest.mark.parametrize(
    "answer",
    [
        "thanks!", "<@U0ADA> got it", "ok, makes sense", ":eyes:", ":+1::skin-tone-3:", "\U0001f44d\U0001f3fd", "+1",
        "danke dir, alles klar", "merci !", "vale, gracias", "va bene, grazie", "obrigado!", "спасибо, понятно",
        "ठीक है, धन्यवाद", "了解です。ありがとうございます", "好的,谢谢", "네, 감사합니다",
    ],
)  # fmt: skip
def test_what_only_shows_that_it_was_read_adds_nothing(answer: str) -> None:
    """In eleven languages, in words and in signs, one after the other."""
    assert 0 == added_by(answer)
    assert 0 == added_by(answer, "ok", answer)


@pytest.mark.parametrize(
    "answer",
    [
        "no", "not yet", "done", "thanks, but it still fails", "ok, ENG-13 next", ":white_check_mark:", ":x:",
        ":rocket:", "undo", "ok close it", "doch nicht", "仕様が違います", "нет", "thanks " * 20, "", "nothanks",
        "okok123",
    ],
)  # fmt: skip
def test_whatever_else_is_answered_is_part_of_what_was_said(answer: str) -> None:
    """Whether it is over, or not, is news."""
    assert 1 == added_by(answer)
    assert 2 == added_by("thanks", answer)
    assert 1 == added_by(answer, "thanks")


@pytest.mark.parametrize(
    "asked",
    [
        "is ENG-12 done?", "let's drop ENG-12", "wir sollten ENG-12 schließen", "давайте закроем ENG-12",
        "ENG-12を閉じましょう",
    ],
)  # fmt: skip
def test_who_agrees_to_a_question_or_a_proposal_says_that_it_is_so(asked: str) -> None:
    """Whoever has only read it does not."""
    assert 1 == added_by("yes", to=asked)
    assert 1 == added_by("ok", "thanks", to=asked)
    assert 0 == added_by("thanks", "got it", to=asked)


def test_the_thanks_of_who_began_may_settle_the_matter() -> None:
    """It is part of what was said, and so is all before it."""
    root, answer = a_message(0, "can somebody restart the box?"), a_message(1, "restarted", author="U0GUS")
    thanks = a_message(2, "thanks!")
    whole = Conversation(channel=root.channel, messages=(root, answer, thanks))
    assert whole == without_acknowledgements(whole)


def test_what_was_deleted_or_brings_a_file_is_no_acknowledgement() -> None:
    """A file may say anything, and words that are gone have to leave."""
    assert 1 == added_by("thanks", files=("crash.log",))
    assert 1 == added_by("thanks", deleted=True)


def test_what_begins_a_conversation_is_never_left_out() -> None:
    """So it stays the same conversation."""
    assert 0 == added_by("ok", to="thanks")


@given(st.text(alphabet="ok thanks+1!,.:eyes了解はい\n", max_size=80))
def test_it_ends_whatever_is_said(said: str) -> None:
    """Nothing is taken apart in more ways than there is time for."""
    assert added_by(said) in {0, 1}
