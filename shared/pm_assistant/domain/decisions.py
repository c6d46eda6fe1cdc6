"""What we make of a conversation: proposals, the decisions they become, and the log that is also the ledger."""

import math
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, Self, assert_never

from pydantic import AwareDatetime, Field

from pm_assistant.domain.actions import (
    TAKEN_BACK,
    WITHHELD,
    Action,
    Comment,
    CreateTicket,
    LinkPullRequest,
    MoveTicket,
    Proposable,
)
from pm_assistant.domain.answers import ActionRequest as ActionRequest
from pm_assistant.domain.answers import Answer as Answer
from pm_assistant.domain.answers import Subject as Subject
from pm_assistant.domain.bounds import Names, Wording
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.experiments import Arm
from pm_assistant.domain.model import Model, is_empty, is_none
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.rules import HeldBy, Matter, TeamRule
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.work import Message, MessageId, Place, permalink, permalink_in

if TYPE_CHECKING:
    from pm_assistant.domain.events import ChannelChanged

NAMESPACE = uuid.UUID("8c0f7f4a-6f0e-5d0e-9d0b-0f6a2c1c7b11")
"""Root of all ids that we derive; changing it would make every past action repeatable."""


class RunnerUp(Model):
    """A ticket that was considered and how well it fits (0 to 1)."""

    ticket_id: str
    score: float


def percent(confidence: float) -> str:
    """A confidence as people read it, everywhere: never rounded up, or 79.6 % would look like 80."""
    return f"{math.floor(round(confidence * 100, 6))}%"


class Proposal(Model):
    """What an analyst suggests.

    Attributes:
        confidence: probability that a person of the team would agree, 0 to 1.
        reason: one sentence a person can check.
        evidence: the messages it rests on, oldest first; never empty.
        runners_up: tickets that came next, best first.
        sentiment: of a topic, or of what customers report; never of a colleague.
        asks_first: there is a reason to doubt it, however confident: it is never done without a person's word.
        exclusive: of those that are and cite the same words only those about one ticket can be right, or the new one;
            people are asked which.
    """

    action: Proposable
    confidence: float = Field(ge=0, le=1)
    reason: Wording
    evidence: tuple[MessageId, ...] = Field(min_length=1)
    runners_up: tuple[RunnerUp, ...] = ()
    language: str = "en"
    sentiment: Literal["positive", "neutral", "negative"] = "neutral"
    asks_first: bool = False
    exclusive: bool = False


NO_ODDS: Mapping[str, float] = MappingProxyType({})
"""Of candidates that nobody has compared with what was said."""


class Judged(Model):
    """What judged, and what that cost; all that came of one judgement says the same."""

    model: str
    prompt: str | None = Field(default=None, description="version of the prompt; none where no model was asked")
    tokens_in: int = 0
    tokens_out: int = 0
    latency_ms: int = 0
    cost_microdollars: int = Field(
        default=0, description="what asking the model cost, in millionths of a dollar, for all that came of it together"
    )
    fallback: str | None = Field(
        default=None, description="why it was judged without the model; none where it was not meant to be asked"
    )


class Judgement(Judged):
    """An analyst's whole answer on one conversation."""

    proposals: tuple[Proposal, ...]


class DecisionState(StrEnum):
    """Where a decision stands; `queued`, `proposed` and `logged` are set by policy, the others by what came of it.

    What is `acting` may have had its effect or not: what would take that back is noted, and whoever comes next brings
    it to an end.
    """

    LOGGED = "logged"
    PROPOSED = "proposed"
    QUEUED = "queued"
    ACTING = "acting"
    DONE = "done"
    FAILED = "failed"
    DISMISSED = "dismissed"
    UNDONE = "undone"


NOT_WANTED = frozenset({DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.DISMISSED})
"""States in which nothing of it is to be in the tracker, or not yet."""
MOVED_ON = "the conversation moved on"
TICKET_TAKEN_BACK = "the ticket was taken back"
TICKET_GONE = "the ticket is not there any more"
TICKET_IS_DUPLICATE = "the ticket is a duplicate of another"
EXPIRED = "nobody answered within two weeks"
RUN_UNDONE = "the run that it came of was undone"
NOT_CHOSEN = "another answer to the same question was chosen"
QUESTION_LASTS = timedelta(days=14)
"""How long people are asked: who is on holiday comes back to it; what is older is hardly what they work on still."""


