"""What passes between us and a model: the question we ask and the answer we accept, both as JSON.

Sizes are bounded here, so that the cost of a judgement does not grow with the length of what people write, nor with
how many tickets there are.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pm_assistant.domain.actions import Action, Comment, CreateTicket, Ignore, MoveTicket, Proposable
from pm_assistant.domain.decisions import Judgement, Proposal, RunnerUp
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.domain.people import Participant
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.domain.work import Conversation, Message, MessageId, StateType, Team, Ticket, TicketState

MAX_TEXT = 3000
MAX_DESCRIPTION = 1000
MAX_TITLE = 250
SHORTEST_TITLE = 30
MAX_FILES = 10
MAX_PEOPLE = 200
MOST_TOKENS = 16_000
"""Of a question, by `tokens_of`; the 80 messages that one shows at most fit even where each is cut to a line."""
SHARES = tuple(0.5**n for n in range(7))
"""Of every text as much as may be shown of it; the first share with which a question fits is taken."""
BYTES_PER_TOKEN = 3
"""English has four, other scripts about three; so what is counted here is rather too much."""
MOST_LEFT_OUT = 0.02
"""How likely it may be, by retrieval's odds, that the ticket meant is among those which the model is not shown, if any
is meant. That none is, retrieval alone cannot tell where people use other words than the ticket."""
LEAST_CANDIDATES = 3
"""So many are shown however sure retrieval is: one that is nearly the same has to stand beside the right one."""


class Closed(BaseModel):
    """A value with no other fields than its own, as strict structured output demands."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedTeam(Closed):
    """A tracker team and the states its tickets can be moved to."""

    id: str
    key: str
    name: str
    states: tuple[TicketState, ...]


class AskedPerson(Closed):
    """A person, so that a mention such as `<@U1>` can be read."""

    id: str
    name: str


class AskedTicket(Closed):
    """A candidate; `assignee_id` is an id of `people` where the accounts are known to be one person's."""

    id: str
    key: str
    former_keys: tuple[str, ...]
    title: str
    description: str
    state: TicketState
    team_id: str
    assignee_id: str | None
    assignee: str | None
    labels: tuple[str, ...]
    updated_at: AwareDatetime


class AskedMessage(Closed):
    """A message; `reply` tells an answer in a thread from a message of its own."""

    id: str
    author_id: str
    author: str
    at: AwareDatetime
    reply: bool
    text: str
    files: tuple[str, ...]


class Question(Closed):
    """Everything the model may speak about; what changes least comes first, so that prompt caches work."""

    teams: tuple[AskedTeam, ...]
    people: tuple[AskedPerson, ...]
    tickets: tuple[AskedTicket, ...]
    messages: tuple[AskedMessage, ...]
    private: bool
    now: AwareDatetime
    write_in: str | None = None

    @classmethod
    def of(
        cls,
        conversation: Conversation,
        *,
        candidates: Sequence[Ticket],
        teams: Sequence[Team],
        people: Sequence[Participant],
        now: datetime,
        language: str | None = None,
    ) -> "Question":
        """Ask about a conversation; of a very long one its beginning and its end, and never a deleted message.

        What is more than `MOST_TOKENS` is asked with less of each text, fewer people and only the teams of the tickets.
        """
        concerned = {ticket.team_id for ticket in candidates}
        for share in SHARES:
            shown_teams = teams if share == 1 else [team for team in teams if team.id in concerned]
            question = cls._of(
                conversation,
                share=share,
                candidates=candidates,
                teams=shown_teams,
                people=people,
                now=now,
                language=language,
            )
            if tokens_of(question.model_dump_json()) <= MOST_TOKENS:
                break
        return question

    @classmethod
    def _of(
        cls,
        conversation: Conversation,
        *,
        share: float,
        candidates: Sequence[Ticket],
        teams: Sequence[Team],
        people: Sequence[Participant],
        now: datetime,
        language: str | None,
    ) -> "Question":
        messages = conversation.shown_messages
        names = {id: person.name for person in people if (id := person.chat_id or person.tracker_id)}
        assignees = {person.tracker_id: person for person in people if person.tracker_id}
        # Those who speak here first: the bound must not cost us the names that matter.
        authors = {message.author for message in messages}
        most_relevant = sorted(names.items(), key=lambda item: item[0] not in authors)[: int(MAX_PEOPLE * share)]
        return cls(
            teams=tuple(AskedTeam(id=t.id, key=t.key, name=t.name, states=t.states) for t in teams),
            people=tuple(AskedPerson(id=id, name=name) for id, name in most_relevant),
            tickets=tuple(_ticket(ticket, assignees, share) for ticket in candidates),
            messages=tuple(_message(message, names, int(MAX_TEXT * share)) for message in messages),
            private=conversation.private,
            now=now,
            write_in=language,
        )


