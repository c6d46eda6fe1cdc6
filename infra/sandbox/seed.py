"""Reads the demo's files and makes the world they describe."""

import json
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from infra.sandbox.core.grants import Token
from infra.sandbox.core.state import Model, Person
from infra.sandbox.github.seed import GitHubSeed, Unlikely, relive
from infra.sandbox.linear.state import App, Issue, Label, Organization, Team
from infra.sandbox.slack.state import Channel, Workspace
from infra.sandbox.world import SandboxWorld

_NAMESPACE = uuid.UUID("6f0c8f0e-3f7b-4c55-9d0a-3f5b1f2f7c11")
DEMO = Path(__file__).parent / "demo"


class SeedInvalid(Exception):
    """A demo file does not say what it must; the text names file and field."""


class LinearSeed(Model):
    """The organisation and its teams."""

    organization_id: str
    name: str
    url_key: str
    app: App
    teams: list[Team] = Field(min_length=1)


class ChannelSeed(Model):
    """A channel; members are handles."""

    id: str
    name: str
    private: bool
    topic: str
    members: list[str]


class TeamSeed(Model):
    """`team.json`."""

    slack: Workspace
    linear: LinearSeed
    people: list[Person] = Field(min_length=1)
    channels: list[ChannelSeed] = Field(min_length=1)


class TicketSeed(Model):
    """A line of `tickets.json`."""

    key: str = Field(pattern=r"^[A-Z][A-Z0-9]*-[1-9][0-9]*$")
    title: str
    description: str | None
    state: str
    assignee: str | None
    parent: str | None
    labels: list[str]
    priority: int = Field(ge=0, le=4)
    created_days_ago: float = Field(ge=0)
    updated_days_ago: float = Field(ge=0)


class Utterance(Model):
    """A line of `day.json`."""

    ref: str
    at: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    channel: str
    user: str
    text: str
    reply_to: str | None


def identity(kind: str, name: str) -> str:
    """The UUID a seeded thing gets from its name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{name}"))


def load_world(directory: Path, now: datetime) -> SandboxWorld:
    """Make the world the demo's files describe; ages count back from `now`.

    Raises:
        SeedInvalid: a file is missing or wrong.
    """
    team = _read(directory / "team.json", TypeAdapter(TeamSeed))
    tickets = _read(directory / "tickets.json", TypeAdapter(list[TicketSeed]))
    github = _read(directory / "github.json", TypeAdapter(GitHubSeed))
    world = _without_issues(team, github)
    try:
        relive(world, github, now)
    except Unlikely as unlikely:
        raise SeedInvalid(f"github.json: {unlikely}") from unlikely
    keys = {ticket.key for ticket in tickets}
    for ticket in tickets:
        if ticket.parent and ticket.parent not in keys:
            raise SeedInvalid(f"tickets.json: {ticket.key}.parent: no ticket {ticket.parent}")
        issue = _issue(world, ticket, now)
        world.issues[issue.id] = issue
    return world


def load_day(directory: Path, world: SandboxWorld) -> list[Utterance]:
    """Read the demo day in the order it was said.

    Raises:
        SeedInvalid: the file is missing or names somebody or somewhere unknown.
    """
    day = _read(directory / "day.json", TypeAdapter(list[Utterance]))
    handles = {person.handle for person in world.people}
    channels = {channel.name for channel in world.channels.values()}
    said: set[str] = set()
    # Sorting is stable: what is said within one minute keeps the file's order.
    ordered = sorted(day, key=lambda line: line.at)
    for line in ordered:
        for field, value, names in (("user", line.user, handles), ("channel", line.channel, channels)):
            if value not in names:
                raise SeedInvalid(f"day.json: {line.ref}.{field}: no {field} {value}")
        if line.ref in said:
            raise SeedInvalid(f"day.json: {line.ref}.ref: used twice")
        if line.reply_to and line.reply_to not in said:
            raise SeedInvalid(f"day.json: {line.ref}.reply_to: {line.reply_to} was not said before")
        said.add(line.ref)
    return ordered


def _read[T](path: Path, form: TypeAdapter[T]) -> T:
    try:
        return form.validate_python(json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise SeedInvalid(f"{path.name}: not found in {path.parent}") from error
    except json.JSONDecodeError as error:
        raise SeedInvalid(f"{path.name}: not JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SeedInvalid(f"{path.name}: {where}: {first['msg']}") from error


def _without_issues(team: TeamSeed, github: GitHubSeed) -> SandboxWorld:
    slack_ids = {person.handle: person.slack_id for person in team.people}
    channels = {}
    for channel in team.channels:
        unknown = [handle for handle in channel.members if handle not in slack_ids]
        if unknown:
            raise SeedInvalid(f"team.json: channels.{channel.name}.members: no person {unknown[0]}")
        members = [slack_ids[handle] for handle in channel.members]
        channels[channel.id] = Channel(
            id=channel.id, name=channel.name, private=channel.private, topic=channel.topic, members=members
        )
    linear = team.linear
    strangers = set(github.owners) - {person.github_login for person in team.people}
    if strangers:
        raise SeedInvalid(f"github.json: owners: no person {min(strangers)}")
    bot, app = team.slack.bot.token, linear.app.token
    return SandboxWorld(
        workspace=team.slack,
        organization=Organization(id=linear.organization_id, name=linear.name, url_key=linear.url_key, app=linear.app),
        github=github.github(),
        people=team.people,
        channels=channels,
        messages={channel: [] for channel in channels},
        teams=linear.teams,
        webhook_id=identity("webhook", linear.organization_id),
        tokens={bot: Token(vendor="slack", access=bot), app: Token(vendor="linear", access=app)},
    )


def _issue(world: SandboxWorld, ticket: TicketSeed, now: datetime) -> Issue:
    key, _, number = ticket.key.partition("-")
    team = next((each for each in world.teams if each.key == key), None)
    if team is None:
        raise SeedInvalid(f"tickets.json: {ticket.key}.key: no team {key}")
    state = next((each for each in team.states if each.name == ticket.state), None)
    if state is None:
        raise SeedInvalid(f"tickets.json: {ticket.key}.state: team {key} has no state {ticket.state}")
    assignee = next((each for each in world.people if each.handle == ticket.assignee), None)
    if ticket.assignee and assignee is None:
        raise SeedInvalid(f"tickets.json: {ticket.key}.assignee: no person {ticket.assignee}")
    updated_at = now - timedelta(days=min(ticket.updated_days_ago, ticket.created_days_ago))
    for name in ticket.labels:
        world.labels.setdefault(identity("label", name), Label(id=identity("label", name), name=name))
    return Issue(
        id=identity("issue", ticket.key),
        team_id=team.id,
        number=int(number),
        title=ticket.title,
        description=ticket.description,
        priority=ticket.priority,
        state_id=state.id,
        assignee_id=assignee.linear_id if assignee else None,
        creator_id=(assignee or world.people[0]).linear_id,
        parent_id=identity("issue", ticket.parent) if ticket.parent else None,
        label_ids=[identity("label", name) for name in ticket.labels],
        created_at=now - timedelta(days=ticket.created_days_ago),
        updated_at=updated_at,
        started_at=updated_at if state.type in {"started", "completed"} else None,
        completed_at=updated_at if state.type == "completed" else None,
        canceled_at=updated_at if state.type == "canceled" else None,
    )
