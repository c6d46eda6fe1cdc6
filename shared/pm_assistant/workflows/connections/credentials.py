"""Hand out a tenant's credentials at a vendor, refreshed if they are about to end: by one at a time, each once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pm_assistant.domain.errors import AccessRevoked, UpstreamError, UpstreamUnavailable
from pm_assistant.domain.tenants import Connection, Credentials, Provider, TenantId
from pm_assistant.ports.connections import Connections, ConnectionStates, RefreshLeases, Vault
from pm_assistant.ports.vendors import OAuthApp

MARGIN = timedelta(minutes=5)
"""Credentials that end sooner are refreshed: longer than any function may run with what it was handed."""

LEASE = timedelta(seconds=60)
"""Longer than a refresh with all its attempts to store takes, so that a lease never ends under its holder."""

PATIENCE = timedelta(seconds=20)
POLL_SECONDS = 0.2
STORE_ATTEMPTS = 5
"""How often fresh credentials are offered to the store, with doubling waits."""


def fresh(
    tenant_id: TenantId,
    provider: Provider,
    *,
    connections: Connections,
    states: ConnectionStates,
    leases: RefreshLeases,
    vault: Vault,
    app: Callable[[], OAuthApp],
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
    use: Callable[[bytes], object] = lambda sealed: None,
) -> Credentials:
    """Credentials that last at least for `MARGIN`, in one read where they do anyway.

    Whoever finds them about to end takes a lease, reads again and refreshes; the others wait and read. The app is made
    only by who refreshes: its secrets are nobody else's business. `use` hears which sealed ones are about to be used,
    so that a refusal can be told to be of these.

    Raises:
        NotConnected: the tenant has not connected that vendor.
        AccessRevoked: the connection is broken, which costs no call, or the vendor has just said that it is.
        UpstreamUnavailable: the vendor or another's refresh did not get done; repeat.
    """
    started = clock()
    while True:
        connection = _working(connections.get(tenant_id, provider), use)
        now = clock()
        if not _ending(connection, now):
            return vault.open(tenant_id, provider, connection.sealed_credentials)
        if leases.hold(tenant_id, provider, now=now, until=now + LEASE):
            try:
                connection = _working(connections.get(tenant_id, provider), use)
                if _ending(connection, clock()):
                    refreshed = _refreshed(connection, states=states, vault=vault, app=app(), wait=wait, use=use)
                    if refreshed is not None:
                        return refreshed
            finally:
                leases.let_go(tenant_id, provider)
        elif now - started > PATIENCE:
            raise UpstreamUnavailable(f"the credentials at {provider} are being refreshed")
        else:
            wait(POLL_SECONDS)


def _working(connection: Connection, use: Callable[[bytes], object]) -> Connection:
    use(connection.sealed_credentials)
    if connection.broken_since is not None:
        raise AccessRevoked(f"the connection to {connection.provider} is broken", provider=connection.provider)
    return connection


def _ending(connection: Connection, now: datetime) -> bool:
    return connection.expires_at is not None and connection.expires_at - now < MARGIN


def _refreshed(
    connection: Connection,
    *,
    states: ConnectionStates,
    vault: Vault,
    app: OAuthApp,
    wait: Callable[[float], None],
    use: Callable[[bytes], object],
) -> Credentials | None:
    """Refresh and store; None if others were stored meanwhile: somebody connected anew, and theirs count.

    At most vendors the old ones are spent by now, so the store is not let off at its first failure.
    """
    tenant_id, provider = connection.tenant_id, connection.provider
    spent = vault.open(tenant_id, provider, connection.sealed_credentials)
    credentials = app.refresh(connection.external_id, spent)

    def store() -> bool:
        sealed = vault.seal(tenant_id, provider, credentials)
        use(sealed)
        renewed = connection.model_copy(update={"sealed_credentials": sealed, "expires_at": credentials.expires_at})
        return states.renew(renewed, before=connection.sealed_credentials)

    return credentials if _insisting(store, wait) else None


def _insisting(store: Callable[[], bool], wait: Callable[[float], None]) -> bool:
    for attempt in range(1, STORE_ATTEMPTS):
        try:
            return store()
        except UpstreamError:
            wait(POLL_SECONDS * 2**attempt)
    return store()
