"""Keep our index of the tracker, also where its webhooks tell only a part."""

from pydantic import ValidationError

from pm_assistant.domain.events import TicketChangedInPart
from pm_assistant.domain.work import Ticket, TicketState
from pm_assistant.ports.unit import Unit


def keep_partial_change(change: TicketChangedInPart, unit: Unit) -> bool:
    """Keep a ticket of which a part was told, the rest being as we know it and its state found by its id.

    False if what is told and what we know do not make a ticket: the next full telling or a sync brings it.
    """
    known = next(iter(unit.stores.tickets.some(unit.tenant_id, [change.ticket_id])), None)
    fields = {**(known.model_dump() if known else {}), **change.told}
    if change.state_id is not None and "state" not in change.told:
        fields["state"] = _state(change.state_id, known, unit)
    try:
        ticket = Ticket.model_validate(fields)
    except ValidationError:
        return False
    unit.stores.tickets.put(unit.tenant_id, ticket)
    return True


def _state(state_id: str, known: Ticket | None, unit: Unit) -> TicketState | None:
    if known is not None and known.state.id == state_id:
        return known.state
    states = (state for team in unit.stores.directory.teams(unit.tenant_id) for state in team.states)
    return next((state for state in states if state.id == state_id), None)