def tokens_of(text: str) -> int:
    """About how many tokens a text is, rather too many."""
    return len(text.encode()) // BYTES_PER_TOKEN


def worth_showing(candidates: Sequence[Ticket], odds: Mapping[str, float]) -> Sequence[Ticket]:
    """The candidates that are likely to be meant, by retrieval's odds, in their order; all where it gave none."""
    highest_first = sorted((odds.get(ticket.id, 0.0) for ticket in candidates), reverse=True)
    left_out, least = sum(highest_first), 0.0
    for count, least in enumerate(highest_first, start=1):
        left_out -= least
        if count >= LEAST_CANDIDATES and left_out <= MOST_LEFT_OUT * sum(highest_first):
            break
    return [ticket for ticket in candidates if odds.get(ticket.id, 0.0) >= least]


class AnsweredRunnerUp(Closed):
    """A ticket that came next."""

    ticket_id: str
    score: float = Field(ge=0, le=1, description="how well it fits")


ProposedKind = Literal[ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE, ActionKind.IGNORE]
"""What a model may propose; what follows from the tickets alone is none of it."""


class AnsweredProposal(Closed):
    """One proposal; fields that do not belong to its kind are null."""

    kind: ProposedKind
    ticket_id: str | None = Field(
        description="comment, move: id of one of the given tickets; create: of a closed one whose defect is back"
    )
    summary: str | None = Field(description="comment: one or two plain sentences on what was said, no markup")
    title: str | None = Field(description="create: a short imperative title")
    description: str | None = Field(description="create: what is known, in plain sentences")
    priority: int | None = Field(ge=0, le=4, description="create: 0 none, 1 urgent, 2 high, 3 medium, 4 low")
    priority_because: str | None = Field(description="create: the sentence that says how urgent it is, word for word")
    state_id: str | None = Field(description="move: id of a state of the ticket's team")
    work: bool | None = Field(description="ignore: true if it is about work that no given ticket covers")
    confidence: float = Field(ge=0, le=1, description="probability that a person of the team would agree")
    reason: str = Field(description="one sentence a person can check against the messages")
    evidence: tuple[str, ...] = Field(description="ids of the messages it rests on, oldest first, at least one")
    runners_up: tuple[AnsweredRunnerUp, ...] = Field(description="given tickets that came next, best first")
    language: str = Field(description="ISO 639-1 code of the conversation's language")
    sentiment: Literal["positive", "neutral", "negative"] = Field(
        description="of what is said about the product, or by customers; neutral where a colleague is spoken of"
    )

    def proposal(self, states: Mapping[str, TicketState]) -> Proposal:
        """Say the same in the product's words.

        What is missing or unknown becomes an empty name, which `policy.flaw` then finds; nothing is guessed here.
        """
        return Proposal(
            action=self._action(states),
            confidence=self.confidence,
            reason=self.reason,
            evidence=tuple(MessageId(id) for id in self.evidence or ("",)),
            runners_up=tuple(RunnerUp(ticket_id=r.ticket_id, score=r.score) for r in self.runners_up),
            language=self.language,
            sentiment=self.sentiment,
        )

    @property
    def _regression_of(self) -> Suggestion | None:
        return Suggestion(id=self.ticket_id, name="", because=self.reason) if self.ticket_id else None

    def _action(self, states: Mapping[str, TicketState]) -> Action:
        match self.kind:
            case ActionKind.COMMENT:
                return Comment(ticket_id=self.ticket_id or "", summary=self.summary or self.reason)
            case ActionKind.CREATE:
                return CreateTicket(
                    title=self.title or "",
                    description=self.description or "",
                    priority=self.priority or 0,
                    priority_because=self.priority_because or "",
                    regression_of=self._regression_of,
                )
            case ActionKind.MOVE:
                unknown = TicketState(id=self.state_id or "", name="", type=StateType.TRIAGE)
                return MoveTicket(ticket_id=self.ticket_id or "", to=states.get(unknown.id, unknown))
            case ActionKind.IGNORE:
                return Ignore(work=bool(self.work))


