"""The chat-to-ticket benchmark, told to the product in the order in which things happened.

A set is a folder of `tickets.jsonl`, `open_by_day.jsonl`, `messages.jsonl` and `conversations.jsonl`. What the product
knows at a moment is what it would know in a team's life: the tickets opened by then, which of them are open, what was
said before elsewhere and by whom. A label is no input, but what a person would have said to a right question.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pm_assistant.cli.rows import read_objects
from pm_assistant.domain.history import ConfirmedMatch, History, PastConversation
from pm_assistant.domain.index import Entry, TicketHead, TicketIndex
from pm_assistant.domain.tenants import Settings
from pm_assistant.domain.word_counts import WordCounts
from pm_assistant.domain.work import Conversation, Message, StateType, Ticket, TicketState
from pm_assistant.language.key_terms import key_terms
from pm_assistant.language.ranking.said import words_said
from pm_assistant.language.retrieval import Ranking, entry_of, table_of

OPEN = TicketState(id="open", name="Open", type=StateType.UNSTARTED)
CLOSED = TicketState(id="closed", name="Closed", type=StateType.COMPLETED)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When what is no longer listed as open was closed: nothing else says when, and it is no candidate."""
_REMEMBERED = timedelta(days=365)
_ROOT = "1.000000"
_NEW_TABLE_AFTER = 300
"""Tickets that may have changed before the index is made anew."""
_MOST_HEARD = 60
_COUNTED_DAYS = Settings().retention_days
"""As long as a team keeps what is said unless it sets it otherwise, single counts of words are kept here, too."""
_CALLED = re.compile(r"(?<![\w<])@(U[0-9A-F]{8})\b")

type Row = dict[str, Any]


class Item(NamedTuple):
    """Something said, and the ranking as of then."""

    row: Row
    conversation: Conversation
    ranking: Ranking

    @property
    def id(self) -> str:
        """As the set has it."""
        return str(self.row["id"])

    def is_about(self, ticket_id: str) -> bool:
        """What a person would say who is asked."""
        return bool(self.row["ticket_id"] == ticket_id)


class MatchingSet:
    """A set, as it is told."""

    def __init__(self, folder: Path) -> None:
        self.tickets = {row["id"]: row for row in read_objects(folder / "tickets.jsonl")}
        self._open = {row["day"]: frozenset(row["open"]) for row in read_objects(folder / "open_by_day.jsonl")}
        said = [row for kind in ("messages", "conversations") for row in read_objects(folder / f"{kind}.jsonl")]
        self._said = sorted(said, key=lambda row: (row["ts"], row["id"]))
        self._heard: defaultdict[str, deque[PastConversation]] = defaultdict(lambda: deque(maxlen=_MOST_HEARD))
        self._confirmed: deque[ConfirmedMatch] = deque()
        self._words = WordCounts()
        self._counted: set[tuple[str, str, str]] = set()
        self._tracker = _Tracker(self.tickets)

    def __iter__(self) -> Iterator[Item]:
        """Each item in order; what it says is heard once the next is asked for."""
        for row in self._said:
            conversation, now = conversation_of(row), datetime.fromtimestamp(row["ts"], UTC)
            day = now.strftime("%Y-%m-%d")
            authors = {message.author for message in conversation.messages}
            people = authors | set(self._tracker.people)
            ranking = Ranking(
                self._tracker.index(day, self._open[day]),
                now=now,
                authors={person: person for person in people},
                names={person: person for person in authors},
                readable=_opened_by(now),
                history=self._before(row, authors),
            )
            yield Item(row, conversation, ranking)
            self._hear(row, conversation, now)

    def confirm(self, item: Item) -> None:
        """A person has said that it is about the ticket that it is labelled with."""
        at = datetime.fromtimestamp(item.row["ts"], UTC)
        self._confirmed.appendleft(
            ConfirmedMatch(
                ticket_id=item.row["ticket_id"],
                channel=item.row["thread"],
                root_ts=_ROOT,
                private=False,
                authors=(),
                cited=(),
                at=at,
                counts_from=at,
                ends_at=at + _REMEMBERED,
                terms=key_terms(item.conversation.messages),
            )
        )

    def _before(self, row: Row, authors: set[str]) -> History:
        """What was said elsewhere: a set's threads are cut into many items, which would tell of each other."""
        recent = {
            author: [heard for heard in self._heard[author] if heard.channel != row["thread"] and heard.at < _at(row)]
            for author in authors
        }
        confirmed = [match for match in self._confirmed if match.channel != row["thread"] and match.at < _at(row)]
        return History(recent, confirmed, self._words)

    def _hear(self, row: Row, conversation: Conversation, now: datetime) -> None:
        authors = tuple(dict.fromkeys(message.author for message in conversation.messages))
        heard = PastConversation(
            row["id"],
            row["thread"],
            private=False,
            authors=authors,
            at=now,
            ends_at=now + _REMEMBERED,
            terms=key_terms(conversation.messages),
        )
        for author in authors:
            self._heard[author].appendleft(heard)
        self._count(conversation, now)

    def _count(self, conversation: Conversation, now: datetime) -> None:
        """Count what is new in it: a set has some messages by themselves and in their conversation, too."""
        said = {(message.channel, message.author, message.text): message for message in conversation.messages}
        if words := words_said(message for place, message in said.items() if place not in self._counted):
            self._words = self._words.after_saying(words, now=now, days=_COUNTED_DAYS)
        self._counted.update(said)


