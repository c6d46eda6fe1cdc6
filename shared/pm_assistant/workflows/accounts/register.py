"""Registering: found a team, or join one by invitation, and prove the address.

Whether an address is known is told to its mailbox and to nobody else. A code proves the address for one registration:
who registers somebody's address with another password is not let in by the code that its owner gives. What a crash
leaves half done is put right by a later step: who proves an address and has no account row comes from a registration
that broke off, or was removed, and is forgotten, so that the address can be registered anew.
"""

import hashlib
import uuid
from datetime import timedelta
from enum import StrEnum

from pm_assistant.domain.accounts import (
    WRONG_CODE,
    Account,
    Identity,
    Invitation,
    Registration,
    Role,
    canonical,
    read_code,
)
from pm_assistant.domain.billing import TRIAL, Billing
from pm_assistant.domain.errors import Conflict, InvalidRequest, Misconfigured, NotFound, UpstreamError
from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.spending import month_of
from pm_assistant.domain.tenants import Tenant, TenantId, TenantState
from pm_assistant.ports.unit import Application
from pm_assistant.presentation import mails
from pm_assistant.workflows.accounts.audit import RequestOrigin, note_of_account
from pm_assistant.workflows.accounts.reader import texts_of_login
from pm_assistant.workflows.accounts.throttle import remember, throttle
from pm_assistant.workflows.update import update_tenant

PENDING_LASTS = timedelta(days=7)
"""How long what was registered waits for the address to be proven; then nothing is left of it."""


class Registered(StrEnum):
    """What came of a registration; for the log, never for the asker."""

    FOUNDED = "founded a team"
    JOINED = "joined a team"
    KNOWN = "has an account"
    KNOWN_NOT_TOLD = "has an account, mail failed"


def register(registration: Registration, app: Application, *, origin: RequestOrigin) -> tuple[Registered, TenantId]:
    """Let a person in: with a team of the person's own, which waits for the address to be proven, or as invited.

    Returns what came of it, and what `verify` knows the registration by: the tenant it is for. If the address has a
    user already, its mailbox hears of it, and the asker gets an answer like all others. The audit trail hears at once
    of who joins; of who founds a team it hears when the address is proven.

    Raises:
        Throttled: too many attempts.
        InvalidRequest: there is no such invitation for this address, or the password does not meet the policy.
    """
    email, password = canonical(registration.email), registration.password.get_secret_value()
    throttle("register", app, address=origin.address, email=email)
    if registration.invitation is None:
        tenant_id = TenantId(uuid.uuid4().hex)
        return _found(tenant_id, registration.team_name or "", email, password, app, origin=origin), tenant_id
    invitation = _invitation(registration.invitation, email, app)
    return _join(invitation, password, app, origin=origin), invitation.tenant_id


def _found(
    tenant_id: TenantId, name: str, email: str, password: str, app: Application, *, origin: RequestOrigin
) -> Registered:
    now = app.now()
    try:
        user_id = app.users.register(email, password, tenant_id=tenant_id, language=origin.language)
    except Conflict:
        return _warn_owner(email, app, origin=origin)
    # In this order: an account is never without its tenant.
    billing = Billing(trial_ends_at=now + TRIAL)
    tenant = Tenant(id=tenant_id, name=name, state=TenantState.PENDING, created_at=now, billing=billing)
    app.stores.tenants.put(tenant, until=now + PENDING_LASTS)
    account = Account(id=user_id, tenant_id=tenant_id, email=email, role=Role.OWNER, created_at=now)
    app.stores.accounts.put(account, until=now + PENDING_LASTS)
    return Registered.FOUNDED


def _join(invitation: Invitation, password: str, app: Application, *, origin: RequestOrigin) -> Registered:
    """Let a person in whose address an invitation proves; it goes last, for whoever breaks off comes back with it."""
    tenant_id, email = invitation.tenant_id, invitation.email
    try:
        user_id = app.users.enroll(email, password, tenant_id=tenant_id)
    except Conflict:
        account = _account_in(tenant_id, email, app)
        if account is None:
            return _warn_owner(email, app, origin=origin)
    else:
        account = Account(id=user_id, tenant_id=tenant_id, email=email, role=invitation.role, created_at=app.now())
        # In this order: whoever is let in has an account.
        app.stores.accounts.put(account)
        app.users.admit(user_id, password)
    _remove_doubles(account, app)
    note_of_account(account, "account.joined", app, origin=origin)
    withdraw_offers(account, app)
    return Registered.JOINED


