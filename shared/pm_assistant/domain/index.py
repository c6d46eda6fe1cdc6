"""What can be looked up of a team without reading its work: its tickets but for their text, its people, its teams."""

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from functools import cached_property
from sys import getsizeof
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.work import Cycle, Project, Team, Ticket, TicketState, page_of

COUNT_BITS = 10
"""Of a posting, for how often a word is used (`Use`); the rest is the ticket's number, enough for four million."""
USE_MASK = (1 << COUNT_BITS) - 1
_TITLE_BITS = 3
_MOST_IN_TITLE, _MOST_IN_BODY = (1 << _TITLE_BITS) - 1, USE_MASK >> _TITLE_BITS


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
    project: Project | None
    cycle: Cycle | None
    labels: tuple[str, ...]
    priority: int
    estimate: float | None
    due_date: date | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    digest: int

    @classmethod
    def of(cls, ticket: Ticket) -> "TicketHead":
        """The head of a ticket."""
        return cls._make([*(getattr(ticket, name) for name in cls._fields[:-1]), digest_of(ticket)])

    def page(self, url: str) -> str:
        """Where on its page something of it stands, as `page_of` says."""
        return page_of(self.url, url)


def unsigned(values: Iterable[int] = ()) -> array[int]:
    """Numbers, packed; of four bytes wherever we run."""
    return array("I", values)


type Known = Ticket | TicketHead
"""A ticket of which nobody asks for the text."""


def digest_of(ticket: Ticket) -> int:
    """Fingerprint of everything about a ticket."""
    return int.from_bytes(hashlib.blake2b(ticket.model_dump_json().encode(), digest_size=8).digest())


def use_of(in_title: int, in_body: int) -> int:
    """How often a word is used in a ticket's title and in its text, as one number below `1 << COUNT_BITS`."""
    return min(in_body, _MOST_IN_BODY) << _TITLE_BITS | min(in_title, _MOST_IN_TITLE)


def in_title(use: int) -> int:
    """How often a use, or a posting, says that a word is in the title."""
    return use & _MOST_IN_TITLE


def in_body(use: int) -> int:
    """How often a use, or a posting, says that a word is in the text below the title."""
    return (use & USE_MASK) >> _TITLE_BITS


