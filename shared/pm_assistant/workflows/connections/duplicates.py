"""With which ticket people go on, where one is a duplicate of another."""

from collections.abc import Iterable, Mapping

from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.planning import RelationType
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.ports.unit import Unit


def canonical_ids(tickets: Iterable[Ticket | TicketHead], index: TeamIndex, unit: Unit) -> Mapping[str, str]:
    """By the ids of those that are duplicates, the ids of the tickets with which people go on, where these are known.

    It takes no request where none is one.
    """
    if not any(ticket.state.type is StateType.DUPLICATE for ticket in tickets):
        return {}
    listed = unit.stores.planning.relations_between(unit.tenant_id)
    heads = {r.ticket_id: index.tickets.get(r.ticket_id) for r in listed if r.type is RelationType.DUPLICATE}
    merged = {id for id, head in heads.items() if head is not None and head.state.type is StateType.DUPLICATE}
    others = {r.ticket_id: r.other_id for r in listed if r.type is RelationType.DUPLICATE and r.ticket_id in merged}
    ends = {id: _end_of(id, others) for id in others}
    return {id: end for id, end in ends.items() if end not in others and index.tickets.get(end) is not None}


def _end_of(id: str, others: Mapping[str, str]) -> str:
    """Where a chain of duplicates leads; one that leads in a circle ends within it."""
    seen: set[str] = set()
    while id in others and id not in seen:
        seen.add(id)
        id = others[id]
    return id
