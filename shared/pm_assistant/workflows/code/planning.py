"""Keep what the tracker tells beside its tickets, and link the pull requests that it attaches to them."""

from pm_assistant.domain.events import PlanningChanged
from pm_assistant.domain.planning import Attachment, page_of_pull_request, pull_request_at
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.linking import link_to_tickets


def record_planning(change: PlanningChanged, unit: Unit) -> None:
    """Keep everything that one delivery tells; safe to repeat, in any order.

    Raises:
        Conflict: others kept changing the pull request that is attached; repeat.
    """
    for part in change.parts:
        pull_request_id = None
        if isinstance(part, Attachment) and page_of_pull_request(part.url):
            pull_request_id = pull_request_at(part.url, unit.stores.code.repositories(unit.tenant_id))
        unit.stores.planning.record(unit.tenant_id, part, pull_request_id=pull_request_id)
        if pull_request_id is not None:
            link_to_tickets(pull_request_id, unit.stores.tenants.get(unit.tenant_id), unit)
