"""What the tracker tells beside its tickets, in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from pm_assistant.domain.code import PullRequestId
from pm_assistant.domain.planning import (
    Attachment,
    PlanName,
    PlanningPart,
    Relation,
    TicketComment,
    page_of_pull_request,
)
from pm_assistant.domain.tenants import TenantId


class FakePlanning:
    """Everything in dicts, the tenant first in every key."""

    def __init__(self) -> None:
        self._parts: dict[tuple[TenantId, str, str], PlanningPart] = {}
        self._relations: dict[tuple[TenantId, str], Relation] = {}
        self._pull_requests: dict[tuple[TenantId, str], PullRequestId] = {}

    def record(
        self,
        tenant_id: TenantId,
        part: PlanName | Attachment,
        *,
        pull_request_id: PullRequestId | None = None,
    ) -> None:
        """Keep a part unless we know better."""
        if pull_request_id is not None:
            self._pull_requests[tenant_id, part.id] = pull_request_id
        self._keep(tenant_id, part)

    def record_comment(self, tenant_id: TenantId, comment: TicketComment, *, keep_days: int) -> None:
        """Keep what was said."""
        self._keep(tenant_id, comment)

    def comments(self, tenant_id: TenantId, ticket_id: str, *, limit: int) -> Sequence[TicketComment]:
        """The last so many things that were said on a ticket."""
        return [comment for _, comment in self._comments(tenant_id) if comment.ticket_id == ticket_id][-limit:]

    def comments_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, limit: int, most: int
    ) -> Mapping[str, Sequence[TicketComment]] | None:
        """The last so many of each of these tickets."""
        first, last = min(ticket_ids, default=""), max(ticket_ids, default="")
        between = sum(first <= comment.ticket_id <= last for _, comment in self._comments(tenant_id))
        return None if between > most else {id: self.comments(tenant_id, id, limit=limit) for id in ticket_ids}

    def comments_page(
        self, tenant_id: TenantId, *, after: str | None = None, limit: int
    ) -> Sequence[tuple[str, TicketComment]]:
        """All comments."""
        return [(place, c) for place, c in self._comments(tenant_id) if after is None or place > after][:limit]

    def _comments(self, tenant_id: TenantId) -> Sequence[tuple[str, TicketComment]]:
        parts = (part for (owner, _, _), part in self._parts.items() if owner == tenant_id)
        comments = (part for part in parts if isinstance(part, TicketComment))
        placed = ((f"{c.ticket_id}#{c.created_at.isoformat()}#{c.id}", c) for c in comments)
        return sorted(placed, key=lambda pair: pair[0])

    def _keep(self, tenant_id: TenantId, part: PlanningPart) -> None:
        key = (tenant_id, part.kind, part.id)
        if part.supersedes(self._parts.get(key)):
            self._parts[key] = part

    def names(self, tenant_id: TenantId, ids: Collection[str]) -> Mapping[str, PlanName]:
        """What those of these ids are called."""
        parts = (part for (owner, _, _), part in self._parts.items() if owner == tenant_id)
        return {part.id: part for part in parts if isinstance(part, PlanName) and part.id in ids}

    def relate(self, tenant_id: TenantId, relation: Relation) -> None:
        """Keep a relation of two tickets."""
        self._relations[tenant_id, relation.id] = relation

    def unrelate(self, tenant_id: TenantId, relation: Relation) -> None:
        """Forget a relation as it is known."""
        if self._relations.get((tenant_id, relation.id)) == relation:
            del self._relations[tenant_id, relation.id]

    def relations(self, tenant_id: TenantId, ticket_id: str, *, limit: int) -> Sequence[Relation]:
        """So many of a ticket's relations."""
        known = sorted(self.relations_between(tenant_id), key=lambda relation: relation.id)
        return [each for each in known if ticket_id in {each.ticket_id, each.other_id}][:limit]

    def relations_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, limit: int, most: int
    ) -> Mapping[str, Sequence[Relation]] | None:
        """So many of each of these tickets."""
        first, last = min(ticket_ids, default=""), max(ticket_ids, default="")
        ends = (id for each in self.relations_between(tenant_id) for id in (each.ticket_id, each.other_id))
        is_near = sum(first <= id <= last for id in ends) <= most
        return {id: self.relations(tenant_id, id, limit=limit) for id in ticket_ids} if is_near else None

    def relations_between(
        self, tenant_id: TenantId, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Relation]:
        """The relations that were changed after a moment and by another one."""
        known = (relation for (owner, _), relation in self._relations.items() if owner == tenant_id)
        of_then = (r for r in known if (since is None or r.at > since) and (until is None or r.at <= until))
        return sorted(of_then, key=lambda relation: (relation.at, relation.id))

    def attachments(self, tenant_id: TenantId, ticket_id: str) -> Sequence[Attachment]:
        """What is attached to a ticket."""
        mine = [each for each in self._attachments(tenant_id) if each.ticket_id == ticket_id and not each.removed]
        return sorted(mine, key=lambda each: (each.at, each.id), reverse=True)

    def on_tickets(
        self, tenant_id: TenantId, *, after: str, last: str, limit: int
    ) -> Sequence[Attachment | TicketComment]:
        """What is attached to a stretch of tickets, and was said on them."""

        def stretch[P: Attachment | TicketComment](parts: Iterable[P]) -> list[P]:
            ordered = sorted(parts, key=lambda part: f"{part.ticket_id}#")
            behind = [part for part in ordered if not after or f"{part.ticket_id}#" > f"{after}#"]
            return [part for part in behind if f"{part.ticket_id}#" <= f"{last}#"][:limit]

        comments = stretch(comment for _, comment in self._comments(tenant_id))
        attachments = stretch(self._attachments(tenant_id))
        return [*(a for a in attachments if not a.removed), *(c for c in comments if not c.deleted)]

    def attached(self, tenant_id: TenantId, id: PullRequestId, url: str) -> Sequence[Attachment]:
        """The tellings of a pull request."""
        page = page_of_pull_request(url)
        found = [
            each
            for each in self._attachments(tenant_id)
            if self._pull_requests.get((tenant_id, each.id)) == id or (page and page_of_pull_request(each.url) == page)
        ]
        return sorted(found, key=lambda each: each.id)

    def everything(self, tenant_id: TenantId) -> Sequence[PlanningPart]:
        """What a tenant takes along to read."""
        return [part for (owner, _, _), part in self._parts.items() if owner == tenant_id]

    def _attachments(self, tenant_id: TenantId) -> Iterator[Attachment]:
        parts = (part for (owner, _, _), part in self._parts.items() if owner == tenant_id)
        return (part for part in parts if isinstance(part, Attachment))
