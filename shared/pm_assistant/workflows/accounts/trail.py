"""Look through the audit trail."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.model import Model
from pm_assistant.ports.unit import Unit

BATCH = 200
MOST_READ = 1_000
"""Entries that one page looks through at most, however few of them fit; the next page goes on from there."""


class AuditFilter(Model):
    """Which entries are wanted.

    Attributes:
        actor: who did it, as entries name them.
        action: what was done, such as `key.created`, or the part of it before the point.
        target: to whom or what it was done, as entries name that.
        since: from when on.
        until: before when.
    """

    actor: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_audit(
    criteria: AuditFilter, unit: Unit, *, before: str | None, limit: int
) -> tuple[Sequence[AuditEntry], str | None]:
    """The entries that are wanted, newest first, and the place where the next page begins; it may hold fewer."""
    page: list[AuditEntry] = []
    place = _beginning(before, criteria.until)
    for read_count, entry in enumerate(_latest(unit, place, BATCH if _is_narrow(criteria) else limit + 1)):
        if criteria.since is not None and entry.at < criteria.since:
            return page, None
        if read_count == MOST_READ or len(page) == limit:
            return page, place
        if _matches(entry, criteria):
            page.append(entry)
        place = entry.id
    return page, None


def _beginning(before: str | None, until: datetime | None) -> str | None:
    """Where to read from: ids sort by time."""
    at = f"{until.astimezone(UTC):%Y%m%dT%H%M%S.%f}" if until else None
    return min(filter(None, (before, at)), default=None)


def _latest(unit: Unit, before: str | None, batch: int) -> Iterator[AuditEntry]:
    while entries := unit.stores.audit.latest(unit.tenant_id, before=before, limit=batch):
        yield from entries
        if len(entries) < batch:
            return
        before = entries[-1].id


def _is_narrow(criteria: AuditFilter) -> bool:
    return bool(criteria.actor or criteria.action or criteria.target)


def _matches(entry: AuditEntry, criteria: AuditFilter) -> bool:
    return (
        criteria.actor in {None, entry.actor}
        and criteria.action in {None, entry.action, entry.action.partition(".")[0]}
        and criteria.target in {None, entry.target}
    )