class Evidence(Model):
    """A message a decision rests on, with its address.

    Attributes:
        root_ts: of the thread it stands in; None for what was cited before we noted that.
        text_digest: of what it said; None likewise, and where its words are forgotten.
    """

    message_id: MessageId
    url: str
    root_ts: str | None = None
    text_digest: str | None = None

    @classmethod
    def of(cls, message: Message, base_url: str) -> Self:
        """The receipt for a message as it reads now; `base_url` is the workspace's."""
        url = permalink(base_url, message)
        return cls(message_id=message.id, url=url, root_ts=message.root_ts, text_digest=message.text_digest)

    @property
    def ts(self) -> str:
        """When the message was said, by which the chat knows it."""
        return self.message_id.rpartition(":")[2]


MOST_EVIDENCE = 20
"""Messages that one decision cites at most."""
NOTHING_TO_UNDO = "{}"
"""The inverse of an action that found its work done already."""


class Outcome(Model):
    """What an action left in the vendor's system: its id, its address and how to take it back."""

    external_id: str
    url: str
    inverse: str = Field(description="JSON of the call that undoes it")
    text_digest: str | None = Field(default=None, description="of a new ticket's text: whether people changed it")
    parts: tuple["Outcome", ...] = Field(
        default=(), description="what it left on each of several tickets, in the order in which they were changed"
    )

    @property
    def changed(self) -> bool:
        """Whether there is something to take back."""
        return self.inverse != NOTHING_TO_UNDO or any(part.changed for part in self.parts)

    def after(self, intended: "Outcome | None") -> "Outcome":
        """It, where what was found done is what had been intended: that had come to pass before it was done again."""
        if intended is None:
            return self
        if self.parts:
            before = {part.external_id: part for part in intended.parts}
            parts = tuple(part.after(before.get(part.external_id)) for part in self.parts)
            return self.model_copy(update={"parts": parts})
        return self if self.changed else intended


class Stake(StrEnum):
    """What others may have put on a thing that we made; it is theirs, too, from then on. The words are for people."""

    TITLE = "title"
    TEXT = "text"
    STATE = "state"
    TEAM = "team"
    ASSIGNEE = "assignee"
    PRIORITY = "priority"
    ESTIMATE = "estimate"
    DUE_DATE = "due date"
    LABELS = "labels"
    PROJECT = "project"
    CYCLE = "cycle"
    PARENT = "parent"
    CHILDREN = "sub-tickets"
    RELATIONS = "relations"
    ATTACHMENTS = "attachments"
    COMMENTS = "comments"
    REPLIES = "replies"
    OTHER = "something else"


class Waiting(Model):
    """Whom an action waits for: a vendor that does not answer, or no longer lets us in."""

    provider: Provider
    since: AwareDatetime


class BegunAct(NamedTuple):
    """That a decision was begun to be carried out for a run; one that was begun anew has several.

    Attributes:
        place: where it stands among all of the run.
        at: when it was begun.
    """

    place: str
    decision_id: str
    at: datetime


