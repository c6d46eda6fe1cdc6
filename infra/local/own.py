"""A developer's own Slack and Linear on the local stack: read by default, changed only when told to."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from rich.console import Console

from infra.local import summary
from infra.local.stack import Stack, describe
from infra.local.workspace import OWN, connect
from pm_assistant.cli.client import open_stack
from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Settings
from pm_assistant.workflows.accounts.keys import create_key
from pm_assistant.workflows.connections.sync import sync_tenant
from pm_assistant.workflows.pipeline.backfill import execute as execute_since
from pm_assistant.workflows.pipeline.backfill import preview

DEVELOPER = Caller(tenant_id=OWN, kind="account", id="local", name="make up", scope=Scope.OWNER)
LOOKS_BACK = timedelta(days=1)
KINDS = tuple(kind for kind in ActionKind if kind is not ActionKind.IGNORE)
READING = Settings(rules={kind: Rule(mode=Mode.OFF) for kind in KINDS})
"""Whatever is decided is only logged; nobody in the workspace is asked anything either."""
ACTING = Settings(rules={kind: Rule(mode=Mode.AUTO) for kind in KINDS})


def own_workspace(console: Console, local: Stack, own: Mapping[str, str], *, execute: bool) -> None:
    """Read the last day of the developer's own workspace and show, or with `execute` do, what follows from it.

    Raises:
        LocalError: a vendor does not know its token.
        UpstreamError: a vendor failed.
    """
    demo = json.loads(local.file.read_text()).get("demo", {})
    client = open_stack(profile=None, stack=None, region=None, tenant=OWN)
    settings = ACTING if execute else READING
    tenant = connect(client, settings=settings, slack_token=own["SLACK_TOKEN"], linear_token=own["LINEAR_API_KEY"])
    if demo.get("tenant_id") != OWN or "token" not in demo:
        _, key = create_key("pm", Scope.ADMIN, DEVELOPER, client.unit)
        describe(local, demo={"tenant_id": OWN, "token": key})
    since = datetime.now(UTC) - LOOKS_BACK
    read = sync_tenant(tenant, client.unit, messages_since=since)
    console.print(f"Read {tenant.name}: {read.members} people, {read.tickets} tickets, {read.messages} messages.")
    if execute:
        sent = execute_since(since, client.unit)
        console.print(f"Sent {sent} conversations down the pipeline. Follow them with: uv run pm tail")
        return
    # What would happen if the tenant trusted us, not what reading-only leaves of it.
    verdicts = preview(tenant.model_copy(update={"settings": ACTING}), since, client.unit)
    tickets = {ticket.id: ticket for ticket in client.stores.tickets.all(tenant.id)}
    decisions = [decision for _, verdict in verdicts for decision in verdict.decisions]
    summary.tell_decisions(console, "What would happen (nothing has been done)", decisions, tickets)
    console.print("To have it done: make up EXECUTE=1")
