"""A stretch of the ticket index as bytes: what many tickets are found by, packed, and cut to what a row holds.

Whatever is packed here is read by other versions of us as well; a change to its form, to what is in it (another field
of a ticket, too) or to how texts become words is a new `FORMAT`.
"""

import json
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from pm_assistant.domain.index import COUNT_BITS, USE_MASK, Entry, TicketHead, unsigned
from pm_assistant.domain.model import Model
from pm_assistant.domain.work import Cycle, Project, TicketState

FORMAT = 8
LARGEST_PIECE = 350_000
"""In bytes; a row holds 400 KB, its keys and the names of its attributes included."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_TIMES = ("created_at", "updated_at", "started_at", "completed_at")
_LISTS = ("former_keys", "labels")
_PARTS: Mapping[str, type[Model]] = {"state": TicketState, "project": Project, "cycle": Cycle}
"""What many tickets have in common: each is written once, and of a ticket its number."""
_REPEATED = ("team_id", "assignee_id", "assignee_name", "creator_id", "parent_id", "former_keys", "labels")
_PLACE = {name: place for place, name in enumerate(TicketHead._fields)}


class _PackedWords(NamedTuple):
    """The words of one ticket, as they were packed."""

    vocabulary: Sequence[str]
    counts: array[int]
    begin: int
    end: int

    def items(self) -> Iterator[tuple[str, int]]:
        """Each word and its use."""
        for packed in self.counts[self.begin : self.end]:
            yield self.vocabulary[packed >> COUNT_BITS], packed & USE_MASK


def pack(entries: Mapping[str, Entry | None]) -> Sequence[bytes]:
    """Pack what is known of tickets by their ids, None of one that is gone, into pieces."""
    known = [entry for entry in entries.values() if entry is not None]
    frequency = Counter(word for entry in known for word, _ in entry.words.items())
    vocabulary = [word for word, _ in frequency.most_common()]  # frequent words have small numbers, which compress
    number = {word: n for n, word in enumerate(vocabulary)}
    counts = unsigned((number[w] << COUNT_BITS | count for entry in known for w, count in entry.words.items()))
    parts = {name: _numbered(getattr(entry.head, name) for entry in known) for name in _PARTS}
    head = {
        "gone": [id for id, entry in entries.items() if entry is None],
        "parts": {name: [part.model_dump(mode="json") for part in found] for name, found in parts.items()},
        "vocabulary": vocabulary,
        "lengths": [len(list(entry.words.items())) for entry in known],
        "columns": list(zip(*(_packed_head(entry.head, parts) for entry in known), strict=True)),
    }
    described = json.dumps(head, separators=(",", ":")).encode()
    packed = zlib.compress(len(described).to_bytes(4) + described + counts.tobytes())
    return [packed[begin : begin + LARGEST_PIECE] for begin in range(0, len(packed), LARGEST_PIECE)]


def unpack(pieces: Iterable[bytes]) -> Iterator[tuple[str, Entry | None]]:
    """Read back what `pack` made, one by one."""
    unpacked = memoryview(zlib.decompress(b"".join(pieces)))
    end = 4 + int.from_bytes(unpacked[:4])
    head: dict[str, Any] = json.loads(bytes(unpacked[4:end]))
    counts = unsigned()
    counts.frombytes(unpacked[end:])
    yield from ((id, None) for id in head["gone"])
    parts = {_PLACE[name]: [kind.model_validate(part) for part in head["parts"][name]] for name, kind in _PARTS.items()}
    shared: dict[Any, Any] = {}
    begin = 0
    for row, length in zip(zip(*head["columns"], strict=True), head["lengths"], strict=True):
        ticket = _head(row, parts, shared)
        words = _PackedWords(head["vocabulary"], counts, begin, begin := begin + length)
        yield ticket.id, Entry(ticket, words)


def _numbered(parts: Iterable[Model | None]) -> Mapping[Model, int]:
    """Each of these that there is, once, with its number."""
    return {part: number for number, part in enumerate(dict.fromkeys(part for part in parts if part is not None))}


def _packed_head(head: TicketHead, parts: Mapping[str, Mapping[Model, int]]) -> tuple[Any, ...]:
    """A head as it is written down."""
    times = {name: getattr(head, name) for name in _TIMES}
    ticks = {name: (at - _EPOCH) // _TICK if at else None for name, at in times.items()}
    numbers = {name: numbered.get(getattr(head, name)) for name, numbered in parts.items()}
    due_date = head.due_date.isoformat() if head.due_date else None
    written = {**head._asdict(), **ticks, **numbers, "due_date": due_date}
    return tuple(written.values())


def _head(row: tuple[Any, ...], parts: Mapping[int, Sequence[Model]], shared: dict[Any, Any]) -> TicketHead:
    values = list(row)
    for place in _PLACES_OF_TIMES:
        values[place] = None if values[place] is None else _EPOCH + timedelta(microseconds=values[place])
    for place, known in parts.items():
        values[place] = None if values[place] is None else known[values[place]]
    if values[_DUE] is not None:
        values[_DUE] = date.fromisoformat(values[_DUE])
    for place in _PLACES_OF_LISTS:
        values[place] = tuple(values[place])
    for place in _SHARED:  # many tickets have the same, which need not be there as often
        values[place] = shared.setdefault(values[place], values[place])
    return TicketHead(*values)


_PLACES_OF_TIMES, _PLACES_OF_LISTS, _SHARED = (
    tuple(_PLACE[name] for name in names) for names in (_TIMES, _LISTS, _REPEATED)
)
_DUE = _PLACE["due_date"]
