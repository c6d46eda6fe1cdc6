"""The tickets that may be meant at one moment, and how rare words are among them."""

import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from itertools import islice

from pm_assistant.domain.index import COUNT_BITS, TicketHead, TicketIndex, in_body, in_title
from pm_assistant.language import embedding, text
from pm_assistant.language.lexicon import weight
from pm_assistant.language.meaning import concepts

_DESCRIBED = 0.3
"""What counts a sense that only the description has, beside one of the title."""
CLOSED_FOR = timedelta(days=120)
"""How long after closing people still talk about a ticket."""
TITLE_TIMES = 3
"""How often a word of the title counts."""
_K1, _B, _B_TITLE = 1.2, 0.75, 0.3
_MOST_OF_SENSE = 400
"""What more postings have in common tells little between them, and to go over them all would cost ever more."""
_SHORT_TITLE = 5
"""So many words are added to each title's: that one word fits one of two is not worth more than two of six."""


class Pool:
    """The tickets that are compared with each other.

    Attributes:
        numbers: theirs, opened last first.
    """

    def __init__(self, index: TicketIndex, *, now: datetime, readable: Callable[[TicketHead], bool]) -> None:
        self.index, self.now, self.readable, heads = index, now, readable, index.heads
        current = (
            n for part in index.parts for n in index.numbers(part) if is_current(heads[n], now) and readable(heads[n])
        )
        self.numbers = sorted(current, key=self.newest_first)
        self._opened = [-heads[number].created_at.timestamp() for number in self.numbers]
        self.holds = bytearray(len(index.heads))
        for number in self.numbers:
            self.holds[number] = 1
        total = len(self.numbers) or 1
        titles, bodies = index.title_lengths, index.body_lengths
        self.mean_title = sum(titles[n] for n in self.numbers) / total or 1.0
        self.mean_length = TITLE_TIMES * self.mean_title + sum(bodies[n] for n in self.numbers) / total
        self._standing: dict[str, Sequence[int]] = {}
        self._grams: dict[int, frozenset[str]] = {}
        self._vectors: dict[int, embedding.Vector] = {}
        self._gram_rarity: dict[str, float] = {}
        self.unknown_rarity = self._rarity(0)

    def newest_first(self, number: int) -> tuple[float, str]:
        """Sorts tickets by when they were opened."""
        head = self.index.heads[number]
        return -head.created_at.timestamp(), head.id

    def younger(self, head: TicketHead) -> int:
        """How many have been opened since."""
        return bisect_left(self._opened, -head.created_at.timestamp())

    def standing(self, word: str) -> Sequence[int]:
        """The postings of a word."""
        if (known := self._standing.get(word)) is None:
            holds = self.holds
            known = [posting for posting in self.index.postings(word) if holds[posting >> COUNT_BITS]]
            self._standing[word] = known
        return known

    def rarity(self, word: str) -> float:
        """How much it says that a ticket has this word."""
        return self._rarity(len(self.standing(word)))

    def _rarity(self, frequency: int) -> float:
        return math.log(1 + (len(self.numbers) - frequency + 0.5) / (frequency + 0.5))

    def gram_rarity(self, gram: str) -> float:
        """How much it says that a title has this piece of spelling."""
        if (known := self._gram_rarity.get(gram)) is None:
            standing = sum(self.holds[number] for number in self.index.spelt_with(gram))
            known = self._gram_rarity[gram] = math.log1p(len(self.numbers) / standing) if standing else 0.0
        return known

    def grams(self, number: int) -> frozenset[str]:
        """What a ticket's title is spelt with."""
        if (known := self._grams.get(number)) is None:
            known = self._grams[number] = text.grams(self.index.heads[number].title)
        return known

    def vector(self, number: int) -> embedding.Vector:
        """Where a ticket lies among what means the same."""
        if (known := self._vectors.get(number)) is None:
            used = ((word, in_title(use)) for word, use in self.index.words_of(number) if use)
            shares = tuple((word, embedding.TITLE if titled else embedding.BODY) for word, titled in used)
            known = self._vectors[number] = _vector(shares)
        return known

    def length(self, number: int) -> int:
        """How many words a ticket has, those of the title as often as they count."""
        return TITLE_TIMES * self.index.title_lengths[number] + self.index.body_lengths[number]

    def slope(self, number: int) -> float:
        """What a word's count is held against in a ticket of this length."""
        return _K1 * (1 - _B + _B * self.length(number) / self.mean_length)

    def title_slope(self, number: int) -> float:
        """The same of its title."""
        return _K1 * (1 - _B_TITLE + _B_TITLE * self.index.title_lengths[number] / self.mean_title)

    def shared(self, weights: Mapping[str, float], *, most: int, most_titles: int) -> set[int]:
        """The tickets that fit best what was said: by all their words, and by their titles alone."""
        by_all: dict[int, float] = {}
        by_title: dict[int, float] = {}
        slopes: dict[int, float] = {}
        for word in sorted(weights):
            weight = weights[word]
            for posting in self.standing(word):
                number = posting >> COUNT_BITS
                titled = in_title(posting)
                used = TITLE_TIMES * titled + in_body(posting)
                slope = slopes.get(number) or slopes.setdefault(number, self.slope(number))
                by_all[number] = by_all.get(number, 0.0) + weight * used / (used + slope)
                if titled:
                    by_title[number] = by_title.get(number, 0.0) + weight * titled / (titled + self.title_slope(number))
        return {*self._best(by_all, most), *self._best(by_title, most_titles)}

    def meant(self, said: Collection[str], *, most: int) -> Sequence[int]:
        """The tickets that fit best what was said, by what words can mean and not by the words themselves.

        Titles first; descriptions as well, for a title is often two words long.
        """
        senses = {sense for word in said if weight(word) for sense in concepts(word)}
        scored: dict[int, float] = {}
        for sense in sorted(senses):
            postings = [*islice(self.index.with_sense(sense, but_by=said), _MOST_OF_SENSE + 1)]
            if len(postings) > _MOST_OF_SENSE:
                continue
            standing = [posting for posting in postings if self.holds[posting >> COUNT_BITS]]
            titled = {posting >> COUNT_BITS for posting in standing if in_title(posting)}
            anywhere = {posting >> COUNT_BITS for posting in standing}
            by_title, by_description = self._rarity(len(titled)), _DESCRIBED * self._rarity(len(anywhere))
            for number in anywhere:
                scored[number] = scored.get(number, 0.0) + (by_title if number in titled else by_description)
        words = self.index.title_words
        fits = {number: score / math.sqrt(_SHORT_TITLE + words[number]) for number, score in scored.items()}
        return self._best(fits, most)

    def _best(self, scored: Mapping[int, float], count: int) -> Sequence[int]:
        heads = self.index.heads
        return nlargest(count, scored, key=lambda number: (scored[number], heads[number].id))


@lru_cache(maxsize=5_000)
def _vector(shares: tuple[tuple[str, float], ...]) -> embedding.Vector:
    return embedding.vector(dict(shares))


def is_current(ticket: TicketHead, now: datetime) -> bool:
    """Whether it is open, or was lately."""
    return not ticket.state.type.closed or now - (ticket.completed_at or ticket.updated_at) <= CLOSED_FOR
