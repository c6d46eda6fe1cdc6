"""What the product can do in a tenant's name; whatever depends on the kind of action sits with its class."""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pm_assistant.domain.bounds import Line, Wording
from pm_assistant.domain.drafts import MOST_LABELS, MOST_QUOTES, PRIORITIES, Quote, Suggestion
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.domain.work import Team, Ticket, TicketState

LONGEST_SUMMARY = 1_200
"""A comment that several conversations have added to keeps its latest part."""
WITHHELD = "Said in a private channel; whoever may read it there finds it under the link."


TAKEN_BACK = "What was said about this was deleted in Slack."


class BaseAction(Model):
    """What every kind of action has to say of itself."""

    @property
    def about_ticket(self) -> str | None:
        """Id of the ticket it is about, if it is about one that is there."""
        return None

    @property
    def tickets(self) -> Collection[str]:
        """Ids of all the tickets that it is about."""
        return () if self.about_ticket is None else (self.about_ticket,)

    @property
    def asks_first(self) -> bool:
        """Whether it is never done without a person's word, whatever the rules allow."""
        return False

    @property
    def words(self) -> str | None:
        """The text that it would write, None if it writes none."""
        return None

    @property
    def wants_ticket(self) -> bool:
        """Whether it speaks of work that has no ticket."""
        return False

    @property
    @abstractmethod
    def key(self) -> str:
        """Which of the things that a thread can lead to it is; there is at most one of each."""

    @abstractmethod
    def same_as(self, other: "BaseAction", *, common_evidence: bool) -> bool:
        """Whether both would do the same thing, though they may rest on different messages."""

    def flaw(self, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]) -> str | None:
        """Name what makes it unusable, given all that an analyst may speak of, both by id."""
        return None

    def without_words(self, instead: str = WITHHELD) -> Self:
        """It, with `instead` in the place of what people said."""
        return self

    def joined_to(self, before: "BaseAction") -> "BaseAction":
        """It, where `before` would do the same and rests on messages elsewhere as well."""
        return self


class Comment(BaseAction):
    """Tell a ticket what was said about it."""

    kind: Literal[ActionKind.COMMENT] = ActionKind.COMMENT
    ticket_id: str
    summary: Wording = Field(description="one or two plain sentences, no markup")

    @property
    def about_ticket(self) -> str:
        """The ticket that is commented on."""
        return self.ticket_id

    @property
    def words(self) -> str:
        """The comment."""
        return self.summary

    @property
    def key(self) -> str:
        """One comment on each ticket."""
        return f"comment:{self.ticket_id}"

    def same_as(self, other: BaseAction, *, common_evidence: bool) -> bool:
        """A comment on the same ticket."""
        return isinstance(other, Comment) and other.ticket_id == self.ticket_id

    def flaw(self, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]) -> str | None:
        """It is about a ticket that was shown."""
        return None if self.ticket_id in tickets else "unknown ticket"

    def without_words(self, instead: str = WITHHELD) -> Self:
        """The summary is withheld."""
        return self.model_copy(update={"summary": instead})

    def joined_to(self, before: BaseAction) -> BaseAction:
        """What was said before stays, and what is new is added."""
        if not isinstance(before, Comment) or before.summary == TAKEN_BACK:
            return self
        if self.summary in before.summary:
            return before
        both = f"{before.summary} {self.summary}"
        return self.model_copy(update={"summary": both[-LONGEST_SUMMARY:]})


