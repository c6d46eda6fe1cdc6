"""Keep what tickets are to each other as the tracker lists it: it tells of none of that by itself."""

from pm_assistant.domain.planning import RelationList
from pm_assistant.ports.unit import Unit


def keep_relations(listed: RelationList, unit: Unit) -> None:
    """Keep what is new in a stretch of the list, and forget what is no longer in it; what stays costs nothing."""
    planning, tenant_id = unit.stores.planning, unit.tenant_id
    known = {relation.id: relation for relation in planning.relations_between(tenant_id, listed.since, listed.until)}
    there = {relation.id: relation for relation in listed.relations}
    for id, relation in known.items():
        if there.get(id) != relation:
            planning.unrelate(tenant_id, relation)
    for id, relation in there.items():
        if known.get(id) != relation:
            planning.relate(tenant_id, relation)
