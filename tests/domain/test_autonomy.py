"""Trust is earned by answers, with a certainty that holds however often it is looked at, and it is lost at once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.autonomy import (
    BAR,
    LOOKED_BACK,
    MOST_ANSWERS,
    MOST_OF_BEFORE,
    PRIOR,
    SOMEBODY,
    Fall,
    Grade,
    Tally,
    TrackRecord,
    is_still_asked,
    lower_bound,
    succeeding,
)
from pm_assistant.domain.tenants import ActionKind
from tests.bench.autonomy import AGAIN, FIRST, chance_of_trust
from tests.builders import NOW, a_grade

MOVES = TrackRecord(kind=ActionKind.MOVE, band=0.85, judged_by="model")
SPOTLESS = FIRST.model_copy(update={"prior": (PRIOR[0] + MOST_OF_BEFORE, PRIOR[1])})
COMMENTS = TrackRecord(kind=ActionKind.COMMENT, band=0.85, judged_by="model")


def after(record: TrackRecord, *grades: Grade) -> TrackRecord:
    """The record after these answers."""
    for grade in grades:
        record = record.graded(grade, at=grade.at)
    return record


def agreed(record: TrackRecord, count: int, *, first: int = 0) -> TrackRecord:
    """The record after so many answers in agreement."""
    return after(record, *(a_grade(n) for n in range(first, first + count)))


def test_forty_answers_without_a_fault_earn_trust_and_thirty_nine_do_not() -> None:
    """The number that people are told; a fault costs further answers."""
    assert agreed(MOVES, 39).promoted_at is None
    assert NOW + timedelta(hours=39) == agreed(MOVES, 40).promoted_at
    with_fault = after(MOVES, a_grade(100, right=False))
    assert agreed(with_fault, 40).promoted_at is None
    assert agreed(with_fault, 90).promoted_at is not None


@pytest.mark.parametrize("before", [FIRST, AGAIN, SPOTLESS], ids=["first", "again", "after a spotless one"])
def test_what_is_not_above_the_bar_is_hardly_ever_trusted_though_it_is_looked_at_after_each_answer(
    before: TrackRecord,
) -> None:
    """Reckoned over all histories of 200 answers; what is clearly above it mostly is."""
    assert 0.03 >= chance_of_trust(BAR, before)
    assert chance_of_trust(0.85, before) < 0.005
    assert chance_of_trust(0.95, before) > 0.4
    assert chance_of_trust(0.98, before) > 0.97


@given(st.integers(0, 300), st.integers(0, 300))
def test_more_agreement_never_lowers_what_is_certain_and_disagreement_never_raises_it(right: int, wrong: int) -> None:
    """So leaving out agreement, as where one person gave too much of it, keeps the promise."""
    bound = lower_bound(right, wrong)
    assert 0 <= bound <= (right / (right + wrong) if right + wrong else 0)
    assert bound <= lower_bound(right + 1, wrong) + 1e-9
    assert lower_bound(right, wrong + 1) <= bound + 1e-9


def test_answers_in_one_conversation_are_one_piece_of_evidence_and_one_no_among_them_makes_it_a_no() -> None:
    """Whoever agrees in a thread agrees with the rest; a burst that was judged once is one conversation, too."""
    one_thread = [a_grade(n, conversation="C:1", by=by) for n, by in enumerate(("U0ADA", "U0BOB", "U0ADA"))]
    assert Tally(0, 0) == after(COMMENTS, *one_thread).tally
    one_burst = [a_grade(n, revision="r", by=by) for n, by in enumerate(("U0ADA", "U0BOB"))]
    assert Tally(2, 0) == after(COMMENTS, *one_burst, a_grade(5, by="U0BOB")).tally
    assert Tally(0, 1) == after(COMMENTS, *one_thread, a_grade(9, right=False, conversation="C:1")).tally


def test_no_person_gives_more_than_half_of_the_agreement() -> None:
    """One who approves everything earns nothing alone; a no counts whoever says it."""
    by_one = [a_grade(n, by="U0ADA") for n in range(100)]
    assert Tally(0, 0) == after(COMMENTS, *by_one).tally
    assert Tally(40, 0) == after(COMMENTS, *by_one, *(a_grade(n, by="U0BOB") for n in range(100, 120))).tally
    assert Tally(0, 2) == after(COMMENTS, *(a_grade(n, right=False, by="U0ADA") for n in range(2))).tally


def test_another_answer_to_the_same_decision_takes_the_place_of_the_first() -> None:
    """What was approved and undone afterwards was wrong, once."""
    record = agreed(COMMENTS, 2)
    assert Tally(2, 0) == record.tally
    assert after(record, a_grade(1)).tally == record.tally
    assert Tally(0, 1) == after(record, a_grade(1, right=False, undone=True)).tally


@pytest.mark.parametrize("kind", [ActionKind.MOVE, ActionKind.CLOSE, ActionKind.CREATE])
def test_a_single_undo_of_a_severe_kind_ends_trust_at_once(kind: ActionKind) -> None:
    """Others have to live with what was moved, closed or created; a comment that is undone is one failure."""
    record = agreed(MOVES.model_copy(update={"kind": kind}), 40)
    undone = a_grade(50, right=False, undone=True)
    fallen = after(record, undone)
    assert (None, Fall.UNDONE, undone.at) == (fallen.promoted_at, fallen.fallen, fallen.changed_at)
    assert after(record, a_grade(50, right=False)).promoted_at is not None
    assert after(agreed(COMMENTS, 40), undone).promoted_at is not None


def test_three_failures_among_the_last_twenty_end_trust_and_three_among_more_do_not() -> None:
    """Whatever the whole record says."""
    record = agreed(COMMENTS, 150)
    failures = [a_grade(200 + n, right=False) for n in range(3)]
    fallen = after(record, *failures)
    assert (None, Fall.FAILURES) == (fallen.promoted_at, fallen.fallen)
    between = [a_grade(300 + n) for n in range(LOOKED_BACK - 2)]
    assert after(record, *failures[:2], *between, failures[2]).promoted_at is not None


def test_trust_that_was_lost_is_earned_anew_with_a_part_of_what_was_known() -> None:
    """It begins without any answers, and is not back with the next one."""
    fallen = after(agreed(COMMENTS, 150), *(a_grade(200 + n, right=False) for n in range(3)))
    assert Tally(0, 0) == fallen.tally
    right, wrong = fallen.prior
    assert PRIOR[0] < right < PRIOR[0] + 60
    assert PRIOR[1] < wrong
    assert agreed(fallen, 25, first=300).promoted_at is None
    regained = agreed(fallen, 80, first=300)
    assert (True, None) == (regained.promoted_at is not None, regained.fallen)


def test_what_judges_now_begins_with_a_part_of_what_is_known_of_what_judged_before() -> None:
    """Of the same kind and band, the latest; nothing of it is trusted yet."""
    old = agreed(MOVES, 80)
    older = agreed(MOVES.model_copy(update={"judged_by": "older"}), 3)
    others = [old, older, agreed(COMMENTS, 100), agreed(MOVES.model_copy(update={"band": 0.7}), 200)]
    record = succeeding(ActionKind.MOVE, 0.85, "new", others)
    assert ("new", None, Tally(0, 0)) == (record.judged_by, record.promoted_at, record.tally)
    assert (PRIOR[0] + 20, PRIOR[1]) == record.prior
    assert PRIOR == succeeding(ActionKind.LINK, 0.85, "new", others).prior
    assert agreed(record, 27).promoted_at is None


def test_older_answers_are_kept_as_counts_and_say_the_same() -> None:
    """A row holds so many one by one; a piece of evidence is never torn."""
    grades = [a_grade(n, right=n % 9 != 0, conversation=f"C:{n // 2}") for n in range(MOST_ANSWERS + 60)]
    kept, counted = COMMENTS, COMMENTS
    for grade in grades:
        kept = kept.model_copy(update={"grades": (*kept.grades, grade)})
        counted = counted.graded(grade, at=grade.at)
    assert MOST_ANSWERS >= len(counted.grades) > MOST_ANSWERS - 3
    assert kept.tally == counted.tally


def test_answers_are_forgotten_one_by_one_and_persons_altogether() -> None:
    """How many there were stays, and so does what they have earned."""
    record = agreed(COMMENTS, 60)
    forgotten = record.forgetting(before=NOW + timedelta(hours=50))
    assert (10, record.tally, record.promoted_at) == (len(forgotten.grades), forgotten.tally, forgotten.promoted_at)
    erased = forgotten.forgetting(persons={"U0ADA"})
    assert {SOMEBODY, "U0BOB"} == {grade.by for grade in erased.grades} | set(erased.earlier)
    assert record.tally == erased.tally


def test_about_one_in_twenty_is_still_asked_and_always_the_same_ones() -> None:
    """By the decision alone, so judging it again changes nothing."""
    asked = {f"decision-{n}" for n in range(10_000) if is_still_asked(f"decision-{n}")}
    assert 420 < len(asked) < 580
    assert asked == {id for id in asked if is_still_asked(id)}


def test_what_has_failed_three_times_lately_is_not_trusted_whatever_came_before() -> None:
    """It would be lost again with the next look."""
    earlier = {"U0ADA": (300, 0), "U0BOB": (300, 0)}

    def having_failed(times: int) -> TrackRecord:
        failures = tuple(a_grade(n, right=False) for n in range(times))
        return after(COMMENTS.model_copy(update={"earlier": earlier, "grades": failures}), a_grade(9))

    assert having_failed(3).lower_bound >= BAR
    assert having_failed(3).promoted_at is None
    assert having_failed(2).promoted_at is not None
