"""Which tickets a conversation may be about: a cheap ranking over all of a tenant's tickets, before anyone judges."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nsmallest
from itertools import chain, islice, repeat
from typing import NamedTuple

from pm_assistant.domain.index import COUNT_BITS, MOST_COUNTED, Entry, Table, TicketHead, TicketIndex
from pm_assistant.domain.work import Conversation, Message, Ticket
from pm_assistant.language import text
from pm_assistant.language.lexicon import content_terms

CLOSED_FOR = timedelta(days=30)
"""How long after closing people still talk about a ticket."""

# Chosen by tests/bench/judgement.py; every signal but the key is a z-score over the tickets compared.
_TITLE_TIMES = 3
_ROOT_TIMES = 2
_K1, _B = 1.2, 0.75
_BODY_CHARS = 2_000
_WEIGHTS = (0.5, 0.3, 2.4, 0.9)
_KEY_BONUS = 100.0
_DIGITS = 9
"""Scores that are closer than that are alike: they differ by the order in which they were added up."""


class Candidate(NamedTuple):
    """A ticket that may be meant and how it compares with the others of the same call; higher is better."""

    head: TicketHead
    score: float


def entry_of(ticket: Ticket) -> Entry:
    """What a ticket is found by."""
    return Entry(TicketHead.of(ticket), _words_of(ticket.title, ticket.description))


def table_of(entries: Iterable[Entry]) -> Table:
    """A table of these."""
    return Table(entries, pieces_of=text.grams)


def _words_of(title: str, body: str) -> Mapping[str, int]:
    """How often each term counts; those of the title count more."""
    counts: Counter[str] = Counter()
    for term in _terms(title):
        counts[term] += _TITLE_TIMES
    counts.update(_terms(body[:_BODY_CHARS]))
    return {term: min(count, MOST_COUNTED) for term, count in counts.items()}


def _terms(plain: str) -> list[str]:
    return content_terms(text.terms(plain))


def _anyone(_: TicketHead) -> bool:
    return True


class Ranking:
    """Ranks the tickets that conversations may be about, at one moment.

    Scored are those that share a word or a piece of spelling, and of the others, which are told apart by people and
    freshness alone, no more than could be chosen. It comes out as if all had been scored.

    Args:
        index: the tenant's tickets; those closed longer than `CLOSED_FOR` are left out unless named by key.
        now: the time of judging.
        authors: tracker user id by chat user id, where known.
        readable: which tickets may be candidates.
    """

    def __init__(
        self,
        index: TicketIndex,
        *,
        now: datetime,
        authors: Mapping[str, str],
        readable: Callable[[TicketHead], bool] = _anyone,
    ) -> None:
        self._index = index
        self._now = now
        self._authors = authors
        self._readable = readable
        numbers = chain.from_iterable(index.numbers(part) for part in index.parts)
        self._pool = _Pool(
            index, [n for n in numbers if _is_current(index.heads[n], now) and readable(index.heads[n])], now
        )

    def candidates(self, conversation: Conversation, *, limit: int = 8) -> list[Candidate]:
        """The tickets a conversation may be about, best first.

        Half of the places go by what was said alone, so that people and freshness, strong signals as they are, cannot
        crowd out the ticket whose words were used.
        """
        messages = conversation.undeleted_messages
        named = {
            number
            for key in frozenset[str]().union(*(text.keys(message.text) for message in messages))
            for number in self._index.numbers_with_key(key)
            if self._readable(self._index.heads[number])
        }
        pool = self._pool.with_more(named)
        if not messages or not pool.numbers:
            return []
        speakers = {self._authors[message.author] for message in messages if message.author in self._authors}
        heads = self._index.heads
        scores = _Scores(messages, pool, named=named, speakers=speakers)
        by_words, by_all = scores.compared(scores.worth_comparing(limit))

        def best(scored: Mapping[int, float], count: int) -> list[int]:
            return nsmallest(count, scored, key=lambda number: (-scored[number], heads[number].id))

        places = [*best(by_words, (limit + 1) // 2), *best(by_all, limit)]
        chosen = list(dict.fromkeys(places))[:limit]
        return [Candidate(heads[n], by_all[n]) for n in best({n: by_all[n] for n in chosen}, limit)]


class _Pool:
    """The tickets that are compared with each other.

    Attributes:
        numbers: theirs, each part changed last first.
        holds: for each number of the index whether it is one of them.
        fresh: how fresh each is beside the others.
    """

    def __init__(self, index: TicketIndex, numbers: Sequence[int], now: datetime) -> None:
        self.index = index
        self.numbers = numbers
        self.now = now
        self.holds = bytearray(len(index.heads))
        for number in numbers:
            self.holds[number] = 1
        self.mean_length = sum(index.lengths[n] for n in numbers) / len(numbers) if numbers else 0.0
        ages = [-math.log1p(_age_days(index.heads[number], now)) for number in numbers]
        standard = _Standard(ages)
        self.fresh = dict(zip(numbers, map(standard, ages), strict=True))

    def with_more(self, numbers: Iterable[int]) -> "_Pool":
        """The same pool with some more in it."""
        more = [number for number in numbers if not self.holds[number]]
        return _Pool(self.index, [*self.numbers, *more], self.now) if more else self


class _Scores:
    """Compares tickets with what was said: words, spelling, people, freshness, in the order of the weights."""

    def __init__(self, messages: Sequence[Message], pool: _Pool, *, named: set[int], speakers: set[str]) -> None:
        self._pool, self._named, self._speakers = pool, named, speakers
        query, grams = _query(messages)
        total = len(pool.numbers)
        self._words = _bm25(query, pool)
        self._grams = _shared_grams(grams, pool)
        self._standard_word = _Standard(self._words.values(), total=total)
        self._standard_gram = _Standard(self._grams.values(), total=total)

    def compared(self, numbers: Iterable[int]) -> tuple[Mapping[int, float], Mapping[int, float]]:
        """How well each ticket fits what was said, and how well it fits also by people and freshness."""
        heads, fresh = self._pool.index.heads, self._pool.fresh
        *_, by_person, by_freshness = _WEIGHTS
        said = {number: self._said(number) for number in numbers}
        fits = (
            (number, score + by_person * (heads[number].assignee_id in self._speakers) + by_freshness * fresh[number])
            for number, score in said.items()
        )
        return _rounded(said.items()), _rounded(fits)

    def worth_comparing(self, limit: int) -> set[int]:
        """All that can be among the best so many, by either measure."""
        index, chosen = self._pool.index, {*self._words, *self._grams, *self._named}

        def others(numbers: Iterable[int]) -> Iterator[int]:
            return (number for number in numbers if self._pool.holds[number] and number not in chosen)

        # What shares nothing with what was said differs by people and freshness, or where freshness is alike by id.
        freshest: list[int] = []
        for whose in (index.parts, *(index.numbers_of_assignee(speaker) for speaker in self._speakers)):
            for part in whose:
                freshest += self._freshest(others(index.numbers(part)), limit)
        if len(chosen) < limit:
            freshest += nsmallest(limit, others(self._pool.numbers), key=lambda n: index.heads[n].id)
        return chosen.union(freshest)

    def _freshest(self, numbers: Iterator[int], limit: int) -> list[int]:
        """The first so many, in which what is dated later than now, by another's clock, is as fresh as can be."""
        heads, future, rest = self._pool.index.heads, list[int](), list[int]()
        for number in numbers:
            if heads[number].updated_at > self._pool.now:
                future.append(number)
            else:
                rest = [number, *islice(numbers, limit - 1)]
                break
        return nsmallest(limit, future, key=lambda n: heads[n].id) + rest

    def _said(self, number: int) -> float:
        words = self._standard_word(self._words.get(number, 0.0))
        grams = self._standard_gram(self._grams.get(number, 0.0))
        return _KEY_BONUS * (number in self._named) + _WEIGHTS[0] * words + _WEIGHTS[1] * grams


