"""Keep what tickets are to each other as the tracker lists it: it tells of none of that by itself."""

from collections.abc import Iterable, Mapping

from pm_assistant.domain.events import DuplicateTouched, EventEnvelope
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.planning import Relation, RelationList, RelationType
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.ports.unit import Unit

SOON_SECONDS = 60
"""After so long it is kept what a message says: the message comes first, lest nobody follow."""


def keep_relations(listed: RelationList, unit: Unit) -> None:
    """Keep what is new in a stretch of the list, and forget what is no longer in it; what stays costs nothing."""
    planning, tenant_id = unit.stores.planning, unit.tenant_id
    known = {relation.id: relation for relation in planning.relations_between(tenant_id, listed.since, listed.until)}
    there = {relation.id: relation for relation in listed.relations}
    for id, relation in known.items():
        if there.get(id) != relation:
            _follow(relation, unit)
            planning.unrelate(tenant_id, relation)
    for id, relation in there.items():
        if known.get(id) != relation:
            _follow(relation, unit)
            planning.relate(tenant_id, relation)


def _follow(relation: Relation, unit: Unit) -> None:
    if relation.type is RelationType.DUPLICATE:
        touched = DuplicateTouched(ticket_id=relation.ticket_id, other_id=relation.other_id)
        envelope = EventEnvelope(tenant_id=unit.tenant_id, event=touched)
        unit.queues.events.put(envelope, group=unit.tenant_id, delay_seconds=SOON_SECONDS)


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
