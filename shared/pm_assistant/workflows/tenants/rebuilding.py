"""What can be made anew from a tenant's rows: its clockwork, and what its work is looked up in."""

from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.resume import resume
from pm_assistant.workflows.connections.schedule import reschedule_reports, schedule_recurring
from pm_assistant.workflows.tenants.closing import make_due_again


def rebuild_index(unit: Unit) -> int:
    """Make anew what tickets are looked up in, of which an earlier version of us told nothing; returns how many."""
    unit.stores.index.rebuild(unit.tenant_id)
    return len(unit.stores.index.read(unit.tenant_id).tickets)


def rebuild(unit: Unit) -> int:
    """Make due again all that should be, where the clockwork has lost it; may be repeated. Returns how much that is.

    Reports that people want, what recurs, the tenant's end if one is announced, and what waits to be done or shown.
    """
    return reschedule_reports(unit) + schedule_recurring(unit) + make_due_again(unit) + resume(unit)
