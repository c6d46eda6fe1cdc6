"""What came of a day, for a person at a terminal."""

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import groupby
from typing import Any, assert_never

import httpx
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from pm_assistant.cli.client import StackClient
from pm_assistant.domain.actions import (
    ChangeTicket,
    CloseTree,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
)
from pm_assistant.domain.decisions import Decision, DecisionState, percent
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.work import Ticket
from pm_assistant.workflows.code.picture import list_disagreements

CAME_OF = {
    DecisionState.FAILED: "[red]Failed[/] ({count})",
    DecisionState.PROPOSED: "[yellow]Asked in the thread[/] ({count}); say yes there or with: {pm} approve ID",
    DecisionState.QUEUED: "[yellow]Not done yet[/] ({count})",
    DecisionState.DONE: "[green]Done[/] ({count})",
    DecisionState.LOGGED: "[cyan]Only logged[/] ({count})",
    DecisionState.DISMISSED: "[cyan]Dismissed[/] ({count})",
    DecisionState.UNDONE: "[cyan]Taken back[/] ({count})",
}
WOULD_COME = {
    DecisionState.QUEUED: "[green]Would be done[/] ({count})",
    DecisionState.PROPOSED: "[yellow]Would be asked in the thread[/] ({count})",
    DecisionState.LOGGED: "[cyan]Would only be logged[/] ({count})",
}
IN_FULL = 7
"""Finished changes that are shown with all their links; the others are named."""

_MRKDWN = re.compile(
    r"<(?P<url>[^|<>]+)\|(?P<label>[^<>]*)>"
    r"|\*(?P<bold>[^*\n]+)\*|(?<!\w)_(?P<dim>[^_\n]+)_(?!\w)|(?P<plain>[^<*_]+|.)",
    re.S,
)
_STYLES = {"header": "bold", "section": "", "context": "dim"}


@dataclass(frozen=True)
class Standup:
    """A person's standup as it arrived: as a message in Slack, or as an e-mail."""

    member: Member
    message: Mapping[str, Any] | None
    mail: Mapping[str, Any] | None

    @property
    def arrived(self) -> bool:
        """Whether it has."""
        return self.message is not None or self.mail is not None


def tell(console: Console, client: StackClient, standups: Sequence[Standup]) -> None:
    """Show the decisions, what changed in the tracker, what is built, the standups, and where to look further."""
    logged = client.stores.decisions.since(client.tenant_id, datetime.now(UTC) - timedelta(days=2))
    decisions = [decision for decision in logged if decision.subject.in_chat]
    tickets = {ticket.id: ticket for ticket in client.stores.tickets.all(client.tenant_id)}
    _tell(console, decisions, tickets, CAME_OF, IN_FULL)
    _tell_built(console, [decision for decision in logged if not decision.subject.in_chat], tickets, client)
    _tell_standups(console, standups, client)
    _where(console, client, decisions)


def tell_decisions(console: Console, title: str, decisions: Iterable[Decision], tickets: Mapping[str, Ticket]) -> None:
    """Show what would come of every conversation, with confidence, reason and the message it rests on."""
    console.print(f"\n[b]{title}[/]")
    _tell(console, list(decisions), tickets, WOULD_COME, None)


def pm() -> str:
    """How `pm` is called here: uv may be there for `make` only."""
    return "uv run pm" if shutil.which("uv") else ".venv/bin/pm"


def _tell(
    console: Console,
    decisions: Sequence[Decision],
    tickets: Mapping[str, Ticket],
    headings: Mapping[DecisionState, str],
    in_full: int | None,
) -> None:
    about_work = [each for each in decisions if not isinstance(each.action, Ignore) or each.action.work]
    for state, heading in headings.items():
        group = _by_ticket(each for each in about_work if each.state is state)
        if not group:
            continue
        console.print(f"\n[b]{heading.format(count=len(group), pm=pm())}[/]")
        shown = in_full if state is DecisionState.DONE else None
        for entry in group[:shown]:
            answer_id = f"{entry[0].id[:8]}  " if state is DecisionState.PROPOSED and headings is CAME_OF else ""
            _line(console, f"  [yellow]{answer_id}[/][b]{_what(entry[0], tickets)}[/]")
            _tell_entry(console, entry)
        if rest := group[len(group) if shown is None else shown :]:
            named = ", ".join(_what(entry[0], tickets, short=True) for entry in rest)
            console.print(f"  and {named}\n  all of them with: {pm()} decisions --state {state}")
    quiet = len({each.subject.id for each in decisions} - {each.subject.id for each in about_work})
    if not about_work:
        console.print("  Nothing was said that is about work.")
    console.print(f"\n[dim]Conversations that were chatter and are left alone: {quiet}[/]")


def _tell_built(
    console: Console, decisions: Sequence[Decision], tickets: Mapping[str, Ticket], client: StackClient
) -> None:
    """What the comparison of every hour has settled, and where people have the word."""
    settled = [decision for decision in decisions if decision.state is DecisionState.DONE]
    console.print(f"\n[b]What is built on GitHub did not agree with Linear; settled[/] ({len(settled)})")
    for decision in settled:
        _line(console, f"  [b]{_what(decision, tickets)}[/]")
        _tell_entry(console, [decision])
    left = list_disagreements(client.tenant, client.unit)
    kinds = Counter(each.kind.replace("_", " ") for each in left)
    named = ", ".join(f"{number} {kind}" for kind, number in kinds.items()) or "nothing"
    console.print(f"  left for people: {named}\n  all of it with: {pm()} disagreements")


