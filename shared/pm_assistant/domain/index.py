"""What can be looked up of a team without reading its work: its tickets but for their text, its people, its teams."""

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from sys import getsizeof
from typing import NamedTuple, Protocol

from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.work import Team, Ticket, TicketState, page_of

COUNT_BITS = 10
"""Of a posting, for how often a word is used; the rest is the ticket's number, enough for four million."""
MOST_COUNTED = (1 << COUNT_BITS) - 1


class TicketHead(NamedTuple):
    """A ticket without its text.

    Attributes:
        digest: fingerprint of the whole ticket, `digest_of`: one that reads otherwise is not the one told of here.
    """

    id: str
    key: str
    title: str
    url: str
    state: TicketState
    team_id: str
    assignee_id: str | None
    assignee_name: str | None
    creator_id: str | None
    parent_id: str | None
    former_keys: tuple[str, ...]
    labels: tuple[str, ...]
    priority: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    digest: int

    @classmethod
    def of(cls, ticket: Ticket) -> "TicketHead":
        """The head of a ticket."""
        return cls._make([*(getattr(ticket, name) for name in cls._fields[:-1]), digest_of(ticket)])

    def page(self, url: str) -> str:
        """An address where something of it stands; its own for any elsewhere, which may have come with an archive."""
        return page_of(self.url, url)


def unsigned(values: Iterable[int] = ()) -> array[int]:
    """Numbers, packed; of four bytes wherever we run."""
    return array("I", values)


type Known = Ticket | TicketHead
"""A ticket of which nobody asks for the text."""


def digest_of(ticket: Ticket) -> int:
    """Fingerprint of everything about a ticket."""
    return int.from_bytes(hashlib.blake2b(ticket.model_dump_json().encode(), digest_size=8).digest())


class Words(Protocol):
    """How often each term counts that a ticket is found by."""

    def items(self) -> Iterable[tuple[str, int]]:
        """Each term with how often."""
        ...


class Entry(NamedTuple):
    """What the index holds of one ticket."""

    head: TicketHead
    words: Words


class Table:
    """Entries by number, changed last first, and for each word and piece of spelling the numbers of those that have it.

    Attributes:
        first: the number of the first entry.
        pieces_of: cuts a title into the pieces it is spelt with.
        size: about how many bytes of memory it takes.
    """

    def __init__(
        self, entries: Iterable[Entry], *, pieces_of: Callable[[str], Collection[str]], first: int = 0
    ) -> None:
        by_id = sorted(entries, key=lambda entry: entry.head.id)
        ordered = sorted(by_id, key=lambda entry: entry.head.updated_at, reverse=True)
        self.first = first
        self.heads = [entry.head for entry in ordered]
        self.lengths = unsigned(sum(count for _, count in entry.words.items()) for entry in ordered)
        self.pieces_of = pieces_of
        self.piece_counts = unsigned()
        self.number_of_id = {head.id: number for number, head in enumerate(self.heads, first)}
        self.numbers_of_key = _postings((head.key.upper(), n) for n, head in enumerate(self.heads, first))
        self.numbers_of_former_key = _postings(
            (key.upper(), n) for n, head in enumerate(self.heads, first) for key in head.former_keys
        )
        self.numbers_of_assignee = _postings((head.assignee_id, n) for n, head in enumerate(self.heads, first))
        self.words = _postings(
            (word, number << COUNT_BITS | min(count, MOST_COUNTED))
            for number, entry in enumerate(ordered, first)
            for word, count in entry.words.items()
        )
        self.pieces = _postings(self._spelt())
        self.size = _size(self)

    def _spelt(self) -> Iterator[tuple[str, int]]:
        for number, head in enumerate(self.heads, self.first):
            pieces = self.pieces_of(head.title)
            self.piece_counts.append(len(pieces))
            yield from ((piece, number) for piece in pieces)


