"""`pm operator rotate-key`: the vendor credentials of all tenants, under the key that counts now."""

from typing import Annotated

import typer

from pm_assistant.cli.client import StackClient
from pm_assistant.cli.terminal import waiting
from pm_assistant.domain.errors import Forbidden


def rotate_key(
    client: StackClient,
    former: Annotated[str | None, typer.Option("--former", help="Id of the KMS key that was in use before.")] = None,
) -> None:
    """Seal every tenant's credentials anew: with a new data key, under the stack's current KMS key."""
    vault, states = client.vault(former=former), client.stores.connection_states
    sealed, shut = 0, []
    with waiting("Sealing credentials anew"):
        for connection in client.stores.connections.everywhere():
            before = connection.sealed_credentials
            try:
                after = vault.reseal(connection.tenant_id, connection.provider, before)
            except Forbidden:
                shut.append(f"{connection.provider} of {connection.tenant_id}")
                continue
            # One that has been refreshed in between is under the current key for that very reason.
            states.renew(connection.model_copy(update={"sealed_credentials": after}), before=before)
            sealed += 1
    typer.echo(f"{sealed} connection{'' if sealed == 1 else 's'} sealed anew")
    if shut:
        raise Forbidden(f"These do not open: {', '.join(shut)}")
