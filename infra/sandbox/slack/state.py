"""Slack as far as the sandbox remembers it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from infra.sandbox.core.state import Json, Model
from infra.sandbox.core.world import World


class Shortcut(Model):
    """Something that the app offers in menus: on a message, or anywhere."""

    type: Literal["message", "global"]
    name: str
    callback_id: str


class Bot(Model):
    """The app as Slack knows it, with what it is registered for in menus and on the command line."""

    user_id: str
    bot_id: str
    app_id: str
    name: str
    token: str
    commands: list[str] = Field(default_factory=list)
    shortcuts: list[Shortcut] = Field(default_factory=list)


class Workspace(Model):
    """The Slack workspace; `address` is where its pages are, as `<domain>.slack.com` is at Slack."""

    team_id: str
    name: str
    domain: str
    address: str = "slack"
    bot: Bot


class Channel(Model):
    """A conversation in Slack; `user` is the other side of a direct message with the app.

    Attributes:
        closed: why the app may not write in it, as Slack's error code; empty while it may.
        shared: whether people of another company are in it, through Slack Connect.
    """

    id: str
    name: str
    private: bool = False
    topic: str = ""
    members: list[str] = Field(default_factory=list)
    user: str | None = None
    closed: str = ""
    shared: bool = False

    @property
    def type(self) -> str:
        """Slack's `channel_type`."""
        return "im" if self.user else "group" if self.private else "channel"


class Message(Model):
    """A Slack message; `ts` names it within its channel."""

    ts: str
    channel: str
    user: str
    text: str
    thread_ts: str | None = None
    by_app: bool = False
    client_msg_id: str | None = None
    blocks: list[Json] = Field(default_factory=list)
    metadata: Json | None = None
    attachments: list[Json] = Field(default_factory=list)
    files: list[Json] = Field(default_factory=list)
    reactions: dict[str, list[str]] = Field(default_factory=dict)
    edited_ts: str | None = None
    tombstone: bool = False
    entities: list[Json] = Field(default_factory=list)

    @property
    def root_ts(self) -> str:
        """The ts of the thread it belongs to; its own for a top-level message."""
        return self.thread_ts or self.ts


class Trigger(Model):
    """What a press lets the app do: once, and soon; `path` is the page that the person is on."""

    person: str
    issued_at: datetime
    path: str
    used: bool = False


class ResponseUrl(Model):
    """Where the app may answer somebody for a while, and how often it has."""

    channel: str
    person: str
    thread_ts: str | None
    issued_at: datetime
    uses: int = 0


class OpenView(Model):
    """A modal that somebody sees; `seen_from` is the page that it stands before."""

    id: str
    person: str
    view: Json
    seen_from: str


class PublishedHome(Model):
    """A person's home tab; each version of it has another `hash`."""

    id: str
    hash: str
    view: Json


class SharedLinks(Model):
    """Links to the app's pages in a message, below which it may show something for a while."""

    channel: str
    ts: str
    links: list[str]
    issued_at: datetime
    source: str = "conversations_history"


class OpenDetails(Model):
    """What one person wants to see of an entity, and what the app shows of it to that person."""

    person: str
    entity: Json
    seen_from: str
    shown: Json | None = None
    error: Json | None = None


class AgentSession(Model):
    """How far the app is with what it was asked in a thread."""

    status: str
    title: str = ""


class SlackWorld(World):
    """The workspace and what was said in it."""

    workspace: Workspace
    channels: dict[str, Channel]
    messages: dict[str, list[Message]] = Field(default_factory=dict)
    ephemerals: list[Message] = Field(default_factory=list)
    triggers: dict[str, Trigger] = Field(default_factory=dict)
    views: dict[str, OpenView] = Field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = Field(default_factory=dict)
    homes: dict[str, PublishedHome] = Field(default_factory=dict)
    shared_links: dict[str, SharedLinks] = Field(default_factory=dict)
    details: dict[str, OpenDetails] = Field(default_factory=dict)
    sessions: dict[str, AgentSession] = Field(default_factory=dict)
    history_read_at: dict[str, datetime] = Field(default_factory=dict)
    events_told: dict[datetime, int] = Field(default_factory=dict)
    limit_told_at: datetime | None = None

    @property
    def slack_url(self) -> str:
        """Where the workspace is reached, with a trailing slash as Slack has it."""
        return f"{self.public_url}/{self.workspace.address}/"

    def knows(self, name: str) -> bool:
        """The workspace by id, domain or address, and its channels."""
        team = self.workspace
        channels = {*self.channels, *(each.name for each in self.channels.values())} - {""}
        return name in {team.team_id, team.domain, team.address, *channels} or super().knows(name)

    @property
    def enterprise(self) -> Json | None:
        """The Enterprise Grid organisation that the workspace is part of, as Slack names it."""
        if self.config.slack_enterprise == "none":
            return None
        return {"id": f"E{self.workspace.team_id[1:]}", "name": f"{self.workspace.name} Group"}
