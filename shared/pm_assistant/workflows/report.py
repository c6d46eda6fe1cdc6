"""Tell one person what moved and what is next, from facts alone, each with its link."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pm_assistant.domain.decisions import CreateTicket, Decision, DecisionState, Ignore, external_id
from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.reports import Line, Report, ReportDue, Section
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.ports import Chat, Decisions, Directory, Runs, Tickets

HOLD = timedelta(seconds=90)
"""Longer than the function may run, so that a hold never ends under its holder."""

FIRST_REPORT_COVERS = timedelta(days=1)
LONGEST_SECTION = 12
"""A standup that has to be scrolled is not read; what is cut off is counted."""


def standup(
    due: ReportDue, *, directory: Directory, tickets: Tickets, decisions: Decisions, runs: Runs, now: datetime
) -> Report:
    """Compute a person's standup: done since the last one, in progress, to do, and talk without a ticket.

    Raises:
        NotFound: the tenant has no such member.
    """
    at = due.due_at or now
    member = _member(due, directory)
    since = runs.last(due.tenant_id, member.id, due.kind) or at - FIRST_REPORT_COVERS
    mine = [t for t in tickets.all(due.tenant_id) if t.assignee_id is not None and t.assignee_id == member.linear_id]
    day = at.astimezone(ZoneInfo(member.time_zone)).date()
    return Report(
        id=external_id(run_key(due, member, at), "report"),
        kind=due.kind,
        title=f"Standup for {member.name}, {day:%A %-d %B}",
        day=day,
        sections=(
            _section("Done", (t for t in mine if t.completed_at and t.completed_at >= since)),
            _section("In progress", (t for t in mine if t.state.type is StateType.STARTED)),
            _section("To do", (t for t in mine if t.state.type is StateType.UNSTARTED)),
            _untracked(decisions.since(due.tenant_id, since)),
        ),
    )


def report(
    due: ReportDue,
    *,
    directory: Directory,
    tickets: Tickets,
    decisions: Decisions,
    runs: Runs,
    chat: Chat,
    now: datetime,
) -> str | None:
    """Deliver a report once per person, local day and kind; returns its address, None if it was delivered before.

    Raises:
        NotFound: the tenant has no such member, or the member is not in the chat.
        Conflict: the same report is being delivered right now; repeat.
        UpstreamError: the chat failed; repeat.
    """
    at = due.due_at or now
    member = _member(due, directory)
    key = run_key(due, member, at)
    if member.slack_id is None:
        raise NotFound(f"member {member.id} is not known in the chat")
    if not runs.hold(due.tenant_id, key, now=now, until=now + HOLD):
        raise Conflict("this report is being delivered")
    try:
        if runs.delivered(due.tenant_id, key):
            return None
        made = standup(due, directory=directory, tickets=tickets, decisions=decisions, runs=runs, now=now)
        url = chat.direct_message(member.slack_id, made)
        runs.finish(due.tenant_id, member.id, due.kind, key, at=at, once=due.once is not None)
        return url
    finally:
        runs.let_go(due.tenant_id, key)


def run_key(due: ReportDue, member: Member, at: datetime) -> str:
    """Name a run by person, local date and kind: neither a retry nor a clock change can double or skip it."""
    day = at.astimezone(ZoneInfo(member.time_zone)).date()
    return f"{due.tenant_id}|{member.id}|{due.kind}|{due.once or day.isoformat()}"


def _member(due: ReportDue, directory: Directory) -> Member:
    for member in directory.members(due.tenant_id):
        if member.id == due.member_id:
            return member
    raise NotFound(f"no member {due.member_id}")


def _section(title: str, tickets: Iterable[Ticket]) -> Section:
    ordered = sorted(tickets, key=lambda t: (t.priority or 5, t.key))
    return _cut(title, [Line(text=f"{t.key} {t.title}", url=t.url) for t in ordered])


def _cut(title: str, lines: list[Line]) -> Section:
    hidden = len(lines) - LONGEST_SECTION
    shown = f"{title} ({LONGEST_SECTION} of {len(lines)})" if hidden > 0 else title
    return Section(title=shown, lines=tuple(lines[:LONGEST_SECTION]))


def _untracked(decisions: Iterable[Decision]) -> Section:
    """Work that was talked about and has no ticket; what was said in private stays there."""
    lines = [
        Line(text=_gist(decision), url=decision.evidence[0].url)
        for decision in decisions
        if not decision.private
        and decision.performed is None
        and decision.state in {DecisionState.LOGGED, DecisionState.PROPOSED}
        and (
            isinstance(decision.action, CreateTicket) or (isinstance(decision.action, Ignore) and decision.action.work)
        )
    ]
    return _cut("Conversations without a ticket", lines)


def _gist(decision: Decision) -> str:
    return decision.action.title if isinstance(decision.action, CreateTicket) else decision.reason
