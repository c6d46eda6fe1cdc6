"""Hand out a tenant's credentials at a vendor, refreshed if they are about to end: by one at a time, each once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pm_assistant.domain import causes
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    Misconfigured,
    RateLimited,
    UpstreamError,
    UpstreamUnavailable,
)
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Connection, Credentials, Provider
from pm_assistant.workflows.accounts.grants import app_of, open_credentials
from pm_assistant.workflows.connections.availability import ConnectionWatch, check_available

if TYPE_CHECKING:
    from pm_assistant.ports.unit import Unit

MARGIN = timedelta(minutes=5)
"""Credentials that end sooner are refreshed: longer than any function may run with what it was handed."""

LEASE = timedelta(seconds=60)
"""Longer than a refresh with all its attempts to store takes, so that a lease never ends under its holder."""

PATIENCE = timedelta(seconds=20)
POLL_SECONDS = 0.2
STORE_ATTEMPTS = 5
"""How often fresh credentials are offered to the store, with doubling waits."""

type OnUse = Callable[[Connection], object]


def get_credentials(provider: Provider, unit: Unit, *, on_use: OnUse = lambda connection: None) -> Credentials:
    """Credentials that last at least for `MARGIN`, in one read where they do anyway.

    Whoever finds them about to end takes a lease, reads again and refreshes; the others wait and read. The app is made
    only by who refreshes: its secrets are nobody else's business. `on_use` hears with which connection the vendor is
    about to be asked, so that a refusal can be told to be of its credentials.

    Raises:
        NotConnected: the tenant has not connected that vendor.
        AccessRevoked: the connection is broken, which costs no call, or the vendor has just said that it is.
        Misconfigured: our app or our key is not what it was when they were granted.
        RateLimited: the vendor is not to be asked now; repeat later.
        UpstreamUnavailable: the vendor or another's refresh did not get done; repeat.
    """
    started = unit.now()
    connection = _usable(provider, unit, on_use)
    check_available(connection, unit)
    while True:
        if not _ending(connection, unit.now()):
            return open_credentials(connection, unit)
        with ExitStack() as refreshing:
            try:
                refreshing.enter_context(unit.lease(f"refresh|{provider}", lasts=LEASE))
            except Conflict as error:
                if unit.now() - started > PATIENCE:
                    raise UpstreamUnavailable(
                        Translatable("the credentials at {vendor} are being refreshed", vendor=provider.label)
                    ) from error
                unit.wait(POLL_SECONDS)
                connection = _usable(provider, unit, on_use)
                continue
            connection = _usable(provider, unit, on_use)
            if _ending(connection, unit.now()):
                refreshed = _refreshed(connection, unit, on_use)
                if refreshed is not None:
                    return refreshed
                connection = _usable(provider, unit, on_use)


def _usable(provider: Provider, unit: Unit, on_use: OnUse) -> Connection:
    connection = unit.stores.connections.get(unit.tenant_id, provider)
    on_use(connection)
    if connection.broken_since is not None:
        raise AccessRevoked(causes.is_broken(provider.label), provider=provider)
    return connection


def _ending(connection: Connection, now: datetime) -> bool:
    return connection.expires_at is not None and connection.expires_at - now < MARGIN


def _refreshed(connection: Connection, unit: Unit, on_use: OnUse) -> Credentials | None:
    """Refresh and store; None if others were stored meanwhile: somebody connected anew, and theirs count.

    At most vendors the old ones are spent by now, so the store is not let off at its first failure.
    """
    before, watch = open_credentials(connection, unit), ConnectionWatch(connection, unit)
    try:
        credentials = app_of(connection, unit).refresh(connection.external_id, before)
    except RateLimited:
        raise
    except UpstreamUnavailable:
        watch.failed()
        raise

    def store() -> bool:
        sealed = unit.vault.seal(connection.tenant_id, connection.provider, credentials)
        change = {"sealed_credentials": sealed, "expires_at": credentials.expires_at}
        renewed = connection.model_copy(update=change | {"scopes": credentials.scopes or connection.scopes})
        on_use(renewed)
        return unit.stores.connection_states.renew(renewed, before=connection.sealed_credentials)

    return credentials.model_copy(update={"scopes": None}) if _with_retries(store, unit) else None


def _with_retries(store: Callable[[], bool], unit: Unit) -> bool:
    for attempt in range(1, STORE_ATTEMPTS):
        try:
            return store()
        except (Misconfigured, UpstreamError):
            unit.wait(POLL_SECONDS * 2**attempt)
    return store()
