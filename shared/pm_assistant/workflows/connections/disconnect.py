"""Disconnect a vendor: it forgets us, then we forget its token."""

from pm_assistant.domain.errors import AccessRevoked, ProductError
from pm_assistant.domain.tenants import Connection, Credentials, Provider
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.grants import app_of, open_credentials
from pm_assistant.workflows.connections.credentials import get_credentials


def disconnect(provider: Provider, unit: Unit, *, force: bool) -> bool:
    """Revoke at the vendor and forget the token; the tenant's data stays. Returns whether the vendor was told.

    With `force` we forget the token even if the vendor cannot be told, whatever the reason.

    Raises:
        NotConnected: there is nothing to disconnect.
        Misconfigured: our app or our key is not what it was when the vendor was connected.
        UpstreamError: the vendor did not do it; the connection is kept, so that it can be tried again.
    """
    connection, revoked = unit.stores.connections.get(unit.tenant_id, provider), True
    try:
        app_of(connection, unit).revoke(connection.external_id, _credentials(connection, unit))
    except ProductError as error:
        if not force:
            raise
        unit.alarm_if_ours(error)
        revoked = False
    unit.stores.connections.remove(unit.tenant_id, provider)
    return revoked


def _credentials(connection: Connection, unit: Unit) -> Credentials:
    """Such as the vendor still takes; of a broken connection those that we have."""
    try:
        return get_credentials(connection.provider, unit)
    except AccessRevoked:
        return open_credentials(connection, unit)
