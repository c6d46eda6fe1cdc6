"""What teams call the states of their workflow."""

import pytest

from pm_assistant.domain.work import StateType, TicketState
from pm_assistant.language.orders.models import MoveOrder
from pm_assistant.language.orders.states import state_meant
from pm_assistant.language.states import first_in_work, is_review, reviewed_in, tried_out_in
from tests.builders import ENG, REVIEW, TODO


def started(name: str) -> TicketState:
    """A state of work that is in hand."""
    return TicketState(id=name, name=name, type=StateType.STARTED)


@pytest.mark.parametrize(
    "name",
    [
        "In Review",
        "Code review",
        "Im Review",
        "En revisión",
        "En revue",
        "Em revisão",
        "На ревью",
        "На проверке",
        "レビュー中",
        "评审中",
        "समीक्षा में",
    ],
)
def test_a_state_of_review_is_known_by_its_name(name: str) -> None:
    """In whatever language the team works, and in no other phase."""
    assert is_review(started(name))
    assert not is_review(started(name).model_copy(update={"type": StateType.COMPLETED}))


@pytest.mark.parametrize("name", ["In Progress", "En cours", "En curso", "В работе", "作業中", "चालू", "Preview"])
def test_other_work_in_hand_is_no_review(name: str) -> None:
    """Nor is a word that only ends like it."""
    assert not is_review(started(name))


def test_who_orders_a_review_means_the_teams_state_of_it() -> None:
    """Whatever the team calls it."""
    theirs = REVIEW.model_copy(update={"name": "На проверке"})
    team = ENG.model_copy(update={"states": tuple(theirs if state == REVIEW else state for state in ENG.states)})
    assert theirs == state_meant(MoveOrder(keys=("ENG-12",), goal="in review"), team, TODO)


@pytest.mark.parametrize(
    ("names", "work", "review", "test"),
    [
        (["In Progress", "In Review", "QA"], "In Progress", ["In Review"], ["QA"]),
        (["On the table", "Second opinion", "Trial walk"], "On the table", ["Second opinion"], ["Trial walk"]),
        (["走行中", "見てもらい中", "試し乗り"], "走行中", ["見てもらい中"], ["試し乗り"]),
        (["Пилим", "Ревью", "Обкатка"], "Пилим", ["Ревью"], ["Обкатка"]),
        (["Doing", "Second opinion"], "Doing", ["Second opinion"], []),
        (["Doing", "Blocked", "Ready to deploy"], "Doing", [], []),
        (["Blocked", "Doing", "Review"], "Doing", ["Review"], []),
        (["In Arbeit", "Abnahme"], "In Arbeit", [], ["Abnahme"]),
        (["Design", "In Progress", "Code Review"], "In Progress", ["Code Review"], []),
        (["設計中", "開発中", "コードレビュー"], "開発中", ["コードレビュー"], []),
        (["Design Review", "In Progress", "Review failed", "In Review"], "In Progress", ["In Review"], []),
        (["In Progress", "Monitoring"], "In Progress", [], []),
        (["Fixing", "Second opinion", "Development"], "Development", [], []),
        (["Doing"], "Doing", [], []),
        ([], None, [], []),
    ],
)
def test_states_whose_names_say_nothing_are_told_by_their_place(
    names: list[str], work: str | None, review: list[str], test: list[str]
) -> None:
    """What is worked on comes first, then what others look at, last what is tried out; what waits is none of them."""
    team = ENG.model_copy(update={"states": (TODO, *map(started, names))})

    in_work = first_in_work(team)
    assert work == (in_work.name if in_work is not None else None)
    assert review == [state.name for state in reviewed_in(team)]
    assert test == [state.name for state in tried_out_in(team)]
