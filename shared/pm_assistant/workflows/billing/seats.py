"""Count a team's people against the seats of its plan; who is beyond them loses nothing but reports of their own."""

from contextlib import suppress

from pm_assistant.domain.billing import terms_at
from pm_assistant.domain.due import DueNotice, seats_due
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.seats import seated, seating_at
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.seated import people_of
from pm_assistant.workflows.update import update_tenant


def count_seats(tenant: Tenant, unit: Unit) -> None:
    """Note who has a seat where they run out, and have the admins told, once for each number of seats.

    It is noted with the tenant, so that nobody reads anything to ask for it.
    """
    if terms_at(tenant.billing, unit.now()).people is None and tenant.billing.seating is None:
        return
    people = people_of(unit)
    seating = seated(tenant.billing, people, unit.now())
    if seating == tenant.billing.seating:
        return
    due, before = seats_due(seating), seats_due(seating_at(tenant.billing, unit.now()))
    if due is not None and due != before:
        notice = DueNotice(tenant_id=tenant.id, what=due.what, occasion=due.occasion)
        unit.queues.reports.put(notice, group=tenant.id)

    def noted(known: Tenant) -> Tenant:
        return known.model_copy(update={"billing": known.billing.model_copy(update={"seating": seating})})

    with suppress(Conflict):  # The next look notes it.
        update_tenant(tenant.id, noted, unit.stores.tenants)
