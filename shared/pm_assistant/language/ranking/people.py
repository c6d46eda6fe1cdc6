"""Who has to do with which tickets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from heapq import nlargest
from itertools import chain

from pm_assistant.domain.index import TicketHead
from pm_assistant.language.ranking import words
from pm_assistant.language.ranking.areas import MOST_OPENED
from pm_assistant.language.ranking.pool import Pool

_NOBODY = frozenset[str]()


class People:
    """A team's people by their chat ids, and the tickets that they opened or work on.

    Args:
        accounts: the tracker's user id by chat id, where known.
        names: by chat id.
    """

    def __init__(self, pool: Pool, *, now: datetime, accounts: Mapping[str, str], names: Mapping[str, str]) -> None:
        self._pool, self._now, self._accounts = pool, now, accounts
        self._names = {id: frozenset(words.terms(name)) for id, name in names.items()}
        self._chat_ids: dict[str, frozenset[str]] = {}
        for chat_id, account in accounts.items():
            self._chat_ids[account] = self._chat_ids.get(account, _NOBODY) | {chat_id}
        self._tickets: dict[str, Sequence[int]] = {}

    def of(self, head: TicketHead) -> frozenset[str]:
        """Who opened a ticket, and who works on it."""
        accounts = filter(None, (head.creator_id, head.assignee_id))
        return _NOBODY.union(*(self._chat_ids.get(account, _NOBODY) for account in accounts))

    def tickets(self, person: str) -> Sequence[int]:
        """The tickets of the pool that somebody opened or works on, opened last first."""
        if (known := self._tickets.get(person)) is None:
            index, account = self._pool.index, self._accounts.get(person)
            theirs = chain(index.numbers_of_creator(account), *index.numbers_of_assignee(account)) if account else ()
            numbers = {number for number in theirs if self._pool.holds[number]}
            known = self._tickets[person] = sorted(numbers, key=self._pool.newest_first)
        return known

    def opened(self, persons: Iterable[str]) -> Sequence[int]:
        """The tickets that each of these opened last, also such as are closed by now."""
        heads, found = self._pool.index.heads, list[int]()
        for account in filter(None, map(self._accounts.get, persons)):
            theirs = (n for n in self._pool.index.numbers_of_creator(account) if self._pool.readable(heads[n]))
            found += nlargest(MOST_OPENED, theirs, key=lambda number: (heads[number].created_at, heads[number].id))
        return found

    def names(self, persons: Iterable[str]) -> Sequence[frozenset[str]]:
        """What these are called, word by word."""
        return [name for name in map(self._names.get, persons) if name]