class Decision(Judged):
    """One entry of the decision log."""

    id: str = Field(description="derived from the cause; a replay finds this row instead of acting again")
    tenant_id: TenantId
    subject: Subject
    action: Action
    confidence: float
    raw_confidence: float | None = Field(
        default=None, description="as it was judged, before people's answers to the like of it made it what it is"
    )
    reason: Wording
    evidence: tuple[Evidence, ...]
    runners_up: tuple[RunnerUp, ...] = ()
    alternatives: Names = Field(
        default=(),
        exclude_if=is_empty,
        description="ids of the decisions of which none is right if it is",
    )
    private: bool = False
    outside: bool = Field(default=False, description="people of other companies can read the thread")
    asks_first: bool = Field(default=False, description="it is never done without a person's word, whatever the rules")
    asked_in: Subject | None = Field(
        default=None, description="the thread in which people are asked about it, where what it is about is none"
    )
    policy: str | None = Field(default=None, description="version of the rules of trust")
    state: DecisionState
    shadow: DecisionState | None = Field(
        default=None, description="what it would be, `proposed` or `queued`, had it not been judged in shadow mode"
    )
    conversation_id: str | None = Field(
        default=None, description="of the conversation it was judged in, where an experiment was running"
    )
    experiment: str | None = Field(default=None, description="id of the experiment that it is part of")
    variant: Arm | None = Field(default=None, description="the side of that which it is on")
    revision: str = Field(description="digest of the conversation it was last judged on")
    as_of: AwareDatetime = Field(
        description="when that content reached us; an older judgement never overwrites a newer one"
    )
    created_at: AwareDatetime
    updated_at: AwareDatetime
    performed: str | None = Field(
        default=None, description="revision whose action has been carried out; none before the first time"
    )
    performed_action: Action | None = Field(
        default=None,
        description="what was carried out then; `action` is what it is to be, where a person or we change it",
    )
    keep_days: int | None = Field(
        default=None,
        description="for how long after it last changed it is kept; none for those of before there was an end",
    )
    outcome: Outcome | None = None
    error: str | None = None
    not_shown: str | None = Field(
        default=None, description="why its card cannot be shown in the chat; it can be answered here all the same"
    )
    decided_by: str | None = Field(default=None, description="who approved, dismissed or undid it")
    answered_how: Answer | None = Field(default=None, description="what was answered last, by whoever decided")
    remark: str | None = Field(default=None, description="why a person dismissed it, in that person's words")
    intended: Outcome | None = Field(
        default=None,
        description="what takes back an effect that there may be, noted before the tracker is called; "
        "none once it is known what became of it",
    )
    intended_action: Action | None = Field(default=None, description="what was about to be carried out then")
    retracting: bool = Field(
        default=False,
        description="words of what was done were deleted since; out of the tracker they go, whatever else is decided",
    )
    undoing: bool = Field(default=False, description="what it left is being taken back")
    settled: bool = Field(
        default=False, description="a person wants what was done to stay as it is, whatever is said later"
    )
    withdrawals: int = Field(
        default=0,
        description="how often what came of it was taken back unasked; each time begins anew, under an id of its own",
    )
    undo_proposed: bool = Field(
        default=False, description="what was done no longer follows from what people say; they are asked to undo it"
    )
    waiting: Waiting | None = Field(default=None, description="whom it waits for, and since when")
    held_by: HeldBy | None = Field(
        default=None, description="the rule because of which it was not asked, or not done unasked"
    )
    awaits: Names = Field(
        default=(),
        description="keys that were said there and that no ticket had: should one come, that is judged anew",
    )
    order: GivenOrder | None = Field(default=None, description="the order that it carries out, if a person gave one")
    run: str | None = Field(
        default=None, exclude_if=is_none, description="the run that it came of, if one asked for it"
    )
    begun_at: AwareDatetime | None = Field(
        default=None, exclude_if=is_none, description="when it was begun for that run last, as the list of the run says"
    )
    version: int = Field(default=0, description="how often the log has changed it")

    @property
    def judged_confidence(self) -> float:
        """How sure what judged was."""
        return self.confidence if self.raw_confidence is None else self.raw_confidence

    @property
    def judged_by(self) -> str:
        """What judged: model, prompt and rules of trust, each with its version."""
        return "/".join(filter(None, (self.model, self.prompt, self.policy)))

    @property
    def thread(self) -> Subject | None:
        """Where its card stands, if it has one."""
        return self.subject if self.subject.in_chat else self.asked_in

    def matter(self, labels: Collection[str] = ()) -> Matter:
        """What of it a rule may be about; `labels` are those of its ticket."""
        place = self.thread
        channel, root_ts = (place.channel, place.root_ts) if place else (None, None)
        return Matter(self.action.kind, channel, root_ts, self.action.tickets, labels)

    def held(self, rule: TeamRule) -> Self:
        """The same, where a rule keeps it from being asked or done unasked."""
        by = HeldBy(rule_id=rule.id, effect=rule.effect, owner=rule.owner, until=rule.until)
        return self.model_copy(update={"held_by": by})

    @property
    def awaits_answer(self) -> bool:
        """Whether people are asked about it: to do it, or to undo it."""
        asks_to_undo = self.undo_proposed and self.state is DecisionState.DONE
        return self.state is DecisionState.PROPOSED or asks_to_undo

    @property
    def unfinished(self) -> bool:
        """Whether there is something to do about it unasked: the deed, or away with what came of it unwanted."""
        leftover = self.intended is not None and self.performed is None and self.state in NOT_WANTED
        return leftover or self.state in {DecisionState.QUEUED, DecisionState.ACTING}

    def concerns(self, ticket_id: str) -> bool:
        """Whether it is about a ticket, or has made it."""
        made = self.outcome is not None and self.outcome.external_id == ticket_id
        return made or ticket_id in self.action.tickets

    @property
    def gone(self) -> bool:
        """Whether it was not done because its ticket is gone."""
        return self.state is DecisionState.DISMISSED and self.error in {TICKET_TAKEN_BACK, TICKET_GONE}

    @property
    def expired(self) -> bool:
        """Whether it was not done because nobody answered."""
        return self.state is DecisionState.DISMISSED and self.error == EXPIRED

    @property
    def not_chosen(self) -> bool:
        """Whether it was not done because one of its alternatives was."""
        return self.state is DecisionState.DISMISSED and self.remark == NOT_CHOSEN

    @property
    def done_by_person(self) -> bool:
        """Whether it is done, or on its way, because a person wants that."""
        wanted = {DecisionState.QUEUED, DecisionState.ACTING, DecisionState.DONE}
        return self.decided_by is not None and self.state in wanted and not self.undoing

    @property
    def left_to_canonical(self) -> bool:
        """Whether it was not done because its ticket is another one's duplicate."""
        return self.state is DecisionState.DISMISSED and self.error == TICKET_IS_DUPLICATE

    @property
    def removes_words(self) -> bool:
        """Whether it is on its way to take words out that people deleted: that is done however long it takes."""
        removal = self.action.words is not None and self.action == self.action.without_words(TAKEN_BACK)
        return self.unfinished and self.performed is not None and (removal or self.retracting)

    @property
    def untracked(self) -> bool:
        """Whether it says that work was talked about which has no ticket; not while it may as well be of one."""
        open_states = {DecisionState.LOGGED, DecisionState.PROPOSED}
        is_open = self.performed is None and self.state in open_states and not self.alternatives
        return is_open and self.action.wants_ticket

    def places_of(self, receipt: Evidence) -> Set[Place]:
        """Where a message may stand that it rests on: receipts of before do not say in which thread."""
        roots = (receipt.root_ts,) if receipt.root_ts else (self.subject.root_ts, receipt.ts)
        return {(self.subject.channel, root, receipt.ts) for root in roots}

    def of_run(self, run: str | None) -> Self:
        """The same as it came of a run, or of none; the log alone says whether it was begun for one."""
        return self.model_copy(update={"run": run, "begun_at": None})

    @property
    def begun_in_run(self) -> bool:
        """Whether it is being carried out for the run that it came of, nothing having been done of it before."""
        is_first = self.performed is None and not self.undoing
        return self.run is not None and self.state is DecisionState.ACTING and is_first

    def counts_at(self, act: BegunAct, *, run: str | None) -> bool:
        """Whether it was for that run that it was begun last, and then; an older version of us does not note when."""
        return self.begun_at is None or (self.run, self.begun_at) == (run, act.at)

    @property
    def effect(self) -> Outcome | None:
        """What it has left, or may have left, that can be taken back."""
        left = self.outcome or self.intended
        return left if left is not None and left.changed else None

    @property
    def undoable(self) -> bool:
        """Whether it has left something that can be taken back."""
        return self.effect is not None and self.state in {DecisionState.DONE, DecisionState.FAILED}

    def accepts(self, answer: Answer) -> bool:
        """Whether it is one that this can be said to."""
        match answer:
            case "undo":
                return self.undoable
            case "retry":
                return self.state is DecisionState.FAILED
            case "approve" | "dismiss":
                return self.awaits_answer
            case "edit":
                return self.state is DecisionState.PROPOSED and isinstance(self.action, Comment | CreateTicket)
            case "relink":
                relinkable = isinstance(self.action, Comment | CreateTicket | MoveTicket | LinkPullRequest)
                return self.state is DecisionState.PROPOSED and self.performed is None and relinkable
            case _:
                assert_never(answer)

    def approved(self, by: str | None, *, at: datetime, remark: str | None = None) -> Self:
        """A person lets us do what was proposed."""
        return self._moved({DecisionState.PROPOSED}, self._on_the_way, at, decided_by=by, remark=remark)

    def edited(self, by: str | None, action: Action, *, at: datetime) -> Self:
        """A person has it done as that person says, whatever is said later."""
        change = {"decided_by": by, "action": action, "settled": True}
        return self._moved({DecisionState.PROPOSED}, self._on_the_way, at, **change)

    def dismissed(self, by: str | None, *, at: datetime, remark: str | None = None) -> Self:
        """A person does not want what was proposed; of what was to be changed, what stands stays."""
        answer = {"decided_by": by, "remark": remark}
        if self.performed is None:
            return self._moved({DecisionState.PROPOSED}, DecisionState.DISMISSED, at, **answer)
        return self._set_back({DecisionState.PROPOSED}, at, settled=True, **answer)

    def naming_alternatives(self, ids: Mapping[str, str]) -> Self:
        """The same, where what is decided is known by other ids, here by those it was judged under."""
        named = tuple(ids.get(alternative, alternative) for alternative in self.alternatives)
        return self if named == self.alternatives else self.model_copy(update={"alternatives": named})

    def passed_over(self, by: str | None, *, at: datetime) -> Self:
        """A person has chosen one of its alternatives: what was said is not of this ticket, or no new work."""
        return self.dismissed(by, at=at, remark=NOT_CHOSEN).model_copy(update={"answered_how": "dismiss"})

    def to_be_retried(self, by: str | None, *, at: datetime) -> Self:
        """A person wants what could not be done to be tried again."""
        return self._moved({DecisionState.FAILED}, self._on_the_way, at, decided_by=self.decided_by or by, error=None)

    def begun(self, intended: Outcome | None, *, at: datetime) -> Self:
        """The tracker is about to be called; `intended` is what takes back whatever comes of that."""
        change = {"intended": intended, "intended_action": self.action, "error": None}
        return self._moved({DecisionState.QUEUED}, DecisionState.ACTING, at, **change)

    def carried_out(self, outcome: Outcome | None, *, at: datetime) -> Self:
        """It is done, and has left `outcome`: what was intended, if it had come to pass before it was done again."""
        left = outcome and outcome.after(self.intended)
        change = {"performed": self.revision, "performed_action": self.action, "outcome": left}
        return self._ended({DecisionState.ACTING}, DecisionState.DONE, at, undo_proposed=self.undo_proposed, **change)

    def failed(self, error: str, *, at: datetime) -> Self:
        """It cannot be done; a person may have it tried again, or take back what may have come of it."""
        before = {DecisionState.QUEUED, DecisionState.ACTING}
        return self._moved(before, DecisionState.FAILED, at, error=error, waiting=None)

    def waits_for(self, provider: Provider, *, at: datetime) -> Self:
        """It cannot go on before a vendor is there again; since when stays as it was."""
        if self.waiting is not None and self.waiting.provider is provider:
            return self
        return self.model_copy(update={"waiting": Waiting(provider=provider, since=at), "updated_at": at})

    def cleared(self, *, at: datetime) -> Self:
        """Whatever came of what is not wanted any more is gone."""
        change: dict[str, object] = {"intended": None, "intended_action": None, "retracting": False, "waiting": None}
        return self.model_copy(update=change | {"withdrawals": self.withdrawals + 1, "updated_at": at})

    def being_undone(self, by: str | None, *, at: datetime) -> Self:
        """A person wants what it left to be taken back, and the tracker is about to be called."""
        change = {"decided_by": by, "undoing": True, "intended": self.effect, "undo_proposed": False}
        return self._moved({DecisionState.DONE, DecisionState.FAILED}, DecisionState.ACTING, at, **change)

    def undone(self, *, at: datetime, but: str | None = None) -> Self:
        """What it left was taken back, all of it `but` what people have gone on with."""
        return self._ended({DecisionState.ACTING}, DecisionState.UNDONE, at, performed_action=None, error=but)

    def not_undone(self, reason: str, *, at: datetime) -> Self:
        """What it left could not be taken back: it stays done, without words that were deleted since."""
        before = {DecisionState.ACTING, *NOT_WANTED}
        done = self.performed_action or self.intended_action or self.action
        left = {"performed": self.performed or self.revision, "performed_action": done, "outcome": self.effect}
        kept = self._ended(before, DecisionState.DONE, at, error=reason, action=done, **left)
        removal = self.action.without_words(TAKEN_BACK)
        if done == removal or not (self.retracting or self.action == removal):
            return kept
        return kept.to_be_redone(removal, revision=self.revision, as_of=self.as_of, at=at)

    def undo_refused(self, reason: str, *, at: datetime) -> Self:
        """The tracker refuses to take back what it left: of what nobody has seen there it is as little known as before.

        Words of it that were deleted go all the same.
        """
        if self.performed is not None or not self.undoing or self.retracting:
            return self.not_undone(reason, at=at)
        return self._moved({DecisionState.ACTING}, DecisionState.FAILED, at, error=reason, undoing=False, waiting=None)

    def gone_with_ticket(self, by: str | None, *, at: datetime) -> Self:
        """The ticket it is about was taken back by somebody, with all that we had done on it."""
        if self.effect is None:
            return self.withdrawn(TICKET_TAKEN_BACK, at=at)
        return self._ended({*DecisionState}, DecisionState.UNDONE, at, performed_action=None, decided_by=by)

    def not_asked_about(self, ticket_id: str, *, reason: str = TICKET_GONE, at: datetime) -> Self:
        """A ticket is gone, or another's duplicate, by somebody else's doing: nothing about it is asked any more."""
        if not self.awaits_answer or not self.concerns(ticket_id):
            return self
        if self.state is DecisionState.PROPOSED:
            return self.withdrawn(reason, at=at)
        return self.model_copy(update={"undo_proposed": False, "error": reason, "updated_at": at})

    def unanswered(self, *, at: datetime) -> Self:
        """It as it is, or asked no more where nobody has answered for too long: neither wanted nor refused."""
        if not self.awaits_answer or at - self.updated_at < QUESTION_LASTS:
            return self
        if self.state is DecisionState.PROPOSED:
            return self.withdrawn(EXPIRED, at=at)
        return self.model_copy(update={"undo_proposed": False, "error": EXPIRED, "updated_at": at})

    def kept(self, by: str | None, *, at: datetime) -> Self:
        """A person lets stay what we proposed to undo."""
        if not self.undo_proposed:
            raise Conflict("nobody is asked whether to undo it")
        change = {"decided_by": by, "undo_proposed": False, "settled": True, "updated_at": at}
        return self.model_copy(update=change)

    def withdrawn(self, reason: str, *, into: DecisionState = DecisionState.DISMISSED, at: datetime) -> Self:
        """It is not to be done, or not without asking; no person decided that. What was done before stays."""
        not_done = set(DecisionState) - {DecisionState.DONE, DecisionState.UNDONE}
        if self.performed is None:
            return self._moved(not_done, into, at, error=reason, waiting=None)
        return self._set_back(not_done, at, error=reason, waiting=None)

    def ungrounded(self, *, revision: str, as_of: datetime, at: datetime) -> Self:
        """What it rests on no longer says so: people are asked to undo what was done, and the rest is withdrawn.

        Nobody decided that: a later judgement may find it again.

        Args:
            revision: digest of the conversation that no longer says so.
            as_of: when that content reached us.
            at: now.
        """
        judged = self.model_copy(update={"revision": revision, "as_of": max(as_of, self.as_of)})
        if self.performed is None:
            return judged.withdrawn(MOVED_ON, at=at)
        asked_before = self.error == EXPIRED and self.revision == revision
        if self.effect is None or self.settled or asked_before:
            return self
        return judged._set_back({*DecisionState}, at, undo_proposed=True, waiting=None)

    def in_channel(self, change: "ChannelChanged", cited: Iterable[Message]) -> Self:
        """The same where its channel has another id, or others read there than before.

        Args:
            change: of the subject's channel.
            cited: the messages it rests on, where we have them still, by whichever id.
        """
        now = change.now or change.channel
        said = {message.ts: message for message in cited}
        return self.model_copy(
            update={
                "subject": self.subject.model_copy(update={"channel": now}),
                "evidence": tuple(_receipt_in(now, receipt, said.get(receipt.ts)) for receipt in self.evidence),
                "private": self.private or change.private,
                "outside": self.outside or change.outside,
            }
        )

    def words_changed(self, messages: Iterable[Message]) -> bool:
        """Whether any of the messages is cited and says something else by now, or nothing."""
        cited = {receipt.message_id: receipt for receipt in self.evidence}
        return any(
            message.deleted or cited[message.id].text_digest not in {None, message.text_digest}
            for message in messages
            if message.id in cited
        )

    def words_deleted(self, messages: Iterable[Message]) -> bool:
        """Whether any of the messages is cited and deleted."""
        cited = {receipt.message_id for receipt in self.evidence}
        return any(message.deleted for message in messages if message.id in cited)

    def redacted(self) -> Self:
        """The same without anybody's words, once any that it rests on were deleted; what was done stays known."""
        evidence = tuple(receipt.model_copy(update={"text_digest": None}) for receipt in self.evidence)
        actions = {"action": self.action, "performed_action": self.performed_action}
        actions |= {"intended_action": self.intended_action}
        words = {name: action and action.without_words(TAKEN_BACK) for name, action in actions.items()}
        change: dict[str, object] = {**words, "reason": TAKEN_BACK, "evidence": evidence, "awaits": ()}
        return self.model_copy(update=change | ({"remark": TAKEN_BACK} if self.remark else {}))

    def cites_only(self, messages: Set[MessageId]) -> bool:
        """Whether all that it rests on is among these."""
        return {receipt.message_id for receipt in self.evidence} <= messages

    def to_be_redone(self, action: Action, *, revision: str, as_of: datetime, at: datetime) -> Self:
        """What was done once is to say something else now, because of what has become of the conversation."""
        change: dict[str, object] = {"action": action, "revision": revision, "as_of": max(as_of, self.as_of)}
        change |= {"undo_proposed": False, "undoing": False}
        return self.model_copy(update={"state": self._on_the_way, "updated_at": at, **change})

    @property
    def _on_the_way(self) -> DecisionState:
        """The state of what is to be done: what was noted before the tracker was called is not noted anew."""
        return DecisionState.QUEUED if self.intended is None else DecisionState.ACTING

    def _set_back(self, before: Set[DecisionState], at: datetime, **change: object) -> Self:
        """What was done stays, or is written over where a change of it may have been written.

        Words of it that were deleted do not stay: instead of the change that was to take them out comes one that does
        nothing else, which nobody has to allow.
        """
        done = self.performed_action or self.action
        if self.retracting:
            return self._moved(before, self._on_the_way, at, action=done.without_words(TAKEN_BACK), **change)
        state = DecisionState.DONE if self.intended is None else DecisionState.ACTING
        return self._moved(before, state, at, action=done, **change)

    def unchanged_since_done(self) -> Self:
        """What was done says what it is to say: nothing is asked about it, or written, but what takes words out."""
        unasked = self.model_copy(update={"undo_proposed": False})
        removal = self.retracting or self.action == self.action.without_words(TAKEN_BACK)
        at_rest = removal or self.state is DecisionState.DONE
        return unasked if at_rest else unasked._set_back({*DecisionState}, self.updated_at)

    def _ended(self, before: Set[DecisionState], after: DecisionState, at: datetime, **change: object) -> Self:
        over = dict.fromkeys(("intended", "intended_action", "waiting", "error"))
        answered = dict.fromkeys(("undoing", "undo_proposed", "retracting"), False)
        return self._moved(before, after, at, **(over | answered | change))

    def _moved(self, before: Set[DecisionState], after: DecisionState, at: datetime, **change: object) -> Self:
        if self.state not in before:
            raise Conflict(f"a decision that is {self.state} does not become {after}")
        return self.model_copy(update={"state": after, "updated_at": at, **change})


