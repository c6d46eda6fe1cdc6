"""The reports there are, and what each says: facts alone, each with its link.

A new kind is an entry of `REPORTS`, a member of `ReportKind` and one of `JobKind`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.jobs import JobKind
from pm_assistant.domain.reports import Audience, FactKind, Line, ReportKind, Section, Weekday
from pm_assistant.domain.tenants import Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import StateType, own_link
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import question
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.workflows.tenants.audience import open_to_all

FIRST_STANDUP_COVERS = timedelta(days=1)
WEEK = timedelta(days=7)
LONGEST_SECTION = 12
"""A standup that has to be scrolled is not read; what is cut off is counted."""


@dataclass(frozen=True)
class Work:
    """The work that a report may tell of.

    Attributes:
        own: what the member works on, by the ids of tickets.
        team: what everybody in the tracker may see.
        public: ids of the tracker's teams whose tickets that are.
        base_url: where the chat is; None without one.
    """

    own: Mapping[str, TicketHead]
    team: Callable[[str], TicketHead | None]
    public: Set[str]
    base_url: str | None

    def readable(self, ticket_id: str) -> TicketHead | None:
        """A ticket that the member may read, None if there is none of that id."""
        return self.own.get(ticket_id) or self.team(ticket_id)

    def line(self, ticket: TicketHead, text: str | None = None, *, url: str | None = None) -> Line:
        """A line about a ticket, which is its receipt unless it has one of its own."""
        audience = Audience.EVERYBODY if ticket.team_id in self.public else Audience.PERSON
        words = f"{ticket.key} {ticket.title}" if text is None else text
        return Line(text=words, url=url or ticket.url, about=(ticket.id,), audience=audience)


def work_of(member: Member, index: TeamIndex, unit: Unit, *, for_others: bool) -> Work:
    """What a report may tell a member of; with `for_others` no more than everybody may see."""
    public = {team.id for team in open_to_all(index.teams)}
    account = member.accounts.get(unit.provider(Role.TRACKER))
    own = index.tickets.of_assignee(account) if account is not None else ()

    def team(ticket_id: str) -> TicketHead | None:
        head = index.tickets.get(ticket_id)
        return head if head is not None and head.team_id in public else None

    return Work(
        own={head.id: head for head in own if not for_others or head.team_id in public},
        team=team,
        public=public,
        base_url=index.base_urls.get(unit.provider(Role.CHAT)),
    )


@dataclass(frozen=True)
class ReportSpec:
    """What makes a kind of report.

    Attributes:
        title: what it is called, a message with the `{name}` of the person and the `{day}`.
        job: the kind of job that sends it on request.
        usual_weekdays: when it comes, unless a person wants it otherwise.
        since: from when on it tells at a moment, by when it was sent last.
        sections: what it tells a member of this work and of what was decided since then.
    """

    title: str
    job: JobKind
    usual_weekdays: tuple[Weekday, ...]
    since: Callable[[datetime | None, datetime], datetime]
    sections: Callable[[datetime, Sequence[Decision], Member, Work, Unit], tuple[Section, ...]]


def standup(
    since: datetime, decisions: Sequence[Decision], member: Member, work: Work, unit: Unit
) -> tuple[Section, ...]:
    """Done since the person's last standup, in progress, to do, talk without a ticket, and what no thread asks."""
    tickets = work.own.values()
    return (
        _section(FactKind.DONE, "Done", _completed(tickets, since), work),
        _section(FactKind.IN_PROGRESS, "In progress", (t for t in tickets if t.state.type is StateType.STARTED), work),
        _section(
            FactKind.NEXT, "To do", (t for t in tickets if t.state.type in {StateType.UNSTARTED, StateType.OTHER}), work
        ),
        _untracked(decisions, member, work, unit),
        *_questions(decisions, work),
    )


def weekly(
    since: datetime, decisions: Sequence[Decision], member: Member, work: Work, unit: Unit
) -> tuple[Section, ...]:
    """What was accomplished since the person's last weekly report, within seven days at most.

    The person's own tickets that were done, moved or commented on; the team's new tickets from conversations, and its
    talk that still has none.
    """
    done = [decision for decision in decisions if decision.state is DecisionState.DONE and decision.outcome]
    return (
        _section(FactKind.DONE, "Done", _completed(work.own.values(), since), work),
        _cut(FactKind.MOVED, "Moved", [line for decision in done if (line := _moved(decision, work))]),
        _cut(FactKind.COMMENTED, "Commented on", [line for decision in done if (line := _commented(decision, work))]),
        _cut(
            FactKind.CREATED,
            "New tickets from conversations",
            [line for decision in done if (line := _created(decision, work))] if _reads_all(member, unit) else [],
        ),
        _untracked(decisions, member, work, unit),
    )


