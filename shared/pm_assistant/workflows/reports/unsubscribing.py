"""End a report by the link in its mail: whoever has the link may do that without a login, and nothing else.

The link says which subscription of which team, signed with a key of the team's own (HMAC, RFC 2104). It does not
expire: people look for it in mails of long ago.
"""

import base64
import hmac
from typing import NamedTuple

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.workflows.accounts.audit import UNKNOWN, entry
from pm_assistant.workflows.connections.schedule import end_report

PURPOSE = b"unsubscribe|"
"""Signed with what the link says, so that what the key may sign for another purpose is no such link."""


class LinkedReport(NamedTuple):
    """What a link is about; `team` is what the team calls itself."""

    tenant_id: TenantId
    subscription_id: str
    kind: str
    team: str


def unsubscribe_url(subscription_id: str, unit: Unit) -> str:
    """Where a mail of the report leads to end it."""
    about = _encoded(f"{unit.tenant_id}|{subscription_id}".encode())
    key = unit.stores.mail.make_link_key(unit.tenant_id)
    return f"{unit.public_url}/unsubscribe?link={about}.{_signature(about, key)}"


def linked_report(link: str, app: Application) -> LinkedReport:
    """Read what stands behind `link=` in such an address.

    Raises:
        NotFound: it is none that we have signed, or its team is gone.
    """
    about, _, signature = link.partition(".")
    try:
        decoded = base64.urlsafe_b64decode(about + "=" * (-len(about) % 4)).decode()
        tenant, subscription_id = decoded.split("|", 1)
    except ValueError as error:
        raise NotFound("no link of ours") from error
    tenant_id = TenantId(tenant)
    key = app.stores.mail.link_key(tenant_id)
    if key is None or not hmac.compare_digest(_signature(about, key).encode(), signature.encode()):
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


def _signature(about: str, key: bytes) -> str:
    return _encoded(hmac.digest(key, PURPOSE + about.encode(), "sha256"))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
