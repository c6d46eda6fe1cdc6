"""Who belongs to a tenant, and with what say: invite, change roles, remove.

An administrator has no say over owners, and a tenant always keeps one.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from pm_assistant.domain.accounts import SCOPE_OF, Account, Caller, Invitation, Role, Scope, canonical
from pm_assistant.domain.errors import Conflict, Forbidden, NotFound, Throttled
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.accounts import Accounts
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation import mails
from pm_assistant.workflows.accounts.audit import RequestOrigin
from pm_assistant.workflows.accounts.calendars import end_calendars_of
from pm_assistant.workflows.accounts.mail_stops import ask_for_mail
from pm_assistant.workflows.accounts.reader import texts_at
from pm_assistant.workflows.accounts.register import invitation_id, withdraw_offers
from pm_assistant.workflows.accounts.rules import end_rules_of
from pm_assistant.workflows.accounts.seated import seats_lacking

INVITATION_LASTS = timedelta(days=7)
INVITATIONS_AN_HOUR = 20
INVITATIONS_A_DAY = 50
"""Of a tenant; each is a mail to somebody who did not ask for it."""
INVITATIONS_TO_ONE = 3
"""A day, to one address, from all tenants together: whoever does not want to join is left alone."""


class LastOwner(Conflict):
    """Nobody would be left who owns the team."""


class HasAccount(Conflict):
    """Who has this address can log in already."""


class Ended(NamedTuple):
    """What ended with a person's say: how many keys and how many invitations."""

    keys: int
    invitations: int

    def noted(self, account: Account) -> dict[str, str]:
        """What the audit trail keeps of it, and of whose say it was."""
        return {
            "email": account.email,
            "keys_revoked": str(self.keys),
            "invitations_cancelled": str(self.invitations),
        }


def invite(
    email: str, role: Role, caller: Caller, unit: Unit, *, origin: RequestOrigin, write: str | None = None
) -> Invitation:
    """Offer somebody to join, by a mail that holds the only copy of the code; an earlier offer no longer counts.

    Offered again in the same write, what was mailed counts, and nothing is mailed. Whoever there is no seat for is
    invited all the same, and told what waits until there is one.

    Raises:
        Forbidden: only an owner may invite an owner, and a program nobody: the offer could outlive its key.
        HasAccount: the address has an account in this tenant.
        CalledJunk: who has the address did so with our mail.
        Throttled: the tenant has sent too many, or the address has been sent too many.
    """
    if caller.kind != "account":
        raise Forbidden("invitations are made by people")
    email, tenant_id, now, stores = canonical(email), unit.tenant_id, unit.now(), unit.stores
    _check_may_manage(caller, role)
    invited = stores.invitations.all(tenant_id, now)
    open_invitations = [offer for offer in invited if offer.email == email]
    if write and open_invitations and stores.deliveries.delivered(tenant_id, _mailed(write)):
        return open_invitations[0]
    if any(account.email == email for account in stores.accounts.all(tenant_id)):
        raise HasAccount(Translatable("this address has an account in this team already"))
    _count_invitation(email, unit)
    ask_for_mail(email, unit, field="email")
    for offer in open_invitations:
        stores.invitations.remove(tenant_id, offer.id)
    secret, tenant = secrets.token_urlsafe(32), stores.tenants.get(tenant_id)
    invitation = Invitation(
        id=invitation_id(secret),
        tenant_id=tenant_id,
        email=email,
        role=role,
        invited_by=caller.actor,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
        waits_for_seat=seats_lacking(tenant, unit, invited={email, *(offer.email for offer in invited)}) > 0,
    )
    stores.invitations.put(invitation)
    unit.mailer.send(
        mails.invitation(
            invitation,
            team=tenant.name,
            invited_by=caller.name,
            code=f"{tenant_id}.{secret}",
            public_url=unit.public_url,
            texts=texts_at(email, stores.directory.members(tenant_id), asked_in=origin.language),
        )
    )
    if write:
        stores.deliveries.finish(tenant_id, invitation.id, "invitation", _mailed(write), at=now, once=True)
    return invitation


def _mailed(write: str) -> str:
    return f"invitation|{write}"


def _count_invitation(email: str, unit: Unit) -> None:
    now = unit.now()
    limits = [
        (f"invite|{unit.tenant_id}", INVITATIONS_AN_HOUR, 3_600),
        (f"invite|{unit.tenant_id}", INVITATIONS_A_DAY, 86_400),
        (f"invited|{email}", INVITATIONS_TO_ONE, 86_400),
    ]
    for who, most, seconds in limits:
        if unit.stores.rate_limiter.count(who, now=now, window_seconds=seconds) > most:
            raise Throttled("too many invitations", retry_after=seconds - int(now.timestamp()) % seconds)


