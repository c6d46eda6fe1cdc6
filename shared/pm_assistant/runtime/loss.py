"""Notices in any function that a vendor no longer lets us in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pm_assistant.domain.errors import AccessRevoked
from pm_assistant.domain.tenants import TenantId
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.workflows.connections.health import lost


@contextmanager
def noticing_loss(tenant_id: TenantId, *, table_name: str, reports_queue_url: str) -> Iterator[None]:
    """Whatever is done inside: if a vendor refuses our credentials, mark the connection broken and have that said.

    The error goes on its way all the same: what was to be done has not been done.

    Raises:
        UpstreamUnavailable: refused was what has been replaced meanwhile; repeat with what there is now.
    """
    with wiring.noting_credentials() as used:
        try:
            yield
        except AccessRevoked as error:
            if error.provider is not None:
                known = wiring.stores(table_name)
                first = lost(
                    tenant_id,
                    error.provider,
                    str(error),
                    refused=used.get(error.provider),
                    connections=known.connections,
                    states=known.connection_states,
                    audit=known.audit,
                    reports=wiring.queue(reports_queue_url),
                    now=datetime.now(UTC),
                )
                logger().warning(
                    "access lost", extra={"tenant": tenant_id, "provider": error.provider, "noticed_first": first}
                )
            raise
