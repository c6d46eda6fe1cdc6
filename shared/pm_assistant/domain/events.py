"""What happened outside, in the past tense, and the envelope in which it waits on the events queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue

from pm_assistant.domain.answers import Given
from pm_assistant.domain.bounds import LARGEST_MESSAGE, pieces
from pm_assistant.domain.kinds import ActionKind
from pm_assistant.domain.model import BuiltWhenMet, LoadedWhenMet, Model, is_none
from pm_assistant.domain.work import Message, Ticket
from pm_assistant.domain.workspaces import Member, Provider, TenantId

if TYPE_CHECKING:
    from pm_assistant.domain.code import AnyCodePart
    from pm_assistant.domain.planning import AnyPlanningPart
else:
    # Most deliveries are messages, and need none of it.
    AnyCodePart = LoadedWhenMet("pm_assistant.domain.code", "AnyCodePart")
    AnyPlanningPart = LoadedWhenMet("pm_assistant.domain.planning", "AnyPlanningPart")


class MessagePosted(Model):
    """Someone said something, or changed what they had said (`edited_ts` is then set)."""

    type: Literal["message_posted"] = "message_posted"
    message: Message


class MessageDeleted(Model):
    """Someone took back a message."""

    type: Literal["message_deleted"] = "message_deleted"
    channel: str
    ts: str
    root_ts: str


class TicketChanged(Model):
    """A ticket was created or changed in the tracker, by whomever, us included.

    Attributes:
        returned: people may have talked of it while it was not there: it had been trashed or archived, or nobody had
            told us of it before it was read.
    """

    type: Literal["ticket_changed"] = "ticket_changed"
    ticket: Ticket
    returned: bool = False


class TicketChangedInPart(Model):
    """A ticket was created or changed, and not all of it is told: the rest is as we know it.

    Attributes:
        state_id: the state that it is in, where only its id is told.
        told: the fields of `Ticket` that are told.
    """

    type: Literal["ticket_changed_in_part"] = "ticket_changed_in_part"
    ticket_id: str
    state_id: str | None = None
    told: dict[str, JsonValue]


class TicketRemoved(Model):
    """A ticket was trashed or deleted in the tracker."""

    type: Literal["ticket_removed"] = "ticket_removed"
    ticket_id: str
    at: AwareDatetime


class CodeChanged(Model):
    """The code host tells of repositories, pull requests, reviews, checks or issues."""

    type: Literal["code_changed"] = "code_changed"
    parts: tuple[AnyCodePart, ...]


class PlanningChanged(Model):
    """The tracker tells what plans and labels are called, or what is attached to tickets."""

    type: Literal["planning_changed"] = "planning_changed"
    parts: tuple[AnyPlanningPart, ...]


class ConversationTouched(Model):
    """A conversation has new content and waits to become quiet.

    `ts` is of the message that touched it.
    """

    type: Literal["conversation_touched"] = "conversation_touched"
    channel: str
    ts: str
    root_ts: str
    force: bool = Field(default=False, description="judge now, quiet or not; an operator asked")
    only: ActionKind | None = Field(default=None, description="decide on this kind of action and leave the others")
    run: str | None = Field(default=None, exclude_if=is_none, description="the run that asked for it")

    def concerns(self, kind: ActionKind) -> bool:
        """Whether decisions of a kind are wanted."""
        return self.only in {None, kind}


class AccessLost(Model):
    """The vendor says that our credentials no longer count: uninstalled, revoked or suspended.

    Attributes:
        reason: the vendor's own fixed word, such as `app_uninstalled`.
        at: when that was, where the vendor says so; what was connected later is not meant.
    """

    type: Literal["access_lost"] = "access_lost"
    reason: str
    at: AwareDatetime | None = None


class AccessRestored(Model):
    """The vendor says that our credentials count again, such as a GitHub installation that is no longer suspended.

    Attributes:
        at: a moment of the vendor's clock, not before the loss that this ends, where the vendor says one.
    """

    type: Literal["access_restored"] = "access_restored"
    at: AwareDatetime | None = None


class EventsMissed(Model):
    """The vendor says that it has kept events from us, because there were too many.

    Attributes:
        at: the minute in which it did.
    """

    type: Literal["events_missed"] = "events_missed"
    at: AwareDatetime


class GrantChanged(Model):
    """The vendor says that it lets us do more than before, or less.

    Attributes:
        scopes: all that is granted now, in the vendor's words.
        at: when that was, where the vendor says so; what was granted later stays.
    """

    type: Literal["grant_changed"] = "grant_changed"
    scopes: tuple[str, ...]
    at: AwareDatetime | None = None


class TreeTouched(Model):
    """A ticket was closed, opened or removed, or is below another than before: its tree is to be looked at."""

    type: Literal["tree_touched"] = "tree_touched"
    ticket_id: str


class DuplicateTouched(Model):
    """A ticket has become another one's duplicate, or is it no longer: what is about it follows.

    Attributes:
        other_id: the ticket with which people go on, or went on.
    """

    type: Literal["duplicate_touched"] = "duplicate_touched"
    ticket_id: str
    other_id: str


class PersonChanged(Model):
    """Somebody has come to the chat, has left it, or is described otherwise there.

    Attributes:
        member: the person as the chat tells of them now, under the chat's own id.
    """

    type: Literal["person_changed"] = "person_changed"
    member: Member


class ChannelChanged(Model):
    """A channel of the chat has another id, or is read by others than before: whatever we keep of it follows.

    Attributes:
        channel: its id until now.
        now: its id from now on; None where that stays.
        private: not all of the workspace reads there any more.
        outside: people of other companies read there from now on.
    """

    type: Literal["channel_changed"] = "channel_changed"
    channel: str = Field(min_length=1, max_length=64)
    now: str | None = Field(default=None, min_length=1, max_length=64)
    private: bool = False
    outside: bool = False


class ChannelOpened(Model):
    """A channel of the chat lets people in, or in again, and perhaps us.

    Attributes:
        user: who was let in, if somebody was: it concerns us where that is us.
    """

    type: Literal["channel_opened"] = "channel_opened"
    channel: str = Field(min_length=1, max_length=64)
    user: str | None = None


Happening = (
    MessagePosted
    | MessageDeleted
    | TicketChanged
    | TicketChangedInPart
    | TicketRemoved
    | CodeChanged
    | PlanningChanged
    | AccessLost
    | AccessRestored
    | EventsMissed
    | GrantChanged
    | PersonChanged
    | ChannelChanged
    | ChannelOpened
)
"""What a webhook can report."""


QueuedEvent = (
    ConversationTouched
    | TicketChanged
    | TicketChangedInPart
    | TicketRemoved
    | CodeChanged
    | PlanningChanged
    | TreeTouched
    | DuplicateTouched
    | PersonChanged
    | ChannelChanged
    | ChannelOpened
)
"""What waits on the events queue."""


def in_messages(event: QueuedEvent) -> Iterable[QueuedEvent]:
    """The same in as many as a queue takes: what is told in parts may come part by part and in any order."""
    match event:
        case CodeChanged(parts=parts):
            return (CodeChanged(parts=tuple(piece)) for piece in pieces(_sized(parts), most=LARGEST_MESSAGE))
        case PlanningChanged(parts=planned):
            return (PlanningChanged(parts=tuple(piece)) for piece in pieces(_sized(planned), most=LARGEST_MESSAGE))
        case _:
            return (event,)


def _sized[P: Model](parts: Iterable[P]) -> Iterable[tuple[P, int]]:
    return ((part, len(part.model_dump_json().encode())) for part in parts)


class EventEnvelope(Model):
    """A message on the events queue."""

    type: Literal["event_envelope"] = "event_envelope"
    tenant_id: TenantId
    event: Annotated[QueuedEvent, BuiltWhenMet()]


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """The vendor asks us to prove that the address is ours."""

    answer: str


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """An authentic delivery that is none of our business; `reason` is one fixed word for the log."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class WebhookEvent:
    """An authentic delivery, not yet matched to a tenant.

    Attributes:
        external_id: by what the vendor knows the workspace that it is about.
        also: further workspaces that it is about just the same, such as those that share a channel.
        shared_in: a channel that further workspaces may share, of which the vendor does not say which.
        attempt: the how manieth attempt to tell us this is, as far as the vendor says.
    """

    provider: Provider
    external_id: str
    happening: Happening
    also: tuple[str, ...] = ()
    shared_in: str | None = None
    attempt: int = 1


class ButtonPressed(Given):
    """A person answered a card, or what it had them fill in; not yet matched to a tenant."""

    provider: Provider
    external_id: str
    user_id: str
