"""Look through the audit trail."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile

from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.listing import Placed, latest, search
from pm_assistant.domain.model import Model
from pm_assistant.ports.unit import Unit

BATCH = 200


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
    beginning = _beginning(before, criteria.until)
    entries = latest(partial(_read, unit), batch=BATCH if _is_narrow(criteria) else limit + 1, before=beginning)
    recent = takewhile(lambda placed: criteria.since is None or placed[1].at >= criteria.since, entries)
    found, following = search(recent, lambda entry: _matches(entry, criteria), before=beginning, size=limit)
    return [entry for _, entry in found], following


def _read(unit: Unit, before: str | None, limit: int) -> Sequence[Placed[AuditEntry]]:
    return [(entry.id, entry) for entry in unit.stores.audit.latest(unit.tenant_id, before=before, limit=limit)]


def _beginning(before: str | None, until: datetime | None) -> str | None:
    """Where to read from: ids sort by time."""
    at = f"{until.astimezone(UTC):%Y%m%dT%H%M%S.%f}" if until else None
    return min(filter(None, (before, at)), default=None)


def _is_narrow(criteria: AuditFilter) -> bool:
    return bool(criteria.actor or criteria.action or criteria.target)


def _matches(entry: AuditEntry, criteria: AuditFilter) -> bool:
    return (
        criteria.actor in {None, entry.actor}
        and criteria.action in {None, entry.action, entry.action.partition(".")[0]}
        and criteria.target in {None, entry.target}
    )
