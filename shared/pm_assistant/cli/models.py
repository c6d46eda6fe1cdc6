"""What commands know, as `--json` prints it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, RootModel

from pm_assistant.cli.client import Depth, StackFunction
from pm_assistant.cli.stack import Stage
from pm_assistant.domain.code import Stage as PullStage
from pm_assistant.domain.health import StageHealth
from pm_assistant.domain.jobs import JobKind, JobState
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Provider, Tenant
from pm_assistant.domain.work import StateType


class Connected(Model):
    """A vendor connection without its credentials."""

    provider: Provider
    external_id: str
    base_url: str
    connected_at: AwareDatetime
    broken_since: AwareDatetime | None


class Counts(Model):
    """How much is kept; messages and decisions are those of the last 24 hours."""

    people: int
    teams: int
    tickets: int
    open_tickets: int
    messages: int
    decisions: dict[str, int]


class _FromApi(Model):
    """What the API tells; it may come to tell more than this knows of, which `--json` hands on."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Named(_FromApi):
    """Something that has a name."""

    name: str


class TicketTold(_FromApi):
    """What a command says of a ticket."""

    key: str
    title: str
    url: str


class StateTold(Named):
    """A state of a ticket."""

    type: str

    @property
    def closed(self) -> bool:
        """Whether nothing is to be done about a ticket in it any more."""
        return self.type in {each for each in StateType if each.closed}


class TicketInFull(TicketTold):
    """A ticket of a list."""

    state: StateTold
    assignee_id: str | None = None
    assignee_name: str | None = None
    project: Named | None = None
    due_date: str | None = None
    updated_at: AwareDatetime


class ActionTold(_FromApi):
    """What a decision does; of each kind the fields that tell it from others of its kind."""

    kind: str
    title: str | None = None
    to: Named | None = None
    name: str | None = None
    closings: tuple[Any, ...] = ()
    work: bool = False


class Address(_FromApi):
    """Where something can be looked at."""

    url: str


class WaitingTold(_FromApi):
    """Whom a decision waits for."""

    provider: str
    since: AwareDatetime


class Holding(_FromApi):
    """The rule that holds a decision back."""

    rule_id: str
    owner: str


class DecisionTold(_FromApi):
    """An entry of the decision log."""

    id: str
    state: str
    action: ActionTold
    confidence: float
    reason: str
    evidence: tuple[Address, ...]
    updated_at: AwareDatetime
    outcome: Address | None = None
    error: str | None = None
    shadow: str | None = None
    fallback: str | None = None
    waiting: WaitingTold | None = None
    held_by: Holding | None = None
    ticket: TicketTold | None = None
    channel_name: str | None = None


class FindingTold(_FromApi):
    """What a dry run found would be done."""

    kind: str
    would: str
    ticket: str | None = None
    to: str | None = None
    title: str | None = None
    confidence: float
    reason: str | None = None
    evidence: tuple[str, ...]


class PullTold(_FromApi):
    """A pull request."""

    repository: str
    number: int
    title: str
    url: str
    author: str
    stage: str
    checks: str | None = None
    requested: tuple[str, ...] = ()
    updated_at: AwareDatetime

    @property
    def over(self) -> bool:
        """Whether nothing is to be done about it any more."""
        return self.stage in {each for each in PullStage if each.over}


class ReceiptTold(_FromApi):
    """What a disagreement rests on."""

    text: str
    url: str


class NotUndoneTold(_FromApi):
    """What a run did and what was not taken back."""

    id: str
    kind: str
    ticket: ReceiptTold | None = None
    because: str
    evidence: tuple[str, ...]


class RunUndone(_FromApi):
    """What came of undoing a run; of very many acts that stay not all are told."""

    undone: int
    not_undone: int
    stays: tuple[NotUndoneTold, ...]


class DisagreementTold(_FromApi):
    """Where sources do not agree."""

    kind: str
    since: AwareDatetime
    receipts: tuple[ReceiptTold, ...]


class SectionTold(_FromApi):
    """Facts under one heading."""

    title: str
    lines: tuple[ReceiptTold, ...] = ()


class ReportTold(_FromApi):
    """A report, section by section."""

    title: str
    notes: tuple[str, ...] = ()
    sections: tuple[SectionTold, ...] = ()


class MailStopTold(_FromApi):
    """That mail to somebody is stopped."""

    reason: str
    at: AwareDatetime


class PersonTold(_FromApi):
    """Somebody of the team."""

    id: str
    name: str
    email: str | None = None
    time_zone: str = "UTC"
    language: str | None = None
    away_until: str | None = None
    absence: dict[str, Any] | None = None
    mail_stop: MailStopTold | None = None


class SubscriptionTold(_FromApi):
    """When a report comes, to a person or in a channel."""

    kind: str
    member_id: str = ""
    channel_id: str | None = None
    team_id: str | None = None
    hour: int
    minute: int
    weekdays: tuple[str, ...]
    delivery: str
    time_zone: str | None = None


