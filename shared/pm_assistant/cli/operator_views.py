"""What an operator sees of a stack: tables and lines."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pm_assistant.cli.models import Connected, Finding, Parked, ParkedInFull, Status, TenantStatus
from pm_assistant.cli.terminal import add, counted, facts, table, text
from pm_assistant.cli.times import age
from pm_assistant.cli.views import decisions


def status(overview: Status, now: datetime) -> RenderableType:
    """The stack and the tenant at a glance."""
    stack = facts(
        ("stack", f"{overview.stack_name} ({'local' if overview.local else overview.region})"),
        ("api", overview.api_url),
        ("sandbox", overview.sandbox_url or "none"),
    )
    functions = table("Function", "Status")
    for function in overview.functions:
        add(functions, text(function.name), text(function.status))
    queues = table("Queue", "Waiting", "In flight", "Delayed")
    for depth in overview.queues:
        alarming = "red" if "dead" in depth.queue and depth.total else ""
        numbers = (str(depth.waiting), str(depth.in_flight), str(depth.delayed))
        add(queues, *(Text(cell, style=alarming) for cell in (depth.queue, *numbers)))
    tenant = _tenant(overview.tenant, now) if overview.tenant else Text("No tenant is connected yet.")
    return Group(stack, Text(), functions, Text(), queues, Text(), tenant)


def _tenant(status: TenantStatus, now: datetime) -> RenderableType:
    counts, settings = status.counts, status.tenant.settings
    rules = ", ".join(f"{kind} {rule.mode} from {rule.threshold:.0%}" for kind, rule in settings.rules.items())
    tickets = f"{counts.open_tickets} open of {counts.tickets} tickets"
    decided = ", ".join(f"{number} {state}" for state, number in counts.decisions.items()) or "none"
    ties = [(tie.provider, f"{tie.external_id}, {tie.base_url}, {_since(tie)}") for tie in status.connections]
    about = facts(
        ("tenant", f"{status.tenant.name} ({status.tenant.id})"),
        ("trust", rules),
        *ties,
        ("known", f"{counts.people} people, {counts.teams} teams, {tickets}"),
        ("last 24 h", f"{counts.messages} messages; decisions: {decided}"),
    )
    return Group(about, Text(), decisions(status.recent, now)) if status.recent else about


def _since(tie: Connected) -> str:
    return f"broken since {tie.broken_since:%F}" if tie.broken_since else f"since {tie.connected_at:%F}"


STATES = {"ok": "green", "missing": "red", "not here": "dim", "not asked": "dim"}


def finding(finding: Finding) -> RenderableType:
    """What the doctor found, in a line if all is well; below what is missing stands what to do about it."""
    row = Table.grid(padding=(0, 1))
    row.add_column(width=9)
    row.add_column(width=9)
    row.add_column(overflow="fold")
    row.add_row(text(finding.state, STATES[finding.state]), text(finding.check), text(finding.what))
    if finding.remedy:
        row.add_row("", "", text(finding.remedy, "dim"))
    return row


def parked(letters: Sequence[Parked], now: datetime) -> RenderableType:
    """Dead letters as a table."""
    rows = table("Id", "Queue", "Age", "Attempts", "Error", "Cause", "About")
    for letter in letters:
        tried = (age(letter.parked_at, now), str(letter.attempts))
        row = (letter.id[:8], letter.queue, *tried, letter.error, letter.cause, letter.about)
        add(rows, *(text(cell) for cell in row))
    return counted(rows, len(letters), "dead letter")


def parked_in_full(letter: ParkedInFull, now: datetime) -> RenderableType:
    """One dead letter with its body."""
    return facts(
        ("id", letter.id),
        ("queue", letter.queue),
        ("age", age(letter.parked_at, now)),
        ("attempts", str(letter.attempts)),
        ("error", letter.error),
        ("cause", letter.cause),
        ("about", letter.about),
        ("body", letter.body),
    )
