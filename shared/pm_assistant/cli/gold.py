"""Told conversations, judged as the pipeline judges what is said, with all that it reads and keeps in memory.

A team is as it stands in the file before each conversation. What the assistant is told to have said stands in the log.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Self, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.backtest import Would, what_would
from pm_assistant.domain.decisions import (
    Decision,
    DecisionState,
    Evidence,
    Outcome,
    Subject,
    decision_id,
)
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.history import History
from pm_assistant.domain.index import TeamIndex, TicketHead, TicketIndex
from pm_assistant.domain.tenants import (
    ActionKind,
    Connection,
    Member,
    Mode,
    Provider,
    Rule,
    Settings,
    Standing,
    Tenant,
    TenantId,
)
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message, StateType, Team, Ticket, TicketState, conversations_in
from pm_assistant.integrations.guarded import GuardedAnalyst
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.language.forwarding import with_forwarded
from pm_assistant.language.retrieval import entry_of, table_of
from pm_assistant.language.tickets import keys_in
from pm_assistant.ports.unit import Unit
from pm_assistant.ports.vendors import Analyst
from pm_assistant.workflows.pipeline.judge import judge
from pm_assistant.workflows.pipeline.obey import obey

TOLD = TenantId("told")
BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""When each conversation begins."""
QUIET = timedelta(minutes=5)
GAP_SECONDS = 120.0
ASSISTANT = "assistant"
WOULD: Mapping[Would, str] = {"act": "done", "ask": "asked", "log": "logged"}
"""How the format of told conversations calls what a decision comes to."""
_ASKS = re.compile(r"\?|shall i|should i", re.IGNORECASE)
_CREATED = re.compile(r"creat|open(?:ed|ing) a|new ticket|ticket:", re.IGNORECASE)
_MOVED = re.compile(r"\b(?:moved?|closed?|reopen(?:ed)?|set|marked)\b", re.IGNORECASE)


class Row(BaseModel):
    """What is told; whatever else stands in a row, such as what somebody expects of it, is no input."""

    model_config = ConfigDict(extra="ignore")


class ToldPerson(Row):
    """Somebody, or something, that speaks."""

    handle: str
    id: str
    name: str
    timezone: str | None = None
    guest: bool = False


class ToldChannel(Row):
    """Where people speak."""

    name: str
    private: bool = False
    shared_external: bool = False


class ToldState(Row):
    """A state of the workflow."""

    name: str
    type: StateType


class ToldTicket(Row):
    """A ticket; `assignee` and `creator` are handles."""

    key: str
    title: str
    description: str | None = None
    state: str
    assignee: str | None = None
    creator: str | None = None
    labels: list[str] = Field(default_factory=list)
    priority: int | None = None
    created_days_ago: float = 0
    updated_days_ago: float = 0
    parent: str | None = None


class ToldTeam(Row):
    """A team with all that it has planned."""

    id: str
    name: str
    key_prefix: str
    assistant: ToldPerson
    members: list[ToldPerson]
    channels: list[ToldChannel]
    states: list[ToldState]
    tickets: list[ToldTicket]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        states = {state.name for state in self.states}
        if strangers := sorted({ticket.state for ticket in self.tickets} - states):
            raise ValueError(f"{self.id} has no state {', '.join(strangers)}")
        return self


class ToldForward(Row):
    """What somebody else wrote elsewhere."""

    text: str = ""


class ToldLine(Row):
    """Something that is said; `minutes` after the conversation began."""

    user: str
    text: str = ""
    reply: bool = False
    minutes: float = 0
    bot: bool = False
    edited: str | None = None
    deleted: bool = False
    forwarded: ToldForward | None = None
    files: list[str] = Field(default_factory=list)

    @field_validator("files", mode="before")
    @classmethod
    def _by_name(cls, given: object) -> object:
        """Names, or objects that have one."""
        if not isinstance(given, list):
            return given
        return [each.get("name", "") if isinstance(each, dict) else each for each in given]


class ToldConversation(Row):
    """Lines of one channel."""

    id: str | int
    team: str
    channel: str
    lines: list[ToldLine] = Field(min_length=1)


def answer(told: ToldConversation, team: ToldTeam, *, mode: Mode, analyst: Analyst | None = None) -> dict[str, Any]:
    """What would be done with a conversation where the team's rules say that of every kind of action."""
    settings = Settings(rules={kind: Rule(mode=mode) for kind in Settings().rules})
    unit = _ToldUnit(team, told, settings, analyst or GuardedAnalyst(OfflineAnalyst()))
    ids = dict.fromkeys(decision.id for conversation in unit.conversations for decision in unit.decided(conversation))
    decisions = [unit.log[id] for id in ids]  # What a later order ends is not asked any more.
    rows = [row for decision in decisions for row in _rows(decision, unit)]
    return {"id": told.id, "proposals": rows}


