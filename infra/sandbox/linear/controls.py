"""Doors for people and tests: act as somebody in Linear."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, known_person, route
from infra.sandbox.core.state import Json, Model
from infra.sandbox.core.store import Store
from infra.sandbox.linear.organization import LinearOrganization, Refused
from infra.sandbox.linear.state import Cycle, GitEvent, Issue, Label, LinearWorld, Project, RelationType, Team


class IssueControl(Model):
    """Somebody writes a ticket, or changes the fields given.

    Attributes:
        related: another ticket, of which it is said that this one is its `relation`, or nothing if that is null.
    """

    team: str | None = None
    title: str = Field(default="", min_length=1)
    description: str | None = None
    state: str | None = None
    assignee: str | None = None
    parent: str | None = None
    priority: int = Field(default=0, ge=0, le=4)
    estimate: int | None = None
    due_date: str | None = None
    project: str | None = None
    cycle: str | None = None
    labels: list[str] = Field(default_factory=list)
    attachment: str | None = None
    detached: str | None = None
    related: str | None = None
    relation: RelationType | None = "related"
    trashed: bool | None = None
    erased: bool = Field(default=False, description="out of the trash as well, or without it, for good")
    user: str | None = None


class CommentControl(Model):
    """Somebody comments on a ticket, or replies to a comment there."""

    body: str = Field(min_length=1)
    reply_to: str | None = None
    user: str | None = None


class EditControl(Model):
    """Somebody changes a comment's text, or deletes it."""

    body: str | None = Field(default=None, min_length=1)
    deleted: bool = False
    user: str | None = None


class PlanControl(Model):
    """Somebody calls a project, a cycle or a label otherwise."""

    name: str = Field(min_length=1)
    user: str | None = None


class TeamControl(Model):
    """An admin founds a team with the workflow of the first one, or changes who sees it, what it closes and moves."""

    key: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,6}$")
    visibility: Literal["public", "private", "restricted"] = "public"
    auto_close_parents: bool | None = None
    auto_close_children: bool | None = None
    automated: tuple[GitEvent, ...] | None = None


FIRST_CYCLE, FORTNIGHT = datetime(2026, 1, 5, tzinfo=UTC), timedelta(days=14)


def _cycle(id: str, name: str, count: int) -> Cycle:
    """A cycle that is named for the first time; one of digits only is what Linear counts itself."""
    number = int(name) if name.isdecimal() else count
    begins_at = FIRST_CYCLE + number * FORTNIGHT
    named = None if name.isdecimal() else name
    return Cycle(id=id, number=number, name=named, starts_at=begins_at, ends_at=begins_at + FORTNIGHT)


