"""Who may use the product: the directory of users, our own rows about them, and what they did."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from pm_assistant.domain.accounts import Account, ApiKey, AuditEntry, BrowserSession, Identity, Invitation, Session
from pm_assistant.domain.languages import Language
from pm_assistant.domain.tenants import TenantId


class Users(Protocol):
    """The directory of people who can log in: their passwords, and whether their address is theirs.

    None of it tells whether an address is known to it, unless said. Codes are mailed in a language; in English where
    none is told.
    """

    def register(self, email: str, password: str, *, tenant_id: TenantId, language: Language | None = None) -> str:
        """Add a user who has yet to prove the address, send a code there, and return the user's id.

        A user of that address who never proved it, or is of no tenant, is replaced by one with another id: whoever came
        first may have been somebody else.

        Raises:
            Conflict: a user has proven that address; not for the asker's eyes.
            InvalidRequest: `password` does not meet the policy.
        """
        ...

    def confirm(self, user_id: str, code: str) -> None:
        """Note that the address is the user's, by the code sent to this very user.

        Raises:
            InvalidRequest: `code` is wrong or has expired, or the user is not there.
        """
        ...

    def enroll(self, email: str, password: str, *, tenant_id: TenantId) -> str:
        """Add a user whose address the caller knows to be theirs, and return the user's id.

        As `register`, but nothing is sent, and nobody logs in as the user before `admit`.

        Raises:
            Conflict: a user has proven that address; not for the asker's eyes.
            InvalidRequest: `password` does not meet the policy.
        """
        ...

    def admit(self, user_id: str, password: str) -> None:
        """Let a user in with that password from now on, enrolled or in already; a user who is not there is fine.

        Raises:
            InvalidRequest: `password` does not meet the policy.
        """
        ...

    def resend(self, email: str, *, language: Language | None = None) -> None:
        """Send a code to prove the address again, if there is a user who has yet to."""
        ...

    def find(self, email: str) -> Identity | None:
        """Who has that address, proven or not; None if nobody of a tenant; not for the asker's eyes."""
        ...

    def forgot(self, email: str, *, language: Language | None = None) -> None:
        """Send a code to set a new password, if there is such a user."""
        ...

    def reset(self, email: str, code: str, password: str) -> None:
        """Set a new password.

        Raises:
            InvalidRequest: `code` is wrong or has expired, or `password` does not meet the policy.
        """
        ...

    def move(self, user_id: str, email: str) -> None:
        """Have a user log in with another address, which the caller knows to be theirs; the former one is free again.

        A user of that address who never proved it, or is of no tenant, is forgotten. That it is the user's own already
        is fine.

        Raises:
            Conflict: another user has proven that address, or the user is not there.
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


class BrowserSessions(Protocol):
    """Where people are logged in with a browser; each is found by its account and the digest of its secret."""

    def get(self, tenant_id: TenantId, account_id: str, digest: str) -> BrowserSession:
        """Read one, whether it has ended or not.

        Raises:
            NotFound: no such session of that account in this tenant.
        """
        ...

    def of_account(self, tenant_id: TenantId, account_id: str) -> Sequence[BrowserSession]:
        """All of an account that have not been forgotten."""
        ...

    def put(self, session: BrowserSession) -> None:
        """Keep one; it may be forgotten once it has ended."""
        ...

    def seen(self, session: BrowserSession, at: datetime) -> None:
        """Note a use, unless the session has been ended meanwhile or was used later."""
        ...

    def remove(self, tenant_id: TenantId, account_id: str, digest: str) -> None:
        """End one; one that is not there is fine."""
        ...


class AuditTrail(Protocol):
    """Who did what; entries are added and never changed, but for the names and addresses of who is forgotten."""

    def add(self, tenant_id: TenantId, entry: AuditEntry) -> None:
        """Add an entry."""
        ...

    def redact(self, tenant_id: TenantId, entry: AuditEntry) -> None:
        """Let an entry say less than it did; one that is not there stays away."""
        ...

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[AuditEntry]:
        """Entries newest first, from before the entry of that id on."""
        ...


class RateLimiter(Protocol):
    """Counts what may only be done so often; `who` is a tenant, an address, whatever is counted."""

    def count(self, who: str, *, now: datetime, window_seconds: int) -> int:
        """Count one more in the window of now, and return how many that makes."""
        ...

    def counted(self, who: str, *, now: datetime, window_seconds: int) -> int:
        """How many were counted in the window of now."""
        ...


class Attempt(NamedTuple):
    """A request that is to be done.

    Attributes:
        began_at: when it was tried first.
        again: an earlier attempt got no answer, and may have done it, or a part of it.
    """

    began_at: datetime
    again: bool = False


class IdempotencyKeys(Protocol):
    """Answers to writes that carried an idempotency key; `key` includes who asked."""

    def begin(self, tenant_id: TenantId, key: str, *, fingerprint: str, now: datetime) -> str | Attempt:
        """Take a key for a request, a day long: the answer to give again if there is one, or how it is to be done.

        Raises:
            Conflict: the same request is being done right now.
            InvalidRequest: the key was used for a different request.
        """
        ...

    def finish(self, tenant_id: TenantId, key: str, *, answer: str, now: datetime) -> None:
        """Keep an answer for a day."""
        ...

    def give_up(self, tenant_id: TenantId, key: str) -> None:
        """Let a request that did not get its answer be repeated."""
        ...
