"""What a person says to a decision, and what carries it; whoever only hands it on does not need the log's own words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Self

from pydantic import AwareDatetime, Field

from pm_assistant.domain.bounds import Line, Wording
from pm_assistant.domain.model import Model
from pm_assistant.domain.workspaces import TenantId

type Answer = Literal["approve", "edit", "relink", "dismiss", "undo", "retry"]
"""What a person can say to a decision; where we propose to undo something, to approve is to undo it.

To edit is to approve it as somebody has worded it, to relink to have the same done on another ticket.
"""


BUILT, TREE, LIKE, FORM = "built", "tree", "like", "form"
"""In place of a channel: what is built for a ticket, what is below it, what a pull request is like, or a form.

No chat names a channel so.
"""


class Subject(Model):
    """What a decision belongs to: the thread of the chat into which its card is posted, or a ticket's work.

    What is built for a ticket, the tickets below it, and what a pull request is like are no thread: people are asked in
    the one where they last spoke of the ticket, or else where decisions are listed. What is ordered by a form that is
    about nothing that was said is none either: whoever sent it is answered in the conversation with us alone.
    """

    channel: str
    root_ts: str

    @classmethod
    def built_for(cls, ticket_id: str) -> Self:
        """What is built for a ticket."""
        return cls(channel=BUILT, root_ts=ticket_id)

    @classmethod
    def below(cls, ticket_id: str) -> Self:
        """A ticket and those below it."""
        return cls(channel=TREE, root_ts=ticket_id)

    @classmethod
    def alike(cls, pull_request_id: str) -> Self:
        """A pull request and the ticket that it is like."""
        return cls(channel=LIKE, root_ts=pull_request_id)

    @classmethod
    def written(cls, form: str) -> Self:
        """What a person has written into a form that is about nothing that was said."""
        return cls(channel=FORM, root_ts=form)

    @property
    def in_chat(self) -> bool:
        """Whether it is a thread."""
        return self.channel not in {BUILT, TREE, LIKE, FORM}

    @property
    def id(self) -> str:
        """Identity within the tenant."""
        return f"{self.channel}:{self.root_ts}"


class Edited(Model):
    """What is to be written instead, in a person's own words; what is None stays as it was proposed."""

    title: Line | None = Field(default=None, min_length=1, description="of a new ticket")
    text: Wording | None = Field(default=None, description="of the comment, or a new ticket's description")
    priority: int | None = Field(default=None, ge=0, le=4, description="of a new ticket: 0 none, 1 urgent, 4 low")


type FormKind = Literal["edit", "relink", "dismiss"]
"""What a person can be asked to fill in before an answer is given; each is named as the answer that it ends in."""
WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "wrong_ticket": "Wrong ticket",
        "nothing_to_do": "Nothing to do",
        "already_done": "Already done",
        "not_now": "Not now",
    }
)
"""Reasons to dismiss that need no further words, as people read them."""


type Scope = Literal["thread", "channel", "kind", "ticket"]
"""Of what, seen from a decision, nothing more is asked: all in its thread, all in its channel, its kind there, or
anything about its ticket."""


class Given(Model):
    """What a person says to a decision, or wants to fill in first."""

    decision_id: str
    answer: Answer | None = None
    remark: str | None = None
    edited: Edited | None = Field(default=None, description="what `edit` has written")
    ticket: str | None = Field(default=None, description="the key of the ticket that `relink` means")
    mutes: Scope | None = Field(default=None, description="what is not to be asked any more, instead of an answer")
    opens: FormKind | None = Field(default=None, description="what is to be filled in before there is an answer")
    trigger_id: str | None = Field(default=None, description="what lets the chat show that to whoever pressed")
    revision: str | None = Field(default=None, description="what the person saw; an answer to anything else is void")
    pressed_in: Subject | None = Field(default=None, description="the thread of the card that was pressed")


class ActionRequest(Given):
    """A message on the actions queue: carry out or show what the log has open on a decision's subject."""

    type: Literal["action_request"] = "action_request"
    tenant_id: TenantId
    answered_by: str | None = None
    answered_at: AwareDatetime | None = Field(default=None, description="when the answer reached us")
    only_show: bool = Field(default=False, description="bring the card up to date and do nothing else")
