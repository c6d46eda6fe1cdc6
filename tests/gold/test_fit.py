"""Finding what counts when talk is compared with tickets."""

import subprocess
import sys

import pytest

from pm_assistant.integrations.offline.matching import FOR_A_TICKET, FOR_NONE
from pm_assistant.integrations.offline.outcomes import Outcome, likely_under
from tests.gold.fit import BEFORE, Lesson, Reading, examples, figures, lessons_of, logit, outcome_model
from tests.gold.told import FOLDER


def reading(kind: str, like: Reading, *, right: bool, said: float) -> Reading:
    """Talk of which a share is in its one ticket, which is meant or not."""
    values = [said if name == "explained" else 0.0 for name in FOR_A_TICKET]
    return like._replace(kind=kind, expected=[True] if right else None, tickets=[(values, 0.0)], counts=1.0)


def test_what_tells_the_right_ticket_weighs_more_and_what_tells_nothing_as_before() -> None:
    """Held near what it was."""
    like = next(examples())
    many = [reading("comment", like, right=True, said=0.9), reading("ignore_work", like, right=False, said=0.0)] * 20
    found = dict(zip([*FOR_A_TICKET, *FOR_NONE], logit(many, BEFORE), strict=True))
    before = dict(zip([*FOR_A_TICKET, *FOR_NONE], BEFORE, strict=True))
    assert found["explained"] > before["explained"]
    assert before["own"] == pytest.approx(found["own"])


def lesson(wanted: Outcome, **features: float) -> Lesson:
    """Something of which that should become."""
    return Lesson({"fit": 0.0, "problem": 0.0, "noise": 0.5, **features}, wanted, 1.0)


def test_what_speaks_for_an_outcome_is_found() -> None:
    """And what is the same for all of them counts for none."""
    made = outcome_model(
        [lesson(Outcome.TICKET, fit=1.0), lesson(Outcome.NEW, problem=1.0), lesson(Outcome.NEITHER)] * 60
    )
    for outcome, features in (
        (Outcome.TICKET, {"fit": 1.0}),
        (Outcome.NEW, {"problem": 1.0}),
        (Outcome.NEITHER, {}),
    ):
        likely = likely_under(made, lesson(outcome, **features).features)
        assert outcome is max(likely, key=lambda each: likely[each])
        assert sum(likely.values()) == pytest.approx(1)
        assert made[outcome]["noise"] == pytest.approx(0)


def test_figures_count_what_is_right() -> None:
    """Of the tickets, of new work and of neither, each by what it is taken for."""
    like = next(examples())
    right, none = reading("comment", like, right=True, said=9.0), reading("create", like, right=False, said=0.0)
    counted = figures([right, none], BEFORE, outcome_model(lessons_of([none, right], BEFORE)), sure=1.0)
    assert (1, 1, 0, 0, 0) == tuple(counted[name] for name in ("of ticket", "of new", "of neither", "sure", "wrong"))


@pytest.mark.thorough
def test_the_shipped_weights_are_what_the_sets_give() -> None:
    """To the thousandth."""
    command = [sys.executable, "-m", "tests.gold.fit", str(FOLDER), str(FOLDER / "further"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (checked.returncode, checked.stderr)