def more_may_wait(latest: Sequence[Decision], *, limit: int, at: datetime) -> bool:
    """Whether people may be asked about others than the `limit` decisions changed last: what is older has expired."""
    return len(latest) == limit and at - latest[-1].updated_at < QUESTION_LASTS


def rests_on(decisions: Iterable[Decision], messages: Set[MessageId]) -> bool:
    """Whether any of the decisions cites one of the messages."""
    return any(receipt.message_id in messages for decision in decisions for receipt in decision.evidence)


def for_everybody(decision: Decision) -> Decision:
    """A decision as the whole tenant may see it: without the words of a private channel, whose own people have them.

    What is linked stays: the chat itself asks whoever follows a link whether they may. What stood in the tracker
    before is our own affair: it may hold words that are being taken out.
    """
    change: dict[str, object] = {"performed_action": None, "intended_action": None}
    if decision.private:
        change |= {"action": decision.action.without_words(), "reason": WITHHELD, "awaits": ()}
    return decision.model_copy(update=change)


OPERATOR = "pm:"
"""How the command line signs an answer: whoever holds the stack's own keys may give it."""
CALLERS = ("account:", "key:")
"""How the API signs an answer: for a caller whose right to give it is looked up once more when it is carried out."""


def decision_id(tenant_id: TenantId, subject: Subject, action: Action) -> str:
    """Derive a decision's id from its cause, so that judging the same thing twice yields one decision.

    A thread has at most one comment per ticket, one move per ticket and target, and one new ticket.
    """
    return str(uuid.uuid5(NAMESPACE, f"{tenant_id}|{subject.id}|{action.key}"))


