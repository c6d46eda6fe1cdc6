"""Have what recurs for every tenant come due, and the reports that people wish for."""

from collections.abc import Iterable

from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Member
from pm_assistant.ports.unit import Unit


def schedule_recurring(unit: Unit) -> bool:
    """Have all that recurs come due from now on; False if the tenant has nothing connected. May be repeated."""
    if not unit.stores.connections.all(unit.tenant_id):
        return False
    unit.schedules.put_recurring(unit.tenant_id)
    return True


def reschedule_reports(unit: Unit) -> int:
    """Have exactly the reports come due that people wish for, each by the clock of where its reader is now.

    Returns how many; one that cannot be, such as in a zone that is not known, is left to what looks for missed ones.
    """
    wanted = [
        (wish, wish.clock_for(member))
        for wish, member in readers(unit)
        if wish.channel_id is not None or (member is not None and not member.left)
    ]
    return unit.schedules.put_reports(unit.tenant_id, wanted)


def schedule_report(subscription: Subscription, member: Member | None, unit: Unit) -> None:
    """Have a report come due by the clock of where its reader is; `member` is None where that is a channel.

    Raises:
        InvalidRequest: there is no such time, or no such zone.
    """
    unit.schedules.put(unit.tenant_id, subscription, subscription.clock_for(member))


def end_report(subscription_id: str, unit: Unit) -> None:
    """Have a report come due no longer, and forget the wish; one that is not there is fine."""
    unit.schedules.remove(unit.tenant_id, subscription_id)
    unit.stores.subscriptions.remove(unit.tenant_id, subscription_id)


def readers(unit: Unit, members: Iterable[Member] | None = None) -> Iterable[tuple[Subscription, Member | None]]:
    """Every wish with who gets it; None for a channel's, and for one of somebody who is not of the team any more."""
    people = unit.stores.directory.members(unit.tenant_id) if members is None else members
    by_id = {member.id: member for member in people}
    return [(each, by_id.get(each.member_id)) for each in unit.stores.subscriptions.all(unit.tenant_id)]