class Answer(Closed):
    """All proposals on one conversation; none means there is nothing to say."""

    proposals: tuple[AnsweredProposal, ...]

    def domain(self, teams: Sequence[Team]) -> tuple[Proposal, ...]:
        """Read the proposals; states are looked up in the teams that were asked about."""
        states = {state.id: state for team in teams for state in team.states}
        return tuple(answered.proposal(states) for answered in self.proposals)

    @classmethod
    def of(cls, judgement: Judgement) -> "Answer":
        """Write down a judgement as a model would: what else the same words may be about is a runner-up at most."""
        likeliest = {p.evidence: p.action.about_ticket for p in reversed(judgement.proposals) if p.exclusive}
        said = (p for p in judgement.proposals if not p.exclusive or likeliest[p.evidence] == p.action.about_ticket)
        return cls(proposals=tuple(map(_answered, said)))


def _ticket_id(action: Proposable) -> str | None:
    if isinstance(action, CreateTicket):
        return action.regression_of.id if action.regression_of else None
    return action.about_ticket


def _answered(proposal: Proposal) -> AnsweredProposal:
    action = proposal.action
    return AnsweredProposal(
        kind=action.kind,
        ticket_id=_ticket_id(action),
        summary=action.summary if isinstance(action, Comment) else None,
        title=action.title if isinstance(action, CreateTicket) else None,
        description=action.description if isinstance(action, CreateTicket) else None,
        priority=action.priority if isinstance(action, CreateTicket) else None,
        priority_because=action.priority_because or None if isinstance(action, CreateTicket) else None,
        state_id=action.to.id if isinstance(action, MoveTicket) else None,
        work=action.work if isinstance(action, Ignore) else None,
        confidence=proposal.confidence,
        reason=proposal.reason,
        evidence=proposal.evidence,
        runners_up=tuple(AnsweredRunnerUp(ticket_id=r.ticket_id, score=r.score) for r in proposal.runners_up),
        language=proposal.language,
        sentiment=proposal.sentiment,
    )


def _ticket(ticket: Ticket, people: Mapping[str, Participant], share: float) -> AskedTicket:
    assignee = people.get(ticket.assignee_id or "")
    return AskedTicket(
        id=ticket.id,
        key=ticket.key,
        former_keys=ticket.former_keys,
        title=_bounded(ticket.title, max(SHORTEST_TITLE, int(MAX_TITLE * share))),
        description=_bounded(ticket.description, int(MAX_DESCRIPTION * share)),
        state=ticket.state,
        team_id=ticket.team_id,
        assignee_id=(assignee.chat_id or assignee.tracker_id) if assignee else ticket.assignee_id,
        assignee=assignee.name if assignee else ticket.assignee_name,
        labels=ticket.labels,
        updated_at=ticket.updated_at,
    )


def _message(message: Message, names: Mapping[str, str], most: int) -> AskedMessage:
    return AskedMessage(
        id=message.id,
        author_id=message.author,
        author=names.get(message.author, message.author),
        at=message.posted_at,
        reply=message.is_reply,
        text=_bounded(message.text, most),
        files=message.files[:MAX_FILES],
    )


def _bounded(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
