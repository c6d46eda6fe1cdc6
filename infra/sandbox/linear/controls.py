"""Doors for people and tests: act as somebody in Linear."""

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, known_person, route
from infra.sandbox.core.state import Json, Model
from infra.sandbox.core.store import Store
from infra.sandbox.linear.organization import LinearOrganization, Refused
from infra.sandbox.linear.state import Issue, LinearWorld


class IssueControl(Model):
    """Somebody writes a ticket, or changes the fields given."""

    team: str | None = None
    title: str = Field(default="", min_length=1)
    description: str | None = None
    state: str | None = None
    assignee: str | None = None
    parent: str | None = None
    priority: int = Field(default=0, ge=0, le=4)
    user: str | None = None


class LinearControls:
    """The handlers."""

    def __init__(self, store: Store[LinearWorld], organization: LinearOrganization) -> None:
        self._store = store
        self._organization = organization

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [route("/linear/issues", self._create), route("/linear/issues/{identifier}", self._update)]

    async def _create(self, request: Request) -> Json:
        wanted = await body_of(request, IssueControl)
        world = self._store.world
        team = next((each for each in world.teams if wanted.team in {each.key, each.id, each.name}), None)
        if team is None:
            raise BadControl("team", f"no team {wanted.team}")
        if not wanted.title:
            raise BadControl("title", "is needed")
        fields = self._issue_fields(wanted, team.id)
        by = self._actor(wanted)
        try:
            issue = self._organization.create_issue(by=by, team_id=team.id, **(fields | {"title": wanted.title}))
        except Refused as refused:
            raise BadControl("", str(refused)) from refused
        return self._ticket(issue)

    async def _update(self, request: Request) -> Json:
        wanted = await body_of(request, IssueControl)
        issue = self._store.world.issue(request.path_params["identifier"])
        if issue is None:
            raise BadControl("identifier", f"no ticket {request.path_params['identifier']}")
        if wanted.team is not None:
            raise BadControl("team", "a ticket's team cannot be changed")
        fields = self._issue_fields(wanted, issue.team_id)
        try:
            self._organization.update_issue(issue, by=self._actor(wanted), **fields)
        except Refused as refused:
            raise BadControl("", str(refused)) from refused
        return self._ticket(issue)

    def _actor(self, wanted: IssueControl) -> str:
        return (known_person(self._store.world, wanted.user) if wanted.user else self._store.world.people[0]).linear_id

    def _issue_fields(self, wanted: IssueControl, team_id: str) -> Json:
        """The fields that were given, as the organisation knows them; null takes an assignee or parent away."""
        given = wanted.model_dump(exclude_unset=True, include={"title", "description", "priority"})
        world = self._store.world
        if wanted.state is not None:
            states = {state.name.lower(): state.id for state in world.team(team_id).states}
            if wanted.state.lower() not in states:
                raise BadControl("state", f"no state {wanted.state}")
            given["state_id"] = states[wanted.state.lower()]
        if "assignee" in wanted.model_fields_set:
            person = world.person(wanted.assignee) if wanted.assignee else None
            if wanted.assignee and person is None:
                raise BadControl("assignee", f"no person {wanted.assignee}")
            given["assignee_id"] = person.linear_id if person else None
        if "parent" in wanted.model_fields_set:
            parent = world.issue(wanted.parent) if wanted.parent else None
            if wanted.parent and parent is None:
                raise BadControl("parent", f"no ticket {wanted.parent}")
            given["parent_id"] = parent.id if parent else None
        return given

    def _ticket(self, issue: Issue) -> Json:
        world = self._store.world
        ticket = {"id": issue.id, "identifier": world.identifier(issue), "url": world.issue_url(issue)}
        return {"ok": True, "issue": ticket | {"state": world.state(issue.state_id).name}}
