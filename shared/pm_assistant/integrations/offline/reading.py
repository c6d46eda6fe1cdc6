"""What was said, read for comparing: its words, what they can mean, and which stand together."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pm_assistant.integrations.offline.acts import NO_STANCE, PROGRESS, Act, Stance
from pm_assistant.language import embedding, text
from pm_assistant.language.lexicon import weight
from pm_assistant.language.meaning import concepts, is_of_things, subject_terms

Pairs = frozenset[tuple[str, str]]
"""Words, or what they can mean, that stand near each other."""

LEAST_ALIKE = 5
"""From this length on a word may be recognised by its spelling."""


def words(plain: str) -> list[str]:
    """Split plain text into the terms that tell something, in order."""
    return [term for term in subject_terms(text.terms(plain)) if weight(term)]


def ideas(terms: Sequence[str]) -> Pairs:
    """Pair what near words can mean, whatever their order: `spot frees up` and `a free place` have one in common."""
    senses = [(term, *concepts(term)) for term in terms]
    pairs = (pair for distance in (1, 2, 3) for pair in zip(senses, senses[distance:], strict=False))
    return frozenset(
        (min(a, b), max(a, b)) for one, other in pairs if set(one).isdisjoint(other) for a in one for b in other
    )


@dataclass(frozen=True)
class Query:
    """The words of some messages and what they can mean, each with its weight; a root counts more than a reply.

    Attributes:
        acts: how likely one of them does what.
        reads_as: how much likelier what was said is of each of `OF_NO_TICKET` than of a ticket.
        told_by: how likely each person of the tracker says how work stands.
    """

    terms: Mapping[str, float]
    concepts: Mapping[str, float]
    ideas: Pairs
    chatter: float = 0.0
    untracked: float = 0.0
    stance: Stance = NO_STANCE
    acts: Mapping[Act, float] = field(default_factory=dict)
    told_by: Mapping[str, float] = field(default_factory=dict)
    reads_as: Sequence[float] = (0.0,) * len(embedding.OF_NO_TICKET)

    def spelt_from(self, initial: str) -> Mapping[str, float]:
        """The telling words with that first letter: misspellings and cognates keep it, and comparing all is slow."""
        return self._by_initial.get(initial, {})

    @cached_property
    def _by_initial(self) -> dict[str, dict[str, float]]:
        index: dict[str, dict[str, float]] = {}
        for term, share in self.terms.items():
            if len(term) >= LEAST_ALIKE and weight(term) == 1.0:
                index.setdefault(term[0], {})[term] = share
        return index

    @cached_property
    def vector(self) -> embedding.Vector:
        """Where what was said lies among what means the same."""
        return embedding.vector(self.terms)

    @cached_property
    def total_weight(self) -> float:
        """How much was said."""
        return sum(weight(term) * share for term, share in self.terms.items())

    @cached_property
    def context(self) -> tuple[float, ...]:
        """What speaks for no ticket at all.

        Nothing in particular, chatter, how much was said, how much of it is technical, that someone said there is
        none, what the messages do, how close they lie to what is of no ticket, and how much they read as that.
        """
        total = sum(weight(term) for term in self.terms)
        technical = sum(weight(term) for term in self.terms if is_of_things(term))
        said = (1.0, self.chatter, math.log1p(total), technical / max(total, 2.0), self.untracked)
        does = (self.stance.small_talk, self.stance.wanted, self.stance.progress, *self.stance[3:5])
        return (*said, *does, *embedding.of_no_ticket(self.vector), *self.reads_as)

    @classmethod
    def of(
        cls,
        weighted: Iterable[tuple[str, float]],
        *,
        chatter: float = 0.0,
        untracked: float = 0.0,
        stance: Stance = NO_STANCE,
        acts: Sequence[tuple[str | None, Mapping[Act, float]]] = (),
        reads_as: Sequence[float] = (0.0,) * len(embedding.OF_NO_TICKET),
    ) -> "Query":
        """Read plain texts with their weights, and what each of them does, with who of the tracker says it."""
        terms: dict[str, float] = {}
        meanings: dict[str, float] = {}
        pairs: set[tuple[str, str]] = set()
        for plain, share in weighted:
            terms_said = words(plain)
            pairs |= ideas(terms_said)
            for term in terms_said:
                terms[term] = max(terms.get(term, 0.0), share)
                for concept in concepts(term):
                    meanings[concept] = max(meanings.get(concept, 0.0), share * weight(term))
        likeliest: dict[Act, float] = {}
        told_by: dict[str, float] = {}
        for author, does in acts:
            for act, likely in does.items():
                likeliest[act] = max(likeliest.get(act, 0.0), likely)
            if author is not None:
                told_by[author] = max(told_by.get(author, 0.0), math.fsum(does[act] for act in PROGRESS))
        return cls(terms, meanings, frozenset(pairs), chatter, untracked, stance, likeliest, told_by, reads_as)