class SentTold(_FromApi):
    """What became of a report."""

    kind: str
    day: str
    delivery: str | None = None
    skipped: str | None = None
    holiday: str | None = None
    cause: str | None = None
    report: ReportTold | None = None


class KeyTold(_FromApi):
    """A key of a program's."""

    id: str
    name: str
    scope: str
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None = None


class InvitationTold(_FromApi):
    """An invitation that can still be taken up."""

    id: str
    email: str
    role: str
    expires_at: AwareDatetime


class TenantStatus(Model):
    """Where a tenant stands."""

    tenant: Tenant
    connections: tuple[Connected, ...]
    counts: Counts
    recent: tuple[DecisionTold, ...]


class Status(Model):
    """Where a stack stands; `tenant` is None before one has been connected."""

    stack_name: str
    local: bool
    region: str
    api_url: str
    sandbox_url: str | None
    functions: tuple[StackFunction, ...]
    queues: tuple[Depth, ...]
    measured: StageHealth | None
    tenant: TenantStatus | None


class Finding(Model):
    """What one look at a stack found.

    Attributes:
        check: what was looked at.
        what: how it is.
        remedy: what to do about it; empty where there is nothing to do.
    """

    check: str
    state: Literal["ok", "missing", "not here", "not asked"]
    what: str
    remedy: str = ""


class Parked(Model):
    """A dead letter without what people said; `about` names what the message was for."""

    id: str
    queue: Stage
    error: str
    cause: str
    attempts: int
    parked_at: AwareDatetime
    about: str


class ParkedInFull(Parked):
    """A dead letter with its body."""

    body: str


class Missed(_FromApi):
    """A stretch of time of which a vendor did not tell us all."""

    place: str | None = None
    began_at: AwareDatetime
    ended_at: AwareDatetime
    repaired_at: AwareDatetime | None = None


class BeingRead(_FromApi):
    """How far a channel has been read."""

    name: str | None = None
    read_back_to: AwareDatetime | None = None


class OwnCalendar(_FromApi):
    """The calendar of who asks, and how it is."""

    state: Literal["connected", "broken", "none"]
    provider: str | None = None
    connected_at: AwareDatetime | None = None
    read_at: AwareDatetime | None = None
    unread_since: AwareDatetime | None = None
    broken_since: AwareDatetime | None = None
    absent_days: tuple[date, ...] = ()


class Tie(_FromApi):
    """A vendor connection and how it is."""

    provider: Provider
    state: Literal["connected", "broken", "none"]
    name: str | None = None
    external_id: str | None = None
    scopes_missing: tuple[str, ...] = ()
    last_event_at: AwareDatetime | None = None
    last_sync_at: AwareDatetime | None = None
    next_refresh_at: AwareDatetime | None = None
    broken_since: AwareDatetime | None = None
    broken_reason: str | None = None
    unavailable_since: AwareDatetime | None = None
    retry_at: AwareDatetime | None = None
    limited_until: AwareDatetime | None = None
    reading_resumes_at: AwareDatetime | None = None
    connected_at: AwareDatetime | None = None
    channels: tuple[BeingRead, ...] = ()
    gaps: tuple[Missed, ...] = ()


class RunAsked(_FromApi):
    """Work that somebody asked for."""

    id: str
    kind: JobKind
    dry_run: bool
    state: JobState
    done: int
    total: int | None = None
    error: str | None = None
    created_at: AwareDatetime


class FineTuned(_FromApi):
    """A fine-tuning, and where its files can be had."""

    run_id: str
    state: JobState
    error: str | None = None
    trained_on: int | None = None
    held_out: int | None = None
    held_out_since: AwareDatetime | None = None
    training: str | None = None
    base: str | None = None
    model: str | None = None
    urls: tuple[str, ...] = ()


class QuestionTold(_FromApi):
    """What the team asks for its report."""

    text: str


class AnswerTold(_FromApi):
    """What somebody said for it; the question is empty where nobody asked."""

    question: str
    text: str


class QuestionnaireTold(_FromApi):
    """What is asked, and was said today."""

    day: str
    questions: tuple[QuestionTold, ...]
    answers: tuple[AnswerTold, ...]


class RuleTold(_FromApi):
    """A rule of the team's."""

    id: str
    effect: Literal["never", "ask"]
    kind: str | None = None
    channel: str | None = None
    channel_name: str | None = None
    root_ts: str | None = None
    ticket_key: str | None = None
    label: str | None = None
    owner: str
    until: AwareDatetime | None = None
    note: str = ""
    ended: str | None = None
    in_force: bool
    conflicts: tuple[str, ...] = ()

    @property
    def about(self) -> Sequence[str]:
        """What it is about, in a few words each."""
        named = {
            "": self.kind,
            "in": self.channel_name or self.channel,
            "thread": self.root_ts,
            "on": self.ticket_key,
            "label": self.label,
        }
        return [f"{name} {value}".strip() for name, value in named.items() if value]


class Choices(RootModel[dict[str, Any]]):
    """The team's settings, as the API tells them."""
