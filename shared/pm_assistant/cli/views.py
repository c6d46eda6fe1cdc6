"""What a person sees of the product's answers: tables and lines."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pm_assistant.cli.models import (
    Choices,
    Connected,
    Depths,
    Finding,
    Logged,
    Parked,
    ParkedInFull,
    RuleTold,
    RunAsked,
    Status,
    TenantStatus,
    Tie,
    Would,
)
from pm_assistant.cli.terminal import add, clean, counted, facts, link, spelled, table, text, url
from pm_assistant.cli.times import age
from pm_assistant.domain.actions import Action, CloseTree, Comment, CreateTicket, Ignore, LinkPullRequest, MoveTicket
from pm_assistant.domain.code import CheckResult
from pm_assistant.domain.decisions import DecisionState, percent
from pm_assistant.domain.disagreements import Disagreement
from pm_assistant.domain.jobs import JobState
from pm_assistant.domain.reports import Report
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.language.text import plain
from pm_assistant.workflows.code.queries import PullRequestView

SNIPPET = 70
COLORS = {
    DecisionState.DONE: "green",
    DecisionState.QUEUED: "cyan",
    DecisionState.ACTING: "cyan",
    DecisionState.PROPOSED: "yellow",
    DecisionState.FAILED: "red",
    DecisionState.UNDONE: "magenta",
}


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


def tickets(
    tickets: Sequence[Ticket], now: datetime, blockers: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> RenderableType:
    """Tickets as a table; `blockers` are the keys of the open tickets that block one, by its id."""
    rows = table("Ticket", "Title", "State", "Assignee", "Project", "Due", "Updated", *spelled("Link"))
    for ticket in tickets:
        style = "dim" if ticket.state.type.closed else "cyan" if ticket.state.type is StateType.STARTED else ""
        add(
            rows,
            link(ticket.key, ticket.url),
            text(ticket.title),
            text(", blocked by ".join(filter(None, (ticket.state.name, " ".join(blockers.get(ticket.id, ()))))), style),
            text(ticket.assignee_name or ticket.assignee_id or ""),
            text((ticket.project and ticket.project.name) or ""),
            text(f"{ticket.due_date or ''}"),
            text(age(ticket.updated_at, now)),
            *spelled(url(ticket.url)),
        )
    return counted(rows, len(tickets), "ticket")


def pulls(pulls: Sequence[PullRequestView], now: datetime) -> RenderableType:
    """Pull requests as a table; one whose checks have failed waits for that, whatever its reviewers say."""
    rows = table("Pull", "Title", "Author", "Stage", "Awaits", "Updated", *spelled("Link"))
    for pull in pulls:
        failed = not pull.stage.over and pull.checks is CheckResult.FAILED
        stage = "checks failed" if failed else pull.stage.replace("_", " ")
        add(
            rows,
            link(f"{pull.repository.rpartition('/')[2]}#{pull.number}", pull.url),
            text(pull.title),
            text(pull.author),
            text(stage, "red" if failed else "dim" if pull.stage.over else ""),
            text(" ".join(pull.requested[:1]) + (f" +{len(pull.requested) - 1}" if len(pull.requested) > 1 else "")),
            text(age(pull.updated_at, now)),
            *spelled(url(pull.url)),
        )
    return counted(rows, len(pulls), "pull request")


def disagreements(found: Sequence[Disagreement], now: datetime) -> RenderableType:
    """Disagreements as a table, each with all that it rests on."""
    rows = table("What", "Since", "Rests on")
    for each in found:
        first, *others = (link(receipt.text, receipt.url) for receipt in each.receipts)
        add(rows, text(each.kind.replace("_", " ")), text(age(each.since, now)), first)
        for other in others:
            add(rows, text(""), text(""), other)
    return counted(rows, len(found), "disagreement")


def untracked(drafts: Sequence[Logged], now: datetime) -> RenderableType:
    """Talk without a ticket as a table: what a ticket for it would be called, and where it was said."""
    rows = table("Said", "Would be", "Because", *spelled("Link"))
    for draft in drafts:
        said = draft.evidence[0].url
        add(rows, text(age(draft.as_of, now)), _ticket(draft), link(draft.reason, said), *spelled(url(said)))
    return counted(rows, len(drafts), "untracked conversation")


def decisions(decisions: Sequence[Logged], now: datetime) -> RenderableType:
    """The decision log as a table: the reason leads to what was said, the state to what was done."""
    rows = table("Id", "When", "State", "What", "Ticket", "Sure", "Because", *spelled("Link", "Done"))
    for decision in decisions:
        done, said = decision.outcome.url if decision.outcome else "", decision.evidence[0].url
        trouble = _waiting(decision) or decision.error
        add(
            rows,
            text(decision.id[:8]),
            text(age(decision.updated_at, now)),
            link(_state(decision), done, COLORS.get(decision.state, "")),
            text(what(decision.action)),
            _ticket(decision),
            text(percent(decision.confidence)),
            link(trouble or _because(decision), said),
            *spelled(url(said), url(done)),
        )
    return counted(rows, len(decisions), "decision")


def _because(decision: Logged) -> str:
    """Why; which rule held it, and why no model was asked."""
    held, offline = decision.held_by, decision.fallback
    notes = [f"rule {held.rule_id} of {held.owner}"] if held else []
    notes += [f"judged offline: {offline}"] if offline else []
    return f"{decision.reason} ({'; '.join(notes)})" if notes else decision.reason


def _state(decision: Logged) -> str:
    return f"{decision.state} (shadow: {decision.shadow})" if decision.shadow else decision.state


def _waiting(decision: Logged) -> str:
    """For whom it waits, and since when."""
    if decision.waiting is None:
        return ""
    return f"waiting for {decision.waiting.provider.title()} since {decision.waiting.since.astimezone():%d %b %H:%M}"


def previews(previews: Sequence[Would]) -> RenderableType:
    """What the conversations would lead to, as a table."""
    rows = table("Conversation", "Would", "As", "Ticket", "Sure", "Because", *spelled("Link"))
    for would in previews:
        opening = Text(snippet(would))
        for decision in would.decisions:
            add(
                rows,
                opening,
                text(what(decision.action)),
                text(decision.state, COLORS.get(decision.state, "")),
                _ticket(decision),
                text(percent(decision.confidence)),
                link(_because(decision), decision.evidence[0].url),
                *spelled(url(decision.evidence[0].url)),
            )
            opening = Text()
        for flaw in would.unusable:
            add(rows, opening, text("nothing", "dim"), Text(), Text(), Text(), text(f"unusable: {flaw}"))
    return counted(rows, len(previews), "conversation")


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


def reports(reports: Iterable[Report]) -> RenderableType:
    """Reports one below the other."""
    lines: list[Text] = []
    for report in reports:
        lines.append(text(report.title, "bold"))
        for section in report.sections:
            lines.append(text(f"  {section.title}"))
            lines += [text(f"    - {line.text}  ").append_text(url(line.url)) for line in section.lines]
            if not section.lines:
                lines.append(text("    nothing", "dim"))
        lines.append(Text())
    return Group(*lines)


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


def ties(ties: Sequence[Tie], now: datetime) -> RenderableType:
    """Connections as a table."""
    rows = table("Vendor", "Workspace", "State", "Last event", "Last sync", "Next refresh")
    for tie in ties:
        happened = (f"{age(at, now)} ago" if at else "" for at in (tie.last_event_at, tie.last_sync_at))
        refresh = f"{tie.next_refresh_at.astimezone():%F %H:%M}" if tie.next_refresh_at else ""
        names = (text(tie.provider), text(f"{tie.name} ({tie.external_id})" if tie.name else ""))
        add(rows, *names, _how(tie), *(text(when) for when in happened), text(refresh))
    return Group(rows, *(line for tie in ties for line in _coverage(tie)))


def _coverage(tie: Tie) -> Iterator[Text]:
    """What of a vendor is not known yet, and what was not told."""
    for channel in tie.channels:
        if channel.read_back_to is not None:
            name = channel.name or "a private channel"
            yield text(f"{name}: being read, back to {channel.read_back_to.astimezone():%F %H:%M} by now", "cyan")
    for gap in tie.gaps:
        began, ended = gap.began_at.astimezone(), gap.ended_at.astimezone()
        end = f"{ended:%H:%M}" if began.date() == ended.date() else f"{ended:%F %H:%M}"
        state, style = ("repaired", "green") if gap.repaired_at else ("to be read", "yellow")
        yield text(f"{gap.place or tie.provider}: gap {began:%F %H:%M}\N{EN DASH}{end}, {state}", style)


def rules(seen: Sequence[RuleTold]) -> RenderableType:
    """Rules as a table; which others say otherwise stands with each."""
    rows = table("Id", "Rule", "Whose", "Until", "Note")
    for rule in seen:
        what = f"{'never ask' if rule.effect == 'never' else 'ask first'}: {', '.join(rule.about)}"
        over = rule.ended or ("" if rule.in_force else "over")
        conflicts = f"; otherwise says {', '.join(rule.conflicts)}" if rule.conflicts else ""
        until = f"{rule.until.astimezone():%F %H:%M}" if rule.until else "taken back"
        add(rows, text(rule.id), text(f"{what}{conflicts}"), text(rule.owner), text(over or until), text(rule.note))
    return rows


def settings(chosen: Choices) -> RenderableType:
    """Settings below each other, each as it is given to change it."""
    return facts(
        *((name, value if isinstance(value, str) else json.dumps(value)) for name, value in chosen.root.items())
    )


def _how(tie: Tie) -> Text:
    match tie.state:
        case "none":
            return text("not connected", "dim")
        case "broken":
            return text(f"broken since {tie.broken_since:%F %H:%M}: {tie.broken_reason}", "red")
        case "connected" if tie.unavailable_since:
            again = f"at {_clock(tie.retry_at)}" if tie.retry_at else "with what comes next"
            return text(f"does not answer since {_clock(tie.unavailable_since)}; trying again {again}", "red")
        case "connected" if tie.limited_until:
            return text(f"limited until {_clock(tie.limited_until)}", "yellow")
        case "connected" if tie.reading_resumes_at:
            return text(f"connected; older things are read from {_clock(tie.reading_resumes_at)}", "yellow")
        case "connected" if tie.scopes_missing:
            return text(f"connected, lacks {', '.join(tie.scopes_missing)}", "yellow")
        case "connected":
            return text("connected", "green")


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M}"


def runs(runs: Sequence[RunAsked], now: datetime) -> RenderableType:
    """Runs as a table."""
    rows = table("Id", "Age", "Kind", "State", "Done", "Error")
    for run in runs:
        kind = f"{run.kind} (dry run)" if run.dry_run else run.kind
        state = text(run.state, {JobState.DONE: "green", JobState.FAILED: "red"}.get(run.state, "cyan"))
        done = f"{run.done}" if run.total is None else f"{run.done} of {run.total}"
        about = (text(run.id), text(age(run.created_at, now)), text(kind))
        add(rows, *about, state, text(done), text(run.error or ""))
    return counted(rows, len(runs), "run")


def step(decision: Logged) -> RenderableType:
    """One line of `pm tail` for a decision that is new or has moved on."""
    line = text(f"{decision.updated_at.astimezone():%H:%M:%S}  ")
    line.append_text(text(f"{decision.state:<9}", COLORS.get(decision.state, "")))
    line.append_text(text(f" {what(decision.action)} ")).append_text(_ticket(decision))
    line.append_text(text(f"  {percent(decision.confidence)}: {decision.reason}  "))
    return line.append_text(url(decision.outcome.url if decision.outcome else decision.evidence[0].url))


def depths(depths: Depths) -> RenderableType:
    """One line of `pm tail` for the queues."""
    full = ", ".join(f"{depth.queue} {depth.total}" for depth in depths.queues if depth.total)
    return text(f"{depths.at.astimezone():%H:%M:%S}  queues    {full or 'empty'}", "dim")


def what(action: Action) -> str:
    """Say what an action is, without its ticket."""
    match action:
        case Comment():
            return "comment"
        case MoveTicket(to=to):
            return f"move to {clean(to.name)}"
        case CreateTicket():
            return "create"
        case CloseTree(closings=closings):
            return f"close {len(closings)} in a tree"
        case LinkPullRequest(name=name):
            return f"link {clean(name)}"
        case Ignore(work=work):
            return "ignore (work)" if work else "ignore"
        case _:
            assert_never(action)


def snippet(would: Would) -> str:
    """The beginning of a conversation, and how much of it there is."""
    messages = would.conversation.undeleted_messages
    opening = clean(plain(messages[0].text, {})) if messages else "(deleted)"
    cut = opening if len(opening) <= SNIPPET else f"{opening[:SNIPPET]}…"
    return f"{cut} ({len(messages)} messages)" if len(messages) > 1 else cut


def _ticket(decision: Logged) -> Text:
    if decision.ticket:
        return link(f"{decision.ticket.key} {decision.ticket.title}", decision.ticket.url)
    match decision.action:
        case CreateTicket(title=title):
            return text(f"new: {title}")
        case (
            Comment(ticket_id=ticket_id)
            | MoveTicket(ticket_id=ticket_id)
            | LinkPullRequest(ticket_id=ticket_id)
            | CloseTree(root_id=ticket_id)
        ):
            return text(ticket_id)
        case Ignore():
            return Text()
        case _:
            assert_never(decision.action)
