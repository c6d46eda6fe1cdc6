"""Cookies of connecting a vendor: in each, one browser keeps a secret of ours for some minutes."""

from datetime import timedelta
from enum import StrEnum

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.connections.oauth_state import LIFETIME


class Purpose(StrEnum):
    """What a browser shows by its secret."""

    LINK = "link"
    """That a link was made in it."""
    QUESTION = "question"
    """That its person was asked whether they know whose link they have opened."""
    CONNECT = "connect"
    """That it is the one that set out for the vendor."""


def cookie(
    purpose: Purpose, provider: Provider, secret: str, *, public_url: str, lifetime: timedelta = LIFETIME
) -> Cookie:
    """What a browser keeps; one for each vendor, so that three tabs do not get in each other's way.

    Scripts cannot read it, and it does not come along with what another site posts.
    """
    return Cookie(
        name=cookie_name(purpose, provider, public_url=public_url),
        value=secret,
        path="/",
        secure=_is_secure(public_url),
        http_only=True,
        same_site=SameSite.LAX_MODE,
        max_age=int(lifetime.total_seconds()),
    )


def cookie_name(purpose: Purpose, provider: Provider, *, public_url: str) -> str:
    """What a cookie is called; one that begins with `__Host-` can be set by nobody but this very host, over https."""
    return f"{'__Host-' if _is_secure(public_url) else ''}pm-{purpose}-{provider}"


def _is_secure(public_url: str) -> bool:
    return public_url.startswith("https://")
