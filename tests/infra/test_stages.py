"""Messages with how work stands by them."""

from infra.stages import BLOCKS, held_back, learned_from
from pm_assistant.integrations.offline.acts import Stage


def test_every_line_has_a_stage_a_language_and_a_message_of_its_own() -> None:
    """Of each stage there are many."""
    rows = [line.split("\t") for line in [*learned_from(), *held_back()]]
    assert {3} == {len(row) for row in rows}
    assert len(rows) == len({message for _, _, message in rows})
    assert all(sum(row[0] == stage for row in rows) > 200 for stage in Stage)


def test_a_block_of_each_writer_is_held_back() -> None:
    """What is learned of the others is measured by it."""
    learned, held = learned_from(), held_back()
    assert {*learned}.isdisjoint(held)
    assert 0.8 < (BLOCKS - 1) * len(held) / len(learned) < 1.2
