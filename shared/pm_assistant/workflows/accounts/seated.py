"""Who takes a seat of a team's plan: whoever has an account or gets reports, and will, whoever is invited."""

from collections.abc import Iterable, Sequence

from pm_assistant.domain.billing import terms_at
from pm_assistant.domain.people import known_by
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit


def people_of(unit: Unit, *, invited: Iterable[str] = ()) -> Sequence[str]:
    """Who has an account or gets reports of their own, who has both once: accounts by their age, then the others.

    Args:
        unit: of work.
        invited: the addresses of those who come last, as they are still to come.
    """
    stores, tenant_id = unit.stores, unit.tenant_id
    with unit.side_by_side() as reads:
        found_members = reads.submit(stores.directory.members, tenant_id)
        found_wishes = reads.submit(stores.subscriptions.all, tenant_id)
        accounts = sorted(stores.accounts.all(tenant_id), key=lambda each: (each.created_at, each.id))
    members = found_members.result()
    known = [(f"account:{account.id}", known_by(account.email, members)) for account in accounts]
    coming = [(f"invited:{email}", known_by(email, members)) for email in sorted(invited)]
    with_account, to_come = ([member.id if member else id for id, member in each] for each in (known, coming))
    readers = sorted(wish.member_id for wish in found_wishes.result() if wish.member_id)
    return list(dict.fromkeys((*with_account, *readers, *to_come)))


def seats_lacking(tenant: Tenant, unit: Unit, *, invited: Iterable[str]) -> int:
    """How many seats fewer there are than people, once those come who are invited; nothing is read without a bound."""
    limit = terms_at(tenant.billing, unit.now()).people
    return max(len(people_of(unit, invited=invited)) - limit, 0) if limit is not None else 0
