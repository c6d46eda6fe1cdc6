"""What somebody has been working on and talking about, as a direction that tickets lie in or not."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pm_assistant.domain.history import PastConversation
from pm_assistant.domain.index import COUNT_BITS, TicketIndex, in_body, in_title

_TITLE_TIMES = 2
RECENT_DAYS, MOST_RECENT = 45, 60
MOST_OPENED = 15
_FADES_SAID, _FADES_OPENED = 10.0, 60.0
"""In days: by then what was said, or opened, counts a third."""

_COUNTED = tuple(1 + math.log(max(1, _TITLE_TIMES * in_title(use) + in_body(use))) for use in range(1 << COUNT_BITS))
"""What counts of a word by its use."""

type Vector = Mapping[str, float]


class Areas:
    """Directions in the space of the words that a team's tickets have."""

    def __init__(self, index: TicketIndex, now: datetime) -> None:
        self._index, self._now = index, now
        self._rarities: dict[str, float] = {}
        self._tickets: dict[int, Vector] = {}

    def weight(self, word: str, use: int) -> float:
        """How far a ticket that uses a word so lies in its direction."""
        return _COUNTED[use] * self._rarity(word)

    def ticket(self, number: int) -> Vector:
        """The direction of a ticket, of length 1."""
        if (known := self._tickets.get(number)) is None:
            used = ((word, use) for word, use in self._index.words_of(number) if use)
            known = self._tickets[number] = unit({word: self.weight(word, use) for word, use in used})
        return known

    def said(self, speakers: Iterable[Sequence[PastConversation]]) -> Vector:
        """The direction of what some people have taken part in lately."""
        total: dict[str, float] = {}
        for conversations in speakers:
            for heard in conversations[:MOST_RECENT]:
                days = days_between(self._now, heard.at)
                if days <= RECENT_DAYS:
                    faded = math.exp(-days / _FADES_SAID)
                    for word, count in heard.terms.items():
                        if rarity := self._rarity(word):
                            total[word] = total.get(word, 0.0) + faded * (1 + math.log(count)) * rarity
        return unit(total)

    def opened(self, numbers: Iterable[int]) -> Vector:
        """The direction of these tickets, of each by how lately it was opened."""
        total: dict[str, float] = {}
        for number in numbers:
            faded = math.exp(-days_between(self._now, self._index.heads[number].created_at) / _FADES_OPENED)
            for word, weight in self.ticket(number).items():
                total[word] = total.get(word, 0.0) + faded * weight
        return unit(total)

    def _rarity(self, word: str) -> float:
        if (known := self._rarities.get(word)) is None:
            frequency = self._index.frequency(word)
            known = math.log1p(len(self._index) / (frequency + 1)) if frequency else 0.0
            self._rarities[word] = known
        return known


def unit(vector: Mapping[str, float]) -> Vector:
    """The same direction, of length 1; nothing where there is none."""
    length = math.sqrt(math.fsum(value * value for value in vector.values()))
    return {word: value / length for word, value in vector.items()} if length else {}


def cosine(one: Vector, other: Vector) -> float:
    """How far two directions are the same, 0 to 1."""
    if len(one) > len(other):
        one, other = other, one
    return math.fsum(value * other[word] for word, value in one.items() if word in other)


def days_between(now: datetime, at: datetime) -> float:
    """How long ago something was, 0 where another's clock is ahead."""
    return max(0.0, (now - at).total_seconds() / 86_400)
