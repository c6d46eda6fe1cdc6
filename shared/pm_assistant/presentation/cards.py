"""The card in a thread: what we did or would do about it; plain text, which the chat adapter escapes."""

import math
from collections.abc import Mapping, Sequence, Set
from typing import assert_never

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Decision, DecisionState, external_id
from pm_assistant.domain.reports import Card, CardEntry
from pm_assistant.domain.work import Ticket

PRIVATE = "a ticket of a private team"


def card_of(decisions: Sequence[Decision], tickets: Mapping[str, Ticket], *, withheld: Set[str] = frozenset()) -> Card:
    """Say in one card what we did or would do about a thread; no entries if there is nothing to say any more.

    Args:
        decisions: all of the thread.
        tickets: those that they are about, by id.
        withheld: the ids of those of which not everybody in the thread may read.
    """
    first = decisions[0]
    shown = (_entry(decision, tickets, withheld=withheld) for decision in decisions)
    entries = tuple(entry for entry in shown if entry)
    return Card(id=external_id(f"{first.tenant_id}|{first.subject.id}", "card"), entries=entries)


def _entry(decision: Decision, tickets: Mapping[str, Ticket], *, withheld: Set[str]) -> CardEntry | None:
    proposed = decision.state is DecisionState.PROPOSED
    dismissed = decision.state is DecisionState.DISMISSED and decision.decided_by is not None
    if not (proposed or dismissed or decision.state is DecisionState.FAILED or decision.performed):
        return None
    sure = f"{math.floor(decision.confidence * 100)}% sure"
    if decision.action.about_ticket in withheld:
        # Neither title, nor reason, nor address: all of them may bear the ticket's words.
        awaits_answer = f"{decision.id}:{decision.revision}" if proposed else None
        return CardEntry(headline=f"{_headline(decision)} {PRIVATE}", detail=sure, awaits_answer=awaits_answer)
    outcome_url = decision.outcome.url if decision.outcome and decision.state is not DecisionState.UNDONE else ""
    match decision.action:
        case Comment(ticket_id=ticket_id) | MoveTicket(ticket_id=ticket_id):
            ticket = tickets.get(ticket_id)
            link_text, url = (f"{ticket.key} {ticket.title}", ticket.url) if ticket else ("", "")
        case CreateTicket(title=link_text):
            url = ""
        case Ignore():
            return None
        case _:
            assert_never(decision.action)
    return CardEntry(
        headline=_headline(decision),
        link_text=link_text,
        url=outcome_url or url,
        detail=f"{sure}: {decision.reason}",
        awaits_answer=f"{decision.id}:{decision.revision}" if proposed else None,
    )


def _headline(decision: Decision) -> str:
    imperative = decision.action.imperative(again=decision.performed is not None)
    changed = decision.outcome is not None and decision.outcome.inverse != NOTHING_TO_UNDO
    past = decision.action.past(changed=changed)
    match decision.state:
        case DecisionState.PROPOSED:
            return f"Shall I? {imperative}"
        case DecisionState.FAILED:
            return f"Could not be done. {imperative}"
        case DecisionState.DISMISSED:
            return f"Dismissed. {imperative}"
        case DecisionState.UNDONE:
            return f"Taken back. {past}"
        case DecisionState.LOGGED | DecisionState.QUEUED | DecisionState.DONE:
            return past
        case _:
            assert_never(decision.state)
