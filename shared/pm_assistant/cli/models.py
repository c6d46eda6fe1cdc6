"""What the reading commands know, as `--json` prints it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, RootModel

from pm_assistant.cli.client import Depth, StackClient, StackFunction
from pm_assistant.cli.stack import Stage
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.jobs import JobKind, JobState
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Provider, Tenant
from pm_assistant.domain.work import Conversation, Ticket

DECISION_ID = 36
"""Characters of a decision's id, which is a UUID."""
FINDABLE = timedelta(days=30)
"""How far back a decision is found by the beginning of its id."""


class Logged(Decision):
    """A decision with the ticket it is about; None where there is no ticket (yet) or we do not know it."""

    ticket: Ticket | None = None


class Would(Model):
    """What a conversation would lead to."""

    conversation: Conversation
    decisions: tuple[Logged, ...]
    unusable: tuple[str, ...] = ()


class Sent(Model):
    """How many conversations went onto the events queue."""

    conversations: int


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


class Depths(Model):
    """How full the queues are at a moment."""

    at: AwareDatetime
    queues: tuple[Depth, ...]


class TenantStatus(Model):
    """Where a tenant stands."""

    tenant: Tenant
    connections: tuple[Connected, ...]
    counts: Counts
    recent: tuple[Logged, ...]


class Status(Model):
    """Where a stack stands; `tenant` is None before one has been connected."""

    stack_name: str
    local: bool
    region: str
    api_url: str
    sandbox_url: str | None
    functions: tuple[StackFunction, ...]
    queues: tuple[Depth, ...]
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


class _FromApi(Model):
    """Part of what the API tells; it may come to tell more than this knows of."""

    model_config = ConfigDict(frozen=True, extra="ignore")


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


class RuleTold(_FromApi):
    """A rule of the team's."""

    id: str
    effect: Literal["never", "ask"]
    kind: str | None = None
    channel: str | None = None
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
        named = {"": self.kind, "in": self.channel, "thread": self.root_ts, "on": self.ticket_key, "label": self.label}
        return [f"{name} {value}".strip() for name, value in named.items() if value]


class Choices(RootModel[dict[str, Any]]):
    """The team's settings, as the API tells them."""


def only_one(beginning: str, ids: Iterable[str]) -> str:
    """The one of these ids that begins so.

    Raises:
        NotFound: none does, or several.
    """
    if not beginning:
        raise InvalidRequest("Name a decision by its id, or by how that begins: pm decisions shows them")
    found = [id for id in ids if id.startswith(beginning)]
    if len(found) != 1:
        raise NotFound(f"{len(found) or 'No'} decisions of the last {FINDABLE.days} days begin with {beginning}")
    return found[0]


def ticket_of(decision: Decision) -> str | None:
    """The id of the ticket a decision is about."""
    return decision.action.about_ticket


def logged(decisions: Iterable[Decision], tickets: Mapping[str, Ticket]) -> tuple[Logged, ...]:
    """Put the tickets beside the decisions."""
    return tuple(Logged(**dict(d), ticket=tickets.get(ticket_of(d) or "")) for d in decisions)


def with_tickets(decisions: Sequence[Decision], client: StackClient) -> tuple[Logged, ...]:
    """Look the decisions' tickets up and put them beside."""
    ticket_ids: Collection[str] = {ticket for decision in decisions if (ticket := ticket_of(decision))}
    tickets = client.stores.tickets.some(client.tenant_id, ticket_ids) if ticket_ids else ()
    return logged(decisions, {ticket.id: ticket for ticket in tickets})
