"""How an experiment stands: what counts of it, when it counts, and what ends it."""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.experiments import Arm
from pm_assistant.domain.sequential import ALPHA, Sample
from pm_assistant.domain.trials import FEWEST, MATURES_IN, Experiment, ExperimentState, Guards, looked_at
from tests.builders import DONE, a_decision, an_experiment

DAY = timedelta(days=1)
BEGAN = an_experiment().began_at
LATER = BEGAN + MATURES_IN + DAY
MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)
LOGGED, PROPOSED, QUEUED, ACTING, DONE_, FAILED, DISMISSED, UNDONE = DecisionState
YES: dict[str, Any] = {"state": DONE_, "decided_by": "U0ADA", "answered_how": "approve"}
NO: dict[str, Any] = {"state": DISMISSED, "decided_by": "U0ADA", "answered_how": "dismiss"}
TOLERANT = Guards(undone=1, wrong_ticket=1, unanswered=1, cost=1e9, latency=1e9)


def talk(arm: Arm, number: int = 0) -> str:
    """The id of a conversation on that side."""
    ids = (f"C0ENG:{n}.0" for n in range(10_000))
    on_side = (id for id in ids if an_experiment().arm(id) == arm)
    return next(id for n, id in enumerate(on_side) if n == number)


def judged(arm: Arm, number: int = 0, part: int = 0, *, after: timedelta = timedelta(0), **changes: Any) -> Decision:
    """A decision of a conversation on that side, as long after the beginning."""
    defaults = {
        "id": f"{arm}-{number}-{part}",
        "state": PROPOSED,
        "conversation_id": talk(arm, number),
        "experiment": an_experiment().id,
        "variant": arm,
        "created_at": BEGAN + after,
    }
    return a_decision(action=MOVE, **{**defaults, **changes})


def counted(decisions: Iterable[Decision], experiment: Experiment | None = None, **when: Any) -> dict[Arm, Sample]:
    """What the test of an experiment rests on."""
    return looked_at(experiment or an_experiment(), decisions, **{"at": LATER, **when}).counted


def test_a_conversation_counts_once_by_the_share_of_its_proposals_that_were_approved() -> None:
    """However much is proposed in it: messages of one conversation are no pieces of evidence of their own."""
    decisions = [judged("a", 0, 0, **YES), judged("a", 0, 1, **NO), judged("a", 1, **YES), judged("b", **NO)]

    assert {"a": Sample(size=2, total=1.5), "b": Sample(size=1, total=0)} == counted(decisions)


