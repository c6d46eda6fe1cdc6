"""Which tickets a conversation may be about: a cheap ranking over all of a tenant's tickets, before anyone judges."""

import math
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from pm_assistant.domain.model import Model
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


class Candidate(Model):
    """A ticket that may be meant and how it compares with the others of the same call; higher is better."""

    ticket: Ticket
    score: float


class _Document:
    __slots__ = ("counts", "grams", "length")

    def __init__(self, title: str, body: str) -> None:
        self.counts: Counter[str] = Counter()
        for term in _terms(title):
            self.counts[term] += _TITLE_TIMES
        self.counts.update(_terms(body[:_BODY_CHARS]))
        self.length = self.counts.total()
        self.grams = text.grams(title)


@lru_cache(maxsize=20_000)
def _document(title: str, body: str) -> _Document:
    return _Document(title, body)


def _terms(plain: str) -> list[str]:
    return content_terms(text.terms(plain))


def candidates(
    conversation: Conversation,
    tickets: Sequence[Ticket],
    *,
    now: datetime,
    authors: Mapping[str, str],
    limit: int = 8,
) -> list[Candidate]:
    """Rank the tickets a conversation may be about.

    Args:
        conversation: what was said.
        tickets: all tickets of the tenant; those closed longer than `CLOSED_FOR` are left out unless named by key.
        now: the time of judging.
        authors: tracker user id by chat user id, where known.
        limit: how many to return at most.

    Returns:
        Candidates, best first. Half of the places go by what was said alone, so that people and freshness, strong
        signals as they are, cannot crowd out the ticket whose words were used.
    """
    messages = conversation.undeleted_messages
    named_keys = frozenset[str]().union(*(text.keys(message.text) for message in messages))
    pool = [ticket for ticket in tickets if ticket.key.upper() in named_keys or _is_current(ticket, now)]
    if not messages or not pool:
        return []
    speakers = {authors[message.author] for message in messages if message.author in authors}
    signals = _signals(messages, pool, speakers=speakers, now=now)
    named_at = [ticket.key.upper() in named_keys for ticket in pool]
    by_all = [_KEY_BONUS * key + _dot(_WEIGHTS, values) for key, values in zip(named_at, signals, strict=True)]
    by_words = [
        _KEY_BONUS * key + _dot(_WEIGHTS[:2], values[:2]) for key, values in zip(named_at, signals, strict=True)
    ]
    chosen = dict.fromkeys(_best(by_words, pool)[: (limit + 1) // 2] + _best(by_all, pool))
    best = sorted(list(chosen)[:limit], key=lambda i: (-by_all[i], pool[i].id))
    return [Candidate(ticket=pool[i], score=by_all[i]) for i in best]


def _best(scores: Sequence[float], pool: Sequence[Ticket]) -> list[int]:
    return sorted(range(len(pool)), key=lambda i: (-scores[i], pool[i].id))


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


def _signals(
    messages: Sequence[Message], pool: Sequence[Ticket], *, speakers: Container[str | None], now: datetime
) -> list[tuple[float, ...]]:
    """Compare every ticket with what was said: words, spelling, people, freshness; in the order of the weights."""
    query, grams = _query(messages)
    documents = [_document(ticket.title, ticket.description) for ticket in pool]
    return list(
        zip(
            _standardised(_bm25(query, documents)),
            _standardised(_shared_grams(grams, documents)),
            [float(ticket.assignee_id in speakers) for ticket in pool],
            _standardised([-math.log1p(_age_days(ticket, now)) for ticket in pool]),
            strict=True,
        )
    )


def _is_current(ticket: Ticket, now: datetime) -> bool:
    return not ticket.state.type.closed or now - (ticket.completed_at or ticket.updated_at) <= CLOSED_FOR


def _age_days(ticket: Ticket, now: datetime) -> float:
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


def _bm25(query_counts: Counter[str], documents: Sequence[_Document]) -> list[float]:
    shared = [query_counts.keys() & document.counts.keys() for document in documents]
    frequency = Counter(term for terms in shared for term in terms)
    query = {term: 1 + math.log(times) for term, times in query_counts.items()}
    total = len(documents)
    idf = {term: math.log(1 + (total - df + 0.5) / (df + 0.5)) for term, df in frequency.items()}
    mean = sum(document.length for document in documents) / total or 1.0
    scores = []
    for document, terms in zip(documents, shared, strict=True):
        saturation = _K1 * (1 - _B + _B * document.length / mean)
        counts = document.counts
        scores.append(
            sum(
                idf[term] * query[term] * counts[term] * (_K1 + 1) / (counts[term] + saturation)
                for term in sorted(terms)
            )
        )
    return scores


def _shared_grams(grams: frozenset[str], documents: Sequence[_Document]) -> list[float]:
    shared = [grams & document.grams for document in documents]
    frequency = Counter(gram for common in shared for gram in common)
    total = len(documents)
    idf = {gram: math.log(1 + total / df) for gram, df in frequency.items()}
    return [
        math.fsum(idf[gram] for gram in common) / math.sqrt(len(document.grams) or 1)
        for common, document in zip(shared, documents, strict=True)
    ]


def _standardised(values: Sequence[float]) -> list[float]:
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / deviation if deviation > 1e-9 else 0.0 for value in values]
