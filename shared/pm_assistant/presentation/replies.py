"""What we answer to a question about work: one line for each fact, and where that stands; plain text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from pm_assistant.domain.code import Stage
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.drafts import PRIORITIES
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.presentation.cards import question

MOST_LINES = 10
"""Of one answer: who wants all of it looks where it stands."""
OF_THE_TEAM_ONLY = "I answer questions of the team's own people only"
OTHERS_READ = "people of other companies read here, so I name no ticket. Ask me in a direct message"
CAN_ANSWER = (
    "I do not know that. I can tell how far a ticket is, who works on what, what waits for you, what you have done, "
    "and what has no ticket."
)
OLDER = "I looked through the latest decisions only; older questions stand on their cards."
STAGES: Mapping[Stage, str] = MappingProxyType(
    {stage: stage.value.replace("_", " ") for stage in Stage} | {Stage.REVIEW_REQUESTED: "awaits review"}
)


def unknown(what: str) -> CardEntry:
    """That we do not know something."""
    return CardEntry(headline=f"I know of {what}.", answers=())


def older() -> CardEntry:
    """That more may wait than was looked through."""
    return CardEntry(headline=OLDER, answers=())


def state_line(ticket: Ticket, *, blockers: Sequence[str], at: datetime) -> CardEntry:
    """How far a ticket is, who has it, and what keeps it."""
    details = [f"{ticket.assignee_name} has it" if ticket.assignee_name else "Nobody has it"]
    if ticket.priority and ticket.priority < len(PRIORITIES):
        details.append(f"priority {PRIORITIES[ticket.priority]}")
    if ticket.due_date is not None:
        details.append(f"due {ticket.due_date.day} {ticket.due_date:%B}")
    if blockers:
        details.append(f"blocked by {', '.join(blockers)}")
    details.append(f"last changed {_ago(ticket.updated_at, at)}")
    return _line(f"{ticket.state.name}:", ticket, detail=" · ".join(details))


def people_line(ticket: Ticket) -> CardEntry:
    """Who works on a ticket."""
    if not ticket.assignee_name:
        return _line("Nobody has taken", ticket, detail=ticket.state.name)
    verb = "works on" if ticket.state.type is StateType.STARTED else "has"
    return _line(f"{ticket.assignee_name} {verb}", ticket, detail=ticket.state.name)


def ticket_line(headline: str, ticket: Ticket) -> CardEntry:
    """A ticket below what is said of it."""
    return _line(headline, ticket)


def waiting_line(decision: Decision, name: str, url: str) -> CardEntry:
    """What somebody is asked, and where."""
    return CardEntry(headline=question(decision), link_text=name, url=url, answers=())


def talk_line(said: str, url: str) -> CardEntry:
    """Talk that has no ticket."""
    return CardEntry(headline="No ticket:", link_text=said, url=url, answers=())


def pull_request_line(headline: str, name: str, url: str) -> CardEntry:
    """A pull request below what is said of it."""
    return CardEntry(headline=headline, link_text=name, url=url, answers=())


def bounded(lines: Sequence[CardEntry]) -> tuple[CardEntry, ...]:
    """As many as are read, and how many more there are."""
    left = len(lines) - MOST_LINES
    more = (CardEntry(headline=f"… and {left} more", answers=()),) if left > 0 else ()
    return (*lines[:MOST_LINES], *more)


def _line(headline: str, ticket: Ticket, *, detail: str = "") -> CardEntry:
    name = f"{ticket.key} {ticket.title}"
    return CardEntry(headline=headline, link_text=name, url=ticket.url, detail=detail, answers=())


def _ago(then: datetime, now: datetime) -> str:
    """How long ago, as people say it; the day where that is longer than a week."""
    days = (now - then).days
    if days > 7:
        return f"on {then.day} {then:%B}"
    if days > 0:
        return "a day ago" if days == 1 else f"{days} days ago"
    hours = (now - then).seconds // 3600
    return "just now" if hours == 0 else "an hour ago" if hours == 1 else f"{hours} hours ago"
