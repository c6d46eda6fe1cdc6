"""Who belongs to a tenant, and with what say: invite, change roles, remove.

An administrator has no say over owners, and a tenant always keeps one.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from pm_assistant.domain.accounts import SCOPE_OF, Account, Caller, Invitation, Role, Scope, canonical
from pm_assistant.domain.errors import Conflict, Forbidden, NotFound, Throttled
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.accounts import Accounts, ApiKeys, Invitations, RateLimiter, Sessions, Users
from pm_assistant.ports.reports import Mailer
from pm_assistant.ports.tenants import Tenants
from pm_assistant.presentation import mails
from pm_assistant.workflows.accounts.register import invitation_id

INVITATION_LASTS = timedelta(days=7)
INVITATIONS_AN_HOUR = 50
"""Each is a mail to somebody who did not ask for it."""


class Ended(NamedTuple):
    """What ended with a person's say: how many keys and how many offers."""

    keys: int
    invitations: int


def invite(
    email: str,
    role: Role,
    *,
    caller: Caller,
    tenants: Tenants,
    accounts: Accounts,
    invitations: Invitations,
    rate_limiter: RateLimiter,
    mailer: Mailer,
    public_url: str,
    now: datetime,
) -> Invitation:
    """Offer somebody to join, by a mail that holds the only copy of the code; an earlier offer no longer counts.

    Raises:
        Forbidden: only an owner may invite an owner, and a program nobody: the offer could outlive its key.
        Conflict: the address has an account in this tenant.
        Throttled: the tenant has sent too many.
    """
    if caller.kind != "account":
        raise Forbidden("invitations are made by people")
    email, tenant_id = canonical(email), caller.tenant_id
    _may_rule(caller, role)
    if any(account.email == email for account in accounts.all(tenant_id)):
        raise Conflict("this address has an account in this team already")
    sent = rate_limiter.count(f"invite|{tenant_id}", now=now, window_seconds=3_600)
    if sent > INVITATIONS_AN_HOUR:
        raise Throttled("too many invitations", retry_after=3_600 - int(now.timestamp()) % 3_600)
    for earlier in invitations.all(tenant_id, now):
        if earlier.email == email:
            invitations.remove(tenant_id, earlier.id)
    secret = secrets.token_urlsafe(32)
    offer = Invitation(
        id=invitation_id(secret),
        tenant_id=tenant_id,
        email=email,
        role=role,
        invited_by=caller.actor,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    invitations.put(offer)
    mailer.send(
        mails.invitation(
            email,
            team=tenants.get(tenant_id).name,
            invited_by=caller.name,
            code=f"{tenant_id}.{secret}",
            until=offer.expires_at,
            public_url=public_url,
        )
    )
    return offer


def cancel(invitation: str, *, caller: Caller, invitations: Invitations, now: datetime) -> Invitation:
    """Take an offer back.

    Raises:
        NotFound: there is no such offer (any more).
        Forbidden: only an owner may take back what was offered to an owner.
    """
    offer = invitations.get(caller.tenant_id, invitation, now)
    _may_rule(caller, offer.role)
    if not invitations.remove(caller.tenant_id, offer.id):
        raise NotFound("no such invitation")
    return offer


def change_role(
    account_id: str,
    role: Role,
    *,
    caller: Caller,
    accounts: Accounts,
    api_keys: ApiKeys,
    invitations: Invitations,
    now: datetime,
) -> tuple[Account, Ended]:
    """Give a person another role, and end what keys and offers the person made beyond it.

    Raises:
        NotFound: there is no such account.
        Forbidden: only an owner may make or unmake an owner.
        Conflict: nobody would be left as owner, or the account was changed at the same moment.
    """
    before = accounts.get(caller.tenant_id, account_id)
    _may_rule(caller, before.role, role)
    account = before.model_copy(update={"role": role})

    def change() -> None:
        accounts.replace(account, before=before)

    def restore() -> None:
        accounts.replace(before, before=account)

    _keeping_an_owner(before, change, restore, accounts, leaves=role is not Role.OWNER)
    return account, _end(account, left=SCOPE_OF[role], api_keys=api_keys, invitations=invitations, now=now)


def remove(
    account_id: str,
    *,
    caller: Caller,
    accounts: Accounts,
    api_keys: ApiKeys,
    invitations: Invitations,
    users: Users,
    sessions: Sessions,
    now: datetime,
) -> tuple[Account, Ended]:
    """End a person's access at once, with all keys and offers the person made.

    The row goes first: with it ends what any token is worth. If the rest breaks off, the next login clears it away.

    Raises:
        NotFound: there is no such account.
        Forbidden: only an owner may remove an owner.
        Conflict: nobody would be left as owner.
    """
    account = accounts.get(caller.tenant_id, account_id)
    _may_rule(caller, account.role)

    def change() -> None:
        accounts.remove(account.tenant_id, account.id)

    def restore() -> None:
        accounts.put(account)

    _keeping_an_owner(account, change, restore, accounts, leaves=True)
    ended = _end(account, left=None, api_keys=api_keys, invitations=invitations, now=now)
    sessions.end_all(account.id)
    users.delete(account.id)
    return account, ended


def _may_rule(caller: Caller, *roles: Role) -> None:
    if Role.OWNER in roles and not caller.scope.covers(Scope.OWNER):
        raise Forbidden("only an owner may do that to an owner")


def _keeping_an_owner(
    account: Account,
    change: Callable[[], None],
    restore: Callable[[], None],
    accounts: Accounts,
    *,
    leaves: bool,
) -> None:
    """Carry out a change unless it leaves nobody as owner; looked at again afterwards, for two may leave at a time."""
    leaves = leaves and account.role is Role.OWNER
    if leaves and not _owners(account.tenant_id, accounts) - {account.id}:
        raise Conflict("a team keeps at least one owner")
    change()
    if leaves and not _owners(account.tenant_id, accounts):
        restore()
        raise Conflict("a team keeps at least one owner")


def _owners(tenant_id: TenantId, accounts: Accounts) -> set[str]:
    return {account.id for account in accounts.all(tenant_id) if account.role is Role.OWNER}


def _end(account: Account, *, left: Scope | None, api_keys: ApiKeys, invitations: Invitations, now: datetime) -> Ended:
    """End the keys and offers a person made, but for those that the scope the person is left with would still allow.

    What one has seen works without one.
    """

    def lost(made_by: str, needed: Scope) -> bool:
        return made_by == f"account:{account.id}" and (left is None or not left.covers(needed))

    keys = [key for key in api_keys.all(account.tenant_id) if lost(key.created_by, key.scope)]
    offers = [
        offer
        for offer in invitations.all(account.tenant_id, now)
        if lost(offer.invited_by, Scope.OWNER if offer.role is Role.OWNER else Scope.ADMIN)
    ]
    for key in keys:
        api_keys.remove(key.tenant_id, key.id)
    for offer in offers:
        invitations.remove(offer.tenant_id, offer.id)
    return Ended(keys=len(keys), invitations=len(offers))
