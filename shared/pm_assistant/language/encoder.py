"""What a text does, told from its words in their context: a small convolutional network, in plain Python.

The vector of a word is the sum of rows for what it is made of: itself, its spelling, and what it can mean (alike in all
languages); in scripts without spaces each character is a word, with its neighbours. Convolutions let each word see
those beside it (Kim, "Convolutional Neural Networks for Sentence Classification", 2014), and for each task attention
weighs those that tell most. `data/encoder.bin` has its weights; `infra/train_encoder.py` makes it, and infra/adr/0100
says of what, and what it is worth.
"""

import math
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple

from pm_assistant.language import tables
from pm_assistant.language.classifier import softmax, tokens
from pm_assistant.language.meaning import concepts
from pm_assistant.language.scripts import is_unspaced
from pm_assistant.language.tables import Band, Quantized, Table, place_of, width_of
from pm_assistant.language.text import terms

FILE = Path(__file__).with_name("data") / "encoder.bin"
PLACES = 1 << 15
"""How many rows there are; two parts that share one are taken for the same."""
BANDS = (Band(2, 32),)
DIMENSIONS = width_of(BANDS)
LAYERS, WINDOW = 3, 3
"""How often words see those beside them, and how many at a time with themselves."""
HEADS = 4
"""So many words at a time attention can look at."""
MOST_WORDS = 120
"""What stands behind is not read."""
SOFTENING = 1e-5
"""Is added to the variance by which a vector is scaled."""
_MOST_REPEATED = 3
"""A sign that goes on and on, as a line of dashes, says no more than so many."""
_GRAMS = (3, 4, 5)
_SHORTEST_SPELT = 4
"""A word of fewer letters is told by itself."""

Vector = Sequence[float]


class Task(StrEnum):
    """What is told of a text."""

    ACTS = "acts"
    """What a message does."""
    INTENTS = "intents"
    """What a message wants of the assistant."""
    TOPICS = "topics"
    """What a conversation is of: a ticket, new work, people's lives, or the running of work."""
    STAGES = "stages"
    """How work stands by a message."""


LABELS: Mapping[Task, int] = {Task.ACTS: 15, Task.INTENTS: 8, Task.TOPICS: 4, Task.STAGES: 7}
"""So many things a text can be by each."""


class Affine(NamedTuple):
    """A linear map and what it adds."""

    rows: Sequence[Vector]
    bias: Vector

    def of(self, vector: Vector) -> Vector:
        """Where it takes a vector."""
        return [math.sumprod(row, vector) + bias for row, bias in zip(self.rows, self.bias, strict=True)]


class Norm(NamedTuple):
    """Brings the numbers of a vector to one mean and one variance, and then each to its own."""

    gain: Vector
    bias: Vector

    def of(self, vector: Vector) -> Vector:
        """Where it takes a vector."""
        mean = math.fsum(vector) / len(vector)
        apart = [value - mean for value in vector]
        scale = 1 / math.sqrt(math.sumprod(apart, apart) / len(apart) + SOFTENING)
        return [scale * value * gain + bias for value, gain, bias in zip(apart, self.gain, self.bias, strict=True)]


class Layer(NamedTuple):
    """Lets each word see those beside it."""

    norm: Norm
    convolution: Affine

    def of(self, words: Sequence[Vector]) -> Sequence[Vector]:
        """The words having seen each other."""
        nothing = (0.0,) * DIMENSIONS
        framed = [nothing, *map(self.norm.of, words), nothing]
        windows = (chain(*three) for three in zip(framed, framed[1:], framed[2:], strict=False))
        seen = (self.convolution.of([*window]) for window in windows)
        return [
            [value + max(0.0, new) for value, new in zip(word, news, strict=True)]
            for word, news in zip(words, seen, strict=True)
        ]


class Head(NamedTuple):
    """Tells one thing of a text: attention to some of its words, and what these speak for."""

    attention: Affine
    labels: Affine

    def of(self, words: Sequence[Vector]) -> Vector:
        """How much speaks for each label."""
        pooled = list[float]()
        for scores in zip(*map(self.attention.of, words), strict=True):
            shares = softmax([*scores])
            pooled += [math.sumprod(shares, column) for column in zip(*words, strict=True)]
        return self.labels.of(pooled)