def ordered_id(tenant_id: TenantId, message_id: MessageId, what: str) -> str:
    """The same for what a message orders: it is one thing, however often the message is read."""
    return str(uuid.uuid5(NAMESPACE, f"{tenant_id}|{message_id}|order|{what}"))


def external_id(decision: str, part: str) -> str:
    """Derive the id we hand to a vendor for the thing a decision creates there; same decision, same id.

    Its digits are derived, its form is version 4: the only one Linear documents for ids that a client chooses.
    """
    return str(uuid.UUID(int=uuid.uuid5(NAMESPACE, f"{decision}|{part}").int, version=4))


def same_work(one: Decision, other: Decision) -> bool:
    """Whether two decisions would do the same thing, though they cite different messages."""
    cited = [{receipt.message_id for receipt in decision.evidence} for decision in (one, other)]
    return one.action.same_as(other.action, common_evidence=bool(cited[0] & cited[1]))


def _receipt_in(channel: str, receipt: Evidence, message: Message | None) -> Evidence:
    """A receipt of a message whose channel has that id now; what it said is known by another fingerprint there."""
    before = receipt.message_id.rpartition(":")[0]
    if before == channel:
        return receipt
    change: dict[str, object] = {"message_id": MessageId(f"{channel}:{receipt.ts}")}
    change["url"] = permalink_in(receipt.url, before, channel)
    if message is not None:
        was, now = (message.model_copy(update={"channel": id}).text_digest for id in (before, channel))
        change["text_digest"] = now if receipt.text_digest == was else receipt.text_digest
    return receipt.model_copy(update=change)


