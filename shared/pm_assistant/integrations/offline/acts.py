"""What a message does, by a model trained on messages in twelve languages: reports, asks, states, chats.

`data/acts.bin` has its weights, a row of signed bytes for each place that a feature's name is hashed to; behind them
the biases, the scale and the checksum of what it was trained on. `infra/train_acts.py` makes it of
`infra/training/acts.tsv`, and infra/adr/0096 says how good it is.
"""

import math
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from pm_assistant.integrations.offline.linear import DATA
from pm_assistant.language.meaning import concepts, subject_terms
from pm_assistant.language.scripts import MARKS, UNSPACED, is_unspaced
from pm_assistant.language.text import fold, terms


class Act(StrEnum):
    """What the author of a message does with it; of several what weighs most."""

    COMPLETED = "completed"
    REVIEW = "review"
    STARTED = "started"
    CANCELED = "canceled"
    REOPENED = "reopened"
    UNFINISHED = "unfinished"
    PROBLEM = "problem"
    REQUEST = "request"
    DETAIL = "detail"
    QUESTION = "question"
    LOGISTICS = "logistics"
    CHATTER = "chatter"
    REACTION = "reaction"
    KNOWN = "known"
    UNKNOWN = "unknown"


ACTS = tuple(Act)
SMALL_TALK = (Act.CHATTER, Act.LOGISTICS, Act.REACTION)
"""What is said of nothing that is worked on."""
PROGRESS = (Act.COMPLETED, Act.REVIEW, Act.STARTED, Act.CANCELED, Act.REOPENED)
"""What says how work stands."""
PLACES = 1 << 17
"""How many places there are for features; two that share one are taken for the same."""
FILE = DATA / "acts.bin"
_TAIL = struct.Struct(f"<{len(ACTS) + 1}fI")

_TOKEN = re.compile(
    rf"[{UNSPACED}]+|\d+(?:[.,:]\d+)*|(?:(?![{UNSPACED}])[\w{MARKS}])+(?:'(?:(?![{UNSPACED}])\w)+)*|[^\w\s]"
)
_NUMBER = "0"
_WORD_GRAMS, _UNSPACED_GRAMS, _PHRASES = (3, 4, 5), (1, 2, 3, 4, 5), (1, 2, 3)
_ENDS = 5
_LONGEST = 7
_SHARES = (1.0, 1.0, 0.6, 0.7)
"""How much count: words and phrases, spelling, how the message ends and how long it is, and what its words can mean."""


class Stance(NamedTuple):
    """How likely some messages do something between them, each 0 to 1.

    Attributes:
        small_talk: all of what opens them is about lives or the running of work, or is only an answer.
        wanted: a problem is reported, or something asked for.
        progress: it is stated how work stands.
        known: it is said to be known or planned.
        unknown: it is said to be new, or not there.
        detail: facts about it are told.
        question: what opens them only asks.
    """

    small_talk: float = 0.0
    wanted: float = 0.0
    progress: float = 0.0
    known: float = 0.0
    unknown: float = 0.0
    detail: float = 0.0
    question: float = 0.0

    @classmethod
    def of(cls, messages: Sequence[Mapping[Act, float]], *, small_talk: float) -> "Stance":
        """Of messages in order, each by what it likely does, and how likely the opening is small talk."""
        if not messages:
            return cls()

        def likeliest(*wanted: Act) -> float:
            return max(math.fsum(message[act] for act in wanted) for message in messages)

        return cls(
            small_talk=small_talk,
            wanted=likeliest(Act.PROBLEM, Act.REQUEST),
            progress=likeliest(*PROGRESS),
            known=likeliest(Act.KNOWN),
            unknown=likeliest(Act.UNKNOWN),
            detail=likeliest(Act.DETAIL),
            question=messages[0][Act.QUESTION],
        )


NO_STANCE = Stance()
"""Of nothing."""


class Group(NamedTuple):
    """Features that all have one value, so that long messages say no more than short ones."""

    value: float
    places: frozenset[int]


@lru_cache(maxsize=500)
def acts(plain: str) -> Mapping[Act, float]:
    """How likely a plain text does each; it adds up to 1."""
    weights, biases, scale = _model()
    width = len(ACTS)
    scores = list(biases)
    for value, places in groups(plain):
        # Whole numbers, so that their order counts for nothing.
        steps = [sum(column) for column in zip(*(weights[p * width : (p + 1) * width] for p in places), strict=True)]
        scores = [score + value * scale * step for score, step in zip(scores, steps or [0] * width, strict=True)]
    return dict(zip(ACTS, softmax(scores), strict=True))


def softmax(scores: list[float]) -> list[float]:
    """Probabilities of scores."""
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = math.fsum(odds)
    return [each / total for each in odds]


@cache
def _model() -> tuple[memoryview, tuple[float, ...], float]:
    return unpacked(FILE.read_bytes())


def unpacked(data: bytes) -> tuple[memoryview, tuple[float, ...], float]:
    """The weights of a file, a row of whole numbers a place, the biases, and what a step of a weight is."""
    *biases, scale, _ = _TAIL.unpack_from(data, PLACES * len(ACTS))
    return memoryview(data)[: PLACES * len(ACTS)].cast("b"), tuple(biases), scale


def trained_on() -> int:
    """The checksum of the messages that the model was trained on."""
    *_, checksum = _TAIL.unpack_from(FILE.read_bytes(), PLACES * len(ACTS))
    return int(checksum)


def packed(weights: Mapping[int, list[float]], biases: list[float], checksum: int) -> bytes:
    """A model as its file has it; a weight is kept in as many steps as a signed byte has."""
    most = max((abs(weight) for row in weights.values() for weight in row), default=1.0)
    scale = min(most, _MOST) / 127
    body = bytearray(PLACES * len(ACTS))
    for place, row in weights.items():
        steps = (max(-127, min(127, round(weight / scale))) for weight in row)
        start = place * len(ACTS)
        body[start : start + len(ACTS)] = struct.pack(f"{len(ACTS)}b", *steps)
    return bytes(body) + _TAIL.pack(*biases, scale, checksum)


_MOST = 10.0
"""Heavier weights are cut: finer steps for all others tell more."""


def groups(plain: str) -> Iterator[Group]:
    """Name what is in a text and hash it: its words and phrases, its spelling, its end and length, and its meaning."""
    for share, names in zip(_SHARES, names_in(plain), strict=True):
        places = frozenset(zlib.crc32(name.encode()) % PLACES for name in names)
        yield Group(share / math.sqrt(max(1, len(places))), places)


def names_in(plain: str) -> tuple[frozenset[str], ...]:
    """The four kinds of features by name."""
    tokens = [
        _NUMBER if match[0][0].isdigit() else match[0] for match in _TOKEN.finditer(fold(plain).replace("\u2019", "'"))
    ]
    return frozenset(_phrases(tokens)), frozenset(_spelling(tokens)), frozenset(_shape(plain, tokens)), _meant(plain)


def _meant(plain: str) -> frozenset[str]:
    """What its words can mean, which is the same in every language."""
    return frozenset(concept for term in subject_terms(terms(plain)) for concept in concepts(term))


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
