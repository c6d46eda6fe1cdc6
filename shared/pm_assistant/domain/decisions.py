"""What we make of a conversation: proposals, the decisions they become, and the log that is also the ledger."""

import uuid
from collections.abc import Iterable, Set
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, Field

from pm_assistant.domain.actions import TAKEN_BACK, WITHHELD, Action
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import MessageId

NAMESPACE = uuid.UUID("8c0f7f4a-6f0e-5d0e-9d0b-0f6a2c1c7b11")
"""Root of all ids that we derive; changing it would make every past action repeatable."""


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


MOVED_ON = "the conversation moved on"


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
        keep_days: for how long after it last changed it is kept; None for decisions of before there was an end to it.
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
    keep_days: int | None = None
    outcome: Outcome | None = None
    error: str | None = None
    not_shown: str | None = Field(
        default=None, description="why its card cannot be shown in the chat; it can be answered here all the same"
    )
    decided_by: str | None = Field(default=None, description="who approved, dismissed or undid it")
    remark: str | None = Field(default=None, description="why a person dismissed it, in that person's words")

    @property
    def untracked(self) -> bool:
        """Whether it says that work was talked about which has no ticket."""
        open_states = {DecisionState.LOGGED, DecisionState.PROPOSED}
        return self.performed is None and self.state in open_states and self.action.wants_ticket

    @property
    def undoable(self) -> bool:
        """Whether it has left something that can be taken back."""
        has_effect = self.outcome is not None and self.outcome.inverse != NOTHING_TO_UNDO
        return has_effect and self.state is DecisionState.DONE

    def approved(self, by: str | None, *, at: datetime, remark: str | None = None) -> Self:
        """A person lets us do what was proposed."""
        return self._moved({DecisionState.PROPOSED}, DecisionState.QUEUED, at, decided_by=by, remark=remark)

    def dismissed(self, by: str | None, *, at: datetime, remark: str | None = None) -> Self:
        """A person does not want what was proposed."""
        return self._moved({DecisionState.PROPOSED}, DecisionState.DISMISSED, at, decided_by=by, remark=remark)

    def carried_out(self, outcome: Outcome | None, *, at: datetime) -> Self:
        """It is done, and has left `outcome`."""
        change = {"performed": self.revision, "outcome": outcome, "error": None}
        return self._moved({DecisionState.QUEUED, DecisionState.FAILED}, DecisionState.DONE, at, **change)

    def failed(self, error: str, *, at: datetime) -> Self:
        """It cannot be done; a repeat may try again."""
        return self._moved({DecisionState.QUEUED, DecisionState.FAILED}, DecisionState.FAILED, at, error=error)

    def undone(self, by: str | None, *, at: datetime) -> Self:
        """What it left was taken back."""
        return self._moved({DecisionState.DONE}, DecisionState.UNDONE, at, decided_by=by, error=None)

    def not_undone(self, reason: str, *, at: datetime) -> Self:
        """What it left could not be taken back: it stays done."""
        return self._moved({DecisionState.DONE}, DecisionState.DONE, at, error=reason)

    def withdrawn(self, *, at: datetime) -> Self:
        """What it rests on no longer says so, and nobody has acted on it; no person decided that."""
        open_states = {DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.QUEUED}
        return self._moved(open_states, DecisionState.DISMISSED, at, error=MOVED_ON)

    def redacted(self) -> Self:
        """The same without anybody's words, once all that it rests on has been deleted; what was done stays told."""
        words = {"action": self.action.without_words(TAKEN_BACK), "reason": TAKEN_BACK}
        return self.model_copy(update=words | ({"remark": TAKEN_BACK} if self.remark else {}))

    def cites_only(self, messages: Set[MessageId]) -> bool:
        """Whether all that it rests on is among these."""
        return {receipt.message_id for receipt in self.evidence} <= messages

    def to_be_redone(self, action: Action, *, revision: str, as_of: datetime, at: datetime) -> Self:
        """What was done once is to say something else now, because of what has become of the conversation."""
        change = {"action": action, "revision": revision, "as_of": as_of}
        return self.model_copy(update={"state": DecisionState.QUEUED, "updated_at": at, **change})

    def _moved(self, before: Set[DecisionState], after: DecisionState, at: datetime, **change: object) -> Self:
        if self.state not in before:
            raise Conflict(f"a decision that is {self.state} does not become {after}")
        return self.model_copy(update={"state": after, "updated_at": at, **change})


