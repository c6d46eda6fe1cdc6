"""What an operator sees of a stack: tables and lines."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pm_assistant.cli.models import Connected, Finding, Parked, ParkedInFull, Status, TenantStatus
from pm_assistant.cli.terminal import add, counted, facts, table, text, width
from pm_assistant.cli.times import age
from pm_assistant.cli.views import decisions
from pm_assistant.domain.decisions import percent
from pm_assistant.domain.health import StageHealth, TenantHealth, VendorHealth
from pm_assistant.domain.spending import DOLLAR
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.money import cost


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
    measured = overview.measured
    shown = [Text(), *_measured(measured, now)] if measured and measured.measured else []
    return Group(stack, Text(), functions, Text(), queues, *shown, Text(), tenant)


def _measured(stage: StageHealth, now: datetime) -> tuple[RenderableType, ...]:
    """How long messages waited and how often functions failed, as was last seen."""
    waits = table("Queue", "Oldest", "Parked")
    for queue in stage.queues:
        oldest = "" if queue.oldest_seconds is None else f"{queue.oldest_seconds:.0f}s"
        add(waits, text(queue.name), text(oldest), text("" if queue.parked is None else str(queue.parked)))
    errors = table("Function", "Errors in an hour", "In a day")
    for function in stage.functions:
        hour = f"{function.errors_of_hour} of {function.calls_of_hour}"
        add(errors, text(function.name), text(hour), text(f"{function.errors_of_day} of {function.calls_of_day}"))
    return waits, Text(), errors, Text(f"as seen {age(stage.looked_at, now)} ago", style="dim")


def _tenant(status: TenantStatus, now: datetime) -> RenderableType:
    counts, settings = status.counts, status.tenant.settings
    rules = ", ".join(f"{kind} {rule.mode} from {percent(rule.threshold)}" for kind, rule in settings.rules.items())
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


WIDE = 120
"""Columns from which on a team's id stands in its line."""


def tenants(healths: Sequence[TenantHealth], now: datetime, thing: str = "team") -> RenderableType:
    """How teams fare, or one did on several days, a line each; ids stand below where there is no room."""
    columns = ("Id", "Team", "State", "Vendors", "Waiting", "Failed", "People", "Cost", "Age")
    shown = columns[1:] if width() < WIDE else columns
    rows = table(*shown)
    for health in healths:
        ill = "red" if health.is_troubled else ""
        waits = _oldest(health, now)
        failed = f"{health.failed_actions} + {health.failed_runs} runs"
        row = (health.tenant_id, health.name, _state(health), _vendors(health), waits, failed, str(health.people))
        cells = [text(cell, ill) for cell in (*row, _cost(health), age(health.looked_at, now))]
        add(rows, *cells[-len(shown) :])
    names = {health.tenant_id: health.name for health in healths} if shown != columns else {}
    listed = counted(rows, len(healths), thing)
    return Group(listed, Text(), facts(*names.items())) if names else listed


def tenant_in_full(health: TenantHealth, now: datetime) -> RenderableType:
    """How one team fares."""
    return facts(
        ("team", f"{health.name} ({health.tenant_id})"),
        ("state", _state(health)),
        *((("because", health.suspended_because),) if health.suspended_because else ()),
        *((vendor.provider, _vendor(vendor, now)) for vendor in health.vendors),
        ("people", f"{health.people}, and {health.accounts} accounts"),
        (
            health.month,
            f"{health.decisions} decisions, {health.judgements} by a model for {_cost(health)}",
        ),
        ("waiting", f"{health.waiting_actions} decisions; the oldest of these and of runs: {_oldest(health, now)}"),
        ("failed", f"{health.failed_actions} decisions in a day, {health.failed_runs} runs in a week"),
    )


def _cost(health: TenantHealth) -> str:
    return cost(round(health.cost_dollars * DOLLAR), texts_in(None))


def _state(health: TenantHealth) -> str:
    return f"suspended since {health.suspended_since:%F}" if health.suspended_since else health.state.value


def _vendors(health: TenantHealth) -> str:
    return ", ".join(f"{vendor.provider}{_fault(vendor)}" for vendor in health.vendors) or "none"


def _vendor(vendor: VendorHealth, now: datetime) -> str:
    told = f"heard {age(vendor.last_event_at, now)} ago" if vendor.last_event_at else "never heard"
    reading = f"read {age(vendor.last_reading_at, now)} ago" if vendor.last_reading_at else "never read"
    return f"{told}, {reading}{_fault(vendor)}"


def _fault(vendor: VendorHealth) -> str:
    if vendor.broken_since:
        return f" (broken since {vendor.broken_since:%F})"
    return f" (away since {vendor.unavailable_since:%F})" if vendor.unavailable_since else ""


def _oldest(health: TenantHealth, now: datetime) -> str:
    oldest = min(filter(None, (health.oldest_action_at, health.oldest_run_at)), default=None)
    return age(oldest, now) if oldest else "none"
