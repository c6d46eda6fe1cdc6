"""Which tickets people may mean who name one in words: by what it is called, and not by who speaks or when."""

from collections.abc import Callable, Iterable, Set
from typing import NamedTuple

from pm_assistant.domain.index import COUNT_BITS, TicketHead, TicketIndex
from pm_assistant.language.meaning import concepts
from pm_assistant.language.ranking.words import terms

MOST_NAMED = 3
"""Tickets that are named to somebody who has to say which one is meant."""
_MOST_TERMS = 12
_SHORTEST_ALIKE, _LONGEST_ENDING = 5, 4
_SHORTEST_BEGINNING = 4
_VOWELS = frozenset("aeiouy\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f")
"""As they are without accents; the second half is Cyrillic."""
_TITLE, _BODY, _MEANT = 1.0, 0.5, 0.5
"""What it counts that a word stands in a title, in a description, or that a title says it otherwise or begins so."""


class Called(NamedTuple):
    """What words may name.

    Attributes:
        fitting: the tickets that have all of these words: in their titles, or where no title has all, besides in
            their descriptions.
        near: those that come nearest, best first, where none fits or more than one does.
    """

    fitting: tuple[TicketHead, ...] = ()
    near: tuple[TicketHead, ...] = ()


def tickets_called(said: str, index: TicketIndex, *, may_be: Callable[[TicketHead], bool]) -> Called:
    """Find the tickets that are called so.

    Args:
        said: what one is called, without words that only say that it is a ticket.
        index: of the tenant's tickets.
        may_be: which of them may be meant at all.
    """
    told = list(dict.fromkeys(terms(said)))[:_MOST_TERMS]
    if not told:
        return Called()
    having = {term: {posting >> COUNT_BITS for posting in index.postings(term)} for term in told}
    titled: list[TicketHead] = []
    whole: list[TicketHead] = []
    scored: list[tuple[float, TicketHead]] = []
    for part in index.parts:
        for number in index.numbers(part):
            head = index.heads[number]
            if not may_be(head):
                continue
            in_title = _said_in(told, terms(head.title))
            besides = {term for term in told if number in having[term]} - in_title
            if len(in_title) == len(told):
                titled.append(head)
            elif in_title and len(in_title | besides) == len(told):
                whole.append(head)
            meant = _meant_in(told, terms(head.title)) - in_title - besides
            score = _TITLE * len(in_title) + _BODY * len(besides) + _MEANT * len(meant)
            scored += [(score, head)] if score else []
    scored.sort(key=lambda each: (-each[0], each[1].id))
    near = tuple(head for score, head in scored[:MOST_NAMED] if 2 * score >= scored[0][0])
    return Called(tuple(titled or whole), near)


def _said_in(told: Iterable[str], title: Iterable[str]) -> Set[str]:
    words = {*title}
    return {term for term in told if term in words or any(_is_form_of(term, word) for word in words)}


def _meant_in(told: Iterable[str], title: Iterable[str]) -> Set[str]:
    senses = {sense for word in title for sense in concepts(word)}
    beginnings = {word[:_SHORTEST_BEGINNING] for word in title if len(word) >= _SHORTEST_BEGINNING}
    return {term for term in told if term[:_SHORTEST_BEGINNING] in beginnings or not senses.isdisjoint(concepts(term))}


def _is_form_of(one: str, other: str) -> bool:
    """Whether two words differ in their endings alone."""
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    endings = one[same:], other[same:]
    return same >= _SHORTEST_ALIKE and all(
        not ending or (ending[0] in _VOWELS and len(ending) <= _LONGEST_ENDING) for ending in endings
    )