def _rows(decision: Decision, unit: "_ToldUnit") -> Iterator[Mapping[str, Any]]:
    row = {
        "kind": decision.action.kind.value,
        "ticket": unit.keys.get(decision.action.about_ticket or ""),
        "state": None,
        "title": None,
        "confidence": round(decision.confidence, 3),
        "would": WOULD[what_would(decision)],
        "order": decision.order is not None,
    }
    match decision.action:
        case MoveTicket(to=to):
            row["state"] = to.name
        case CreateTicket(title=title):
            row["title"] = title
        case _:
            pass
    if decision.order is None:
        yield row
    elif decision.state is DecisionState.DISMISSED:
        nothing = {"kind": ActionKind.IGNORE.value, "ticket": None, "state": None, "title": None}
        yield row | nothing | {"would": "logged", "action": "refuse", "why": decision.error}
    elif isinstance(decision.action, Ignore) and decision.order.takes_back:
        taken_back = (unit.log[id] for id in decision.order.takes_back)
        for target in taken_back:
            ticket_id = target.action.about_ticket or (target.outcome.external_id if target.outcome else "")
            yield row | {"ticket": unit.keys.get(ticket_id, ticket_id), "action": "undo"}
    elif isinstance(decision.action, Ignore):
        yield row | {"would": "logged", "action": "dismiss"}
    else:
        yield row | {"action": "relink" if decision.order.takes_back else decision.action.kind.value}


