"""Keep the people of the chat as it tells of them, one by one, between the readings of all of them."""

from pm_assistant.domain.people import as_reported, with_news
from pm_assistant.domain.tenants import Member, Standing
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.workflows.connections.leavers import keep_people


def keep_person(person: Member, unit: Unit) -> bool:
    """Keep what the chat now says of a person; False if we know it, or something later.

    It mostly says that somebody has another picture or is in a meeting: that costs a read and a write, however many
    people there are. Where somebody comes, leaves, moves or is trusted otherwise, what hangs on that follows.

    Raises:
        Conflict: the person is being changed right now; repeat.
    """
    [(provider, account)] = person.accounts.items()
    directory, tenant_id = unit.stores.directory, unit.tenant_id
    left = person.standings.get(provider) is Standing.LEFT
    known = next(iter(directory.some_members(tenant_id, [account])), None)
    if known is not None and known.accounts.get(provider) == account:
        now = as_reported(known, person, provider)
        if now == known:
            return False
        if not left and (now.time_zone, now.standings) == (known.time_zone, known.standings):
            directory.replace_member(tenant_id, now, before=known)
            return True
    with unit.lease("directory", lasts=LEASE):
        before = directory.members(tenant_id)
        after = with_news(person, provider, before)
        departed = {(provider, m.accounts.get(provider)) for m in after if m.standings.get(provider) is Standing.LEFT}
        keep_people({(provider, account)} & departed, before, after, unit)
    return list(after) != list(before)
