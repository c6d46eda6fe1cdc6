"""Every role the product needs from outside, on one page.

Adapters are named vendor + role (`LinearTracker`), stand-ins for tests `Fake` + role. A port never carries a token:
whoever makes a `Chat` or `Tracker` has bound it to one tenant already. Stores take the tenant first. Unless said
otherwise, methods raise `UpstreamError` and its kinds from `domain.errors`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from pm_assistant.domain.accounts import Account, ApiKey, AuditEntry, Identity, Invitation, Mail, Session
from pm_assistant.domain.connecting import Authorization, Callback, ConnectLink, Detour, Grant
from pm_assistant.domain.decisions import Decision, DecisionState, Judgement, Outcome
from pm_assistant.domain.events import ButtonPressed, Challenge, Delivery, Dropped, WebhookRequest
from pm_assistant.domain.reports import Card, Notice, Report, ReportDue, ReportKind, Subscription
from pm_assistant.domain.runs import Record, Run
from pm_assistant.domain.tenants import Activity, Connection, Credentials, Member, Provider, Settings, Tenant, TenantId
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

    def direct_message(self, user_id: str, report: Report | Notice) -> str:
        """Send to one person and return the message's address; finds and reuses a message of that id already there."""
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

    def undo(self, outcome: Outcome) -> bool:
        """Take back what an action left, as its `inverse` says; False if people have changed the thing since.

        What is gone already counts as taken back.
        """
        ...


class OAuthApp(Protocol):
    """Our app at one vendor: how a tenant lets us in, and how that ends."""

    @property
    def scopes(self) -> Sequence[str]:
        """What we ask for, in the vendor's words."""
        ...

    def authorize_url(self, *, state: str, redirect_uri: str, challenge: str, detour: Detour | None = None) -> str:
        """The vendor's page on which a person lets us in; `challenge` is PKCE's (S256), for vendors that know it."""
        ...

    def exchange(self, callback: Callback, *, redirect_uri: str, verifier: str) -> Grant | Detour:
        """Turn the code of a callback into a grant.

        Raises:
            Forbidden: what the callback names is not the person's who came back with it.
            InvalidRequest: the callback lacks what this vendor sends.
            UpstreamError: the vendor refused the code, or did not answer.
        """
        ...

    def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
        """Get fresh credentials; the old refresh token is spent.

        Raises:
            AccessRevoked: the vendor no longer lets us in.
        """
        ...

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """Have the vendor forget us; what it has forgotten already is fine.

        With `whole` False give back these credentials alone, as far as the vendor can tell them from those that
        somebody else was granted for the same workspace: those go on working.
        """
        ...


class Mailer(Protocol):
    """Sends e-mail."""

    def send(self, mail: Mail) -> None:
        """Send one; what is accepted may still not arrive."""
        ...


class Users(Protocol):
    """The directory of people who can log in: their passwords, and whether their address is theirs.

    None of it tells whether an address is known to it, unless said.
    """

    def register(self, email: str, password: str, *, tenant_id: TenantId) -> str:
        """Add a user who has yet to prove the address, send a code there, and return the user's id.

        A user of that address who never proved it, or is of no tenant, is replaced by one with another id: whoever came
        first may have been somebody else.

        Raises:
            Conflict: a user has proven that address; not for the asker's eyes.
            InvalidRequest: `password` does not meet the policy.
        """
        ...

    def confirm(self, user_id: str, code: str | None) -> None:
        """Note that the address is the user's, by the code sent to this very user, or because the caller knows (None).

        Raises:
            InvalidRequest: `code` is wrong or has expired, or the user is not there; without a code that is fine.
        """
        ...

    def resend(self, email: str) -> None:
        """Send a code to prove the address again, if there is a user who has yet to."""
        ...

    def find(self, email: str) -> Identity | None:
        """Who has that address, proven or not; None if nobody of a tenant; not for the asker's eyes."""
        ...

    def forgot(self, email: str) -> None:
        """Send a code to set a new password, if there is such a user."""
        ...

    def reset(self, email: str, code: str, password: str) -> None:
        """Set a new password.

        Raises:
            InvalidRequest: `code` is wrong or has expired, or `password` does not meet the policy.
        """
        ...

    def delete(self, user_id: str) -> None:
        """Forget a user; one who is not there is fine."""
        ...


