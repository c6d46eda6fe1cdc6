"""Keep our index of the tracker, also where its webhooks tell only a part."""

from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import ValidationError

from pm_assistant.domain.decisions import TICKET_GONE, TICKET_IS_DUPLICATE, ActionRequest, Decision
from pm_assistant.domain.disagreements import MOMENTS
from pm_assistant.domain.errors import Conflict, Contention
from pm_assistant.domain.events import DuplicateTouched, EventEnvelope, TicketChangedInPart, TreeTouched
from pm_assistant.domain.planning import RelationType
from pm_assistant.domain.work import StateType, Ticket, TicketState
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.linking import link_awaiting, unlink
from pm_assistant.workflows.pipeline.relations import MOST_RELATIONS

CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much those of our functions and of vendors may."""
SOON = timedelta(minutes=1)
"""What was opened again is to be taken into account before people answer."""
ATTEMPTS = 8
"""How often a decision that changes meanwhile is looked at again; as many at once do not exist."""


def keep_ticket(ticket: Ticket, unit: Unit) -> None:
    """Keep a ticket unless we know better; pull requests that named it before it was there are linked to it.

    Of one that is another's duplicate nothing more is asked: people go on with the other.
    """
    _keep(ticket, _known(ticket.id, unit), unit)


def _known(ticket_id: str, unit: Unit) -> Ticket | None:
    return next(iter(unit.stores.tickets.some(unit.tenant_id, [ticket_id])), None)


def _keep(ticket: Ticket, known: Ticket | None, unit: Unit) -> None:
    """Its tree comes first: whoever is interrupted finds the ticket as it was when this is repeated."""
    is_moved = known is not None and known.state.type.closed is not ticket.state.type.closed
    if is_moved or ticket.parent_id != (known.parent_id if known is not None else None):
        # What is closed may be one of several that people close in a row, or that the tracker goes on to close.
        _look_at_tree(ticket.id, unit, after=MOMENTS if ticket.state.type.closed else SOON)
    if is_moved and ticket.state.type is StateType.DUPLICATE:
        _go_on_with_another(ticket.id, unit)
    unit.stores.tickets.put(unit.tenant_id, ticket)
    link_awaiting(ticket, unit)
    if ticket.state.type is StateType.DUPLICATE and ticket == _known(ticket.id, unit):
        _end_questions(ticket, TICKET_IS_DUPLICATE, unit)


def _go_on_with_another(ticket_id: str, unit: Unit) -> None:
    """Have what was asked go on about the ticket whose duplicate this is, where that is known already."""
    for relation in unit.stores.planning.relations(unit.tenant_id, ticket_id, limit=MOST_RELATIONS):
        if relation.type is RelationType.DUPLICATE and relation.ticket_id == ticket_id:
            touched = DuplicateTouched(ticket_id=ticket_id, other_id=relation.other_id)
            envelope = EventEnvelope(tenant_id=unit.tenant_id, event=touched)
            unit.queues.events.put(envelope, group=unit.tenant_id, delay_seconds=int(SOON.total_seconds()))


def _look_at_tree(ticket_id: str, unit: Unit, *, after: timedelta) -> None:
    envelope = EventEnvelope(tenant_id=unit.tenant_id, event=TreeTouched(ticket_id=ticket_id))
    unit.queues.events.put(envelope, group=unit.tenant_id, delay_seconds=int(after.total_seconds()))


def keep_partial_change(change: TicketChangedInPart, unit: Unit) -> bool:
    """Keep a ticket of which a part was told, the rest being as we know it and its state found by its id.

    False if what is told and what we know do not make a ticket: the next full telling or a sync brings it.
    """
    known = _known(change.ticket_id, unit)
    fields = {**(known.model_dump() if known else {}), **change.told}
    if change.state_id is not None and "state" not in change.told:
        fields["state"] = _state(change.state_id, known, unit)
    try:
        ticket = Ticket.model_validate(fields)
    except ValidationError:
        return False
    _keep(ticket, known, unit)
    return True


def remove_ticket(ticket_id: str, unit: Unit, *, at: datetime) -> None:
    """Take in that the tracker tells us that a ticket is gone; it may have been the last open one of its tree."""
    known = _known(ticket_id, unit)
    if known is not None and known.parent_id is not None:
        _look_at_tree(ticket_id, unit, after=MOMENTS)
    forget_ticket(ticket_id, unit, at=at)


def forget_ticket(ticket_id: str, unit: Unit, *, at: datetime) -> None:
    """Take in that a ticket is gone: nothing more is asked about it, and cards say why.

    The questions come first: whoever is interrupted finds the ticket still known when this is repeated.
    """
    known = _known(ticket_id, unit)
    if known is not None:
        _end_questions(known, TICKET_GONE, unit)
    unit.stores.tickets.remove(unit.tenant_id, ticket_id, at=at)
    unlink(ticket_id, unit)


def _end_questions(ticket: Ticket, reason: str, unit: Unit) -> None:
    for decision in unit.stores.decisions.since(unit.tenant_id, ticket.created_at - CLOCKS_DIFFER):
        # Also of what an earlier attempt has withdrawn: it may not have got as far as asking for the card.
        if decision.concerns(ticket.id) and unasked(decision, ticket.id, unit, reason=reason).error == reason:
            showing = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision.id, only_show=True)
            unit.queues.actions.put(showing, group=unit.tenant_id)


def unasked(decision: Decision, ticket_id: str, unit: Unit, *, reason: str = TICKET_GONE) -> Decision:
    """Ask nothing more in a decision about a ticket for that reason, whoever else changes it in this very moment."""
    for _ in range(ATTEMPTS):
        after = decision.not_asked_about(ticket_id, reason=reason, at=unit.now())
        if after == decision:
            return decision
        with suppress(Conflict):
            return unit.stores.decisions.replace(after, before=decision)
        decision = unit.stores.decisions.get(unit.tenant_id, decision.id)
    raise Contention("the decision keeps changing")


def _state(state_id: str, known: Ticket | None, unit: Unit) -> TicketState | None:
    if known is not None and known.state.id == state_id:
        return known.state
    states = (state for team in unit.stores.directory.teams(unit.tenant_id) for state in team.states)
    return next((state for state in states if state.id == state_id), None)
