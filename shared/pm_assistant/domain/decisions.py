"""What we make of a conversation: proposals, the decisions they become, and the log that is also the ledger."""

import uuid
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind, TenantId
from pm_assistant.domain.work import MessageId, TicketState

NAMESPACE = uuid.UUID("8c0f7f4a-6f0e-5d0e-9d0b-0f6a2c1c7b11")
"""Root of all ids that we derive; changing it would make every past action repeatable."""


LONGEST_SUMMARY = 1_200
"""A comment that several conversations have added to keeps its latest part."""


class Comment(Model):
    """Tell a ticket what was said about it."""

    kind: Literal[ActionKind.COMMENT] = ActionKind.COMMENT
    ticket_id: str
    summary: str = Field(description="one or two plain sentences, no markup")


class CreateTicket(Model):
    """Open a ticket for work that has none."""

    kind: Literal[ActionKind.CREATE] = ActionKind.CREATE
    title: str
    description: str
    priority: int = Field(default=0, ge=0, le=4, description="Linear's scale: 0 none, 1 urgent, 4 low")


class MoveTicket(Model):
    """Put a ticket into another state of its workflow."""

    kind: Literal[ActionKind.MOVE] = ActionKind.MOVE
    ticket_id: str
    to: TicketState


class Ignore(Model):
    """Do nothing, on the record; `work` tells talk about work without a ticket from plain chatter."""

    kind: Literal[ActionKind.IGNORE] = ActionKind.IGNORE
    work: bool = False


Action = Annotated[Comment | CreateTicket | MoveTicket | Ignore, Field(discriminator="kind")]


class RunnerUp(Model):
    """A ticket that was considered and how well it fits (0 to 1)."""

    ticket_id: str
    score: float


class Proposal(Model):
    """What an analyst suggests.

    Attributes:
        confidence: probability that a person of the team would agree, 0 to 1.
        reason: one sentence a person can check.
        evidence: the messages it rests on, oldest first; never empty.
        runners_up: tickets that came next, best first.
    """

    action: Action
    confidence: float = Field(ge=0, le=1)
    reason: str
    evidence: tuple[MessageId, ...] = Field(min_length=1)
    runners_up: tuple[RunnerUp, ...] = ()
    language: str = "en"
    sentiment: Literal["positive", "neutral", "negative"] = "neutral"


class Judgement(Model):
    """An analyst's whole answer on one conversation, with what it cost."""

    proposals: tuple[Proposal, ...]
    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    latency_ms: int = 0


class DecisionState(StrEnum):
    """Where a decision stands; `queued`, `proposed` and `logged` are set by policy, the others by what came of it."""

    LOGGED = "logged"
    PROPOSED = "proposed"
    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"
    DISMISSED = "dismissed"
    UNDONE = "undone"


class Evidence(Model):
    """A message a decision rests on, with its address."""

    message_id: MessageId
    url: str


NOTHING_TO_UNDO = "{}"
"""The inverse of an action that found its work done already."""


class Outcome(Model):
    """What an action left in the vendor's system: its id, its address and how to take it back."""

    external_id: str
    url: str
    inverse: str = Field(description="JSON of the call that undoes it")


class Subject(Model):
    """Where in the chat a decision belongs: the thread its card is posted into."""

    channel: str
    root_ts: str

    @property
    def id(self) -> str:
        """Identity within the tenant."""
        return f"{self.channel}:{self.root_ts}"


class Decision(Model):
    """One entry of the decision log.

    Attributes:
        id: derived from the cause, see `decision_id`; a replay finds this row instead of acting again.
        revision: digest of the conversation it was last judged on.
        as_of: when that content reached us; an older judgement never overwrites a newer one.
        performed: revision whose action has been carried out; None before the first time.
    """

    id: str
    tenant_id: TenantId
    subject: Subject
    action: Action
    confidence: float
    reason: str
    evidence: tuple[Evidence, ...]
    runners_up: tuple[RunnerUp, ...] = ()
    private: bool = False
    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    latency_ms: int = 0
    state: DecisionState
    revision: str
    as_of: AwareDatetime
    created_at: AwareDatetime
    updated_at: AwareDatetime
    performed: str | None = None
    outcome: Outcome | None = None
    error: str | None = None
    decided_by: str | None = Field(default=None, description="who approved, dismissed or undid it")
    remark: str | None = Field(default=None, description="why a person dismissed it, in that person's words")

    @property
    def untracked(self) -> bool:
        """Whether it says that work was talked about which has no ticket."""
        return (
            self.performed is None
            and self.state in {DecisionState.LOGGED, DecisionState.PROPOSED}
            and (isinstance(self.action, CreateTicket) or (isinstance(self.action, Ignore) and self.action.work))
        )

    @property
    def undoable(self) -> bool:
        """Whether it has left something that can be taken back."""
        left = self.outcome is not None and self.outcome.inverse != NOTHING_TO_UNDO
        return left and self.state is DecisionState.DONE


