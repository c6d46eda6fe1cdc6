"""Every role the product needs from outside, on one page.

Adapters are named vendor + role (`LinearTracker`), stand-ins for tests `Fake` + role. A port never carries a token:
whoever makes a `Chat` or `Tracker` has bound it to one tenant already. Stores take the tenant first. Unless said
otherwise, methods raise `UpstreamError` and its kinds from `domain.errors`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from pm_assistant.domain.decisions import Decision, DecisionState, Judgement, Outcome
from pm_assistant.domain.events import ButtonPressed, Challenge, Delivery, Dropped, WebhookRequest
from pm_assistant.domain.reports import Card, Report, ReportDue, Subscription
from pm_assistant.domain.tenants import Connection, Credentials, Member, Provider, Tenant, TenantId
from pm_assistant.domain.work import Conversation, Message, Team, Ticket, TicketState


class WebhookSource(Protocol):
    """A vendor that posts to us."""

    def accept(self, request: WebhookRequest, now: datetime) -> Delivery | ButtonPressed | Challenge | Dropped:
        """Verify the signature over the raw body, then read it.

        Raises:
            Unauthenticated: signature wrong or missing, or timestamp outside the vendor's tolerance.
            InvalidRequest: authentic, but not of the vendor's form.
        """
        ...


class Chat(Protocol):
    """Where a tenant talks."""

    def messages_since(self, since: datetime) -> Sequence[Message]:
        """All people's messages we may read, thread replies included; oldest first."""
        ...

    def members(self) -> Sequence[Member]:
        """The people of the workspace (bots and deactivated accounts left out), ids being the chat's."""
        ...

    def post(self, channel: str, root_ts: str, card: Card) -> str:
        """Put a card into a thread and return its ts; finds and reuses a card of that id already there.

        Raises:
            NotFound: the thread is gone, or we may no longer speak there.
        """
        ...

    def update(self, channel: str, ts: str, card: Card) -> None:
        """Replace a card's content.

        Raises:
            NotFound: the card is gone, or we may no longer speak there.
        """
        ...

    def direct_message(self, user_id: str, report: Report) -> str:
        """Send a report to one person and return its address; finds and reuses a message of that id already there."""
        ...


class Tracker(Protocol):
    """Where a tenant plans. All writes are idempotent by the id they are given."""

    def tickets_since(self, since: datetime | None) -> Sequence[Ticket]:
        """Tickets changed since then; None means all that are open or were closed recently."""
        ...

    def teams(self) -> Sequence[Team]:
        """Teams with the states of their workflows."""
        ...

    def members(self) -> Sequence[Member]:
        """The people of the workspace, ids being the tracker's."""
        ...

    def comment(self, ticket_id: str, *, id: str, body: str) -> Outcome:
        """Write the comment of that id, or bring its text up to date. `body` is Markdown."""
        ...

    def create(self, team_id: str, *, id: str, title: str, body: str, priority: int) -> tuple[Ticket, Outcome]:
        """Create the ticket of that id, or return the one that is there."""
        ...

    def move(self, ticket_id: str, to: TicketState) -> tuple[Ticket, Outcome]:
        """Put a ticket into a state unless it is already as far; returns it as it then is."""
        ...


class Analyst(Protocol):
    """Who judges what a conversation means for the tickets."""

    def judge(
        self,
        conversation: Conversation,
        *,
        candidates: Sequence[Ticket],
        teams: Sequence[Team],
        people: Sequence[Member],
        now: datetime,
    ) -> Judgement:
        """Propose what to do; candidates come best first, an empty answer means nothing to say."""
        ...


class Queue(Protocol):
    """A queue in front of one stage."""

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue; `group` (the tenant) keeps one tenant's flood from delaying the others."""
        ...


class SourceQueue(Protocol):
    """The queue a stage reads from."""

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that has been received come again after so many seconds."""
        ...


class DeadLetters(Protocol):
    """Where a stage puts what it cannot do."""

    def park(self, body: str, *, group: str, error: str, cause: str, attempts: int) -> None:
        """Keep a message with the error's name and text and the number of attempts, until somebody sends it again."""
        ...


class Vault(Protocol):
    """Seals credentials so that only the same tenant and provider can open them."""

    def seal(self, tenant_id: TenantId, provider: Provider, credentials: Credentials) -> bytes:
        """Encrypt."""
        ...

    def open(self, tenant_id: TenantId, provider: Provider, sealed: bytes) -> Credentials:
        """Decrypt.

        Raises:
            Forbidden: sealed for another tenant or provider, or tampered with.
        """
        ...


class Schedules(Protocol):
    """Clockwork that makes a report due."""

    def put(self, tenant_id: TenantId, member: Member, subscription: Subscription) -> None:
        """Make a report due at the subscription's local time; replaces what was there for person and kind."""
        ...

    def put_once(self, due: ReportDue, at: datetime) -> None:
        """Make a report due one time; the schedule removes itself afterwards."""
        ...


class Tenants(Protocol):
    """The customers."""

    def get(self, tenant_id: TenantId) -> Tenant:
        """Read one.

        Raises:
            NotFound: there is no such tenant.
        """
        ...

    def put(self, tenant: Tenant) -> None:
        """Create or replace one."""
        ...


class Connections(Protocol):
    """Ties to vendors."""

    def resolve(self, provider: Provider, external_id: str) -> Connection | None:
        """Find whose an outside id is; the only read that crosses tenants."""
        ...

    def get(self, tenant_id: TenantId, provider: Provider) -> Connection:
        """Read one.

        Raises:
            NotConnected: the tenant has not connected that vendor.
        """
        ...

    def put(self, connection: Connection) -> None:
        """Create or replace one."""
        ...


