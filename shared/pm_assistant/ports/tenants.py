"""The customers, their people, and all that is theirs."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pm_assistant.domain.accounts import Account, ApiKey, Identity
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.tenants import Member, Tenant, TenantId
from pm_assistant.domain.work import Team

if TYPE_CHECKING:
    from pm_assistant.domain.events import ChannelChanged


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


class Partition(Protocol):
    """All of a tenant's rows, whatever they are: what export, import and deletion work on."""

    def login(self, identity: Identity) -> tuple[Account | ApiKey, Tenant]:
        """What an identity may log in by, and its tenant, both as they now are.

        Raises:
            NotFound: one of them is not there.
        """
        ...

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

    def follow_channel(self, tenant_id: TenantId, change: "ChannelChanged", *, limit: int) -> int:
        """Bring messages, decisions, cards and judgements of a channel up to what it is now, so many at a time.

        Returns how many were changed; fewer than `limit` when none is left. May be repeated.

        Raises:
            Conflict: a decision was changed at that very moment; repeat.
        """
        ...

    def erase(self, tenant_id: TenantId) -> int:
        """Delete every row of a tenant, claims on outside ids included; returns how many. May be repeated."""
        ...


class UploadForm(NamedTuple):
    """How a browser sends a file by itself: where to, and the fields that stand before the file."""

    url: str
    fields: Mapping[str, str]


LARGEST_ARCHIVE = 50_000_000
"""Bytes of the whole file: more does not fit into a function beside what becomes of it."""


class Archives(Protocol):
    """Files that come from or go to people by link."""

    def upload_url(self, tenant_id: TenantId, upload_id: str, *, size: int) -> str:
        """Where a person may put a file of exactly that many bytes, within fifteen minutes."""
        ...

    def upload_form(self, tenant_id: TenantId, upload_id: str, *, then: str) -> UploadForm:
        """How a browser puts a file that is no larger than we take, within fifteen minutes; it leads on to `then`."""
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

    def some_members(self, tenant_id: TenantId, member_ids: Collection[str]) -> Sequence[Member]:
        """The ones of these that we know, in no order."""
        ...

    def replace_member(self, tenant_id: TenantId, member: Member, *, before: Member) -> None:
        """Store what has become of a person who still reads as `before`; the same again is no conflict.

        Raises:
            Conflict: the person was changed or forgotten meanwhile.
        """
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
