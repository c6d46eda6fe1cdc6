"""Cookies, as `Set-Cookie` has them: who is logged in, and what a browser keeps for minutes to connect a vendor."""

from datetime import timedelta
from enum import StrEnum

from pm_assistant.domain.tenants import Grantor
from pm_assistant.workflows.connections.oauth_state import LIFETIME

ZONE = "pm-zone"
"""The browser's own time zone, as our script writes it there: no secret, and checked where it is read."""

LANGUAGE = "pm-language"
"""The language that somebody chose for the pages in this browser: no secret, and checked where it is read."""


class Purpose(StrEnum):
    """What a browser shows by its secret."""

    LINK = "link"
    """That a link was made in it."""
    QUESTION = "question"
    """That its person was asked whether they know whose link they have opened."""
    CONNECT = "connect"
    """That it is the one that set out for the vendor."""


def cookie(purpose: Purpose, provider: Grantor, secret: str, *, public_url: str, lifetime: timedelta = LIFETIME) -> str:
    """What a browser keeps; one for each vendor, so that three tabs do not get in each other's way."""
    return _secret_cookie(cookie_name(purpose, provider, public_url=public_url), secret, public_url, lifetime)


def cookie_name(purpose: Purpose, provider: Grantor, *, public_url: str) -> str:
    """What a cookie is called."""
    return _own_name(f"pm-{purpose}-{provider}", public_url)


def session_cookie(token: str, *, public_url: str, lifetime: timedelta) -> str:
    """What proves who is logged in; without a lifetime the browser forgets it at once."""
    return _secret_cookie(session_cookie_name(public_url), token, public_url, lifetime)


def session_cookie_name(public_url: str) -> str:
    """What that cookie is called."""
    return _own_name("pm-session", public_url)


def registration_cookie(registration: str, *, public_url: str) -> str:
    """Which registration this browser has begun; its code is good for a day."""
    return _secret_cookie(registration_cookie_name(public_url), registration, public_url, timedelta(days=1))


def registration_cookie_name(public_url: str) -> str:
    """What that cookie is called."""
    return _own_name("pm-registration", public_url)


def language_cookie(language: str, *, public_url: str) -> str:
    """In which language pages are to be, for a year; without one the browser forgets it at once."""
    return _secret_cookie(LANGUAGE, language, public_url, timedelta(days=365) if language else timedelta())


def _secret_cookie(name: str, secret: str, public_url: str, lifetime: timedelta) -> str:
    """Scripts cannot read it, and it does not come along with what another site posts."""
    secure = "; Secure" if _is_secure(public_url) else ""
    return f"{name}={secret}; Path=/; Max-Age={lifetime.total_seconds():.0f}; HttpOnly{secure}; SameSite=Lax"


def _own_name(name: str, public_url: str) -> str:
    """A name that nobody can set but this very host over https, where it is one (RFC 6265bis, cookie name prefixes)."""
    return f"__Host-{name}" if _is_secure(public_url) else name


def _is_secure(public_url: str) -> bool:
    return public_url.startswith("https://")
