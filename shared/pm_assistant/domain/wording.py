"""The product's own sentences: what it writes into tickets and threads.

What people wrote is data here: Markdown gets it escaped, cards keep it plain and the chat adapter escapes it.
"""

import math
import re
from collections.abc import Mapping, Sequence

from pm_assistant.domain.decisions import (
    NOTHING_TO_UNDO,
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

APART = "\u200b"
"""A space without width: keeps characters from forming a link or a list, and is not seen."""

_OPENING = re.compile(r"^(?:[-+=]|\d+[.)])")
"""What makes a list, a rule or a heading out of a line it begins."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~@])")


def escape_markdown(text: str) -> str:
    """Make text that a person wrote harmless inside Markdown: no markup, no mention, no link of its own."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    safe = _MARKDOWN.sub(r"\\\1", line).replace("://", f":{APART}//").replace("www.", f"www{APART}.")
    return f"{APART}{safe}" if _OPENING.match(safe) else safe


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


def card_of(decisions: Sequence[Decision], tickets: Mapping[str, Ticket]) -> Card:
    """Say in one card what we did or would do about a thread; no entries if there is nothing to say any more."""
    first = decisions[0]
    entries = tuple(entry for decision in decisions if (entry := _entry(decision, tickets)))
    return Card(id=external_id(f"{first.tenant_id}|{first.subject.id}", "card"), entries=entries)


def _entry(decision: Decision, tickets: Mapping[str, Ticket]) -> CardEntry | None:
    asked = decision.state is DecisionState.PROPOSED
    refused = decision.state is DecisionState.DISMISSED and decision.decided_by is not None
    if not (asked or refused or decision.state is DecisionState.FAILED or decision.performed):
        return None
    left = decision.outcome.url if decision.outcome and decision.state is not DecisionState.UNDONE else ""
    match decision.action:
        case Comment(ticket_id=ticket_id) | MoveTicket(ticket_id=ticket_id):
            ticket = tickets.get(ticket_id)
            link_text, url = (f"{ticket.key} {ticket.title}", ticket.url) if ticket else ("", "")
        case CreateTicket(title=link_text):
            url = ""
        case Ignore():
            return None
    return CardEntry(
        headline=_headline(decision),
        link_text=link_text,
        url=left or url,
        detail=f"{math.floor(decision.confidence * 100)}% sure: {decision.reason}",
        awaits_answer=f"{decision.id}:{decision.revision}" if asked else None,
    )


def _headline(decision: Decision) -> str:
    match decision.state:
        case DecisionState.PROPOSED:
            return f"Shall I? {_imperative(decision)}"
        case DecisionState.FAILED:
            return f"Could not be done. {_imperative(decision)}"
        case DecisionState.DISMISSED:
            return f"Dismissed. {_imperative(decision)}"
        case DecisionState.UNDONE:
            return f"Taken back. {_past(decision)}"
        case _:
            return _past(decision)


def _imperative(decision: Decision) -> str:
    match decision.action:
        case Comment():
            return "Update the comment on" if decision.performed else "Comment on"
        case MoveTicket(to=to):
            return f"Move to {to.name}:"
        case _:
            return "Create a ticket:"


def _past(decision: Decision) -> str:
    match decision.action:
        case Comment():
            return "Commented on"
        case MoveTicket(to=to):
            moved = decision.outcome is not None and decision.outcome.inverse != NOTHING_TO_UNDO
            return f"Moved to {to.name}:" if moved else f"Was at {to.name} or further already:"
        case _:
            return "Created"
