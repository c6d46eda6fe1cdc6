"""Keep what the tracker tells beside its tickets, and link the pull requests that it attaches to them."""

from typing import assert_never

from pm_assistant.domain.events import PlanningChanged
from pm_assistant.domain.planning import Attachment, PlanName, TicketComment, page_of_pull_request, pull_request_at
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.linking import link_to_tickets


def record_planning(change: PlanningChanged, unit: Unit) -> None:
    """Keep everything that one delivery tells; safe to repeat, in any order.

    Raises:
        Conflict: others kept changing the pull request that is attached; repeat.
    """
    for part in change.parts:
        match part:
            case PlanName():
                unit.stores.planning.record(unit.tenant_id, part)
            case Attachment():
                _attach(part, unit)
            case TicketComment():
                keep_days = unit.stores.tenants.get(unit.tenant_id).settings.retention_days
                unit.stores.planning.record_comment(unit.tenant_id, part, keep_days=keep_days)
            case _:
                assert_never(part)


def _attach(attachment: Attachment, unit: Unit) -> None:
    pull_request_id = None
    if page_of_pull_request(attachment.url):
        pull_request_id = pull_request_at(attachment.url, unit.stores.code.repositories(unit.tenant_id))
    unit.stores.planning.record(unit.tenant_id, attachment, pull_request_id=pull_request_id)
    if pull_request_id is not None:
        link_to_tickets(pull_request_id, unit.stores.tenants.get(unit.tenant_id), unit)
