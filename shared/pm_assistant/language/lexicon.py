"""Words that say little about what a text is about, in languages that teams write.

`data/stopwords.txt` holds words without a subject of their own (English, German, French, Spanish, Portuguese, Italian,
Russian, Hindi; of Japanese,
Chinese and Korean their pieces as `scripts` cuts them), `data/common.txt` words so frequent in any office that
sharing them proves little.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from pm_assistant.language.text import fold, stem

DATA = Path(__file__).with_name("data")


_GRAMMAR = re.compile("[\u3041-\u309f]+")
"""Hiragana alone, which Japanese inflects and joins words with, and writes few words in that name a thing."""


@cache
def stopwords() -> frozenset[str]:
    """Stemmed terms without a subject of their own."""
    words = {fold(word) for word in _words("stopwords")}
    return frozenset(words | {stem(word) for word in words} | {word.replace("'", "") for word in words if "'" in word})


@cache
def _common() -> frozenset[str]:
    return frozenset(stem(word) for word in _words("common"))


def weight(term: str) -> float:
    """Rate from 0 to 1 how much it says that two texts share this stemmed term."""
    if term in stopwords() or (len(term) == 1 and term.isascii() and not term.isdigit()):
        return 0.0
    if term in _common() or len(term) == 1:
        return 0.4
    if _GRAMMAR.fullmatch(term):
        return 0.2
    return 0.7 if term.isdigit() and len(term) < 3 else 1.0


A_WORD = 1.0
"""The content of one telling word."""


def content(terms: Iterable[str]) -> float:
    """How much stemmed terms say between them."""
    return sum(map(weight, terms))


def content_terms(terms: Iterable[str]) -> list[str]:
    """Keep the stemmed terms that carry a subject, in order."""
    return [term for term in terms if term not in stopwords()]


@cache
def patterns_in(name: str) -> Mapping[str, Sequence[re.Pattern[str]]]:
    """The patterns of a data file, one a line, by the names that stand before them; for folded text."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for line in (DATA / f"{name}.txt").read_text("utf-8").splitlines():
        what, _, pattern = line.partition(": ")
        if pattern and not line.startswith("#"):
            found.setdefault(what, []).append(re.compile(pattern))
    return found


def _words(name: str) -> list[str]:
    return (DATA / f"{name}.txt").read_text("utf-8").split()
