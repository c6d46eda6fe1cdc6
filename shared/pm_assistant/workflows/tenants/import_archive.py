"""Bring a tenant what another one took along."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from pm_assistant.domain.archive import Archive
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.jobs import Job, Record, Step
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.portability import EXPORT_ONLY, admitted, from_records, to_record
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.schedule import readers, schedule_report
from pm_assistant.workflows.tenants.address import address_of

RECORDS_PER_STEP = 4_000
BYTES_PER_STEP = 20_000_000
"""What a function has memory for beside the archive."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def import_archive(job: Job, unit: Unit) -> Step:
    """Check the whole archive first and write nothing; then, step by step, keep its records as this tenant's.

    A record that is kept twice is kept once, so a step may be repeated. Whatever is wrong with the archive is found by
    the first step. What is kept of a record is what `admitted` leaves of it. With the last step what rests on the
    records follows: connections' copies of settings, schedules. Kinds that are there to be read only are left alone.

    Raises:
        NotFound: nothing was uploaded, or it has expired.
        Conflict: the tenant has tickets, messages or decisions already.
        InvalidRequest: the archive is not what an export makes; names file and line.
    """
    archive = Archive(unit.archives.read(unit.tenant_id, job.order.upload_id or ""))
    counts = {kind: count for kind, count in archive.manifest.counts.items() if kind not in EXPORT_ONLY}
    total = sum(counts.values())
    if job.cursor is None:
        if not _is_fresh(unit):
            raise Conflict(Translatable("the tenant has data of its own already; an import needs a fresh one"))
        for kind in archive.kinds:
            for _ in from_records(unit.tenant_id, archive.records(kind)):
                pass
        return Step(done=0, total=total, cursor="0")
    start = int(job.cursor)
    batch = _admitted(_batch(islice(_records(archive), start, start + RECORDS_PER_STEP)), unit)
    done = start + unit.stores.partition.restore(unit.tenant_id, batch)
    if done < total:
        return Step(done=done, total=total, cursor=str(done))
    _adapt(unit)
    return Step(done=done, total=total, results=({"counts": counts},))


def _is_fresh(unit: Unit) -> bool:
    stores, tenant_id = unit.stores, unit.tenant_id
    return not (
        stores.decisions.latest(tenant_id, limit=1)
        or stores.tickets.all(tenant_id)
        or stores.messages.since(tenant_id, BEGINNING)
    )


def _records(archive: Archive) -> Iterator[Record]:
    return (record for kind in archive.kinds if kind not in EXPORT_ONLY for record in archive.records(kind))


def _batch(records: Iterable[Record]) -> Iterator[Record]:
    """As many records from the first on as a step bears."""
    size = 0
    for record in records:
        size += len(record.model_dump_json())
        yield record
        if size >= BYTES_PER_STEP:
            return


def _admitted(records: Iterable[Record], unit: Unit) -> Iterator[Record]:
    """What of the records the tenant takes in."""
    stores, tenant_id = unit.stores, unit.tenant_id
    tenant = stores.tenants.get(tenant_id)
    proven_addresses = {account.email for account in stores.accounts.all(tenant_id)}
    for item in from_records(tenant_id, records):
        yield to_record(admitted(item, tenant=tenant, proven_addresses=proven_addresses, now=unit.now()))


def _adapt(unit: Unit) -> None:
    """Have what rests on the records follow them; a report for somebody who cannot be reached here comes to nothing."""
    stores, tenant_id = unit.stores, unit.tenant_id
    stores.connection_states.adapt(tenant_id, stores.tenants.get(tenant_id).settings)
    for subscription, member in readers(unit):
        if subscription.channel_id is None and (
            member is None or address_of(member, subscription.delivery, unit) is None
        ):
            stores.subscriptions.remove(tenant_id, subscription.id)
        else:
            schedule_report(subscription, member, unit)
