"""Linear as far as the sandbox remembers it."""

import re
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from infra.sandbox.core.state import Json, Model
from infra.sandbox.core.world import World

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
"""When plans and labels were last changed that nobody has changed here."""


class WorkflowState(Model):
    """A step of a team's workflow."""

    id: str
    name: str
    type: str
    position: float


type RelationType = Literal["blocks", "duplicate", "related", "similar"]
type GitEvent = Literal["draft", "start", "review", "mergeable", "merge"]


class Team(Model):
    """A Linear team.

    Attributes:
        numbered: the highest number it has given to a ticket that has left it, or was deleted.
        auto_close_parents: whether Linear closes tickets whose sub-tickets are all closed; the sandbox never does.
        auto_close_children: whether it closes the sub-tickets of what is closed.
        automated: the events of pull requests at which it has its tickets moved.
    """

    id: str
    key: str
    name: str
    states: list[WorkflowState]
    visibility: Literal["public", "private", "restricted"] = "public"
    numbered: int = 0
    auto_close_parents: bool | None = None
    auto_close_children: bool | None = None
    automated: tuple[GitEvent, ...] = ("start", "review", "merge")


class App(Model):
    """The app as Linear knows it."""

    id: str
    name: str
    token: str


class Organization(Model):
    """The Linear workspace."""

    id: str
    name: str
    url_key: str
    app: App


class Label(Model):
    """A Linear label."""

    id: str
    name: str
    updated_at: datetime = BEFORE


class Project(Model):
    """A Linear project."""

    id: str
    name: str
    updated_at: datetime = BEFORE


class Cycle(Model):
    """A fortnight of a team's; without a name it goes by its number."""

    id: str
    number: int
    name: str | None = None
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime = BEFORE


class Comment(Model):
    """A comment on a ticket."""

    id: str
    issue_id: str
    body: str
    user_id: str
    parent_id: str | None = None
    created_at: datetime
    updated_at: datetime
    edited_at: datetime | None = None


class Issue(Model):
    """A Linear ticket."""

    id: str
    team_id: str
    number: int
    previous_identifiers: list[str] = Field(default_factory=list)
    title: str
    description: str | None = None
    priority: int = 0
    state_id: str
    assignee_id: str | None = None
    creator_id: str
    parent_id: str | None = None
    estimate: int | None = None
    due_date: str | None = None
    project_id: str | None = None
    cycle_id: str | None = None
    label_ids: list[str] = Field(default_factory=list)
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    canceled_at: datetime | None = None
    archived_at: datetime | None = None
    trashed: bool = False


class Change(Model):
    """An entry of a ticket's history: who changed what, under Linear's names."""

    id: str
    issue_id: str
    actor_id: str
    created_at: datetime
    what: Json


class Relation(Model):
    """What a ticket is to another one."""

    id: str
    issue_id: str
    related_issue_id: str
    type: RelationType
    created_at: datetime


class Attachment(Model):
    """A link that somebody has attached to a ticket."""

    id: str
    issue_id: str
    creator_id: str
    title: str
    url: str
    created_at: datetime


class LinearWorld(World):
    """The organisation with its teams, tickets and comments."""

    organization: Organization
    teams: list[Team]
    labels: dict[str, Label] = Field(default_factory=dict)
    projects: dict[str, Project] = Field(default_factory=dict)
    cycles: dict[str, Cycle] = Field(default_factory=dict)
    issues: dict[str, Issue] = Field(default_factory=dict)
    comments: dict[str, Comment] = Field(default_factory=dict)
    history: list[Change] = Field(default_factory=list)
    relations: list[Relation] = Field(default_factory=list)
    attachments: list[Attachment] = Field(default_factory=list)
    webhook_id: str

    def knows(self, name: str) -> bool:
        """The organisation, its teams by key, and tickets by what people call them."""
        keys = {each.key for each in self.teams}
        organization = self.organization
        return name in {organization.id, organization.url_key} or name.partition("-")[0] in keys or super().knows(name)

    def team(self, team_id: str) -> Team:
        """A team by id."""
        return next(team for team in self.teams if team.id == team_id)

    def state(self, state_id: str) -> WorkflowState:
        """A step of any team's workflow by id."""
        return next(state for team in self.teams for state in team.states if state.id == state_id)

    def identifier(self, issue: Issue) -> str:
        """What people call a ticket, such as `ENG-12`."""
        return f"{self.team(issue.team_id).key}-{issue.number}"

    def issue(self, name: str) -> Issue | None:
        """A ticket by id or identifier, also by one that it had in a former team."""
        issues, key = self.issues.values(), name.upper()
        named = (each for each in issues if self.identifier(each) == key or key in each.previous_identifiers)
        return self.issues.get(name) or next(named, None)

    def issue_url(self, issue: Issue) -> str:
        """Where a ticket can be seen."""
        return (
            f"{self.public_url}/linear/{self.organization.url_key}/issue/{self.identifier(issue)}/{slug(issue.title)}"
        )

    def comment_url(self, comment: Comment) -> str:
        """Where a comment can be seen."""
        return f"{self.issue_url(self.issues[comment.issue_id])}#comment-{comment.id[:8]}"


def slug(title: str) -> str:
    """A title as it stands in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())[:8]) or "ticket"