class Network(NamedTuple):
    """All weights.

    Attributes:
        table: a row for each place.
        words: norm of the vectors of words.
        layers: `LAYERS` of them.
        seen: norm of what they give.
        heads: for each task.
        checksum: of what it was trained on.
    """

    table: Table
    words: Norm
    layers: Sequence[Layer]
    seen: Norm
    heads: Mapping[Task, Head]
    checksum: int


def parts(plain: str) -> Iterator[Sequence[str]]:
    """The names of what each word of a text is made of."""
    for token in islice(_split(plain), MOST_WORDS):
        yield token if isinstance(token, tuple) else (*_spelt(token), *_meant(token))


def _split(plain: str) -> Iterator[str | tuple[str, ...]]:
    runs = (islice(run, _MOST_REPEATED) for _, run in groupby(tokens(plain)))
    for token in chain.from_iterable(runs):
        if not is_unspaced(token):
            yield token
            continue
        framed = f"^{token}$"
        for before, each, after in zip(framed, framed[1:], framed[2:], strict=False):
            yield f"sign {each}", f"sign {before}{each}", f"sign {each}{after}", f"sign {before}{each}{after}"


def _spelt(token: str) -> Iterator[str]:
    yield f"word {token}"
    if len(token) >= _SHORTEST_SPELT:
        framed = f" {token} "
        yield from (f"gram {framed[at : at + n]}" for n in _GRAMS for at in range(len(framed) - n + 1))


def _meant(token: str) -> Iterator[str]:
    meanings = dict.fromkeys(concept for term in terms(token) for concept in concepts(term))
    yield from (f"sense {each}" for each in meanings)


def places_of(names: Iterable[str]) -> Sequence[int]:
    """Where the rows of these names stand."""
    return [place_of(name, PLACES) for name in names]


@lru_cache(maxsize=500)
def scores(task: Task, plain: str) -> Vector:
    """How much speaks for each label of a task; nothing does for any of a text without words."""
    words = _encoded(plain)
    return _network().heads[task].of(words) if words else (0.0,) * LABELS[task]


@lru_cache(maxsize=100)
def _encoded(plain: str) -> Sequence[Vector]:
    network = _network()
    words: Sequence[Vector] = [network.words.of(_of_word(tuple(names))) for names in parts(plain)]
    for layer in network.layers:
        words = layer.of(words)
    return [network.seen.of(word) for word in words]


@lru_cache(maxsize=5_000)
def _of_word(names: tuple[str, ...]) -> Vector:
    total = [0.0] * DIMENSIONS
    _network().table.add(total, places_of(names), 1 / math.sqrt(len(names)))
    return total


@cache
def _network() -> Network:
    return unpacked(FILE.read_bytes())


_SIZES = (
    *(2 * DIMENSIONS,) * 2,
    *(2 * DIMENSIONS + DIMENSIONS * (WINDOW * DIMENSIONS + 1),) * LAYERS,
    *(HEADS * (DIMENSIONS + 1) + labels * (HEADS * DIMENSIONS + 1) for labels in LABELS.values()),
)
_TAIL = struct.Struct(f"<{sum(_SIZES)}efI")


def unpacked(data: bytes) -> Network:
    """Read a file."""
    *numbers, step, checksum = _TAIL.unpack(data[-_TAIL.size :])
    left = iter(numbers)

    def norm() -> Norm:
        return Norm(_taken(left, DIMENSIONS), _taken(left, DIMENSIONS))

    def affine(size: int, *, of: int) -> Affine:
        return Affine([_taken(left, of) for _ in range(size)], _taken(left, size))

    table = tables.unpacked(data[: -_TAIL.size], BANDS, step=step)
    words, seen = norm(), norm()
    layers = [Layer(norm(), affine(DIMENSIONS, of=WINDOW * DIMENSIONS)) for _ in range(LAYERS)]
    heads = {
        task: Head(affine(HEADS, of=DIMENSIONS), affine(size, of=HEADS * DIMENSIONS)) for task, size in LABELS.items()
    }
    return Network(table, words, layers, seen, heads, checksum)


def _taken(left: Iterator[float], size: int) -> Vector:
    return [*islice(left, size)]


def packed(rows: Quantized, numbers: Sequence[float], *, checksum: int) -> bytes:
    """A network as its file has it.

    Args:
        rows: of the table.
        numbers: all others, in the order of `unpacked`.
        checksum: of what it was trained on.
    """
    return tables.packed(rows) + _TAIL.pack(*numbers, rows.step, checksum)