class _ToldUnit:
    """A unit of work as far as judging needs one, and whether somebody may give an order."""

    def __init__(self, team: ToldTeam, told: ToldConversation, settings: Settings, analyst: Analyst) -> None:
        self.tenant_id, self.analyst, self.burst_gap_seconds = TOLD, analyst, GAP_SECONDS
        self.tenant = Tenant(id=TOLD, name=team.name, settings=settings)
        self.states = {s.name: TicketState(id=s.name, name=s.name, type=s.type) for s in team.states}
        self.team = Team(id=team.id, key=team.key_prefix, name=team.name, states=tuple(self.states.values()))
        self.people = [_member(person) for person in team.members]
        self.chat_ids = {person.handle: person.id for person in team.members}
        self.names = {person.handle: person.name for person in team.members}
        self.tickets = {ticket.key: self._ticket(ticket) for ticket in team.tickets}
        self.keys = {ticket.id: ticket.key for ticket in self.tickets.values()}
        self.connection = Connection(
            tenant_id=TOLD,
            provider=Provider.SLACK,
            external_id=team.id,
            app_user_id=team.assistant.id,
            base_url="https://told.slack.com/",
            sealed_credentials=b"",
            connected_at=BEGAN,
        )
        self.log: dict[str, Decision] = {}
        self._name = team.assistant.name
        self._now = BEGAN + timedelta(minutes=max(line.minutes for line in told.lines)) + QUIET
        channel = next((c for c in team.channels if c.name == told.channel), ToldChannel(name=told.channel))
        self.conversations = self._told(told, channel)
        self.chat = SimpleNamespace(member=self._person)
        self.stores = SimpleNamespace(
            index=SimpleNamespace(read=self._index),
            connections=SimpleNamespace(get=lambda tenant_id, provider: self.connection),
            tenants=SimpleNamespace(get=lambda tenant_id: self.tenant),
            directory=SimpleNamespace(
                members=lambda tenant_id: self.people, put_members=lambda tenant_id, members: None
            ),
            tickets=SimpleNamespace(whole=self._whole, some=self._some),
            decisions=SimpleNamespace(get=self._logged, between=self._between, replace=self._replace),
            messages=SimpleNamespace(between=self._said_between),
            history=SimpleNamespace(read=lambda tenant_id, speakers: History()),
        )

    def decided(self, conversation: Conversation) -> Sequence[Decision]:
        """What a conversation leads to, orders with whether whoever gave them may."""
        unit = cast("Unit", self)
        decisions = judge(conversation, self.tenant, unit).decisions
        before = [decision for decision in self.log.values() if decision.id not in {d.id for d in decisions}]
        self.log |= {decision.id: decision for decision in decisions}
        self.log |= {decision.id: decision for decision in obey([*before, *decisions], unit)}
        return decisions

    def now(self) -> datetime:
        """When the conversation has been quiet for long enough."""
        return self._now

    def provider(self, role: Role) -> Provider:
        """Who plays a role."""
        return {Role.CHAT: Provider.SLACK, Role.TRACKER: Provider.LINEAR, Role.CODE_HOST: Provider.GITHUB}[role]

    def _index(self, tenant_id: TenantId) -> TeamIndex:
        tickets = TicketIndex(table_of(map(entry_of, self.tickets.values())))
        return TeamIndex(tickets, self.people, [self.team], {Provider.SLACK: self.connection.base_url})

    def _whole(self, tenant_id: TenantId, heads: Collection[TicketHead]) -> Sequence[Ticket]:
        return [self.tickets[head.key] for head in heads]

    def _some(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        return [ticket for ticket in self.tickets.values() if ticket.id in ticket_ids]

    def _logged(self, tenant_id: TenantId, decision_id: str) -> Decision:
        if decision_id not in self.log:
            raise NotFound("nothing of that kind was decided")
        return self.log[decision_id]

    def _said_between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Message]:
        said = (message for conversation in self.conversations for message in conversation.messages)
        return [message for message in said if float(first_ts) <= float(message.root_ts) <= float(last_ts)]

    def _between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Decision]:
        return [d for d in self.log.values() if float(first_ts) <= float(d.subject.root_ts) <= float(last_ts)]

    def _replace(self, decision: Decision, *, before: Decision) -> Decision:
        self.log[decision.id] = decision
        return decision

    def _person(self, chat_id: str) -> Member:
        found = next((member for member in self.people if member.id == chat_id), None)
        if found is None:
            raise NotFound("there is no such person")
        return found

    def _ticket(self, told: ToldTicket) -> Ticket:
        changed = BEGAN - timedelta(days=told.updated_days_ago)
        state = self.states[told.state]
        return Ticket(
            id=f"id-{told.key}",
            key=told.key,
            title=told.title,
            description=told.description or "",
            url=f"https://linear.app/told/issue/{told.key}",
            state=state,
            team_id=self.team.id,
            assignee_id=_tracker_id(told.assignee),
            assignee_name=self.names.get(told.assignee or ""),
            creator_id=_tracker_id(told.creator),
            parent_id=f"id-{told.parent}" if told.parent else None,
            labels=tuple(told.labels),
            priority=told.priority or 0,
            created_at=BEGAN - timedelta(days=max(told.created_days_ago, told.updated_days_ago)),
            updated_at=changed,
            completed_at=changed if state.type.closed else None,
        )

    def _told(self, told: ToldConversation, channel: ToldChannel) -> Sequence[Conversation]:
        """What is said, as the door lets it in; what programs say stays outside, and what we said is in the log."""
        messages: list[Message] = []
        root_ts = _ts(told.lines[0], 0)
        for place, line in enumerate(told.lines):
            ts = _ts(line, place)
            own = self._composed(line.text if line.edited is None else line.edited)
            message = Message(
                channel=f"C-{channel.name}",
                ts=ts,
                root_ts=root_ts if line.reply else ts,
                author=self.chat_ids.get(line.user, line.user),
                text=with_forwarded(own, [line.forwarded.text] if line.forwarded else []),
                edited_ts=ts if line.edited is not None else None,
                files=tuple(line.files),
                private=channel.private or channel.shared_external,
                outside=channel.shared_external,
                received_at=BEGAN + timedelta(minutes=line.minutes),
            )
            if line.user == ASSISTANT:
                self.log |= {decision.id: decision for decision in self._said_by_us(message)}
            elif not line.bot:
                messages.append(message.model_copy(update={"text": "", "deleted": True}) if line.deleted else message)
        return conversations_in(messages, gap_seconds=GAP_SECONDS)

    def _composed(self, text: str) -> str:
        """What the chat makes of our name behind an @, where somebody has told it as it was typed."""
        return re.sub(rf"(?<![\w<])@{re.escape(self._name)}(?!\w)", f"<@{self.connection.app_user_id}>", text)

    def _said_by_us(self, message: Message) -> Iterator[Decision]:
        """What stands in the log where we have said so: what we did, or asked, about each ticket that we named."""
        ids = {f"id-{key}": self.tickets[key].state for key in keys_in(message.text) if key in self.tickets}
        asks, at = bool(_ASKS.search(message.text)), message.received_at
        subject = Subject(channel=message.channel, root_ts=message.root_ts)
        actions: list[Comment | CreateTicket | MoveTicket]
        if _CREATED.search(message.text) or not ids:
            actions = [CreateTicket(title=message.text, description=message.text)]
        elif _MOVED.search(message.text):
            actions = [MoveTicket(ticket_id=id, to=state) for id, state in ids.items()]
        else:
            actions = [Comment(ticket_id=id, summary=message.text) for id in ids]
        made = next(iter(ids), "new")
        for action in actions:
            done = Outcome(external_id=action.about_ticket or made, url="", inverse='{"told": true}')
            yield Decision(
                id=decision_id(TOLD, subject, action),
                tenant_id=TOLD,
                subject=subject,
                action=action,
                confidence=1.0,
                reason="told",
                evidence=(Evidence(message_id=message.id, url=""),),
                model="told",
                state=DecisionState.PROPOSED if asks else DecisionState.DONE,
                performed=None if asks else "told",
                outcome=None if asks else done,
                revision="told",
                as_of=at,
                created_at=at,
                updated_at=at,
            )


def _ts(line: ToldLine, place: int) -> str:
    return f"{(BEGAN + timedelta(minutes=line.minutes)).timestamp():.0f}.{place:06d}"


def _tracker_id(handle: str | None) -> str | None:
    return f"tracker-{handle}" if handle else None


def _member(person: ToldPerson) -> Member:
    standing = Standing.GUEST if person.guest else Standing.MEMBER
    return Member(
        id=person.id,
        name=person.name,
        accounts={Provider.SLACK: person.id, Provider.LINEAR: f"tracker-{person.handle}"},
        standings={Provider.SLACK: standing},
    )