class CreateTicket(BaseAction):
    """Open a ticket for work that has none.

    Attributes:
        priority_because: the sentence that says how urgent it is, word for word.
        quotes: what it rests on, where everybody may read that.
        team: whose ticket it is to be; the tenant's home team where nothing tells.
        labels: of that team.
        parent: the ticket that it is a part of.
        regression_of: the closed ticket whose work has to be done again.
        suggested_assignee: who may take it: nobody is assigned whom no person has seen suggested, or named.
    """

    kind: Literal[ActionKind.CREATE] = ActionKind.CREATE
    title: Line
    description: Wording
    priority: int = Field(default=0, ge=0, le=4, description="Linear's scale: 0 none, 1 urgent, 4 low")
    priority_because: Wording = ""
    quotes: tuple[Quote, ...] = Field(default=(), max_length=MOST_QUOTES)
    team: Suggestion | None = None
    suggested_assignee: Suggestion | None = None
    labels: tuple[Suggestion, ...] = Field(default=(), max_length=MOST_LABELS)
    parent: Suggestion | None = None
    regression_of: Suggestion | None = None

    @property
    def words(self) -> str:
        """The ticket's description, and what it quotes."""
        quoted = (f"{quote.author}: {quote.text}" for quote in self.quotes)
        return "\n".join(filter(None, (self.description, *quoted)))

    @property
    def wants_ticket(self) -> bool:
        """That is what it is for."""
        return True

    @property
    def key(self) -> str:
        """One new ticket."""
        return "create"

    def same_as(self, other: BaseAction, *, common_evidence: bool) -> bool:
        """New tickets have nothing but their messages in common."""
        return isinstance(other, CreateTicket) and common_evidence

    def flaw(self, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]) -> str | None:
        """It has a title, and is the regression of a ticket that was shown, if of any."""
        if self.regression_of is not None and self.regression_of.id not in tickets:
            return "unknown ticket"
        return None if self.title.strip() else "new ticket has no title"

    def without_words(self, instead: str = WITHHELD) -> Self:
        """Whatever people said is withheld; where it stands among the others stays."""
        words: dict[str, object] = {"title": instead, "description": "", "priority_because": "", "quotes": ()}
        before = self.regression_of and self.regression_of.model_copy(update={"because": ""})
        return self.model_copy(update=words | {"suggested_assignee": None, "labels": (), "regression_of": before})


class MoveTicket(BaseAction):
    """Put a ticket into another state of its workflow."""

    kind: Literal[ActionKind.MOVE] = ActionKind.MOVE
    ticket_id: str
    to: TicketState
    backwards: bool = Field(default=False, description="a person wants it there, though that is a step back")

    @property
    def about_ticket(self) -> str:
        """The ticket that is moved."""
        return self.ticket_id

    @property
    def asks_first(self) -> bool:
        """Where it is a step back: only a person may want that."""
        return self.backwards

    @property
    def key(self) -> str:
        """One move of each ticket to each state."""
        return f"move:{self.ticket_id}:{self.to.id}"

    def same_as(self, other: BaseAction, *, common_evidence: bool) -> bool:
        """A move of the same ticket to the same state."""
        return isinstance(other, MoveTicket) and (other.ticket_id, other.to.id) == (self.ticket_id, self.to.id)

    def flaw(self, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]) -> str | None:
        """It moves a ticket that was shown within its own team's workflow: forwards, or back if it says so."""
        ticket = tickets.get(self.ticket_id)
        if ticket is None:
            return "unknown ticket"
        team = teams.get(ticket.team_id)
        if team is None or self.to not in team.states:
            return "state is not one of the ticket's team"
        back = self.backwards and team.forwards(self.to, ticket.state)
        return None if back or team.forwards(ticket.state, self.to) else "does not move the ticket forwards"


class TicketField(StrEnum):
    """What may be changed of a ticket beside its state."""

    ASSIGNEE = "assignee"
    PRIORITY = "priority"
    LABEL = "label"
    """One label more; the others stay."""


class ChangeTicket(BaseAction):
    """Give one field of a ticket another value. Only people order it; no analyst proposes it.

    Attributes:
        to: what the field comes to be: an account, a label, or a priority by its number on the tracker's scale.
    """

    kind: Literal[ActionKind.CHANGE] = ActionKind.CHANGE
    ticket_id: str
    field: TicketField
    to: Suggestion

    @model_validator(mode="after")
    def _is_on_the_scale(self) -> Self:
        if self.field is TicketField.PRIORITY and self.to.id not in map(str, range(len(PRIORITIES))):
            raise ValueError("a priority is a number of the tracker's scale")
        return self

    @property
    def about_ticket(self) -> str:
        """The ticket that is changed."""
        return self.ticket_id

    @property
    def key(self) -> str:
        """One change of each field of a ticket to each value."""
        return f"change:{self.ticket_id}:{self.field}:{self.to.id}"

    def same_as(self, other: BaseAction, *, common_evidence: bool) -> bool:
        """The same field of the same ticket comes to be the same."""
        return isinstance(other, ChangeTicket) and other.key == self.key


