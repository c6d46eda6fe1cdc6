"""Who is who: one person's accounts at several vendors, by what a person said or by what makes it likely."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations
from typing import NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from pm_assistant.domain.accounts import Email, canonical
from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Member, Provider, Standing, Zone

KNOWN_TO_NOBODY = Translatable(
    "the team knows nobody by your address: have an admin say whose account in the chat is yours"
)
"""What somebody reads whose login is nobody of the team."""
SAME_ADDRESS, SAME_NAME, SAME_MAILBOX, LIKE_ENOUGH = 0.98, 0.9, 0.85, 0.8
"""How sure each sign makes us (0 to 1); names that are only alike are as good a sign as they are alike."""


class Likeness(Model):
    """Two members who are probably one person: `account` of `other` could be `member`'s at `provider`.

    Attributes:
        score: how sure it is, 0 to 1.
        reason: the sign, in one sentence that a person can check.
    """

    member_id: str
    name: str
    provider: Provider
    account: str
    other_id: str
    other_name: str
    score: float
    reason: str


def primary_provider(member: Member) -> Provider | None:
    """The vendor whose account gave the member its id; that one cannot go to anybody else."""
    return next((provider for provider, account in member.accounts.items() if account == member.id), None)


def likely_same(members: Sequence[Member]) -> Sequence[Likeness]:
    """Pairs of members who may be one person, likeliest first: no vendor knows both, and something speaks for it.

    Whom a person has said to have no account at a vendor (confirmed, but none) is not offered one.
    """
    likenesses = {}
    for one, other in _worth_a_look(members):
        if len(other.accounts) != 1:
            continue
        [(provider, account)] = other.accounts.items()
        ruled_out = provider in {*one.accounts, *one.confirmed} or set(one.accounts) & set(other.confirmed)
        sign = None if ruled_out else _sign(one, other)
        if sign:
            likenesses[one.id, other.id] = Likeness(
                member_id=one.id,
                name=one.name,
                provider=provider,
                account=account,
                other_id=other.id,
                other_name=other.name,
                score=round(sign[0], 2),
                reason=sign[1],
            )
    return sorted(likenesses.values(), key=lambda likeness: (-likeness.score, likeness.member_id, likeness.other_id))


def _worth_a_look(members: Sequence[Member]) -> Iterator[tuple[Member, Member]]:
    """Pairs that share a word of the name, a mailbox or an address: comparing everybody with everybody is too much.

    The first of a pair is whom the other's account would go to: the one in the chat, as far as one is.
    """
    groups: dict[str, list[Member]] = {}
    for member in members:
        for mark in {*_words(member.name), *map(_mailbox, _addresses(member)), *_addresses(member)}:
            groups.setdefault(mark, []).append(member)
    for group in groups.values():
        for pair in combinations(group, 2):
            one, other = sorted(pair, key=_is_missing)
            yield one, other


def _is_missing(member: Member) -> tuple[bool, ...]:
    """At which vendors a person is not, the one most people are at first."""
    return tuple(provider not in member.accounts for provider in Provider)


def _sign(one: Member, other: Member) -> tuple[float, str] | None:
    if _addresses(one) & _addresses(other):
        return SAME_ADDRESS, "Both have the same e-mail address."
    name, other_name = " ".join(sorted(_words(one.name))), " ".join(sorted(_words(other.name)))
    if name and name == other_name:
        return SAME_NAME, "Both have the same name."
    if {_mailbox(address) for address in _addresses(one)} & {_mailbox(address) for address in _addresses(other)}:
        return SAME_MAILBOX, "Their e-mail addresses differ only after the @."
    alike = SequenceMatcher(None, name, other_name).ratio()
    return (min(alike, SAME_MAILBOX), "Their names are alike.") if alike >= LIKE_ENOUGH else None


def _addresses(member: Member) -> set[str]:
    return {address.casefold() for address in (member.email, *member.emails) if address}


def _mailbox(address: str) -> str:
    return f"{address.partition('@')[0]}@"


def _words(name: str) -> set[str]:
    """A name's words, however they are written: `José  García` and `garcia, jose` are the same."""
    unaccented = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return set("".join(c if c.isalnum() else " " for c in unaccented).split())


class MemberChange(Model):
    """What can be set by hand about a person; what is left out stays as it is."""

    name: str = Field(default="", min_length=1, max_length=100)
    time_zone: Zone = Field(default="UTC", description="IANA name, such as `Europe/Berlin`")
    language: Language = Field(default=Language.ENGLISH, description="of what we write to the person")
    away_until: date | None = Field(
        default=None, description="the day on which the person is back; no report comes by itself before"
    )
    emails: tuple[Email, ...] = Field(default=(), max_length=10, description="further addresses of the same person")


