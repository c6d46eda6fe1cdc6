"""What GitHub lets an app do, as the product names it."""

from collections.abc import Mapping

_LEVELS = {"read": ("read",), "write": ("read", "write"), "admin": ("read", "write", "admin")}
"""What an access includes."""


def scopes_of(permissions: Mapping[str, str]) -> tuple[str, ...]:
    """The permissions of an installation or its token, each with all that its access includes."""
    levels = ((name, _LEVELS.get(access, (access,))) for name, access in sorted(permissions.items()))
    return tuple(f"{name}:{level}" for name, included in levels for level in included)
