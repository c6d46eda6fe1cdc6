"""What can be looked up of a team, on DynamoDB: packed segments, and the changes since.

`INDEX#CHANGE#<nonce>` names tickets that have changed, `INDEX#HEAD` the segments that hold all the others, and
`INDEX#TEAM` is another whenever people, teams or connections are. `SEGMENT#<id>#<piece>` rows are what the head lists,
later ones over earlier ones. The tickets' own rows are the truth: a change is named once its row is written, so whoever
reads the name reads the row as it was then, or later. Everything here can be made anew from them, and is where it is
not there or was written by a newer version of us.

One query reads what begins with `INDEX#`, in this order: a name that is gone by then is in what the head lists, which
is read after it.
"""

import json
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from pm_assistant.aws import tables
from pm_assistant.aws.rows import IndexRow, TicketRow
from pm_assistant.aws.stored import stored
from pm_assistant.aws.stores import segments
from pm_assistant.aws.stores.connections import DynamoConnections
from pm_assistant.aws.stores.team import TEAM, note_team
from pm_assistant.aws.stores.tenants import DynamoDirectory
from pm_assistant.domain.errors import UpstreamError, UpstreamUnavailable
from pm_assistant.domain.index import Entry, Table, TeamIndex, TicketIndex
from pm_assistant.domain.tenants import Member, Provider, TenantId
from pm_assistant.domain.work import Team, Ticket
from pm_assistant.language.retrieval import entry_of, table_of

MOST_CHANGES = 50
"""As many names are two read units, and as many tickets are read by one request."""
NAMED_TOGETHER = 100
WHOLE_EVERY = timedelta(days=7)
"""After so long everything is written anew with the next change: what tickets said before is then nowhere any more."""
ATTEMPTS = 4
"""How often a reader starts anew because segments were replaced under it; each time somebody else got further."""
LONGEST_TAIL = 8 * MOST_CHANGES
"""Changes that a container keeps beside its table before it reads both anew, as one."""
_CHANGES, _LIST = "INDEX#CHANGE#", "INDEX#HEAD"
DEFAULT_CACHE = 64 * 1024 * 1024
PERSON_SIZE = 4_000
"""About what a person or a team takes in memory, in bytes."""
CHANGE_SIZE = 8_000
"""About what a change takes beside the table it stands in: its words as they are counted."""


class _Segment(NamedTuple):
    """Where a stretch of the index lies."""

    id: str
    pieces: int
    tickets: int


class _Head(NamedTuple):
    """What the index is made of.

    Attributes:
        generation: another whenever that changes.
        whole_since: when it was all written last, in seconds since 1970.
    """

    generation: str
    format: int
    segments: tuple[_Segment, ...]
    whole_since: float


class _State(NamedTuple):
    """What a tenant's index stands at: its head, the ids that each change names, and as of when its people are."""

    head: _Head | None
    changes: Mapping[str, Sequence[str]]
    team: str | None

    @property
    def changed(self) -> frozenset[str]:
        return frozenset(id for ids in self.changes.values() for id in ids)

    @property
    def own(self) -> bool:
        """Whether there is one that we can read."""
        return self.head is not None and self.head.format == segments.FORMAT

    @property
    def newer(self) -> bool:
        """Whether a newer version of us has written it."""
        return self.head is not None and self.head.format > segments.FORMAT


