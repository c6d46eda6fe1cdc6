"""What Linear says beside its issues, alike in webhooks and in answers: names of plans, attachments, comments."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from pm_assistant.domain.catch_up import PlanningPage
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.planning import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    LONGEST_URL,
    Attachment,
    PlanName,
    PlanningPart,
    Relation,
    RelationList,
    RelationType,
    TicketComment,
)
from pm_assistant.integrations.linear.parts import IssueCycle
from pm_assistant.integrations.rows import rows_that_fit
from pm_assistant.integrations.webhooks import Payload

_LINK_KINDS = {"closes": LinkKind.CLOSES, "contributes": LinkKind.CONTRIBUTES, "links": LinkKind.MENTIONS}
"""In Linear's words."""


class Owner(Payload):
    """The issue that something hangs on."""

    id: str


class Plan(IssueCycle, Payload):
    """A project, a cycle or a label."""

    updatedAt: AwareDatetime | None = None

    def part(self, at: datetime, *, removed: bool = False) -> PlanName | None:
        """What it is called from that moment on; nothing if it has no name."""
        name = self.cycle.name
        return PlanName(id=self.id, name=name[:LONGEST_NAME], at=at, removed=removed) if name else None


class IssueAttachment(Payload):
    """A page that is attached to an issue.

    Attributes:
        metadata: whatever an integration notes of it; Linear's own says in `linkKind` what a pull request does for the
            issue, in words of which there may be new ones.
    """

    id: str
    issueId: str | None = None
    issue: Owner | None = None
    url: str = ""
    title: str = ""
    metadata: object = None
    updatedAt: AwareDatetime | None = None
    archivedAt: AwareDatetime | None = None

    def part(self, at: datetime, *, removed: bool = False) -> Attachment | None:
        """The same as of a moment; nothing if it leads nowhere or hangs on nothing."""
        ticket_id = self.issueId or (self.issue.id if self.issue else None)
        if ticket_id is None or not 0 < len(self.url) <= LONGEST_URL:
            return None
        said = self.metadata.get("linkKind") if isinstance(self.metadata, dict) else None
        return Attachment(
            id=self.id,
            ticket_id=ticket_id,
            url=self.url,
            title=(self.title or self.url)[:LONGEST_NAME],
            link=_LINK_KINDS.get(str(said)),
            at=at,
            removed=removed,
        )


class Author(Payload):
    """Who said something: a member, somebody of another system, or our own app."""

    id: str | None = None
    name: str | None = None
    isMe: bool = False


class IssueComment(Payload):
    """What was said, on an issue or elsewhere."""

    id: str
    issueId: str | None = None
    body: str = ""
    url: str | None = None
    userId: str | None = None
    user: Author | None = None
    externalUser: Author | None = None
    createdAt: AwareDatetime | None = None
    updatedAt: AwareDatetime | None = None
    archivedAt: AwareDatetime | None = None

    def part(self, at: datetime, *, removed: bool = False) -> TicketComment | None:
        """The same as of a moment; nothing if it was said on a project, a document or an initiative."""
        if self.issueId is None:
            return None
        author, place = self.user or self.externalUser, urlsplit(self.url or "").fragment
        comment = TicketComment(
            id=self.id,
            ticket_id=self.issueId,
            author_id=self.userId or (self.user.id if self.user else None),
            author_name=author.name[:LONGEST_NAME] if author and author.name else None,
            text=self.body[:LONGEST_COMMENT],
            url=f"#{place}" if 0 < len(place) < LONGEST_URL else None,
            created_at=self.createdAt or at,
            at=at,
        )
        return comment.erased if removed else comment


class IssueRelation(Payload):
    """What an issue is to another one, in a word of which there may be new ones."""

    id: str
    type: str
    updatedAt: AwareDatetime
    issue: Owner
    relatedIssue: Owner

    @property
    def relation(self) -> Relation:
        """The same in the product's words."""
        known = self.type in RelationType
        return Relation(
            id=self.id,
            ticket_id=self.issue.id,
            other_id=self.relatedIssue.id,
            type=RelationType(self.type) if known else RelationType.OTHER,
            at=self.updatedAt,
        )


class _PageInfo(Payload):
    """Where a list goes on."""

    hasNextPage: bool = False
    endCursor: str | None = None


class _Connection(Payload):
    """A page of a list."""

    nodes: tuple[object, ...] = ()
    pageInfo: _PageInfo = Field(default_factory=_PageInfo)


LISTS: Mapping[str, type[Plan | IssueAttachment | IssueComment]] = {
    "attachments": IssueAttachment,
    "comments": IssueComment,
    "projects": Plan,
    "cycles": Plan,
    "issueLabels": Plan,
}
"""What is listed of that which has changed, by its name in the schema."""
RELATIONS, READ_TO = "issueRelations", "read to"
"""The list that is read from its newest to its oldest, whatever was known before; and in a cursor of ours, how far."""
_CURSORS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


def planning_in(data: Mapping[str, object], left: Mapping[str, str]) -> PlanningPage:
    """What an answer holds of these lists; one that is not of the documented form costs that list.

    Args:
        data: of the answer.
        left: the cursors that led to it.
    """
    cursors: dict[str, str] = {}
    parts: list[PlanningPart] = []
    flaws: list[Flaw] = []
    relations: RelationList | None = None
    for name in (*LISTS, RELATIONS):
        if name not in data:
            continue
        try:
            connection = _Connection.model_validate(data[name])
        except ValidationError:
            flaws.append(Flaw(id="", problem=f"{name}: not of the documented form", left_out=True))
            continue
        following = connection.pageInfo.endCursor if connection.pageInfo.hasNextPage else None
        cursors |= {name: following} if following else {}
        if name == RELATIONS:
            listed = rows_that_fit(IssueRelation, connection.nodes)
            relations = _stretch(listed, left, following)
            cursors |= {READ_TO: relations.since.isoformat()} if relations.since else {}
            flaws += listed.flaws
        else:
            rows = rows_that_fit(LISTS[name], connection.nodes)
            parts += (part for row in rows for part in _parts_of(row))
            flaws += rows.flaws
    cursor = json.dumps(cursors) if cursors else None
    return PlanningPage(parts=tuple(parts), relations=relations, flaws=tuple(flaws), cursor=cursor)


def _stretch(listed: Sequence[IssueRelation], left: Mapping[str, str], following: str | None) -> RelationList:
    """What a page tells: those that it does not hold of its stretch of time are gone.

    Of the oldest moment on it there may be more on the next page, so that moment belongs to that one.
    """
    relations = [row.relation for row in listed]
    oldest = min((relation.at for relation in relations), default=None)
    until = datetime.fromisoformat(left[READ_TO]) if READ_TO in left else None
    return RelationList(relations=tuple(relations), since=oldest if following else None, until=until)


def cursors_of(cursor: str | None) -> dict[str, str]:
    """Which lists are still to be read, and from where on; what is no cursor of ours leads to none."""
    try:
        return _CURSORS.validate_json(cursor or "{}")
    except ValidationError:
        return {}


def _parts_of(row: Plan | IssueAttachment | IssueComment) -> Iterator[PlanningPart]:
    """What we have written ourselves is none of it."""
    if row.updatedAt is None or (isinstance(row, IssueComment) and row.user is not None and row.user.isMe):
        return
    archived_at = None if isinstance(row, Plan) else row.archivedAt
    part = row.part(archived_at or row.updatedAt, removed=archived_at is not None)
    if part is not None:
        yield part
