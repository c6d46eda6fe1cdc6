"""Keep what the code host tells."""

from pm_assistant.domain.events import CodeChanged
from pm_assistant.ports.unit import Unit


def record_code(change: CodeChanged, unit: Unit) -> None:
    """Keep everything that one delivery tells; safe to repeat, in any order.

    Raises:
        Conflict: others kept changing the same pull request; repeat.
    """
    keep_days = unit.stores.tenants.get(unit.tenant_id).settings.retention_days
    for part in change.parts:
        unit.stores.code.record(unit.tenant_id, part, keep_days=keep_days)
