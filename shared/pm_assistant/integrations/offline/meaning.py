"""What words can mean: `data/synonyms.txt` has a line for each concept, with the words that can stand for it.

It is what this analyst knows in place of a model: software, its business and everyday office talk. A word with a `_`
is two words that mean it only together.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pm_assistant.language.lexicon import stopwords
from pm_assistant.language.text import stem

SYNONYMS = Path(__file__).with_name("data") / "synonyms.txt"
CONCEPT = "="
"""First character of a concept, so that it can never be taken for a term."""

_JOINT = "_"


@cache
def _concepts() -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for number, line in enumerate(SYNONYMS.read_text("utf-8").splitlines()):
        concept = f"{CONCEPT}{number}"
        for word in line.split():
            term = _JOINT.join(map(stem, word.split(_JOINT)))
            groups.setdefault(term, []).append(concept)
    return {term: tuple(names) for term, names in groups.items()}


@cache
def _openers() -> frozenset[str]:
    return frozenset(term.partition(_JOINT)[0] for term in _concepts() if _JOINT in term)


def concepts(term: str) -> tuple[str, ...]:
    """Name the concepts a stemmed term stands for; words with a common concept can mean the same."""
    return _concepts().get(term, ())


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
