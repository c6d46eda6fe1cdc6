"""Experiments from their beginning to their end: who is judged how, who looks when, and what is written down."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.jobs import Recurring, RecurringDue
from pm_assistant.domain.tenants import ActionKind, Mode, Provider, Rule
from pm_assistant.domain.trials import MATURES_IN, Experiment, ExperimentState, Guards
from pm_assistant.ports.unit import LEASE
from pm_assistant.workflows.code.recurring import recur
from pm_assistant.workflows.tenants.experiments import (
    LEAST_KEPT,
    ExperimentRequest,
    look_at_experiments,
    start_experiment,
    stop_experiment,
)
from tests.builders import (
    ACME,
    DONE,
    GLOBEX,
    NOW,
    TRUSTING,
    a_comment,
    a_connection,
    a_decision,
    a_judgement,
    a_message,
    a_proposal,
    a_tenant,
)
from tests.fakes.unit import FakeUnit
from tests.workflows.pipeline.unit import AnalyzeUnit

MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)
WISH = ExperimentRequest(kind=ActionKind.MOVE, b=Variant(threshold=0.6))
DAY = timedelta(days=1)


def a_unit(**settings: Any) -> AnalyzeUnit:
    """A unit of a tenant that lets us act from 0.8 upwards, with a tracker."""
    unit = AnalyzeUnit()
    unit.at = NOW
    unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update=settings)))
    unit.stores.connections.put(a_connection(provider=Provider.LINEAR))
    return unit


def begun(unit: FakeUnit, **wish: Any) -> Experiment:
    """Begin an experiment."""
    wanted = WISH.model_copy(update=wish)
    return start_experiment(wanted, unit, id=f"e-{wanted.kind}", started_by="account:account-ada")


def answered(unit: FakeUnit, experiment: Experiment, *, right: int, of: int, arm: str) -> None:
    """Have people answer what came of so many conversations on one side."""
    ids = (id for n in range(10_000) if experiment.arm(id := f"C0ENG:{n}.0") == arm)
    for number, id in zip(range(of), ids, strict=False):
        said = a_message(number, channel=f"C{arm}{number}")
        unit.stores.decisions.save(
            a_decision(
                action=MOVE,
                message=said,
                state=DecisionState.DONE if number < right else DecisionState.DISMISSED,
                decided_by="U0ADA",
                conversation_id=id,
                experiment=experiment.id,
                variant=arm,
                created_at=NOW,
                updated_at=NOW,
            )
        )


def moved(unit: AnalyzeUnit, number: int) -> tuple[Decision, Decision]:
    """What is decided about a thread of its own, by an analyst who is 70 % sure of a move and of a comment."""
    said = a_message(number * 600, channel=f"C{number}")
    proposals = (a_proposal(action, said.id, confidence=0.7) for action in (MOVE, a_comment()))
    unit.analyst = type(unit.analyst)(a_judgement(*proposals))
    unit.say(said)
    unit.at = said.received_at + timedelta(minutes=2)
    by_kind = {decision.action.kind: decision for decision in unit.touched(said, force=True).decisions}
    return by_kind[ActionKind.MOVE], by_kind[ActionKind.COMMENT]


def test_conversations_are_judged_by_the_rules_of_their_side() -> None:
    """Which side, is noted before anything is done; other kinds, and other tenants, are judged as always."""
    unit = a_unit()
    experiment = begun(unit)

    decided = [moved(unit, number) for number in range(12)]

    assert {"a", "b"} == {move.variant for move, _ in decided}
    for move, comment in decided:
        assert move.conversation_id is not None
        assert experiment.arm(move.conversation_id) == move.variant
        expected = DecisionState.QUEUED if move.variant == "b" else DecisionState.PROPOSED
        assert (expected, experiment.id) == (move.state, move.experiment)
        assert (DecisionState.PROPOSED, None, move.conversation_id) == (
            *(comment.state, comment.experiment),
            comment.conversation_id,
        )
    assert () == unit.stores.tenants.get(GLOBEX).experiments


def test_from_the_kill_switch_on_the_settings_alone_count() -> None:
    """Stopping twice is stopping once; what is over stays as it ended."""
    unit = a_unit()
    experiment = begun(unit)

    unit.at = NOW + DAY
    stopped = stop_experiment(experiment.id, unit)
    unit.at = NOW + 2 * DAY

    assert (ExperimentState.STOPPED, NOW + DAY) == (stopped.state, stopped.ended_at)
    assert stopped == stop_experiment(experiment.id, unit)
    assert () == unit.stores.tenants.get(ACME).experiments
    assert {(None, None)} == {(move.experiment, move.variant) for move, _ in (moved(unit, n) for n in range(4))}
    with pytest.raises(NotFound):
        stop_experiment("e-9", unit)


def test_one_experiment_about_a_kind_runs_at_a_time() -> None:
    """Others beside it may be about other kinds; once it is over, the next one may come."""
    unit = a_unit()
    begun(unit)

    with pytest.raises(Conflict, match="is running"):
        start_experiment(WISH, unit, id="e-2", started_by="account:account-ada")
    begun(unit, kind=ActionKind.COMMENT)
    assert [ActionKind.COMMENT, ActionKind.MOVE] == sorted(d.kind for d in unit.stores.tenants.get(ACME).experiments)
    stop_experiment("e-move", unit)
    assert "e-2" == start_experiment(WISH, unit, id="e-2", started_by="account:account-ada").id


def test_what_is_asked_for_twice_under_one_id_begins_once() -> None:
    """An answer may get lost; that judging knows of it is made sure of again."""
    unit = a_unit()
    first = begun(unit)
    unit.stores.tenants.put(a_tenant())
    unit.at = NOW + DAY

    assert first == begun(unit, share=0.9)
    assert (first.design,) == unit.stores.tenants.get(ACME).experiments


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing from a conversation": ({"kind": ActionKind.CLOSE}, {}, "only what follows from a conversation"),
    "doing nothing": ({"kind": ActionKind.IGNORE}, {}, "only what follows from a conversation"),
    "what is off": ({}, {"rules": {ActionKind.MOVE: Rule(mode=Mode.OFF)}}, "switch that kind of action off"),
    "in shadow mode": ({}, {"shadow": True}, "in shadow mode"),
    "forgotten before it counts": ({}, {"retention_days": LEAST_KEPT.days - 1}, "have to be kept for 14 days"),
    "two sides that do the same": ({"a": WISH.b}, {}, "both sides would do the same"),
    "nothing else": ({"b": Variant()}, {}, "both sides would do the same"),
    "another model": ({"b": Variant(model="small")}, {}, "not another prompt or model"),
    "another prompt on side a": ({"a": Variant(prompt="v3")}, {}, "not another prompt or model"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_experiment_of_which_nothing_could_come_is_not_begun(why: str) -> None:
    """And it is said why."""
    wish, settings, says = REFUSED[why]
    unit = a_unit(**settings)

    with pytest.raises(InvalidRequest, match=says):
        begun(unit, **wish)

    assert [] == list(unit.stores.experiments.all(ACME))
    assert () == unit.stores.tenants.get(ACME).experiments


def test_while_another_is_at_work_on_the_experiments_nobody_else_is() -> None:
    """Two at once could begin two about one kind."""
    unit = a_unit()
    begun(unit)

    with unit.lease("experiments", lasts=LEASE):
        for work in (
            lambda: begun(unit, kind=ActionKind.COMMENT),
            lambda: stop_experiment("e-move", unit),
            lambda: look_at_experiments(unit, at=NOW),
        ):
            with pytest.raises(Conflict):
                work()


def test_once_a_day_experiments_are_looked_at_and_the_winner_is_written_down() -> None:
    """With the catching-up, so that there is no schedule more. Nothing is adopted by itself."""
    unit = a_unit()
    experiment = begun(unit)
    answered(unit, experiment, right=30, of=60, arm="a")
    answered(unit, experiment, right=60, of=60, arm="b")
    settings = unit.stores.tenants.get(ACME).settings

    for day in range(9):
        unit.at = NOW + day * DAY
        for _ in range(2):  # a message that comes again does nothing
            recur(RecurringDue(tenant_id=ACME, kind=Recurring.CATCH_UP, due_at=unit.at), unit)

    after = unit.stores.experiments.get(ACME, experiment.id)
    assert (ExperimentState.WON, "b", NOW + MATURES_IN) == (after.state, after.winner, after.ended_at)
    [written] = [each for each in unit.stores.audit.latest(ACME, limit=9) if each.action == "experiment.ended"]
    assert ("system", experiment.id, NOW + MATURES_IN) == (written.actor, written.target, written.at)
    assert {
        "kind": "move",
        "state": "won",
        "winner": "b",
        "because": "approved as it was: 50% on side a, 100% on side b",
    } == written.detail
    assert ((), settings) == (unit.stores.tenants.get(ACME).experiments, unit.stores.tenants.get(ACME).settings)


def test_a_look_that_breaks_off_is_made_good_by_the_same_look() -> None:
    """The trail has one entry, and judging knows that it is over."""
    unit = a_unit()
    experiment = begun(unit, guards=Guards(undone=0.0))
    at = experiment.ends_at + MATURES_IN
    tenant = unit.stores.tenants.get(ACME)
    look_at_experiments(unit, at=at)
    unit.stores.experiments.put(ACME, experiment)  # as if the look had ended before it wrote that
    unit.stores.tenants.put(tenant)

    [after] = look_at_experiments(unit, at=at)

    assert (ExperimentState.UNDECIDED, None) == (after.state, after.winner)
    ended = [each for each in unit.stores.audit.latest(ACME, limit=9) if each.action == "experiment.ended"]
    assert ["undecided"] == [each.detail["state"] for each in ended]
    assert () == unit.stores.tenants.get(ACME).experiments


def test_where_nothing_is_tried_looking_changes_nothing() -> None:
    """Nor is the log read for it."""
    unit = a_unit()
    stop_experiment(begun(unit).id, unit)

    assert () == look_at_experiments(unit, at=NOW)
