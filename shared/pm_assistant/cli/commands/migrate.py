"""`pm migrate`: what an earlier version left behind, in today's form."""

import typer

from pm_assistant.cli.client import StackClient


def migrate(client: StackClient) -> None:
    """Have schedules that an earlier version made put on queues by themselves; may be repeated."""
    typer.echo(f"{client.app.schedules.renew()} schedules renewed")
