"""Logging in and out, and setting a new password."""

from pm_assistant.domain.accounts import Account, Caller, Identity, Session, canonical, read_code, sessions_end
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound, Unauthenticated
from pm_assistant.domain.languages import Translatable
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.workflows.accounts.audit import RequestOrigin, note_of_account
from pm_assistant.workflows.accounts.mail_stops import confirm_mail
from pm_assistant.workflows.accounts.reader import texts_of_login
from pm_assistant.workflows.accounts.register import activate
from pm_assistant.workflows.accounts.throttle import remember, throttle

MOST_ATTEMPTS = 3
LONGEST_PASSWORD = 256
"""What the directory takes for one."""


def login(email: str, password: str, app: Application, *, origin: RequestOrigin) -> Session:
    """Log in.

    Raises:
        Throttled: too many attempts.
        Unauthenticated: no such user, wrong password or address not proven; never says which.
    """
    email = canonical(email)
    throttle("login", app, address=origin.address, email=email)
    if not (email and _may_be_password(password)):
        raise Unauthenticated("e-mail or password is wrong")
    try:
        session = app.sessions.begin(email, password)
    except Unauthenticated:
        account = _account(app.users.find(email), app)
        if account is not None:
            # It need not have been the account's person.
            note_of_account(account, "login.refused", app, origin=origin, proven=False)
        raise
    account = activate(session.identity, app)
    if account is None:
        app.users.delete(session.identity.id)
        raise Unauthenticated("this account is no longer there")
    if not _counts(session, account):
        # Tokens tell time in whole seconds: a login within the second of a logout everywhere would end with it.
        app.wait(1)
        session = app.sessions.begin(email, password)
    remember(email, app, address=origin.address)
    return session


def refresh(refresh_token: str, app: Application, *, origin: RequestOrigin) -> Session:
    """Get a fresh id token.

    Raises:
        Throttled: too many attempts.
        Unauthenticated: the refresh token no longer counts.
    """
    throttle("refresh", app, address=origin.address)
    session = app.sessions.renew(refresh_token)
    account = activate(session.identity, app)
    if account is None or not _counts(session, account):
        app.sessions.end(refresh_token)
        raise Unauthenticated("the refresh token does not count")
    return session


def forgot(email: str, app: Application, *, origin: RequestOrigin) -> None:
    """Send a code to set a new password, if there is such a user.

    Raises:
        Throttled: too many attempts.
    """
    email = canonical(email)
    throttle("password", app, address=origin.address, email=email)
    app.users.forgot(email, language=texts_of_login(email, app, asked_in=origin.language).language)


def reset(email: str, code: str, password: str, app: Application, *, origin: RequestOrigin) -> None:
    """Set a new password; whoever was logged in with the old one is so no longer.

    Raises:
        Throttled: too many attempts.
        InvalidRequest: the code is wrong or has expired, or the password does not meet the policy.
        Conflict: the password is set, but the account kept changing; log out everywhere.
    """
    email = canonical(email)
    throttle("verify", app, address=origin.address, email=email)
    app.users.reset(email, read_code(code), password)
    remember(email, app, address=origin.address)
    account = _account(app.users.find(email), app)
    if account is not None:
        end_sessions(account, app)
        note_of_account(account, "password.reset", app, origin=origin)
        confirm_mail(account.tenant_id, email, app)


def change_password(caller: Caller, current: str, password: str, unit: Unit, *, origin: RequestOrigin) -> None:
    """Set a new password for whoever knows the current one; all sessions end, the calling one included.

    Raises:
        Forbidden: the caller is a program.
        Throttled: too many attempts.
        InvalidRequest: `current` is not the password, or `password` does not meet the policy; names the field.
        Conflict: the password is set, but the account kept changing; log out everywhere.
    """
    if caller.kind != "account":
        raise Forbidden("a key has no password; make another one instead")
    account = unit.stores.accounts.get(unit.tenant_id, caller.id)
    check_password(account, current, unit, origin=origin)
    unit.users.admit(account.id, password)
    end_sessions(account, unit)
    note_of_account(account, "password.changed", unit, origin=origin)


def check_password(account: Account, current: str, app: Application, *, origin: RequestOrigin) -> None:
    """Make sure that whoever is logged in knows the password: somebody may have found a browser that was left open.

    Raises:
        Throttled: too many attempts.
        InvalidRequest: `current` is not the password; names the field.
    """
    throttle("login", app, address=origin.address, email=account.email)
    if not _is_password_of(account, current, app):
        note_of_account(account, "login.refused", app, origin=origin, proven=False)
        raise InvalidRequest(Translatable("this is not the current password"), field="current")


def logout(refresh_token: str, app: Application, *, origin: RequestOrigin) -> None:
    """Make a refresh token worthless; the id token it bought last ends within the hour.

    Raises:
        Throttled: too many attempts.
    """
    throttle("logout", app, address=origin.address)
    app.sessions.end(refresh_token)


def logout_everywhere(caller: Caller, unit: Unit) -> None:
    """End all of a person's sessions at once, the calling one included.

    Raises:
        Forbidden: the caller is a program.
        Conflict: the account kept changing; repeat.
    """
    if caller.kind != "account":
        raise Forbidden("a key has no sessions; revoke it instead")
    end_sessions(unit.stores.accounts.get(unit.tenant_id, caller.id), unit)


def _may_be_password(password: str) -> bool:
    """Whether the directory takes the question at all."""
    return 1 <= len(password) <= LONGEST_PASSWORD


def _is_password_of(account: Account, password: str, app: Application) -> bool:
    if not _may_be_password(password):
        return False
    try:
        return app.sessions.begin(account.email, password).identity.id == account.id
    except Unauthenticated:
        return False


def _account(identity: Identity | None, app: Application) -> Account | None:
    try:
        return app.stores.accounts.get(identity.tenant_id, identity.id) if identity else None
    except NotFound:
        return None


def _counts(session: Session, account: Account) -> bool:
    issued_at, sessions_from = session.identity.issued_at, account.sessions_from
    return sessions_from is None or (issued_at is not None and issued_at >= sessions_from)


def end_sessions(account: Account, app: Application, **change: object) -> Account:
    """End them in our eyes and in the directory's, with what else changes about the account, and return that.

    What is changed about it meanwhile stays changed.

    Raises:
        Conflict: the account kept changing; repeat.
    """
    accounts, change = app.stores.accounts, change | {"sessions_from": sessions_end(app.now())}
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            ended = account.model_copy(update=change)
            accounts.replace(ended, before=account)
            break
        except Conflict:
            if attempt == MOST_ATTEMPTS:
                raise
            account = accounts.get(account.tenant_id, account.id)
    app.sessions.end_all(account.id)
    return ended
