"""Who is on which side of an experiment, and what a variant changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.experiments import Variant, arm_of
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Settings

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
