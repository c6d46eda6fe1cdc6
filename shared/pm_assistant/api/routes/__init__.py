"""One file per resource; each has a `router`."""

from pm_assistant.api.routes import (
    accounts,
    auth,
    closing,
    code,
    connections,
    decisions,
    docs,
    members,
    runs,
    subscriptions,
    tenant,
    work,
)

_MODULES = (auth, accounts, tenant, closing, members, connections, work, code, decisions, subscriptions, runs, docs)
ROUTERS = tuple(module.router for module in _MODULES)