def rests_on(decisions: Iterable[Decision], messages: Set[MessageId]) -> bool:
    """Whether any of the decisions cites one of the messages."""
    return any(receipt.message_id in messages for decision in decisions for receipt in decision.evidence)


def for_everybody(decision: Decision) -> Decision:
    """A decision as the whole tenant may see it: without the words of a private channel, whose own people have them.

    What is linked stays: the chat itself asks whoever follows a link whether they may.
    """
    if not decision.private:
        return decision
    return decision.model_copy(update={"action": decision.action.without_words(), "reason": WITHHELD})


OPERATOR = "pm:"
"""How the command line signs an answer: whoever holds the stack's own keys may give it."""
CALLERS = ("account:", "key:")
"""How the API signs an answer: it has made sure that the caller may give it."""


class ActionRequest(Model):
    """A message on the actions queue: carry out, or show for approval, this decision as the log now has it."""

    type: Literal["action_request"] = "action_request"
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
    return str(uuid.uuid5(NAMESPACE, f"{tenant_id}|{subject.id}|{action.key}"))


def external_id(decision: str, part: str) -> str:
    """Derive the id we hand to a vendor for the thing a decision creates there; same decision, same id.

    Its digits are derived, its form is version 4: the only one Linear documents for ids that a client chooses.
    """
    return str(uuid.UUID(int=uuid.uuid5(NAMESPACE, f"{decision}|{part}").int, version=4))


def same_work(one: Decision, other: Decision) -> bool:
    """Whether two decisions would do the same thing, though they cite different messages."""
    cited = [{receipt.message_id for receipt in decision.evidence} for decision in (one, other)]
    return one.action.same_as(other.action, common_evidence=bool(cited[0] & cited[1]))


def merge_evidence(logged: Decision, judged: Decision, message_ids: frozenset[MessageId]) -> Decision:
    """Take a judgement for the decision we know: it keeps its id and thread, and what it rests on elsewhere.

    Args:
        logged: before.
        judged: would do the same work.
        message_ids: what was judged now; what `logged` cites beyond that still stands.
    """
    change: dict[str, object] = {"id": logged.id, "subject": logged.subject}
    elsewhere = tuple(receipt for receipt in logged.evidence if receipt.message_id not in message_ids)
    if elsewhere:
        change["evidence"] = elsewhere + judged.evidence
        change["action"] = judged.action.joined_to(logged.action)
    return judged.model_copy(update=change)


def reconcile_with_log(logged: Decision, judged: Decision) -> Decision:
    """Say what the log holds once a decision that is in it has been judged again.

    Later content and a person's no, be it said before or after the deed, win over the new judgement. What has been
    performed is never forgotten, and content that was judged before does not reset how far the decision has come.
    """
    dismissed = logged.state is DecisionState.DISMISSED and logged.decided_by is not None
    refused = dismissed or logged.state is DecisionState.UNDONE
    if refused or logged.as_of > judged.as_of:
        return logged
    replayed = (logged.revision, logged.as_of) == (judged.revision, judged.as_of)
    preserved: dict[str, object] = {
        "created_at": logged.created_at,
        "performed": logged.performed,
        "outcome": logged.outcome,
    }
    if replayed:
        preserved |= {"state": logged.state, "error": logged.error, "decided_by": logged.decided_by}
    return judged.model_copy(update=preserved)
