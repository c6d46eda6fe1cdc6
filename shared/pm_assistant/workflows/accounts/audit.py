"""Say who did what, outside of the API's own requests."""

import secrets
from datetime import UTC, datetime

from pm_assistant.domain.accounts import AuditEntry

SYSTEM = "system"
"""The actor of what nobody asked for."""


def entry(
    action: str,
    *,
    at: datetime,
    target: str = "",
    actor: str = SYSTEM,
    actor_name: str = "",
    request_id: str = "",
    **detail: str,
) -> AuditEntry:
    """An entry of the audit trail; its id sorts by time."""
    return AuditEntry(
        id=f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(8)}",
        at=at,
        actor=actor,
        actor_name=actor_name,
        action=action,
        target=target,
        detail=detail,
        request_id=request_id,
    )