@dataclass(frozen=True)
class _Warm:
    """What a container knows of a tenant's index.

    Attributes:
        generation: of the head it was read from.
        seen: the changes that are in it.
        changed: what they brought, by the ids of tickets.
        team: as of when people, teams and connections are.
    """

    generation: str | None
    seen: frozenset[str]
    table: Table
    changed: Mapping[str, Entry | None]
    tickets: TicketIndex
    team: str | None = None
    people: Sequence[Member] = ()
    teams: Sequence[Team] = ()
    base_urls: Mapping[Provider, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        people = PERSON_SIZE * (len(self.people) + len(self.teams))
        return self.tickets.size + people + CHANGE_SIZE * len(self.changed)


class _Cache:
    """What is kept of the tenants asked for last, as much of it as there is room for."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[TenantId, _Warm] = OrderedDict()
        self._changing = Lock()

    def get(self, tenant_id: TenantId) -> _Warm | None:
        return self._kept.get(tenant_id)

    def put(self, tenant_id: TenantId, warm: _Warm) -> None:
        with self._changing:  # Reads are made side by side: none is to drop what another is about to move.
            self._kept[tenant_id] = warm
            self._kept.move_to_end(tenant_id)
            while sum(kept.size for kept in self._kept.values()) > self._capacity:
                self._kept.popitem(last=False)


class DynamoIndex:
    """The index (`Index`).

    Args:
        cache: how many bytes of memory a container may keep warm.
    """

    def __init__(self, cache: int = DEFAULT_CACHE) -> None:
        self._cache = _Cache(cache)
        self._connections = DynamoConnections()
        self._directory = DynamoDirectory()

    def read(self, tenant_id: TenantId) -> TeamIndex:
        """As of now: what was kept before is in it."""
        for _ in range(ATTEMPTS):
            state = _state(tenant_id)
            warm = self._tickets(tenant_id, state)
            if warm is not None:
                warm = self._with_people(tenant_id, warm, state)
                self._cache.put(tenant_id, warm)
                return TeamIndex(warm.tickets, warm.people, warm.teams, warm.base_urls)
        raise UpstreamUnavailable("the index was replaced time and again while it was read")

    def rebuild(self, tenant_id: TenantId) -> None:
        """Make it anew, and drop what compactions that broke off have left."""
        state = _state(tenant_id)
        left = [row.sk for row in IndexRow.each(tenant_id, IndexRow.sk.startswith("SEGMENT#"))]
        _built(tenant_id, state, left=left)
        note_team(tenant_id)

    def _tickets(self, tenant_id: TenantId, state: _State) -> _Warm | None:
        """The tickets as they are now; None if what the head lists has been replaced meanwhile."""
        warm = self._cache.get(tenant_id)
        generation = state.head.generation if state.head else None
        if warm is None or generation is None or warm.generation != generation:
            warm = _loaded(tenant_id, state)
        if warm is None:
            return None
        if unseen := state.changes.keys() - warm.seen:
            fresh = _entries(tenant_id, {id for change in unseen for id in state.changes[change]})
            changed = {**warm.changed, **fresh}
            warm = replace(
                warm,
                seen=warm.seen | unseen,
                changed=changed,
                tickets=TicketIndex(warm.table, changed),
            )
        return _tidied(tenant_id, state, warm)

    def _with_people(self, tenant_id: TenantId, warm: _Warm, state: _State) -> _Warm:
        known = self._cache.get(tenant_id)
        if state.team is not None and known is not None and known.team == state.team:
            return replace(warm, team=known.team, people=known.people, teams=known.teams, base_urls=known.base_urls)
        connections = self._connections.all(tenant_id)
        return replace(
            warm,
            team=state.team,
            people=self._directory.members(tenant_id),
            teams=self._directory.teams(tenant_id),
            base_urls={connection.provider: connection.base_url for connection in connections},
        )


def note_changes(tenant_id: TenantId, ticket_ids: Sequence[str]) -> None:
    """Name tickets whose rows have been written."""
    for begin in range(0, len(ticket_ids), NAMED_TOGETHER):
        row = IndexRow(tables.partition(tenant_id), f"{_CHANGES}{uuid.uuid4().hex}")
        row.data = json.dumps(ticket_ids[begin : begin + NAMED_TOGETHER])
        row.put()


def tidy(tenant_id: TenantId) -> None:
    """Fold the changes into the index if there are too many: where nobody reads, writers do it."""
    state = _state(tenant_id)
    if not _is_due(state):
        return
    with suppress(UpstreamError):  # Nobody asked for it; whoever comes next may be luckier.
        if state.own:
            _folded(tenant_id, state, _entries(tenant_id, state.changed))
        else:
            _built(tenant_id, state)


def _state(tenant_id: TenantId) -> _State:
    head, changes, team = None, {}, None
    for row in IndexRow.among(tenant_id, IndexRow.sk.startswith("INDEX#")):
        if row.sk.startswith(_CHANGES):
            changes[row.sk] = json.loads(row.data)
        elif row.sk == _LIST:
            head = _read_head(row)
        elif row.sk == TEAM:
            team = row.data
    return _State(head, changes, team)


def _read_head(row: IndexRow) -> _Head:
    head = json.loads(row.data)
    if head["format"] != segments.FORMAT:
        return _Head(row.generation, head["format"], (), 0)
    listed = tuple(_Segment(*each) for each in head["segments"])
    return _Head(row.generation, head["format"], listed, head["whole_since"])


def _loaded(tenant_id: TenantId, state: _State) -> _Warm | None:
    """The index without its changes; None if what the head lists has been replaced meanwhile."""
    if state.head is None or not state.own:
        return _built(tenant_id, state)
    entries: dict[str, Entry | None] = {}
    for segment in state.head.segments:
        unpacked = _unpacked(tenant_id, segment)
        if unpacked is None:
            now = _state(tenant_id)
            # What nobody has replaced is lost.
            return _built(tenant_id, now) if now.head == state.head else None
        entries.update(unpacked)
    table = table_of(filter(None, entries.values()))
    return _Warm(state.head.generation, frozenset(), table, {}, TicketIndex(table))


def _built(tenant_id: TenantId, state: _State, *, left: Iterable[str] | None = None) -> _Warm:
    """The index made of the tickets' rows, its changes included, and kept for others if that is worth while.

    An older version of us leaves a newer one's alone as long as somebody seems to look after it. Of a tenant that has
    no tickets nothing is kept: it may be gone.
    """
    rows = TicketRow.each(tenant_id, TicketRow.sk.startswith("TICKET#"))
    entries = {entry.head.id: entry for entry in map(_entry, rows) if entry is not None}
    generation, seen = state.head.generation if state.head else None, frozenset(state.changes)
    if (entries or state.head) and (not state.newer or _is_due(state)):
        with suppress(UpstreamError):  # What was read is right, whether or not it can be kept.
            left = left if left is not None else _keys(state.head.segments if state.head else ())
            published = _published(tenant_id, state, [_written(tenant_id, entries)], left=left)
            generation, seen = (published, frozenset()) if published else (generation, seen)
    table = table_of(entries.values())
    return _Warm(generation, seen, table, {}, TicketIndex(table))


def _tidied(tenant_id: TenantId, state: _State, warm: _Warm) -> _Warm:
    """Fold the changes if there are too many; what the index says is the same before and after."""
    if not _is_due(state) or state.head is None or warm.generation != state.head.generation:
        return warm
    if not state.own:
        return _built(tenant_id, state)
    folded = None
    with suppress(UpstreamError):  # Nobody asked for it; whoever comes next may be luckier.
        folded = _folded(tenant_id, state, {id: warm.changed[id] for id in state.changed})
    if folded is None or len(warm.changed) > LONGEST_TAIL:
        return warm
    return replace(warm, generation=folded, seen=frozenset())


def _is_due(state: _State) -> bool:
    too_many = len(state.changed) >= MOST_CHANGES * (2 if state.newer else 1)
    return too_many or (bool(state.changed) and state.own and _is_old(state))


def _is_old(state: _State) -> bool:
    return state.head is not None and _now() - state.head.whole_since > WHOLE_EVERY.total_seconds()


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _folded(tenant_id: TenantId, state: _State, changed: Mapping[str, Entry | None]) -> str | None:
    """Write the changes into a segment of their own, joined with those before that are not much larger.

    So each ticket is written again a few times only, however many there are. Returns the new generation, None if
    somebody else was first.
    """
    kept, joined, count = list(state.head.segments if state.head else ()), list[_Segment](), len(changed)
    while kept and (kept[-1].tickets <= 2 * count or _is_old(state)):
        joined.insert(0, kept.pop())
        count += joined[0].tickets
    entries: dict[str, Entry | None] = {}
    for segment in joined:
        unpacked = _unpacked(tenant_id, segment)
        if unpacked is None:
            return None
        entries.update(unpacked)
    entries.update(changed)
    if not kept:  # There is nothing below that they would have to hide.
        entries = {id: entry for id, entry in entries.items() if entry is not None}
    return _published(tenant_id, state, [*kept, _written(tenant_id, entries)], left=_keys(joined))


def _written(tenant_id: TenantId, entries: Mapping[str, Entry | None]) -> _Segment:
    pieces = segments.pack(entries)
    segment = _Segment(uuid.uuid4().hex, len(pieces), len(entries))
    for key, piece in zip(_keys([segment]), pieces, strict=True):
        IndexRow(tables.partition(tenant_id), key, packed=piece).put()
    return segment


def _published(tenant_id: TenantId, state: _State, listed: Sequence[_Segment], *, left: Iterable[str]) -> str | None:
    """Make these segments the index, in the place of others and of all changes named; None if somebody else was first.

    What is left over goes only then: until then others read it.
    """
    pk, generation = tables.partition(tenant_id), uuid.uuid4().hex
    since = state.head.whole_since if state.head and len(listed) > 1 else _now()
    data = json.dumps({"format": segments.FORMAT, "segments": listed, "whole_since": since})
    head = IndexRow(pk, _LIST, data=data, generation=generation)
    unchanged = IndexRow.generation == state.head.generation if state.head else IndexRow.pk.does_not_exist()
    if not head.put(unchanged | (IndexRow.generation == generation)):
        IndexRow.drop_all(IndexRow(pk, key) for key in _keys(listed[-1:]))
        return None
    IndexRow.drop_all(IndexRow(pk, key) for key in (*state.changes, *left))
    return generation


def _unpacked(tenant_id: TenantId, segment: _Segment) -> Mapping[str, Entry | None] | None:
    """What a segment holds; None if it is no longer there.

    Its rows never change, so what an inconsistent read has of them is right.
    """
    keys = _keys([segment])
    found = {row.sk: row.packed for row in IndexRow.find_all(tenant_id, keys, consistent=False)}
    if missing := [key for key in keys if key not in found]:
        found |= {row.sk: row.packed for row in IndexRow.find_all(tenant_id, missing)}
    return dict(segments.unpack(found[key] for key in keys)) if len(found) == len(keys) else None


def _keys(listed: Iterable[_Segment]) -> list[str]:
    return [f"SEGMENT#{segment.id}#{number}" for segment in listed for number in range(segment.pieces)]


def _entries(tenant_id: TenantId, ticket_ids: Iterable[str]) -> Mapping[str, Entry | None]:
    """What the rows of these tickets now say, None of each that is gone."""
    ids = list(ticket_ids)
    rows = TicketRow.find_all(tenant_id, (f"TICKET#{id}" for id in ids))
    known = (entry for entry in map(_entry, rows) if entry is not None)
    return dict.fromkeys(ids) | {entry.head.id: entry for entry in known}


def _entry(row: TicketRow) -> Entry | None:
    return entry_of(stored(Ticket, row.data)) if row.data else None
