"""What the tracker tells beside its tickets, on DynamoDB.

`PLANNAME#<id>` is what a plan or a label is called, `ATTACHMENT#<ticket>#<id>` a page that is attached to a ticket. One
that is a pull request's stands under `PULLATTACHMENT#` as well, by its address and, where its repository is known, by
what it is: an address changes. `TICKETCOMMENT#<ticket>#<time>#<id>` is what somebody said on a ticket. What two tickets
are to each other stands under both, `RELATION#<ticket>#<id>`, and once in the index, by time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import assert_never

from pm_assistant.aws import tables
from pm_assistant.aws.rows import PartRow
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
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


class DynamoPlanning:
    """Names, attachments, comments and relations (`Planning`)."""

    def record(
        self,
        tenant_id: TenantId,
        part: PlanName | Attachment,
        *,
        pull_request_id: PullRequestId | None = None,
    ) -> None:
        """Keep a part: a request for each place where it is looked for."""
        match part:
            case PlanName(id=id):
                _put(tenant_id, f"PLANNAME#{id}", part)
            case Attachment(id=id, ticket_id=ticket_id):
                for place in (page_of_pull_request(part.url), pull_request_id):
                    if place is not None:
                        _put(tenant_id, f"PULLATTACHMENT#{place}#{id}", part)
                _put(tenant_id, f"ATTACHMENT#{ticket_id}#{id}", part)
            case _:
                assert_never(part)

    def record_comment(self, tenant_id: TenantId, comment: TicketComment, *, keep_days: int) -> None:
        """Keep what was said, in one request."""
        place = f"{comment.ticket_id}#{tables.stamp(comment.created_at)}#{comment.id}"
        ends_at = comment.created_at + timedelta(days=keep_days)
        _put(tenant_id, f"TICKETCOMMENT#{place}", comment, ends_at=ends_at)

    def comments(self, tenant_id: TenantId, ticket_id: str, *, limit: int) -> Sequence[TicketComment]:
        """The last so many, in one request."""
        rows = Row.newest(tenant_id, f"TICKETCOMMENT#{ticket_id}", before=None, each=limit)
        return [_comment(row) for row in islice(rows, limit)][::-1]

    def comments_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, limit: int, most: int
    ) -> Mapping[str, Sequence[TicketComment]] | None:
        """The last so many of each, in one request for all."""
        found = Row.below_each(tenant_id, "TICKETCOMMENT", ticket_ids, most=most)
        return None if found is None else {id: [*map(_comment, rows[-limit:])] for id, rows in found.items()}

    def comments_page(
        self, tenant_id: TenantId, *, after: str | None = None, limit: int
    ) -> Sequence[tuple[str, TicketComment]]:
        """All comments in the order of tickets and times."""
        rows = Row.page(tenant_id, "TICKETCOMMENT", after=after, limit=limit)
        return [(row.sk.removeprefix("TICKETCOMMENT#"), stored(TicketComment, row.data)) for row in rows]

    def names(self, tenant_id: TenantId, ids: Collection[str]) -> Mapping[str, PlanName]:
        """What those of these ids are called, a hundred a request."""
        rows = Row.find_all(tenant_id, (f"PLANNAME#{id}" for id in ids)) if ids else ()
        names = (stored(PlanName, row.data) for row in rows)
        return {name.id: name for name in names}

    def relate(self, tenant_id: TenantId, relation: Relation) -> None:
        """Keep a relation under both its tickets; in the index it is known last, so what is interrupted is repeated."""
        other, own = _relation_rows(tenant_id, relation)
        other.put()
        own.put()

    def unrelate(self, tenant_id: TenantId, relation: Relation) -> None:
        """Forget a relation under both its tickets, what the index knows last."""
        other, own = _relation_rows(tenant_id, relation)
        for row in (other, own):
            row.drop(Row.data == row.data)

    def relations(self, tenant_id: TenantId, ticket_id: str, *, limit: int) -> Sequence[Relation]:
        """So many of a ticket's relations, in one request."""
        rows = Row.page(tenant_id, f"RELATION#{ticket_id}", after=None, limit=limit)
        return [*map(_relation, rows)]

    def relations_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, limit: int, most: int
    ) -> Mapping[str, Sequence[Relation]] | None:
        """So many of each, in one request for all."""
        found = Row.below_each(tenant_id, "RELATION", ticket_ids, most=most)
        return None if found is None else {id: [*map(_relation, rows[:limit])] for id, rows in found.items()}

    def relations_between(
        self, tenant_id: TenantId, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Relation]:
        """The relations of a stretch of time; the newest may not show yet, and are kept or forgotten once more."""
        after = f"{tables.stamp(since)}$" if since else ""
        by = f"{tables.stamp(until)}$" if until else "~"
        rows = Row.indexed(tables.recent(tenant_id, "RELATION"), Row.gsi_sk.between(after or " ", by))
        return [*map(_relation, rows)]

    def attachments(self, tenant_id: TenantId, ticket_id: str) -> Sequence[Attachment]:
        """What is attached to a ticket, in one request."""
        there = [each for each in _attachments(tenant_id, f"ATTACHMENT#{ticket_id}#") if not each.removed]
        return sorted(there, key=lambda each: (each.at, each.id), reverse=True)

    def on_tickets(
        self, tenant_id: TenantId, *, after: str, last: str, limit: int
    ) -> Sequence[Attachment | TicketComment]:
        """What is attached to a stretch of tickets and was said on them, in a request for either."""

        def rows(kind: str) -> Iterable[Row]:
            stretch = Row.sk.between(f"{kind}#{after}$" if after else f"{kind}#", f"{kind}#{last}#~")
            return islice(Row.each(tenant_id, stretch), limit)

        attachments = (stored(Attachment, row.data) for row in rows("ATTACHMENT"))
        comments = (stored(TicketComment, row.data) for row in rows("TICKETCOMMENT"))
        return [*(a for a in attachments if not a.removed), *(c for c in comments if not c.deleted)]

    def attached(self, tenant_id: TenantId, id: PullRequestId, url: str) -> Sequence[Attachment]:
        """The tellings of a pull request, in two requests."""
        places = (page_of_pull_request(url), id)
        latest: dict[str, Attachment] = {}
        for place in filter(None, places):
            for each in _attachments(tenant_id, f"PULLATTACHMENT#{place}#"):
                if each.supersedes(latest.get(each.id)):
                    latest[each.id] = each
        return [latest[id] for id in sorted(latest)]