class LinearControls:
    """The handlers."""

    def __init__(self, store: Store[LinearWorld], organization: LinearOrganization) -> None:
        self._store = store
        self._organization = organization

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/linear/issues", self._create),
            route("/linear/issues/{identifier}", self._update),
            route("/linear/issues/{identifier}/comments", self._comment),
            route("/linear/comments/{id}", self._edit),
            route("/linear/teams", self._team),
            route("/linear/{kind}/{name}", self._rename),
        ]

    async def _team(self, request: Request) -> Json:
        wanted = await body_of(request, TeamControl)
        world = self._store.world
        team = next((each for each in world.teams if each.key == wanted.key), None)
        if team is None:
            states = [
                state.model_copy(update={"id": f"{wanted.key.lower()}-{state.id}"}) for state in world.teams[0].states
            ]
            team = Team(id=str(uuid.uuid4()), key=wanted.key, name=wanted.key.title(), states=states)
            world.teams.append(team)
        team.visibility = wanted.visibility
        team.auto_close_parents, team.auto_close_children = wanted.auto_close_parents, wanted.auto_close_children
        team.automated = team.automated if wanted.automated is None else wanted.automated
        self._store.changed()
        return {"ok": True, "id": team.id}

    async def _rename(self, request: Request) -> Json:
        wanted, world = await body_of(request, PlanControl), self._store.world
        plans: list[Project | Cycle | Label] = [
            *world.projects.values(),
            *world.cycles.values(),
            *world.labels.values(),
        ]
        kind, name = request.path_params["kind"], request.path_params["name"]
        plan = next((each for each in plans if f"{type(each).__name__.lower()}s" == kind and each.name == name), None)
        if plan is None:
            raise BadControl("name", "no such project, cycle or label")
        self._organization.rename(plan, wanted.name, by=self._actor(wanted))
        return {"ok": True, "id": plan.id}

    async def _create(self, request: Request) -> Json:
        body = await body_of(request, IssueControl)
        team = self._team_named(body.team)
        if not body.title:
            raise BadControl("title", "is needed")
        fields = self._issue_fields(body, team.id)
        by = self._actor(body)
        try:
            issue = self._organization.create_issue(by=by, team_id=team.id, **(fields | {"title": body.title}))
        except Refused as refused:
            raise BadControl("", str(refused)) from refused
        return self._ticket(issue)

    async def _update(self, request: Request) -> Json:
        body = await body_of(request, IssueControl)
        issue = self._known(request)
        by = self._actor(body)
        if body.erased:
            self._organization.erase_issue(issue, by=by)
            return {"ok": True, "id": issue.id}
        if body.trashed is not None:
            change = self._organization.delete_issue if body.trashed else self._organization.restore_issue
            change(issue, by=by)
        other = self._store.world.issue(body.related) if body.related else None
        if body.related and other is None:
            raise BadControl("related", f"no ticket {body.related}")
        if body.team is not None:
            self._organization.change_team(issue, self._team_named(body.team), by=by)
        fields = self._issue_fields(body, issue.team_id)
        try:
            self._organization.update_issue(issue, by=by, **fields)
        except Refused as refused:
            raise BadControl("", str(refused)) from refused
        self._hang_on(issue, other, body, by=by)
        return self._ticket(issue)

    def _hang_on(self, issue: Issue, other: Issue | None, body: IssueControl, *, by: str) -> None:
        """Put on a ticket, or take off it, what is no field of its own."""
        if body.attachment is not None:
            self._organization.attach(issue, body.attachment, by=by)
        if body.detached is not None:
            self._organization.detach(issue, body.detached, by=by)
        if other is not None and body.relation is not None:
            self._organization.relate(issue, other, by=by, type=body.relation)
        elif other is not None:
            self._organization.part(issue, other)

    def _team_named(self, name: str | None) -> Team:
        team = next((each for each in self._store.world.teams if name in {each.key, each.id, each.name}), None)
        if team is None:
            raise BadControl("team", f"no team {name}")
        return team

    async def _comment(self, request: Request) -> Json:
        wanted = await body_of(request, CommentControl)
        issue = self._known(request)
        try:
            comment = self._organization.create_comment(
                by=self._actor(wanted), issue=issue, body=wanted.body, parent_id=wanted.reply_to
            )
        except Refused as refused:
            raise BadControl("body", str(refused)) from refused
        return {"ok": True, "id": comment.id}

    async def _edit(self, request: Request) -> Json:
        wanted = await body_of(request, EditControl)
        comment = self._store.world.comments.get(request.path_params["id"])
        if comment is None:
            raise BadControl("id", "no such comment")
        if wanted.body is not None:
            self._organization.update_comment(comment, by=self._actor(wanted), body=wanted.body)
        if wanted.deleted:
            self._organization.delete_comment(comment, by=self._actor(wanted))
        return {"ok": True, "id": comment.id}

    def _known(self, request: Request) -> Issue:
        """The ticket that the path names."""
        identifier = request.path_params["identifier"]
        issue = self._store.world.issue(identifier)
        if issue is None:
            raise BadControl("identifier", f"no ticket {identifier}")
        return issue

    def _actor(self, body: IssueControl | CommentControl | EditControl | PlanControl) -> str:
        return (known_person(self._store.world, body.user) if body.user else self._store.world.people[0]).linear_id

    def _issue_fields(self, body: IssueControl, team_id: str) -> Json:
        """The fields that were given, as the organisation knows them; null takes an assignee or parent away."""
        as_given = {"title", "description", "priority", "estimate", "due_date"}
        fields = body.model_dump(exclude_unset=True, include=as_given)
        world = self._store.world
        fields |= self._places(body) | self._labels(body)
        if body.state is not None:
            states = {state.name.lower(): state.id for state in world.team(team_id).states}
            if body.state.lower() not in states:
                raise BadControl("state", f"no state {body.state}")
            fields["state_id"] = states[body.state.lower()]
        if "assignee" in body.model_fields_set:
            person = world.person(body.assignee) if body.assignee else None
            if body.assignee and person is None:
                raise BadControl("assignee", f"no person {body.assignee}")
            fields["assignee_id"] = person.linear_id if person else None
        if "parent" in body.model_fields_set:
            parent = world.issue(body.parent) if body.parent else None
            if body.parent and parent is None:
                raise BadControl("parent", f"no ticket {body.parent}")
            fields["parent_id"] = parent.id if parent else None
        return fields

    def _places(self, body: IssueControl) -> Json:
        """The project and cycle that were given by name; both are as many as anybody names."""
        named = body.model_dump(exclude_unset=True, include={"project", "cycle"})
        ids = {each: each and str(uuid.uuid5(uuid.NAMESPACE_DNS, each)) for each in named.values()}
        world = self._store.world
        if body.project and ids[body.project] not in world.projects:
            world.projects[ids[body.project]] = Project(id=ids[body.project], name=body.project)
        if body.cycle and ids[body.cycle] not in world.cycles:
            world.cycles[ids[body.cycle]] = _cycle(ids[body.cycle], body.cycle, len(world.cycles) + 1)
        return {f"{name}_id": ids[each] for name, each in named.items()}

    def _labels(self, body: IssueControl) -> Json:
        """The labels that were given by name; who names a new one makes it."""
        labels = self._store.world.labels
        ids = {label.name: label.id for label in labels.values()}
        for name in set(body.labels) - ids.keys():
            ids[name] = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
            labels[ids[name]] = Label(id=ids[name], name=name)
        return {"label_ids": [ids[name] for name in body.labels]} if "labels" in body.model_fields_set else {}

    def _ticket(self, issue: Issue) -> Json:
        world = self._store.world
        ticket = {"id": issue.id, "identifier": world.identifier(issue), "url": world.issue_url(issue)}
        return {"ok": True, "issue": ticket | {"state": world.state(issue.state_id).name}}
