"""What Cognito writes into an id token (docs.aws.amazon.com/cognito, amazon-cognito-user-pools-using-the-id-token)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pm_assistant.domain.accounts import Identity
from pm_assistant.domain.tenants import TenantId

TENANT = "custom:tenant"
"""The attribute, and claim, that names a user's tenant; the app client may not write it."""
PROVEN = (True, "true")
"""How a token says that the address in it is its user's: as a boolean, or as the directory keeps it."""


def identity_of(claims: Mapping[str, Any]) -> Identity | None:
    """Who a token's claims, proven elsewhere, speak of; None if the user belongs to no tenant.

    `auth_time` is when the password was given. A refreshed token keeps it (OpenID Connect Core, 12.2), so a refresh
    does not outlive a logout everywhere.
    """
    if not claims.get(TENANT):
        return None
    return Identity(
        kind="account",
        id=claims["sub"],
        tenant_id=TenantId(claims[TENANT]),
        issued_at=datetime.fromtimestamp(min(claims["auth_time"], claims["iat"]), UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        email=claims.get("email") if claims.get("email_verified") in PROVEN else None,
    )
