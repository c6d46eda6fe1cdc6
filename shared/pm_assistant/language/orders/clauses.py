"""The clauses of a message, and what is left of them without politeness."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pm_assistant.language.orders.masking import ADDRESS, Span, Utterance
from pm_assistant.language.orders.phrases import wording

EDGE = " \t\r\n.,;!?:*_\u3002\u0964\u2013\u2014-\u00bf\u00a1"
"""Signs that may stand around what is said."""
QUOTES = "\"'\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f"
_CLAUSE = re.compile(r"[^\n]*?(?:[.!?;](?=\s|$|[^\x00-\u024f])|(?<=[\u3040-\u9fff])[.!?](?![a-z0-9])|\n|\Z)|[^\n]+")
_PART = re.compile(r",\s+|(?<=[\u4e00-\u9fff]),(?=[\u4e00-\u9fff])|\s+[\u2013\u2014-]\s+")


class Clause(NamedTuple):
    """A clause by where it stands in a message.

    Attributes:
        bare: what it, or a part of it, says: without whom it is said to and without politeness.
    """

    utterance: Utterance
    start: int
    end: int
    bare: str

    @property
    def text(self) -> str:
        """As it stands in the message."""
        return self.utterance.text[self.start : self.end].strip()

    @property
    def masked(self) -> str:
        """Its author's own words."""
        return self.utterance.masked[self.start : self.end]

    @property
    def said(self) -> str:
        """These without our name, up to the sign that ends them."""
        return self.masked.replace(ADDRESS, "").rstrip()

    @property
    def addressed(self) -> bool:
        """Whether it names us."""
        return ADDRESS in self.masked

    @property
    def parts(self) -> Sequence["Clause"]:
        """What stands between its commas and dashes."""
        return [self._replace(bare=without_politeness(part)) for part in _PART.split(self.bare)]


def clause_spans(said: str) -> Iterator[Span]:
    """Where the clauses stand in what is said."""
    return (match.span() for match in _CLAUSE.finditer(said))


def clause_at(utterance: Utterance, start: int, end: int) -> Clause:
    """The clause that stands there."""
    shown = utterance.masked[start:end]
    said = " ".join(shown.replace(ADDRESS, " ").split()).strip(EDGE)
    return Clause(utterance, start, end, without_politeness(wording("polite_behind_verb").sub(r"\1 ", said)))


def without_politeness(said: str) -> str:
    """What is said, without what is only polite around it."""
    said = said.strip(EDGE)
    while True:
        shorter = wording("polite_closing").sub("", said).strip(EDGE)
        if (polite := wording("polite_opening").match(shorter)) and polite.end() < len(shorter):
            shorter = shorter[polite.end() :].strip(EDGE)
        if shorter == said:
            return said
        said = shorter
