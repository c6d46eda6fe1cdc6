"""What tickets are to each other, as everybody may know it."""

from collections.abc import Collection, Mapping, Sequence

from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.planning import RelationRole
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.tenants.audience import open_to_all, public_tickets

MOST_RELATIONS = 50
"""Of one ticket that are looked at."""


def related_tickets(ticket_id: str, index: TeamIndex, unit: Unit) -> Sequence[tuple[RelationRole, TicketHead]]:
    """What a ticket is to others that everybody may read, and these, by their keys."""
    readable = {team.id for team in open_to_all(index.teams)}
    relations = unit.stores.planning.relations(unit.tenant_id, ticket_id, limit=MOST_RELATIONS)
    seen = dict.fromkeys(relation.seen_from(ticket_id) for relation in relations)
    found = ((role, index.tickets.get(other_id)) for role, other_id in seen)
    shown = [(role, head) for role, head in found if head is not None and head.team_id in readable]
    return sorted(shown, key=lambda pair: (list(RelationRole).index(pair[0]), pair[1].key))


def blockers(ticket_ids: Collection[str], unit: Unit) -> Mapping[str, Sequence[str]]:
    """The keys of the open tickets that block each of these, by the ids of those that any block."""
    planning, tenant_id = unit.stores.planning, unit.tenant_id
    blocking: dict[str, list[str]] = {}
    for id in ticket_ids:
        seen = (relation.seen_from(id) for relation in planning.relations(tenant_id, id, limit=MOST_RELATIONS))
        if others := [other for role, other in seen if role is RelationRole.BLOCKED_BY]:
            blocking[id] = others
    if not blocking:
        return {}
    known = unit.stores.tickets.some(tenant_id, {other for found in blocking.values() for other in found})
    keys = {ticket.id: ticket.key for ticket in public_tickets(known, unit) if not ticket.state.type.closed}
    named = {id: sorted(keys[other] for other in set(found) & keys.keys()) for id, found in blocking.items()}
    return {id: found for id, found in named.items() if found}
