"""Tell one person what moved and what is next, from facts alone, each with its link."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pm_assistant.domain.decisions import (
    NOTHING_TO_UNDO,
    Comment,
    CreateTicket,
    Decision,
    DecisionState,
    MoveTicket,
    external_id,
)
from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.reports import Delivery, Line, Report, ReportDue, ReportKind, Section
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.ports.corridor import Decisions, Tickets
from pm_assistant.ports.reports import Deliveries, Mailer, Subscriptions
from pm_assistant.ports.tenants import Directory
from pm_assistant.ports.vendors import Chat
from pm_assistant.presentation.report_mail import report_mail

HOLD = timedelta(seconds=90)
"""Longer than the function may run, so that a hold never ends under its holder."""

FIRST_REPORT_COVERS = timedelta(days=1)
WEEK = timedelta(days=7)
LONGEST_SECTION = 12
"""A standup that has to be scrolled is not read; what is cut off is counted."""


def standup(
    due: ReportDue,
    *,
    directory: Directory,
    tickets: Tickets,
    decisions: Decisions,
    deliveries: Deliveries,
    now: datetime,
) -> Report:
    """Compute a person's standup: done since the last one, in progress, to do, and talk without a ticket.

    Raises:
        NotFound: the tenant has no such member.
    """
    at = due.due_at or now
    member = _member(due, directory)
    since = due.since or deliveries.last(due.tenant_id, member.id, due.kind) or at - FIRST_REPORT_COVERS
    mine = _own(tickets.all(due.tenant_id), member)
    sections = (
        _section("Done", _completed(mine, since)),
        _section("In progress", (t for t in mine if t.state.type is StateType.STARTED)),
        _section("To do", (t for t in mine if t.state.type is StateType.UNSTARTED)),
        _untracked(decisions.since(due.tenant_id, since)),
    )
    return _report(due, member, at, f"Standup for {member.name}", sections)


def weekly(
    due: ReportDue,
    *,
    directory: Directory,
    tickets: Tickets,
    decisions: Decisions,
    deliveries: Deliveries,
    now: datetime,
) -> Report:
    """Compute what was accomplished since a person's last weekly report, within seven days at most.

    The person's own tickets that were done, moved or commented on; the team's new tickets from conversations, and its
    talk that still has none.

    Raises:
        NotFound: the tenant has no such member.
    """
    at = due.due_at or now
    member = _member(due, directory)
    last = deliveries.last(due.tenant_id, member.id, due.kind)
    since = due.since or max(last or at - WEEK, at - WEEK)
    known = {ticket.id: ticket for ticket in tickets.all(due.tenant_id)}
    mine = {ticket.id: ticket for ticket in _own(known.values(), member)}
    made = decisions.since(due.tenant_id, since)
    done = [decision for decision in made if decision.state is DecisionState.DONE and decision.outcome]
    sections = (
        _section("Done", _completed(mine.values(), since)),
        _cut("Moved", [line for decision in done if (line := _moved(decision, mine))]),
        _cut("Commented on", [line for decision in done if (line := _commented(decision, mine))]),
        _cut("New tickets from conversations", [line for decision in done if (line := _created(decision, known))]),
        _untracked(made),
    )
    return _report(due, member, at, f"Weekly report for {member.name}", sections)


def composed(
    due: ReportDue,
    *,
    directory: Directory,
    tickets: Tickets,
    decisions: Decisions,
    deliveries: Deliveries,
    now: datetime,
) -> Report:
    """Compute a report of the kind that is due.

    Raises:
        NotFound: the tenant has no such member.
    """
    match due.kind:
        case ReportKind.STANDUP:
            compose = standup
        case ReportKind.WEEKLY:
            compose = weekly
    return compose(due, directory=directory, tickets=tickets, decisions=decisions, deliveries=deliveries, now=now)


def report(
    due: ReportDue,
    *,
    directory: Directory,
    tickets: Tickets,
    decisions: Decisions,
    deliveries: Deliveries,
    subscriptions: Subscriptions,
    chat: Callable[[], Chat],
    mailer: Mailer,
    now: datetime,
) -> str | None:
    """Deliver a report once per person, local day and kind; returns where it went, None if it was delivered before.

    A message in the chat is found again by its id. Mail has no such thing: should we fail between sending and noting
    it, the retry sends it a second time.

    Raises:
        NotFound: the tenant has no such member, or the member cannot be reached.
        NotConnected: the member is reached in the chat, and the tenant has none.
        Conflict: the same report is being delivered right now; repeat.
        UpstreamError: the chat or the mail failed; repeat.
    """
    at = due.due_at or now
    member = _member(due, directory)
    key = delivery_key(due, member, at)
    way, address = _way(due, member, subscriptions)
    if not deliveries.hold(due.tenant_id, key, now=now, until=now + HOLD):
        raise Conflict("this report is being delivered")
    try:
        if deliveries.delivered(due.tenant_id, key):
            return None
        made = composed(due, directory=directory, tickets=tickets, decisions=decisions, deliveries=deliveries, now=now)
        if way is Delivery.SLACK:
            address = chat().direct_message(address, made)
        else:
            mailer.send(report_mail(made, to=address))
        deliveries.finish(due.tenant_id, member.id, due.kind, key, at=at, once=due.once is not None)
        return address
    finally:
        deliveries.let_go(due.tenant_id, key)


def delivery_key(due: ReportDue, member: Member, at: datetime) -> str:
    """Name a run by person, local date and kind: neither a retry nor a clock change can double or skip it."""
    day = at.astimezone(ZoneInfo(member.time_zone)).date()
    return f"{due.tenant_id}|{member.id}|{due.kind}|{due.once or day.isoformat()}"


def _report(due: ReportDue, member: Member, at: datetime, title: str, sections: tuple[Section, ...]) -> Report:
    day = at.astimezone(ZoneInfo(member.time_zone)).date()
    return Report(
        id=external_id(delivery_key(due, member, at), "report"),
        kind=due.kind,
        title=f"{title}, {day:%A %-d %B}",
        day=day,
        sections=sections,
    )


def _member(due: ReportDue, directory: Directory) -> Member:
    for member in directory.members(due.tenant_id):
        if member.id == due.member_id:
            return member
    raise NotFound(f"no member {due.member_id}")


def _way(due: ReportDue, member: Member, subscriptions: Subscriptions) -> tuple[Delivery, str]:
    """How a person is to be told, and where: as wished if that is possible, else however the person can be reached."""
    wishes = {(wish.member_id, wish.kind): wish.delivery for wish in subscriptions.all(due.tenant_id)}
    addresses = {Delivery.SLACK: member.slack_id, Delivery.EMAIL: member.email}
    for way in (wishes.get((member.id, due.kind), Delivery.SLACK), *Delivery):
        address = addresses[way]
        if address:
            return way, address
    raise NotFound(f"member {member.id} is known neither in the chat nor by e-mail")


def _own(tickets: Iterable[Ticket], member: Member) -> Sequence[Ticket]:
    return [t for t in tickets if t.assignee_id is not None and t.assignee_id == member.linear_id]


def _completed(tickets: Iterable[Ticket], since: datetime) -> Iterable[Ticket]:
    return (ticket for ticket in tickets if ticket.completed_at and ticket.completed_at >= since)


def _moved(decision: Decision, tickets: Mapping[str, Ticket]) -> Line | None:
    """A move that changed something; one that found its work done is nobody's accomplishment."""
    if not isinstance(decision.action, MoveTicket) or decision.outcome is None:
        return None
    ticket = tickets.get(decision.action.ticket_id)
    if ticket is None or decision.outcome.inverse == NOTHING_TO_UNDO:
        return None
    return Line(text=f"{ticket.key} {ticket.title}: {decision.action.to.name}", url=decision.outcome.url)


