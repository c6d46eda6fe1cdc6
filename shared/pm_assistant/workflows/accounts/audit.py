"""Say who did what, outside of the API's own requests."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pm_assistant.domain.accounts import NETWORK_ADDRESS, Account, AuditEntry
from pm_assistant.domain.languages import Language

if TYPE_CHECKING:
    from pm_assistant.ports.unit import Application

SYSTEM = "system"
"""The actor of what nobody asked for."""
UNKNOWN = "unknown"
"""The actor of what was asked for by somebody who could not prove who it is."""


class RequestOrigin(NamedTuple):
    """Where a request comes from.

    Attributes:
        address: the network address.
        request_id: what our logs know the request by.
        language: in which whoever sent it reads; None where the request does not say.
    """

    address: str
    request_id: str
    language: Language | None = None


def entry(
    action: str,
    *,
    at: datetime,
    target: str = "",
    actor: str = SYSTEM,
    actor_name: str = "",
    request_id: str = "",
    once: str = "",
    **detail: str,
) -> AuditEntry:
    """An entry of the audit trail; its id sorts by time, and is the same for whatever is told `once` of a moment."""
    told = hashlib.sha256(f"{action}|{once}".encode()).hexdigest()[:16] if once else secrets.token_hex(8)
    return AuditEntry(
        id=f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{told}",
        at=at,
        actor=actor,
        actor_name=actor_name,
        action=action,
        target=target,
        detail=detail,
        request_id=request_id,
    )


def note_of_account(
    account: Account, action: str, app: Application, *, origin: RequestOrigin, proven: bool = True, **detail: str
) -> None:
    """Add to the trail what was done to an account without a login; by its person, if that has been `proven`."""
    actor = f"account:{account.id}"
    trail_entry = entry(
        action,
        at=app.now(),
        target=actor,
        actor=actor if proven else UNKNOWN,
        actor_name=account.email if proven else "",
        request_id=origin.request_id,
        **detail,
        **{NETWORK_ADDRESS: origin.address},
    )
    app.stores.audit.add(account.tenant_id, trail_entry)