class Sessions(Protocol):
    """Logging in and out; refresh tokens mean nothing to anybody else."""

    def begin(self, email: str, password: str) -> Session:
        """Log in.

        Raises:
            Unauthenticated: no such user, wrong password or address not proven; never says which.
        """
        ...

    def renew(self, refresh_token: str) -> Session:
        """Get a fresh id token.

        Raises:
            Unauthenticated: the refresh token no longer counts.
        """
        ...

    def end(self, refresh_token: str) -> None:
        """Make a refresh token worthless; one that is so already is fine."""
        ...

    def end_all(self, user_id: str) -> None:
        """Make all of a user's refresh tokens worthless; a user who is not there is fine."""
        ...


class Verifier(Protocol):
    """Tells whether an id token is genuine."""

    def verify(self, id_token: str, now: datetime) -> Identity:
        """Check signature, issuer, audience, use and time; reads nothing of ours.

        Raises:
            Unauthenticated: it proves nothing, or nothing any more.
        """
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
        language: str | None = None,
    ) -> Judgement:
        """Propose what to do; candidates come best first, an empty answer means nothing to say.

        What is written for the ticket is in `language` where one is given, else in the conversation's own.
        """
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

    def reseal(self, tenant_id: TenantId, provider: Provider, sealed: bytes) -> bytes:
        """Seal again under today's key, so that the keys before it can go.

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

    def put_run(self, tenant_id: TenantId, run_id: str, at: datetime) -> None:
        """Have a run's next step taken at that time; replaces what was there for the run."""
        ...

    def remove(self, tenant_id: TenantId, member_id: str, kind: ReportKind) -> None:
        """Stop making a report due; one that is not there is fine."""
        ...

    def remove_all(self, tenant_id: TenantId) -> int:
        """Stop everything of a tenant; returns how many schedules that were."""
        ...


class Tenants(Protocol):
    """The customers."""

    def get(self, tenant_id: TenantId) -> Tenant:
        """Read one.

        Raises:
            NotFound: there is no such tenant.
        """
        ...

    def put(self, tenant: Tenant, *, until: datetime | None = None) -> None:
        """Create or replace one; from `until` on it may be forgotten, unless it is written again before."""
        ...

    def replace(self, tenant: Tenant, *, before: Tenant) -> None:
        """Change one that still reads as `before`.

        Raises:
            Conflict: it was changed or removed meanwhile.
        """
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

    def all(self, tenant_id: TenantId) -> Sequence[Connection]:
        """All of a tenant, broken ones included."""
        ...

    def put(self, connection: Connection) -> None:
        """Create or replace one.

        Raises:
            Conflict: the outside id is another tenant's.
        """
        ...

    def remove(self, tenant_id: TenantId, provider: Provider) -> None:
        """Forget one with its credentials, and let go of its outside id; one that is not there is fine."""
        ...


class ConnectionStates(Protocol):
    """What changes about a connection while it is in use, each in one conditional write."""

    def renew(self, connection: Connection, *, before: bytes) -> bool:
        """Store fresh credentials, unless the sealed ones in store are no longer `before`."""
        ...

    def mark_broken(
        self, tenant_id: TenantId, provider: Provider, *, reason: str, at: datetime, refused: bytes | None = None
    ) -> bool:
        """Note that our credentials no longer count; True for the one who noted it first, False if there is none.

        With `refused` only if these sealed ones are still those in store.
        """
        ...

    def mend(self, tenant_id: TenantId, provider: Provider, *, at: datetime) -> None:
        """Note since when they count again; what is not later than the last time changes nothing."""
        ...

    def adapt(self, tenant_id: TenantId, settings: Settings) -> None:
        """Bring the copies of settings on a tenant's connections up to date, whatever else changes on them."""
        ...

    def note(
        self,
        tenant_id: TenantId,
        provider: Provider,
        *,
        event_at: datetime | None = None,
        sync_at: datetime | None = None,
    ) -> None:
        """Note when we heard of the vendor or read all of it; may skip what came within a minute of the last note."""
        ...

    def activity(self, tenant_id: TenantId) -> Mapping[Provider, Activity]:
        """What was noted."""
        ...


