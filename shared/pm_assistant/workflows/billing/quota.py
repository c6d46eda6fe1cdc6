"""Count what the model judges against what the tenant pays for; what is beyond it is judged the cheap way."""

from pm_assistant.domain.billing import terms_at
from pm_assistant.domain.spending import month_of
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit

BEYOND_PLAN = "the month's decisions of the team's plan are used up"


def reserve(tenant: Tenant, unit: Unit) -> bool:
    """Count a conversation that the model is about to judge; False, and counted as such, where nothing is left for it.

    One whose worker dies before it is given back stays counted: the model may have been asked.
    """
    quotas, month = unit.stores.quotas, month_of(unit.now())
    left = quotas.reserve(tenant.id, month, below=terms_at(tenant.billing, unit.now()).hard_stop) is not None
    if not left:
        quotas.went_beyond(tenant.id, month)
    return left
