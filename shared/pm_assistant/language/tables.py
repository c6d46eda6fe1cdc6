"""Tables of rows of numbers, a few bits each: what the parts of words are hashed to.

Product quantization (Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor Search", 2011): a row is cut
into runs of a few numbers, and a byte says which of 256 runs of a codebook stands for each. Long runs cost fewer bits
a number, short ones are truer.
"""

import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from operator import getitem
from typing import NamedTuple

CODES = 256
"""So many runs are in a codebook."""
Run = tuple[int, ...]
Codebook = Sequence[Run]


class Band(NamedTuple):
    """Neighbouring runs of a row that have one codebook.

    Attributes:
        length: of each run, in numbers.
        runs: how many there are.
    """

    length: int
    runs: int


class Quantized(NamedTuple):
    """Rows as they are packed.

    Attributes:
        codes: of all runs of all rows.
        codebooks: for each band, of signed bytes.
        step: what one of their numbers is worth.
    """

    codes: bytes
    codebooks: Sequence[Codebook]
    step: float


class Table(NamedTuple):
    """Rows, a byte a run.

    Attributes:
        codes: of all rows, one behind the other.
        codebooks: for each run of a row.
        step: what one of a codebook's numbers is worth.
    """

    codes: memoryview
    codebooks: Sequence[Codebook]
    step: float

    def add(self, to: list[float], places: Sequence[int], share: float) -> None:
        """Add a share of each of the rows of some places to a vector."""
        if not places:
            return
        weight = self.step * share
        # Whole numbers, so that their order counts for nothing.
        for number, steps in enumerate(map(sum, zip(*map(self._row, places), strict=True))):
            to[number] += weight * steps

    def _row(self, place: int) -> Iterator[int]:
        size = len(self.codebooks)
        codes = self.codes[place * size : (place + 1) * size]
        return chain.from_iterable(map(getitem, self.codebooks, codes))


def place_of(name: str, places: int) -> int:
    """Where the row of a name stands."""
    return zlib.crc32(name.encode()) % places


def width_of(bands: Iterable[Band]) -> int:
    """How many numbers a row has."""
    return sum(map(math.prod, bands))


def packed(rows: Quantized) -> bytes:
    """Rows as a file has them, but for the step: their codes, and behind these the codebooks."""
    numbers = chain.from_iterable(chain.from_iterable(rows.codebooks))
    return rows.codes + bytes(number & 0xFF for number in numbers)


def unpacked(data: bytes, bands: Sequence[Band], *, step: float) -> Table:
    """Read rows of such runs."""
    at = len(data) - CODES * sum(band.length for band in bands)
    codes, numbers = memoryview(data)[:at], memoryview(data)[at:].cast("b")
    codebooks = list[Codebook]()
    start = 0
    for length, runs in bands:
        codebook = [tuple(numbers[start + code * length : start + (code + 1) * length]) for code in range(CODES)]
        codebooks += repeat(codebook, runs)
        start += CODES * length
    return Table(codes, codebooks, step)
