"""Everything the sandbox remembers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveInt

type Json = dict[str, Any]
type Vendor = Literal["slack", "linear", "github", "openai"]


class Model(BaseModel):
    """A record that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class Person(Model):
    """Somebody with an account at every vendor; `github_login` need not resemble the handle."""

    handle: str
    name: str
    email: str
    time_zone: str
    title: str = ""
    slack_id: str
    linear_id: str
    github_id: int
    github_login: str


class Bot(Model):
    """The app as Slack knows it."""

    user_id: str
    bot_id: str
    app_id: str
    name: str
    token: str


class Workspace(Model):
    """The Slack workspace."""

    team_id: str
    name: str
    domain: str
    bot: Bot


class Channel(Model):
    """A conversation in Slack; `user` is the other side of a direct message with the app."""

    id: str
    name: str
    private: bool = False
    topic: str = ""
    members: list[str] = []
    user: str | None = None

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
    blocks: list[Json] = []
    metadata: Json | None = None
    attachments: list[Json] = []
    files: list[Json] = []
    reactions: dict[str, list[str]] = {}
    edited_ts: str | None = None
    tombstone: bool = False

    @property
    def root_ts(self) -> str:
        """The ts of the thread it belongs to; its own for a top-level message."""
        return self.thread_ts or self.ts


class WorkflowState(Model):
    """A step of a team's workflow."""

    id: str
    name: str
    type: str
    position: float


class Team(Model):
    """A Linear team."""

    id: str
    key: str
    name: str
    states: list[WorkflowState]


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
    title: str
    description: str | None = None
    priority: int = 0
    state_id: str
    assignee_id: str | None = None
    creator_id: str
    parent_id: str | None = None
    label_ids: list[str] = []
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    canceled_at: datetime | None = None
    archived_at: datetime | None = None
    trashed: bool = False


class Delivery(Model):
    """One event on its way to the app.

    Attributes:
        line: deliveries of one line are first attempted in order.
        about: what it tells of, as `channel/ts`, a ticket's identifier or an installation's account.
        body: what is sent; dropped once it has arrived.
        form: whether it goes as a form, as what people press in Slack does.
    """

    id: str
    vendor: Vendor
    kind: str
    line: str
    about: str
    body: Json | None
    form: bool = False
    attempts: int = 0
    outcome: Literal["pending", "delivered", "failed"] = "pending"
    status: int | None = None
    error: str = ""
    created_at: datetime


class Fault(Model):
    """A misbehaviour that was asked for."""

    vendor: Vendor
    operation: str = "*"
    kind: Literal["rate_limit", "server_error", "timeout", "revoked", "slow"]
    times: PositiveInt = 1
    retry_after: NonNegativeFloat | None = None
    after: bool = True