MOST_CLOSED = 20
"""Tickets that are closed together at most: people are to look at each."""


class Closing(Model):
    """One of the tickets that are closed together.

    Attributes:
        because: ids of the tickets that show that its work is over: those below it that are, or the one above.
    """

    ticket_id: str
    to: TicketState
    because: tuple[str, ...] = Field(min_length=1)

    @property
    def move(self) -> MoveTicket:
        """What is done to it."""
        return MoveTicket(ticket_id=self.ticket_id, to=self.to)


class CloseTree(BaseAction):
    """Close the tickets of a tree whose work is over, those below first.

    Either everything below them is closed, `root_id` being the topmost of them; or they are what is open below a ticket
    that was closed, which is `root_id`. No analyst proposes it.

    Attributes:
        sure: the rules may allow it unasked.
    """

    kind: Literal[ActionKind.CLOSE] = ActionKind.CLOSE
    root_id: str
    closings: tuple[Closing, ...] = Field(min_length=1, max_length=MOST_CLOSED)
    sure: bool = False

    @property
    def about_ticket(self) -> str:
        """The topmost of its tickets."""
        return self.root_id

    @property
    def tickets(self) -> Collection[str]:
        """Those that are closed, and the topmost."""
        return dict.fromkeys((self.root_id, *(closing.ticket_id for closing in self.closings)))

    @property
    def asks_first(self) -> bool:
        """Unless it is sure."""
        return not self.sure

    @property
    def downwards(self) -> bool:
        """Whether it closes what is below a closed ticket."""
        return self.root_id not in {closing.ticket_id for closing in self.closings}

    @property
    def key(self) -> str:
        """One closing of each tree."""
        return f"close:{self.root_id}"

    def same_as(self, other: BaseAction, *, common_evidence: bool) -> bool:
        """The closing of the same tree."""
        return isinstance(other, CloseTree) and other.root_id == self.root_id


class LinkPullRequest(BaseAction):
    """Hold a pull request that names no ticket for work on one that it is like. No analyst proposes it.

    Attributes:
        name: of the pull request, such as `acme/shop#12`.
        link: what the pull request does for the ticket.
    """

    kind: Literal[ActionKind.LINK] = ActionKind.LINK
    pull_request_id: str
    name: Line
    ticket_id: str
    link: LinkKind

    @property
    def about_ticket(self) -> str:
        """The ticket that the work may be for."""
        return self.ticket_id

    @property
    def asks_first(self) -> bool:
        """Where it would close the ticket: one that closes by mistake is noticed by nobody."""
        return self.link is LinkKind.CLOSES

    @property
    def key(self) -> str:
        """A pull request is asked about once, whichever ticket it may be for."""
        return f"link:{self.pull_request_id}"

    def same_as(self, other: BaseAction, *, common_evidence: bool) -> bool:
        """The same work for the same ticket."""
        mine = (self.pull_request_id, self.ticket_id)
        return isinstance(other, LinkPullRequest) and (other.pull_request_id, other.ticket_id) == mine


class Ignore(BaseAction):
    """Do nothing, on the record; `work` tells talk about work without a ticket from plain chatter."""

    kind: Literal[ActionKind.IGNORE] = ActionKind.IGNORE
    work: bool = False

    @property
    def wants_ticket(self) -> bool:
        """Whether work was talked about."""
        return self.work

    @property
    def key(self) -> str:
        """Nothing, once."""
        return "ignore"

    def same_as(self, other: BaseAction, *, common_evidence: bool) -> bool:
        """Doing nothing about one thing is not doing nothing about another."""
        return False


Proposable = Annotated[Comment | CreateTicket | MoveTicket | Ignore, Field(discriminator="kind")]
"""What whoever reads a conversation can suggest."""
Action = Annotated[
    Comment | CreateTicket | MoveTicket | ChangeTicket | CloseTree | LinkPullRequest | Ignore,
    Field(discriminator="kind"),
]
"""What can be decided: what people order, and what follows from the tickets themselves by our own rules, too."""
