"""One file per resource; each has a `router`."""

from pm_assistant.api.routes import (
    accounts,
    auth,
    closing,
    connections,
    decisions,
    docs,
    members,
    runs,
    subscriptions,
    tenant,
    work,
)

ROUTERS = tuple(
    module.router
    for module in (auth, accounts, tenant, closing, members, connections, work, decisions, subscriptions, runs, docs)
)
