"""The short-lived codes of connecting a vendor, which nobody can guess, and the way to the vendor's page.

A code has 256 random bits, and stands in the store as its digest only. No address that a browser is sent to comes from
a request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from pm_assistant.domain.connections import Authorization
from pm_assistant.domain.tenants import Grantor, TenantId
from pm_assistant.ports.unit import Application

if TYPE_CHECKING:
    from pm_assistant.ports.vendors import OAuthApp

LIFETIME = timedelta(minutes=10)
"""How long a link waits for its browser, and a state for its callback."""

_CODE = re.compile(r"([0-9A-Za-z-]{1,64})\.[0-9A-Za-z_-]{43}", re.ASCII)


def new_code(tenant_id: TenantId) -> str:
    """A random code that says in whose partition it is to be looked up, and nothing else."""
    return f"{tenant_id}.{secrets.token_urlsafe(32)}"


def tenant_of(code: str) -> TenantId | None:
    """In whose partition a code is to be looked up; None if it is none of ours."""
    match = _CODE.fullmatch(code)
    return TenantId(match[1]) if match else None


def new_browser_secret() -> tuple[str, str]:
    """A secret for a browser to keep, and the digest of it that we keep."""
    secret = secrets.token_urlsafe(32)
    return secret, _digest(secret)


def matches(secret: str | None, digest: str) -> bool:
    """Whether a secret is the one of which we keep that digest."""
    return hmac.compare_digest(_digest(secret or ""), digest)


def new_verifier() -> str:
    """PKCE's secret (RFC 7636 wants 43 characters at least)."""
    return secrets.token_urlsafe(64)


def start_authorization(
    authorization: Authorization, oauth_app: OAuthApp, app: Application, *, install: bool = False
) -> str:
    """Keep an authorization under a new state, and say which page of the vendor's it leads to."""
    state = new_code(authorization.tenant_id)
    app.stores.oauth_states.put_authorization(state, authorization)
    return oauth_app.authorize_url(
        state=state,
        redirect_uri=redirect_uri(app.public_url, authorization.provider),
        challenge=_challenge(authorization.verifier),
        install=install,
    )


def redirect_uri(public_url: str, provider: Grantor) -> str:
    """Where a vendor sends browsers back to."""
    return f"{public_url}/oauth/{provider}/callback"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _challenge(verifier: str) -> str:
    """PKCE's challenge of a verifier (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
