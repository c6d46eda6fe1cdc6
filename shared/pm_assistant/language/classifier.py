"""Small trained models that tell kinds of texts apart: multinomial logistic regression over hashed features.

A model is a file of weights, a row of signed bytes for each place that a feature's name is hashed to; behind them the
biases, what a step of a weight is, and the checksum of what it was trained on. Reading one takes plain Python, and
gives the same everywhere; `infra/text_models.py` trains them.
"""

import math
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pm_assistant.language.meaning import concepts, subject_terms
from pm_assistant.language.scripts import MARKS, UNSPACED, is_unspaced
from pm_assistant.language.text import fold, terms

_TOKEN = re.compile(
    rf"[{UNSPACED}]+|\d+(?:[.,:]\d+)*|(?:(?![{UNSPACED}])[\w{MARKS}])+(?:'(?:(?![{UNSPACED}])\w)+)*|[^\w\s]"
)
_NUMBER = "0"
_WORD_GRAMS, _UNSPACED_GRAMS, _PHRASES = (3, 4, 5), (1, 2, 3, 4, 5), (1, 2, 3)
_ENDS = 5
_LONGEST = 7
_SHARES = (1.0, 1.0, 0.6, 0.7)
"""How much count: words and phrases, spelling, how the text ends and how long it is, and what its words can mean."""
_MOST = 10.0
"""Heavier weights are cut: finer steps for all others tell more."""


class Kind(NamedTuple):
    """Features of one kind by name, and how much all of them count together."""

    share: float
    names: frozenset[str]


class Group(NamedTuple):
    """Features that all have one value, so that long texts say no more than short ones."""

    value: float
    places: frozenset[int]


class Weights(NamedTuple):
    """What a file holds: a row of whole numbers a place, the biases, and what a step of a weight is."""

    rows: memoryview
    biases: tuple[float, ...]
    scale: float


class Classifier[Label]:
    """Tells which of some labels fits a text.

    Attributes:
        file: its weights.
        labels: in the order of the weights.
    """

    def __init__(
        self, file: Path, labels: Iterable[Label], *, places: int, kinds: Callable[[str], Iterable[Kind]]
    ) -> None:
        """Describe a model.

        Args:
            file: its weights.
            labels: in the order of the weights.
            places: how many there are for features; two that share one are taken for the same.
            kinds: the features of a text.
        """
        self.file, self.labels = file, tuple(labels)
        self._places, self._kinds = places, kinds
        self._tail = struct.Struct(f"<{len(self.labels) + 1}fI")

    def evidence(self, text: str) -> list[float]:
        """How much the features of a text speak for each label."""
        return self.scores(self.groups(text), self._weights)

    def scores(self, groups: Iterable[tuple[float, Iterable[int]]], weights: Weights) -> list[float]:
        """What groups of features speak for each label."""
        rows, biases, scale = weights
        width = len(self.labels)
        scores = list(biases)
        for value, places in groups:
            # Whole numbers, so that their order counts for nothing.
            steps = [sum(column) for column in zip(*(rows[p * width : (p + 1) * width] for p in places), strict=True)]
            scores = [score + value * scale * step for score, step in zip(scores, steps or [0] * width, strict=True)]
        return scores

    def groups(self, text: str) -> Iterator[Group]:
        """The features of a text, hashed to their places."""
        for share, names in self._kinds(text):
            places = frozenset(zlib.crc32(name.encode()) % self._places for name in names)
            yield Group(share / math.sqrt(max(1, len(places))), places)

    @cached_property
    def _weights(self) -> Weights:
        return self.unpacked(self.file.read_bytes())

    def unpacked(self, data: bytes) -> Weights:
        """The weights of a file."""
        size = self._places * len(self.labels)
        *biases, scale, _ = self._tail.unpack_from(data, size)
        return Weights(memoryview(data)[:size].cast("b"), tuple(biases), scale)

    def packed(self, rows: Mapping[int, Sequence[float]], biases: Sequence[float], checksum: int) -> bytes:
        """A model as its file has it; a weight is kept in as many steps as a signed byte has."""
        width = len(self.labels)
        most = max((abs(weight) for row in rows.values() for weight in row), default=1.0)
        scale = min(most, _MOST) / 127
        body = bytearray(self._places * width)
        for place, row in rows.items():
            steps = (max(-127, min(127, round(weight / scale))) for weight in row)
            body[place * width : (place + 1) * width] = struct.pack(f"{width}b", *steps)
        return bytes(body) + self._tail.pack(*biases, scale, checksum)

    def trained_on(self) -> int:
        """The checksum of the texts that the model was trained on."""
        *_, checksum = self._tail.unpack_from(self.file.read_bytes(), self._places * len(self.labels))
        return int(checksum)


def softmax(scores: list[float]) -> list[float]:
    """Probabilities of scores."""
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = math.fsum(odds)
    return [each / total for each in odds]


def kinds_in(plain: str) -> Iterator[Kind]:
    """The features of a plain text: its words and phrases, its spelling, its end and length, and its meaning."""
    said = tokens(plain)
    names = (_phrases(said), _spelling(said), _shape(plain, said), _meant(plain))
    yield from (Kind(share, frozenset(each)) for share, each in zip(_SHARES, names, strict=True))


def tokens(plain: str) -> list[str]:
    """The words and signs of a plain text in order, folded; all numbers are one."""
    found = _TOKEN.finditer(fold(plain).replace("\u2019", "'"))
    return [_NUMBER if match[0][0].isdigit() else match[0] for match in found]


def _phrases(tokens: list[str]) -> Iterator[str]:
    framed = ["^", *tokens, "$"]
    for size in _PHRASES:
        for start in range(len(framed) - size + 1):
            yield " ".join(framed[start : start + size])
    for before, after in zip(framed, framed[2:], strict=False):
        yield f"{before} _ {after}"


def _spelling(tokens: list[str]) -> Iterator[str]:
    for token in tokens:
        if is_unspaced(token):
            yield from _grams(token, _UNSPACED_GRAMS)
        elif token[0].isalpha():
            yield from _grams(f" {token} ", _WORD_GRAMS)


def _grams(text: str, sizes: tuple[int, ...]) -> Iterator[str]:
    for size in sizes:
        for start in range(len(text) - size + 1):
            yield f"~{text[start : start + size]}"


def _shape(plain: str, tokens: list[str]) -> Iterator[str]:
    said = "".join(tokens)
    yield from (f"${said[-length:]}" for length in range(1, _ENDS + 1))
    yield f"#{min(_LONGEST, int(math.log2(1 + len(plain))))}"


def _meant(plain: str) -> Iterator[str]:
    """What its words can mean, which is the same in every language."""
    return (concept for term in subject_terms(terms(plain)) for concept in concepts(term))
