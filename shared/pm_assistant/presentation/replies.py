"""What we answer to a question about work: one line for each fact, and where that stands; plain text."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from pm_assistant.domain.code import Stage
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.presentation.cards import question
from pm_assistant.presentation.deeds import PRIORITIES
from pm_assistant.presentation.i18n import Texts, gettext_noop

MOST_LINES = 10
"""Of one answer: who wants all of it looks where it stands."""
OF_THE_TEAM_ONLY = gettext_noop("I answer questions of the team's own people only.")
OTHERS_READ = gettext_noop(
    "I do not answer here, for people of other companies read, so I name no ticket. Ask me in a direct message."
)
CAN_ANSWER = gettext_noop(
    "I do not know that. I can tell how far a ticket is, who works on what, what waits for you, what you have done, "
    "and what has no ticket."
)
OLDER = gettext_noop("I looked through the latest decisions only; older questions stand on their cards.")
NO_TICKET = gettext_noop("I know of no ticket for this.")
NO_TICKET_ABOUT = gettext_noop("I know of no ticket about that.")
NO_TALK = gettext_noop("I know of no talk of the last seven days that lacks a ticket.")
NOBODY = gettext_noop("I know of nobody of that name.")
NOT_KNOWN = gettext_noop("I know of no work of yours, for I do not know you.")
NOTHING_WAITS = gettext_noop("I know of nothing that waits for you.")
AWAITS_REVIEW = gettext_noop("Awaits your review:")
STAGES: Mapping[Stage, str] = {
    Stage.DRAFT: gettext_noop("Pull request, draft:"),
    Stage.OPEN: gettext_noop("Pull request, open:"),
    Stage.REVIEW_REQUESTED: gettext_noop("Pull request, awaits review:"),
    Stage.CHANGES_REQUESTED: gettext_noop("Pull request, changes requested:"),
    Stage.APPROVED: gettext_noop("Pull request, approved:"),
    Stage.QUEUED: gettext_noop("Pull request, queued:"),
    Stage.MERGED: gettext_noop("Pull request, merged:"),
    Stage.CLOSED: gettext_noop("Pull request, closed:"),
}
RECENT = timedelta(days=7)
"""How long ago something is said as time that has passed; after that, as a day."""


def sentence(message: str, texts: Texts) -> CardEntry:
    """One of these sentences, alone."""
    return CardEntry(headline=texts.gettext(message), answers=())


def beyond_plan(since: date, texts: Texts) -> str:
    """That what is older is not shown, because of what is paid for."""
    return texts.gettext(
        "What is from before {day} is kept and not shown: your team's plan does not go further back.",
        day=texts.month_day(since),
    )


def unknown_keys(keys: Sequence[str], texts: Texts) -> CardEntry:
    """That we know no tickets of these keys."""
    said = texts.gettext("I know of no ticket {keys} that everybody here may read.", keys=", ".join(keys))
    return CardEntry(headline=said, answers=())


def nothing_in_progress(name: str, texts: Texts) -> CardEntry:
    """That somebody has begun nothing that we know of."""
    return CardEntry(headline=texts.gettext("I know of nothing in progress by {name}.", name=name), answers=())


def nothing_done_by(name: str, texts: Texts) -> CardEntry:
    """That somebody has done nothing that we know of."""
    return CardEntry(headline=texts.gettext("I know of nothing done in that time by {name}.", name=name), answers=())


def state_line(ticket: Ticket, texts: Texts, *, blockers: Sequence[str], at: datetime) -> CardEntry:
    """How far a ticket is, who has it, and what keeps it."""
    assignee = ticket.assignee_name
    details = [texts.gettext("{name} has it", name=assignee) if assignee else texts.gettext("Nobody has it")]
    if ticket.priority and ticket.priority < len(PRIORITIES):
        details.append(texts.gettext(PRIORITIES[ticket.priority]))
    if ticket.due_date is not None:
        details.append(texts.gettext("due {day}", day=texts.month_day(ticket.due_date)))
    if blockers:
        details.append(texts.gettext("blocked by {keys}", keys=", ".join(blockers)))
    details.append(_changed(ticket.updated_at, at, texts))
    return _line(f"{ticket.state.name}:", ticket, detail=" · ".join(details))


def people_line(ticket: Ticket, texts: Texts) -> CardEntry:
    """Who works on a ticket."""
    name = ticket.assignee_name
    if not name:
        headline = texts.gettext("Nobody has taken")
    elif ticket.state.type is StateType.STARTED:
        headline = texts.gettext("{name} works on", name=name)
    else:
        headline = texts.gettext("{name} has", name=name)
    return _line(headline, ticket, detail=ticket.state.name)


def ticket_line(headline: str, ticket: Ticket) -> CardEntry:
    """A ticket below what is said of it."""
    return _line(headline, ticket)


def waiting_line(decision: Decision, name: str, url: str, texts: Texts) -> CardEntry:
    """What somebody is asked, and where."""
    return CardEntry(headline=question(decision, texts), link_text=name, url=url, answers=())


def talk_line(said: str, url: str, texts: Texts) -> CardEntry:
    """Talk that has no ticket."""
    return CardEntry(headline=texts.gettext("No ticket:"), link_text=said, url=url, answers=())


def pull_request_line(headline: str, name: str, url: str) -> CardEntry:
    """A pull request below what is said of it."""
    return CardEntry(headline=headline, link_text=name, url=url, answers=())


def bounded(lines: Sequence[CardEntry], texts: Texts) -> tuple[CardEntry, ...]:
    """As many as are read, and how many more there are."""
    left = len(lines) - MOST_LINES
    if left <= 0:
        return tuple(lines)
    more = texts.ngettext("… and {count} more", "… and {count} more", left)
    return (*lines[:MOST_LINES], CardEntry(headline=more, answers=()))


def _line(headline: str, ticket: Ticket, *, detail: str = "") -> CardEntry:
    name = f"{ticket.key} {ticket.title}"
    return CardEntry(headline=headline, link_text=name, url=ticket.url, detail=detail, answers=())


def _changed(then: datetime, now: datetime, texts: Texts) -> str:
    """When a ticket was changed last; the day where that is longer than a week ago."""
    if now - then > RECENT:
        return texts.gettext("last changed on {day}", day=texts.month_day(then.date()))
    return texts.gettext("last changed {ago}", ago=texts.ago(now - then))
