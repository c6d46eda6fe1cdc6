"""Which ticket people mean by a key."""

from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.work import Ticket
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.duplicates import canonical_ids
from pm_assistant.workflows.tenants.audience import open_to_all


def ticket_with_key(key: str, index: TeamIndex, unit: Unit) -> Ticket | None:
    """The one ticket that goes, or went, by a key, or that people go on with in its place.

    One that not everybody may read is as good as none.
    """
    named = index.tickets.with_key(key)
    canonical = canonical_ids(named, index, unit)
    known = (index.tickets.get(canonical.get(head.id, head.id)) for head in named)
    heads = [head for head in known if head is not None]
    teams = {team.id for team in open_to_all(index.teams)}
    readable = [t for t in unit.stores.tickets.whole(unit.tenant_id, heads) if t.team_id in teams]
    return readable[0] if len(readable) == 1 else None