def _opened_by(now: datetime) -> Callable[[TicketHead], bool]:
    return lambda head: head.created_at <= now


def _at(row: Row) -> datetime:
    return datetime.fromtimestamp(row["ts"], UTC)


class _Tracker:
    """What a tracker would have told of its tickets by a day."""

    def __init__(self, tickets: Mapping[str, Row]) -> None:
        self._tickets = sorted(tickets.values(), key=lambda row: row["opened_at"])
        self._entries: dict[str, Entry] = {}
        self._known = 0
        self._table = table_of(())
        self._changed: set[str] = set()
        self._open: frozenset[str] = frozenset()
        self._day, self._index = "", TicketIndex(self._table)
        self.people: set[str] = set()

    def index(self, day: str, listed: frozenset[str]) -> TicketIndex:
        """The index of a day, on which these are open."""
        if day == self._day:
            return self._index
        changed = listed ^ self._open
        while self._known < len(self._tickets) and _day(self._tickets[self._known]) <= day:
            row = self._tickets[self._known]
            self.people.add(row["author"])
            changed |= {row["id"]}
            self._entries[row["id"]] = entry_of(ticket_of(row))
            self._known += 1
        for id in changed & self._entries.keys():
            head = self._entries[id].head
            state, completed_at = (OPEN, None) if id in listed else (CLOSED, LONG_AGO)
            self._entries[id] = self._entries[id]._replace(head=head._replace(state=state, completed_at=completed_at))
        self._changed |= changed & self._entries.keys()
        if len(self._changed) > _NEW_TABLE_AFTER:
            self._table, self._changed = table_of(self._entries.values()), set()
        self._index = TicketIndex(self._table, {id: self._entries[id] for id in self._changed})
        self._day, self._open = day, listed
        return self._index


def _day(row: Row) -> str:
    return datetime.fromtimestamp(row["opened_at"], UTC).strftime("%Y-%m-%d")


def ticket_of(row: Row) -> Ticket:
    """A set's ticket, which knows who opened it and not who works on it."""
    at = datetime.fromtimestamp(row["opened_at"], UTC)
    return Ticket(
        id=row["id"],
        key=row["id"],
        title=row["title"],
        description=row["description"],
        url="",
        state=OPEN,
        team_id="t",
        creator_id=row["author"],
        created_at=at,
        updated_at=at,
    )


def conversation_of(row: Row) -> Conversation:
    """A message, or a conversation (one `author: text` line a message), as a part of its thread."""
    said: list[tuple[str, str]] = [(row["author"], row["text"])] if "author" in row else []
    for text in [] if "author" in row else row["text"].split("\n"):
        author, colon, words = text.partition(": ")
        if colon and author in row["authors"]:
            said.append((author, words))
        elif said:
            said[-1] = (said[-1][0], f"{said[-1][1]}\n{text}")
    at = datetime.fromtimestamp(row["ts"], UTC)
    messages = (
        Message(
            channel=row["thread"],
            ts=f"{row['ts']}.{i:06d}",
            root_ts=_ROOT,
            author=who,
            text=_CALLED.sub(r"<@\1>", words),
            received_at=at,
        )
        for i, (who, words) in enumerate(said)
    )
    return Conversation(channel=row["thread"], messages=tuple(messages))
