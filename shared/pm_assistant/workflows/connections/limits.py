"""Hold a team to what it pays for where it wants something new; what it has stays."""

from pm_assistant.domain.billing import Feature, terms_at
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.workspaces import Provider
from pm_assistant.ports.unit import Unit


def check_may_connect(provider: Provider, tenant: Tenant, unit: Unit) -> None:
    """Make sure that one vendor more may be connected; to connect again what is connected is never refused.

    What is connected is counted where something bounds it, and nowhere else.

    Raises:
        Conflict: something is due, or the plan has no more than are connected.
    """
    now = unit.now()
    may_connect, most = tenant.may(Feature.CONNECT, at=now), terms_at(tenant.billing, now).connections
    if may_connect and most is None:
        return
    connected = {connection.provider for connection in unit.stores.connections.all(tenant.id)}
    if provider in connected:
        return
    if not may_connect:
        raise Conflict(
            Translatable(
                "something is due for the team's plan: until that is settled under Billing nothing new is connected"
            )
        )
    if most is not None and len(connected) >= most:
        raise Conflict(
            Translatable(
                "the team's plan is for {count} connections: another is bought under Billing, or one is ended first",
                count=str(most),
            )
        )