REPORTS: Mapping[ReportKind, ReportSpec] = {
    ReportKind.STANDUP: ReportSpec(
        title=gettext_noop("Standup for {name}, {day}"),
        job=JobKind.STANDUP,
        usual_weekdays=("MON", "TUE", "WED", "THU", "FRI"),
        since=lambda last, at: last or at - FIRST_STANDUP_COVERS,
        sections=standup,
    ),
    ReportKind.WEEKLY: ReportSpec(
        title=gettext_noop("Weekly report for {name}, {day}"),
        job=JobKind.WEEKLY,
        usual_weekdays=("FRI",),
        since=lambda last, at: max(last or at - WEEK, at - WEEK),
        sections=weekly,
    ),
}
SENT_BY: Mapping[JobKind, ReportKind] = {spec.job: kind for kind, spec in REPORTS.items()}
"""Which report a kind of job sends."""


def _completed(tickets: Iterable[TicketHead], since: datetime) -> Iterable[TicketHead]:
    return (ticket for ticket in tickets if ticket.completed_at and ticket.completed_at >= since)


def _moved(decision: Decision, work: Work) -> Line | None:
    """A move that changed something; one that found its work done is nobody's accomplishment."""
    if not isinstance(decision.action, MoveTicket) or decision.outcome is None:
        return None
    ticket = work.own.get(decision.action.ticket_id)
    if ticket is None or not decision.outcome.changed:
        return None
    words = f"{ticket.key} {ticket.title}: {decision.action.to.name}"
    return work.line(ticket, words, url=ticket.page(decision.outcome.url))


def _commented(decision: Decision, work: Work) -> Line | None:
    if not isinstance(decision.action, Comment) or decision.outcome is None:
        return None
    ticket = work.own.get(decision.action.ticket_id)
    return work.line(ticket, url=ticket.page(decision.outcome.url)) if ticket else None


def _created(decision: Decision, work: Work) -> Line | None:
    if not isinstance(decision.action, CreateTicket) or decision.outcome is None:
        return None
    ticket = work.readable(decision.outcome.external_id)
    return work.line(ticket, url=ticket.page(decision.outcome.url)) if ticket else None


def _section(kind: FactKind, title: str, tickets: Iterable[TicketHead], work: Work) -> Section:
    ordered = sorted(tickets, key=lambda t: (t.priority or 5, t.key))
    return _cut(kind, title, [work.line(ticket) for ticket in ordered])


def _cut(kind: FactKind, title: str, lines: list[Line]) -> Section:
    hidden = max(0, len(lines) - LONGEST_SECTION)
    shown = f"{title} ({LONGEST_SECTION} of {len(lines)})" if hidden else title
    return Section(title=shown, lines=tuple(lines[:LONGEST_SECTION]), kind=kind, hidden=hidden)


def _reads_all(member: Member, unit: Unit) -> bool:
    """Whether a person may read what the whole team may: guests see a part of it, and who is not in the chat none."""
    return member.standings.get(unit.provider(Role.CHAT)) is Standing.MEMBER


def _untracked(decisions: Iterable[Decision], member: Member, work: Work, unit: Unit) -> Section:
    """Talk of this workspace that has no ticket; what was said in private stays there, and the rest in the team."""
    shown = decisions if _reads_all(member, unit) else ()
    talk = (decision for decision in shown if decision.untracked and not decision.private)
    linked = ((each, own_link(each.evidence[0].url, work.base_url)) for each in talk)
    lines = [Line(text=_gist(each), url=url, about=(each.subject.id, each.id)) for each, url in linked if url]
    return _cut(FactKind.UNTRACKED, "Conversations without a ticket", lines)


def _questions(decisions: Iterable[Decision], work: Work) -> tuple[Section, ...]:
    """What we ask about the person's tickets, where there is no thread to ask in; no section if that is nothing."""
    asked = [each for each in decisions if each.awaits_answer and each.thread is None]
    about = [(each, ticket) for each in asked if (ticket := work.own.get(each.action.about_ticket or ""))]
    lines = [_asked(each, work.line(ticket, f"{question(each)} {ticket.key} {ticket.title}")) for each, ticket in about]
    return (_cut(FactKind.WAITING_FOR_ME, "Waiting for an answer", lines),) if lines else ()


def _asked(decision: Decision, line: Line) -> Line:
    asks = f"{decision.id}:{decision.revision}"
    return line.model_copy(update={"about": (*line.about, decision.id), "awaits_answer": asks})


def _gist(decision: Decision) -> str:
    return decision.action.title if isinstance(decision.action, CreateTicket) else decision.reason
