"""Whether a tenant is suspended, asked by every stage before it works on a message.

That is one read for each message; what is only needed while one is suspended is loaded then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_assistant.domain.errors import Conflict, NotFound

if TYPE_CHECKING:
    from pm_assistant.domain.tenants import Suspension, Tenant
    from pm_assistant.ports.unit import Unit
    from pm_assistant.workflows.tenants.withholding import Message

WITHHELD = "withheld: the tenant is suspended"
"""What the log says of a message that is not worked on."""


def is_withheld(message: Message, unit: Unit) -> bool:
    """Whether a message is not to be worked on, as its tenant is suspended.

    What is of use later is kept, and worked on when the tenant is resumed. It may be resumed while a message is being
    kept, and whoever sends on what was kept may have looked already: so it is asked once more behind that.
    """
    if suspension_of(unit) is None:
        return False
    from pm_assistant.workflows.tenants.withholding import take_back, withhold

    if not withhold(message, unit):
        return False
    if suspension_of(unit) is not None:
        return True
    take_back(message, unit)
    return False


def suspension_of(unit: Unit) -> Suspension | None:
    """That the tenant is suspended; None while it is not, or is gone."""
    try:
        return unit.stores.tenants.get(unit.tenant_id).suspended
    except NotFound:
        return None


def check_not_suspended(tenant: Tenant) -> None:
    """Refuse what a tenant may not have done while it is suspended.

    Raises:
        Conflict: it is suspended; says since when and why.
    """
    if (suspension := tenant.suspended) is not None:
        raise Conflict(
            f"the team is suspended since {suspension.began_at:%Y-%m-%d}: {suspension.reason}. "
            "Until it is resumed it can be read, exported and closed, and what it has can be taken away"
        )
