"""What the tracker tells beside its tickets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pm_assistant.domain.code import PullRequestId
from pm_assistant.domain.planning import Attachment, PlanName, Relation, TicketComment
from pm_assistant.domain.tenants import TenantId


class Planning(Protocol):
    """Names, attachments, comments and relations; the order in which they were told does not matter."""

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

    def comments_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, limit: int, most: int
    ) -> Mapping[str, Sequence[TicketComment]] | None:
        """The last so many of each of these tickets, as `comments` has them, read at once.

        None where more than `most` were made on all tickets whose ids lie between these.
        """
        ...

    def comments_page(
        self, tenant_id: TenantId, *, after: str | None = None, limit: int
    ) -> Sequence[tuple[str, TicketComment]]:
        """All comments, deleted ones included, each with its place; so many from behind a place on."""
        ...

    def names(self, tenant_id: TenantId, ids: Collection[str]) -> Mapping[str, PlanName]:
        """What those of these ids are called that were told by themselves."""
        ...

    def relate(self, tenant_id: TenantId, relation: Relation) -> None:
        """Keep a relation of two tickets."""
        ...

    def unrelate(self, tenant_id: TenantId, relation: Relation) -> None:
        """Forget a relation, as it is known, if it is."""
        ...

    def relations(self, tenant_id: TenantId, ticket_id: str, *, limit: int) -> Sequence[Relation]:
        """So many of a ticket's relations, in either direction, in the order of their ids."""
        ...

    def relations_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, limit: int, most: int
    ) -> Mapping[str, Sequence[Relation]] | None:
        """So many of each of these tickets, as `relations` has them, read at once.

        None where all tickets whose ids lie between these have more than `most`, each counted for both its tickets.
        """
        ...

    def relations_between(
        self, tenant_id: TenantId, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Relation]:
        """The relations that were changed after a moment and by another one, longest ago first; each once."""
        ...

    def attachments(self, tenant_id: TenantId, ticket_id: str) -> Sequence[Attachment]:
        """What is attached to a ticket, first the latest."""
        ...

    def on_tickets(
        self, tenant_id: TenantId, *, after: str, last: str, limit: int
    ) -> Sequence[Attachment | TicketComment]:
        """What is attached to tickets and was said on them, as far as it is there: so many of either at most.

        Of all tickets whose ids, with a `#` behind them, sort behind that of `after`, and as far as `last`.
        """
        ...

    def attached(self, tenant_id: TenantId, id: PullRequestId, url: str) -> Sequence[Attachment]:
        """The tellings that attach a pull request to tickets, or take it off: by what it is, or by its address."""
        ...
