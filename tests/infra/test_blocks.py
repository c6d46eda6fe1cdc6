"""Training texts in blocks."""

import pytest

from infra.blocks import PLAIN, STAGES, Blocks
from pm_assistant.integrations.offline.acts import Act, Stage

LEAST = {PLAIN: 40, STAGES: 200}
"""So many texts of each label there are."""


@pytest.mark.parametrize("blocks", [PLAIN, STAGES])
def test_every_line_has_a_label_a_language_and_a_message_of_its_own(blocks: Blocks) -> None:
    """Of each label there are many."""
    rows = [line.split("\t") for line in [*blocks.learned_from(), *blocks.held_back()]]
    labels = Stage if blocks is STAGES else Act
    assert {3} == {len(row) for row in rows}
    assert len(rows) == len({message for _, _, message in rows})
    assert all(sum(row[0] == label for row in rows) >= LEAST[blocks] for label in labels)
    assert {*labels} == {row[0] for row in rows}


@pytest.mark.parametrize("blocks", [PLAIN, STAGES])
def test_a_block_of_each_writer_is_held_back(blocks: Blocks) -> None:
    """What is learned of the others is measured by it."""
    learned, held = blocks.learned_from(), blocks.held_back()
    assert {*learned}.isdisjoint(held)
    assert 0.8 < (blocks.each - 1) * len(held) / len(learned) < 1.2
