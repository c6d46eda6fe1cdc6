"""Messages with how work stands by them: `infra/training/stages.tsv` has a stage, a language and a message in a line.

Written as those of acts were, by writers who knew neither the product nor what it is measured by; half of what is tried
out is told without the usual words for that. Each writer has six blocks, and from the last of these nothing is learned.
"""

from itertools import groupby
from pathlib import Path

FILE = Path(__file__).with_name("training") / "stages.tsv"
BLOCKS = 6
"""Of each writer."""


def learned_from() -> list[str]:
    """The lines of all blocks but each writer's last."""
    return [line for number, block in enumerate(_blocks(), 1) if number % BLOCKS for line in block]


def held_back() -> list[str]:
    """The lines of each writer's last block."""
    return [line for block in _blocks()[BLOCKS - 1 :: BLOCKS] for line in block]


def _blocks() -> list[list[str]]:
    lines = FILE.read_text("utf-8").splitlines()
    parted = groupby(lines, key=lambda line: line.startswith("#"))
    return [[*block] for is_note, block in parted if not is_note]
