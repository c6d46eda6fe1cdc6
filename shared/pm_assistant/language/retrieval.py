"""Which tickets a conversation may be about, each with how probable that is: a cheap look, before anyone judges."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from heapq import nsmallest
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from pm_assistant.domain.history import History
from pm_assistant.domain.index import Entry, Table, TicketHead, TicketIndex
from pm_assistant.domain.work import Conversation, Message, Ticket
from pm_assistant.language import text
from pm_assistant.language.meaning import concepts
from pm_assistant.language.ranking import model, words
from pm_assistant.language.ranking.areas import Areas
from pm_assistant.language.ranking.chat import ChatRarity
from pm_assistant.language.ranking.features import Comparison
from pm_assistant.language.ranking.mentions import named_in
from pm_assistant.language.ranking.people import People
from pm_assistant.language.ranking.pool import Pool
from pm_assistant.language.ranking.said import Line, Said, line

_BY_WORDS, _BY_TITLE, _NEWEST, _OF_EACH = 60, 30, 60, 20
"""How many are looked at closely: of those that share words, of the newest, of each person's."""
_DIGITS = 12
"""Probabilities that are closer than that are alike: they differ by the order in which something was added up."""
_NOTHING_BEFORE = History()


class Candidate(NamedTuple):
    """A ticket that may be meant."""

    head: TicketHead
    probability: float


class Shortlist(NamedTuple):
    """The tickets that a conversation may be about, best first, and how probable it is that it is about none at all.

    Over all tickets that were looked at and none it adds up to 1; the shortlist may name fewer.
    """

    candidates: tuple[Candidate, ...]
    none: float


def entry_of(ticket: Ticket) -> Entry:
    """What a ticket is found by."""
    return Entry(TicketHead.of(ticket), words.uses(ticket.title, ticket.description))


def table_of(entries: Iterable[Entry]) -> Table:
    """A table of these."""
    return Table(entries, pieces_of=text.grams, senses_of=concepts)


def _anyone(_: TicketHead) -> bool:
    return True


class Ranking:
    """Ranks the tickets that conversations may be about, at one moment.

    Args:
        index: the tenant's tickets; those closed longer than `CLOSED_FOR` are left out unless named by key.
        now: the time of judging.
        authors: tracker user id by chat user id, where known.
        names: people's names by chat user id.
        readable: which tickets may be candidates.
        history: what may be known of what was talked about before.
        workspace: the tracker's name for the team in addresses; None lets any count.
    """

    def __init__(
        self,
        index: TicketIndex,
        *,
        now: datetime,
        authors: Mapping[str, str],
        names: Mapping[str, str] = MappingProxyType({}),
        readable: Callable[[TicketHead], bool] = _anyone,
        history: History = _NOTHING_BEFORE,
        workspace: str | None = None,
    ) -> None:
        self.index, self._now, self._history, self._workspace = index, now, history, workspace
        self._pool = Pool(index, now=now, readable=readable)
        self._people = People(self._pool, now=now, accounts=authors, names=names)
        self._areas = Areas(index, now)
        self._lines: dict[str, Line] = {}
        self._named_by: dict[str, frozenset[int]] = {}
        self._chat = ChatRarity(history.words)

    def shortlist(self, conversation: Conversation, *, limit: int = 8) -> Shortlist:
        """The most probable so many, half as many that have words for the same, and as many that mean the same.

        The latter are those to which all that was said lies closest, by vectors.
        Half of the places go by what was said alone, so that people and time, strong signals as they are, cannot crowd
        out the ticket whose words were used.
        """
        messages = conversation.undeleted_messages
        if not messages:
            return Shortlist((), 1.0)
        comparison, numbers = self.compare(conversation)
        heads, threads = self.index.heads, {f"{conversation.channel}:{message.root_ts}" for message in messages}
        known = {match.ticket_id for match in self._history.confirmed if match.conversation_id in threads}
        named = self._named(messages)
        features = {number: comparison.ticket(number) for number in numbers}
        worth = {
            number: model.worth_of_ticket(each, named=number in named, confirmed=heads[number].id in known)
            for number, each in features.items()
        }
        found, none = model.probabilities(worth, model.worth_of_none(comparison.none))
        rounded = {number: round(probability, _DIGITS) for number, probability in found.items()}
        by_words = {number: model.worth_by_words(each) for number, each in features.items()}

        def best(scored: Mapping[int, float], count: int) -> list[int]:
            return nsmallest(count, scored, key=lambda number: (-scored[number], heads[number].id))

        seats = list(dict.fromkeys([*best(by_words, limit // 2), *best(rounded, limit)]))[:limit]
        closest = best(comparison.closeness(numbers), 2 * limit)
        for others, count in ((comparison.meant, limit // 2), (closest, limit)):
            seats += [number for number in others if number not in seats][:count]
        chosen = {number: rounded[number] for number in seats}
        return Shortlist(tuple(Candidate(heads[number], chosen[number]) for number in best(chosen, len(chosen))), none)

    def compare(self, conversation: Conversation) -> tuple[Comparison, list[int]]:
        """Hold a conversation against the tickets that are worth a closer look, which are given by number."""
        messages = conversation.undeleted_messages
        own_threads = {f"{conversation.channel}:{message.root_ts}" for message in messages}
        said = Said.of(messages, [self._line(message.text) for message in messages])
        elsewhere = [
            [heard for heard in self._history.recent.get(speaker, ()) if heard.conversation_id not in own_threads]
            for speaker in said.speakers
        ]
        comparison = Comparison(
            said,
            self._pool,
            people=self._people,
            areas=self._areas,
            chat=self._chat,
            recent=self._areas.said(elsewhere),
            confirmed=[match for match in self._history.confirmed if match.conversation_id not in own_threads],
        )
        return comparison, sorted(self._worth_a_look(said, comparison) | self._named(messages))

    def _worth_a_look(self, said: Said, comparison: Comparison) -> set[int]:
        pool = self._pool
        chosen = pool.shared(comparison.weights, most=_BY_WORDS, most_titles=_BY_TITLE)
        chosen.update(pool.numbers[:_NEWEST], comparison.meant)
        for person in chain(said.speakers, said.mentioned):
            chosen.update(self._people.tickets(person)[:_OF_EACH])
        confirmed = (self.index.number_of(match.ticket_id) for match in self._history.confirmed)
        chosen.update(number for number in confirmed if number is not None and pool.holds[number])
        return chosen

    def _named(self, messages: Iterable[Message]) -> frozenset[int]:
        return frozenset[int]().union(*(self._named_in(message.text) for message in messages))

    def _named_in(self, said: str) -> frozenset[int]:
        if said not in self._named_by:
            named = named_in(said, self.index, workspace=self._workspace)
            self._named_by[said] = frozenset(n for n in named if self._pool.readable(self.index.heads[n]))
        return self._named_by[said]

    def _line(self, said: str) -> Line:
        if said not in self._lines:
            self._lines[said] = line(said)
        return self._lines[said]
