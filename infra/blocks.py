"""Training texts in blocks, several by each writer: from the last of each nothing is learned, to see what it is worth.

A file has a label, a language and a text in a line. They were written by writers who knew neither the product nor what
it is measured by.
"""

from itertools import groupby
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).with_name("training")


class Blocks(NamedTuple):
    """A file of them.

    Attributes:
        file: where they stand, each below a note.
        each: so many are by each writer.
    """

    file: Path
    each: int

    def learned_from(self) -> list[str]:
        """The lines of all blocks but each writer's last."""
        return [line for number, block in enumerate(blocks_in(self.file), 1) if number % self.each for line in block]

    def held_back(self) -> list[str]:
        """The lines of each writer's last block."""
        return [line for block in blocks_in(self.file)[self.each - 1 :: self.each] for line in block]


def blocks_in(file: Path) -> list[list[str]]:
    """The lines of each block of a file: notes stand between them."""
    lines = filter(None, file.read_text("utf-8").splitlines())
    parted = groupby(lines, key=lambda line: line.startswith("#"))
    return [[*block] for is_note, block in parted if not is_note]


STAGES = Blocks(_FOLDER / "stages.tsv", 6)
"""Messages with how work stands by them; half of what is tried out is worded without the usual words for that."""
PLAIN = Blocks(_FOLDER / "plain.tsv", 8)
"""Messages with what they do, worded plainly, many with others of nearly the same words that do something else."""
