"""What a person sees of the product's answers: tables and lines."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from pm_assistant.cli.models import (
    ActionTold,
    Choices,
    DecisionTold,
    DisagreementTold,
    FindingTold,
    InvitationTold,
    KeyTold,
    NotUndoneTold,
    OwnCalendar,
    PullTold,
    ReportTold,
    RuleTold,
    RunAsked,
    TicketInFull,
    Tie,
)
from pm_assistant.cli.terminal import add, clean, counted, facts, link, listing, spelled, table, text, url
from pm_assistant.cli.times import age
from pm_assistant.domain.code import CheckResult
from pm_assistant.domain.decisions import DecisionState, percent
from pm_assistant.domain.jobs import JobState
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import StateType

COLORS: Mapping[str, str] = {
    DecisionState.DONE: "green",
    DecisionState.QUEUED: "cyan",
    DecisionState.ACTING: "cyan",
    DecisionState.PROPOSED: "yellow",
    DecisionState.FAILED: "red",
    DecisionState.UNDONE: "magenta",
}


def tickets(tickets: Sequence[TicketInFull], now: datetime) -> RenderableType:
    """Tickets as a table."""
    rows = listing("Ticket", "Title", "State", "Assignee", "Project", "Due", "Updated", *spelled("Link"))
    for ticket in tickets:
        style = "dim" if ticket.state.closed else "cyan" if ticket.state.type == StateType.STARTED else ""
        add(
            rows,
            link(ticket.key, ticket.url),
            text(ticket.title),
            text(ticket.state.name, style),
            text(ticket.assignee_name or ticket.assignee_id or ""),
            text(ticket.project.name if ticket.project else ""),
            text(ticket.due_date or ""),
            text(age(ticket.updated_at, now)),
            *spelled(url(ticket.url)),
        )
    return counted(rows, len(tickets), "ticket")


def pulls(pulls: Sequence[PullTold], now: datetime) -> RenderableType:
    """Pull requests as a table; one whose checks have failed waits for that, whatever its reviewers say."""
    rows = listing("Pull", "Title", "Author", "Stage", "Awaits", "Updated", *spelled("Link"))
    for pull in pulls:
        failed = not pull.over and pull.checks == CheckResult.FAILED
        stage = "checks failed" if failed else pull.stage.replace("_", " ")
        add(
            rows,
            link(f"{pull.repository.rpartition('/')[2]}#{pull.number}", pull.url),
            text(pull.title),
            text(pull.author),
            text(stage, "red" if failed else "dim" if pull.over else ""),
            text(" ".join(pull.requested[:1]) + (f" +{len(pull.requested) - 1}" if len(pull.requested) > 1 else "")),
            text(age(pull.updated_at, now)),
            *spelled(url(pull.url)),
        )
    return counted(rows, len(pulls), "pull request")


def disagreements(found: Sequence[DisagreementTold], now: datetime) -> RenderableType:
    """Disagreements as a table, each with all that it rests on."""
    rows = listing("What", "Since", "Rests on")
    for each in found:
        first, *others = (link(receipt.text, receipt.url) for receipt in each.receipts)
        add(rows, text(each.kind.replace("_", " ")), text(age(each.since, now)), first)
        for other in others:
            add(rows, text(""), text(""), other)
    return counted(rows, len(found), "disagreement")


def decisions(decisions: Sequence[DecisionTold], now: datetime) -> RenderableType:
    """The decision log as a table: the reason leads to what was said, the state to what was done."""
    rows = listing("Id", "When", "State", "What", "Ticket", "Where", "Sure", "Because", *spelled("Link", "Done"))
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
            text(decision.channel_name or ""),
            text(percent(decision.confidence)),
            link(trouble or _because(decision), said),
            *spelled(url(said), url(done)),
        )
    return counted(rows, len(decisions), "decision")


def _because(decision: DecisionTold) -> str:
    """Why; which rule held it, and why no model was asked."""
    held, offline = decision.held_by, decision.fallback
    notes = [f"rule {held.rule_id} of {held.owner}"] if held else []
    notes += [f"judged offline: {offline}"] if offline else []
    return f"{decision.reason} ({'; '.join(notes)})" if notes else decision.reason


def _state(decision: DecisionTold) -> str:
    return f"{decision.state} (shadow: {decision.shadow})" if decision.shadow else decision.state


def _waiting(decision: DecisionTold) -> str:
    """For whom it waits, and since when."""
    if decision.waiting is None:
        return ""
    vendor = decision.waiting.provider
    name = Provider(vendor).label if vendor in {*Provider} else vendor
    return f"waiting for {name} since {decision.waiting.since.astimezone():%d %b %H:%M}"


WOULD = {"act": "do", "ask": "ask", "log": "note", "nothing": "nothing more"}


def findings(found: Sequence[FindingTold], thing: str) -> RenderableType:
    """What a dry run found, as a table."""
    rows = listing("Would", "What", "Ticket", "Sure", "Because", *spelled("Link"))
    for each in found:
        said = next(iter(each.evidence), "")
        about = each.ticket or (f"new: {each.title}" if each.title else "")
        add(
            rows,
            text(WOULD.get(each.would, each.would)),
            text(f"move to {each.to}" if each.to else each.kind),
            text(about),
            text(percent(each.confidence)),
            link(each.reason or "said in private", said),
            *spelled(url(said)),
        )
    return counted(rows, len(found), thing)


def not_undone(kept: Sequence[NotUndoneTold]) -> RenderableType:
    """What stays of a run, and why, as a table."""
    rows = listing("Decision", "What", "Ticket", "Because", *spelled("Link"))
    for each in kept:
        said = each.ticket.url if each.ticket else next(iter(each.evidence), "")
        ticket = each.ticket.text if each.ticket else ""
        add(rows, text(each.id[:8]), text(each.kind), text(ticket), link(each.because, said), *spelled(url(said)))
    return counted(rows, len(kept), "act that stays", "acts that stay")


def synced(results: Iterable[Mapping[str, object]]) -> str:
    """How much was read, in a line; or what is not connected."""
    numbers = [f"{value} {name}" for result in results for name, value in result.items() if isinstance(value, int)]
    missing = [f"{name} is not connected" for result in results for name in _names(result.get("missing"))]
    return ", ".join((*missing, *numbers)) or "Nothing was read"


def _names(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def reports(reports: Iterable[ReportTold]) -> RenderableType:
    """Reports one below the other."""
    lines: list[Text] = []
    for report in reports:
        lines.append(text(report.title, "bold"))
        lines += [text(f"  {said}") for said in report.notes]
        for section in report.sections:
            lines.append(text(f"  {section.title}"))
            lines += [text(f"    - {line.text}  ").append_text(url(line.url)) for line in section.lines]
            if not section.lines:
                lines.append(text("    nothing", "dim"))
        lines.append(Text())
    return Group(*lines)


def calendar(own: OwnCalendar) -> RenderableType:
    """How somebody's own calendar is, and when it has them out of office."""
    if own.state == "none":
        return text("You have no calendar connected; pm account calendar connect says where you do")
    if own.broken_since is not None:
        return text(f"broken since {own.broken_since.astimezone():%F %H:%M}: connect it again", "red")
    read = f"read {own.read_at.astimezone():%F %H:%M}" if own.read_at else "not read yet"
    failing = f", not since {own.unread_since.astimezone():%F %H:%M}" if own.unread_since else ""
    days = ", ".join(f"{day:%F}" for day in own.absent_days) or "no day"
    return Group(text(f"{own.provider}: connected, {read}{failing}"), text(f"Out of office: {days}"))


