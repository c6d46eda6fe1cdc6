"""Tell who is calling: first from the credential alone, then from the tenant's own rows."""

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pm_assistant.domain.accounts import SCOPE_OF, Caller, Identity
from pm_assistant.domain.errors import NotFound, Unauthenticated
from pm_assistant.domain.tenants import TenantId, TenantState
from pm_assistant.ports.accounts import Accounts, ApiKeys, Verifier
from pm_assistant.ports.tenants import Tenants
from pm_assistant.workflows.accounts.keys import PREFIX, digest

_BEARER = re.compile(r"bearer +([!-~]+)", re.IGNORECASE)
_KEY = re.compile(PREFIX + r"_([0-9A-Za-z-]{1,64})_([0-9a-z]{1,64})_([0-9a-f]{64})", re.ASCII)
NOTED_EVERY = timedelta(minutes=1)
"""How exact a key's last use is; noting each one would cost a write a request."""


def authorize(
    header: str | None,
    *,
    verifier: Callable[[], Verifier],
    api_keys: Callable[[], ApiKeys],
    now: datetime,
) -> dict[str, str]:
    """Name who an `Authorization` header proves to be calling, or in one fixed word why it proves nobody.

    The two kinds of credential need different libraries, so each port is made only for its own kind.

    Args:
        header: as the request carries it; None if it does not.
        verifier: for people's id tokens.
        api_keys: for programs' keys.
        now: the time.

    Returns:
        What `identity_in` reads; API Gateway hands it on to `api`, and keeps it for five minutes.

    Raises:
        UpstreamError: it cannot be told right now.
    """
    bearer = _BEARER.fullmatch(header or "")
    if bearer is None:
        return {"refused": "form"}
    credential = bearer[1]
    try:
        who = (
            _of_key(credential, api_keys())
            if credential.startswith(f"{PREFIX}_")
            else verifier().verify(credential, now)
        )
    except Unauthenticated as error:
        return {"refused": str(error)}
    times = {"issued_at": who.issued_at, "expires_at": who.expires_at}
    known = {name: str(int(at.timestamp())) for name, at in times.items() if at is not None}
    return {"kind": who.kind, "id": who.id, "tenant": who.tenant_id, **known}


def identity_in(context: Mapping[str, Any] | None) -> Identity:
    """Read what `authorize` found.

    Raises:
        Unauthenticated: it found nobody, or was never asked.
    """
    if not context:
        raise Unauthenticated("this needs a bearer token: an id token or an API key")
    if "refused" in context:
        raise Unauthenticated(f"the bearer token does not count: {context['refused']}")
    kind: Literal["account", "key"] = "key" if context["kind"] == "key" else "account"
    return Identity(
        kind=kind,
        id=context["id"],
        tenant_id=TenantId(context["tenant"]),
        issued_at=_moment(context.get("issued_at")),
        expires_at=_moment(context.get("expires_at")),
    )


def caller_of(identity: Identity, *, accounts: Accounts, api_keys: ApiKeys, tenants: Tenants, now: datetime) -> Caller:
    """Check against the tenant's rows that a proven identity still counts, whatever was cached of it.

    Raises:
        Unauthenticated: it does not: expired, logged out, removed, revoked, or of a tenant that is not open.
    """
    try:
        caller = _person(identity, accounts, now) if identity.kind == "account" else _program(identity, api_keys, now)
        tenant = tenants.get(identity.tenant_id)
    except NotFound as error:
        raise Unauthenticated("the bearer token does not count: removed") from error
    gone = tenant.state is TenantState.CLOSING and tenant.closes_at is not None and tenant.closes_at <= now
    if gone or tenant.state is TenantState.PENDING:
        raise Unauthenticated("the bearer token does not count: tenant")
    return caller.model_copy(update={"closing": tenant.state is TenantState.CLOSING})


def _person(identity: Identity, accounts: Accounts, now: datetime) -> Caller:
    if identity.issued_at is None or identity.expires_at is None or identity.expires_at <= now:
        raise Unauthenticated("the bearer token does not count: expired")
    account = accounts.get(identity.tenant_id, identity.id)
    if account.sessions_from is not None and identity.issued_at < account.sessions_from:
        raise Unauthenticated("the bearer token does not count: logged out")
    scope = SCOPE_OF[account.role]
    return Caller(tenant_id=account.tenant_id, kind="account", id=account.id, name=account.email, scope=scope)


def _program(identity: Identity, api_keys: ApiKeys, now: datetime) -> Caller:
    key = api_keys.get(identity.tenant_id, identity.id)
    if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
        api_keys.used(identity.tenant_id, key.id, now)
    return Caller(tenant_id=key.tenant_id, kind="key", id=key.id, name=key.name, scope=key.scope)


def _of_key(credential: str, api_keys: ApiKeys) -> Identity:
    parts = _KEY.fullmatch(credential)
    if parts is None:
        raise Unauthenticated("form")
    tenant_id, key_id, secret = TenantId(parts[1]), parts[2], parts[3]
    try:
        key = api_keys.get(tenant_id, key_id)
    except NotFound as error:
        raise Unauthenticated("key") from error
    if not hmac.compare_digest(key.digest, digest(secret)):
        raise Unauthenticated("key")
    return Identity(kind="key", id=key.id, tenant_id=key.tenant_id)


def _moment(epoch: str | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(int(epoch), UTC)