class Directory(Protocol):
    """The people of a tenant and the teams of its tracker."""

    def members(self, tenant_id: TenantId) -> Sequence[Member]:
        """All people."""
        ...

    def put_members(self, tenant_id: TenantId, members: Sequence[Member]) -> None:
        """Create or replace people."""
        ...

    def teams(self, tenant_id: TenantId) -> Sequence[Team]:
        """All teams."""
        ...

    def put_teams(self, tenant_id: TenantId, teams: Sequence[Team]) -> None:
        """Create or replace teams."""
        ...


class Messages(Protocol):
    """What was said, as it now reads."""

    def record(self, tenant_id: TenantId, message: Message, *, keep_days: int) -> None:
        """Keep a message; a replay changes nothing, an older edit never wins, a deleted one stays deleted."""
        ...

    def delete(self, tenant_id: TenantId, channel: str, root_ts: str, ts: str, *, at: datetime) -> None:
        """Erase a message's text and remember that it is gone."""
        ...

    def thread(self, tenant_id: TenantId, channel: str, root_ts: str) -> Sequence[Message]:
        """A thread with its root (where we have it), oldest first, deleted ones included."""
        ...

    def burst(self, tenant_id: TenantId, channel: str, ts: str, *, gap_seconds: float) -> Sequence[Message]:
        """The top-level messages around `ts` without a longer pause and without replies below them, oldest first."""
        ...

    def since(self, tenant_id: TenantId, since: datetime) -> Sequence[Message]:
        """All messages said since then, oldest first."""
        ...


class Conversations(Protocol):
    """Which content of a conversation has been judged, by whom it is being judged, and what the judgement was.

    Content is known by `Conversation.content_id`.
    """

    def claim(self, tenant_id: TenantId, conversation: Conversation, *, now: datetime, until: datetime) -> bool:
        """Take this exact content for judging; False if it has been judged or another holds it until later than now."""
        ...

    def release(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Give the claim back, so that a retry may take it at once; a judgement that was noted stays."""
        ...

    def note(
        self, tenant_id: TenantId, conversation: Conversation, decisions: Sequence[Decision], *, at: datetime
    ) -> None:
        """Keep what was decided before any of it is logged: a retry must not ask again and decide otherwise."""
        ...

    def noted(self, tenant_id: TenantId, conversation: Conversation) -> Sequence[Decision] | None:
        """What an earlier attempt on this content decided, None if none came so far."""
        ...

    def judged(self, tenant_id: TenantId, conversation: Conversation, *, at: datetime) -> None:
        """Record that this content needs no judging again."""
        ...


class Cards(Protocol):
    """Where each subject's card stands, and who is working on that subject right now."""

    def hold(self, tenant_id: TenantId, subject_id: str, *, now: datetime, until: datetime) -> bool:
        """Take the subject for acting on it; False if another holds it until later than now."""
        ...

    def let_go(self, tenant_id: TenantId, subject_id: str) -> None:
        """Give the subject back."""
        ...

    def ts(self, tenant_id: TenantId, subject_id: str) -> str | None:
        """Where the subject's card stands, None before there is one."""
        ...

    def put_ts(self, tenant_id: TenantId, subject_id: str, ts: str) -> None:
        """Remember where the card stands."""
        ...


class Tickets(Protocol):
    """Our own index of the tracker."""

    def put(self, tenant_id: TenantId, ticket: Ticket) -> None:
        """Keep a ticket unless we know a later version or its later removal."""
        ...

    def remove(self, tenant_id: TenantId, ticket_id: str, *, at: datetime) -> None:
        """Forget a ticket and remember that it is gone."""
        ...

    def all(self, tenant_id: TenantId) -> Sequence[Ticket]:
        """Every ticket we know."""
        ...

    def some(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        """The ones of these that we know, in no order."""
        ...


class Decisions(Protocol):
    """The decision log, which is also the ledger of what has been done."""

    def save(self, decision: Decision) -> Decision:
        """Log a decision, or renew the one of that id, and return what the log now holds.

        A row that was judged on later content, or was dismissed by a person, stays as it is. What has been performed
        (`performed`, `outcome`, `created_at`) is kept; a row renewed with the same revision keeps its state too.
        """
        ...

    def get(self, tenant_id: TenantId, decision_id: str) -> Decision:
        """Read one.

        Raises:
            NotFound: no such decision in this tenant.
        """
        ...

    def advance(self, decision: Decision, *, expected: frozenset[DecisionState]) -> Decision:
        """Store a decision's new state if the log still has it in an expected one and at the same revision.

        Raises:
            Conflict: it has moved on meanwhile.
        """
        ...

    def between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Decision]:
        """All decisions whose subject's root lies in this stretch of a channel, both ends included, oldest first."""
        ...

    def since(self, tenant_id: TenantId, since: datetime) -> Sequence[Decision]:
        """Decisions updated since then, oldest first."""
        ...


class Runs(Protocol):
    """Which reports have been made; makes a retried or doubled schedule harmless."""

    def last(self, tenant_id: TenantId, member_id: str, kind: str) -> datetime | None:
        """When the person's last report of that kind was delivered."""
        ...

    def delivered(self, tenant_id: TenantId, key: str) -> bool:
        """Whether the run of that key has been delivered."""
        ...

    def hold(self, tenant_id: TenantId, key: str, *, now: datetime, until: datetime) -> bool:
        """Take a run for delivering it; False if another holds it until later than now."""
        ...

    def let_go(self, tenant_id: TenantId, key: str) -> None:
        """Give the run back."""
        ...

    def finish(self, tenant_id: TenantId, member_id: str, kind: str, key: str, *, at: datetime, once: bool) -> None:
        """Record a delivery; `once` leaves `last` alone."""
        ...