def _tell_standups(console: Console, standups: Sequence[Standup], client: StackClient) -> None:
    """The first that is in Slack, and where everybody's is."""
    in_slack = next((each.message for each in standups if each.message is not None), None)
    console.print()
    if in_slack is not None:
        console.print(
            Panel(
                _readable(in_slack), title="A standup in a Slack DM", subtitle=_page_of(in_slack, client), expand=False
            ),
            soft_wrap=False,
        )
    console.print("[b]Standups that arrived[/]")
    for standup in standups:
        clock = datetime.now(standup.member.zone)
        where = (
            f"Slack   {_page_of(standup.message, client)}"
            if standup.message
            else f"e-mail  {client.stack.sandbox_url}/mail"
        )
        console.print(f"  {escape(standup.member.name):<16} {clock:%H:%M} in {standup.member.time_zone:<18} {where}")


def _page_of(message: Mapping[str, Any], client: StackClient) -> str:
    return f"{client.stack.sandbox_url}/slack/archives/{message['channel']}/p{message['ts'].replace('.', '')}"


def _by_ticket(decisions: Iterable[Decision]) -> list[list[Decision]]:
    """What one conversation means for one ticket, together: what changes most first, then what is surest."""

    def identity(decision: Decision) -> tuple[str, str]:
        return decision.subject.id, getattr(decision.action, "ticket_id", "")

    groups = [list(group) for _, group in groupby(sorted(decisions, key=identity), key=identity)]
    return sorted(groups, key=lambda group: (-len(group), -max(each.confidence for each in group)))


def _tell_entry(console: Console, entry: list[Decision]) -> None:
    for each in entry:
        said = each.error or each.reason
        _line(
            console, f"    {percent(each.confidence):>4}  {_done(each):<14}  [dim]{escape(' '.join(said.split()))}[/]"
        )
    private = "  [dim](private)[/]" if entry[0].private else ""
    source = "Slack" if entry[0].subject.in_chat else "GitHub"
    console.print(f"    {source:<7} {escape(entry[0].evidence[0].url)}{private}")
    if outcome := entry[0].outcome:
        console.print(f"    Linear  {escape(outcome.url)}")


def _line(console: Console, text: str) -> None:
    """One line, cut where the terminal ends; a file gets all of it."""
    if console.is_terminal:
        console.print(text, no_wrap=True, overflow="ellipsis", soft_wrap=False)
    else:
        console.print(text)


def _what(decision: Decision, tickets: Mapping[str, Ticket], *, short: bool = False) -> str:
    match decision.action:
        case (
            Comment(ticket_id=ticket_id)
            | MoveTicket(ticket_id=ticket_id)
            | ChangeTicket(ticket_id=ticket_id)
            | LinkPullRequest(ticket_id=ticket_id)
            | CloseTree(root_id=ticket_id)
        ):
            ticket = tickets.get(ticket_id)
            return escape(ticket.key if short else f"{ticket.key} {ticket.title}") if ticket else "a removed ticket"
        case CreateTicket(title=title):
            return escape(title)
        case Ignore():
            return "talk about work without a ticket"
        case _:
            assert_never(decision.action)


def _done(decision: Decision) -> str:
    match decision.action:
        case MoveTicket(to=to):
            return escape(f"to {to.name}")
        case ChangeTicket(field=field, to=to):
            return escape(f"{field} {to.name}")
        case CreateTicket():
            return "new ticket"
        case CloseTree(closings=closings):
            return f"close {len(closings)}"
        case LinkPullRequest(name=name):
            return escape(f"link {name}")
        case Ignore():
            return "nothing"
        case Comment():
            return "comment"
        case _:
            assert_never(decision.action)


def _readable(report: Mapping[str, Any]) -> Text:
    """A report's blocks; its links can be followed where the terminal can do that."""
    lines = []
    for block in report.get("blocks", []):
        if block["type"] in _STYLES:
            text = block.get("text", {}).get("text") or " ".join(each["text"] for each in block.get("elements", []))
            lines.append(_line_of(text, _STYLES[block["type"]]))
    return Text("\n").join(lines)


def _line_of(mrkdwn: str, style: str) -> Text:
    line = Text(style=style)
    for span in _MRKDWN.finditer(mrkdwn):
        if span["url"]:
            line.append(unescape(span["label"]), Style(link=unescape(span["url"])))
        else:
            kind = str(span.lastgroup)
            line.append(unescape(span[kind]), "" if kind == "plain" else kind)
    return line


def _where(console: Console, client: StackClient, decisions: Iterable[Decision]) -> None:
    stack = client.stack
    requests = httpx.get(f"{stack.sandbox_url}/_sandbox/state", timeout=10).json()["requests"]
    model_calls = requests.get("openai.responses", 0)
    conversations = len({(decision.subject.id, decision.revision) for decision in decisions})
    for line in (
        f"\n{conversations} conversations were judged; {model_calls} model calls so far. Look around:",
        f"  the three vendors   {stack.sandbox_url}/",
        f"  everything in them  {stack.sandbox_url}/_sandbox/state",
        f"  the product's API   {stack.public_url}/v1/docs",
        f"  the dashboard       {stack.public_url}/",
        f'  say something       {pm()} send "Coupons vanish in checkout again" --channel support --user dana',
        f"  watch it happen     {pm()} tail",
        f"  why it was done     {pm()} decisions",
    ):
        console.print(line, soft_wrap=True)
