"""What was talked about before, on DynamoDB: packed rows under keys that are known, so that one request reads several.

A row holds as much as half a read unit reads, the latest. All of it ends with the first of it; counts of words, which
hold none, once nothing more is counted.
"""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from pm_assistant.aws import tables
from pm_assistant.aws.rows import HistoryRow
from pm_assistant.domain.decisions import Subject
from pm_assistant.domain.errors import Contention
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import (
    ConfirmedMatch,
    History,
    Keeping,
    PastConversation,
    after_confirming,
    after_hearing,
    followed,
    latest_first,
    speakers_of,
    stretches,
)
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.word_counts import PLACES, WordCounts
from pm_assistant.domain.work import Conversation

LARGEST_PACK = 3_700
"""In bytes; with its keys and names a row stays within 4 KB, and half a unit reads it."""
ATTEMPTS = 8
"""How often a row that changes meanwhile is looked at again; as many writers at once do not exist."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)

CONFIRMED_ROWS = 4
"""Over which confirmed matches are spread, by when their thread began: what stands in one ends together."""


class DynamoConversationHistory:
    """The history (`ConversationHistory`): `HEARD#<speaker>`, `CONFIRMED#<number>`, `WORD_COUNTS`."""

    def read(self, tenant_id: TenantId, speakers: Collection[str]) -> History:
        """All of it in one request."""
        rows = HistoryRow.find_all(tenant_id, (*map(_sk, speakers), *_CONFIRMED, _WORD_COUNTS), consistent=False)
        heard = (row for row in rows if row.sk not in {*_CONFIRMED, _WORD_COUNTS})
        recent = {row.sk.removeprefix("HEARD#"): HEARD.unpack(row.packed) for row in heard}
        confirmed = [match for row in rows if row.sk in _CONFIRMED for match in CONFIRMED.unpack(row.packed)]
        counts = next((_counted(row.packed) for row in rows if row.sk == _WORD_COUNTS), WordCounts())
        return History(recent, latest_first(confirmed), counts)

    def keep(
        self, tenant_id: TenantId, conversation: Conversation, heard: Sequence[PastConversation], keeping: Keeping
    ) -> datetime | None:
        """Replace it with each speaker on condition that nobody wrote meanwhile; then with whoever else has it."""
        if any(message.deleted or message.edited_ts for message in conversation.messages):
            _forget_matches(tenant_id, lambda match: not match.still_reads_so(conversation))
        waiting, seen = {speaker for said in stretches(conversation) for speaker in speakers_of(said)}, set[str]()
        replaced = list[PastConversation]()
        while waiting:
            rows = {row.sk: row for row in HistoryRow.find_all(tenant_id, map(_sk, waiting))}
            seen |= waiting
            also = set[str]()
            for speaker in sorted(waiting):
                own = [each for each in heard if speaker in each.authors]

                def kept(
                    known: Sequence[PastConversation], own: Sequence[PastConversation] = own
                ) -> Sequence[PastConversation]:
                    return after_hearing(known, conversation, own, keeping)

                before = _change(tenant_id, _sk(speaker), HEARD, kept, rows.get(_sk(speaker)))
                replaced += (past for past in before if past.rests_on(conversation))
                also |= {author for past in replaced for author in past.authors}
            waiting = also - seen
        return max((past.at for past in replaced), default=None)

    def count(self, tenant_id: TenantId, words: Collection[str], keeping: Keeping) -> None:
        """Count on condition that nobody else has meanwhile; who finds it so again and again lets it be."""
        for _ in range(ATTEMPTS):
            row = HistoryRow.find(tenant_id, _WORD_COUNTS)
            known = _counted(row.packed) if row else WordCounts()
            packed = _packed(known.after_saying(words, now=keeping.now, days=keeping.days), keeping.now)
            after = HistoryRow(tables.partition(tenant_id), _WORD_COUNTS, packed=packed)
            after.expires_at = keeping.end_of(keeping.now)
            if after.put(HistoryRow.packed == row.packed if row else HistoryRow.pk.does_not_exist()):
                return

    def confirm(
        self, tenant_id: TenantId, thread: Subject, matches: Sequence[ConfirmedMatch], keeping: Keeping
    ) -> None:
        """Replace it in the one row where all of a thread is, wherever its channel goes."""
        sk = _CONFIRMED[crc32(thread.root_ts.encode()) % CONFIRMED_ROWS]
        row = HistoryRow.find(tenant_id, sk)
        _change(tenant_id, sk, CONFIRMED, lambda known: after_confirming(known, thread.id, matches, keeping), row)

    def forget_speaker(self, tenant_id: TenantId, speaker: str) -> None:
        """Delete a speaker's row, and their words from all others'."""
        HistoryRow(tables.partition(tenant_id), _sk(speaker)).drop()
        _forget_matches(tenant_id, lambda match: speaker in match.authors)


def follow_heard(tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
    """Bring what was heard and confirmed in a channel up to what the channel is now, row by row."""
    for row in HistoryRow.each(tenant_id, HistoryRow.sk.startswith("HEARD#")):
        if _is_changed(tenant_id, HEARD, lambda known: followed(known, change), row):
            yield
    for row in HistoryRow.find_all(tenant_id, _CONFIRMED):
        if _is_changed(tenant_id, CONFIRMED, lambda known: followed(known, change), row):
            yield


def _forget_matches(tenant_id: TenantId, forgotten: Callable[[ConfirmedMatch], bool]) -> None:
    for row in HistoryRow.find_all(tenant_id, _CONFIRMED):
        _is_changed(tenant_id, CONFIRMED, lambda known: [match for match in known if not forgotten(match)], row)


class Form[Past: (PastConversation, ConfirmedMatch)]:
    """How one kind of past stands in its rows: a row holds as much as has room, and ends with the first of it.

    Args:
        number: raised whenever the columns mean something else; what another version has packed is forgotten.
        column: of one of them.
        past: the way back.
    """

    def __init__(
        self, number: int, column: Callable[[Past], Sequence[object]], past: Callable[[Sequence[Any]], Past]
    ) -> None:
        self._number = number
        self._column: Callable[[Past], Sequence[object]] = column
        self._past: Callable[[Sequence[Any]], Past] = past

    def pack(self, past: Sequence[Past]) -> tuple[bytes, Sequence[Past]]:
        """As much of it as a row has room for, and which that is; the latest comes first."""
        packed, kept = self._packed(past), past
        while len(packed) > LARGEST_PACK:
            kept = kept[: min(len(kept) - 1, len(kept) * LARGEST_PACK // len(packed))]
            packed = self._packed(kept)
        return packed, kept

    def unpack(self, packed: bytes) -> list[Past]:
        """Read back what `pack` made."""
        number, columns = json.loads(zlib.decompress(packed))
        return list(map(self._past, columns)) if number == self._number else []

    def _packed(self, past: Sequence[Past]) -> bytes:
        columns = list(map(self._column, past))
        return zlib.compress(
            json.dumps((self._number, columns), separators=(",", ":"), ensure_ascii=False).encode(), level=9
        )


def _is_changed[Past: (PastConversation, ConfirmedMatch)](
    tenant_id: TenantId, form: Form[Past], change: Callable[[Sequence[Past]], Sequence[Past]], row: HistoryRow
) -> bool:
    """Change a row if there is anything to; whether there was."""
    known = form.unpack(row.packed)
    return change(known) != known and bool(_change(tenant_id, row.sk, form, change, row))


def _change[Past: (PastConversation, ConfirmedMatch)](
    tenant_id: TenantId,
    sk: str,
    form: Form[Past],
    change: Callable[[Sequence[Past]], Sequence[Past]],
    row: HistoryRow | None,
) -> Sequence[Past]:
    """Change a row, whoever else does in this very moment; returns what was there before.

    Args:
        tenant_id: whose.
        sk: of the row.
        form: what it holds.
        change: what becomes of what is there.
        row: as it was read; None if it was not there.
    """
    for _ in range(ATTEMPTS):
        known = form.unpack(row.packed) if row else []
        if _is_written(tenant_id, sk, form, change(known), row):
            return known
        row = HistoryRow.find(tenant_id, sk)
    raise Contention("what is kept of the past keeps changing")


def _is_written[Past: (PastConversation, ConfirmedMatch)](
    tenant_id: TenantId, sk: str, form: Form[Past], after: Sequence[Past], before: HistoryRow | None
) -> bool:
    """Whether it stands there, because nobody has changed the row since."""
    packed, kept = form.pack(after)
    if before is not None and packed == before.packed:
        return True
    unchanged = HistoryRow.pk.does_not_exist() if before is None else HistoryRow.packed == before.packed
    row = HistoryRow(tables.partition(tenant_id), sk, packed=packed)
    if not kept:
        return before is None or row.drop(tables.absent_or(unchanged))
    row.expires_at = min(past.ends_at for past in kept)
    return row.put(unchanged | (HistoryRow.packed == packed))


def _heard_column(heard: PastConversation) -> Sequence[object]:
    return (
        heard.channel,
        heard.root_ts,
        heard.private,
        heard.threaded,
        heard.authors,
        _ticks(heard.at),
        int(heard.ends_at.timestamp()),
        _spelt_out(heard.terms),
    )


def _heard(column: Sequence[Any]) -> PastConversation:
    channel, root_ts, private, threaded, authors, at, ends_at, terms = column
    return PastConversation(
        channel=channel,
        root_ts=root_ts,
        private=private,
        authors=tuple(authors),
        at=_EPOCH + at * _TICK,
        ends_at=datetime.fromtimestamp(ends_at, UTC),
        terms=Counter(terms.split()),
        threaded=threaded,
    )


def _match_column(match: ConfirmedMatch) -> Sequence[object]:
    return (
        match.ticket_id,
        match.channel,
        match.root_ts,
        match.private,
        match.authors,
        match.cited,
        _ticks(match.at),
        _ticks(match.counts_from),
        int(match.ends_at.timestamp()),
        _spelt_out(match.terms),
    )


def _match(column: Sequence[Any]) -> ConfirmedMatch:
    ticket_id, channel, root_ts, private, authors, cited, at, counts_from, ends_at, terms = column
    return ConfirmedMatch(
        ticket_id=ticket_id,
        channel=channel,
        root_ts=root_ts,
        private=private,
        authors=tuple(authors),
        cited=tuple(cited),
        at=_EPOCH + at * _TICK,
        counts_from=_EPOCH + counts_from * _TICK,
        ends_at=datetime.fromtimestamp(ends_at, UTC),
        terms=Counter(terms.split()),
    )


_WORD_COUNTS = "WORD_COUNTS"
_COUNTS = struct.Struct(f"<BIQ{PLACES}s{PLACES}s")
"""How it is packed, of how many, since when, and the counts: the low bytes apart from the high ones, mostly nothing."""
_COUNTS_FORM = 1
"""Raised whenever what is packed means something else."""


def _packed(counts: WordCounts, now: datetime) -> bytes:
    """Counts as they have room in a row, halved until they do."""
    low, high = (bytes(count >> shift & 0xFF for count in counts.places) for shift in (0, 8))
    content = _COUNTS.pack(_COUNTS_FORM, counts.conversations, _ticks(counts.since or now), low, high)
    packed = zlib.compress(content, level=9)
    return packed if len(packed) <= LARGEST_PACK else _packed(counts.halved(now), now)


def _counted(packed: bytes) -> WordCounts:
    """Read back what `_packed` made; what another version has packed is forgotten."""
    content = zlib.decompress(packed)
    if len(content) != _COUNTS.size or content[0] != _COUNTS_FORM:
        return WordCounts()
    _, conversations, since, lows, highs = _COUNTS.unpack(content)
    places = tuple(low + (high << 8) for low, high in zip(lows, highs, strict=True))
    return WordCounts(conversations, places, _EPOCH + since * _TICK)


HEARD, CONFIRMED = Form(1, _heard_column, _heard), Form(1, _match_column, _match)
_CONFIRMED = tuple(f"CONFIRMED#{number}" for number in range(CONFIRMED_ROWS))


def _ticks(at: datetime) -> int:
    return (at - _EPOCH) // _TICK


def _spelt_out(terms: Mapping[str, int]) -> str:
    """What repeats costs next to nothing once it is compressed."""
    return " ".join(term for term, count in terms.items() for _ in range(count))


def _sk(speaker: str) -> str:
    return f"HEARD#{speaker}"