def _put(tenant_id: TenantId, sk: str, part: PlanningPart, *, ends_at: datetime | None = None) -> None:
    data = part.model_dump_json(exclude_defaults=True)
    row = PartRow(tables.partition(tenant_id), sk, version=part.version, data=data, expires_at=ends_at)
    row.put(tables.absent_or(PartRow.version < row.version))


def _relation_rows(tenant_id: TenantId, relation: Relation) -> tuple[Row, Row]:
    """The rows of the other ticket and of its own; the moments of the index sort below `$` with any id behind them."""
    data, pk = relation.model_dump_json(), tables.partition(tenant_id)
    other = Row(pk, f"RELATION#{relation.other_id}#{relation.id}", data=data)
    own = Row(pk, f"RELATION#{relation.ticket_id}#{relation.id}", data=data)
    own.gsi_pk, own.gsi_sk = tables.recent(tenant_id, "RELATION"), f"{tables.stamp(relation.at)}#{relation.id}"
    return other, own


def _comment(row: Row) -> TicketComment:
    return stored(TicketComment, row.data)


def _relation(row: Row) -> Relation:
    return stored(Relation, row.data)


def _attachments(tenant_id: TenantId, prefix: str) -> Iterable[Attachment]:
    return (stored(Attachment, row.data) for row in Row.each(tenant_id, Row.sk.startswith(prefix)))
