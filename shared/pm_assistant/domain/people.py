"""Who is who: one person's accounts at several vendors, by what a person said or by what makes it likely."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations

from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Member, Provider

FIELDS = {Provider.SLACK: "slack_id", Provider.LINEAR: "linear_id", Provider.GITHUB: "github_login"}

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


def account_at(member: Member, provider: Provider) -> str | None:
    """Who a person is at a vendor."""
    account: str | None = getattr(member, FIELDS[provider])
    return account


def accounts(member: Member) -> dict[Provider, str]:
    """Who a person is at each vendor, where that is known."""
    return {provider: account for provider in Provider if (account := account_at(member, provider))}


def primary_provider(member: Member) -> Provider | None:
    """The vendor whose account gave the member its id; that one cannot go to anybody else."""
    return next((provider for provider, account in accounts(member).items() if account == member.id), None)


def likely_same(members: Sequence[Member]) -> Sequence[Likeness]:
    """Pairs of members who may be one person, likeliest first: no vendor knows both, and something speaks for it.

    Whom a person has said to have no account at a vendor (confirmed, but none) is not offered one.
    """
    likenesses = {}
    for one, other in _worth_a_look(members):
        if len(accounts(other)) != 1:
            continue
        [(provider, account)] = accounts(other).items()
        taken = provider in {*accounts(one), *one.confirmed} or set(accounts(one)) & set(other.confirmed)
        sign = None if taken else _sign(one, other)
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
            one, other = sorted(pair, key=lambda member: (member.slack_id is None, member.linear_id is None))
            yield one, other


def _sign(one: Member, other: Member) -> tuple[float, str] | None:
    if _addresses(one) & _addresses(other):
        return SAME_ADDRESS, "Both have the same e-mail address."
    mine, theirs = " ".join(sorted(_words(one.name))), " ".join(sorted(_words(other.name)))
    if mine and mine == theirs:
        return SAME_NAME, "Both have the same name."
    if {_mailbox(address) for address in _addresses(one)} & {_mailbox(address) for address in _addresses(other)}:
        return SAME_MAILBOX, "Their e-mail addresses differ only after the @."
    alike = SequenceMatcher(None, mine, theirs).ratio()
    return (min(alike, SAME_MAILBOX), "Their names are alike.") if alike >= LIKE_ENOUGH else None


def _addresses(member: Member) -> set[str]:
    return {address.casefold() for address in (member.email, *member.emails) if address}


def _mailbox(address: str) -> str:
    return f"{address.partition('@')[0]}@"


def _words(name: str) -> set[str]:
    """A name's words, however they are written: `José  García` and `garcia, jose` are the same."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return set("".join(c if c.isalnum() else " " for c in bare).split())


def matched(chat: Iterable[Member], tracker: Iterable[Member], known: Sequence[Member] = ()) -> Sequence[Member]:
    """Join the people of chat and tracker: as a person has said, else by e-mail address, else not at all.

    Whoever is in the chat keeps the chat's name and time zone, unless a person has set another.

    Args:
        chat: the people of the chat, ids being the chat's.
        tracker: the people of the tracker, ids being the tracker's.
        known: the members as we knew them.
    """
    before = {member.id: member for member in known}
    joined: dict[str, Member] = {}
    owners = _owners(Provider.SLACK, known)
    for person in chat:
        owner = owners.get(person.slack_id or "", person.id)
        joined[owner] = _with_corrections(person.model_copy(update={"id": owner}), before.get(owner))
    open_to_match = (m for m in joined.values() if m.email and Provider.LINEAR not in m.confirmed)
    by_address = {member.email.casefold(): member.id for member in open_to_match if member.email}
    owners = _owners(Provider.LINEAR, known)
    for person in tracker:
        same_address = by_address.pop(person.email.casefold(), person.id) if person.email else person.id
        owner = owners.get(person.linear_id or "", same_address)
        present = joined.get(owner) or _with_corrections(person.model_copy(update={"id": owner}), before.get(owner))
        joined[owner] = present.model_copy(update={"linear_id": person.linear_id})
    return list(joined.values())


def merged_away(known: Sequence[Member], now: Sequence[Member]) -> Sequence[Member]:
    """The members of before who are nobody of their own any more: somebody else has all their accounts."""
    ids = {member.id for member in now}
    taken = {pair for member in now for pair in accounts(member).items()}
    return [member for member in known if member.id not in ids and set(accounts(member).items()) <= taken]


def _owners(provider: Provider, members: Sequence[Member]) -> dict[str, str]:
    """Whose each account is by a person's word."""
    confirmed = (member for member in members if provider in member.confirmed)
    return {account: member.id for member in confirmed if (account := account_at(member, provider))}


def _with_corrections(fresh: Member, before: Member | None) -> Member:
    """What a vendor says of a person, with what people have said of that person."""
    if before is None:
        return fresh
    names = (*before.by_hand, "by_hand", "emails", "confirmed", "github_login")
    corrections = {name: getattr(before, name) for name in names}
    accounts_confirmed = {FIELDS[provider]: account_at(before, provider) for provider in before.confirmed}
    return fresh.model_copy(update={**accounts_confirmed, **corrections})
