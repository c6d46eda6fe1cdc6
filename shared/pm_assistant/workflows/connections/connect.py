"""Tie a tenant to a vendor: a link for one browser, the vendor's consent page, and back with a code."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from pm_assistant.domain.accounts import Caller, Identity, Scope
from pm_assistant.domain.connections import (
    Authorization,
    Callback,
    Connected,
    ConnectLink,
    Departure,
    Detour,
    Grant,
    Link,
    Onward,
    Question,
    Reason,
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
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.tenants import Connection, Provider
from pm_assistant.ports.accounts import Accounts, ApiKeys, AuditTrail
from pm_assistant.ports.connections import Connections, OAuthStates, Vault
from pm_assistant.ports.jobs import Jobs
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.tenants import Tenants
from pm_assistant.ports.vendors import OAuthApp
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.accounts.authorize import caller_of
from pm_assistant.workflows.connections.oauth_state import (
    LIVES,
    browser_secret,
    code_for,
    is_of,
    redirect_uri,
    set_out,
    tenant_in,
    verifier,
)
from pm_assistant.workflows.jobs import start_job

REFUSED: dict[type[ProductError], Reason] = {
    Forbidden: Reason.NOT_THEIRS,
    InvalidRequest: Reason.INCOMPLETE,
    UpstreamRejected: Reason.CODE,
    UpstreamUnavailable: Reason.VENDOR_DOWN,
}
"""What it means that a code could not be exchanged."""


class Desk(NamedTuple):
    """All that errands need; what takes long to make is made only by who gets that far.

    Attributes:
        app: makes our app at the vendor; raises `NotFound` where we have none.
        runs: makes the queue of runs.
    """

    app: Callable[[], OAuthApp]
    oauth_states: OAuthStates
    accounts: Accounts
    api_keys: ApiKeys
    tenants: Tenants
    connections: Connections
    vault: Callable[[], Vault]
    audit: AuditTrail
    jobs: Jobs
    jobs_queue: Callable[[], Queue]
    public_url: str
    request_id: str
    now: datetime


def link(
    provider: Provider, *, caller: Caller, oauth_states: OAuthStates, public_url: str, now: datetime
) -> tuple[Link, str]:
    """Make a link with which one browser may connect a vendor for the caller's tenant.

    Returns:
        The link, and the secret by which the browser is known in which it was made.
    """
    code, expires_at = code_for(caller.tenant_id), now + LIVES
    secret, browser = browser_secret()
    errand = ConnectLink(
        tenant_id=caller.tenant_id, provider=provider, actor=caller.actor, browser=browser, expires_at=expires_at
    )
    oauth_states.put_link(code, errand)
    return Link(url=f"{public_url}/oauth/{provider}/start?link={code}", expires_at=expires_at), secret


def start(
    provider: Provider, code: str, *, browser: str | None, agreed: bool, desk: Desk
) -> Departure | Question | Refusal:
    """Redeem a link and send its browser off to the vendor, if that is where it was made or its person agrees.

    Without the question, whoever gets an admin of somebody else's to open a link would have that admin's workspace.

    Args:
        provider: whose address was opened.
        code: the link's.
        browser: the secret out of the browser's cookie.
        agreed: whether the question was asked in this browser, and answered.
        desk: all that is needed.
    """
    tenant_id = tenant_in(code)
    found = desk.oauth_states.get_link(tenant_id, code, desk.now) if tenant_id else None
    if found is None:
        return Refusal(reason=Reason.LINK)
    try:
        if found.provider is provider and not agreed and not is_of(browser, found.browser):
            asker = _admin(found, desk)
            return Question(tenant_name=desk.tenants.get(found.tenant_id).name, asker=asker)
        if desk.oauth_states.take_link(found.tenant_id, code, desk.now) is None:
            return Refusal(reason=Reason.LINK)
        if found.provider is not provider:
            raise _Refused(Reason.PROVIDER)
        app = _app(desk)
    except _Refused as refused:
        return _noted(refused, found, desk)
    secret, kept = browser_secret()
    errand = Authorization(
        tenant_id=found.tenant_id,
        provider=provider,
        actor=found.actor,
        browser=kept,
        verifier=verifier(),
        expires_at=desk.now + LIVES,
    )
    url = set_out(errand, app=app, oauth_states=desk.oauth_states, public_url=desk.public_url)
    return Departure(url=url, browser=secret)


def finish(provider: Provider, callback: Callback, *, browser: str | None, desk: Desk) -> Connected | Onward | Refusal:
    """Take a browser that the vendor sent back, in the order that is safe, and store what was granted.

    The vendor's error; the state (there, ours, not used before, not too old), its vendor, its browser; the rights of
    who asked; the code; and only then the store. A first reading of the vendor is asked for last. What was granted and
    may not be kept is given back.

    Args:
        provider: whose callback address was opened.
        callback: what the address carried.
        browser: the secret out of the browser's cookie.
        desk: all that is needed.
    """
    errand, flaw = _redeemed(provider, callback.state, browser, desk)
    if callback.error is not None:
        declined = callback.error == "access_denied"
        flaw = _Refused(Reason.DECLINED if declined else Reason.VENDOR_ERROR, callback.error)
    try:
        if flaw is not None or errand is None:
            raise flaw or _Refused(Reason.STATE)
        return _connected(errand, callback, desk)
    except _Refused as refused:
        return _noted(refused, errand, desk)


class _Refused(Exception):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def _noted(refused: _Refused, errand: Authorization | ConnectLink | None, desk: Desk) -> Refusal:
    """Put a refusal into the trail of the tenant whose errand it was, where that is known."""
    refusal = Refusal(reason=refused.reason, detail=refused.detail, tenant_id=errand.tenant_id if errand else None)
    if errand is not None:
        why = {"reason": refused.reason.value} | ({"detail": refused.detail} if refused.detail else {})
        about = {"actor": errand.actor, "target": errand.provider.value, "request_id": desk.request_id}
        desk.audit.add(errand.tenant_id, entry("oauth.refused", at=desk.now, **about, **why))
    return refusal


def _redeemed(
    provider: Provider, state: str | None, browser: str | None, desk: Desk
) -> tuple[Authorization | None, _Refused | None]:
    """The errand that a state stands for, and what is wrong with it; a state is spent by the first who shows it."""
    if not state:
        return None, _Refused(Reason.STATE_MISSING)
    tenant_id = tenant_in(state)
    errand = desk.oauth_states.take_authorization(tenant_id, state, desk.now) if tenant_id else None
    if errand is None:
        return None, _Refused(Reason.STATE)
    if errand.provider is not provider:
        return errand, _Refused(Reason.PROVIDER)
    if not is_of(browser, errand.browser):
        return errand, _Refused(Reason.BROWSER)
    return errand, None


def _connected(errand: Authorization, callback: Callback, desk: Desk) -> Connected | Onward:
    caller = _admin(errand, desk)
    if callback.pending:
        raise _Refused(Reason.PENDING)
    app = _app(desk)
    grant = _exchanged(errand, callback, app, desk)
    if isinstance(grant, Detour):
        # That page takes no challenge, so its code is redeemed without a verifier.
        further = errand.model_copy(update={"verifier": "", "expires_at": desk.now + LIVES})
        url = set_out(further, app=app, oauth_states=desk.oauth_states, public_url=desk.public_url, detour=grant)
        return Onward(url=url)
    connection = _kept(grant, errand, app, desk)
    about = {"target": errand.provider.value, "external_id": grant.external_id, "name": grant.name}
    who = {"actor": caller.actor, "actor_name": caller.name, "request_id": desk.request_id}
    desk.audit.add(errand.tenant_id, entry("connection.made", at=desk.now, **who, **about))
    reading = Order(kind=JobKind.SYNC, dry_run=False)
    start_job(
        reading,
        tenant_id=errand.tenant_id,
        asked_by=caller.actor,
        jobs=desk.jobs,
        queue=desk.jobs_queue(),
        now=desk.now,
    )
    tenant = desk.tenants.get(errand.tenant_id)
    return Connected(connection=connection, tenant_name=tenant.name, missing=lacking(app.scopes, grant.scopes))


def _app(desk: Desk) -> OAuthApp:
    try:
        return desk.app()
    except NotFound as error:
        raise _Refused(Reason.NOT_SET_UP, str(error)) from error


def _admin(errand: Authorization | ConnectLink, desk: Desk) -> Caller:
    """Who asked, who may have lost the right to it meanwhile."""
    kind, _, id = errand.actor.partition(":")
    identity = Identity(
        kind="key" if kind == "key" else "account",
        id=id,
        tenant_id=errand.tenant_id,
        issued_at=errand.expires_at - LIVES,
        expires_at=errand.expires_at,
    )
    try:
        caller = caller_of(identity, accounts=desk.accounts, api_keys=desk.api_keys, tenants=desk.tenants, now=desk.now)
    except Unauthenticated as error:
        raise _Refused(Reason.RIGHTS, str(error)) from error
    if not caller.scope.covers(Scope.ADMIN):
        raise _Refused(Reason.RIGHTS, f"the scope is now {caller.scope}")
    if caller.closing:
        raise _Refused(Reason.RIGHTS, "the tenant is closing")
    return caller


def _exchanged(errand: Authorization, callback: Callback, app: OAuthApp, desk: Desk) -> Grant | Detour:
    back = redirect_uri(desk.public_url, errand.provider)
    try:
        return app.exchange(callback, redirect_uri=back, verifier=errand.verifier)
    except tuple(REFUSED) as error:
        reason = next(REFUSED[kind] for kind in type(error).__mro__ if kind in REFUSED)
        raise _Refused(reason, str(error)) from error


def _kept(grant: Grant, errand: Authorization, app: OAuthApp, desk: Desk) -> Connection:
    """Store what was granted; the tenant's data stays as it is."""
    tenant_id, provider = errand.tenant_id, errand.provider
    settings = desk.tenants.get(tenant_id).settings
    try:
        if _elsewhere(grant, errand, desk.connections):
            raise _Refused(Reason.OTHER_WORKSPACE, _given_back(grant, app))
        connection = Connection(
            tenant_id=tenant_id,
            provider=provider,
            sealed_credentials=desk.vault().seal(tenant_id, provider, grant.credentials),
            settle_seconds=settings.settle_seconds,
            retention_days=settings.retention_days,
            channels=settings.channels,
            connected_at=desk.now,
            connected_by=errand.actor,
            expires_at=grant.credentials.expires_at,
            **grant.model_dump(exclude={"credentials"}),
        )
        desk.connections.put(connection)
    except Conflict as error:
        raise _Refused(Reason.TAKEN, _given_back(grant, app)) from error
    except ProductError:
        _given_back(grant, app)
        raise
    return connection


def _elsewhere(grant: Grant, errand: Authorization, connections: Connections) -> bool:
    """Whether the tenant has another workspace connected, whose tickets and messages are not to be mixed with these.

    One that is found under the address it had is the same: GitHub has a new id for each time that the app is installed.
    """
    try:
        known = connections.get(errand.tenant_id, errand.provider)
    except NotConnected:
        return False
    return known.external_id != grant.external_id and known.base_url != grant.base_url


def _given_back(grant: Grant, app: OAuthApp) -> str:
    """Give a grant back that is not kept, and say whether that worked; the workspace's other grants are not ours."""
    try:
        app.revoke(grant.external_id, grant.credentials, whole=False)
    except UpstreamError as error:
        return f"not given back: {error}"
    return "given back"
