"""Look at what every team pays for, whether it has connected anything or not, and whether anybody has told of a change.

Every hour all teams are gone through, a page to a message, so that what is interrupted goes on where it was. Of
each it is counted who has a seat, its admins are told what is due, and once a day the provider is asked about it.
"""

from datetime import timedelta

from pm_assistant.domain.billing import Billing, BillingDue
from pm_assistant.domain.errors import NotFound, ProductError
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.tenants import Tenant, TenantState
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.workflows.billing.notices import announce_due
from pm_assistant.workflows.billing.seats import count_seats

BILLING = "billing"
"""What is due by that name in the app's own name is such a look; behind a `|` stands where it goes on."""
A_PAGE = 100
ASKED_EVERY = timedelta(hours=23)
"""The hours are not exact, and whoever was asked about yesterday is to be asked about today."""


def review_billing(due: JobDue, app: Application) -> int:
    """Look at the next teams and have the others looked at; returns how many of these could not be.

    A team that moves in the list meanwhile may be passed over, until the next hour.
    """
    _, _, after = due.job_id.partition("|")
    healths = app.stores.healths.page(after=after or None, limit=A_PAGE)
    failed = sum(not _looked_at(app.unit(health.tenant_id)) for health in healths)
    if len(healths) == A_PAGE:
        going_on = due.model_copy(update={"job_id": f"{BILLING}|{healths[-1].place}"})
        app.queues.jobs.put(going_on, group=due.tenant_id)
    return failed


def _looked_at(unit: Unit) -> bool:
    """Look at one team; False where that went wrong, which is no other team's business."""
    try:
        tenant = unit.stores.tenants.get(unit.tenant_id)
    except NotFound:
        return True  # It has left us.
    try:
        _look(tenant, unit)
    except ProductError:
        return False
    return True


def _look(tenant: Tenant, unit: Unit) -> None:
    if _is_to_be_asked_about(tenant.billing, unit):
        unit.queues.billing.put(BillingDue(tenant_id=tenant.id), group=tenant.id)
    if tenant.state is TenantState.ACTIVE and tenant.suspended is None:
        announce_due(tenant, unit)
        count_seats(tenant, unit)


def _is_to_be_asked_about(billing: Billing, unit: Unit) -> bool:
    asked_at = billing.synced_at
    return billing.customer_id is not None and (asked_at is None or unit.now() - asked_at >= ASKED_EVERY)
