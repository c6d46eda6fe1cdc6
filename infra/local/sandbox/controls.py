"""The doors for people and tests: act as somebody, look at everything, order misbehaviour."""

import uuid
from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.routing import Route

from infra.local.sandbox import slack_events as events
from infra.local.sandbox.config import Config
from infra.local.sandbox.control_forms import (
    BadControl,
    DeleteControl,
    EditControl,
    FileControl,
    IssueControl,
    PlayControl,
    PostControl,
    ReactControl,
    body_of,
    json_of,
    parsed,
)
from infra.local.sandbox.control_routes import route
from infra.local.sandbox.delivery import Courier
from infra.local.sandbox.faults import Faults
from infra.local.sandbox.organization import LinearOrganization
from infra.local.sandbox.play import Player
from infra.local.sandbox.report import report
from infra.local.sandbox.state import Channel, Fault, Issue, Json, Message, Person
from infra.local.sandbox.store import Store
from infra.local.sandbox.workspace import SlackWorkspace


class Controls:
    """The handlers."""

    def __init__(
        self,
        store: Store,
        workspace: SlackWorkspace,
        organization: LinearOrganization,
        faults: Faults,
        courier: Courier,
        player: Player,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._organization = organization
        self._faults = faults
        self._courier = courier
        self._player = player
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/slack/messages", self._post),
            route("/slack/edit", self._edit),
            route("/slack/delete", self._delete),
            route("/slack/react", self._react),
            route("/linear/issues", self._create_issue),
            route("/linear/issues/{identifier}", self._update_issue),
            route("/state", self._state, "GET"),
            route("/faults", self._add_fault),
            route("/faults", self._list_faults, "GET"),
            route("/faults", self._clear_faults, "DELETE"),
            route("/config", self._configure),
            route("/reset", self._reset),
            route("/play", self._play),
            route("/play", self._progress, "GET"),
        ]

    async def _post(self, request: Request) -> Json:
        wanted = await body_of(request, PostControl)
        channel, person = self._channel(wanted.channel), self._person(wanted.user)
        if not wanted.text and not wanted.files:
            raise BadControl("text", "say something or share a file")
        root = self._message(channel, wanted.thread_ts, "thread_ts") if wanted.thread_ts else None
        message = Message(
            ts=f"{wanted.ts:.6f}" if wanted.ts is not None else "",
            channel=channel.id,
            user=person.slack_id,
            text=wanted.text,
            thread_ts=root.root_ts if root else None,
            client_msg_id=str(uuid.uuid4()),
            blocks=events.rich_text(wanted.text) if wanted.text else [],
            files=[self._file(person, each) for each in wanted.files],
        )
        self._workspace.post(channel, message, deliveries=wanted.deliveries, fresh_event_ids=wanted.fresh_event_ids)
        return _address(message)

    async def _edit(self, request: Request) -> Json:
        wanted = await body_of(request, EditControl)
        channel = self._channel(wanted.channel)
        message = self._message(channel, wanted.ts, "ts")
        self._workspace.edit(channel, message, text=wanted.text, blocks=events.rich_text(wanted.text))
        return _address(message)

    async def _delete(self, request: Request) -> Json:
        wanted = await body_of(request, DeleteControl)
        channel = self._channel(wanted.channel)
        message = self._message(channel, wanted.ts, "ts")
        self._workspace.delete(channel, message)
        return _address(message)

    async def _react(self, request: Request) -> Json:
        wanted = await body_of(request, ReactControl)
        channel, person = self._channel(wanted.channel), self._person(wanted.user)
        message = self._message(channel, wanted.ts, "ts")
        self._workspace.react(channel, message, person.slack_id, wanted.name.strip(":"))
        return _address(message)

    async def _create_issue(self, request: Request) -> Json:
        wanted = await body_of(request, IssueControl)
        world = self._store.world
        team = next((each for each in world.teams if wanted.team in {each.key, each.id, each.name}), None)
        if team is None:
            raise BadControl("team", f"no team {wanted.team}")
        if not wanted.title:
            raise BadControl("title", "is needed")
        fields = self._issue_fields(wanted, team.id)
        by = self._actor(wanted)
        issue = self._organization.create_issue(by=by, team_id=team.id, **(fields | {"title": wanted.title}))
        return self._ticket(issue)

    async def _update_issue(self, request: Request) -> Json:
        wanted = await body_of(request, IssueControl)
        issue = self._store.world.issue(request.path_params["identifier"])
        if issue is None:
            raise BadControl("identifier", f"no ticket {request.path_params['identifier']}")
        if wanted.team is not None:
            raise BadControl("team", "a ticket's team cannot be changed")
        fields = self._issue_fields(wanted, issue.team_id)
        self._organization.update_issue(issue, by=self._actor(wanted), **fields)
        return self._ticket(issue)

    async def _state(self, _: Request) -> Json:
        return report(self._store.world)

    async def _add_fault(self, request: Request) -> Json:
        self._faults.add(await body_of(request, Fault))
        return {"ok": True, "faults": self._listed_faults()}

    async def _list_faults(self, _: Request) -> Json:
        return {"ok": True, "faults": self._listed_faults()}

    async def _clear_faults(self, _: Request) -> Json:
        self._faults.clear()
        return {"ok": True, "faults": []}

    async def _configure(self, request: Request) -> Json:
        config = self._store.world.config
        changed = config.model_dump() | await json_of(request)
        self._store.world.config = parsed(changed, Config)
        self._store.changed()
        return {"ok": True, "app_url": self._store.world.config.app_url}

    async def _reset(self, _: Request) -> Json:
        await self._player.stop()
        await self._courier.drop()
        self._store.reset()
        return {"ok": True}

    async def _play(self, request: Request) -> Json:
        wanted = await body_of(request, PlayControl)
        return {"ok": True} | self._player.play(wanted.speed).model_dump()

    async def _progress(self, _: Request) -> Json:
        return {"ok": True} | self._player.progress().model_dump()

    def _channel(self, name: str) -> Channel:
        channel = self._workspace.channel(name)
        if channel is not None:
            return channel
        person = self._store.world.person(name) if name.startswith("@") else None
        if person is None:
            raise BadControl("channel", f"no channel {name}")
        return self._workspace.direct(person.slack_id)

    def _person(self, name: str) -> Person:
        person = self._store.world.person(name)
        if person is None:
            raise BadControl("user", f"no person {name}")
        return person

    def _message(self, channel: Channel, ts: str, field: str) -> Message:
        message = self._workspace.find(channel.id, ts)
        if message is None or message.tombstone:
            raise BadControl(field, f"no message {ts} in {channel.name or channel.id}")
        return message

    def _file(self, person: Person, wanted: FileControl | str) -> Json:
        file = FileControl(name=wanted) if isinstance(wanted, str) else wanted
        created = int(self._clock().timestamp())
        return events.file_object(
            self._store.world,
            person.slack_id,
            file.name,
            title=file.title or file.name,
            mimetype=file.mimetype,
            size=file.size,
            created=created,
        )

    def _actor(self, wanted: IssueControl) -> str:
        return (self._person(wanted.user) if wanted.user else self._store.world.people[0]).linear_id

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

    def _listed_faults(self) -> list[Json]:
        return [fault.model_dump() for fault in self._store.world.faults]


def _address(message: Message) -> Json:
    return {"ok": True, "ts": message.ts, "channel": message.channel, "thread_ts": message.thread_ts}
