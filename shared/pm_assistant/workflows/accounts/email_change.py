"""Change the address that somebody logs in with: whoever reads its mailbox confirms that, and the former one is told.

The code in the mail says what it is to change and until when, signed with a key of the team's. It is worth nothing
without a login of that very person. It is spent with the change, and with every password that is set before.
"""

from contextlib import suppress
from datetime import timedelta

from pydantic import AwareDatetime, ValidationError

from pm_assistant.domain.accounts import WRONG_CODE, Account, Caller, canonical
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound, UpstreamRejected
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import known_by
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation import mails
from pm_assistant.workflows.accounts.audit import RequestOrigin, note_of_account
from pm_assistant.workflows.accounts.login import check_password, end_sessions
from pm_assistant.workflows.accounts.mail_stops import ask_for_mail, confirm_mail
from pm_assistant.workflows.accounts.reader import texts_at
from pm_assistant.workflows.accounts.register import withdraw_offers
from pm_assistant.workflows.accounts.signing import is_signed, said_in, signed
from pm_assistant.workflows.accounts.throttle import remember, throttle

PURPOSE = "email"
LASTS = timedelta(hours=1)


class EmailTaken(Conflict):
    """Somebody else logs in with this address."""


class EmailChange(Model):
    """What a code changes.

    Attributes:
        before: the address that it changes; with another one it has been spent.
        sessions_from: when the account's sessions were ended last before it was mailed.
    """

    account_id: str
    before: str
    email: str
    ends_at: AwareDatetime
    sessions_from: AwareDatetime | None


def ask_for_email(email: str, current: str, caller: Caller, unit: Unit, *, origin: RequestOrigin) -> None:
    """Mail a code to the address that whoever knows the password wants to log in with; nothing is changed yet.

    Whether the address has a login is told to its mailbox and to nobody else: with the code.

    Raises:
        Forbidden: the caller is a program.
        Throttled: too many attempts.
        CalledJunk: who has the address did so with our mail.
        InvalidRequest: `current` is not the password, or it is the address already; names the field.
    """
    account, email = _own_account(caller, unit), canonical(email)
    if email == account.email:
        raise InvalidRequest(Translatable("this is your address already"), field="email")
    check_password(account, current, unit, origin=origin)
    throttle("register", unit, address=origin.address, email=email)
    ask_for_mail(email, unit, field="email")
    change = EmailChange(
        account_id=account.id,
        before=account.email,
        email=email,
        ends_at=unit.now() + LASTS,
        sessions_from=account.sessions_from,
    )
    code = signed(change.model_dump_json(), purpose=PURPOSE, key=unit.stores.mail.make_link_key(unit.tenant_id))
    texts = texts_at(account.email, unit.stores.directory.members(unit.tenant_id), asked_in=origin.language)
    mail = mails.email_change(email, before=account.email, code=code, public_url=unit.public_url, texts=texts)
    unit.mailer.send(mail)


def confirm_email(code: str, caller: Caller, unit: Unit, *, origin: RequestOrigin) -> Account:
    """Take the code as proof of the new address: the person logs in with it from now on, and all sessions end.

    What breaks off in between is put right by the same code. Invitations of the address into the own team end; the
    person stays known to the team by the new address.

    Raises:
        Forbidden: the caller is a program.
        Throttled: too many attempts.
        InvalidRequest: the code is wrong, spent or too old, or another person's.
        EmailTaken: somebody else logs in with that address.
        Conflict: the account kept changing; repeat.
        UpstreamUnavailable: the former address could not be told; repeat.
    """
    account = _own_account(caller, unit)
    throttle("verify", unit, address=origin.address, email=account.email)
    change = _read(code, account, unit)
    try:
        unit.users.move(account.id, change.email)
    except Conflict as error:
        raise EmailTaken(Translatable("this address has a login already")) from error
    _tell_former(code, change, unit, origin=origin)
    _keep_known(change, unit)
    former_emails = tuple(dict.fromkeys((*account.former_emails, account.email)))
    account = end_sessions(account, unit, email=change.email, former_emails=former_emails)
    withdraw_offers(account, unit)
    confirm_mail(account.tenant_id, account.email, unit)
    remember(account.email, unit, address=origin.address)
    note_of_account(account, "account.email_changed", unit, origin=origin, email=change.email, before=change.before)
    return account


def _own_account(caller: Caller, unit: Unit) -> Account:
    if caller.kind != "account":
        raise Forbidden("a key has no address; make another one instead")
    return unit.stores.accounts.get(unit.tenant_id, caller.id)


def _read(code: str, account: Account, unit: Unit) -> EmailChange:
    refused = InvalidRequest(WRONG_CODE, field="code")
    key = unit.stores.mail.link_key(unit.tenant_id)
    if key is None or not is_signed(code, purpose=PURPOSE, key=key):
        raise refused
    try:
        change = EmailChange.model_validate_json(said_in(code))
    except (NotFound, ValidationError) as error:
        raise refused from error
    is_spent = (change.before, change.sessions_from) != (account.email, account.sessions_from)
    if change.account_id != account.id or is_spent or unit.now() >= change.ends_at:
        raise refused
    return change


def _tell_former(code: str, change: EmailChange, unit: Unit, *, origin: RequestOrigin) -> None:
    """Once for each code; a mailbox that there is no more is no reason to keep the address."""
    stores, tenant_id, key = unit.stores, unit.tenant_id, f"email_changed|{code}"
    if stores.deliveries.delivered(tenant_id, key):
        return
    if stores.mail.stopped(tenant_id, change.before) is None:
        texts = texts_at(change.before, stores.directory.members(tenant_id), asked_in=origin.language)
        mail = mails.email_changed(change.before, email=change.email, public_url=unit.public_url, texts=texts)
        with suppress(InvalidRequest, UpstreamRejected):
            unit.mailer.send(mail)
    stores.deliveries.finish(tenant_id, change.account_id, "email_changed", key, at=unit.now(), once=True)


def _keep_known(change: EmailChange, unit: Unit) -> None:
    """Have the team know the person by the new address as by the former, unless it knows somebody by it already."""
    directory, tenant_id = unit.stores.directory, unit.tenant_id
    members = directory.members(tenant_id)
    member = known_by(change.before, members)
    if member is None or known_by(change.email, members) is not None:
        return
    others = (address for address in member.emails if canonical(address) != change.before)
    directory.replace_member(tenant_id, member.model_copy(update={"emails": (*others, change.email)}), before=member)
