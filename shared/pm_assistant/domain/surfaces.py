"""What people do at a chat's surfaces beside cards, and the message in which it waits for whoever answers it.

A new thing that people can do is a model of its own in `Asked`, a reading of it in the chat's adapter, and a case in
`workflows/surfaces/answer.py`.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.forms import SettingsForm
from pm_assistant.domain.model import BuiltWhenMet, Model
from pm_assistant.domain.reactions import Reaction
from pm_assistant.domain.work import Message
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


class ReactionAdded(Model):
    """Somebody put a reaction on a message that means something; its text is not told, nor which thread it is in."""

    type: Literal["reaction_added"] = "reaction_added"
    means: Reaction
    channel: str = Field(max_length=64)
    ts: str


class CommandTyped(Model):
    """Somebody typed a command to us.

    Attributes:
        text: what stood behind its name.
        answer_to: where that person alone is answered, for a while.
        trigger_id: what lets the chat show them a form; each command has another.
    """

    type: Literal["command_typed"] = "command_typed"
    text: str = ""
    answer_to: str
    trigger_id: str


class TrackingAsked(Model):
    """Somebody wants what was said to be tracked.

    Attributes:
        message: what was said, as far as a person said it.
        answer_to: as of a command.
        trigger_id: likewise.
    """

    type: Literal["tracking_asked"] = "tracking_asked"
    message: Message | None
    answer_to: str
    trigger_id: str


class TicketAsked(Model):
    """Somebody wants to write a new ticket."""

    type: Literal["ticket_asked"] = "ticket_asked"
    trigger_id: str


class TrackingChosen(Model):
    """Somebody has said what is to become of what was said.

    Attributes:
        form: which form that was: each is sent off once, and may be told twice.
        thread: in which it was said.
        what: a new ticket, or a word to one that is there.
        ticket: its key.
        words: what is to be said instead.
        team: the key of the team whose a new ticket is to be.
    """

    type: Literal["tracking_chosen"] = "tracking_chosen"
    form: str
    thread: Subject
    what: Literal["create", "add"]
    ticket: str | None = None
    words: str = ""
    team: str | None = None


class TicketWritten(Model):
    """Somebody has written a new ticket; attributes as of `TrackingChosen`."""

    type: Literal["ticket_written"] = "ticket_written"
    form: str
    words: str
    team: str | None = None


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


class ReportSnoozed(Model):
    """Somebody wants to read a report again later.

    Attributes:
        kind: which report.
        team_id: of which team of the tracker, if it is a team's.
        until: when.
        pressed_in: the conversation in which it stands.
    """

    type: Literal["report_snoozed"] = "report_snoozed"
    kind: str = Field(max_length=20)
    team_id: str | None = Field(default=None, max_length=64)
    until: Literal["hour", "tomorrow"]
    pressed_in: Subject


class TicketDisowned(Model):
    """Somebody says that a ticket in their report is not theirs.

    Attributes:
        ticket_id: which.
        pressed_in: the conversation in which the report stands.
    """

    type: Literal["ticket_disowned"] = "ticket_disowned"
    ticket_id: str = Field(max_length=150)
    pressed_in: Subject


class ReportWordsAsked(Model):
    """Somebody wants to answer their team's questions, or to add a word to its report.

    Attributes:
        trigger_id: what lets the chat show them the form.
        pressed_in: the conversation in which their own report stands; None on their page.
    """

    type: Literal["report_words_asked"] = "report_words_asked"
    trigger_id: str
    pressed_in: Subject | None = None


class ReportWordsGiven(Model):
    """Somebody has said it.

    Attributes:
        words: by the text of the question; behind an empty one those that nobody asked for.
        pressed_in: as of `ReportWordsAsked`.
    """

    type: Literal["report_words_given"] = "report_words_given"
    words: dict[str, str]
    pressed_in: Subject | None = None


class LinkShared(Model):
    """Somebody shares links to pages of ours, or is about to.

    Attributes:
        outside: people of other companies read there.
        unfurl_id: what lets us show what is behind them, with `source`.
    """

    type: Literal["link_shared"] = "link_shared"
    channel: str = Field(max_length=64)
    outside: bool = False
    unfurl_id: str = Field(max_length=500)
    source: str = Field(max_length=64)
    links: tuple[Annotated[str, Field(max_length=3_000)], ...] = Field(max_length=10)


class DetailsWanted(Model):
    """Somebody wants to see more of what is behind a link; `trigger_id` lets us show that to them alone, soon."""

    type: Literal["details_wanted"] = "details_wanted"
    trigger_id: str = Field(max_length=500)
    link: str = Field(max_length=3_000)


class QuestionAsked(Model):
    """Somebody says something in our own conversation with them, which nobody else reads and we do not keep.

    Attributes:
        root_ts: of the thread that it stands in; its own where it begins one.
    """

    type: Literal["question_asked"] = "question_asked"
    channel: str = Field(max_length=64)
    root_ts: str
    ts: str
    text: str = Field(max_length=4_000)

    @property
    def message_id(self) -> str:
        """Identity within the tenant."""
        return f"{self.channel}:{self.ts}"


class SessionStopped(Model):
    """Somebody wants us to stop in a thread."""

    type: Literal["session_stopped"] = "session_stopped"
    channel: str = Field(max_length=64)
    root_ts: str


type SessionStatus = Literal["processing", "active", "closed"]
"""Whether we are at work in a thread, wait for what is said next, or are done."""

Asked = (
    HomeOpened
    | HomeOutdated
    | Mentioned
    | ReactionAdded
    | CommandTyped
    | TrackingAsked
    | TicketAsked
    | TrackingChosen
    | TicketWritten
    | SettingsAsked
    | SettingsChosen
    | ReportSnoozed
    | TicketDisowned
    | ReportWordsAsked
    | ReportWordsGiven
    | LinkShared
    | DetailsWanted
    | QuestionAsked
    | SessionStopped
)
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
