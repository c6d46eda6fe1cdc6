"""What speaks for a ticket, and what for none: numbers that a person can follow, in the order of their names."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from pm_assistant.domain.history import ConfirmedMatch
from pm_assistant.domain.index import TicketHead, in_body, in_title
from pm_assistant.language import embedding
from pm_assistant.language.ranking import words
from pm_assistant.language.ranking.areas import Areas, Vector, cosine, days_between, unit
from pm_assistant.language.ranking.chat import ChatRarity
from pm_assistant.language.ranking.people import People
from pm_assistant.language.ranking.pool import TITLE_TIMES, Pool
from pm_assistant.language.ranking.said import Said

TICKET = (
    "bm25_chat", "bm25_title", "bm25_max", "cover", "explained", "rarest", "ident", "bigram", "cgram",
    "op_speaks", "op_first", "op_share", "op_mentioned", "desc_mentions", "op_nopen", "op_newest",
    "logage", "age1d", "lrank", "area_recent", "area_opened", "h30", "hlast", "knn",
)  # fmt: skip
NONE = (
    "const", "logwords", "nmsg", "spk_open", "first_open", "work", "askrev", "q", "code", "nauth", "spk_newest_age",
    "novel",
)  # fmt: skip

_UNKNOWN = 0.8
"""What a word that no ticket has counts, beside one that a single ticket has."""
_LEAST_AGE_DAYS = 1 / 24
_K1 = 1.2
_MOST_MEANT = 8
"""Tickets that say the same in other words and that are looked at closely; they have places of their own."""


class _Shared(NamedTuple):
    """What a ticket shares with what was said.

    Attributes:
        uses: its words that were said, with their use.
        identifiers: how much its identifiers tell that were named.
        recent: how far it lies where the speakers have been talking lately; `opened`, where their own tickets lie.
        names: whether it names a speaker.
    """

    uses: Sequence[tuple[str, int]]
    identifiers: float
    recent: float
    opened: float
    names: bool


class Comparison:
    """One conversation, held against tickets.

    Args:
        recent: where its speakers have been talking lately, elsewhere.
        confirmed: what other conversations were about.
    """

    def __init__(
        self,
        said: Said,
        pool: Pool,
        *,
        people: People,
        areas: Areas,
        chat: ChatRarity,
        recent: Vector,
        confirmed: Iterable[ConfirmedMatch],
    ) -> None:
        self._said, self._pool, self._now = said, pool, pool.now
        self._people, self._areas, self._chat = people, areas, chat
        self._recent, self._opened = recent, areas.opened(people.opened(said.speakers))
        self._names = people.names(said.speakers)
        self._name_words = frozenset[str]().union(*self._names)
        self._rarities = {word: pool.rarity(word) for word in said.counts}
        self._telling = {word: rarity * chat.of(word) for word, rarity in self._rarities.items()}
        self.weights = {
            word: told * (1 + math.log(said.counts[word]))
            for word, told in self._telling.items()
            if pool.standing(word)
        }
        """What each word counts of those that any ticket has: how rare it is in tickets and in talk, how often said."""
        unknown = _UNKNOWN * pool.unknown_rarity
        told = (known if word in self.weights else unknown * chat.of(word) for word, known in self._telling.items())
        self._all_told = math.fsum(told) or 1.0
        self._pairs, self._grams, self._identifiers = said.pairs, said.grams, said.identifiers
        self._confirmed: dict[str, list[ConfirmedMatch]] = {}
        for match in confirmed:
            self._confirmed.setdefault(match.ticket_id, []).append(match)

    def ticket(self, number: int) -> tuple[float, ...]:
        """What speaks for a ticket, as `TICKET` names it."""
        head, shared = self._pool.index.heads[number], self._shared(number)
        whose = self._people.of(head)
        return (
            *self._by_words(number, head, shared),
            *self._by_people(number, whose, shared),
            *self._by_age(head),
            shared.recent,
            0.0 if whose and not whose.isdisjoint(self._said.speakers) else shared.opened,
            *self._by_answers(head),
        )

    @cached_property
    def meant(self) -> Sequence[int]:
        """The tickets that say the same in other words, the best first, by number."""
        return self._pool.meant(self._said.counts, most=_MOST_MEANT)

    def closeness(self, numbers: Iterable[int]) -> Mapping[int, float]:
        """How close what was said lies to each ticket, as vectors."""
        subjects = frozenset[str]().union(*(line.subjects for line in self._said.lines))
        said = embedding.vector(dict.fromkeys(sorted(subjects), 1.0))
        return {number: embedding.closeness(said, self._pool.vector(number)) for number in numbers}

    @cached_property
    def none(self) -> tuple[float, ...]:
        """What speaks for none, as `NONE` names it."""
        said, people = self._said, self._people
        newest = [self._pool.index.heads[theirs[0]] for theirs in map(people.tickets, said.speakers) if theirs]
        return (
            1.0,
            math.log1p(len(said.counts)),
            math.log(len(said.lines)),
            float(bool(newest)),
            float(bool(people.tickets(next(iter(said.speakers))))),
            said.amount("work"),
            said.amount("asks_review"),
            float(any(line.asks for line in said.lines)),
            said.amount("code"),
            math.log(len(said.speakers)),
            (math.log1p(min(map(self._age_days, newest))) if newest else 8.0) - 4,
            sum(word not in self.weights for word in said.counts) / (len(said.counts) or 1),
        )

    def _shared(self, number: int) -> _Shared:
        """Look at each of a ticket's words once."""
        counts, names, area, opens = self._said.counts, self._name_words, self._recent, self._opened
        weigh, directed = self._areas.weight, bool(area or opens)
        uses, named = list[tuple[str, int]](), set[str]()
        identifiers = recent = opened = square = 0.0
        for word, use in self._pool.index.words_of(number):
            if not use:
                identifiers += self._identified(word)
                continue
            if word in counts:
                uses.append((word, use))
            if word in names:
                named.add(word)
            if directed:
                weight = weigh(word, use)
                square += weight * weight
                if word in area:
                    recent += weight * area[word]
                if word in opens:
                    opened += weight * opens[word]
        length = math.sqrt(square) or 1.0
        return _Shared(uses, identifiers, recent / length, opened / length, any(name <= named for name in self._names))

    def _identified(self, identifier: str) -> float:
        if identifier not in self._identifiers:
            return 0.0
        return math.log1p(len(self._pool.numbers) / (len(self._pool.standing(identifier)) or 1))

    def _by_words(self, number: int, head: TicketHead, shared: _Shared) -> Iterable[float]:
        slope, title_slope = self._pool.slope(number), self._pool.title_slope(number)
        by_all = by_title = covered = explained = rarest = 0.0
        titled_words = 0
        scores: dict[str, float] = {}
        for word, use in shared.uses:
            titled, rarity, told = in_title(use), self._rarities[word], self._telling[word]
            used = TITLE_TIMES * titled + in_body(use)
            weight, fits = self.weights.get(word, 0.0), used / (used + slope)
            by_all += weight * fits
            scores[word] = rarity * fits
            explained += told
            rarest = max(rarest, told)
            if titled:
                by_title += weight * titled / (titled + title_slope)
                covered += rarity
                titled_words += 1
        unsaid = self._pool.unknown_rarity * (self._pool.index.title_words[number] - titled_words)
        by_line = (math.fsum(scores[word] for word in scores.keys() & line.counts) for line in self._said.lines)
        return (
            math.log1p((_K1 + 1) * by_all),
            math.log1p((_K1 + 1) * by_title),
            math.log1p((_K1 + 1) * max(by_line)) if scores else 0.0,
            covered / (covered + unsaid) if covered else 0.0,
            explained / self._all_told,
            rarest,
            math.log1p(shared.identifiers),
            math.log1p(self._paired(head)) if titled_words > 1 else 0.0,
            math.log1p(self._spelt_alike(number)),
        )

    def _paired(self, head: TicketHead) -> int:
        ordered = words.terms(head.title)
        return sum(pair in self._pairs for pair in set(words.pairs(ordered)))

    def _spelt_alike(self, number: int) -> float:
        grams = self._pool.grams(number)
        alike = math.fsum(self._pool.gram_rarity(gram) for gram in grams & self._grams)
        return alike / math.sqrt(len(grams)) if grams else 0.0

    def _by_people(self, number: int, whose: frozenset[str], shared: _Shared) -> Iterable[float]:
        said, names = self._said, float(shared.names)
        speaking = [person for person in said.speakers if person in whose]
        called = float(not whose.isdisjoint(said.mentioned))
        if not speaking:
            return 0.0, 0.0, 0.0, called, names, 0.0, 0.0
        owned = [theirs for theirs in map(self._people.tickets, speaking) if theirs]
        return (
            1.0,
            float(next(iter(said.speakers)) in whose),
            sum(said.speakers[person] for person in speaking) / len(said.lines),
            called,
            names,
            max((1 / len(theirs) for theirs in owned), default=0.0),
            float(any(theirs[0] == number for theirs in owned)),
        )

    def _by_age(self, head: TicketHead) -> Iterable[float]:
        days = self._age_days(head)
        return -math.log1p(days), float(days < 1), -math.log1p(self._pool.younger(head))

    def _age_days(self, head: TicketHead) -> float:
        return max(_LEAST_AGE_DAYS, days_between(self._now, head.created_at))

    def _by_answers(self, head: TicketHead) -> Iterable[float]:
        confirmed = self._confirmed.get(head.id)
        if not confirmed:
            return 0.0, 0.0, 0.0
        days = [days_between(self._now, match.at) for match in confirmed]
        return (
            math.log1p(math.fsum(math.exp(-each / 30) for each in days)),
            1 / (1 + min(days)),
            max(cosine(self._own, self._talk(match.terms)) for match in confirmed),
        )

    @cached_property
    def _own(self) -> Vector:
        return self._talk(self._said.counts)

    def _talk(self, counts: Mapping[str, int]) -> Vector:
        return unit({word: (1 + math.log(count)) * self._chat.of(word) for word, count in counts.items()})
