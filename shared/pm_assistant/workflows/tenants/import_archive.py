"""Bring a tenant what another one took along."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from pm_assistant.domain.archive import Archive
from pm_assistant.domain.errors import Conflict, InvalidRequest
from pm_assistant.domain.jobs import Job, Record, Step
from pm_assistant.domain.portability import TOLD, unpacked
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.connections import ConnectionStates
from pm_assistant.ports.corridor import Decisions, Messages, Tickets
from pm_assistant.ports.reports import Schedules, Subscriptions
from pm_assistant.ports.tenants import Archives, Directory, Partition, Tenants

RECORDS_PER_STEP = 4_000
BYTES_PER_STEP = 20_000_000
"""What a function has memory for beside the archive."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def bring(
    job: Job,
    *,
    archives: Archives,
    partition: Partition,
    tenants: Tenants,
    states: ConnectionStates,
    directory: Directory,
    subscriptions: Subscriptions,
    schedules: Schedules,
    tickets: Tickets,
    messages: Messages,
    decisions: Decisions,
) -> Step:
    """Check the whole archive first and write nothing; then, step by step, keep its records as this tenant's.

    A record that is kept twice is kept once, so a step may be repeated. Whatever is wrong with the archive is found by
    the first step. With the last one what rests on the records follows: connections' copies of settings, schedules.
    Kinds that are there to be read only are left alone.

    Raises:
        NotFound: nothing was uploaded, or it has expired.
        Conflict: the tenant has tickets, messages or decisions already.
        InvalidRequest: the archive is not what an export makes; names file and line.
    """
    tenant_id = job.tenant_id
    archive = Archive(archives.read(tenant_id, job.order.upload_id or ""))
    counts = {kind: count for kind, count in archive.manifest.counts.items() if kind not in TOLD}
    total = sum(counts.values())
    if job.cursor is None:
        if not _fresh(tenant_id, tickets=tickets, messages=messages, decisions=decisions):
            raise Conflict("the tenant has data of its own already; an import needs a fresh one")
        for kind in archive.kinds:
            _check(tenant_id, archive, kind)
        return Step(done=0, total=total, cursor="0")
    begin = int(job.cursor)
    done = begin + partition.restore(tenant_id, _share(islice(_all(archive), begin, begin + RECORDS_PER_STEP)))
    if done < total:
        return Step(done=done, total=total, cursor=str(done))
    states.adapt(tenant_id, tenants.get(tenant_id).settings)
    people = {member.id: member for member in directory.members(tenant_id)}
    for wish in subscriptions.all(tenant_id):
        if wish.member_id in people:
            schedules.put(tenant_id, people[wish.member_id], wish)
    return Step(done=done, total=total, results=({"counts": counts},))


def _fresh(tenant_id: TenantId, *, tickets: Tickets, messages: Messages, decisions: Decisions) -> bool:
    return not (decisions.latest(tenant_id, limit=1) or tickets.all(tenant_id) or messages.since(tenant_id, BEGINNING))


def _check(tenant_id: TenantId, archive: Archive, kind: str) -> None:
    try:
        for _ in unpacked(tenant_id, archive.records(kind)):
            pass
    except InvalidRequest as error:
        # A record of a file is a line of it.
        raise InvalidRequest(f"{kind}.jsonl: {error}", field=error.field) from error


def _all(archive: Archive) -> Iterator[Record]:
    return (record for kind in archive.kinds if kind not in TOLD for record in archive.records(kind))


def _share(records: Iterable[Record]) -> Iterator[Record]:
    """As many records from the first on as a step bears."""
    size = 0
    for record in records:
        size += len(record.model_dump_json())
        yield record
        if size >= BYTES_PER_STEP:
            return