class RefreshLeases(Protocol):
    """Who is refreshing a connection's credentials right now; each refresh token works once."""

    def hold(self, tenant_id: TenantId, provider: Provider, *, now: datetime, until: datetime) -> bool:
        """Take the right to refresh; False if another holds it until later than now."""
        ...

    def let_go(self, tenant_id: TenantId, provider: Provider) -> None:
        """Give it back."""
        ...


class Errands(Protocol):
    """Short-lived passes of connecting a vendor, each redeemed once; known by codes of which only digests are kept."""

    def put_link(self, code: str, link: ConnectLink) -> None:
        """Keep a link under its code."""
        ...

    def get_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Read a link without redeeming it; None if it is unknown, was redeemed or has expired."""
        ...

    def take_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Redeem a link; None if it is unknown, was redeemed before or has expired."""
        ...

    def put_authorization(self, state: str, authorization: Authorization) -> None:
        """Keep an authorization under its state."""
        ...

    def take_authorization(self, tenant_id: TenantId, state: str, now: datetime) -> Authorization | None:
        """Redeem an authorization; None if it is unknown, was redeemed before or has expired."""
        ...


class Accounts(Protocol):
    """Who may log in for a tenant."""

    def get(self, tenant_id: TenantId, account_id: str) -> Account:
        """Read one.

        Raises:
            NotFound: no such account in this tenant.
        """
        ...

    def all(self, tenant_id: TenantId) -> Sequence[Account]:
        """All of a tenant."""
        ...

    def put(self, account: Account, *, until: datetime | None = None) -> None:
        """Create or replace one; from `until` on it may be forgotten, unless it is written again before."""
        ...

    def replace(self, account: Account, *, before: Account) -> None:
        """Change one that still reads as `before`.

        Raises:
            Conflict: it was changed or removed meanwhile.
        """
        ...

    def remove(self, tenant_id: TenantId, account_id: str) -> None:
        """Forget one; one that is not there is fine."""
        ...


class Invitations(Protocol):
    """Open offers to join a tenant."""

    def get(self, tenant_id: TenantId, invitation_id: str, now: datetime) -> Invitation:
        """Read one.

        Raises:
            NotFound: no such invitation, or it has expired.
        """
        ...

    def all(self, tenant_id: TenantId, now: datetime) -> Sequence[Invitation]:
        """All that can still be taken up."""
        ...

    def put(self, invitation: Invitation) -> None:
        """Create or replace one."""
        ...

    def remove(self, tenant_id: TenantId, invitation_id: str) -> bool:
        """Take one away; True for the one who did."""
        ...


class ApiKeys(Protocol):
    """The keys of a tenant's programs."""

    def get(self, tenant_id: TenantId, key_id: str) -> ApiKey:
        """Read one.

        Raises:
            NotFound: no such key in this tenant.
        """
        ...

    def all(self, tenant_id: TenantId) -> Sequence[ApiKey]:
        """All of a tenant."""
        ...

    def put(self, key: ApiKey) -> None:
        """Create or replace one."""
        ...

    def used(self, tenant_id: TenantId, key_id: str, at: datetime) -> None:
        """Note a use, unless the key has been revoked meanwhile."""
        ...

    def remove(self, tenant_id: TenantId, key_id: str) -> None:
        """Revoke one; one that is not there is fine."""
        ...


class AuditTrail(Protocol):
    """Who did what; entries are added and never changed."""

    def add(self, tenant_id: TenantId, entry: AuditEntry) -> None:
        """Add an entry."""
        ...

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[AuditEntry]:
        """Entries newest first, from before the entry of that id on."""
        ...


class Limits(Protocol):
    """Counts what may only be done so often; `who` is a tenant, an address, whatever is counted."""

    def count(self, who: str, *, now: datetime, window_seconds: int) -> int:
        """Count one more in the window of now, and return how many that makes."""
        ...


