"""What the tracker tells beside its tickets."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from pm_assistant.domain.code import PullRequestId
from pm_assistant.domain.planning import Attachment, PlanName, TicketComment
from pm_assistant.domain.tenants import TenantId


class Planning(Protocol):
    """Names, attachments and comments; the order in which they were told does not matter."""

    def record(
        self,
        tenant_id: TenantId,
        part: PlanName | Attachment,
        *,
        pull_request_id: PullRequestId | None = None,
    ) -> None:
        """Keep a part unless a later telling of it is known; an attachment also for the pull request it leads to."""
        ...

    def record_comment(self, tenant_id: TenantId, comment: TicketComment, *, keep_days: int) -> None:
        """Keep what was said for so many days, unless a later telling of it is known."""
        ...

    def comments(self, tenant_id: TenantId, ticket_id: str, *, limit: int) -> Sequence[TicketComment]:
        """The last so many things that were said on a ticket, oldest first; of what was deleted no words are left."""
        ...

    def comments_page(
        self, tenant_id: TenantId, *, after: str | None = None, limit: int
    ) -> Sequence[tuple[str, TicketComment]]:
        """All comments, deleted ones included, each with its place; so many from behind a place on."""
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