WITHHELD = "Said in a private channel; whoever may read it there finds it under the link."


def for_everybody(decision: Decision) -> Decision:
    """A decision as the whole tenant may see it: without the words of a private channel, whose own people have them.

    What is linked stays: the chat itself asks whoever follows a link whether they may.
    """
    if not decision.private:
        return decision
    match decision.action:
        case Comment():
            words = {"summary": WITHHELD}
        case CreateTicket():
            words = {"title": WITHHELD, "description": ""}
        case _:
            words = {}
    return decision.model_copy(update={"action": decision.action.model_copy(update=words), "reason": WITHHELD})


OPERATOR = "pm:"
"""How the command line signs an answer: whoever holds the stack's own keys may give it."""
CALLERS = ("account:", "key:")
"""How the API signs an answer: it has made sure that the caller may give it."""


class ActionRequest(Model):
    """A message on the actions queue: carry out, or show for approval, this decision as the log now has it."""

    tenant_id: TenantId
    decision_id: str
    answer: Literal["approve", "dismiss", "undo"] | None = None
    answered_by: str | None = None
    remark: str | None = None
    revision: str | None = Field(default=None, description="what the person saw; an answer to anything else is void")
    only_show: bool = Field(default=False, description="bring the card up to date and do nothing else")


def decision_id(tenant_id: TenantId, subject: Subject, action: Action) -> str:
    """Derive a decision's id from its cause, so that judging the same thing twice yields one decision.

    A thread has at most one comment per ticket, one move per ticket and target, and one new ticket.
    """
    match action:
        case Comment(ticket_id=ticket_id):
            what = f"comment:{ticket_id}"
        case MoveTicket(ticket_id=ticket_id, to=to):
            what = f"move:{ticket_id}:{to.id}"
        case CreateTicket():
            what = "create"
        case Ignore():
            what = "ignore"
    return str(uuid.uuid5(NAMESPACE, f"{tenant_id}|{subject.id}|{what}"))


def external_id(decision: str, part: str) -> str:
    """Derive the id we hand to a vendor for the thing a decision creates there; same decision, same id.

    Its digits are derived, its form is version 4: the only one Linear documents for ids that a client chooses.
    """
    return str(uuid.UUID(int=uuid.uuid5(NAMESPACE, f"{decision}|{part}").int, version=4))


def same_work(one: Decision, other: Decision) -> bool:
    """Whether two decisions would do the same thing, though they cite different messages.

    New tickets have nothing but their messages in common.
    """
    match one.action, other.action:
        case Comment(ticket_id=this), Comment(ticket_id=that):
            return this == that
        case MoveTicket(ticket_id=this, to=to), MoveTicket(ticket_id=that, to=there):
            return (this, to.id) == (that, there.id)
        case CreateTicket(), CreateTicket():
            return bool({e.message_id for e in one.evidence} & {e.message_id for e in other.evidence})
        case _:
            return False


def joined(known: Decision, judged: Decision, said: frozenset[MessageId]) -> Decision:
    """Take a judgement for the decision we know: it keeps its id and thread, and what it rests on elsewhere.

    Args:
        known: logged before.
        judged: would do the same work.
        said: the messages that were judged now; what `known` cites beyond them still stands.
    """
    change: dict[str, object] = {"id": known.id, "subject": known.subject}
    elsewhere = tuple(receipt for receipt in known.evidence if receipt.message_id not in said)
    if elsewhere:
        change["evidence"] = elsewhere + judged.evidence
        match known.action, judged.action:
            case Comment(summary=before), Comment(summary=now) if now not in before:
                both = f"{before} {now}"
                change["action"] = judged.action.model_copy(update={"summary": both[-LONGEST_SUMMARY:]})
            case Comment(), Comment():
                change["action"] = known.action
            case _:
                pass
    return judged.model_copy(update=change)


def renewed(logged: Decision, judged: Decision) -> Decision:
    """Say what the log holds once a decision that is in it has been judged again.

    Later content and a person's no, be it said before or after the deed, win over the new judgement. What has been
    performed is never forgotten, and content that was judged before does not reset how far the decision has come.
    """
    dismissed = logged.state is DecisionState.DISMISSED and logged.decided_by is not None
    refused = dismissed or logged.state is DecisionState.UNDONE
    if refused or logged.as_of > judged.as_of:
        return logged
    replayed = (logged.revision, logged.as_of) == (judged.revision, judged.as_of)
    kept: dict[str, object] = {
        "created_at": logged.created_at,
        "performed": logged.performed,
        "outcome": logged.outcome,
    }
    if replayed:
        kept |= {"state": logged.state, "error": logged.error, "decided_by": logged.decided_by}
    return judged.model_copy(update=kept)
