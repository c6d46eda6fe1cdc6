"""Logging in and out, and setting a new password."""

from collections.abc import Callable
from datetime import datetime

from pm_assistant.domain.accounts import Account, Caller, Identity, Session, canonical, sessions_end
from pm_assistant.domain.errors import Conflict, Forbidden, NotFound, Unauthenticated
from pm_assistant.ports.accounts import Accounts, RateLimiter, Sessions, Users
from pm_assistant.ports.tenants import Tenants
from pm_assistant.workflows.accounts.register import Note, opened
from pm_assistant.workflows.accounts.throttle import throttle

LOGIN_REFUSED = "login.refused"
"""In the audit trail: somebody, who need not be the account's person, did not get in."""

MOST_ATTEMPTS = 3


def login(
    email: str,
    password: str,
    *,
    users: Users,
    sessions: Sessions,
    tenants: Tenants,
    accounts: Accounts,
    rate_limiter: RateLimiter,
    note: Note,
    address: str,
    wait: Callable[[float], None],
    now: datetime,
) -> Session:
    """Log in.

    Raises:
        Throttled: too many attempts.
        Unauthenticated: no such user, wrong password or address not proven; never says which.
    """
    email = canonical(email)
    throttle("login", email=email, address=address, rate_limiter=rate_limiter, now=now)
    try:
        session = sessions.begin(email, password)
    except Unauthenticated:
        account = _account(users.find(email), accounts)
        if account is not None:
            note(account, LOGIN_REFUSED)
        raise
    account = opened(session.identity, tenants=tenants, accounts=accounts)
    if account is None:
        users.delete(session.identity.id)
        raise Unauthenticated("this account is no longer there")
    if not _counts(session, account):
        # Tokens tell time in whole seconds: a login within the second of a logout everywhere would end with it.
        wait(1)
        session = sessions.begin(email, password)
    return session


def refresh(
    refresh_token: str,
    *,
    sessions: Sessions,
    tenants: Tenants,
    accounts: Accounts,
    rate_limiter: RateLimiter,
    address: str,
    now: datetime,
) -> Session:
    """Get a fresh id token.

    Raises:
        Throttled: too many attempts.
        Unauthenticated: the refresh token no longer counts.
    """
    throttle("refresh", address=address, rate_limiter=rate_limiter, now=now)
    session = sessions.renew(refresh_token)
    account = opened(session.identity, tenants=tenants, accounts=accounts)
    if account is None or not _counts(session, account):
        sessions.end(refresh_token)
        raise Unauthenticated("the refresh token does not count")
    return session


def forgot(email: str, *, users: Users, rate_limiter: RateLimiter, address: str, now: datetime) -> None:
    """Send a code to set a new password, if there is such a user.

    Raises:
        Throttled: too many attempts.
    """
    email = canonical(email)
    throttle("password", email=email, address=address, rate_limiter=rate_limiter, now=now)
    users.forgot(email)


def reset(
    email: str,
    code: str,
    password: str,
    *,
    users: Users,
    sessions: Sessions,
    accounts: Accounts,
    rate_limiter: RateLimiter,
    note: Note,
    address: str,
    now: datetime,
) -> None:
    """Set a new password; whoever was logged in with the old one is so no longer.

    Raises:
        Throttled: too many attempts.
        InvalidRequest: the code is wrong or has expired, or the password does not meet the policy.
        Conflict: the password is set, but the account kept changing; log out everywhere.
    """
    email = canonical(email)
    throttle("verify", email=email, address=address, rate_limiter=rate_limiter, now=now)
    users.reset(email, code, password)
    account = _account(users.find(email), accounts)
    if account is not None:
        _end_sessions(account, sessions=sessions, accounts=accounts, now=now)
        note(account, "password.reset")


def logout(refresh_token: str, *, sessions: Sessions, rate_limiter: RateLimiter, address: str, now: datetime) -> None:
    """Make a refresh token worthless; the id token it bought last ends within the hour.

    Raises:
        Throttled: too many attempts.
    """
    throttle("logout", address=address, rate_limiter=rate_limiter, now=now)
    sessions.end(refresh_token)


def logout_everywhere(caller: Caller, *, sessions: Sessions, accounts: Accounts, now: datetime) -> None:
    """End all of a person's sessions at once, the calling one included.

    Raises:
        Forbidden: the caller is a program.
        Conflict: the account kept changing; repeat.
    """
    if caller.kind != "account":
        raise Forbidden("a key has no sessions; revoke it instead")
    _end_sessions(accounts.get(caller.tenant_id, caller.id), sessions=sessions, accounts=accounts, now=now)


def _account(who: Identity | None, accounts: Accounts) -> Account | None:
    try:
        return accounts.get(who.tenant_id, who.id) if who else None
    except NotFound:
        return None


def _counts(session: Session, account: Account) -> bool:
    issued_at, sessions_from = session.identity.issued_at, account.sessions_from
    return sessions_from is None or (issued_at is not None and issued_at >= sessions_from)


def _end_sessions(account: Account, *, sessions: Sessions, accounts: Accounts, now: datetime) -> None:
    """End them in our eyes and in the directory's; what is changed about the account meanwhile stays changed."""
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            accounts.replace(account.model_copy(update={"sessions_from": sessions_end(now)}), before=account)
            break
        except Conflict:
            if attempt == MOST_ATTEMPTS:
                raise
            account = accounts.get(account.tenant_id, account.id)
    sessions.end_all(account.id)
