"""Being logged in with a browser: it keeps a secret of ours in a cookie, and we what that proves.

What the directory hands out at login stays with us and is not kept: whether an account still counts is said by the
tenant's own rows, which each request reads.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pm_assistant.domain.accounts import Account, BrowserSession, Caller, Identity, Session
from pm_assistant.domain.errors import NotFound, Unauthenticated
from pm_assistant.domain.tenants import Tenant, TenantId
from pm_assistant.ports.unit import Application
from pm_assistant.workflows.accounts.authorize import caller_in_tenant
from pm_assistant.workflows.accounts.keys import digest

LONGEST = timedelta(days=7)
"""How long a login lasts, however much it is used."""
LONGEST_IDLE = timedelta(hours=12)
"""How long a login lasts that nobody uses."""
NOTED_EVERY = timedelta(minutes=5)
"""How exact a session's last use is; noting each one would cost a write a page."""
LONGEST_USER_AGENT = 256
"""Characters that are kept of what a browser says of itself."""

_TOKEN = re.compile(r"([0-9A-Za-z-]{1,64})\.([0-9A-Za-z-]{1,128})\.([0-9a-f]{64})", re.ASCII)
_ENDED = "you are no longer logged in"


class Viewer(NamedTuple):
    """Who looks at a page.

    Attributes:
        tenant: as it was when the request came in.
        session: by which the caller is known.
        identity: as the directory proved it at login.
    """

    caller: Caller
    tenant: Tenant
    session: BrowserSession
    identity: Identity


def begin_session(login: Session, app: Application, *, user_agent: str = "") -> tuple[BrowserSession, str]:
    """Keep somebody logged in who has just proven who they are; the second is the only copy of what proves it again.

    Raises:
        Unauthenticated: the account does not count, as `caller_in_tenant` says.
    """
    identity, now, secret = login.identity, app.now(), secrets.token_hex(32)
    caller, _ = caller_in_tenant(identity, app)
    session = BrowserSession(
        digest=digest(secret),
        account_id=identity.id,
        tenant_id=identity.tenant_id,
        scope=caller.scope,
        issued_at=identity.issued_at or now,
        seen_at=now,
        ends_at=now + LONGEST,
        email=identity.email,
        user_agent=user_agent[:LONGEST_USER_AGENT],
    )
    app.stores.browser_sessions.put(session)
    return session, f"{identity.tenant_id}.{identity.id}.{secret}"


def go_on(viewer: Viewer, account: Account, app: Application) -> str:
    """Keep somebody logged in here whose sessions have just ended, under a new secret, and return what proves it.

    Only for whoever has done, here and now, what ended them.
    """
    now, secret = app.now(), secrets.token_hex(32)
    _remove(viewer.session, app)
    session = viewer.session.model_copy(
        update={
            "digest": digest(secret),
            "issued_at": max(now, account.sessions_from or now),
            "seen_at": now,
            "email": account.email,
        }
    )
    app.stores.browser_sessions.put(session)
    return f"{account.tenant_id}.{account.id}.{secret}"


def viewer_by(token: str | None, app: Application) -> Viewer:
    """Tell who is looking by what their browser keeps.

    It counts until it ends or lies idle for too long, the account is removed, gets another role or logs out everywhere,
    or the tenant is gone.

    Raises:
        Unauthenticated: it does not count, or not any more.
    """
    session = _session_by(token, app)
    now = app.now()
    if _is_over(session, now):
        _remove(session, app)
        raise Unauthenticated(_ENDED)
    identity = Identity(
        kind="account",
        id=session.account_id,
        tenant_id=session.tenant_id,
        issued_at=session.issued_at,
        expires_at=session.ends_at,
        email=session.email,
    )
    caller, tenant = caller_in_tenant(identity, app)
    if caller.scope is not session.scope:
        _remove(session, app)
        raise Unauthenticated("your role has changed: log in again")
    if now - session.seen_at >= NOTED_EVERY:
        app.stores.browser_sessions.seen(session, now)
    return Viewer(caller, tenant, session, identity)


def end_session(token: str | None, app: Application) -> BrowserSession | None:
    """Log a browser out; returns what has ended, None where nothing had begun or all was over."""
    try:
        session = _session_by(token, app)
    except Unauthenticated:
        return None
    _remove(session, app)
    return session


def sessions_of(viewer: Viewer, app: Application) -> Sequence[BrowserSession]:
    """Where somebody is logged in with a browser, the one that looks included; used last first."""
    kept, now = app.stores.browser_sessions.of_account(viewer.tenant.id, viewer.caller.id), app.now()
    account = app.stores.accounts.get(viewer.tenant.id, viewer.caller.id)
    counting = [
        session
        for session in kept
        if not _is_over(session, now)
        and session.scope is viewer.caller.scope
        and (account.sessions_from is None or session.issued_at >= account.sessions_from)
    ]
    return sorted(counting, key=lambda session: session.seen_at, reverse=True)


def end_session_of(viewer: Viewer, session_id: str, app: Application) -> BrowserSession:
    """Log out one of somebody's own browsers.

    Raises:
        NotFound: the person has no such session, or not any more.
    """
    for session in app.stores.browser_sessions.of_account(viewer.tenant.id, viewer.caller.id):
        if session.id == session_id:
            _remove(session, app)
            return session
    raise NotFound("no such session")


def end_other_sessions(session: BrowserSession, app: Application) -> int:
    """Log a person's other browsers out, and return how many there were."""
    kept = app.stores.browser_sessions.of_account(session.tenant_id, session.account_id)
    others = [each for each in kept if each.digest != session.digest]
    for other in others:
        _remove(other, app)
    return len(others)


def _session_by(token: str | None, app: Application) -> BrowserSession:
    parts = _TOKEN.fullmatch(token or "")
    if parts is None:
        raise Unauthenticated("you are not logged in")
    try:
        # Who does not have the secret cannot name the row: there is nothing to compare.
        return app.stores.browser_sessions.get(TenantId(parts[1]), parts[2], digest(parts[3]))
    except NotFound as error:
        raise Unauthenticated(_ENDED) from error


def _is_over(session: BrowserSession, now: datetime) -> bool:
    return now >= session.ends_at or now - session.seen_at >= LONGEST_IDLE


def _remove(session: BrowserSession, app: Application) -> None:
    app.stores.browser_sessions.remove(session.tenant_id, session.account_id, session.digest)
