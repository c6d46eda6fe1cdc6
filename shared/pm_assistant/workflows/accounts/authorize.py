"""Tell who is calling: first from the credential alone, then from the tenant's own rows."""

import hmac
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, assert_never

from pm_assistant.domain.accounts import SCOPE_OF, Account, ApiKey, Caller, Identity
from pm_assistant.domain.errors import NotFound, Unauthenticated
from pm_assistant.domain.tenants import Tenant, TenantId, TenantState
from pm_assistant.ports.accounts import ApiKeys
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.workflows.accounts.keys import PREFIX, digest

_BEARER = re.compile(r"bearer +([!-~]+)", re.IGNORECASE)
_KEY = re.compile(PREFIX + r"_([0-9A-Za-z-]{1,64})_([0-9a-z]{1,64})_([0-9a-f]{64})", re.ASCII)
REFUSALS: Mapping[str, str] = {
    "form": "it is neither an API key nor the id_token that POST /auth/login gives",
    "algorithm": "it is not signed in the way in which the login service signs",
    "signature": "it is not signed by the login service",
    "audience": "it was made for another application",
    "issuer": "another login service made it",
    "use": "it is an access token, where the id_token is wanted",
    "key": "no such key is there: it is not whole, or was revoked",
    "expired": "it has expired, so log in again or refresh it",
    "logged out": "whom it is for has logged out since",
    "removed": "whom it was for is not there any more",
    "tenant": "its team is not open",
}
"""What is said of the one word that tells why a credential proves nobody; the log has the word."""
NOTED_EVERY = timedelta(minutes=1)
"""How exact a key's last use is; noting each one would cost a write a request."""


def authorize(header: str | None, app: Application) -> dict[str, str]:
    """Name who an `Authorization` header proves to be calling, or in one fixed word why it proves nobody.

    People's id tokens and programs' keys need different libraries, so each port is asked for only by its own kind.

    Args:
        header: as the request carries it; None if it does not.
        app: of it only the verifier and the keys are used.

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
        identity = (
            _of_key(credential, app.stores.api_keys)
            if credential.startswith(f"{PREFIX}_")
            else app.verifier.verify(credential, app.now())
        )
    except Unauthenticated as error:
        return {"refused": str(error)}
    times = {"issued_at": identity.issued_at, "expires_at": identity.expires_at}
    epochs = {name: str(int(at.timestamp())) for name, at in times.items() if at is not None}
    proven = {"email": identity.email} if identity.email else {}
    return {"kind": identity.kind, "id": identity.id, "tenant": identity.tenant_id, **epochs, **proven}


def identity_in(context: Mapping[str, Any] | None) -> Identity:
    """Read what `authorize` found.

    Raises:
        Unauthenticated: it found nobody, or was never asked.
    """
    if not context:
        raise Unauthenticated("this needs a bearer token: an id token or an API key")
    if "refused" in context:
        raise _refused(context["refused"])
    kind: Literal["account", "key"] = "key" if context["kind"] == "key" else "account"
    return Identity(
        kind=kind,
        id=context["id"],
        tenant_id=TenantId(context["tenant"]),
        issued_at=_moment(context.get("issued_at")),
        expires_at=_moment(context.get("expires_at")),
        email=context.get("email"),
    )


def caller_of(identity: Identity, app: Application) -> Caller:
    """Check as `caller_in_tenant` does, for whoever needs the caller alone."""
    return caller_in_tenant(identity, app)[0]


def caller_in_tenant(identity: Identity, app: Application) -> tuple[Caller, Tenant]:
    """Check against the tenant's rows that a proven identity still counts, whatever was cached of it.

    Returns:
        The caller, and the tenant as it was read for this, so that a request need not read it again.

    Raises:
        Unauthenticated: it does not: expired, logged out, removed, revoked, or of a tenant that is not open.
    """
    with _only_what_is_there():
        login, tenant = app.stores.partition.login(identity)
        match login:
            case Account():
                _check_session(identity, login, app.now())
            case ApiKey():
                _note_use(login, app)
            case _:
                assert_never(login)
        return _caller(login, tenant, app), tenant


def caller_named(actor: str, unit: Unit) -> Caller:
    """What has become of a caller who was let in before, and is named as `Caller.actor` names them.

    The proof of then may have ended by now, as proofs do; the right may not.

    Raises:
        Unauthenticated: removed, revoked, or of a tenant that is not open.
    """
    kind, _, id = actor.partition(":")
    identity = Identity(kind="key" if kind == "key" else "account", id=id, tenant_id=unit.tenant_id)
    with _only_what_is_there():
        return _caller(*unit.stores.partition.login(identity), unit)


def _refused(reason: str) -> Unauthenticated:
    return Unauthenticated(f"the bearer token does not count: {REFUSALS.get(reason, reason)}")


@contextmanager
def _only_what_is_there() -> Iterator[None]:
    try:
        yield
    except NotFound as error:
        raise _refused("removed") from error


def _check_session(identity: Identity, account: Account, now: datetime) -> None:
    if identity.issued_at is None or identity.expires_at is None or identity.expires_at <= now:
        raise _refused("expired")
    if account.sessions_from is not None and identity.issued_at < account.sessions_from:
        raise _refused("logged out")


def _note_use(key: ApiKey, app: Application) -> None:
    now = app.now()
    if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
        app.stores.api_keys.used(key.tenant_id, key.id, now)


def _caller(login: Account | ApiKey, tenant: Tenant, app: Application) -> Caller:
    closing = tenant.state is TenantState.CLOSING
    if tenant.state is TenantState.PENDING or (closing and tenant.closes_at and tenant.closes_at <= app.now()):
        raise _refused("tenant")
    kind: Literal["account", "key"]
    match login:
        case Account(email=name, role=role):
            kind, scope = "account", SCOPE_OF[role]
        case ApiKey(name=name, scope=scope):
            kind = "key"
        case _:
            assert_never(login)
    return Caller(tenant_id=login.tenant_id, kind=kind, id=login.id, name=name, scope=scope, closing=closing)


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
