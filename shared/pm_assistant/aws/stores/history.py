"""What was talked about before, on DynamoDB: a packed row for each speaker, so that one request reads several.

A row holds as much as one read unit may, the latest. All of it ends with the first of it.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pm_assistant.aws import tables
from pm_assistant.aws.tables import HistoryRow
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import HeardConversation, Keeping, after_hearing, followed, speakers_of, stretches
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Conversation

FORMAT = 1
LARGEST_PACK = 3_700
"""In bytes; with its keys and names a row stays within 4 KB, and half a unit reads it."""
ATTEMPTS = 8
"""How often a row that changes meanwhile is looked at again; as many writers at once do not exist."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)

type Past = Sequence[HeardConversation]


class DynamoConversationHistory:
    """The history (`ConversationHistory`): `HEARD#<speaker>`."""

    def recent(self, tenant_id: TenantId, speakers: Collection[str]) -> Mapping[str, Past]:
        """What these have taken part in, in one request."""
        rows = HistoryRow.find_all(tenant_id, map(_sk, speakers), consistent=False)
        return {row.sk.removeprefix("HEARD#"): unpack(row.packed) for row in rows}

    def keep(self, tenant_id: TenantId, conversation: Conversation, heard: Past, keeping: Keeping) -> None:
        """Replace it with each speaker on condition that nobody wrote meanwhile; then with whoever else has it."""
        waiting, seen = {speaker for said in stretches(conversation) for speaker in speakers_of(said)}, set[str]()
        while waiting:
            rows = {row.sk: row for row in HistoryRow.find_all(tenant_id, map(_sk, waiting))}
            seen |= waiting
            also = set[str]()
            for speaker in sorted(waiting):
                own = [each for each in heard if speaker in each.authors]

                def kept(known: Past, own: Past = own) -> Past:
                    return after_hearing(known, conversation, own, keeping)

                before = _change(tenant_id, _sk(speaker), kept, rows.get(_sk(speaker)))
                also |= {author for past in before if past.rests_on(conversation) for author in past.authors}
            waiting = also - seen

    def forget_speaker(self, tenant_id: TenantId, speaker: str) -> None:
        """Delete a speaker's row."""
        HistoryRow(tables.partition(tenant_id), _sk(speaker)).drop()


def follow_heard(tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
    """Bring what was heard in a channel up to what the channel is now, speaker by speaker."""
    for row in HistoryRow.each(tenant_id, HistoryRow.sk.startswith("HEARD#")):
        if followed(known := unpack(row.packed), change) != known:
            _change(tenant_id, row.sk, lambda known: followed(known, change), row)
            yield


def _change(tenant_id: TenantId, sk: str, change: Callable[[Past], Past], row: HistoryRow | None) -> Past:
    """Change a row, whoever else does in this very moment; returns what was there before.

    Args:
        tenant_id: whose.
        sk: of the row.
        change: what becomes of what is there.
        row: as it was read; None if it was not there.
    """
    for _ in range(ATTEMPTS):
        known = unpack(row.packed) if row else ()
        if _is_written(tenant_id, sk, change(known), row):
            return known
        row = HistoryRow.find(tenant_id, sk)
    raise Conflict("what is kept with a speaker keeps changing")


def _is_written(tenant_id: TenantId, sk: str, after: Past, before: HistoryRow | None) -> bool:
    """Whether it stands there, because nobody has changed the row since."""
    packed, kept = pack(after)
    if before is not None and packed == before.packed:
        return True
    unchanged = HistoryRow.pk.does_not_exist() if before is None else HistoryRow.packed == before.packed
    row = HistoryRow(tables.partition(tenant_id), sk, packed=packed)
    if not kept:
        return before is None or row.drop(tables.absent_or(unchanged))
    row.expires_at = min(past.ends_at for past in kept)
    return row.put(unchanged | (HistoryRow.packed == packed))


def pack(past: Past) -> tuple[bytes, Past]:
    """As much of it as a row has room for, and which that is; the latest comes first."""
    packed, kept = _packed(past), past
    while len(packed) > LARGEST_PACK:
        kept = kept[: min(len(kept) - 1, len(kept) * LARGEST_PACK // len(packed))]
        packed = _packed(kept)
    return packed, kept


def unpack(packed: bytes) -> list[HeardConversation]:
    """Read back what `pack` made; what another version of us has written otherwise is forgotten."""
    format, columns = json.loads(zlib.decompress(packed))
    return [_heard(column) for column in columns] if format == FORMAT else []


def _packed(past: Past) -> bytes:
    columns = [
        (
            heard.channel,
            heard.root_ts,
            heard.private,
            heard.threaded,
            heard.authors,
            (heard.at - _EPOCH) // _TICK,
            int(heard.ends_at.timestamp()),
            # What repeats costs next to nothing once it is compressed.
            " ".join(term for term, count in heard.terms.items() for _ in range(count)),
        )
        for heard in past
    ]
    return zlib.compress(json.dumps((FORMAT, columns), separators=(",", ":"), ensure_ascii=False).encode(), 9)


def _heard(column: Sequence[Any]) -> HeardConversation:
    channel, root_ts, private, threaded, authors, at, ends_at, terms = column
    return HeardConversation(
        channel=channel,
        root_ts=root_ts,
        private=private,
        authors=tuple(authors),
        at=_EPOCH + at * _TICK,
        ends_at=datetime.fromtimestamp(ends_at, UTC),
        terms=Counter(terms.split()),
        threaded=threaded,
    )


def _sk(speaker: str) -> str:
    return f"HEARD#{speaker}"
