"""Who leaves, leaves everywhere: no report, no answer, and the login is pointed out to the admins."""

from collections.abc import Sequence, Set

from pm_assistant.domain.accounts import canonical
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import VendorPeople, merged, with_departures
from pm_assistant.domain.reports import ReportChannel, Subscription
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.accounts.calendars import move_calendar
from pm_assistant.workflows.accounts.rules import end_rules_of
from pm_assistant.workflows.connections.schedule import end_report, readers, schedule_report

type VendorAccount = tuple[Provider, str]


class Departed(Model):
    """Somebody who has left, and the login of theirs that goes on working until an admin ends it."""

    member_id: str
    account_id: str | None = None


def departed(
    before: Sequence[Member], after: Sequence[Member], read: Sequence[VendorPeople], unread: Set[str], unit: Unit
) -> Set[VendorAccount]:
    """The accounts we knew that people have left: the vendor says so, or does not list them any more.

    A row that could not be read proves nothing, and neither does a vendor that lists nobody. Whom the chat does not
    list it is asked about once more.
    """
    gone: set[VendorAccount] = set()
    for people in read:
        listed = {member.accounts[people.provider]: member for member in people.members}
        for member in (*before, *after):
            account = member.accounts.get(people.provider)
            if account is None or account in unread or "" in unread or not listed:
                continue
            standing = listed[account].standings.get(people.provider) if account in listed else None
            if standing is Standing.LEFT or (account not in listed and is_gone(people.provider, account, unit)):
                gone.add((people.provider, account))
    return gone


def is_gone(provider: Provider, account: str, unit: Unit) -> bool:
    """Whether people have left an account that a vendor does not list, or does not let us write to, any more."""
    if provider is not unit.provider(Role.CHAT):
        return True
    try:
        return unit.chat.member(account).standings.get(provider) is Standing.LEFT
    except NotFound:
        return True


def keep_people(
    gone: Set[VendorAccount], before: Sequence[Member], after: Sequence[Member], unit: Unit
) -> Sequence[Departed]:
    """Keep people as they are now, note who has left, and end what is sent to them; in the lease of the directory.

    Whose accounts have become another's goes, and their reports go on under the other's name. Of before and not of
    after means only that the vendors did not tell of them this time.

    Raises:
        Conflict: one of them has been changed meanwhile; repeat.
    """
    directory, tenant_id = unit.stores.directory, unit.tenant_id
    stored = {member.id: member for member in before}
    directory.put_members(tenant_id, [with_departures(m, gone) for m in after if m.id not in stored])
    follow_clocks(before, after, unit)
    for merger in merged(before, after):
        move_subscriptions(merger.member, merger.into, unit)
        move_calendar(merger.member, merger.into, unit)
        if merger.remains is None:
            directory.remove_member(tenant_id, merger.member.id)
        else:
            directory.replace_member(tenant_id, merger.remains, before=merger.member)
    newly = note_departures(gone, before, unit)
    _end_reports(unit)
    # Last, because whoever repeats it takes a person who reads as told for one of whom all has been done.
    for member in after:
        known = stored.get(member.id)
        now = with_departures(member, gone)
        if known is not None and now != known:
            directory.replace_member(tenant_id, now, before=with_departures(known, gone))
    return newly


def note_departures(gone: Set[VendorAccount], before: Sequence[Member], unit: Unit) -> Sequence[Departed]:
    """Keep who has left as such, so that what they said still bears their name, and point out whose login that was.

    Their rules end first: whoever is known to have left has none, wherever this was broken off.

    Raises:
        Conflict: one of them has been changed meanwhile; repeat.
    """
    directory = unit.stores.directory
    stored = {member.id: member for member in directory.members(unit.tenant_id)}
    now = [with_departures(member, gone) for member in stored.values()]
    had_left = {member.id for member in before if member.left}
    newly = [member for member in now if member.left and member.id not in had_left]
    departures = _departures(newly, [member for member in now if not member.left], unit)
    logins = {f"account:{each.account_id}" for each in departures if each.account_id}
    end_rules_of(logins | {account for member in newly for account in member.accounts.values()}, unit)
    for member in now:
        if member != stored[member.id]:
            directory.replace_member(unit.tenant_id, member, before=stored[member.id])
    for each in departures:
        detail = {"account": each.account_id} if each.account_id else {}
        unit.stores.audit.add(unit.tenant_id, entry("member.left", at=unit.now(), target=each.member_id, **detail))
    return departures


def _end_reports(unit: Unit) -> None:
    for subscription, member in readers(unit):
        if subscription.channel_id is None and (member is None or _is_out_of_reach(member, subscription, unit)):
            end_report(subscription.id, unit)


def _is_out_of_reach(member: Member, subscription: Subscription, unit: Unit) -> bool:
    in_chat = member.standings.get(unit.provider(Role.CHAT))
    return member.left or (
        subscription.delivery is ReportChannel.SLACK and in_chat in {Standing.LEFT, Standing.OUTSIDER}
    )


def _departures(leavers: Sequence[Member], others: Sequence[Member], unit: Unit) -> Sequence[Departed]:
    """Who has left, and whose login that was."""
    if not leavers:
        return ()
    taken = {address for member in others for address in _addresses(member)}
    logins = {canonical(account.email): account.id for account in unit.stores.accounts.all(unit.tenant_id)}
    theirs = {m.id: [a for a in _addresses(m) if a in logins and a not in taken] for m in leavers}
    return [Departed(member_id=id, account_id=next((logins[a] for a in own), None)) for id, own in theirs.items()]


def _addresses(member: Member) -> Sequence[str]:
    return [canonical(address) for address in (member.email, *member.emails) if address]


def move_subscriptions(before: Member, after: Member, unit: Unit) -> None:
    """Let a person's reports go on under the new id; a subscription that is there already counts."""
    wishes = unit.stores.subscriptions.all(unit.tenant_id)
    existing = {wish.id for wish in wishes}
    for wish in wishes:
        if wish.member_id == before.id:
            moved = wish.model_copy(update={"member_id": after.id})
            if moved.id not in existing:
                schedule_report(moved, after, unit)
                unit.stores.subscriptions.put(unit.tenant_id, moved)
            end_report(wish.id, unit)


def follow_clocks(before: Sequence[Member], after: Sequence[Member], unit: Unit) -> None:
    """Have reports come by the clock of where people are now, whoever said that they are elsewhere."""
    zones = {member.id: member.time_zone for member in before}
    moved = [member for member in after if zones.get(member.id, member.time_zone) != member.time_zone]
    for subscription, member in readers(unit, moved) if moved else ():
        if member is not None and subscription.time_zone is None:
            schedule_report(subscription, member, unit)
