"""Texts as vectors: what means the same lies close together, though it shares no word.

The vector of a text is the sum of its terms', and that of a term the sum of what it is made of: what it can mean
(alike in all languages), itself, and its spelling. `data/embedding.bin` has a row for each place that the name of such
a part is hashed to. `infra/train_embedding.py` makes it; infra/adr/0098, 0099 and 0101 say of what, and what it is
worth.
"""

import math
import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import batched
from pathlib import Path
from typing import NamedTuple

from pm_assistant.language import tables
from pm_assistant.language.meaning import concepts
from pm_assistant.language.scripts import is_unspaced
from pm_assistant.language.tables import Band, Quantized, Table, place_of, width_of

FILE = Path(__file__).with_name("data") / "embedding.bin"
PLACES = 1 << 16
"""How many rows there are; two parts that share one are taken for the same."""
BANDS = (Band(3, 16), Band(4, 16))
"""Texts differ most in the first numbers, which are kept truest."""
DIMENSIONS = width_of(BANDS)
SOFTENING = 0.5
"""Is added to the length by which a vector is divided: of what hardly says anything, little is close."""
TITLE, BODY = 1.0, 0.6
"""How much a term of a ticket counts, by where it stands."""
_KNOWN, _SPELLING = 0.7, 0.7
"""How much a term counts that also has a meaning, and all of its spelling."""
_GRAMS, _UNSPACED_GRAMS = (3, 4, 5), (1, 2)
_SHORTEST_SPELT = 4
"""A word of fewer letters is told by itself."""
_SPELT = "~"
OF_NO_TICKET = ("new", "chatter", "work")
"""What talk that is of no ticket is of: of new work, of people's lives, or of the running of work."""
_TAIL = struct.Struct(f"<{len(OF_NO_TICKET) * (DIMENSIONS + 1)}fffI")

Vector = Sequence[float]


class Parts(NamedTuple):
    """Things of one kind that a term is made of: where their rows stand, and how much each counts."""

    places: Sequence[int]
    share: float


class Pole(NamedTuple):
    """Where talk of one kind lies, whatever it speaks of, and how common it is."""

    vector: Vector
    bias: float


class Rows(NamedTuple):
    """What the file holds.

    Attributes:
        table: a row for each place.
        of_no_ticket: for each of `OF_NO_TICKET` its vector, and what is added to the closeness to that.
        sharpness: how much closeness tells, so that its exponentials are odds.
        checksum: of what it was trained on.
    """

    table: Table
    of_no_ticket: Sequence[Pole]
    sharpness: float
    checksum: int


def parts(term: str) -> Iterator[Parts]:
    """What a stemmed term is made of: what it can mean, itself, and its spelling."""
    meanings, grams = concepts(term), [_SPELT + gram for gram in _grams(term)]
    yield Parts([*map(_place, meanings)], 1 / math.sqrt(len(meanings) or 1))
    yield Parts([_place(term)], _KNOWN if meanings else 1.0)
    yield Parts([*map(_place, grams)], _SPELLING / math.sqrt(len(grams) or 1))


def _place(name: str) -> int:
    return place_of(name, PLACES)


def _grams(term: str) -> Iterator[str]:
    is_cut = is_unspaced(term)
    if not is_cut and len(term) < _SHORTEST_SPELT:
        return
    spelling = term if is_cut else f" {term} "
    for size in _UNSPACED_GRAMS if is_cut else _GRAMS:
        for start in range(len(spelling) - size + 1):
            yield spelling[start : start + size]


def vector(shares: Mapping[str, float]) -> Vector:
    """The vector of a text.

    Args:
        shares: how much each of its stemmed terms counts.
    """
    total = [0.0] * DIMENSIONS
    for term, share in shares.items():
        total = [known + share * value for known, value in zip(total, _of_term(term), strict=True)]
    length = math.sqrt(math.sumprod(total, total)) + SOFTENING
    return [value / length for value in total]


def closeness(one: Vector, other: Vector) -> float:
    """How much speaks for it that two texts mean the same, as logarithm of odds; only differences tell anything."""
    return _rows().sharpness * math.sumprod(one, other)


def of_no_ticket(spoken: Vector) -> Sequence[float]:
    """How much speaks for it that talk is of no ticket, by `OF_NO_TICKET`; on the scale of `closeness` to a ticket."""
    rows = _rows()
    return [closeness(spoken, pole.vector) + rows.sharpness * pole.bias for pole in rows.of_no_ticket]


@lru_cache(maxsize=20_000)
def _of_term(term: str) -> array[float]:
    table = _rows().table
    total = [0.0] * DIMENSIONS
    for places, share in parts(term):
        table.add(total, places, share)
    return array("f", total)


@cache
def _rows() -> Rows:
    return unpacked(FILE.read_bytes())


def unpacked(data: bytes) -> Rows:
    """Read a file."""
    body, tail = data[: -_TAIL.size], _TAIL.unpack(data[-_TAIL.size :])
    *numbers, step, sharpness, checksum = tail
    poles = [Pole(pole[:DIMENSIONS], pole[DIMENSIONS]) for pole in batched(numbers, DIMENSIONS + 1, strict=True)]
    return Rows(tables.unpacked(body, BANDS, step=step), poles, sharpness, checksum)


def packed(rows: Quantized, poles: Iterable[Pole], *, sharpness: float, checksum: int) -> bytes:
    """Rows as the file has them, and the poles by `OF_NO_TICKET`."""
    numbers = [number for pole in poles for number in (*pole.vector, pole.bias)]
    return tables.packed(rows) + _TAIL.pack(*numbers, rows.step, sharpness, checksum)
