"""Keep what the code host tells."""

from collections.abc import Set

from pm_assistant.domain.code import (
    CodeComment,
    CodePart,
    Description,
    Issue,
    PullRequestFacts,
    PullRequestId,
    pull_request_id,
)
from pm_assistant.domain.events import CodeChanged
from pm_assistant.domain.tenants import Tenant
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
    for repository_id, number in _issues_that_may_be_gone(change):
        _forget_what_was_said(repository_id, number, tenant, unit)
    for id in {id for part in change.parts if (id := _whose_words_change(part)) is not None}:
        link_to_tickets(id, tenant, unit)


def _whose_words_change(part: CodePart) -> PullRequestId | None:
    """The pull request in which, or on which, something else is said by now; of an issue's number there is none."""
    if isinstance(part, CodeComment):
        return pull_request_id(part.repository_id, part.number)
    return part.pull_request_id if isinstance(part, PullRequestFacts | Description) else None


def _issues_that_may_be_gone(change: CodeChanged) -> Set[tuple[str, int]]:
    """Those that went, or of which words come that may have been on their way when it did; in any order."""
    parts = change.parts
    there = {(p.repository_id, p.number) for p in parts if isinstance(p, PullRequestFacts)}
    there |= {(p.repository_id, p.number) for p in parts if isinstance(p, Issue) and p.read and not p.gone}
    gone = {(p.repository_id, p.number) for p in parts if isinstance(p, Issue) and p.gone}
    return gone | {(p.repository_id, p.number) for p in parts if isinstance(p, CodeComment) and not p.deleted} - there


def _forget_what_was_said(repository_id: str, number: int, tenant: Tenant, unit: Unit) -> None:
    """Forget what was said on an issue that is gone: the host has it there no more, and tells of no comment that."""
    code, keep_days = unit.stores.code, tenant.settings.retention_days
    if not code.is_gone(unit.tenant_id, repository_id, number):
        return
    for comment in code.comments(unit.tenant_id, repository_id, number):
        if not comment.deleted:
            code.record(unit.tenant_id, comment.erased, keep_days=keep_days)
