"""Ties to vendors: their rows, their credentials and the steps of making them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.connections import Authorization, ConnectLink
from pm_assistant.domain.tenants import (
    Activity,
    Availability,
    Connection,
    Credentials,
    Grantor,
    Provider,
    Settings,
    TenantId,
)


class Vault(Protocol):
    """Seals credentials so that only the same tenant and vendor can open them."""

    def seal(self, tenant_id: TenantId, provider: Grantor, credentials: Credentials) -> bytes:
        """Encrypt."""
        ...

    def open(self, tenant_id: TenantId, provider: Grantor, sealed: bytes) -> Credentials:
        """Decrypt.

        Raises:
            Forbidden: sealed for another tenant or provider, or tampered with.
        """
        ...

    def reseal(self, tenant_id: TenantId, provider: Grantor, sealed: bytes) -> bytes:
        """Seal again under today's key, so that the keys before it can go.

        Raises:
            Forbidden: sealed for another tenant or provider, or tampered with.
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

    def with_activity(self, tenant_id: TenantId) -> Sequence[tuple[Connection, Activity]]:
        """All of a tenant, each with what was last heard of it."""
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
        """Store fresh credentials with what they let us do, unless the sealed ones in store are not `before` (now)."""
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

    def regrant(self, tenant_id: TenantId, provider: Provider, scopes: Sequence[str], *, at: datetime) -> bool:
        """Note what the vendor lets us do from `at` on; False if we know what it said later, or have no connection."""
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

    def failed(self, tenant_id: TenantId, provider: Provider, *, at: datetime) -> Availability:
        """Note one more call that the vendor did not answer; returns how it has answered by now."""
        ...

    def pause(self, tenant_id: TenantId, provider: Provider, *, until: datetime, before: datetime | None) -> bool:
        """Note that it is not asked before then; False if another moment is noted than `before`, or no failure."""
        ...

    def answered(self, tenant_id: TenantId, provider: Provider) -> None:
        """Note that it answers: what failed before is over."""
        ...

    def limit(self, tenant_id: TenantId, provider: Provider, *, until: datetime, reserve: bool = False) -> None:
        """Note until when it wants to be left alone, or with `reserve` by all but what happens now; never goes back."""
        ...


class OAuthStates(Protocol):
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


class CalendarConnections(Protocol):
    """Ties of people to their own calendars."""

    def get(self, tenant_id: TenantId, member_id: str) -> CalendarConnection | None:
        """Read a person's, in one read; None if no calendar is connected."""
        ...

    def all(self, tenant_id: TenantId) -> Sequence[CalendarConnection]:
        """All of a tenant."""
        ...

    def put(self, calendar: CalendarConnection) -> None:
        """Create or replace a person's."""
        ...

    def replace(self, calendar: CalendarConnection, *, before: CalendarConnection) -> bool:
        """Change one that still reads as `before`; False if it does not, as where it was disconnected meanwhile."""
        ...

    def remove(self, tenant_id: TenantId, member_id: str) -> None:
        """Forget a person's with its credentials and days; one that is not there is fine."""
        ...
