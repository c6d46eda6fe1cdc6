"""Count what the model judges against what the tenant pays for; what is beyond it is judged the cheap way."""

from contextlib import suppress

from pm_assistant.domain.billing import Billing, terms_at
from pm_assistant.domain.due import Due, DueNotice
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.spending import month_of
from pm_assistant.domain.tenants import Tenant, TenantId
from pm_assistant.domain.usage import WARNED_AT, QuotaWarning
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.update import update_tenant

BEYOND_PLAN = "the month's decisions of the team's plan are used up"


def reserve(tenant: Tenant, unit: Unit) -> bool:
    """Count a conversation that the model is about to judge; False, and counted as such, where nothing is left for it.

    Who comes near the end of the month's, or to it, is told so once each. One whose worker dies before it is given back
    stays counted: the model may have been asked.
    """
    quotas, month, terms = unit.stores.quotas, month_of(unit.now()), terms_at(tenant.billing, unit.now())
    counted = quotas.reserve(tenant.id, month, below=terms.hard_stop)
    if counted is None:
        quotas.went_beyond(tenant.id, month)
    used = terms.hard_stop if counted is None else counted.used
    reached = max((percent for percent in WARNED_AT if used * 100 >= percent * terms.decisions), default=0)
    warning = QuotaWarning(month=month, percent=reached, decisions=terms.decisions)
    if reached and not _is_warned(tenant.billing, warning):
        _warn(tenant.id, warning, unit)
    return counted is not None


def _is_warned(billing: Billing, warning: QuotaWarning) -> bool:
    return billing.warned is not None and billing.warned.includes(warning)


def _warn(tenant_id: TenantId, warning: QuotaWarning, unit: Unit) -> None:
    """Have the admins told, then note it: whoever is interrupted in between tells them once all the same."""
    what = Due.QUOTA_USED if warning.percent >= 100 else Due.QUOTA_NEARLY_USED
    unit.queues.reports.put(DueNotice(tenant_id=tenant_id, what=what, occasion=warning.occasion), group=tenant_id)

    def warned(tenant: Tenant) -> Tenant:
        if _is_warned(tenant.billing, warning):
            return tenant
        return tenant.model_copy(update={"billing": tenant.billing.model_copy(update={"warned": warning})})

    with suppress(Conflict):  # The next one notes it.
        update_tenant(tenant_id, warned, unit.stores.tenants)