def _rounded(scores: Iterable[tuple[int, float]]) -> Mapping[int, float]:
    return {number: round(score, _DIGITS) for number, score in scores}


class _Standard:
    """Makes z-scores; of `total` values those that are not given are 0."""

    def __init__(self, values: Iterable[float], *, total: int | None = None) -> None:
        known = list(values)
        count = len(known) if total is None else total
        zeros = count - len(known)
        self._mean = mean = math.fsum(known) / count if count else 0.0
        squares = chain(((value - mean) ** 2 for value in known), repeat(mean**2, zeros))
        self._deviation = math.sqrt(math.fsum(squares) / count) if count else 0.0

    def __call__(self, value: float) -> float:
        return (value - self._mean) / self._deviation if self._deviation > 1e-9 else 0.0


def _is_current(ticket: TicketHead, now: datetime) -> bool:
    return not ticket.state.type.closed or now - (ticket.completed_at or ticket.updated_at) <= CLOSED_FOR


def _age_days(ticket: TicketHead, now: datetime) -> float:
    return max(0.0, (now - ticket.updated_at).total_seconds() / 86_400)


def _query(messages: Iterable[Message]) -> tuple[Counter[str], frozenset[str]]:
    counts: Counter[str] = Counter()
    grams: set[str] = set()
    for position, message in enumerate(messages):
        plain = text.plain(message.text, {})
        for term in _terms(plain):
            counts[term] += 1 if position else _ROOT_TIMES
        grams |= text.grams(plain)
    return counts, frozenset(grams)


def _bm25(query: Mapping[str, int], pool: _Pool) -> Mapping[int, float]:
    """How well the words fit, of those tickets that share any."""
    index, total, mean = pool.index, len(pool.numbers), pool.mean_length or 1.0
    scores: defaultdict[int, float] = defaultdict(float)
    for term in sorted(query):
        standing = [posting for posting in index.postings(term) if pool.holds[posting >> COUNT_BITS]]
        rarity = math.log(1 + (total - len(standing) + 0.5) / (len(standing) + 0.5))
        most = rarity * (1 + math.log(query[term])) * (_K1 + 1)
        for posting in standing:
            number, count = posting >> COUNT_BITS, posting & MOST_COUNTED
            scores[number] += most * count / (count + _K1 * (1 - _B + _B * index.lengths[number] / mean))
    return scores


def _shared_grams(grams: Iterable[str], pool: _Pool) -> Mapping[int, float]:
    """How alike the spelling is, of those tickets that share any piece of it."""
    index, total = pool.index, len(pool.numbers)
    scores: defaultdict[int, float] = defaultdict(float)
    for gram in sorted(grams):
        standing = [number for number in index.spelt_with(gram) if pool.holds[number]]
        rarity = math.log(1 + total / len(standing)) if standing else 0.0
        for number in standing:
            scores[number] += rarity
    return {number: score / math.sqrt(index.piece_counts[number]) for number, score in scores.items()}
