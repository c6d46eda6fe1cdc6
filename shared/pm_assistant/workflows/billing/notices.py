"""Tell a tenant's admins what is due over money, once for each occasion."""

from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.due import Due, DueNotice, due_of
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.reports import Notice
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.due import words_of
from pm_assistant.presentation.i18n import Texts
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
    address = f"{unit.public_url}/billing"

    def told(texts: Texts) -> Notice:
        words = words_of(notice.what, texts)
        id = external_id(_key(notice), "notice")
        return Notice(id=id, title=words.title, text=words.text, link_text=words.button, url=address)

    count = tell_admins(
        _key(notice),
        notice.type,
        unit,
        mail=lambda to, texts: payment_due(
            to, team=tenant.name, words=words_of(notice.what, texts), address=address, texts=texts
        ),
        notice=told,
    )
    unit.stores.deliveries.finish(unit.tenant_id, "", notice.type, _key(notice), at=unit.now(), once=True)
    return count


def _key(notice: DueNotice) -> str:
    return f"{notice.type}|{notice.what}|{notice.occasion}"
