"""Ties to vendors, and how they come about, in memory."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import SecretStr

from pm_assistant.domain import causes
from pm_assistant.domain.connections import Authorization, ConnectLink
from pm_assistant.domain.errors import Conflict, NotConnected
from pm_assistant.domain.tenants import Activity, Availability, Connection, Credentials, Provider, Settings, TenantId
from tests.builders import ACME, a_connection
from tests.fakes.aws import FakeVault


def a_working_connection(
    tenant_id: TenantId = ACME, provider: Provider = Provider.SLACK, **changes: object
) -> Connection:
    """A connection whose credentials `FakeVault` opens."""
    sealed = FakeVault().seal(tenant_id, provider, Credentials(access_token=SecretStr("token")))
    return a_connection(tenant_id, provider, sealed_credentials=sealed, **changes)


class FakeConnections:
    """Connections in a dict, their activity in `activity`; of several threads one at a time writes."""

    def __init__(self, *connections: Connection) -> None:
        self._connections = {(c.tenant_id, c.provider): c for c in connections}
        self.activity: dict[tuple[TenantId, Provider], Activity] = {}
        self._lock = threading.Lock()

    def resolve(self, provider: Provider, external_id: str) -> Connection | None:
        """Find whose an outside id is."""
        found = (c for c in self._connections.values() if (c.provider, c.external_id) == (provider, external_id))
        return next(found, None)

    def get(self, tenant_id: TenantId, provider: Provider) -> Connection:
        """Read one."""
        if (tenant_id, provider) not in self._connections:
            raise NotConnected(causes.is_not_connected(provider.label))
        return self._connections[tenant_id, provider]

    def all(self, tenant_id: TenantId) -> Sequence[Connection]:
        """All of a tenant."""
        return [connection for (owner, _), connection in self._connections.items() if owner == tenant_id]

    def with_activity(self, tenant_id: TenantId) -> Sequence[tuple[Connection, Activity]]:
        """All of a tenant with what was heard of each."""
        return [(c, self.activity.get((tenant_id, c.provider), Activity())) for c in self.all(tenant_id)]

    def put(self, connection: Connection) -> None:
        """Create or replace one."""
        with self._lock:
            holder = self.resolve(connection.provider, connection.external_id)
            if holder and holder.tenant_id != connection.tenant_id:
                raise Conflict("the outside id is another tenant's")
            self._connections[connection.tenant_id, connection.provider] = connection

    def remove(self, tenant_id: TenantId, provider: Provider) -> None:
        """Forget one."""
        self._connections.pop((tenant_id, provider), None)
        self.activity.pop((tenant_id, provider), None)

    def change(self, tenant_id: TenantId, provider: Provider, **changes: object) -> None:
        """Change what is there, for `FakeConnectionStates`."""
        known = self._connections.get((tenant_id, provider))
        if known:
            self._connections[tenant_id, provider] = known.model_copy(update=changes)


class FakeConnectionStates:
    """Changes of the connections it is given."""

    def __init__(self, connections: FakeConnections | None = None) -> None:
        self._connections = connections or FakeConnections()
        self._granted: dict[tuple[TenantId, Provider], tuple[datetime, tuple[str, ...]]] = {}

    def renew(self, connection: Connection, *, before: bytes) -> bool:
        """Store fresh credentials."""
        tenant_id, provider, fresh = connection.tenant_id, connection.provider, connection.sealed_credentials
        known = self._known(tenant_id, provider)
        if known is None or known.sealed_credentials not in {before, fresh}:
            return False
        renewed = {"expires_at": connection.expires_at, "scopes": connection.scopes}
        self._connections.change(tenant_id, provider, sealed_credentials=fresh, **renewed)
        return True

    def regrant(self, tenant_id: TenantId, provider: Provider, scopes: Sequence[str], *, at: datetime) -> bool:
        """Note what the vendor lets us do."""
        known, (before, granted) = self._known(tenant_id, provider), self._granted.get((tenant_id, provider), (at, ()))
        if known is None or before > at or (before == at and granted not in {(), tuple(scopes)}):
            return False
        self._granted[tenant_id, provider] = (at, tuple(scopes))
        self._connections.change(tenant_id, provider, scopes=tuple(scopes))
        return True

    def adapt(self, tenant_id: TenantId, settings: Settings) -> None:
        """Bring the copies of settings up to date."""
        for connection in self._connections.all(tenant_id):
            copied = {name: getattr(settings, name) for name in ("settle_seconds", "retention_days", "channels")}
            self._connections.change(tenant_id, connection.provider, **copied)

    def mark_broken(
        self, tenant_id: TenantId, provider: Provider, *, reason: str, at: datetime, refused: bytes | None = None
    ) -> bool:
        """Note that our credentials no longer count."""
        known = self._known(tenant_id, provider)
        if known is None or known.broken_since or refused not in {None, known.sealed_credentials}:
            return False
        self._connections.change(tenant_id, provider, broken_since=at, broken_reason=reason)
        return True

    def mend(self, tenant_id: TenantId, provider: Provider, *, at: datetime) -> None:
        """Note since when they count again."""
        known = self._known(tenant_id, provider)
        if known is not None and (known.restored_at is None or known.restored_at < at):
            self._connections.change(tenant_id, provider, broken_since=None, broken_reason=None, restored_at=at)

    def note(
        self,
        tenant_id: TenantId,
        provider: Provider,
        *,
        event_at: datetime | None = None,
        sync_at: datetime | None = None,
    ) -> None:
        """Note activity."""
        known = self._connections.activity.get((tenant_id, provider), Activity())
        noted = {
            "last_event_at": max(filter(None, (known.last_event_at, event_at)), default=None),
            "last_sync_at": max(filter(None, (known.last_sync_at, sync_at)), default=None),
        }
        self._connections.activity[tenant_id, provider] = Activity.model_validate(noted)

    def activity(self, tenant_id: TenantId) -> Mapping[Provider, Activity]:
        """What was noted."""
        noted = self._connections.activity.items()
        return {provider: activity for (owner, provider), activity in noted if owner == tenant_id}

    def failed(self, tenant_id: TenantId, provider: Provider, *, at: datetime) -> Availability:
        """Note one more call without an answer."""
        before = self._availability(tenant_id, provider)
        changes = {"failures": before.failures + 1, "failing_since": before.failing_since or at}
        return self._note(tenant_id, provider, **changes)

    def pause(self, tenant_id: TenantId, provider: Provider, *, until: datetime, before: datetime | None) -> bool:
        """Note that the vendor is not asked before then."""
        noted = self._availability(tenant_id, provider)
        if not noted.failures or noted.retry_at != before:
            return False
        self._note(tenant_id, provider, retry_at=until)
        return True

    def answered(self, tenant_id: TenantId, provider: Provider) -> None:
        """Forget what failed."""
        self._note(tenant_id, provider, failures=0, failing_since=None, retry_at=None)

    def limit(self, tenant_id: TenantId, provider: Provider, *, until: datetime, reserve: bool = False) -> None:
        """Note until when the vendor is left alone."""
        name = "reserved_until" if reserve else "limited_until"
        noted = getattr(self._availability(tenant_id, provider), name)
        self._note(tenant_id, provider, **{name: max(noted or until, until)})

    def _availability(self, tenant_id: TenantId, provider: Provider) -> Availability:
        known = self._known(tenant_id, provider)
        return known.availability if known else Availability()

    def _note(self, tenant_id: TenantId, provider: Provider, **changes: object) -> Availability:
        if self._known(tenant_id, provider) is None:
            return Availability()
        noted = self._availability(tenant_id, provider).model_copy(update=changes)
        self._connections.change(tenant_id, provider, availability=noted)
        return noted

    def _known(self, tenant_id: TenantId, provider: Provider) -> Connection | None:
        return next((c for c in self._connections.all(tenant_id) if c.provider is provider), None)


class FakeOAuthStates:
    """Passes in dicts."""

    def __init__(self) -> None:
        self._links: dict[tuple[TenantId, str], ConnectLink] = {}
        self._authorizations: dict[tuple[TenantId, str], Authorization] = {}

    def put_link(self, code: str, link: ConnectLink) -> None:
        """Keep a link under its code."""
        self._links[link.tenant_id, code] = link

    def get_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Read a link."""
        link = self._links.get((tenant_id, code))
        return link if link and link.expires_at > now else None

    def take_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Redeem a link."""
        link = self._links.pop((tenant_id, code), None)
        return link if link and link.expires_at > now else None

    def put_authorization(self, state: str, authorization: Authorization) -> None:
        """Keep an authorization under its state."""
        self._authorizations[authorization.tenant_id, state] = authorization

    def take_authorization(self, tenant_id: TenantId, state: str, now: datetime) -> Authorization | None:
        """Redeem an authorization."""
        authorization = self._authorizations.pop((tenant_id, state), None)
        return authorization if authorization and authorization.expires_at > now else None
