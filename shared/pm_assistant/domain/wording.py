"""The product's own sentences: what it writes into tickets and threads.

What people wrote is data here: Markdown gets it escaped, cards keep it plain and the chat adapter escapes it.
"""

import re
from collections.abc import Mapping, Sequence

from pm_assistant.domain.decisions import (
    Comment,
    CreateTicket,
    Decision,
    DecisionState,
    Ignore,
    MoveTicket,
    external_id,
)
from pm_assistant.domain.reports import Card, CardEntry
from pm_assistant.domain.work import Ticket

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~@])")


def escape_markdown(text: str) -> str:
    """Make text that a person wrote harmless inside Markdown: no markup, no mention, no link of its own."""
    return _MARKDOWN.sub(r"\\\1", text).replace("://", ":\u200b//")


def comment_body(summary: str, decision: Decision) -> str:
    """Write the Markdown of a ticket comment: what was said, and the permalinks that prove it."""
    return f"{escape_markdown(summary)}\n\n{_receipts(decision)}"


def ticket_body(description: str, decision: Decision) -> str:
    """Write the Markdown description of a ticket that a conversation asked for."""
    return f"{escape_markdown(description)}\n\n{_receipts(decision)}"


def _receipts(decision: Decision) -> str:
    first, *others = decision.evidence
    more = "".join(f", [{number}]({receipt.url})" for number, receipt in enumerate(others[:4], start=2))
    return f"[Said in Slack]({first.url}){more}"


def card_of(decisions: Sequence[Decision], tickets: Mapping[str, Ticket]) -> Card | None:
    """Say in one card what we did or would do about a thread; None if there is nothing to show."""
    entries = tuple(entry for decision in decisions if (entry := _entry(decision, tickets)))
    if not entries:
        return None
    first = decisions[0]
    return Card(id=external_id(f"{first.tenant_id}|{first.subject.id}", "card"), entries=entries)


def _entry(decision: Decision, tickets: Mapping[str, Ticket]) -> CardEntry | None:
    if decision.state in {DecisionState.LOGGED, DecisionState.QUEUED} and decision.performed is None:
        return None
    if decision.state is DecisionState.DISMISSED and decision.decided_by is None:
        return None
    done = decision.performed is not None
    match decision.action:
        case Comment(ticket_id=ticket_id):
            verb, ticket, title = ("Commented on" if done else "Comment on"), tickets.get(ticket_id), ""
        case MoveTicket(ticket_id=ticket_id, to=to):
            verb, ticket, title = (
                (f"Moved to {to.name}:" if done else f"Move to {to.name}:"),
                tickets.get(ticket_id),
                "",
            )
        case CreateTicket(title=title):
            verb, ticket = ("Created" if done else "Create a ticket:"), None
        case Ignore():
            return None
    outcome = decision.outcome
    return CardEntry(
        headline=_headline(verb, decision.state),
        link_text=f"{ticket.key} {ticket.title}" if ticket else title,
        url=outcome.url if outcome else ticket.url if ticket else "",
        detail=f"{decision.confidence:.0%} sure: {decision.reason}",
        awaits_answer=decision.id if decision.state is DecisionState.PROPOSED else None,
    )


def _headline(verb: str, state: DecisionState) -> str:
    match state:
        case DecisionState.PROPOSED:
            return f"Shall I? {verb}"
        case DecisionState.FAILED:
            return f"Could not be done. {verb}"
        case DecisionState.DISMISSED:
            return f"Dismissed. {verb}"
        case _:
            return verb