def _commented(decision: Decision, tickets: Mapping[str, Ticket]) -> Line | None:
    if not isinstance(decision.action, Comment) or decision.outcome is None:
        return None
    ticket = tickets.get(decision.action.ticket_id)
    return Line(text=f"{ticket.key} {ticket.title}", url=decision.outcome.url) if ticket else None


def _created(decision: Decision, tickets: Mapping[str, Ticket]) -> Line | None:
    if not isinstance(decision.action, CreateTicket) or decision.outcome is None:
        return None
    ticket = tickets.get(decision.outcome.external_id)
    title = f"{ticket.key} {ticket.title}" if ticket else decision.action.title
    return Line(text=title, url=decision.outcome.url)


def _section(title: str, tickets: Iterable[Ticket]) -> Section:
    ordered = sorted(tickets, key=lambda t: (t.priority or 5, t.key))
    return _cut(title, [Line(text=f"{t.key} {t.title}", url=t.url) for t in ordered])


def _cut(title: str, lines: list[Line]) -> Section:
    hidden = len(lines) - LONGEST_SECTION
    shown = f"{title} ({LONGEST_SECTION} of {len(lines)})" if hidden > 0 else title
    return Section(title=shown, lines=tuple(lines[:LONGEST_SECTION]))


def _untracked(decisions: Iterable[Decision]) -> Section:
    """Work that was talked about and has no ticket; what was said in private stays there."""
    talk = (decision for decision in decisions if decision.untracked and not decision.private)
    return _cut("Conversations without a ticket", [Line(text=_gist(each), url=each.evidence[0].url) for each in talk])


def _gist(decision: Decision) -> str:
    return decision.action.title if isinstance(decision.action, CreateTicket) else decision.reason