class Words(Protocol):
    """How often a ticket uses each term that it is found by, title and text told apart (`use_of`)."""

    def items(self) -> Iterable[tuple[str, int]]:
        """Each term with its use."""
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
        senses_of: names what a word can mean.
        title_lengths: how many words each title has; `title_words`, how many different ones; `body_lengths`, the text.
        vocabulary: every word, by its own number.
        uses: `word's number << COUNT_BITS | use`, ticket after ticket; those of one end at its place in `ends`.
        size: about how many bytes of memory it takes.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        pieces_of: Callable[[str], Collection[str]],
        senses_of: Callable[[str], Iterable[str]],
        first: int = 0,
    ) -> None:
        by_id = sorted(entries, key=lambda entry: entry.head.id)
        ordered = sorted(by_id, key=lambda entry: entry.head.updated_at, reverse=True)
        self.first = first
        self.heads = [entry.head for entry in ordered]
        self.pieces_of, self.senses_of = pieces_of, senses_of
        self.piece_counts = unsigned()
        self.number_of_id = {head.id: number for number, head in enumerate(self.heads, first)}
        self.numbers_of_key = _postings((head.key.upper(), n) for n, head in enumerate(self.heads, first))
        self.numbers_of_former_key = _postings(
            (key.upper(), n) for n, head in enumerate(self.heads, first) for key in head.former_keys
        )
        self.numbers_of_assignee = _postings((head.assignee_id, n) for n, head in enumerate(self.heads, first))
        self.numbers_of_creator = _postings((head.creator_id, n) for n, head in enumerate(self.heads, first))
        self.title_lengths, self.title_words, self.body_lengths = unsigned(), unsigned(), unsigned()
        self.uses, self.ends = unsigned(), unsigned()
        self.words = _postings(self._used(ordered))
        self.vocabulary = list(self.words)
        self.pieces = _postings(self._spelt())
        self.size = _size(self)

    @cached_property
    def words_of_sense(self) -> Mapping[str, Sequence[str]]:
        """The words that can stand for each sense; looked up when the first is asked for."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.words:
            for sense in self.senses_of(word):
                found[sense].append(word)
        return found

    def _used(self, ordered: Iterable[Entry]) -> Iterator[tuple[str, int]]:
        numbers: dict[str, int] = {}
        for number, entry in enumerate(ordered, self.first):
            in_titles, in_bodies, words = 0, 0, 0
            for word, use in entry.words.items():
                in_titles, in_bodies = in_titles + in_title(use), in_bodies + in_body(use)
                words += in_title(use) > 0
                self.uses.append(numbers.setdefault(word, len(numbers)) << COUNT_BITS | use)
                yield word, number << COUNT_BITS | use
            self.ends.append(len(self.uses))
            self.title_lengths.append(in_titles)
            self.title_words.append(words)
            self.body_lengths.append(in_bodies)

    def _spelt(self) -> Iterator[tuple[str, int]]:
        for number, head in enumerate(self.heads, self.first):
            pieces = self.pieces_of(head.title)
            self.piece_counts.append(len(pieces))
            yield from ((piece, number) for piece in pieces)


class TicketIndex:
    """All of a team's tickets but their text: a table, and what has changed since it was made.

    Attributes:
        heads: of every number, also of those that a change has put out of date; `numbers` leaves these out.
        title_lengths: how many words each title has; `title_words`, how many different ones; `body_lengths`, the text.
        piece_counts: of how many pieces each title is spelt.
        parts: stretches of numbers, each changed last first.
    """

    def __init__(self, table: Table, changes: Mapping[str, Entry | None] | None = None) -> None:
        changes = changes or {}
        recent = Table(
            filter(None, changes.values()), pieces_of=table.pieces_of, senses_of=table.senses_of, first=len(table.heads)
        )
        self._tables = (table, recent)
        self._outdated = frozenset(table.number_of_id[id] for id in changes if id in table.number_of_id)
        self.heads = [*table.heads, *recent.heads]
        self.title_lengths = table.title_lengths + recent.title_lengths
        self.title_words = table.title_words + recent.title_words
        self.body_lengths = table.body_lengths + recent.body_lengths
        self.piece_counts = table.piece_counts + recent.piece_counts
        self.parts = (range(recent.first), range(recent.first, len(self.heads)))
        self.size = table.size + recent.size

    def seen_as(self, changes: Mapping[str, TicketHead | None]) -> "TicketIndex":
        """The same where these tickets have other heads, by their ids, or are not there; their words stay theirs."""
        seen = copy(self)
        vars(seen).pop("_outdated_words", None)
        seen.heads = list(self.heads)
        gone: set[int] = set()
        for id, head in changes.items():
            number = self.number_of(id)
            if number is None:
                continue
            if head is None:
                gone.add(number)
            else:
                seen.heads[number] = head
        seen._outdated = self._outdated | gone
        return seen

    def __len__(self) -> int:
        return len(self.heads) - len(self._outdated)

    def __iter__(self) -> Iterator[TicketHead]:
        return (self.heads[number] for part in self.parts for number in self.numbers(part))

    @property
    def workspace(self) -> str | None:
        """The tracker's name for the team in addresses, read off one; None where there is no ticket."""
        first = next(iter(self), None)
        steps = [step for step in urlsplit(first.url).path.split("/") if step] if first else []
        return steps[0] if steps else None

    def numbers(self, among: Iterable[int]) -> Iterable[int]:
        """Those of the numbers that stand for a ticket as it now is."""
        return (number for number in among if number not in self._outdated) if self._outdated else among

    def get(self, ticket_id: str) -> TicketHead | None:
        """The head of a ticket, None if there is none of that id."""
        number = self.number_of(ticket_id)
        return self.heads[number] if number is not None else None

    def number_of(self, ticket_id: str) -> int | None:
        """The number of a ticket, None if there is none of that id."""
        numbers = (table.number_of_id.get(ticket_id) for table in self._tables)
        return next(iter(self.numbers(number for number in numbers if number is not None)), None)

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

    def numbers_of_creator(self, creator_id: str) -> Iterable[int]:
        """The numbers of what somebody opened."""
        return self.numbers(n for table in self._tables for n in table.numbers_of_creator.get(creator_id, ()))

    def postings(self, word: str) -> Iterable[int]:
        """Where a word stands: `number << COUNT_BITS | use`; some may be out of date."""
        return (posting for table in self._tables for posting in table.words.get(word, ()))

    def with_sense(self, sense: str, *, but_by: Collection[str]) -> Iterator[int]:
        """The postings of the words that can stand for a sense, but for these; some may be out of date."""
        for table in self._tables:
            words = (word for word in table.words_of_sense.get(sense, ()) if word not in but_by)
            yield from (posting for word in words for posting in table.words[word])

    def frequency(self, word: str) -> int:
        """In how many tickets a word stands."""
        return sum(len(table.words.get(word, ())) for table in self._tables) - self._outdated_words[word]

    @cached_property
    def _outdated_words(self) -> Counter[str]:
        """In how many tickets each word stood before they were changed."""
        return Counter(word for number in self._outdated for word, _ in self.words_of(number))

    def words_of(self, number: int) -> Iterator[tuple[str, int]]:
        """The words of a ticket with their use."""
        table = self._tables[number >= self._tables[1].first]
        place = number - table.first
        for packed in table.uses[table.ends[place - 1] if place else 0 : table.ends[place]]:
            yield table.vocabulary[packed >> COUNT_BITS], packed & USE_MASK

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
        getsizeof(head) + sum(getsizeof(part) for part in (head.id, head.key, head.title, head.url)) + 4 * 56 + 36
        for head in table.heads
    )
    keys = (table.numbers_of_key, table.numbers_of_former_key)
    maps = (table.words, table.pieces, table.numbers_of_assignee, table.numbers_of_creator, *keys)
    postings = sum(getsizeof(each) + getsizeof(key) for found in maps for key, each in found.items())
    dicts = sum(map(getsizeof, (*maps, table.number_of_id)))
    words = sum(map(getsizeof, (table.uses, table.vocabulary)))
    return heads + postings + dicts + words + 22 * len(table.heads)
