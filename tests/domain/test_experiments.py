"""Who is on which side of an experiment, and what a variant changes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.decisions import Decision, DecisionState, reconcile_with_log
from pm_assistant.domain.experiments import Arm, Design, Variant, arm_of
from pm_assistant.domain.policy import Objection, enrolled, objection, ruled
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Settings, Tenant
from tests.builders import DONE, NOW, a_comment, a_decision, a_tenant, an_experiment

LOGGED, PROPOSED, QUEUED = DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.QUEUED

SHARES = (0.1, 0.5, 0.8)


@pytest.mark.parametrize("share", SHARES)
def test_as_many_conversations_as_were_asked_for_are_on_the_new_side(share: float) -> None:
    """Within what chance does."""
    arms = [arm_of("e-1", f"C0ENG:{number}.0", share=share) for number in range(4000)]

    assert arms.count("b") == pytest.approx(4000 * share, abs=4 * (4000 * share * (1 - share)) ** 0.5)


@given(st.text(max_size=30), st.floats(0.05, 0.95))
def test_a_conversation_stays_where_it_is_and_never_leaves_the_new_side_when_that_grows(
    unit: str, share: float
) -> None:
    """It is judged anew by the same side however often; a larger share takes more in, and puts nobody out."""
    arm = arm_of("e-1", unit, share=share)

    assert arm == arm_of("e-1", unit, share=share)
    assert arm == "a" or arm_of("e-1", unit, share=min(1.0, share + 0.1)) == "b"


def test_sides_of_two_experiments_have_nothing_to_do_with_each_other() -> None:
    """Or what one of them does would show in the other."""
    units = [f"C0ENG:{number}.0" for number in range(2000)]

    both = sum(arm_of("e-1", unit, share=0.5) == "b" == arm_of("e-2", unit, share=0.5) for unit in units)

    assert both == pytest.approx(500, abs=80)


def test_a_variant_changes_what_it_names_of_the_kinds_it_is_for_and_nothing_else() -> None:
    """What is off stays off; a kind that the settings do not name asks."""
    rules = {ActionKind.MOVE: Rule(mode=Mode.AUTO, threshold=0.9), ActionKind.CREATE: Rule(mode=Mode.OFF)}
    settings = Settings(rules=rules, ask_from=0.5)
    kinds = (ActionKind.MOVE, ActionKind.CREATE, ActionKind.LINK)

    varied = settings.varied(Variant(threshold=0.7, ask_from=0.6), kinds)

    expected = {
        ActionKind.MOVE: Rule(mode=Mode.AUTO, threshold=0.7),
        ActionKind.CREATE: Rule(mode=Mode.OFF, threshold=0.7),
        ActionKind.LINK: Rule(mode=Mode.PROPOSE, threshold=0.7),
    }
    assert settings.model_copy(update={"rules": expected, "ask_from": 0.6}) == varied
    assert settings == settings.varied(Variant(prompt="v3", model="small"), kinds)
    only_moves = settings.varied(Variant(threshold=0.7), (ActionKind.MOVE,))
    assert Rule(mode=Mode.OFF) == only_moves.rules[ActionKind.CREATE]


def in_experiment(arm: Arm, confidence: float, *designs: Design) -> Decision:
    """A move of a conversation on that side, as it is judged while these are running."""
    talk = next(id for n in range(99) if an_experiment().arm(id := f"C0ENG:{n}.0") == arm)
    decision = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE), confidence=confidence)
    return enrolled(decision, talk, a_tenant(experiments=designs), at=an_experiment().began_at)


def test_a_decision_is_held_to_the_rules_of_its_side_while_the_experiment_runs() -> None:
    """What a conversation says of other kinds is held to the settings, and so is all of it once somebody ends that."""
    design = an_experiment(b=Variant(threshold=0.6, ask_from=0.3)).design
    tenant = a_tenant(experiments=(design,))
    other, new = in_experiment("a", 0.7, design), in_experiment("b", 0.7, design)
    unsure = in_experiment("b", 0.4, design)
    comment = new.model_copy(update={"action": a_comment(), "experiment": None, "variant": None})

    def states(tenant: Tenant) -> list[DecisionState]:
        decisions = (other, new, unsure, comment)
        return [ruled(each, tenant=tenant, private=False).state for each in decisions]

    assert [PROPOSED, QUEUED, PROPOSED, PROPOSED] == states(tenant)
    assert [PROPOSED, PROPOSED, LOGGED, PROPOSED] == states(a_tenant())


def test_what_an_experiment_put_on_its_way_is_not_done_once_that_was_ended() -> None:
    """The settings do not allow it unasked; while it runs it is done."""
    design = an_experiment(b=Variant(threshold=0.6)).design
    new = in_experiment("b", 0.7, design)

    assert None is objection(new, tenant=a_tenant(experiments=(design,)), cited=[], at=NOW)
    stopped = objection(new, tenant=a_tenant(), cited=[], at=NOW)
    assert Objection("the team's rules no longer allow it unasked", PROPOSED) == stopped


def test_all_that_came_of_a_conversation_says_which_one_it_was_while_anything_is_tried() -> None:
    """So that sides can be counted; the side is that of the experiment about its kind."""
    design = an_experiment().design
    about_comments = an_experiment(id="e-2", kind=ActionKind.COMMENT).design
    not_yet = an_experiment(began_at=NOW + timedelta(days=1)).design
    over = an_experiment(ends_at=an_experiment().began_at).design

    move = in_experiment("b", 0.7, about_comments, design)

    assert (design.id, "b") == (move.experiment, move.variant)
    assert move.conversation_id is not None
    assert design.arm(move.conversation_id) == "b"
    unrelated = in_experiment("b", 0.7, about_comments)
    assert (None, None, move.conversation_id) == (unrelated.experiment, unrelated.variant, unrelated.conversation_id)
    for designs in ((), (not_yet,), (over,)):
        untried = in_experiment("b", 0.7, *designs)
        assert (None, None, None) == (untried.experiment, untried.variant, untried.conversation_id)


def test_a_decision_stays_on_the_side_on_which_it_was_judged_first() -> None:
    """Though its burst begins elsewhere by now, or nothing is tried any more; so does one of before."""
    first = in_experiment("a", 0.7, an_experiment().design)
    later = {"revision": "digest-2", "as_of": NOW + timedelta(hours=1)}
    for again in (in_experiment("b", 0.7, an_experiment().design), in_experiment("b", 0.7)):
        renewed = reconcile_with_log(first, again.model_copy(update=later))
        assert (first.experiment, "a", first.conversation_id, "digest-2") == (
            *(renewed.experiment, renewed.variant, renewed.conversation_id),
            renewed.revision,
        )
    before = in_experiment("a", 0.7)
    renewed = reconcile_with_log(before, first.model_copy(update=later))
    assert (None, None) == (renewed.experiment, renewed.variant)
