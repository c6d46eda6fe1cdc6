"""One file per resource; each has a `router`."""

from pm_assistant.api.routes import (
    accounts,
    auth,
    autonomy,
    backtests,
    billing,
    closing,
    code,
    connections,
    decisions,
    docs,
    experiments,
    finetunes,
    flow,
    members,
    operator,
    rules,
    runs,
    subscriptions,
    tenant,
    work,
)

_WORK = (
    members,
    connections,
    work,
    flow,
    code,
    decisions,
    rules,
    autonomy,
    subscriptions,
    backtests,
    finetunes,
    runs,
    experiments,
)
_MODULES = (auth, accounts, tenant, billing, closing, *_WORK, operator, docs)
ROUTERS = tuple(module.router for module in _MODULES)
