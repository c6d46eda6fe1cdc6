"""Hold a team to what it pays for where it wants something new; what it has stays."""

from pm_assistant.domain.billing import Feature, terms_at
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.workspaces import Provider
from pm_assistant.ports.unit import Unit


def check_may_connect(provider: Provider, unit: Unit) -> None:
    """Make sure that one vendor more may be connected; to connect again what is connected is never refused.

    Raises:
        Conflict: something is due, or the plan has no more than are connected.
    """
    connected = {connection.provider for connection in unit.stores.connections.all(unit.tenant_id)}
    if provider in connected:
        return
    tenant, now = unit.stores.tenants.get(unit.tenant_id), unit.now()
    if not tenant.may(Feature.CONNECT, at=now):
        raise Conflict(
            "something is due for the team's plan: until that is settled under Billing nothing new is connected"
        )
    most = terms_at(tenant.billing, now).connections
    if most is not None and len(connected) >= most:
        raise Conflict(
            f"the team's plan is for {most} connections: another is bought under Billing, or one is ended first"
        )
