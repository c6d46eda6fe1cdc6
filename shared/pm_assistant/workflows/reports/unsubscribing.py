"""End a report by the link in its mail: whoever has the link may do that without a login, and nothing else.

The link says which subscription of which team, signed with a key of the team's own. It does not expire: people
look for it in mails of long ago.
"""

from typing import NamedTuple

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.workflows.accounts.audit import UNKNOWN, entry
from pm_assistant.workflows.accounts.signing import is_signed, said_in, signed
from pm_assistant.workflows.connections.schedule import end_report

PURPOSE = "unsubscribe"


class LinkedReport(NamedTuple):
    """What a link is about; `team` is what the team calls itself."""

    tenant_id: TenantId
    subscription_id: str
    kind: str
    team: str


def unsubscribe_url(subscription_id: str, unit: Unit) -> str:
    """Where a mail of the report leads to end it."""
    key = unit.stores.mail.make_link_key(unit.tenant_id)
    link = signed(f"{unit.tenant_id}|{subscription_id}", purpose=PURPOSE, key=key)
    return f"{unit.public_url}/unsubscribe?link={link}"


def linked_report(link: str, app: Application) -> LinkedReport:
    """Read what stands behind `link=` in such an address.

    Raises:
        NotFound: it is none that we have signed, or its team is gone.
    """
    tenant, is_there, subscription_id = said_in(link).partition("|")
    if not is_there:
        raise NotFound("no link of ours")
    tenant_id = TenantId(tenant)
    key = app.stores.mail.link_key(tenant_id)
    if key is None or not is_signed(link, purpose=PURPOSE, key=key):
        raise NotFound("no link of ours")
    team = app.stores.tenants.get(tenant_id).name
    return LinkedReport(tenant_id, subscription_id, subscription_id.partition(".")[0], team)


def unsubscribe_by_link(link: str, app: Application, *, request_id: str) -> LinkedReport:
    """End the report that a link is about; one that has ended is fine.

    Raises:
        NotFound: as `linked_report`.
    """
    report = linked_report(link, app)
    unit = app.unit(report.tenant_id)
    wish = unit.stores.subscriptions.get(report.tenant_id, report.subscription_id)
    if wish is not None:
        end_report(wish.id, unit)
        noted = entry(
            "subscription.ended",
            at=unit.now(),
            actor=UNKNOWN,
            target=wish.member_id,
            request_id=request_id,
            kind=report.kind,
            by="the link in the mail",
        )
        unit.stores.audit.add(report.tenant_id, noted)
    return report