class Participant(Model):
    """A person as an analyst is told of: who that is in the chat and in the tracker, where that is known."""

    name: str
    chat_id: str | None = None
    tracker_id: str | None = None


class Flaw(Model):
    """What was wrong with one row of what a vendor lists, in words without people's own.

    Attributes:
        id: the vendor's id of what the row is about; empty where that could not be read either.
        left_out: whether the row was left out; else it was taken with something in the place of what was wrong.
    """

    id: str
    problem: str
    left_out: bool = False


class Listing[T](list[T]):
    """What a vendor lists, row by row: one bad row costs that row and is named in `flaws`.

    Attributes:
        cursor: of the following page, in the vendor's own words; None if there is none.
    """

    def __init__(self, rows: Iterable[T] = (), flaws: Iterable[Flaw] = (), *, cursor: str | None = None) -> None:
        super().__init__(rows)
        self.flaws = tuple(flaws)
        self.cursor = cursor


def visible_name(*names: str | None) -> str:
    """The first of the names a vendor has for somebody that can be seen; the last, an id, in any case."""
    return next((name.strip() for name in names if name and name.strip()), names[-1] or "")


def known_zone(name: str | None, offset_seconds: int | None = None) -> str | None:
    """The zone of that name; if there is none, one of that offset; None if nothing is known of it."""
    try:
        return TypeAdapter(Zone).validate_python(name)
    except ValidationError:
        hours, rest = divmod(offset_seconds or 0, 3600)
        fixed = offset_seconds is not None and rest == 0 and -12 <= hours <= 14
        # The signs of these names are the other way round.
        return f"Etc/GMT{-hours:+d}" if fixed else None


class VendorPeople(NamedTuple):
    """The people that a vendor tells of, ids being its own."""

    provider: Provider
    members: Sequence[Member]


def matched(chat: VendorPeople, tracker: VendorPeople, known_members: Sequence[Member] = ()) -> Sequence[Member]:
    """Join the people of chat and tracker: as a person has said, else by e-mail address, else not at all.

    Whoever is in the chat keeps the chat's name and time zone, unless a person has set another. Who somebody is at
    other vendors stays. Whom we know in both, and one does not list this time, is in both still: a row that
    could not be read makes nobody two.

    Args:
        chat: the people of the chat.
        tracker: the people of the tracker.
        known_members: as we knew them.
    """
    before = {member.id: member for member in known_members}
    listed = {
        (people.provider, person.accounts[people.provider]) for people in (chat, tracker) for person in people.members
    }
    joined: dict[str, Member] = {}
    owners = _owners(chat.provider, known_members)
    for person in chat.members:
        owner = owners.get(person.accounts[chat.provider], person.id)
        joined[owner] = _with_corrections(person.model_copy(update={"id": owner}), before.get(owner), listed)
    open_to_match = (m for m in joined.values() if m.email and tracker.provider not in m.confirmed)
    by_address = {member.email.casefold(): member.id for member in open_to_match if member.email}
    in_chat = ((member, member.accounts.get(chat.provider)) for member in known_members)
    unlisted = {member.id: member for member, account in in_chat if account and (chat.provider, account) not in listed}
    owners = _owners(tracker.provider, known_members)
    holders = {account: m.id for m in unlisted.values() if (account := m.accounts.get(tracker.provider))}
    for person in tracker.members:
        account = person.accounts[tracker.provider]
        same_address = by_address.pop(person.email.casefold(), None) if person.email else None
        owner = owners.get(account) or same_address or holders.get(account) or person.id
        member = joined.get(owner) or unlisted.get(owner)
        member = member or _with_corrections(person.model_copy(update={"id": owner}), before.get(owner), listed)
        joined[owner] = with_account(member, tracker.provider, account, person.standings.get(tracker.provider))
    return list(joined.values())


def known_by(address: str, members: Iterable[Member]) -> Member | None:
    """Who of these people has a proven address: whom a vendor tells of by it, else whom an admin gave it to."""
    address, by_word = canonical(address), None
    for member in members:
        if member.email and canonical(member.email) == address:
            return member
        if by_word is None and address in map(canonical, member.emails):
            by_word = member
    return by_word


def with_account(member: Member, provider: Provider, account: str | None, standing: Standing | None = None) -> Member:
    """A member who has that account at a vendor, and what it is there; None for none."""
    accounts = {name: vendor_account for name, vendor_account in member.accounts.items() if name is not provider}
    standings = {name: known for name, known in member.standings.items() if name is not provider}
    return member.model_copy(
        update={
            "accounts": accounts | ({provider: account} if account else {}),
            "standings": standings | ({provider: standing} if account and standing else {}),
        }
    )


