"""`pm operator rejudge`: what a tenant said while the stack was not itself goes down the pipeline once more."""

from datetime import UTC, datetime

from pm_assistant.cli.client import StackClient
from pm_assistant.cli.options import Since
from pm_assistant.cli.terminal import note
from pm_assistant.cli.times import moment


def rejudge(client: StackClient, since: Since = "1d") -> None:
    """Send a tenant's conversations since then to the events queue; what has been judged already is skipped."""
    from pm_assistant.workflows.pipeline.backfill import execute

    tenant, sent = client.tenant, execute(moment(since, datetime.now(UTC)), client.unit)
    note(f"Sent {sent} conversations of {tenant.name} to the events queue; what has been judged already is skipped")
