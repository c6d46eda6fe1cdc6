"""Tell a tenant's admins what is due over money, once for each occasion."""

from functools import partial

from pm_assistant.domain.due import Due, DueNotice, due_of
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.due import words_of
from pm_assistant.presentation.mails import payment_due
from pm_assistant.workflows.accounts.admin_notices import tell_admins

TOLD_ANYWAY = frozenset({Due.QUOTA_USED, Due.QUOTA_NEARLY_USED, Due.SEATS_EXCEEDED, Due.SEATS_NEARLY_USED})
"""What was counted is told, whatever else is due by now."""


def announce_due(tenant: Tenant, unit: Unit) -> None:
    """Have the admins told what is due, unless they were."""
    thing = due_of(tenant.billing, unit.now())
    if thing is None:
        return
    notice = DueNotice(tenant_id=tenant.id, what=thing.what, occasion=thing.occasion)
    if not unit.stores.deliveries.delivered(tenant.id, _key(notice)):
        unit.queues.reports.put(notice, group=tenant.id)


def tell_due(notice: DueNotice, unit: Unit) -> int:
    """Deliver a notice and return how many messages that took; what is not due any more is not worth one.

    Raises:
        Conflict: the same message is being sent right now; repeat.
        UpstreamUnavailable: the mail or the chat did not go out; repeat.
        UpstreamRejected: everybody was told but whom the mail will never reach.
    """
    try:
        tenant = unit.stores.tenants.get(unit.tenant_id)
    except NotFound:
        return 0
    if notice.what not in TOLD_ANYWAY and due_of(tenant.billing, unit.now()) != (notice.what, notice.occasion):
        return 0
    address, words = f"{unit.public_url}/billing", partial(words_of, notice.what)
    count = tell_admins(
        _key(notice),
        notice.type,
        unit,
        mail=lambda to, texts: payment_due(to, team=tenant.name, words=words(texts), address=address, texts=texts),
        words=words,
        url=address,
    )
    unit.stores.deliveries.finish(unit.tenant_id, "", notice.type, _key(notice), at=unit.now(), once=True)
    return count


def _key(notice: DueNotice) -> str:
    return f"{notice.type}|{notice.what}|{notice.occasion}"
