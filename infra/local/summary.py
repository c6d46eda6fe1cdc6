"""What came of a day, for a person at a terminal."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from pm_assistant.cli.corridor import Corridor
from pm_assistant.domain.decisions import Comment, CreateTicket, Decision, DecisionState, Ignore, MoveTicket
from pm_assistant.domain.work import Ticket

CAME_OF = {
    DecisionState.DONE: "[green]done[/]",
    DecisionState.PROPOSED: "[yellow]asked in the thread[/]",
    DecisionState.QUEUED: "[cyan]would be done[/]",
    DecisionState.FAILED: "[red]failed[/]",
    DecisionState.LOGGED: "only logged",
    DecisionState.DISMISSED: "dismissed",
}
LINK = re.compile(r"<(?P<url>[^|>]+)\|(?P<text>[^>]*)>")


def tell(console: Console, corridor: Corridor, report: Mapping[str, Any]) -> None:
    """Show the decisions, what changed in the tracker, the standup, and where to look further."""
    decisions = corridor.stores.decisions.since(corridor.tenant_id, datetime.now(UTC) - timedelta(days=2))
    tickets = {ticket.id: ticket for ticket in corridor.stores.tickets.all(corridor.tenant_id)}
    tell_decisions(console, "Decisions", decisions, tickets)
    console.print("\n[b]What changed in Linear[/]")
    for decision in decisions:
        if decision.outcome:
            console.print(f"  {_what(decision, tickets)}\n    {escape(decision.outcome.url)}")
    console.print(Panel(_plain(report), title="The standup in a Slack DM", expand=False))
    _where(console, corridor, decisions)


def tell_decisions(console: Console, title: str, decisions: Iterable[Decision], tickets: Mapping[str, Ticket]) -> None:
    """Show every decision about work with its confidence, its reason and the message it rests on."""
    console.print(f"\n[b]{title}[/]")
    quiet = Counter[str]()
    for decision in sorted(decisions, key=lambda d: (d.state, -d.confidence)):
        if isinstance(decision.action, Ignore) and not decision.action.work:
            quiet["chatter"] += 1
            continue
        console.print(f"  {_what(decision, tickets)}  {decision.confidence:.0%}  {CAME_OF[decision.state]}")
        console.print(f"    [dim]{escape(decision.reason)}[/]\n    {escape(decision.evidence[0].url)}")
    console.print(f"  {quiet['chatter']} conversations were chatter; nothing was done about them.")


def _what(decision: Decision, tickets: Mapping[str, Ticket]) -> str:
    match decision.action:
        case Comment(ticket_id=ticket_id):
            return f"comment on [b]{_name(ticket_id, tickets)}[/]"
        case MoveTicket(ticket_id=ticket_id, to=to):
            return f"move to {escape(to.name)} [b]{_name(ticket_id, tickets)}[/]"
        case CreateTicket(title=title):
            return f"new ticket [b]{escape(title)}[/]"
        case Ignore():
            return "talk about work without a ticket"


def _name(ticket_id: str, tickets: Mapping[str, Ticket]) -> str:
    ticket = tickets.get(ticket_id)
    return escape(f"{ticket.key} {ticket.title}") if ticket else "a removed ticket"


def _plain(report: Mapping[str, Any]) -> str:
    """A report's blocks as a terminal can show them."""
    texts = (
        block.get("text", {}).get("text") or " ".join(element["text"] for element in block.get("elements", []))
        for block in report.get("blocks", [])
        if block["type"] in {"header", "section", "context"}
    )
    return escape(LINK.sub(lambda link: link["text"], "\n".join(texts)))


def _where(console: Console, corridor: Corridor, decisions: Iterable[Decision]) -> None:
    stack = corridor.stack
    asked = httpx.get(f"{stack.sandbox_url}/_sandbox/state", timeout=10).json()["requests"].get("openai.responses", 0)
    conversations = len({(decision.subject.id, decision.revision) for decision in decisions})
    for line in (
        f"\n{asked} model calls for {conversations} conversations. Look around:",
        f"  Slack and Linear   {stack.sandbox_url}/",
        f"  everything in them {stack.sandbox_url}/_sandbox/state",
        f"  the product's API  {stack.api_url}",
        '  say something      uv run pm send "Coupons vanish in checkout again" --channel support --user dana',
        "  watch it happen    uv run pm tail",
        "  why it was done    uv run pm decisions",
    ):
        console.print(line, soft_wrap=True)
