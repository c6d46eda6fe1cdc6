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

from pm_assistant.domain.accounts import WRONG_CODE, Account, Identity, Invitation, Registration, Role, canonical
from pm_assistant.domain.errors import Conflict, InvalidRequest, Misconfigured, NotFound, UpstreamError
from pm_assistant.domain.tenants import Tenant, TenantId, TenantState
from pm_assistant.ports.unit import Application
from pm_assistant.presentation import mails
from pm_assistant.workflows.accounts.audit import RequestOrigin, note_of_account
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
    email, now, stores = canonical(registration.email), app.now(), app.stores
    throttle("register", app, address=origin.address, email=email)
    invitation = _invitation(registration.invitation, email, app) if registration.invitation is not None else None
    tenant_id = invitation.tenant_id if invitation else TenantId(uuid.uuid4().hex)
    try:
        user_id = app.users.register(email, registration.password.get_secret_value(), tenant_id=tenant_id)
    except Conflict:
        return _warn_owner(email, app), tenant_id
    role = invitation.role if invitation else Role.OWNER
    account = Account(id=user_id, tenant_id=tenant_id, email=email, role=role, created_at=now)
    if invitation is None:
        tenant = Tenant(id=tenant_id, name=registration.team_name or "", state=TenantState.PENDING, created_at=now)
        # In this order: an account is never without its tenant.
        stores.tenants.put(tenant, until=now + PENDING_LASTS)
        stores.accounts.put(account, until=now + PENDING_LASTS)
        return Registered.FOUNDED, tenant_id
    _join(account, invitation, app)
    note_of_account(account, "account.joined", app, origin=origin)
    return Registered.JOINED, tenant_id


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
    app.users.confirm(identity.id, code)
    remember(email, app, address=origin.address)
    account = activate(identity, app)
    if account is None:
        app.users.delete(identity.id)
        raise InvalidRequest("registering broke off before it was complete; please register again")
    note_of_account(account, "account.verified", app, origin=origin)


def resend(email: str, app: Application, *, origin: RequestOrigin) -> None:
    """Send the code that proves an address again, if somebody registered it and has not proven it.

    Raises:
        Throttled: too many attempts.
    """
    email = canonical(email)
    throttle("register", app, address=origin.address, email=email)
    app.users.resend(email)


def activate(identity: Identity, app: Application) -> Account | None:
    """The account of a person who has proven the address, None if it is gone; opens a tenant that waited for that."""
    tenants, accounts = app.stores.tenants, app.stores.accounts
    try:
        account, tenant = accounts.get(identity.tenant_id, identity.id), tenants.get(identity.tenant_id)
    except NotFound:
        return None
    if account.role is Role.OWNER and tenant.state is TenantState.PENDING:
        accounts.put(account)
        update_tenant(tenant.id, _opened, tenants)
    return account


def _opened(tenant: Tenant) -> Tenant:
    waits = tenant.state is TenantState.PENDING
    return tenant.model_copy(update={"state": TenantState.ACTIVE}) if waits else tenant


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
        raise InvalidRequest("there is no such invitation for this address (any more)", field="invitation")
    return invitation


def _warn_owner(email: str, app: Application) -> Registered:
    """Let the mailbox of an address that has an account know that somebody tried to register it."""
    try:
        app.mailer.send(mails.already_registered(email, public_url=app.public_url))
    except (Misconfigured, UpstreamError):
        return Registered.KNOWN_NOT_TOLD
    return Registered.KNOWN


def _join(account: Account, invitation: Invitation, app: Application) -> None:
    """Take up an invitation; whoever is confirmed has an account before.

    Should it be taken up twice at a time, the directory keeps one user of the address, and that one's account stays.
    """
    accounts = app.stores.accounts
    accounts.put(account)
    # Of two that were made in the same moment the other one ends with it.
    for other_offer in app.stores.invitations.all(invitation.tenant_id, app.now()):
        if other_offer.email == account.email:
            app.stores.invitations.remove(invitation.tenant_id, other_offer.id)
    app.users.confirm(account.id, None)
    identity = app.users.find(account.email)
    for other in accounts.all(account.tenant_id):
        if other.email == account.email and (identity is None or other.id != identity.id):
            accounts.remove(other.tenant_id, other.id)
