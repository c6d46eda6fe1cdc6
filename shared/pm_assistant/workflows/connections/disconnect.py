"""Let go of a vendor: it forgets us, then we forget its token."""

from collections.abc import Callable
from datetime import datetime

from pm_assistant.domain.errors import AccessRevoked, ProductError
from pm_assistant.domain.tenants import Credentials, Provider, TenantId
from pm_assistant.ports.connections import Connections, ConnectionStates, RefreshLeases, Vault
from pm_assistant.ports.vendors import OAuthApp
from pm_assistant.workflows.connections.credentials import fresh


def disconnect(
    tenant_id: TenantId,
    provider: Provider,
    *,
    force: bool,
    connections: Connections,
    states: ConnectionStates,
    leases: RefreshLeases,
    vault: Vault,
    app: Callable[[], OAuthApp],
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
) -> bool:
    """Revoke at the vendor and forget the token; the tenant's data stays. Returns whether the vendor was told.

    With `force` we forget the token even if the vendor cannot be told, whatever the reason.

    Raises:
        NotConnected: there is nothing to let go of.
        UpstreamError: the vendor did not do it; the connection is kept, so that it can be tried again.
    """
    connection = connections.get(tenant_id, provider)

    def credentials() -> Credentials:
        """Such as the vendor still takes; of a broken connection those that we have."""
        try:
            return fresh(
                tenant_id,
                provider,
                connections=connections,
                states=states,
                leases=leases,
                vault=vault,
                app=app,
                clock=clock,
                wait=wait,
            )
        except AccessRevoked:
            return vault.open(tenant_id, provider, connection.sealed_credentials)

    told = True
    try:
        app().revoke(connection.external_id, credentials())
    except ProductError:
        if not force:
            raise
        told = False
    connections.remove(tenant_id, provider)
    return told
