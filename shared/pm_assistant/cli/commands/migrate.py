"""`pm operator migrate` and `restore`: what an earlier version or an accident left behind, in today's form."""

from typing import Annotated

import typer

from pm_assistant.cli.client import StackClient
from pm_assistant.cli.terminal import waiting
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.tenants import TenantId


def migrate(
    client: StackClient,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make everybody's schedules anew, where the schedule group was lost.")
    ] = False,
) -> None:
    """Bring into today's form what an earlier version made: schedules, what recurs, what tickets are looked up in.

    It may be repeated.
    """
    from pm_assistant.workflows.connections.schedule import schedule_recurring
    from pm_assistant.workflows.tenants.rebuilding import rebuild_index

    typer.echo(f"{client.app.schedules.renew()} schedules renewed")
    units = [client.app.unit(tenant.id) for tenant in client.stores.tenants.everywhere()]
    with waiting("Looking through the tickets"):
        count = sum(rebuild_index(unit) for unit in units)
    typer.echo(f"{count} tickets can be looked up")
    count = sum(schedule_recurring(unit) for unit in units)
    typer.echo(f"{count} {'team is' if count == 1 else 'teams are'} compared every hour and caught up every day")
    if rebuild:
        with waiting("Making schedules anew"):
            count = sum(_rebuilt(client, unit.tenant_id) for unit in units)
        typer.echo(f"{count} made due again")


def restore(
    client: StackClient,
    copy: Annotated[str, typer.Option("--from", help="The table that DynamoDB restored beside the stack's own.")],
) -> None:
    """Bring a tenant that is gone back out of a copy of the table; what it had scheduled is due again."""
    from pm_assistant.aws.backup import Backup
    from pm_assistant.runtime import wiring

    if client.named_tenant is None:
        raise InvalidRequest("Name the tenant: --tenant ID", field="tenant")
    backup = Backup(wiring.client("dynamodb"), copy=copy, table=client.stack.table)
    rows = backup.bring_back(client.tenant_id, now=wiring.now())
    typer.echo(f"{rows} rows are back, {_rebuilt(client, client.tenant_id)} made due again")


def _rebuilt(client: StackClient, tenant_id: TenantId) -> int:
    from pm_assistant.workflows.tenants.rebuilding import rebuild

    return rebuild(client.app.unit(tenant_id))
