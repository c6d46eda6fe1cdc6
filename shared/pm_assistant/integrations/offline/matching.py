"""How well what was said fits one ticket: features a person can follow, weighed by a logistic model."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from pm_assistant.domain import text
from pm_assistant.domain.lexicon import concepts, weight
from pm_assistant.domain.work import Ticket

# How much a title word counts when it was not said itself but in another word or spelling.
_SAME_CONCEPT = 0.7
_SAME_SPELLING = 0.8
_LEAST_ALIKE = 5
_NAMED = 0.97

# Weights of the conditional logit, fitted and measured by tests/bench/judgement.py.
_WEIGHTS = (0.9, 2.2, 2.6, 2.0, 0.4, 1.3, 2.6, 0.4)
_NOBODY = (1.9, 2.2, 1.2, 3.8, 2.5)


@dataclass(frozen=True)
class Said:
    """The words of some messages: each term's weight (a root counts more than a reply) and the pairs in sequence."""

    terms: Mapping[str, float]
    concepts: Mapping[str, float]
    pairs: frozenset[tuple[str, str]]
    chatter: float = 0.0
    untracked: bool = False

    def spelt_from(self, initial: str) -> Mapping[str, float]:
        """The telling words with that first letter: misspellings and cognates keep it, and comparing all is slow."""
        return self._by_initial.get(initial, {})

    @cached_property
    def _by_initial(self) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = {}
        for term, share in self.terms.items():
            if len(term) >= _LEAST_ALIKE and weight(term) == 1.0:
                found.setdefault(term[0], {})[term] = share
        return found

    @property
    def context(self) -> tuple[float, ...]:
        """What speaks for no ticket at all.

        Nothing in particular, chatter, how much was said, how much of it
        is technical, and that someone said there is none.
        """
        whole = sum(weight(term) for term in self.terms)
        technical = sum(weight(term) for term in self.terms if concepts(term))
        return (1.0, self.chatter, math.log1p(whole), technical / max(whole, 2.0), float(self.untracked))

    @classmethod
    def of(cls, weighted: Iterable[tuple[str, float]], *, chatter: float = 0.0, untracked: bool = False) -> "Said":
        """Read plain texts with their weights."""
        terms: dict[str, float] = {}
        meanings: dict[str, float] = {}
        pairs: set[tuple[str, str]] = set()
        for plain, share in weighted:
            words = [term for term in text.terms(plain) if weight(term)]
            pairs |= _pairs(words)
            for term in words:
                terms[term] = max(terms.get(term, 0.0), share)
                for concept in concepts(term):
                    meanings[concept] = max(meanings.get(concept, 0.0), share)
        return cls(terms, meanings, frozenset(pairs), chatter, untracked)


@dataclass(frozen=True)
class Fit:
    """How one ticket fits: its probability, the words that were shared, best first, and whether its key was said."""

    ticket: Ticket
    probability: float
    words: tuple[str, ...]
    named: bool = False


@dataclass(frozen=True)
class Evidence:
    """What speaks for one ticket.

    Attributes:
        coverage: share of the title's weight that was said, 0 to 1.
        title: weight of the title's words that were said themselves.
        title_meant: weight of the title's words that were said in other words.
        body: weight of the description's words that were said themselves, the best six.
        body_meant: weight of the description's words that were said in other words, the best six.
        phrases: how many pairs of the title's words were said together.
        explained: share of what was said that the ticket accounts for, 0 to 1.
        involved: 1 if its assignee takes part.
        words: the ticket's words behind all this, best first.
    """

    coverage: float
    title: float
    title_meant: float
    body: float
    body_meant: float
    phrases: float
    explained: float
    involved: float
    words: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[float, ...]:
        """The numbers the model weighs, in the order of its weights."""
        title, body = min(self.title, 4.0), min(self.body, 4.0)
        meant = min(self.title_meant, 4.0), min(self.body_meant, 4.0)
        return (self.coverage, title, meant[0], body, meant[1], self.phrases, self.explained, self.involved)


@dataclass(frozen=True)
class _Profile:
    title: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    body: frozenset[str]
    terms: frozenset[str]
    concepts: frozenset[str]
    spellings: Mapping[str, str]


@lru_cache(maxsize=512)
def _profile(title: str, body: str) -> _Profile:
    words = [term for term in text.terms(title) if weight(term)]
    unique = tuple(dict.fromkeys(words))
    rest = frozenset(term for term in text.terms(body) if weight(term)) - set(unique)
    terms = rest | set(unique)
    return _Profile(
        title=unique,
        pairs=_pairs(words),
        body=rest,
        terms=terms,
        concepts=frozenset(concept for term in terms for concept in concepts(term)),
        spellings=text.spellings(f"{title} {body}"),
    )


