"""Say who the team's people are: names, zones, addresses, and whose account is whose at each vendor."""

import re
from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter

from pm_assistant.domain.accounts import Caller, Scope, canonical
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.domain.people import KNOWN_TO_NOBODY, known_by, primary_provider, with_account
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.vendors import VendorProfile
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.calendars import move_calendar
from pm_assistant.workflows.connections.leavers import follow_clocks, move_subscriptions

BY_HAND = ("name", "time_zone", "language")
"""What a person can be said to be, whatever the chat tells."""


def member_of(member_id: str, unit: Unit, people: Sequence[Member] | None = None) -> Member:
    """One person, who is read where the team's `people` have not been.

    Raises:
        NotFound: the tenant has no such member.
    """
    known = unit.stores.directory.some_members(unit.tenant_id, [member_id]) if people is None else people
    return _one_of(known, member_id)


def person_calling(caller: Caller, unit: Unit, people: Sequence[Member] | None = None) -> Member | None:
    """The person who is calling, known by the e-mail address that was proven; None if it is nobody of the team.

    The team's `people` are read where whoever asks has not done so.
    """
    if caller.kind != "account":
        return None
    return known_by(caller.name, unit.stores.directory.members(unit.tenant_id) if people is None else people)


def oneself(caller: Caller, unit: Unit, people: Sequence[Member] | None = None) -> Member:
    """The person who is calling; `people` as of `person_calling`.

    Raises:
        InvalidRequest: it is nobody of the team, or a program; then the person has to be named.
    """
    member = person_calling(caller, unit, people)
    if member is not None:
        return member
    raise InvalidRequest("you are nobody we know of the team: name a member", field="member_id")


def speaker(caller: Caller, unit: Unit) -> Member:
    """The person who is calling, where nobody speaks for somebody else.

    Raises:
        Forbidden: a program is calling.
        NotFound: the team knows nobody by the address that the caller logs in with.
    """
    if caller.kind != "account":
        raise Forbidden("a key says nothing: people speak for themselves")
    member = person_calling(caller, unit)
    if member is None:
        raise NotFound(KNOWN_TO_NOBODY)
    return member


def check_own(caller: Caller, member_id: str, unit: Unit) -> None:
    """Make sure that somebody may decide about a person: admins about everybody, people about themselves.

    Raises:
        NotFound: the tenant has no such member.
        Forbidden: it is somebody else, or a program without an admin's rights asks.
    """
    members = unit.stores.directory.members(unit.tenant_id)
    member = _one_of(members, member_id)
    itself = caller.kind == "account" and known_by(caller.name, members) == member
    if not (itself or caller.scope.covers(Scope.ADMIN)):
        raise Forbidden(Translatable("only admins decide about other people"))


def change_member(caller: Caller, member_id: str, change: Mapping[str, object], unit: Unit) -> Member:
    """Set a person's name, time zone, language or further addresses by hand; a sync leaves them alone from then on.

    Reports that are due by the person's clock follow to the new zone.

    Raises:
        NotFound: the tenant has no such member.
        Forbidden: only admins change others, and give people addresses that these have not proven.
        Conflict: the person has been changed meanwhile; repeat.
    """
    check_own(caller, member_id, unit)
    before = member_of(member_id, unit)
    _check_addresses(caller, before, change)
    by_hand = [name for name in BY_HAND if name in change or name in before.by_hand]
    member = Member.model_validate({**before.model_dump(), **change, "by_hand": by_hand})
    unit.stores.directory.replace_member(unit.tenant_id, member, before=before)
    follow_clocks([before], [member], unit)
    return member


def speak_to(member: Member, language: Language | None, unit: Unit) -> Member:
    """Write to a person in a language of their own choice from now on; None for the one that the chat tells of.

    Raises:
        Conflict: the person has been changed meanwhile; repeat.
    """
    by_hand = {*member.by_hand, "language"} if language else {*member.by_hand} - {"language"}
    change = {"by_hand": tuple(name for name in BY_HAND if name in by_hand), "language": language or member.language}
    after = member.model_copy(update=change)
    if after != member:
        unit.stores.directory.replace_member(unit.tenant_id, after, before=member)
    return after


