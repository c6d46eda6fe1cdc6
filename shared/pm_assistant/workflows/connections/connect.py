"""Tie a tenant to a vendor: a link for one browser, the vendor's consent page, and back with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_assistant.domain.accounts import Caller, Identity, Scope
from pm_assistant.domain.connections import (
    Authorization,
    CalendarConnected,
    Callback,
    ConfirmationRequired,
    Connected,
    ConnectLink,
    Grant,
    InstallRedirect,
    Link,
    Reason,
    Redirect,
    Refusal,
    lacking,
)
from pm_assistant.domain.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotConnected,
    NotFound,
    ProductError,
    Unauthenticated,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import CalendarProvider, Connection, Grantor, Provider, Tenant
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.accounts.authorize import caller_of
from pm_assistant.workflows.accounts.calendars import keep_calendar, owner_of
from pm_assistant.workflows.connections.limits import check_may_connect
from pm_assistant.workflows.connections.oauth_state import (
    LIFETIME,
    matches,
    new_browser_secret,
    new_code,
    new_verifier,
    redirect_uri,
    start_authorization,
    tenant_of,
)
from pm_assistant.workflows.jobs import start_job

if TYPE_CHECKING:
    from pm_assistant.ports.vendors import OAuthApp

REFUSED: dict[type[ProductError], Reason] = {
    Forbidden: Reason.NOT_THEIRS,
    InvalidRequest: Reason.INCOMPLETE,
    UpstreamRejected: Reason.CODE,
    UpstreamUnavailable: Reason.VENDOR_DOWN,
}
"""What it means that a code could not be exchanged."""


def make_link(provider: Grantor, caller: Caller, tenant: Tenant, unit: Unit) -> tuple[Link, str]:
    """Make a link with which one browser may connect a vendor for the caller's tenant, or the caller's own calendar.

    Returns:
        The link, and the secret by which the browser is known in which it was made.

    Raises:
        Conflict: what the team pays for has no room for one more, or the team does not know whose calendar it would be.
        Forbidden: it is for a calendar, and a program asks.
        NotFound: calendars of that vendor cannot be connected here.
    """
    if isinstance(provider, CalendarProvider):
        owner_of(caller, unit)
        if not unit.has_app(provider):
            raise NotFound(Translatable("calendars cannot be connected here"))
    else:
        check_may_connect(provider, tenant, unit)
    code, expires_at = new_code(unit.tenant_id), unit.now() + LIFETIME
    secret, digest = new_browser_secret()
    connect_link = ConnectLink(
        tenant_id=unit.tenant_id, provider=provider, actor=caller.actor, browser=digest, expires_at=expires_at
    )
    unit.stores.oauth_states.put_link(code, connect_link)
    return Link(url=f"{unit.public_url}/oauth/{provider}/start?link={code}", expires_at=expires_at), secret


def start(
    provider: Grantor, code: str, app: Application, *, browser: str | None, confirmed: bool, request_id: str
) -> Redirect | ConfirmationRequired | Refusal:
    """Redeem a link and send its browser to the vendor, if that is where it was made or its person agrees.

    Without the question, whoever gets an admin of somebody else's to open a link would have that admin's workspace.

    Args:
        provider: whose address was opened.
        code: the link's.
        app: the application; the tenant is the link's.
        browser: the secret out of the browser's cookie.
        confirmed: whether the question was asked in this browser, and answered.
        request_id: the request's, for the audit trail.
    """
    tenant_id = tenant_of(code)
    link = app.stores.oauth_states.get_link(tenant_id, code, app.now()) if tenant_id else None
    if link is None:
        return Refusal(reason=Reason.LINK)
    try:
        if link.provider is provider and not confirmed and not matches(browser, link.browser):
            asker = _asker(link, app)
            return ConfirmationRequired(tenant_name=app.stores.tenants.get(link.tenant_id).name, asker=asker)
        if app.stores.oauth_states.take_link(link.tenant_id, code, app.now()) is None:
            return Refusal(reason=Reason.LINK)
        if link.provider is not provider:
            raise _Refused(Reason.PROVIDER)
        oauth_app = _oauth_app(provider, app)
    except _Refused as refused:
        return _refusal(refused, link, app, request_id)
    secret, digest = new_browser_secret()
    authorization = Authorization(
        tenant_id=link.tenant_id,
        provider=provider,
        actor=link.actor,
        browser=digest,
        verifier=new_verifier(),
        expires_at=app.now() + LIFETIME,
    )
    return Redirect(url=start_authorization(authorization, oauth_app, app), browser=secret)


def finish(
    provider: Grantor, callback: Callback, app: Application, *, browser: str | None, request_id: str
) -> Connected | CalendarConnected | Redirect | Refusal:
    """Take a browser that the vendor sent back, in the order that is safe, and store what was granted.

    The vendor's error; the state (there, ours, not used before, not too old), its vendor, its browser; the rights of
    who asked; the code; and only then the store. A first reading of the vendor is asked for last. What was granted and
    may not be kept is given back.

    Args:
        provider: whose callback address was opened.
        callback: what the address carried.
        app: the application; the tenant is the authorization's.
        browser: the secret out of the browser's cookie.
        request_id: the request's, for the audit trail.
    """
    authorization, flaw = _redeemed(provider, callback.state, browser, app)
    if callback.error is not None:
        declined = callback.error == "access_denied"
        flaw = _Refused(Reason.DECLINED if declined else Reason.VENDOR_ERROR, callback.error)
    try:
        if flaw is not None or authorization is None:
            raise flaw or _Refused(Reason.STATE)
        return _connect(authorization, callback, app, request_id)
    except _Refused as refused:
        return _refusal(refused, authorization, app, request_id)


class _Refused(Exception):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def _refusal(
    refused: _Refused, attempt: Authorization | ConnectLink | None, app: Application, request_id: str
) -> Refusal:
    """The refusal, also in the trail of the tenant whose link or authorization it was, where that is known."""
    if attempt is None:
        return Refusal(reason=refused.reason, detail=refused.detail)
    reason = {"reason": refused.reason.value} | ({"detail": refused.detail} if refused.detail else {})
    details = {"actor": attempt.actor, "target": attempt.provider.value, "request_id": request_id}
    app.stores.audit.add(attempt.tenant_id, entry("oauth.refused", at=app.now(), **details, **reason))
    return Refusal(reason=refused.reason, detail=refused.detail, tenant_id=attempt.tenant_id)


def _redeemed(
    provider: Grantor, state: str | None, browser: str | None, app: Application
) -> tuple[Authorization | None, _Refused | None]:
    """The authorization that a state stands for, and its flaw; a state is spent by the first who shows it."""
    if not state:
        return None, _Refused(Reason.STATE_MISSING)
    tenant_id = tenant_of(state)
    authorization = app.stores.oauth_states.take_authorization(tenant_id, state, app.now()) if tenant_id else None
    if authorization is None:
        return None, _Refused(Reason.STATE)
    if authorization.provider is not provider:
        return authorization, _Refused(Reason.PROVIDER)
    if not matches(browser, authorization.browser):
        return authorization, _Refused(Reason.BROWSER)
    return authorization, None


def _connect(
    authorization: Authorization, callback: Callback, app: Application, request_id: str
) -> Connected | CalendarConnected | Redirect:
    caller = _asker(authorization, app)
    if callback.pending:
        raise _Refused(Reason.PENDING)
    oauth_app = _oauth_app(authorization.provider, app)
    grant = _exchange(authorization, callback, oauth_app, app)
    if isinstance(grant, InstallRedirect):
        # That page takes no challenge, so its code is redeemed without a verifier.
        further = authorization.model_copy(update={"verifier": "", "expires_at": app.now() + LIFETIME})
        return Redirect(url=start_authorization(further, oauth_app, app, install=True))
    unit, provider = app.unit(authorization.tenant_id), authorization.provider
    if isinstance(provider, CalendarProvider):
        return _connect_calendar(provider, grant, caller, oauth_app, unit, request_id)
    connection = _store(grant, provider, authorization.actor, oauth_app, unit)
    details = {"target": connection.provider.value, "external_id": grant.external_id, "name": grant.name}
    actor = {"actor": caller.actor, "actor_name": caller.name, "request_id": request_id}
    unit.stores.audit.add(unit.tenant_id, entry("connection.made", at=unit.now(), **actor, **details))
    start_job(Order(kind=JobKind.SYNC, dry_run=False), unit, asked_by=caller.actor)
    return Connected(
        connection=connection,
        tenant_name=unit.stores.tenants.get(unit.tenant_id).name,
        missing=lacking(oauth_app.scopes, grant.scopes),
    )


def _connect_calendar(
    provider: CalendarProvider, grant: Grant, caller: Caller, oauth_app: OAuthApp, unit: Unit, request_id: str
) -> CalendarConnected:
    """Keep a calendar as that of whoever set out to connect it."""
    if missing := lacking(oauth_app.scopes, grant.scopes):
        raise _Refused(Reason.DECLINED, f"granted without {', '.join(missing)}; {_give_back(grant, oauth_app, unit)}")
    try:
        keep_calendar(provider, grant.credentials, caller, unit)
    except ProductError as error:
        given_back = _give_back(grant, oauth_app, unit)
        if isinstance(error, Conflict | Forbidden):
            raise _Refused(Reason.RIGHTS, given_back) from error
        raise
    details = {"actor_name": caller.name, "target": provider.value, "request_id": request_id}
    unit.stores.audit.add(unit.tenant_id, entry("calendar.connected", at=unit.now(), actor=caller.actor, **details))
    return CalendarConnected(provider=provider, tenant_name=unit.stores.tenants.get(unit.tenant_id).name)


def _oauth_app(provider: Grantor, app: Application) -> OAuthApp:
    try:
        return app.oauth_app(provider)
    except NotFound as error:
        raise _Refused(Reason.NOT_SET_UP, str(error)) from error


def _asker(attempt: Authorization | ConnectLink, app: Application) -> Caller:
    """Who asked, who may have lost the right to it meanwhile."""
    kind, _, id = attempt.actor.partition(":")
    identity = Identity(
        kind="key" if kind == "key" else "account",
        id=id,
        tenant_id=attempt.tenant_id,
        issued_at=attempt.expires_at - LIFETIME,
        expires_at=attempt.expires_at,
    )
    try:
        caller = caller_of(identity, app)
    except Unauthenticated as error:
        raise _Refused(Reason.RIGHTS, str(error)) from error
    if isinstance(attempt.provider, CalendarProvider):
        if caller.kind != "account":
            raise _Refused(Reason.RIGHTS, "a key has no calendar")
    elif not caller.scope.covers(Scope.ADMIN):
        raise _Refused(Reason.RIGHTS, f"the scope is now {caller.scope}")
    if caller.closing:
        raise _Refused(Reason.RIGHTS, "the tenant is closing")
    return caller


def _exchange(
    authorization: Authorization, callback: Callback, oauth_app: OAuthApp, app: Application
) -> Grant | InstallRedirect:
    callback_url = redirect_uri(app.public_url, authorization.provider)
    try:
        return oauth_app.exchange(callback, redirect_uri=callback_url, verifier=authorization.verifier)
    except tuple(REFUSED) as error:
        reason = next(REFUSED[kind] for kind in type(error).__mro__ if kind in REFUSED)
        raise _Refused(reason, str(error)) from error


def _store(grant: Grant, provider: Provider, actor: str, oauth_app: OAuthApp, unit: Unit) -> Connection:
    """Store what was granted; the tenant's data stays as it is."""
    tenant_id = unit.tenant_id
    settings = unit.stores.tenants.get(tenant_id).settings
    try:
        if _is_another_workspace(grant, provider, unit):
            raise _Refused(Reason.OTHER_WORKSPACE, _give_back(grant, oauth_app, unit))
        connection = Connection(
            tenant_id=tenant_id,
            provider=provider,
            sealed_credentials=unit.vault.seal(tenant_id, provider, grant.credentials),
            settle_seconds=settings.settle_seconds,
            retention_days=settings.retention_days,
            channels=settings.channels,
            connected_at=unit.now(),
            connected_by=actor,
            expires_at=grant.credentials.expires_at,
            **grant.model_dump(exclude={"credentials"}),
        )
        unit.stores.connections.put(connection)
    except Conflict as error:
        raise _Refused(Reason.TAKEN, _give_back(grant, oauth_app, unit)) from error
    except ProductError:
        _give_back(grant, oauth_app, unit)
        raise
    return connection


def _is_another_workspace(grant: Grant, provider: Provider, unit: Unit) -> bool:
    """Whether the tenant has another workspace connected, whose tickets and messages are not to be mixed with these.

    One that is found under the address it had is the same: GitHub has a new id for each time that the app is installed.
    """
    try:
        connection = unit.stores.connections.get(unit.tenant_id, provider)
    except NotConnected:
        return False
    return connection.external_id != grant.external_id and connection.base_url != grant.base_url


def _give_back(grant: Grant, oauth_app: OAuthApp, unit: Unit) -> str:
    """Give a grant back that is not kept, and say whether that worked; the workspace's other grants are not ours."""
    try:
        oauth_app.revoke(grant.external_id, grant.credentials, whole=False)
    except ProductError as error:
        unit.alarm_if_ours(error)
        return f"not given back: {error}"
    return "given back"