def verify(email: str, code: str, registration_id: str, app: Application, *, origin: RequestOrigin) -> None:
    """Take the code as proof of the address, if it was sent for this very registration, and open the tenant.

    If this breaks off in between, a repetition finds the code spent, and the first login opens the tenant.

    Raises:
        Throttled: too many attempts.
        InvalidRequest: the code is wrong, has expired or is another registration's, or registering broke off and has to
            be done again.
    """
    email = canonical(email)
    # By the registration as well, which a stranger does not know: nobody else's guesses count against it.
    throttle("verify", app, address=origin.address, email=f"{email}|{registration_id}")
    identity = app.users.find(email)
    if identity is None or identity.tenant_id != registration_id:
        raise InvalidRequest(WRONG_CODE, field="code")
    app.users.confirm(identity.id, read_code(code))
    remember(email, app, address=origin.address)
    account = activate(identity, app)
    if account is None:
        app.users.delete(identity.id)
        raise InvalidRequest(Translatable("registering broke off before it was complete; please register again"))
    note_of_account(account, "account.verified", app, origin=origin)


def resend(email: str, app: Application, *, origin: RequestOrigin) -> None:
    """Send the code that proves an address again, if somebody registered it and has not proven it.

    Raises:
        Throttled: too many attempts.
    """
    email = canonical(email)
    throttle("register", app, address=origin.address, email=email)
    app.users.resend(email, language=origin.language)


def activate(identity: Identity, app: Application) -> Account | None:
    """The account of a person who has proven the address, None if it is gone; opens a tenant that waited for that."""
    tenants, accounts = app.stores.tenants, app.stores.accounts
    try:
        account, tenant = accounts.get(identity.tenant_id, identity.id), tenants.get(identity.tenant_id)
    except NotFound:
        return None
    if account.role is Role.OWNER and tenant.state is TenantState.PENDING:
        accounts.put(account)
        opened, now = update_tenant(tenant.id, _opened, tenants)[1], app.now()
        app.stores.healths.put(TenantHealth.of(opened, month=month_of(now), at=now))
    return account


def _opened(tenant: Tenant) -> Tenant:
    waits = tenant.state is TenantState.PENDING
    return tenant.model_copy(update={"state": TenantState.ACTIVE}) if waits else tenant


def withdraw_offers(account: Account, app: Application) -> None:
    """End all invitations of a person's address into the person's team: also one made in the same moment as another."""
    invitations = app.stores.invitations
    for offer in invitations.all(account.tenant_id, app.now()):
        if offer.email == account.email:
            invitations.remove(account.tenant_id, offer.id)


def invitation_id(secret: str) -> str:
    """Derive an invitation's id from the secret half of its code, without giving that away."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def _invitation(code: str, email: str, app: Application) -> Invitation:
    tenant_id, _, secret = code.partition(".")
    try:
        invitation = app.stores.invitations.get(TenantId(tenant_id), invitation_id(secret), app.now())
    except NotFound:
        invitation = None
    if invitation is None or invitation.email != email:
        raise InvalidRequest(
            Translatable("there is no such invitation for this address (any more)"), field="invitation"
        )
    return invitation


def _warn_owner(email: str, app: Application, *, origin: RequestOrigin) -> Registered:
    """Let the mailbox of an address that has an account know that somebody tried to register it."""
    try:
        texts = texts_of_login(email, app, asked_in=origin.language)
        app.mailer.send(mails.already_registered(email, public_url=app.public_url, texts=texts))
    except (Misconfigured, UpstreamError):
        return Registered.KNOWN_NOT_TOLD
    return Registered.KNOWN


def _account_in(tenant_id: TenantId, email: str, app: Application) -> Account | None:
    """The account in a tenant of a person whose address is proven, such as who broke off when joining it."""
    identity = app.users.find(email)
    if identity is None or identity.tenant_id != tenant_id:
        return None
    try:
        return app.stores.accounts.get(tenant_id, identity.id)
    except NotFound:
        return None


def _remove_doubles(account: Account, app: Application) -> None:
    """Leave one account of an address, should an invitation be taken up twice at a time: the directory's own user's."""
    accounts, identity = app.stores.accounts, app.users.find(account.email)
    for other in accounts.all(account.tenant_id):
        if other.email == account.email and (identity is None or other.id != identity.id):
            accounts.remove(other.tenant_id, other.id)
