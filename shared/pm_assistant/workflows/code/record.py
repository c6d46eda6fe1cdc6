"""Keep what the code host tells."""

from pm_assistant.domain.code import (
    CodeComment,
    CodePart,
    Description,
    PullRequestFacts,
    PullRequestId,
    pull_request_id,
)
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
    for id in {id for part in change.parts if (id := _whose_words_change(part)) is not None}:
        link_to_tickets(id, tenant, unit)


def _whose_words_change(part: CodePart) -> PullRequestId | None:
    """The pull request in which, or on which, something else is said by now; of an issue's number there is none."""
    if isinstance(part, CodeComment):
        return pull_request_id(part.repository_id, part.number)
    return part.pull_request_id if isinstance(part, PullRequestFacts | Description) else None
