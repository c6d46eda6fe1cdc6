"""Keep what tickets are to each other as the tracker lists it: it tells of none of that by itself."""

from pm_assistant.domain.events import DuplicateTouched, EventEnvelope
from pm_assistant.domain.planning import Relation, RelationList, RelationType
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