def _pairs(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset({*pairwise(words), *zip(words, words[2:], strict=False)})


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


class Matcher:
    """Compares what was said with a fixed set of candidate tickets."""

    def __init__(self, candidates: Sequence[Ticket]) -> None:
        """Learn which words many of the candidates share: they tell little between them."""
        self._profiles = {
            ticket.id: _profile(ticket.title, f"{ticket.description} {' '.join(ticket.labels)}")
            for ticket in candidates
        }
        self._tickets = {ticket.id: ticket for ticket in candidates}
        profiles = self._profiles.values()
        self._shared = Counter(term for profile in profiles for term in profile.terms | profile.concepts)

    def rank(
        self, said: Said, *, named: frozenset[str] = frozenset(), speakers: frozenset[str] = frozenset()
    ) -> list[Fit]:
        """Give every candidate the probability that it is meant, best first; `none of them` has its share too.

        A ticket called by its key is hardly ever another.
        """
        evidence = {id: self.evidence(ticket, said, speakers) for id, ticket in self._tickets.items()}
        odds = {id: math.exp(_dot(_WEIGHTS, found.features)) for id, found in evidence.items()}
        whole = math.fsum(odds.values()) + math.exp(_dot(_NOBODY, said.context))
        fits = [
            Fit(
                ticket,
                _NAMED if ticket.key.upper() in named else min(odds[id] / whole, _NAMED),
                evidence[id].words,
                ticket.key.upper() in named,
            )
            for id, ticket in self._tickets.items()
        ]
        return sorted(fits, key=lambda fit: (not fit.named, -fit.probability, fit.ticket.id))

    def evidence(self, ticket: Ticket, said: Said, speakers: frozenset[str]) -> Evidence:
        """Weigh what speaks for one ticket."""
        profile = self._profiles[ticket.id]
        title = {term: self._worth(term, said) for term in profile.title}
        body = {term: self._worth(term, said) for term in profile.body}
        whole = sum(weight(term) for term in profile.title) or 1.0
        return Evidence(
            coverage=sum(direct + meant for direct, meant in title.values()) / whole,
            title=sum(direct for direct, _ in title.values()),
            title_meant=sum(meant for _, meant in title.values()),
            body=sum(sorted((direct for direct, _ in body.values()), reverse=True)[:6]),
            body_meant=sum(sorted((meant for _, meant in body.values()), reverse=True)[:6]),
            phrases=float(min(len(profile.pairs & said.pairs), 2)),
            explained=self._explained(profile, said),
            involved=float(ticket.assignee_id in speakers),
            words=tuple(dict.fromkeys(profile.spellings.get(t, t) for t in _best(title, 0.3) + _best(body, 0.5)))[:6],
        )

    @staticmethod
    def _explained(profile: _Profile, said: Said) -> float:
        whole = sum(weight(term) * share for term, share in said.terms.items())
        found = sum(
            weight(term) * share * (1.0 if term in profile.terms else _SAME_CONCEPT)
            for term, share in said.terms.items()
            if term in profile.terms or not profile.concepts.isdisjoint(concepts(term))
        )
        return found / max(whole, 2.0)

    def _worth(self, term: str, said: Said) -> tuple[float, float]:
        """What it proves that a ticket's term was said, in itself or by another word; one of the two is zero."""
        worth = weight(term)
        direct = said.terms.get(term, 0.0)
        if not direct and worth == 1.0:
            alike = (share for other, share in said.spelt_from(term[:1]).items() if _alike(term, other))
            direct = _SAME_SPELLING * max(alike, default=0.0)
        if direct:
            return worth * direct * self._telling(term), 0.0
        meant = max((said.concepts.get(c, 0.0) * self._telling(c) for c in concepts(term)), default=0.0)
        return 0.0, worth * _SAME_CONCEPT * meant

    def _telling(self, term: str) -> float:
        others = max(0, self._shared[term] - 1)
        return 1.0 - 0.5 * others / max(1, len(self._tickets) - 1)


def _best(worths: Mapping[str, tuple[float, float]], least: float) -> tuple[str, ...]:
    good = [term for term, worth in worths.items() if sum(worth) >= least]
    return tuple(sorted(good, key=lambda term: (-sum(worths[term]), term)))


@lru_cache(maxsize=20_000)
def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _LEAST_ALIKE or one == other:
        return one == other
    prefix = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if prefix >= 6 and max(len(one), len(other)) - prefix <= 5:
        return True
    a, b = text.grams(one, 3), text.grams(other, 3)
    return 2 * len(a & b) / (len(a) + len(b)) >= 0.66