def cancel(invitation_id: str, caller: Caller, unit: Unit) -> Invitation:
    """Take an invitation back.

    Raises:
        NotFound: there is no such invitation (any more).
        Forbidden: only an owner may take back what was offered to an owner.
    """
    invitations = unit.stores.invitations
    invitation = invitations.get(unit.tenant_id, invitation_id, unit.now())
    _check_may_manage(caller, invitation.role)
    if not invitations.remove(unit.tenant_id, invitation.id):
        raise NotFound("no such invitation")
    return invitation


def change_role(account_id: str, role: Role, caller: Caller, unit: Unit) -> tuple[Account, Ended]:
    """Give a person another role, and end what keys and invitations the person made beyond it.

    Raises:
        NotFound: there is no such account.
        Forbidden: only an owner may make or unmake an owner.
        LastOwner: nobody would be left as owner.
        Conflict: the account was changed at the same moment.
    """
    accounts = unit.stores.accounts
    before = accounts.get(unit.tenant_id, account_id)
    _check_may_manage(caller, before.role, role)
    account = before.model_copy(update={"role": role})

    def change() -> None:
        accounts.replace(account, before=before)

    def restore() -> None:
        accounts.replace(before, before=account)

    _keeping_an_owner(before, change, restore, accounts, ends_ownership=role is not Role.OWNER)
    return account, _revoke_beyond(SCOPE_OF[role], account, unit)


def remove(account_id: str, caller: Caller, unit: Unit) -> tuple[Account, Ended]:
    """End a person's access at once, with all keys, invitations and rules the person made, and offers to that address.

    The row goes first: with it ends what any token is worth. If the rest breaks off, the next login clears it away.

    Raises:
        NotFound: there is no such account.
        Forbidden: only an owner may remove an owner.
        LastOwner: nobody would be left as owner.
    """
    accounts = unit.stores.accounts
    account = accounts.get(unit.tenant_id, account_id)
    _check_may_manage(caller, account.role)

    def change() -> None:
        accounts.remove(account.tenant_id, account.id)

    def restore() -> None:
        accounts.put(account)

    _keeping_an_owner(account, change, restore, accounts, ends_ownership=True)
    ended = _revoke_beyond(None, account, unit)
    end_rules_of({f"account:{account.id}"}, unit)
    withdraw_offers(account, unit)
    end_calendars_of(account.id, unit)
    for session in unit.stores.browser_sessions.of_account(account.tenant_id, account.id):
        unit.stores.browser_sessions.remove(account.tenant_id, account.id, session.digest)
    unit.sessions.end_all(account.id)
    unit.users.delete(account.id)
    return account, ended


def leave(caller: Caller, unit: Unit) -> tuple[Account, Ended]:
    """End one's own access, and with it the login; what one said and decided stays the team's.

    Raises:
        Forbidden: the caller is a program.
        LastOwner: nobody would be left as owner.
    """
    if caller.kind != "account":
        raise Forbidden("a key does not leave; revoke it instead")
    return remove(caller.id, caller, unit)


def _check_may_manage(caller: Caller, *roles: Role) -> None:
    if Role.OWNER in roles and not caller.scope.covers(Scope.OWNER):
        raise Forbidden(Translatable("only an owner may do that to an owner"))


def _keeping_an_owner(
    account: Account,
    change: Callable[[], None],
    restore: Callable[[], None],
    accounts: Accounts,
    *,
    ends_ownership: bool,
) -> None:
    """Carry out a change unless it leaves nobody as owner; looked at again afterwards, for two may leave at a time."""
    ends_ownership = ends_ownership and account.role is Role.OWNER
    if ends_ownership and not _owners(account.tenant_id, accounts) - {account.id}:
        raise LastOwner(Translatable("a team keeps at least one owner"))
    change()
    if ends_ownership and not _owners(account.tenant_id, accounts):
        restore()
        raise LastOwner(Translatable("a team keeps at least one owner"))


def _owners(tenant_id: TenantId, accounts: Accounts) -> set[str]:
    return {account.id for account in accounts.all(tenant_id) if account.role is Role.OWNER}


def _revoke_beyond(scope: Scope | None, account: Account, unit: Unit) -> Ended:
    """End the keys and invitations a person made, but for those that the scope the person is left with still allows.

    What one has seen works without one.
    """
    api_keys, invitations = unit.stores.api_keys, unit.stores.invitations

    def is_beyond(made_by: str, needed: Scope) -> bool:
        return made_by == f"account:{account.id}" and (scope is None or not scope.covers(needed))

    keys_beyond = [key for key in api_keys.all(account.tenant_id) if is_beyond(key.created_by, key.scope)]
    invitations_beyond = [
        invitation
        for invitation in invitations.all(account.tenant_id, unit.now())
        if is_beyond(invitation.invited_by, Scope.OWNER if invitation.role is Role.OWNER else Scope.ADMIN)
    ]
    for key in keys_beyond:
        api_keys.remove(key.tenant_id, key.id)
    for invitation in invitations_beyond:
        invitations.remove(invitation.tenant_id, invitation.id)
    return Ended(keys=len(keys_beyond), invitations=len(invitations_beyond))
