"""Registering: found a team, or join one by invitation, and prove the address.

Whether an address is known is told to its mailbox and to nobody else. A code proves the address for one registration:
who registers somebody's address with another password is not let in by the code that its owner gives. What a crash
leaves half done is put right by a later step: who proves an address and has no account row comes from a registration
that broke off, or was removed, and is forgotten, so that the address can be registered anew.
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from pm_assistant.domain.accounts import WRONG_CODE, Account, Identity, Invitation, Registration, Role, canonical
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamError
from pm_assistant.domain.tenants import Tenant, TenantId, TenantState
from pm_assistant.ports.accounts import Accounts, Invitations, RateLimiter, Users
from pm_assistant.ports.reports import Mailer
from pm_assistant.ports.tenants import Tenants
from pm_assistant.presentation import mails
from pm_assistant.workflows.accounts.throttle import throttle
from pm_assistant.workflows.update import amend

PENDING_LASTS = timedelta(days=7)
"""How long what was registered waits for the address to be proven; then nothing is left of it."""

type Note = Callable[[Account, str], None]
"""Adds to the audit trail what was done at a door that needs no login, and to whose account."""


class Registered(StrEnum):
    """What came of a registration; for the log, never for the asker."""

    FOUNDED = "founded a team"
    JOINED = "joined a team"
    KNOWN = "has an account"
    KNOWN_NOT_TOLD = "has an account, mail failed"


def register(
    wish: Registration,
    *,
    users: Users,
    tenants: Tenants,
    accounts: Accounts,
    invitations: Invitations,
    rate_limiter: RateLimiter,
    mailer: Mailer,
    note: Note,
    address: str,
    public_url: str,
    now: datetime,
) -> tuple[Registered, TenantId]:
    """Let a person in: with a team of the person's own, which waits for the address to be proven, or as invited.

    Returns what came of it, and what `verify` knows the registration by: the tenant it is for. If the address has a
    user already, its mailbox hears of it, and the asker gets an answer like all others.

    Args:
        wish: who, and how.
        users: the directory.
        tenants: gets the team.
        accounts: gets the account.
        invitations: one is used up, if the wish names one.
        rate_limiter: counts attempts.
        mailer: tells who has an account already.
        note: hears of who has joined; of who founds a team it is heard when the address is proven.
        address: the network address the wish came from.
        public_url: where the API is reached.
        now: the time.

    Raises:
        Throttled: too many attempts.
        InvalidRequest: there is no such invitation for this address, or the password does not meet the policy.
    """
    email = canonical(wish.email)
    throttle("register", email=email, address=address, rate_limiter=rate_limiter, now=now)
    offer = _offer(wish.invitation, email, invitations, now) if wish.invitation is not None else None
    tenant_id = offer.tenant_id if offer else TenantId(uuid.uuid4().hex)
    try:
        user_id = users.register(email, wish.password.get_secret_value(), tenant_id=tenant_id)
    except Conflict:
        return _told(email, public_url, mailer), tenant_id
    role = offer.role if offer else Role.OWNER
    account = Account(id=user_id, tenant_id=tenant_id, email=email, role=role, created_at=now)
    if offer is None:
        # In this order: an account is never without its tenant.
        tenants.put(
            Tenant(id=tenant_id, name=wish.team_name or "", state=TenantState.PENDING, created_at=now),
            until=now + PENDING_LASTS,
        )
        accounts.put(account, until=now + PENDING_LASTS)
        return Registered.FOUNDED, tenant_id
    _join(account, offer, users=users, accounts=accounts, invitations=invitations)
    note(account, "account.joined")
    return Registered.JOINED, tenant_id


def verify(
    email: str,
    code: str,
    registration: str,
    *,
    users: Users,
    tenants: Tenants,
    accounts: Accounts,
    rate_limiter: RateLimiter,
    note: Note,
    address: str,
    now: datetime,
) -> None:
    """Take the code as proof of the address, if it was sent for this very registration, and open the tenant.

    If this breaks off in between, a repetition finds the code spent, and the first login opens the tenant.

    Raises:
        Throttled: too many attempts.
        InvalidRequest: the code is wrong, has expired or is another registration's, or registering broke off and has to
            be done again.
    """
    email = canonical(email)
    throttle("verify", email=email, address=address, rate_limiter=rate_limiter, now=now)
    who = users.find(email)
    if who is None or who.tenant_id != registration:
        raise InvalidRequest(WRONG_CODE, field="code")
    users.confirm(who.id, code)
    account = opened(who, tenants=tenants, accounts=accounts)
    if account is None:
        users.delete(who.id)
        raise InvalidRequest("registering broke off before it was complete; please register again")
    note(account, "account.verified")


def resend(email: str, *, users: Users, rate_limiter: RateLimiter, address: str, now: datetime) -> None:
    """Send the code that proves an address again, if somebody registered it and has not proven it.

    Raises:
        Throttled: too many attempts.
    """
    email = canonical(email)
    throttle("register", email=email, address=address, rate_limiter=rate_limiter, now=now)
    users.resend(email)


def opened(who: Identity, *, tenants: Tenants, accounts: Accounts) -> Account | None:
    """Find a proven person's account, None if it is gone; a tenant that waited for its owner to be proven is opened."""
    try:
        account, tenant = accounts.get(who.tenant_id, who.id), tenants.get(who.tenant_id)
    except NotFound:
        return None
    if account.role is Role.OWNER and tenant.state is TenantState.PENDING:
        accounts.put(account)
        amend(tenant.id, _open, tenants=tenants)
    return account


def _open(tenant: Tenant) -> Tenant:
    waits = tenant.state is TenantState.PENDING
    return tenant.model_copy(update={"state": TenantState.ACTIVE}) if waits else tenant


def invitation_id(secret: str) -> str:
    """Derive an invitation's id from the secret half of its code, without giving that away."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def _offer(code: str, email: str, invitations: Invitations, now: datetime) -> Invitation:
    tenant_id, _, secret = code.partition(".")
    try:
        offer = invitations.get(TenantId(tenant_id), invitation_id(secret), now)
    except NotFound:
        offer = None
    if offer is None or offer.email != email:
        raise InvalidRequest("there is no such invitation for this address (any more)", field="invitation")
    return offer


def _told(email: str, public_url: str, mailer: Mailer) -> Registered:
    try:
        mailer.send(mails.already_registered(email, public_url=public_url))
    except UpstreamError:
        return Registered.KNOWN_NOT_TOLD
    return Registered.KNOWN


def _join(account: Account, offer: Invitation, *, users: Users, accounts: Accounts, invitations: Invitations) -> None:
    """Take up an invitation; whoever is confirmed has an account before.

    Should it be taken up twice at a time, the directory keeps one user of the address, and that one's account stays.
    """
    accounts.put(account)
    invitations.remove(offer.tenant_id, offer.id)
    users.confirm(account.id, None)
    who = users.find(account.email)
    for other in accounts.all(account.tenant_id):
        if other.email == account.email and (who is None or other.id != who.id):
            accounts.remove(other.tenant_id, other.id)