def with_departures(member: Member, gone: Set[tuple[Provider, str]]) -> Member:
    """A member with those accounts marked as left that are."""
    left = {provider: Standing.LEFT for provider, account in member.accounts.items() if (provider, account) in gone}
    return member.model_copy(update={"standings": member.standings | left}) if left else member


def as_reported(member: Member, person: Member, provider: Provider) -> Member:
    """A member as the chat describes that account now, unless it said something later before.

    What people have set stays. Of who has left we keep the name as it was.
    """
    before, now = member.changed_at.get(provider), person.changed_at.get(provider)
    if before is not None and now is not None and now < before:
        return member
    change: dict[str, object] = {
        "standings": member.standings | person.standings,
        "changed_at": member.changed_at | person.changed_at,
    }
    if person.standings.get(provider) is not Standing.LEFT:
        said = {
            "name": person.name,
            "time_zone": person.time_zone,
            "language": person.language or member.language,
        }
        change |= {name: value for name, value in said.items() if name not in member.by_hand}
        change |= {"email": person.email or member.email, "absence": person.absence}
    return member.model_copy(update=change)


def with_news(person: Member, provider: Provider, known_members: Sequence[Member]) -> Sequence[Member]:
    """Everybody as they are once the chat has told of one person.

    Whoever has just come is taken for those who were known by the same address at other vendors alone. Nobody comes
    who is not of the team: a stranger, or somebody whom we had never heard of and who has left.
    """
    account = person.accounts[provider]
    if any(member.accounts.get(provider) == account for member in known_members):
        return [as_reported(m, person, provider) if m.accounts.get(provider) == account else m for m in known_members]
    if person.standings.get(provider) not in {Standing.MEMBER, Standing.GUEST}:
        return known_members
    newcomer, joined = person, []
    for member in _known_elsewhere_alone(person, provider, known_members):
        [(elsewhere, its_account)] = member.accounts.items()
        if elsewhere not in newcomer.accounts:
            newcomer = with_account(newcomer, elsewhere, its_account, member.standings.get(elsewhere))
            newcomer = newcomer.model_copy(update={"emails": tuple(dict.fromkeys((*newcomer.emails, *member.emails)))})
            joined.append(member)
    return [*(member for member in known_members if member not in joined), newcomer]


def _known_elsewhere_alone(person: Member, provider: Provider, members: Iterable[Member]) -> Iterator[Member]:
    for member in members:
        if len(member.accounts) == 1 and provider not in member.confirmed and _addresses(member) & _addresses(person):
            yield member


class Merged(NamedTuple):
    """A member as it was before somebody else was found to have its accounts, or some of them.

    Attributes:
        remains: the member with the accounts that nobody else has; None if there are none.
    """

    member: Member
    into: Member
    remains: Member | None


def merged(before: Sequence[Member], after: Sequence[Member]) -> Sequence[Merged]:
    """The members of before who are not among those of after, which have accounts of theirs: each is one person's."""
    ids = {member.id for member in after}
    owners = {pair: member for member in after for pair in member.accounts.items()}
    found = []
    for member in before:
        taken = [pair for pair in member.accounts.items() if pair in owners]
        if member.id in ids or not taken:
            continue
        remains = member
        for provider, _ in taken:
            remains = with_account(remains, provider, None)
        found.append(Merged(member, owners[taken[0]], remains if remains.accounts else None))
    return found


def _owners(provider: Provider, members: Sequence[Member]) -> dict[str, str]:
    """Whose each account is by a person's word."""
    confirmed = (member for member in members if provider in member.confirmed)
    return {account: member.id for member in confirmed if (account := member.accounts.get(provider))}


def _with_corrections(reported: Member, before: Member | None, listed: Set[tuple[Provider, str]]) -> Member:
    """What the vendors that were read say of a person, with what people have said and what none of them lists now.

    What a vendor has told since it listed the person counts.
    """
    if before is None:
        return reported
    if any(before.changed_at.get(provider, at) > at for provider, at in reported.changed_at.items()):
        names = ("name", "time_zone", "language", "email", "absence", "standings", "changed_at")
        since = {name: getattr(before, name) for name in names}
        reported = reported.model_copy(update=since)
    corrections = {
        name: getattr(before, name)
        for name in (*before.by_hand, "by_hand", "away_until", "emails", "confirmed", "not_mine")
    }
    if not reported.language:
        corrections["language"] = before.language
    member = reported.model_copy(update=corrections)
    for provider in Provider:
        account = before.accounts.get(provider)
        if provider in before.confirmed or (account and (provider, account) not in listed):
            standings = reported.standings if reported.accounts.get(provider) == account else before.standings
            member = with_account(member, provider, account, standings.get(provider))
    return member
