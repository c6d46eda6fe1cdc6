"""What the controls accept."""

import json
from decimal import Decimal
from typing import Literal

from pydantic import Field, ValidationError
from starlette.requests import Request

from infra.local.sandbox.state import Json, Model

MAX_MESSAGE = 40_000


class BadControl(Exception):
    """The request cannot be followed; names the field."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


class FileControl(Model):
    """A file shared with a message."""

    name: str = Field(min_length=1)
    title: str | None = None
    mimetype: str = "application/octet-stream"
    size: int = Field(default=1024, ge=0)


class PostControl(Model):
    """Somebody says something."""

    channel: str
    user: str
    text: str = Field(max_length=MAX_MESSAGE)
    thread_ts: str | None = None
    files: list[FileControl | str] = Field(default_factory=list)
    ts: Decimal | None = Field(default=None, gt=0)
    deliveries: int = Field(default=1, ge=1, le=50)
    fresh_event_ids: bool = False


class EditControl(Model):
    """Somebody corrects what they said."""

    channel: str
    ts: str
    text: str = Field(max_length=MAX_MESSAGE)


class DeleteControl(Model):
    """Somebody takes back what they said."""

    channel: str
    ts: str


class ReactControl(Model):
    """Somebody puts an emoji on a message."""

    channel: str
    ts: str
    name: str = Field(min_length=1)
    user: str


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


class PlayControl(Model):
    """Plays the demo day at `speed` messages a second."""

    speed: float = Field(default=20.0, gt=0)


class AccessControl(Model):
    """Ends the app's access at a vendor."""

    vendor: Literal["slack", "linear", "github"]


class InstallationControl(Model):
    """Names an installation on GitHub; without an id the latest is meant."""

    installation_id: int | None = None


async def json_of(request: Request) -> Json:
    """The body as an object.

    Raises:
        BadControl: it is none.
    """
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise BadControl("", f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadControl("", "the body must be an object")
    return body


async def body_of[T: Model](request: Request, form: type[T]) -> T:
    """The body, read as a form.

    Raises:
        BadControl: it does not fit; names the field.
    """
    return parsed(await json_of(request), form)


def parsed[T: Model](body: Json, form: type[T]) -> T:
    """An object, read as a form.

    Raises:
        BadControl: it does not fit; names the field.
    """
    try:
        return form.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadControl(".".join(str(part) for part in first["loc"]), first["msg"]) from error
