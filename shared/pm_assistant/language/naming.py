"""Which tickets people may mean who name one in words: by what it is called, and not by who speaks or when."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence, Set
from typing import NamedTuple

from pm_assistant.domain.index import COUNT_BITS, TicketHead, TicketIndex
from pm_assistant.language.meaning import concepts
from pm_assistant.language.ranking.words import terms
from pm_assistant.language.text import spellings

MOST_NAMED = 3
"""Tickets that are named to somebody who has to say which one is meant."""
_MOST_TERMS = 12
_SHORTEST_ALIKE, _LONGEST_ENDING = 5, 4
_SHORTEST_BEGINNING = 4
_WRITTEN_AS_NAME = re.compile(r"[a-z0-9][A-Z]|\b[A-Z]{2,}\b|\d[A-Za-z]|[A-Za-z]\d")
_VOWELS = frozenset("aeiouy\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f")
"""As they are without accents; the second half is Cyrillic."""
_TITLE, _BODY, _MEANT = 1.0, 0.5, 0.5
"""What it counts that a word stands in a title, in a description, or that a title says it otherwise or begins so."""


class Called(NamedTuple):
    """What words may name.

    Attributes:
        fitting: the tickets that have all of these words: in their titles, or where no title has all, besides in
            their descriptions; else the one that alone has the rarest of them, where that tells enough.
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
    scored: list[tuple[float, _Candidate]] = []
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
            scored += [(score, _Candidate(head, in_title, besides))] if score else []
    scored.sort(key=lambda each: (-each[0], each[1].head.id))
    near = tuple(each.head for score, each in scored[:MOST_NAMED] if 2 * score >= scored[0][0])
    fitting = titled or whole or _having_the_rarest(told, said, [candidate for _, candidate in scored])
    return Called(tuple(fitting), near)


class _Candidate(NamedTuple):
    """A ticket that may be called so.

    Attributes:
        in_title: the words that its title has.
        besides: those that its description alone has.
    """

    head: TicketHead
    in_title: Set[str]
    besides: Set[str]

    @property
    def has(self) -> Set[str]:
        """All that it has."""
        return self.in_title | self.besides


def _having_the_rarest(told: Collection[str], said: str, candidates: Sequence[_Candidate]) -> Sequence[TicketHead]:
    """The ticket that alone has the rarest of these words, if its title means all the others.

    Where one of them is a name, others may be missing, if there is no ticket that these speak of; and it may stand in
    the description alone.
    """
    having = {term: [c for c in candidates if term in c.has] for term in told}
    rarest = [term for term, holders in having.items() if len(holders) == 1]
    holders = {having[term][0].head.id: having[term][0] for term in rarest}
    if len(holders) != 1:
        return ()
    [one] = holders.values()
    missing = {term for term in told if term not in one.has} - _alike_in(told, terms(one.head.title))
    is_named = any(_is_name(term, one.head.title if term in one.in_title else "", said) for term in rarest)
    if missing:
        others = (c for c in candidates if c is not one)
        fits = is_named and not any(missing <= c.in_title | _alike_in(missing, terms(c.head.title)) for c in others)
    else:
        fits = is_named or not one.in_title.isdisjoint(rarest)
    return (one.head,) if fits else ()


def _is_name(term: str, title: str, said: str) -> bool:
    """Whether a word is what something is called, such as `VoiceOver`, `SEPA` or `Postgres`.

    It is written as only names are; or it stands in Latin letters among words in others; or it begins with a capital
    where no sentence does, and is no word that we know.
    """
    spelt = [each for each in (spellings(said).get(term), spellings(title).get(term)) if each]
    if any(_WRITTEN_AS_NAME.search(each) for each in spelt):
        return True
    begins, is_latin = next(iter(terms(title)), None) == term, term.isascii()
    among_others = is_latin and any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN") for c in title)
    return among_others or (not begins and not concepts(term) and any(each[:1].isupper() for each in spelt[1:]))


def _said_in(told: Iterable[str], title: Iterable[str]) -> Set[str]:
    words = {*title}
    return {term for term in told if term in words or any(_is_form_of(term, word) for word in words)}


def _meant_in(told: Iterable[str], title: Iterable[str]) -> Set[str]:
    beginnings = {word[:_SHORTEST_BEGINNING] for word in title if len(word) >= _SHORTEST_BEGINNING}
    return _alike_in(told, title) | {term for term in told if term[:_SHORTEST_BEGINNING] in beginnings}


def _alike_in(told: Iterable[str], title: Iterable[str]) -> Set[str]:
    senses = {sense for word in title for sense in concepts(word)}
    return {term for term in told if not senses.isdisjoint(concepts(term))}


def _is_form_of(one: str, other: str) -> bool:
    """Whether two words differ in their endings alone."""
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    endings = one[same:], other[same:]
    return same >= _SHORTEST_ALIKE and all(
        not ending or (ending[0] in _VOWELS and len(ending) <= _LONGEST_ENDING) for ending in endings
    )
