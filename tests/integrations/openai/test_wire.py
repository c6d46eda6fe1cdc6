"""The question's bounds."""

from datetime import timedelta
from typing import Any

from pm_assistant.domain.work import MOST_SHOWN
from pm_assistant.integrations.openai.wire import MAX_DESCRIPTION, MAX_PEOPLE, MAX_TEXT, Question
from tests.builders import ENG, NOW, a_conversation, a_message, a_participant, a_ticket


def ask(*messages: Any, people: int = 1, description: str = "") -> Question:
    """A question about these messages."""
    return Question.of(
        a_conversation(*messages),
        candidates=[a_ticket(1, description=description)],
        teams=[ENG],
        people=[a_participant(f"p{n}") for n in range(people)],
        now=NOW + timedelta(minutes=5),
    )


def test_a_question_has_a_largest_size() -> None:
    """However much people write, and however many they are."""
    said = [a_message(n, "x" * 50_000) for n in range(MOST_SHOWN + 50)]
    question = ask(*said, people=MAX_PEOPLE + 50, description="y" * 50_000)

    assert [said[0].id, *(m.id for m in said[1 - MOST_SHOWN :])] == [m.id for m in question.messages]
    assert MAX_TEXT == max(len(message.text) for message in question.messages)
    assert (MAX_PEOPLE, MAX_DESCRIPTION) == (len(question.people), len(question.tickets[0].description))


def test_who_speaks_is_named_however_many_people_there_are() -> None:
    """The bound falls on those who are not in the conversation."""
    last = a_participant(f"p{MAX_PEOPLE + 9}")
    question = ask(a_message(author=last.chat_id or ""), people=MAX_PEOPLE + 10)

    assert last.name == question.messages[0].author
    assert last.chat_id in [person.id for person in question.people]


def test_a_deleted_message_is_not_asked_about() -> None:
    """It was taken back."""
    kept, gone = a_message(0), a_message(1, "", deleted=True)

    assert [kept.id] == [message.id for message in ask(kept, gone).messages]


def test_privacy_is_told() -> None:
    """The model is asked to be brief then."""
    assert ask(a_message(private=True)).private
