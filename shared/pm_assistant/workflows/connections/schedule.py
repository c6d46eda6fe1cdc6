"""Have what recurs for every tenant come due."""

from pm_assistant.ports.unit import Unit


def schedule_recurring(unit: Unit) -> bool:
    """Have all that recurs come due from now on; False if the tenant has nothing connected. May be repeated."""
    if not unit.stores.connections.all(unit.tenant_id):
        return False
    unit.schedules.put_recurring(unit.tenant_id)
    return True