def ties(ties: Sequence[Tie], now: datetime) -> RenderableType:
    """Connections as a table."""
    columns = ("Vendor", "Workspace", "State", "Last event", "Last sync", "Next refresh")
    rows = table(*columns)
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
        conflicts = f"; otherwise says {', '.join(id[:8] for id in rule.conflicts)}" if rule.conflicts else ""
        until = f"{rule.until.astimezone():%F %H:%M}" if rule.until else "taken back"
        add(rows, text(rule.id[:8]), text(f"{what}{conflicts}"), text(rule.owner), text(over or until), text(rule.note))
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
    rows = listing("Id", "Age", "Kind", "State", "Done", "Error")
    for run in runs:
        kind = f"{run.kind} (dry run)" if run.dry_run else run.kind
        state = text(run.state, {JobState.DONE: "green", JobState.FAILED: "red"}.get(run.state, "cyan"))
        done = f"{run.done}" if run.total is None else f"{run.done} of {run.total}"
        about = (text(run.id), text(age(run.created_at, now)), text(kind))
        add(rows, *about, state, text(done), text(run.error or ""))
    return counted(rows, len(runs), "run")


def step(decision: DecisionTold) -> RenderableType:
    """One line of `pm tail` for a decision that is new or has moved on."""
    line = text(f"{decision.updated_at.astimezone():%H:%M:%S}  ")
    line.append_text(text(f"{decision.state:<9}", COLORS.get(decision.state, "")))
    line.append_text(text(f" {what(decision.action)} ")).append_text(_ticket(decision))
    line.append_text(text(f"  {percent(decision.confidence)}: {decision.reason}  "))
    return line.append_text(url(decision.outcome.url if decision.outcome else decision.evidence[0].url))


def what(action: ActionTold) -> str:
    """Say what an action is, without its ticket; by its name where the API knows more of them than we."""
    match action.kind:
        case "move" if action.to:
            return f"move to {clean(action.to.name)}"
        case "close":
            return f"close {len(action.closings)} in a tree"
        case "link":
            return f"link {clean(action.name or '')}"
        case "ignore" if action.work:
            return "ignore (work)"
        case _:
            return clean(action.kind)


def _ticket(decision: DecisionTold) -> Text:
    if decision.ticket:
        return link(f"{decision.ticket.key} {decision.ticket.title}", decision.ticket.url)
    return text(f"new: {decision.action.title}" if decision.action.title else "")


def keys(keys: Sequence[KeyTold], now: datetime) -> RenderableType:
    """Keys of programs as a table."""
    rows = listing("Id", "Age", "Scope", "Name", "Used")
    for key in keys:
        used = f"{age(key.last_used_at, now)} ago" if key.last_used_at else "never"
        add(rows, text(key.id), text(age(key.created_at, now)), text(key.scope), text(key.name), text(used))
    return counted(rows, len(keys), "key")


def invitations(invitations: Sequence[InvitationTold]) -> RenderableType:
    """Invitations as a table."""
    rows = table("Whom", "As", "Until", "Id")
    for each in invitations:
        until = f"{each.expires_at.astimezone():%F %H:%M}"
        add(rows, text(each.email), text(each.role), text(until), text(each.id))
    return counted(rows, len(invitations), "invitation")
