"""A connection breaks: said once, noted once."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.errors import NotConnected, UpstreamUnavailable
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.accounts.audit import entry

if TYPE_CHECKING:
    from pm_assistant.ports.unit import Unit

HEAD_START = 1
"""Seconds that the mark is ahead of the message that tells of it."""


def mark_broken(provider: Provider, reason: str, unit: Unit, *, refused: bytes | None = None) -> bool:
    """Have the admins told that our credentials no longer count, and note it; False if that had been noted before.

    The message comes first and is true only once the mark is there: so whatever is interrupted, no connection is marked
    of which nobody is told, and whoever notices next begins anew. `refused` are the sealed credentials that the vendor
    did not take; None if it said itself that none count.

    Raises:
        UpstreamUnavailable: others are in store than were refused, or nobody could be told; nothing is noted. Repeat.
    """
    tenant_id, now = unit.tenant_id, unit.now()
    try:
        connection = unit.stores.connections.get(tenant_id, provider)
    except NotConnected:
        return False
    if connection.broken_since is not None:
        return False
    if refused not in {None, connection.sealed_credentials}:
        raise UpstreamUnavailable(
            Translatable("{vendor} refused credentials that have been replaced meanwhile", vendor=provider.label)
        )
    notice = ConnectionNotice(tenant_id=tenant_id, provider=provider, broken_since=now, reason=reason)
    unit.queues.reports.put(notice, group=tenant_id, delay_seconds=HEAD_START)
    states = unit.stores.connection_states
    if not states.mark_broken(tenant_id, provider, reason=reason, at=now, refused=refused):
        raise UpstreamUnavailable(Translatable("the connection to {vendor} is changing", vendor=provider.label))
    note_broken(notice, unit)
    return True


def note_broken(notice: ConnectionNotice, unit: Unit) -> None:
    """Add to the trail that a connection broke, once: whoever delivers the notice may find it there."""
    at, provider = notice.broken_since.astimezone(UTC), notice.provider
    noted = entry("connection.broken", at=at, target=provider.value, reason=notice.reason)
    unit.stores.audit.add(unit.tenant_id, noted.model_copy(update={"id": f"{at:%Y%m%dT%H%M%S.%f}-{provider}"}))
