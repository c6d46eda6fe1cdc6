"""The question's bounds."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.decisions import NO_ODDS
from pm_assistant.domain.work import MOST_SHOWN
from pm_assistant.integrations.openai.wire import (
    MAX_DESCRIPTION,
    MAX_FILES,
    MAX_PEOPLE,
    MAX_TEXT,
    MOST_LEFT_OUT,
    MOST_TOKENS,
    Question,
    tokens_of,
    worth_showing,
)
from tests.builders import DONE, ENG, NOW, a_conversation, a_message, a_participant, a_ticket


def ask(*messages: Any, people: int = 1, description: str = "") -> Question:
    """A question about these messages."""
    return Question.of(
        a_conversation(*messages),
        candidates=[a_ticket(1, description=description)],
        teams=[ENG],
        people=[a_participant(f"p{n}") for n in range(people)],
        now=NOW + timedelta(minutes=5),
    )


def test_a_text_has_a_largest_size() -> None:
    """Each for itself, and as many people as are named."""
    files = tuple(f"F{n}" for n in range(40))
    question = ask(a_message(0, "x" * 50_000, files=files), people=MAX_PEOPLE + 50, description="y" * 50_000)

    assert files[:MAX_FILES] == question.messages[0].files
    assert MAX_TEXT == max(len(message.text) for message in question.messages)
    assert (MAX_PEOPLE, MAX_DESCRIPTION) == (len(question.people), len(question.tickets[0].description))


@pytest.mark.parametrize("letter", ["x", "\u6f22", "\U0001f642"], ids=["latin", "chinese", "emoji"])
def test_a_question_has_a_largest_size_in_tokens(letter: str) -> None:
    """However much people write in whatever script, however many they are and however many states their teams have."""
    said = [a_message(n, letter * 5_000) for n in range(MOST_SHOWN + 50)]
    states = tuple(DONE.model_copy(update={"id": f"s-{n}", "name": letter * 30}) for n in range(30))
    teams = [ENG, *(ENG.model_copy(update={"id": f"t-{n}", "states": states}) for n in range(40))]
    question = Question.of(
        a_conversation(*said),
        candidates=[a_ticket(n, title=letter * 900, description=letter * 5_000) for n in range(24)],
        teams=teams,
        people=[a_participant(f"p{n}").model_copy(update={"name": letter * 90}) for n in range(400)],
        now=NOW + timedelta(minutes=5),
    )

    assert tokens_of(question.model_dump_json()) <= MOST_TOKENS
    assert [said[0].id, *(m.id for m in said[1 - MOST_SHOWN :])] == [m.id for m in question.messages]
    assert 24 == len(question.tickets)
    assert [ENG.id] == [team.id for team in question.teams]


def shown(odds: Mapping[str, float]) -> list[str]:
    """The tickets that are left of those with these odds."""
    tickets = [a_ticket(int(id.rpartition("-")[2])) for id in odds]
    return [ticket.id for ticket in worth_showing(tickets, odds)]


def test_where_retrieval_is_sure_fewer_tickets_are_shown() -> None:
    """As many as leave no more than one chance in fifty that the right one is not among them; three at least."""
    unlikely = {f"ticket-{n}": 0.02 for n in range(2, 10)}

    assert ["ticket-1", *list(unlikely)] == shown({"ticket-1": 0.5, **unlikely})
    sure = {"ticket-1": 99.0, "ticket-20": 0.5, "ticket-21": 0.4}
    assert list(sure) == shown({**unlikely, **sure} | sure)


def test_where_none_is_likely_to_be_meant_all_are_shown_all_the_same() -> None:
    """Who says it in other words than the ticket seems to mean none; only which one it is can be sure."""
    hardly = {f"ticket-{n}": 0.001 + n / 10_000 for n in range(1, 13)}
    assert [*hardly] == shown(hardly)
    assert ["ticket-1", "ticket-2", "ticket-3"] == shown({**hardly, "ticket-1": 1.0, "ticket-2": 0.1, "ticket-3": 0.1})


@given(st.lists(st.floats(0, 1e9), max_size=24))
def test_what_is_left_out_is_hardly_ever_meant(odds: list[float]) -> None:
    """By retrieval's own odds, and those that are shown stay in their order."""
    by_id = {f"ticket-{n}": each for n, each in enumerate(odds, start=1)}
    left = shown(by_id)

    assert len(left) >= min(3, len(odds))
    assert left == [id for id in by_id if id in left]
    assert sum(by_id[id] for id in by_id if id not in left) <= (MOST_LEFT_OUT + 1e-6) * sum(odds)


def test_without_odds_every_candidate_is_shown() -> None:
    """Nobody has compared them."""
    tickets = [a_ticket(n) for n in range(20)]

    assert tickets == worth_showing(tickets, NO_ODDS)


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