class Replays(Protocol):
    """Answers to writes that carried an idempotency key; `key` includes who asked."""

    def begin(self, tenant_id: TenantId, key: str, *, fingerprint: str, now: datetime) -> str | None:
        """Take a key for a request; the answer to give again if there is one, None if the request is to be done.

        Raises:
            Conflict: the same request is being done right now.
            InvalidRequest: the key was used for a different request.
        """
        ...

    def finish(self, tenant_id: TenantId, key: str, *, answer: str, now: datetime) -> None:
        """Keep an answer for a day."""
        ...

    def give_up(self, tenant_id: TenantId, key: str) -> None:
        """Forget a request that did not get its answer, so that it can be repeated."""
        ...


class Subscriptions(Protocol):
    """Who wants which report when."""

    def all(self, tenant_id: TenantId) -> Sequence[Subscription]:
        """All of a tenant."""
        ...

    def put(self, tenant_id: TenantId, subscription: Subscription) -> None:
        """Create or replace a person's subscription of a kind."""
        ...

    def remove(self, tenant_id: TenantId, member_id: str, kind: ReportKind) -> None:
        """Forget one; one that is not there is fine."""
        ...


class RunLog(Protocol):
    """Work that was asked for, and how far it has come."""

    def get(self, tenant_id: TenantId, run_id: str) -> Run:
        """Read one.

        Raises:
            NotFound: no such run in this tenant.
        """
        ...

    def put(self, run: Run) -> None:
        """Create or replace one; kept for 90 days."""
        ...

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[Run]:
        """Runs newest first, from before the run of that id on (run ids sort by time)."""
        ...


class Partition(Protocol):
    """All of a tenant's rows, whatever they are: what export, import and deletion work on."""

    def records(self, tenant_id: TenantId) -> Iterator[Record]:
        """Everything a tenant may take along, one kind after the other, secrets and bookkeeping left out.

        Who has access, what is connected and who did what come along for people to read; `restore` passes them over.
        """
        ...

    def restore(self, tenant_id: TenantId, records: Iterable[Record]) -> int:
        """Keep records as this tenant's, all of them checked before any is kept; returns how many were.

        Of what the tenant has already, the newer stays. Of the tenant's own record only name and settings are taken.

        Raises:
            InvalidRequest: a record is not of a form that `records` yields; names its number, from 1.
            NotFound: there is no such tenant.
            UpstreamUnavailable: also if the tenant's own record was changed at that very moment; repeat.
        """
        ...

    def erase(self, tenant_id: TenantId) -> int:
        """Delete every row of a tenant, claims on outside ids included; returns how many. May be repeated."""
        ...


class Archives(Protocol):
    """Files that come from or go to people by link."""

    def upload_url(self, tenant_id: TenantId, upload_id: str) -> str:
        """Where a person may put a file, for an hour."""
        ...

    def read(self, tenant_id: TenantId, upload_id: str) -> bytes:
        """Read what was uploaded.

        Raises:
            NotFound: nothing was uploaded under that id, or it has expired.
            InvalidRequest: it is larger than we take.
        """
        ...

    def publish(self, tenant_id: TenantId, name: str, content: bytes) -> str:
        """Keep a file for a week."""
        ...

    def download_url(self, tenant_id: TenantId, name: str) -> str:
        """A link to a file that was published, good for fifteen minutes.

        Raises:
            NotFound: there is no such file (any more).
        """
        ...

    def erase(self, tenant_id: TenantId) -> int:
        """Delete all of a tenant's files; returns how many."""
        ...


class Directory(Protocol):
    """The people of a tenant and the teams of its tracker."""

    def members(self, tenant_id: TenantId) -> Sequence[Member]:
        """All people."""
        ...

    def put_members(self, tenant_id: TenantId, members: Sequence[Member]) -> None:
        """Create or replace people."""
        ...

    def remove_member(self, tenant_id: TenantId, member_id: str) -> None:
        """Forget a person; one who is not there is fine."""
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

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        """Decisions updated last first, each with its place; from before the decision at that place on."""
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
