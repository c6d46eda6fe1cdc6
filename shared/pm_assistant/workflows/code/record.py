"""Keep what the code host tells."""

from pm_assistant.domain.code import Description, PullRequestFacts
from pm_assistant.domain.events import CodeChanged
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.linking import link_to_tickets


def record_code(change: CodeChanged, unit: Unit) -> None:
    """Keep everything that one delivery tells, and find out which tickets it is about; safe to repeat, in any order.

    Raises:
        Conflict: others kept changing the same pull request; repeat.
    """
    tenant = unit.stores.tenants.get(unit.tenant_id)
    for part in change.parts:
        unit.stores.code.record(unit.tenant_id, part, keep_days=tenant.settings.retention_days)
    changed_ids = {part.pull_request_id for part in change.parts if isinstance(part, PullRequestFacts | Description)}
    for id in changed_ids:
        link_to_tickets(id, tenant, unit)