ANSWERS: dict[str, tuple[dict[str, Any], float | None]] = {
    "approved": (YES, 1),
    "approved and on its way": ({**YES, "state": QUEUED}, 1),
    "approved, though the tracker refused": ({**YES, "state": FAILED}, 1),
    "edited first": ({**YES, "answered_how": "edit"}, 0),
    "done on another ticket": ({**NO, "answered_how": "relink"}, 0),
    "dismissed": (NO, 0),
    "undone": ({**YES, "state": UNDONE, "answered_how": "undo"}, 0),
    "being undone": ({**YES, "state": ACTING, "undoing": True, "answered_how": "undo"}, 0),
    "approved, and then something came between": ({**NO, "error": "the conversation moved on"}, None),
    "withdrawn": ({"state": DISMISSED, "error": "the conversation moved on"}, None),
    "not answered": ({"state": PROPOSED}, None),
    "done unasked": ({"state": DONE_}, None),
    "only logged": ({"state": LOGGED}, None),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_an_answer_is_worth(answer: str) -> None:
    """What was approved as it was is a success; of what nobody answered nothing is known."""
    fields, worth = ANSWERS[answer]

    expected = Sample() if worth is None else Sample(size=1, total=worth)

    assert expected == counted([judged("b", **fields)])["b"]


def test_a_conversation_counts_after_a_week_as_it_stands_then_and_never_changes() -> None:
    """What was approved and undone within the week was no success; what is undone later was one."""
    approved = judged("b", **YES)
    undone = approved.model_copy(update={"state": UNDONE})
    early = looked_at(an_experiment(), [approved], at=BEGAN + MATURES_IN - DAY)
    assert {} == {arm: sample for arm, sample in early.counted.items() if sample.size}

    assert Sample(size=1, total=0) == counted([undone], early)["b"]
    frozen = looked_at(early, [approved], at=LATER)
    assert Sample(size=1, total=1) == counted([undone], frozen, at=LATER + DAY)["b"]
    more = judged("b", 0, 1, after=2 * DAY, **NO)
    assert Sample(size=1, total=1) == counted([approved, more], frozen, at=LATER + 3 * DAY)["b"]
    another = judged("b", 1, after=2 * DAY, **NO)
    assert Sample(size=2, total=1) == counted([approved, another], frozen, at=LATER + 3 * DAY)["b"]


def test_looking_twice_at_the_same_moment_is_looking_once() -> None:
    """The message that has us look may come again."""
    decisions = [judged("a", **YES), judged("b", **NO)]
    once = looked_at(an_experiment(), decisions, at=LATER)

    assert once == looked_at(once, decisions, at=LATER)


@pytest.mark.parametrize(
    "foreign",
    [
        {"experiment": "another"},
        {"experiment": None, "variant": None},
        {"created_at": BEGAN - DAY},
        {"created_at": an_experiment().ends_at},
        {"conversation_id": None},
    ],
)
def test_what_is_not_part_of_it_does_not_count(foreign: dict[str, Any]) -> None:
    """Another experiment's, of before it, or of after its last day."""
    at = an_experiment().ends_at + MATURES_IN

    after = looked_at(an_experiment(), [judged("b", **{**YES, **foreign})], at=at)

    assert (0, 0) == (after.counted["b"].size, after.sides["b"].asked)


def test_the_figures_of_a_side_are_live() -> None:
    """Beside how often people approved stands in how many conversations that was: who proposes less is right more."""
    decisions = [
        judged("b", 0, **YES),
        judged("b", 1, **NO),
        judged("b", 2, **{**NO, "answered_how": "relink"}),
        judged("b", 3),
        judged("b", 4, state=DONE_, latency_ms=500, cost_microdollars=80),
        judged("b", 5, **{**YES, "state": UNDONE}),
        judged("b", 6, experiment=None, variant=None, state=LOGGED),
    ]
    soon = looked_at(an_experiment(), decisions, at=BEGAN + DAY).sides["b"]

    figures = soon.model_dump(exclude={"microdollars", "latency_ms"})
    assert {
        "conversations": 7,
        "asked": 5,
        "answered": 4,
        "approved": 1,
        "wrong_ticket": 1,
        "unanswered": 0,
        "done": 3,
        "undone": 1,
    } == figures
    assert pytest.approx(80 / 7) == soon.microdollars
    assert pytest.approx(500 / 7) == soon.latency_ms
    assert 1 == looked_at(an_experiment(), decisions, at=LATER).sides["b"].unanswered
    assert None is looked_at(an_experiment(), decisions, at=LATER).sides["a"].latency_ms


def many(arm: Arm, count: int, **fields: Any) -> list[Decision]:
    """Conversations on one side that all came to the same."""
    return [judged(arm, number, **fields) for number in range(count)]


def ended(decisions: list[Decision], **changes: Any) -> Experiment:
    """How an experiment stands a day after it began."""
    return looked_at(an_experiment(**changes), decisions, at=changes.pop("at", BEGAN + DAY))


GUARDED: dict[str, tuple[dict[str, Any], str]] = {
    "undone": ({**YES, "state": UNDONE}, "20 of 20 were undone on side b"),
    "wrong_ticket": ({**NO, "answered_how": "relink"}, "20 of 20 were answered with another ticket on side b"),
}


@pytest.mark.parametrize("rail", GUARDED)
def test_what_does_harm_ends_at_once(rail: str) -> None:
    """Nobody waits a week for it; a few cases are chance, and a team may allow more."""
    harm, because = GUARDED[rail]
    fine = many("a", FEWEST, **YES)

    after = ended([*fine, *many("b", FEWEST, **harm)])

    assert (ExperimentState.UNSAFE, because, BEGAN + DAY, None) == (
        *(after.state, after.because, after.ended_at),
        after.winner,
    )
    assert ExperimentState.RUNNING is ended([*fine, *many("b", FEWEST - 1, **harm)]).state
    tolerant = Guards().model_copy(update={rail: 1.0})
    assert ExperimentState.RUNNING is ended([*fine, *many("b", FEWEST, **harm)], guards=tolerant).state


def test_what_nobody_answers_any_more_ends() -> None:
    """Only once a week has gone by: until then they may."""
    decisions = [*many("a", FEWEST, **YES), *many("b", FEWEST)]

    after = looked_at(an_experiment(), decisions, at=LATER)

    assert (ExperimentState.UNSAFE, "20 of 20 were not answered on side b") == (after.state, after.because)
    assert ExperimentState.RUNNING is looked_at(an_experiment(), decisions, at=BEGAN + DAY).state


@pytest.mark.parametrize(("field", "what"), [("cost_microdollars", "cost"), ("latency_ms", "time")])
def test_a_side_that_is_far_dearer_or_slower_ends(field: str, what: str) -> None:
    """Of side b alone: it may well be cheaper than what there is."""

    def of(cost_a: int, cost_b: int) -> Experiment:
        return ended([*many("a", FEWEST, **{field: cost_a}), *many("b", FEWEST, **{field: cost_b})])

    assert f"a judgement on side b takes 2.1 times the {what} of one on side a" == of(100, 210).because
    assert [ExperimentState.RUNNING] * 3 == [of(100, 200).state, of(500, 100).state, of(0, 100).state]
    too_few = [*many("a", FEWEST - 1, **{field: 1}), *many("b", FEWEST, **{field: 100})]
    assert ExperimentState.RUNNING is ended(too_few).state


def test_where_conversations_get_lost_on_one_side_the_rest_says_nothing() -> None:
    """However good its answers are: those that are missing were perhaps the hard ones."""
    after = looked_at(an_experiment(), [*many("a", 60, **NO), *many("b", 20, **YES)], at=LATER)

    assert (ExperimentState.STRAY, None) == (after.state, after.winner)
    assert "60 conversations on one side and 20 on the other are not what was shared out" == after.because


@pytest.mark.parametrize("winner", ["a", "b"])
def test_the_side_that_people_approve_more_often_wins(winner: Arm) -> None:
    """Be it the new one or what there is; the reason says how often."""
    loser: Arm = "a" if winner == "b" else "b"
    decisions = [*many(winner, 60, **YES), *many(loser, 30, **YES)]
    decisions += [judged(loser, 30 + number, **NO) for number in range(30)]

    after = looked_at(an_experiment(), decisions, at=LATER)

    assert (ExperimentState.WON, winner) == (after.state, after.winner)
    assert after.p_value <= ALPHA
    shares = {winner: "100%", loser: "50%"}
    assert f"approved as it was: {shares['a']} on side a, {shares['b']} on side b" == after.because


def test_an_experiment_ends_a_week_after_its_last_day() -> None:
    """What was judged on that is counted still."""
    last = an_experiment().ends_at + MATURES_IN

    states = [looked_at(an_experiment(), [], at=at).state for at in (last - timedelta(seconds=1), last)]

    assert [ExperimentState.RUNNING, ExperimentState.UNDECIDED] == states


def test_what_has_been_certain_once_stays_so() -> None:
    """Later answers never make a p value rise: it holds for the sequence of all looks."""
    experiment = an_experiment(p_value=0.2)

    after = looked_at(experiment, [judged("a", **YES), judged("b", **YES)], at=LATER)

    assert 0.2 == after.p_value


@pytest.mark.thorough
def test_of_experiments_without_a_difference_hardly_any_ends_with_a_winner() -> None:
    """As they are run: answers that wait for a week, conversations with several of them, a look each evening."""
    rng = random.Random(17)  # noqa: S311  # a seed, not a secret
    won = 0
    for _ in range(40):
        experiment = an_experiment(guards=TOLERANT)
        decisions: list[Decision] = []
        for day in range(30):
            for _ in range(6):
                number = len(decisions)
                id = f"C0ENG:{rng.random()}"
                answer = YES if rng.random() < 0.85 else NO
                parts = (0, 1) if number % 3 == 0 else (0,)
                arm = experiment.arm(id)
                decisions += [
                    judged(arm, 0, part, after=day * DAY, **{**answer, "id": f"{number}-{part}", "conversation_id": id})
                    for part in parts
                ]
            experiment = looked_at(experiment, decisions, at=BEGAN + (day + 1) * DAY)
            if experiment.state is not ExperimentState.RUNNING:
                break
        won += experiment.state is ExperimentState.WON
    assert won <= 2
