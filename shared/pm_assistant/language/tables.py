"""Tables of short rows of numbers, half a byte each: what the parts of words are hashed to."""

import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

STEPS = 7
"""The most steps of a number, either way: two are packed into a byte."""


class Table(NamedTuple):
    """Rows, a signed byte a number.

    Attributes:
        low: the first half of each row.
        high: the second half.
        half: how many numbers that is.
        step: what one of such a number is worth.
    """

    low: memoryview
    high: memoryview
    half: int
    step: float

    def add(self, to: list[float], places: Sequence[int], share: float) -> None:
        """Add a share of each of the rows of some places to a vector."""
        if not places:
            return
        weight, half = self.step * share, self.half
        for rows, start in ((self.low, 0), (self.high, half)):
            columns = zip(*(rows[place * half : (place + 1) * half] for place in places), strict=True)
            for number, steps in enumerate(map(sum, columns), start):
                to[number] += weight * steps


def place_of(name: str, places: int) -> int:
    """Where the row of a name stands."""
    return zlib.crc32(name.encode()) % places


def unpacked(data: bytes, *, width: int, step: float) -> Table:
    """Read rows of so many numbers."""
    low, high = (data.translate(table) for table in _TABLES)
    return Table(memoryview(low).cast("b"), memoryview(high).cast("b"), width // 2, step)


def packed(rows: Iterable[Sequence[float]], *, step: float) -> bytes:
    """Rows as a file has them, cut to what the most steps are worth."""
    body = bytearray()
    for row in rows:
        steps = [max(-STEPS, min(STEPS, round(value / step))) & 0xF for value in row]
        half = len(steps) // 2
        body += bytes(low | high << 4 for low, high in zip(steps[:half], steps[half:], strict=True))
    return bytes(body)


def _signed(nibble: int) -> int:
    return (nibble - 16 if nibble > STEPS else nibble) & 0xFF


_TABLES = bytes(_signed(byte & 0xF) for byte in range(256)), bytes(_signed(byte >> 4) for byte in range(256))
"""What the lower and the upper half of each byte stand for."""