class TicketIndex:
    """All of a team's tickets but their text: a table, and what has changed since it was made.

    Attributes:
        heads: of every number, also of those that a change has put out of date; `numbers` leaves these out.
        lengths: how many words count for each number.
        piece_counts: of how many pieces each title is spelt.
        parts: stretches of numbers, each changed last first.
    """

    def __init__(self, table: Table, changes: Mapping[str, Entry | None] | None = None) -> None:
        changes = changes or {}
        recent = Table(filter(None, changes.values()), pieces_of=table.pieces_of, first=len(table.heads))
        self._tables = (table, recent)
        self._outdated = frozenset(table.number_of_id[id] for id in changes if id in table.number_of_id)
        self.heads = [*table.heads, *recent.heads]
        self.lengths = table.lengths + recent.lengths
        self.piece_counts = table.piece_counts + recent.piece_counts
        self.parts = (range(recent.first), range(recent.first, len(self.heads)))
        self.size = table.size + recent.size

    def __len__(self) -> int:
        return len(self.heads) - len(self._outdated)

    def __iter__(self) -> Iterator[TicketHead]:
        return (self.heads[number] for part in self.parts for number in self.numbers(part))

    def numbers(self, among: Iterable[int]) -> Iterable[int]:
        """Those of the numbers that stand for a ticket as it now is."""
        return (number for number in among if number not in self._outdated) if self._outdated else among

    def get(self, ticket_id: str) -> TicketHead | None:
        """The head of a ticket, None if there is none of that id."""
        numbers = (table.number_of_id.get(ticket_id) for table in self._tables)
        known = list(self.numbers(number for number in numbers if number is not None))
        return self.heads[known[0]] if known else None

    def with_key(self, key: str) -> Sequence[TicketHead]:
        """The heads of the tickets with a key, however that is spelt; without any, of those that once had it."""
        return [self.heads[number] for number in self.numbers_with_key(key.upper())]

    def numbers_with_key(self, key: str) -> Iterable[int]:
        """The numbers of the tickets with a key in upper case; without any, of those that had it in a former team."""
        now = [*self.numbers(number for table in self._tables for number in table.numbers_of_key.get(key, ()))]
        former = (number for table in self._tables for number in table.numbers_of_former_key.get(key, ()))
        return now or self.numbers(former)

    def of_assignee(self, assignee_id: str) -> Sequence[TicketHead]:
        """The heads of what somebody works on."""
        return [self.heads[number] for part in self.numbers_of_assignee(assignee_id) for number in self.numbers(part)]

    def numbers_of_assignee(self, assignee_id: str) -> Iterable[Iterable[int]]:
        """The numbers of what somebody works on, by part, each changed last first; some may be out of date."""
        return (table.numbers_of_assignee.get(assignee_id, ()) for table in self._tables)

    def postings(self, word: str) -> Iterable[int]:
        """Where a word stands: `number << COUNT_BITS | how often`; some may be out of date."""
        return (posting for table in self._tables for posting in table.words.get(word, ()))

    def spelt_with(self, piece: str) -> Iterable[int]:
        """The numbers of the tickets whose titles have this piece; some may be out of date."""
        return (number for table in self._tables for number in table.pieces.get(piece, ()))


class TeamIndex(NamedTuple):
    """A team as it can be looked up, at one moment.

    Attributes:
        tickets: without their text.
        people: everybody we know, also who has left.
        teams: the tracker's teams.
        base_urls: where the workspaces that are connected are found.
    """

    tickets: TicketIndex
    people: Sequence[Member]
    teams: Sequence[Team]
    base_urls: Mapping[Provider, str]


def _postings[K](pairs: Iterable[tuple[K, int]]) -> dict[K, array[int]]:
    found: defaultdict[K, array[int]] = defaultdict(unsigned)
    for key, posting in pairs:
        found[key].append(posting)
    return {key: unsigned(postings) for key, postings in found.items()}  # an array that grew has room to spare


def _size(table: Table) -> int:
    """What a table's own parts take; what tickets share, such as states, weighs nothing beside it."""
    heads = sum(
        getsizeof(head) + sum(getsizeof(part) for part in (head.id, head.key, head.title, head.url)) + 3 * 56 + 36
        for head in table.heads
    )
    keys = (table.numbers_of_key, table.numbers_of_former_key)
    maps = (table.words, table.pieces, table.numbers_of_assignee, *keys)
    postings = sum(getsizeof(each) + getsizeof(key) for found in maps for key, each in found.items())
    dicts = sum(map(getsizeof, (*maps, table.number_of_id)))
    return heads + postings + dicts + 10 * len(table.heads)
