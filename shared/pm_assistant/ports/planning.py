"""What the tracker tells beside its tickets."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from pm_assistant.domain.code import PullRequestId
from pm_assistant.domain.planning import Attachment, PlanName, PlanningPart
from pm_assistant.domain.tenants import TenantId


class Planning(Protocol):
    """The names of plans and labels, and attachments; the order in which they were told does not matter."""

    def record(self, tenant_id: TenantId, part: PlanningPart, *, pull_request_id: PullRequestId | None = None) -> None:
        """Keep a part unless a later telling of it is known; an attachment also for the pull request it leads to."""
        ...

    def names(self, tenant_id: TenantId, ids: Collection[str]) -> Mapping[str, PlanName]:
        """What those of these ids are called that were told by themselves."""
        ...

    def attachments(self, tenant_id: TenantId, ticket_id: str) -> Sequence[Attachment]:
        """What is attached to a ticket, first the latest."""
        ...

    def attached(self, tenant_id: TenantId, id: PullRequestId, url: str) -> Sequence[Attachment]:
        """The tellings that attach a pull request to tickets, or take it off: by what it is, or by its address."""
        ...
