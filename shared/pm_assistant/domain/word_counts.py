"""In how many conversations words were said lately, counted in places that words share: no word can be read back.

It is a memory, and no record. Nothing says whose a count is, or where it was said. What was said once is forgotten when
the counts are halved, so all that lasts is how common the words of a place are.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

PLACES = 8_192
"""A language has several words for each, of which few are said much."""
MOST_CONVERSATIONS = 2_048
"""Once so many are counted, the counts are halved: what a team talks about changes."""


class WordCounts(NamedTuple):
    """How often a team says what.

    Attributes:
        conversations: how many were counted.
        places: in how many of them a word of each place was said; none before anything was.
        since: when counting began, or the counts were halved last.
    """

    conversations: int = 0
    places: Sequence[int] = ()
    since: datetime | None = None

    def of(self, word: str) -> int:
        """In how many of the conversations a word was said, or another one that shares its place."""
        return self.places[_place(word)] if self.places else 0

    def after_saying(self, words: Collection[str], *, now: datetime, days: int) -> "WordCounts":
        """The counts with one conversation more.

        Args:
            words: what was said in it.
            now: the time.
            days: after which no single count is kept any more.
        """
        is_due = self.since is not None and now - self.since >= timedelta(days=days)
        known = self.halved(now) if is_due or self.conversations >= MOST_CONVERSATIONS else self
        said = {_place(word) for word in words}
        places = tuple(count + (place in said) for place, count in enumerate(known.places or (0,) * PLACES))
        return WordCounts(known.conversations + 1, places, known.since or now)

    def halved(self, now: datetime) -> "WordCounts":
        """Half of each, and nothing of what was counted once."""
        return WordCounts(self.conversations // 2, tuple(count // 2 for count in self.places), now)


def _place(word: str) -> int:
    return crc32(word.encode()) % PLACES
