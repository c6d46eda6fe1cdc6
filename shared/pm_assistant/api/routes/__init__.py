"""One file per resource; each has a `router`, and is loaded when one of its paths is first asked for."""

from collections.abc import Mapping, Sequence

MODULES: Mapping[str, Sequence[str]] = {
    "/auth/register": ("auth",),
    "/auth/verify": ("auth",),
    "/auth/login": ("auth",),
    "/auth/refresh": ("auth",),
    "/auth/password": ("auth",),
    "/auth/logout": ("auth",),
    "/v1/me": ("accounts", "calendar"),
    "/v1/accounts": ("accounts",),
    "/v1/invitations": ("accounts",),
    "/v1/keys": ("accounts",),
    "/v1/audit": ("accounts",),
    "/v1/tenant": ("tenant", "closing"),
    "/v1/usage": ("tenant",),
    "/v1/settings": ("tenant",),
    "/v1/billing": ("billing",),
    "/v1/members": ("members",),
    "/v1/connections": ("connections",),
    "/v1/tickets": ("work", "code"),
    "/v1/conversations": ("work",),
    "/v1/standup": ("reports",),
    "/v1/overview": ("reports",),
    "/v1/reports": ("reports",),
    "/v1/flow": ("flow",),
    "/v1/pull-requests": ("code",),
    "/v1/disagreements": ("code",),
    "/v1/decisions": ("decisions",),
    "/v1/rules": ("rules",),
    "/v1/autonomy": ("autonomy",),
    "/v1/subscriptions": ("subscriptions",),
    "/v1/channels": ("subscriptions",),
    "/v1/workflows": ("backtests", "runs"),
    "/v1/finetunes": ("finetunes",),
    "/v1/runs": ("runs",),
    "/v1/exports": ("runs",),
    "/v1/uploads": ("runs",),
    "/v1/imports": ("runs",),
    "/v1/shadow": ("experiments",),
    "/v1/experiments": ("experiments",),
    "/v1/operator": ("operator",),
    "/v1/openapi.json": ("docs",),
    "/v1/docs": ("docs",),
}
"""Which modules have the routes below the first two parts of a path."""


def group_of(path: str) -> str:
    """The first two parts of a path."""
    return "/".join(path.split("/")[:3])
