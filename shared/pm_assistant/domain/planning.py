"""What the tracker tells beside its tickets: what plans are called, what is attached to tickets, what is said on them.

It is told in parts as the work of a code host is (`domain.code`): of two tellings of one part the later counts.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from pm_assistant.domain.code import Part, PullRequestId, Repository, pull_request_id
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.model import Model
from pm_assistant.domain.work import Ticket

LONGEST_NAME = 200
LONGEST_URL = 2_000
LONGEST_COMMENT = 5_000
"""Characters of a comment that are kept; nobody needs more of it to know what it says, and a row has to hold them."""


class PlanName(Part):
    """What a project, a cycle or a label is called.

    Attributes:
        removed: it is no longer there, and no ticket has it any more.
    """

    kind: Literal["plan_name"] = "plan_name"
    id: str
    name: str = Field(max_length=LONGEST_NAME)
    removed: bool = False

    @property
    def rank(self) -> int:
        """What is gone is not called anything."""
        return int(self.removed)


class Attachment(Part):
    """A page that somebody, or another program, has attached to a ticket.

    Attributes:
        link: what the tracker says a pull request does for the ticket, where the page is one's and it says so.
        removed: it has been taken off again.
    """

    kind: Literal["attachment"] = "attachment"
    id: str
    ticket_id: str
    url: str = Field(max_length=LONGEST_URL)
    title: str = Field(max_length=LONGEST_NAME)
    link: LinkKind | None = None
    removed: bool = False

    @property
    def rank(self) -> int:
        """Of one moment being taken off is the end."""
        return int(self.removed)


class TicketComment(Part):
    """What somebody said on a ticket; of what was deleted there are no words.

    Attributes:
        author_id: the tracker's id of who said it; None where that was no member, or is not to be known any more.
        author_name: what the tracker calls them.
        url: where it stands, relative to its ticket's own address, which changes with the ticket's key and title.
    """

    kind: Literal["ticket_comment"] = "ticket_comment"
    id: str
    ticket_id: str
    author_id: str | None = None
    author_name: str | None = None
    text: str = Field(default="", max_length=LONGEST_COMMENT)
    url: str | None = None
    created_at: AwareDatetime
    deleted: bool = False

    @property
    def rank(self) -> int:
        """Deleted is the end."""
        return int(self.deleted)

    @property
    def erased(self) -> "TicketComment":
        """The same without its words, and without who said them."""
        return self.model_copy(update={"author_id": None, "author_name": None, "text": "", "deleted": True})


class RelationType(StrEnum):
    """What a ticket is to another one, in Linear's words; `other` is one we have no name for."""

    BLOCKS = "blocks"
    DUPLICATE = "duplicate"
    RELATED = "related"
    SIMILAR = "similar"
    OTHER = "other"


class RelationRole(StrEnum):
    """What a ticket is in a relation, seen from itself."""

    BLOCKS = "blocks"
    BLOCKED_BY = "blocked_by"
    DUPLICATE_OF = "duplicate_of"
    DUPLICATED_BY = "duplicated_by"
    RELATED = "related"
    SIMILAR = "similar"
    OTHER = "other"


_ROLES: Mapping[RelationType, tuple[RelationRole, RelationRole]] = {
    RelationType.BLOCKS: (RelationRole.BLOCKS, RelationRole.BLOCKED_BY),
    RelationType.DUPLICATE: (RelationRole.DUPLICATE_OF, RelationRole.DUPLICATED_BY),
    RelationType.RELATED: (RelationRole.RELATED, RelationRole.RELATED),
    RelationType.SIMILAR: (RelationRole.SIMILAR, RelationRole.SIMILAR),
    RelationType.OTHER: (RelationRole.OTHER, RelationRole.OTHER),
}
"""What a ticket is to the other one, and that one to it."""


class Relation(Model):
    """What a ticket is to another one: it blocks it, is its duplicate, or has to do with it.

    Attributes:
        at: when it was changed last; it has been there since.
    """

    id: str
    ticket_id: str
    other_id: str
    type: RelationType
    at: AwareDatetime

    def seen_from(self, ticket_id: str) -> tuple[RelationRole, str]:
        """What one of the two tickets is to the other one, and the other one's id."""
        own, other = _ROLES[self.type]
        return (own, self.other_id) if ticket_id == self.ticket_id else (other, self.ticket_id)


class RelationList(Model):
    """All relations that there are of those that were changed after `since` and by `until`; without these, of all."""

    relations: tuple[Relation, ...] = ()
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class PlannedIds(Model):
    """Ids of tickets, of what was said on tickets, and of what is attached to them."""

    tickets: frozenset[str] = frozenset()
    comments: frozenset[str] = frozenset()
    attachments: frozenset[str] = frozenset()

    def without(self, others: "PlannedIds") -> "PlannedIds":
        """Those that are not among others."""
        return PlannedIds(
            tickets=self.tickets - others.tickets,
            comments=self.comments - others.comments,
            attachments=self.attachments - others.attachments,
        )


PlanningPart = PlanName | Attachment | TicketComment
AnyPlanningPart = Annotated[PlanningPart, Field(discriminator="kind")]
_PULL_REQUEST = re.compile(r"(?P<repository>https?://[^\s?#]+)/pull/(?P<number>[0-9]{1,9})(?:[/?#]|$)", re.IGNORECASE)


def page_of_pull_request(url: str) -> str | None:
    """The address of the pull request that an address leads to, in lower case; None if it leads elsewhere."""
    found = _PULL_REQUEST.match(url)
    return f"{found['repository']}/pull/{int(found['number'])}".lower() if found else None


def pull_request_at(url: str, repositories: Iterable[Repository]) -> PullRequestId | None:
    """The pull request that an address leads to, if it is of one of these repositories."""
    page = page_of_pull_request(url)
    if page is None:
        return None
    place, _, number = page.rpartition("/pull/")
    ids = (repository.id for repository in repositories if repository.url.rstrip("/").lower() == place)
    return next((pull_request_id(id, int(number)) for id in ids), None)


def named_now(ticket: Ticket, names: Mapping[str, PlanName]) -> Ticket:
    """A ticket whose project, cycle and labels are called what they are now, without those that are gone.

    Args:
        ticket: as it was told last, and with it what these were called then.
        names: by the ids of what they name.
    """

    def later(id: str, known: str | None) -> PlanName | None:
        name = names.get(id)
        return name if name is not None and (not known or name.at > ticket.updated_at) else None

    changes: dict[str, object] = {}
    for field, part in (("project", ticket.project), ("cycle", ticket.cycle)):
        name = later(part.id, part.name) if part is not None else None
        if part is not None and name is not None:
            changes[field] = None if name.removed else part.model_copy(update={"name": name.name})
    if len(ticket.label_ids) == len(ticket.labels):
        named = [(id, label, later(id, label)) for id, label in zip(ticket.label_ids, ticket.labels, strict=True)]
        there = [(id, name.name if name else label) for id, label, name in named if name is None or not name.removed]
        changes |= {"label_ids": tuple(id for id, _ in there), "labels": tuple(label for _, label in there)}
    return ticket.model_copy(update=changes)


def plan_ids(tickets: Iterable[Ticket]) -> frozenset[str]:
    """The ids of all that tickets are planned in and labelled with."""
    ids: set[str] = set()
    for ticket in tickets:
        ids |= {part.id for part in (ticket.project, ticket.cycle) if part is not None} | {*ticket.label_ids}
    return frozenset(ids - {""})
