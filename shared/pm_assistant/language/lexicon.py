"""Words that say little, and words that say the same: what any team's language has in common."""

from collections.abc import Sequence
from functools import cache

from pm_assistant.language.text import fold, stem
from pm_assistant.language.thesaurus import SYNONYMS
from pm_assistant.language.vocabulary import COMMON, STOPWORDS

CONCEPT = "="
"""First character of a concept, so that it can never be taken for a term."""

_JOINT = "_"


@cache
def _stopwords() -> frozenset[str]:
    words = {fold(word) for word in STOPWORDS.split()}
    return frozenset(words | {stem(word) for word in words} | {word.replace("'", "") for word in words if "'" in word})


@cache
def _concepts() -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for number, line in enumerate(SYNONYMS.split("\n")):
        concept = f"{CONCEPT}{number}"
        for word in line.split():
            term = stem(word) if _JOINT not in word else _JOINT.join(map(stem, word.split(_JOINT)))
            groups.setdefault(term, []).append(concept)
    return {term: tuple(names) for term, names in groups.items()}


@cache
def _openers() -> frozenset[str]:
    return frozenset(term.partition(_JOINT)[0] for term in _concepts() if _JOINT in term)


@cache
def _common() -> frozenset[str]:
    return frozenset(stem(word) for word in COMMON.split())


def weight(term: str) -> float:
    """Rate from 0 to 1 how much it says that two texts share this stemmed term."""
    if term in _stopwords() or (len(term) == 1 and not term.isdigit()):
        return 0.0
    if term in _common() or len(term) == 1:
        return 0.4
    return 0.7 if term.isdigit() and len(term) < 3 else 1.0


def is_stopword(term: str) -> bool:
    """Say whether a term carries no subject of its own (English, German, French, Spanish)."""
    return term in _stopwords()


def concepts(term: str) -> tuple[str, ...]:
    """Name the concepts a stemmed term stands for; words with a common concept can mean the same."""
    return _concepts().get(term, ())


def telling(terms: Sequence[str]) -> list[str]:
    """Keep the terms of a text that carry a subject, in order, and add what pairs of them mean only together.

    `get your money back` gives `money`, and `money_back` as a term of its own.
    """
    known, openers, stopwords = _concepts(), _openers(), _stopwords()
    found = []
    for i, term in enumerate(terms):
        if term not in stopwords:
            found.append(term)
        if term in openers:
            found += [pair for later in terms[i + 1 : i + 3] if (pair := f"{term}{_JOINT}{later}") in known]
    return found