def identify(member_id: str, provider: Provider, account: str, unit: Unit) -> Member:
    """Note by a person's word that an account at a vendor is this member's; may be repeated.

    Whoever was nothing but that account becomes this member, addresses and subscriptions included. The account that
    this member had there before is a person of its own again from the next sync on.

    Raises:
        NotFound: the tenant has no such member.
        InvalidRequest: nobody of the team has that account, as far as the vendor has told us; of one that tells us of
            nobody the word counts, unless no account could be called so.
        Conflict: this member, or the one who has the account, is known by another account there, or has been changed
            meanwhile.
    """
    tenant_id, directory = unit.tenant_id, unit.stores.directory
    members = directory.members(tenant_id)
    before = _one_of(members, member_id)
    vendor = unit.vendors[provider]
    holders = [m for m in members if m.id != member_id and _same(m.accounts.get(provider), account, vendor)]
    if before.accounts.get(provider) != account:
        _check_free(before, account, vendor, holders)
    member = _joined(before, provider, account, [holder for holder in holders if _is_lone(holder)])
    directory.replace_member(tenant_id, member, before=before)
    for holder in holders:
        if _is_lone(holder):
            move_subscriptions(holder, member, unit)
            move_calendar(holder, member, unit)
            directory.remove_member(tenant_id, holder.id)
        else:
            directory.replace_member(tenant_id, with_account(holder, provider, None), before=holder)
    return member


def disown(member_id: str, provider: Provider, unit: Unit) -> Member:
    """Note by a person's word that this member has no account at a vendor, whatever the addresses say.

    Raises:
        NotFound: the tenant has no such member.
        Conflict: the member is known by that account, or has been changed meanwhile.
    """
    before = member_of(member_id, unit)
    if primary_provider(before) is provider:
        raise Conflict(
            Translatable("this member is known by the {vendor} account: take the others away instead", vendor=provider)
        )
    confirmed = tuple(sorted({*before.confirmed, provider}))
    member = with_account(before, provider, None).model_copy(update={"confirmed": confirmed})
    unit.stores.directory.replace_member(unit.tenant_id, member, before=before)
    return member


def _one_of(members: Sequence[Member], member_id: str) -> Member:
    for member in members:
        if member.id == member_id:
            return member
    raise NotFound("no such member")


def _check_addresses(caller: Caller, before: Member, change: Mapping[str, object]) -> None:
    """An address says who somebody is, so nobody claims one: it is the caller's own, was there, or an admin's word."""
    wanted = TypeAdapter(tuple[str, ...]).validate_python(change.get("emails", ()))
    proven = {canonical(caller.name), *map(canonical, before.emails)}
    if not (caller.scope.covers(Scope.ADMIN) or set(map(canonical, wanted)) <= proven):
        raise Forbidden(Translatable("only admins give people addresses that these have not proven"))


def _same(account: str | None, other: str, vendor: VendorProfile) -> bool:
    if account is None or not vendor.names_ignore_case:
        return account == other
    return account.casefold() == other.casefold()


def _is_lone(member: Member) -> bool:
    return len(member.accounts) == 1


def _check_free(member: Member, account: str, vendor: VendorProfile, holders: Sequence[Member]) -> None:
    provider = vendor.provider
    if primary_provider(member) is provider:
        raise Conflict(Translatable("this member is known by another {vendor} account", vendor=provider))
    if not holders and (vendor.tells_of_everybody or not re.fullmatch(vendor.account, account)):
        raise InvalidRequest(
            Translatable("nobody of the team has that {vendor} account", vendor=provider), field="account"
        )
    if any(primary_provider(holder) is provider and not _is_lone(holder) for holder in holders):
        raise Conflict(
            Translatable("another member is known by that account: take the other accounts from that one first")
        )


def _joined(member: Member, provider: Provider, account: str, merged: Sequence[Member]) -> Member:
    """The member with the account, and with the addresses of those who were nothing but that account."""
    primary = primary_provider(member)
    addresses = [a for m in merged for a in (m.email, *m.emails) if a and a != member.email]
    change = {
        "confirmed": tuple(sorted({*member.confirmed, provider, *([primary] if primary else [])})),
        "emails": tuple(dict.fromkeys((*member.emails, *addresses))),
    }
    return with_account(member, provider, account).model_copy(update=change)
