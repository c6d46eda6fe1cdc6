"""Carry out, ticket by ticket, what closes a tree; and take it back as a whole."""

from collections.abc import Callable

from pm_assistant.domain.actions import CloseTree, Closing
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Decision, Outcome
from pm_assistant.domain.errors import Gone, InvalidRequest, UpstreamRejected
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.trees import still_follows
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.tickets import forget_ticket
from pm_assistant.workflows.tenants.audience import public_tickets

ALL_GONE = Translatable("none of the tickets is there any more")
OPEN_AGAIN = "not all of what shows it is closed any more"
KEPT = "not taken back, as people have moved it since or the tracker refuses"


def lost_ground(decision: Decision, unit: Unit) -> bool:
    """Whether a tree is to be closed for what is not so any more."""
    if not isinstance(decision.action, CloseTree):
        return False
    shown = {id for closing in decision.action.closings for id in closing.because}
    tickets = unit.stores.tickets.some(unit.tenant_id, shown)
    return not still_follows(decision.action, {ticket.id: ticket for ticket in tickets})


def planned_closings(action: CloseTree, unit: Unit) -> Outcome:
    """What closing each of the tickets would leave, and how to take all of that back.

    Raises:
        UpstreamRejected: no ticket of the tree is there, or one may not be read.
    """
    return _of_each(action, lambda closing: unit.tracker.planned(closing.move, id=closing.ticket_id), unit)


def close_tickets(action: CloseTree, unit: Unit) -> Outcome:
    """Close the tickets, one after the other; those that are closed already, or gone, stay as they are.

    Where the tracker refuses one, the others are closed all the same.

    Raises:
        UpstreamRejected: no ticket of the tree is there, or one was refused.
    """

    def close(closing: Closing) -> Outcome:
        ticket, outcome = unit.tracker.move(closing.ticket_id, closing.to)
        unit.stores.tickets.put(unit.tenant_id, ticket)
        return outcome

    return _of_each(action, close, unit)


def reopen_tickets(effect: Outcome, unit: Unit) -> tuple[bool, str | None]:
    """Put each ticket back where it stood, the topmost first, unless people have moved it since.

    Returns:
        Whether any was put back, and which stay as they are, if any do.
    """
    kept = [part.external_id for part in reversed(effect.parts) if not _reopened(part, unit)]
    if not kept:
        return True, None
    readable = public_tickets(unit.stores.tickets.some(unit.tenant_id, kept), unit)
    names = sorted(ticket.key for ticket in readable)
    names += [f"{len(kept) - len(names)} that not everybody may read"] * (len(names) < len(kept))
    return len(kept) < len(effect.parts), f"{KEPT}: {', '.join(names)}"


def _reopened(part: Outcome, unit: Unit) -> bool:
    try:
        return not unit.tracker.undo(part)
    except (UpstreamRejected, InvalidRequest):
        return False


def _of_each(action: CloseTree, do: Callable[[Closing], Outcome], unit: Unit) -> Outcome:
    parts: list[Outcome] = []
    refusal: Exception | None = None
    for closing in action.closings:
        try:
            parts.append(do(closing))
        except Gone:
            forget_ticket(closing.ticket_id, unit, at=unit.now())
        except (UpstreamRejected, InvalidRequest) as error:
            refusal = refusal or error
    if refusal is not None or not parts:
        raise refusal or UpstreamRejected(ALL_GONE)
    return Outcome(external_id=action.root_id, url=parts[-1].url, inverse=NOTHING_TO_UNDO, parts=tuple(parts))