def bounded(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """As much of the evidence as is kept: how it began, and the latest."""
    return evidence[:1] + evidence[1:][1 - MOST_EVIDENCE :]


class Progress(NamedTuple):
    """How far some content of a conversation has got.

    Attributes:
        judged: whether it needs no judging again.
        verdict: what an earlier attempt on it decided, None if none came so far.
    """

    judged: bool
    verdict: Sequence[Decision] | None


def merge_evidence(logged: Decision, judged: Decision, message_ids: frozenset[MessageId]) -> Decision:
    """Take a judgement for the decision we know: it keeps its id and thread, and what it rests on elsewhere.

    Args:
        logged: before.
        judged: would do the same work.
        message_ids: what was judged now; what `logged` cites beyond that still stands.
    """
    # Conversations are judged one at a time, so what is judged now is not older, though clocks may say so.
    change: dict[str, object] = {"id": logged.id, "subject": logged.subject, "as_of": max(logged.as_of, judged.as_of)}
    elsewhere = tuple(receipt for receipt in logged.evidence if receipt.message_id not in message_ids)
    change["outside"] = logged.outside or judged.outside
    if elsewhere:
        change["private"] = logged.private or judged.private
        change["asks_first"] = logged.asks_first or judged.asks_first
        if (logged.private or logged.asks_first) and judged.state is DecisionState.QUEUED:
            change["state"] = DecisionState.PROPOSED  # What was said in private is never carried out unasked.
        joined = judged.action.joined_to(logged.action)
        cited = {receipt.message_id for receipt in judged.evidence}
        rests_on = elsewhere if joined == judged.action else logged.evidence  # whose words are among those that stay
        before = tuple(receipt for receipt in rests_on if receipt.message_id not in cited)
        change |= {"action": joined, "evidence": bounded(before + judged.evidence)}
    return judged.model_copy(update=change)


def reconcile_with_log(logged: Decision, judged: Decision) -> Decision:
    """Say what the log holds once a decision that is in it has been judged again.

    Later content and a person's word, be it said before or after the deed, win over the new judgement; content that
    was judged before changes nothing, unless its ticket was gone. What has been done, or may have been, is never
    forgotten.
    """
    dismissed = logged.state is DecisionState.DISMISSED and logged.decided_by is not None and not logged.gone
    refused = dismissed or logged.undoing or logged.state is DecisionState.UNDONE
    replayed = (logged.revision, logged.as_of) == (judged.revision, judged.as_of) and logged.error != TICKET_GONE
    approved = logged.decided_by is not None and logged.state in {DecisionState.QUEUED, DecisionState.ACTING}
    stands = approved and (logged.settled or logged.action == judged.action)
    if refused or replayed or logged.as_of > judged.as_of or stands:
        return logged
    if logged.performed is not None and not _says_something_else(logged, judged):
        return logged.unchanged_since_done()
    change = {name: getattr(logged, name) for name in PRESERVED}
    change["asked_in"] = logged.asked_in or judged.asked_in
    # Whatever may have been done came of the judgement before.
    change["run"] = judged.run if logged.performed is None and logged.intended is None else logged.run
    change["retracting"] = logged.effect is not None and (logged.retracting or judged.retracting)
    if logged.performed is not None:
        change |= {"decided_by": logged.decided_by, "answered_how": logged.answered_how}
    if isinstance(judged.action, CreateTicket) and logged.intended is not None:
        # That is what it says if it has been created, and what it rests on: words that are deleted are to be missed.
        change["action"] = logged.action
        change["evidence"] = bounded(tuple({r.message_id: r for r in (*logged.evidence, *judged.evidence)}.values()))
    if judged.state is DecisionState.QUEUED and logged.intended is not None:
        change["state"] = DecisionState.ACTING
    renewed = judged.model_copy(update=change)
    return renewed.model_copy(update={"waiting": logged.waiting}) if renewed.unfinished else renewed


PRESERVED = (
    "created_at",
    "performed",
    "performed_action",
    "outcome",
    "intended",
    "intended_action",
    "withdrawals",
    "begun_at",
    "not_shown",
    "conversation_id",
    "experiment",
    "variant",
    "version",
)
"""What no later judgement changes."""


def _says_something_else(logged: Decision, judged: Decision) -> bool:
    """Whether what has been done is to be redone: a ticket is created once, and people go on with it.

    Where a person approved it, a person is asked about the change, too, unless words are to go: these do not wait.
    """
    done = logged.performed_action or logged.action
    if logged.settled or done == judged.action or isinstance(judged.action, CreateTicket):
        return False
    asked_before = logged.decided_by is not None and not (logged.retracting or judged.retracting)
    return judged.state is DecisionState.QUEUED or (asked_before and judged.state is DecisionState.PROPOSED)
