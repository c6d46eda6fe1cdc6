"""What people do at a chat's surfaces beside cards, and the message in which it waits for whoever answers it.

A new thing that people can do is a model of its own in `Asked`, a reading of it in the chat's adapter, and a case in
`workflows/surfaces/answer.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from pm_assistant.domain.forms import SettingsForm
from pm_assistant.domain.model import BuiltWhenMet, Model
from pm_assistant.domain.workspaces import Provider, TenantId


class HomeOpened(Model):
    """Somebody looks at our page in the chat.

    Attributes:
        shown: the version of it that they see; None where there has been none.
    """

    type: Literal["home_opened"] = "home_opened"
    shown: str | None = Field(default=None, max_length=255)


class HomeOutdated(Model):
    """What somebody's page shows has changed while they may be looking at it.

    Attributes:
        since: when they opened it.
    """

    type: Literal["home_outdated"] = "home_outdated"
    since: AwareDatetime


class Mentioned(Model):
    """Somebody named us in a message, which is kept by now.

    Attributes:
        root_ts: of the thread that it stands in; its own outside one.
    """

    type: Literal["mentioned"] = "mentioned"
    channel: str = Field(max_length=64)
    root_ts: str
    ts: str


class Reaction(StrEnum):
    """What a reaction to a message can mean."""

    APPROVE = "approve"
    """A check mark on our card: yes to what it asks."""
    UNDO = "undo"
    """Thumbs down on it: no, or away with what was done."""
    TICKET = "ticket"
    """A ticket on anybody's message: one is wanted for it."""


class ReactionAdded(Model):
    """Somebody put a reaction on a message that means something; its text is not told, nor which thread it is in."""

    type: Literal["reaction_added"] = "reaction_added"
    means: Reaction
    channel: str = Field(max_length=64)
    ts: str


class SettingsAsked(Model):
    """Somebody wants to set something.

    Attributes:
        trigger_id: what lets the chat show them the form.
    """

    type: Literal["settings_asked"] = "settings_asked"
    form: SettingsForm
    trigger_id: str


class SettingsChosen(Model):
    """Somebody has set something.

    Attributes:
        filled: what was chosen, by the fields of the form.
    """

    type: Literal["settings_chosen"] = "settings_chosen"
    form: SettingsForm
    filled: dict[str, str]


Asked = HomeOpened | HomeOutdated | Mentioned | ReactionAdded | SettingsAsked | SettingsChosen
"""Everything that people can do; each says its own type."""


@dataclass(frozen=True, kw_only=True)
class SurfaceUsed:
    """A person did something at a surface; not yet matched to a tenant."""

    provider: Provider
    external_id: str
    user_id: str
    asked: Asked


class SurfaceRequest(Model):
    """A message on the actions queue: answer what a person did at a surface.

    Attributes:
        user_id: the chat account of whoever did it.
        asked_at: when it reached us.
    """

    type: Literal["surface_request"] = "surface_request"
    tenant_id: TenantId
    user_id: str
    asked_at: AwareDatetime
    asked: Annotated[Asked, BuiltWhenMet()]
