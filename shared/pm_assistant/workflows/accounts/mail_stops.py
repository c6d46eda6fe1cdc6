"""Addresses that mail came back from, or whose reader called it junk, are sent nothing until somebody confirms them."""

from contextlib import suppress

from pm_assistant.domain.accounts import MailReturned, MailStop, Role
from pm_assistant.domain.errors import InvalidRequest, NotFound, UpstreamRejected
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.presentation.mails import mail_stopped
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.accounts.reader import texts_at


class CalledJunk(InvalidRequest):
    """Whoever has an address called our mail junk, which nobody else takes back."""


def stop_mail(returned: MailReturned, unit: Unit) -> int:
    """Send nothing more to the address, and tell the team's other owners and admins; returns how many were told.

    A repetition tells whoever has not been told. Of a team that is gone nobody is left to tell.

    Raises:
        UpstreamUnavailable: the mail did not go out; repeat.
    """
    stores, tenant_id = unit.stores, unit.tenant_id
    try:
        team = stores.tenants.get(tenant_id).name
    except NotFound:
        return 0
    key = f"mail_stopped|{returned.email}|{returned.at.isoformat()}"
    if stores.deliveries.delivered(tenant_id, key):
        return 0
    stores.mail.stop(tenant_id, MailStop(email=returned.email, reason=returned.reason, at=returned.at))
    notified, people = 0, stores.directory.members(tenant_id)
    for admin in stores.accounts.all(tenant_id):
        is_told = stores.deliveries.delivered(tenant_id, f"{key}|{admin.id}")
        if admin.role is Role.MEMBER or is_told or stores.mail.stopped(tenant_id, admin.email):
            continue
        with suppress(InvalidRequest, UpstreamRejected):  # what will never reach one of them is no reason to stop here
            texts = texts_at(admin.email, people)
            mail = mail_stopped(admin.email, team=team, returned=returned, public_url=unit.public_url, texts=texts)
            unit.mailer.send(mail)
            notified += 1
        stores.deliveries.finish(tenant_id, admin.id, "mail_stopped", f"{key}|{admin.id}", at=unit.now(), once=True)
    noted = entry("mail.stopped", at=unit.now(), email=returned.email, reason=returned.reason)
    stores.audit.add(tenant_id, noted)
    stores.deliveries.finish(tenant_id, "", "mail_stopped", key, at=unit.now(), once=True)
    return notified


def ask_for_mail(email: str, unit: Unit, *, field: str) -> None:
    """Send mail to an address again because somebody asks for it: what bounced may have been mended.

    Raises:
        CalledJunk: its reader did so with our mail, and has not confirmed the address since; names `field`.
    """
    stop = unit.stores.mail.stopped(unit.tenant_id, email)
    if stop is not None and stop.reason == "Complaint":
        raise CalledJunk(
            Translatable("who has this address called our mail junk: it has to be confirmed by a code"), field=field
        )
    if stop is not None:
        confirm_mail(unit.tenant_id, email, unit)


def confirm_mail(tenant_id: TenantId, email: str, app: Application) -> None:
    """Send mail to an address again, whatever had stopped it: a code that was mailed there has come back."""
    if app.stores.mail.stopped(tenant_id, email) is not None:
        app.stores.mail.resume(tenant_id, email)
        app.stores.audit.add(tenant_id, entry("mail.resumed", at=app.now(), email=email))
