"""What words can mean: three files have a line for each concept, with the words that can stand for it.

It is what this analyst knows in place of a model: `data/synonyms.txt` of software, its business and everyday office
talk, `data/languages.txt` of the things that products are about, as twelve languages call them, and `data/life.txt` of
what people tell of their lives. A word with a `_` or a `-` is two words that mean it only together; one with a `*`
stands for whatever begins so.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

from pm_assistant.language.lexicon import stopwords
from pm_assistant.language.scripts import is_unspaced, pieces
from pm_assistant.language.text import fold, stem

DATA = Path(__file__).with_name("data")
SYNONYMS, LANGUAGES, LIFE = DATA / "synonyms.txt", DATA / "languages.txt", DATA / "life.txt"
CONCEPT = "="
"""First character of a concept, so that it can never be taken for a term."""
EVERYDAY = f"{CONCEPT}~"
"""Likewise of one that is not of software, but of what products are about, or of people's lives."""
OF_LIFE = f"{EVERYDAY}!"
"""Likewise of one of the latter."""

_NAMED_BY = 3
_JOINT = "_"
_JOINTS = re.compile("[_-]")
_PAIR = 2
"""More words than these are not looked for together."""
_BEGINNING = "*"
_SHORTEST_BEGINNING = 3
_SHORTEST_COMPOUND, _SHORTEST_START, _SHORTEST_END = 10, 4, 5
"""From how many letters on a word may be a compound, and what it ends with be read by itself."""
_LONGEST_WORD = 60
"""What is longer is no word, and would take long to try."""
_SUFFIX = "schaft"
"""Makes a noun of another, as in `Wirtschaft`; it is no word of its own."""
_MOST_AFTER = (0, 0, 0, 2, 4, 8)
"""How many letters may follow a beginning, by its length: a short one is the beginning of much else."""


@cache
def _concepts() -> dict[str, tuple[str, ...]]:
    """By terms, and by beginnings of terms, those with an asterisk."""
    found: dict[str, tuple[str, ...]] = {}
    for file, mark in ((SYNONYMS, CONCEPT), (LANGUAGES, EVERYDAY), (LIFE, OF_LIFE)):
        for line in file.read_text("utf-8").splitlines():
            words = line.split()
            # Named by its first words, so that what was learned of it stays true when lines are added; and one for
            # all words of a line: most have no other.
            only = (mark + "/".join(words[:_NAMED_BY]),)
            for term in map(_term, words):
                known = found.get(term)
                if known is None:
                    found[term] = only
                elif only[0] not in known:
                    found[term] = known + only
    return found


def _term(word: str) -> str:
    """A word of a file as `text.terms` gives it; of one that is cut into pieces its first two tell enough.

    Of more than two words that mean it together those count that carry a subject, as of `fin-de-semana`.
    """
    is_joint = _JOINT in word or "-" in word
    if word.isascii() and not is_joint:  # nearly half of all, and they are folded
        return word if word.endswith(_BEGINNING) else stem(word)
    if is_unspaced(word):
        return _JOINT.join(islice(pieces(fold(word.rstrip(_BEGINNING))), _PAIR))
    if word.endswith(_BEGINNING) and not is_joint:
        return fold(word)
    parts = [stem(fold(part)) for part in _JOINTS.split(word.rstrip(_BEGINNING))]
    if len(parts) > _PAIR:
        parts = [part for part in parts if part not in stopwords()] or parts
    return _JOINT.join(parts[:_PAIR])


@cache
def _openers() -> frozenset[str]:
    return frozenset(term.partition(_JOINT)[0] for term in _concepts() if _JOINT in term)


def concepts(term: str) -> tuple[str, ...]:
    """Name the concepts a stemmed term stands for; words with a common concept can mean the same."""
    return _known(term)


@lru_cache(maxsize=50_000)
def _known(term: str) -> tuple[str, ...]:
    """What it stands for itself, by the longest of its beginnings, and by the longest of its ends."""
    known = _concepts()
    return tuple(dict.fromkeys((*known.get(term, ()), *_by_beginning(term, known), *_by_parts(term, known))))


def _by_beginning(term: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: list[str] = []
    for length in range(min(len(term), _LONGEST_WORD), _SHORTEST_BEGINNING - 1, -1):
        after = len(term) - length
        if after <= _MOST_AFTER[min(length, len(_MOST_AFTER) - 1)]:
            found += known.get(term[:length] + _BEGINNING, ())
    return tuple(found)


def _by_parts(term: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What a compound such as `Sammelrechnung` is one of, by the longest word of ours that it ends with."""
    if (
        not _SHORTEST_COMPOUND <= len(term) <= _LONGEST_WORD
        or term in known
        or _SUFFIX in term
        or not (term.isascii() and term.isalpha())
    ):
        return ()
    for start in range(_SHORTEST_START, len(term) - _SHORTEST_END + 1):
        end = term[start:]
        if names := known.get(end) or _by_beginning(end, known):
            return names
    return ()


def is_of_life(term: str) -> bool:
    """Whether a stemmed term can be of what people tell of their lives."""
    return any(concept.startswith(OF_LIFE) for concept in concepts(term))


def is_of_things(term: str) -> bool:
    """Whether a stemmed term can be of software, its business, or what products are about."""
    return any(not concept.startswith(OF_LIFE) for concept in concepts(term))


def is_technical(term: str) -> bool:
    """Whether a stemmed term is of software and its business."""
    return any(not concept.startswith(EVERYDAY) for concept in concepts(term))


def subject_terms(terms: Sequence[str]) -> list[str]:
    """Keep the terms of a text that carry a subject, in order, and add what pairs of them mean only together.

    `get your money back` gives `money`, and `money_back` as a term of its own.
    """
    all_concepts, openers, without_subject = _concepts(), _openers(), stopwords()
    selected = []
    for i, term in enumerate(terms):
        if term not in without_subject:
            selected.append(term)
        if term in openers:
            selected += [
                pair for next_term in terms[i + 1 : i + 3] if (pair := f"{term}{_JOINT}{next_term}") in all_concepts
            ]
    return selected
