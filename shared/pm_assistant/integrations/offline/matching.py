"""How well what was said fits one ticket: features a person can follow, weighed by a logistic model."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.integrations.offline.acts import Act
from pm_assistant.integrations.offline.linear import model
from pm_assistant.integrations.offline.reading import LEAST_ALIKE, Pairs, Query, ideas, words
from pm_assistant.language import embedding, text
from pm_assistant.language.lexicon import weight
from pm_assistant.language.meaning import concepts

# How much a title word counts when it was not said itself but in another word or spelling.
_SAME_CONCEPT = 0.7
_SAME_SPELLING = 0.8
_NAMED = 0.97
_MOST_WORDS = 6
_COMMON_TO_ALL = 0.8

type Weights = tuple[Sequence[float], Sequence[float]]
"""What the evidence for a ticket counts, and what speaks for none."""
FOR_A_TICKET = (
    "coverage",
    "title",
    "title_meant",
    "body_meant",
    "explained",
    "involved",
    "linked",
    "together",
    "state",
    "own",
    "close",
)
FOR_NONE = (
    *("bias", "chatter", "length", "technical", "untracked"),
    *("small_talk", "wanted", "progress", "known", "unknown"),
    *(f"close to {kind}" for kind in embedding.OF_NO_TICKET),
    *(f"reads as {kind}" for kind in embedding.OF_NO_TICKET),
)
"""What the conditional logit weighs, in order; `tests/gold/fit.py` finds the weights."""

# How much of retrieval's odds is taken over, what it counts that there are any, and how far they are believed: of a few
# values those that made fewest sure mistakes on talk that nobody here wrote and cost nothing on told conversations.
_RETRIEVED, _COMPARED = 0.42, 0.7
_UNCOMPARED = -0.7
"""What counts of a ticket instead where nobody has compared it: about what retrieval finds of most."""
_ODDS_COUNTED = math.exp(-8), math.exp(8)


_AGREES: Mapping[Act, Mapping[StateType, float]] = {
    Act.STARTED: {StateType.BACKLOG: 0.6, StateType.UNSTARTED: 1.0, StateType.STARTED: 0.3},
    Act.REVIEW: {StateType.UNSTARTED: 0.3, StateType.STARTED: 1.0},
    Act.COMPLETED: {StateType.BACKLOG: 0.1, StateType.UNSTARTED: 0.3, StateType.STARTED: 1.0},
    Act.CANCELED: {StateType.BACKLOG: 1.0, StateType.UNSTARTED: 0.8, StateType.STARTED: 0.4},
    Act.REOPENED: {StateType.STARTED: 0.3, StateType.COMPLETED: 1.0},
}
"""How well it agrees that work is told to stand so with the phase that its ticket is in."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for one ticket.

    Attributes:
        coverage: share of the title's weight that was said, 0 to 1.
        title: weight of the title's words that were said themselves.
        title_meant: weight of the title's words that were said in other words.
        body_meant: weight of the description's words that were said in other words, the best six.
        explained: share of what was said that the ticket accounts for, 0 to 1.
        involved: 1 if its assignee takes part.
        linked: weight of what was said that the ticket accounts for.
        together: weight of the pairs of near words that the ticket pairs too, in the same or other words.
        state: how well its state agrees with what is said of the work, 0 to 1.
        own: how likely its assignee says how work stands.
        close: how much speaks for it that both mean the same, as vectors; only differences between tickets tell.
        words: the ticket's words behind all this, best first.
    """

    coverage: float
    title: float
    title_meant: float
    body_meant: float
    explained: float
    involved: float
    linked: float
    together: float
    state: float
    own: float
    close: float
    words: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[float, ...]:
        """The numbers the model weighs, in the order of its weights."""
        direct, meant, body = (min(value, 4.0) for value in (self.title, self.title_meant, self.body_meant))
        volumes = math.log1p(self.linked), math.log1p(self.together)
        return (
            self.coverage,
            direct,
            meant,
            body,
            self.explained,
            self.involved,
            *volumes,
            self.state,
            self.own,
            self.close,
        )


@dataclass(frozen=True)
class Fit:
    """How one ticket fits.

    Attributes:
        likelihood: that it is meant, by what was said alone.
        evidence: what speaks for it.
        named: its key was said.
    """

    ticket: Ticket
    likelihood: float
    evidence: Evidence
    named: bool = False

    @property
    def probability(self) -> float:
        """How probable it is that it is meant: a ticket called by its key is hardly ever another."""
        return _NAMED if self.named else min(self.likelihood, _NAMED)


@dataclass(frozen=True)
class _Profile:
    title: tuple[str, ...]
    ideas: Pairs
    body: frozenset[str]
    terms: frozenset[str]
    concepts: frozenset[str]
    spellings: Mapping[str, str]
    vector: embedding.Vector


@lru_cache(maxsize=512)
def _profile(title: str, body: str) -> _Profile:
    headline, body_words = words(title), words(body)
    terms = frozenset(headline + body_words)
    return _Profile(
        title=tuple(dict.fromkeys(headline)),
        ideas=ideas(headline) | ideas(body_words),
        body=terms - set(headline),
        terms=terms,
        concepts=frozenset(concept for term in terms for concept in concepts(term)),
        spellings=text.spellings(f"{title} {body}"),
        vector=embedding.vector(shares_of_ticket(title, body)),
    )


def shares_of_ticket(title: str, body: str) -> Mapping[str, float]:
    """How much each term of a ticket tells of what it is about."""
    return dict.fromkeys(words(body), embedding.BODY) | dict.fromkeys(words(title), embedding.TITLE)


def _prior(odds: float) -> float:
    """What retrieval counts, which has compared all tickets and knows more of people and time."""
    least, most = _ODDS_COUNTED
    return _RETRIEVED * math.log(min(max(odds, least), most)) + _COMPARED


@cache
def _weights() -> Weights:
    known = model("matching").weights
    return (
        tuple(known[f"ticket {name}"] / 1000 for name in FOR_A_TICKET),
        tuple(known[f"none {name}"] / 1000 for name in FOR_NONE),
    )


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


class Matcher:
    """Compares what was said with a fixed set of candidate tickets."""

    def __init__(self, candidates: Sequence[Ticket], odds: Mapping[str, float]) -> None:
        """Learn which words many of the candidates share: they tell little between them.

        Args:
            candidates: to compare.
            odds: by ids, how much likelier retrieval found each than that none is meant; empty if it has not compared.
        """
        self._prior = {ticket.id: _prior(odds.get(ticket.id, 0.0)) if odds else _UNCOMPARED for ticket in candidates}
        self._profiles = {
            ticket.id: _profile(ticket.title, f"{ticket.description} {' '.join(ticket.labels)}")
            for ticket in candidates
        }
        self._tickets = {ticket.id: ticket for ticket in candidates}
        profiles = self._profiles.values()
        self._shared = Counter(term for profile in profiles for term in profile.terms | profile.concepts)
        self.concepts = frozenset[str]().union(*(profile.concepts for profile in profiles))

    def rank(
        self, query: Query, *, named: frozenset[str] = frozenset(), speakers: frozenset[str] = frozenset()
    ) -> list[Fit]:
        """Give every candidate the probability that it is meant, best first; `none of them` has its share too.

        Args:
            query: what was said.
            named: the keys that were said.
            speakers: who said it, by the tracker's ids.
        """
        return self.ranked(self.compared(query, speakers), query, _weights(), named)

    def compared(self, query: Query, speakers: frozenset[str]) -> Mapping[str, Evidence]:
        """What speaks for each candidate, by ids."""
        return {id: self.evidence(ticket, query, speakers) for id, ticket in self._tickets.items()}

    def ranked(
        self, evidence: Mapping[str, Evidence], query: Query, weights: Weights, named: frozenset[str] = frozenset()
    ) -> list[Fit]:
        """What `rank` gives, under some weights, of candidates that have been compared."""
        for_ticket, for_none = weights
        odds = {id: math.exp(_dot(for_ticket, each.features) + self._prior[id]) for id, each in evidence.items()}
        total = math.fsum(odds.values()) + math.exp(_dot(for_none, query.context))
        fits = [
            Fit(ticket, odds[id] / total, evidence[id], ticket.key.upper() in named)
            for id, ticket in self._tickets.items()
        ]
        return sorted(fits, key=lambda fit: (not fit.named, -fit.probability, fit.ticket.id))

    def prior(self, ticket: Ticket) -> float:
        """What retrieval counts for one ticket."""
        return self._prior[ticket.id]

    def evidence(self, ticket: Ticket, query: Query, speakers: frozenset[str]) -> Evidence:
        """Weigh what speaks for one ticket."""
        profile = self._profiles[ticket.id]
        title = {term: self._strength(term, query) for term in profile.title}
        body = {term: self._strength(term, query) for term in profile.body}
        title_weight = sum(weight(term) for term in profile.title) or 1.0
        linked = self._linked(profile, query)
        return Evidence(
            coverage=sum(direct + meant for direct, meant in title.values()) / title_weight,
            title=sum(direct for direct, _ in title.values()),
            title_meant=sum(meant for _, meant in title.values()),
            body_meant=sum(sorted((meant for _, meant in body.values()), reverse=True)[:6]),
            explained=sum(word_weight for word_weight, _ in linked) / max(query.total_weight, 2.0),
            involved=float(ticket.assignee_id in speakers),
            linked=sum(word_weight * specificity for word_weight, specificity in linked),
            together=math.fsum(self._specificity(a) * self._specificity(b) for a, b in profile.ideas & query.ideas),
            state=math.fsum(
                query.acts.get(act, 0.0) * fits.get(ticket.state.type, 0.0) for act, fits in _AGREES.items()
            ),
            own=query.told_by.get(ticket.assignee_id or "", 0.0),
            close=embedding.closeness(query.vector, profile.vector),
            words=_spelt(_best(title, 0.3) + _best(body, 0.5), profile.spellings),
        )

    def _linked(self, profile: _Profile, query: Query) -> list[tuple[float, float]]:
        """Weigh each word said that the ticket says too, or means, and how much that tells it from the others."""
        linked = []
        for term, share in query.terms.items():
            if term in profile.terms:
                linked.append((weight(term) * share, self._specificity(term)))
            elif common := [concept for concept in concepts(term) if concept in profile.concepts]:
                linked.append((weight(term) * share * _SAME_CONCEPT, max(map(self._specificity, common))))
        return linked

    def _strength(self, term: str, query: Query) -> tuple[float, float]:
        """What it proves that a ticket's term was said, in itself or by another word; one of the two is zero."""
        term_weight = weight(term)
        direct = query.terms.get(term, 0.0)
        if not direct and term_weight == 1.0:
            alike = (share for other, share in query.spelt_from(term[:1]).items() if _alike(term, other))
            direct = _SAME_SPELLING * max(alike, default=0.0)
        if direct:
            return term_weight * direct * self._specificity(term), 0.0
        meant = max((query.concepts.get(c, 0.0) * self._specificity(c) for c in concepts(term)), default=0.0)
        return 0.0, term_weight * _SAME_CONCEPT * meant

    def _specificity(self, term: str) -> float:
        others = max(0, self._shared[term] - 1)
        return 1.0 - _COMMON_TO_ALL * others / max(1, len(self._tickets) - 1)


def _best(strengths: Mapping[str, tuple[float, float]], minimum: float) -> tuple[str, ...]:
    strong = [term for term, strength in strengths.items() if sum(strength) >= minimum]
    return tuple(sorted(strong, key=lambda term: (-sum(strengths[term]), term)))


def _spelt(terms: Iterable[str], spellings: Mapping[str, str]) -> tuple[str, ...]:
    """The first few as the ticket spells them; what two words mean together is spelt by each of them."""
    return tuple(dict.fromkeys(spellings[term] for term in terms if term in spellings))[:_MOST_WORDS]


@lru_cache(maxsize=20_000)
def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LEAST_ALIKE or one == other:
        return one == other
    prefix = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if prefix >= 6 and max(len(one), len(other)) - prefix <= 5:
        return True
    a, b = text.grams(one, 3), text.grams(other, 3)
    return 2 * len(a & b) / (len(a) + len(b)) >= 0.66
