"""What the offline analyst would do with the gold sets, held to the floors below which it is of no use."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pm_assistant.cli.gold import ToldConversation, ToldTeam, answer
from pm_assistant.domain.tenants import Mode
from tests.gold.score import Scores, rows_of, score
from tests.gold.told import FOLDER, HELD_OUT, teams_of

pytestmark = pytest.mark.thorough

FLOORS: Mapping[str, float] = {
    "right_ticket": 0.70,
    "moves": 0.65,
    "new_work": 0.65,
    "chatter_left_alone": 0.85,
    "work_left_alone": 0.85,
    "orders": 1.0,
}
MOST_SURE_AND_WRONG = 0.02
FEWEST_SURE = 25
"""Of a hundred conversations: whoever is never sure is never wrong."""


def judged(folder: Path, *kinds: str) -> tuple[Scores, Sequence[Mapping[str, Any]]]:
    """How good the answers to a set are, and its rows; of some kinds, or of all."""
    rows = [row for row in rows_of(folder / "conversations.jsonl") if row["expect"]["kind"] in kinds or not kinds]
    teams = {team["id"]: ToldTeam.model_validate(team) for team in teams_of(folder)}
    would = partial(answer, mode=Mode.PROPOSE)
    answers = [would(ToldConversation.model_validate(row), teams[row["team"]]) for row in rows]
    return score(rows, answers), rows


@pytest.mark.parametrize("folder", [FOLDER, HELD_OUT], ids=lambda folder: folder.name)
def test_the_offline_analyst_is_good_enough_to_be_asked(folder: Path) -> None:
    """Alone, without a key: right mostly, sure often, and hardly ever both sure and wrong."""
    scores, rows = judged(folder)
    reached = {name: getattr(scores, name) for name in FLOORS}

    assert {} == {name: rate for name, rate in reached.items() if rate.hits < math.floor(FLOORS[name] * rate.of)}
    assert scores.sure_and_wrong.of >= FEWEST_SURE * len(rows) // 100
    assert scores.sure_and_wrong.hits <= MOST_SURE_AND_WRONG * scores.sure_and_wrong.of


@pytest.mark.parametrize("folder", [FOLDER, HELD_OUT, FOLDER / "further"], ids=lambda folder: folder.name)
def test_of_new_work_no_ticket_is_ever_sure(folder: Path) -> None:
    """What is reported or wished for near a ticket may be another fault of the same thing."""
    scores, _ = judged(folder, "create")
    assert 0 == scores.sure_and_wrong.hits
