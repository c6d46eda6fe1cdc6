"""Questions that nobody answers come to an end by themselves, and their cards say so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.backtest import was_wanted
from pm_assistant.domain.decisions import EXPIRED, QUESTION_LASTS, Decision, DecisionState, Outcome
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.jobs import Recurring, RecurringDue
from pm_assistant.domain.trials import came_to
from pm_assistant.workflows.code.expiring import NIGHTS_MISSED, expire_questions
from pm_assistant.workflows.code.recurring import recur
from tests.builders import ACME, NOW, TODO, a_comment, a_decision, a_message
from tests.workflows.code.test_asking import work
from tests.workflows.code.test_likeness import Comparing
from tests.workflows.code.test_trees import AUTO, Closing
from tests.workflows.pipeline.test_act import ActUnit

S = DecisionState
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
STANDS = Outcome(external_id="comment-1", url="https://linear.test/c1", inverse='{"id": "comment-1"}')
DONE_ONCE = {"performed": "digest-0", "performed_action": a_comment(), "outcome": STANDS, "decided_by": "U0ADA"}


def asked(**changes: Any) -> Decision:
    """What people are asked."""
    return a_decision(**{"state": S.PROPOSED, **changes})


def after_night(decision: Decision, *, waited: timedelta) -> Decision:
    """What has become of it once a night has come that long after it was asked."""
    unit = ActUnit(decision)
    unit.at = NOW + waited
    expire_questions(unit)
    return unit.stores.decisions.get(ACME, decision.id)


def test_a_question_that_nobody_answers_ends_and_its_card_says_so() -> None:
    """In place, with nothing left to press; once, however many nights follow."""
    decision = asked()
    unit = ActUnit(decision)
    unit.ask(decision, only_show=True)
    ((place, card),) = unit.chat.cards.items()
    assert [True] == [entry.awaits_answer is not None for entry in card.entries]
    unit.at = NOW + QUESTION_LASTS + MINUTE

    recur(RecurringDue(tenant_id=ACME, kind=Recurring.CATCH_UP, due_at=unit.at), unit)
    work(unit)

    assert [place] == list(unit.chat.cards)
    (entry,) = unit.chat.cards[place].entries
    assert ("Not done, nobody answered within two weeks. Comment on", (), None, None) == (
        entry.headline,
        entry.answers,
        entry.awaits_answer,
        entry.undoes,
    )
    expire_questions(unit)
    assert [] == unit.queues.actions.puts


@pytest.mark.parametrize(
    ("waited", "state"),
    [
        (QUESTION_LASTS - MINUTE, S.PROPOSED),
        (QUESTION_LASTS, S.DISMISSED),
        (QUESTION_LASTS + NIGHTS_MISSED - MINUTE, S.DISMISSED),
    ],
)
def test_a_question_lasts_two_weeks(waited: timedelta, state: DecisionState) -> None:
    """And ends though the night came late that was to end it."""
    assert state is after_night(asked(), waited=waited).state


def test_a_question_without_an_answer_is_neither_yes_nor_no() -> None:
    """Nobody is said to have decided it; an experiment counts it as unanswered, as it did before."""
    ended = after_night(asked(), waited=QUESTION_LASTS)

    assert (None, EXPIRED, None) == (ended.decided_by, ended.error, was_wanted(ended))
    assert "unanswered" == came_to(asked(), at=ended.updated_at) == came_to(ended, at=ended.updated_at)


@pytest.mark.parametrize(
    "question",
    [{"state": S.DONE, "undo_proposed": True}, {"state": S.PROPOSED}],
    ids=["whether to undo it", "whether to change it"],
)
def test_what_was_done_stays_where_nobody_answers(question: dict[str, Any]) -> None:
    """And whoever wanted it then has not taken that back."""
    ended = after_night(asked(**DONE_ONCE, **question), waited=QUESTION_LASTS)

    assert (S.DONE, False, EXPIRED, True) == (ended.state, ended.awaits_answer, ended.error, was_wanted(ended))


@pytest.mark.parametrize("state", [state for state in S if state is not S.PROPOSED])
def test_what_nobody_is_asked_about_stays_as_it_is(state: DecisionState) -> None:
    """However old it is."""
    decision = asked(state=state)

    assert decision == decision.unanswered(at=NOW + 2 * QUESTION_LASTS)


def test_a_question_that_somebody_answers_at_that_moment_keeps_none_from_ending() -> None:
    """The answer counts."""
    first, second = asked(), asked(message=a_message(60), id="second")
    unit = ActUnit(first, second)
    unit.at = NOW + QUESTION_LASTS
    replace = unit.stores.decisions.replace

    def answered_meanwhile(decision: Decision, *, before: Decision) -> Decision:
        if decision.id == first.id:
            raise Conflict("changed")
        return replace(decision, before=before)

    unit.stores.decisions.replace = answered_meanwhile  # type: ignore[method-assign]
    expire_questions(unit)

    assert [S.PROPOSED, S.DISMISSED] == [
        unit.stores.decisions.get(ACME, decision.id).state for decision in (first, second)
    ]


def a_tree() -> Closing:
    """Tickets of which the hour's look asks whether to close them."""
    return Closing()


def a_closed_tree() -> Closing:
    """Tickets that were closed, of which it asks whether to open them again."""
    unit = Closing(rules=AUTO)
    unit.look()
    unit.put(3, TODO, at=NOW)
    return unit


def a_merged_pull_request() -> Comparing:
    """One without a ticket, merged ten days after people were asked which it is for."""
    unit = Comparing()
    unit.look()
    unit.at = NOW + 10 * DAY
    unit.build(at=unit.at, merged_at=unit.at, closed_at=unit.at)
    return unit


@pytest.mark.parametrize("called_for", [a_tree, a_closed_tree, a_merged_pull_request])
def test_what_the_sources_still_call_for_is_not_asked_once_more(called_for: Callable[[], Any]) -> None:
    """The look of every hour finds the same as before."""
    unit = called_for()
    assert [True] == [decision.awaits_answer for decision in unit.look()]
    unit.at = NOW + QUESTION_LASTS + MINUTE

    expire_questions(unit)

    for _ in range(2):
        assert [(False, EXPIRED)] == [(decision.awaits_answer, decision.error) for decision in unit.look()]


def test_what_says_something_else_by_now_is_asked_anew() -> None:
    """For as long as any question."""
    unit = a_merged_pull_request()
    unit.look()
    unit.at = NOW + QUESTION_LASTS + MINUTE
    expire_questions(unit)
    unit.build("The coupon was lost in checkout.", at=unit.at, merged_at=NOW + 10 * DAY, closed_at=NOW + 10 * DAY)

    assert [True] == [decision.awaits_answer for decision in unit.look()]
