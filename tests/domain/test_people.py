"""Who is who: what is likely is only said, what is confirmed stays."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.jobs import Record
from pm_assistant.domain.people import Likeness, VendorPeople, likely_same, merged
from pm_assistant.domain.people import matched as match_people
from pm_assistant.domain.portability import from_records, to_record
from pm_assistant.domain.tenants import Member, Provider
from tests.builders import ACME, a_member


def in_chat(who: str, **changes: Any) -> Member:
    """A person whom only the chat knows."""
    return a_member(who, **{"linear_id": None, **changes})


def in_tracker(who: str, **changes: Any) -> Member:
    """A person whom only the tracker knows, under another address."""
    own = {"id": f"lin-{who}", "slack_id": None, "email": f"{who}.x@home.test", "time_zone": "UTC"}
    return a_member(who, **{**own, **changes})


def matched(chat: list[Member], tracker: list[Member], known: Sequence[Member] = ()) -> Sequence[Member]:
    """Join the people of Slack and Linear."""
    return match_people(VendorPeople(Provider.SLACK, chat), VendorPeople(Provider.LINEAR, tracker), known)


def reasons(*members: Member) -> list[str]:
    """Why any of these may be the same."""
    return [likeness.reason for likeness in likely_same(members)]


def test_two_accounts_with_one_name_are_suggested() -> None:
    """In whatever order and with whatever accents it is written; the chat's person would get the account."""
    [likeness] = likely_same([in_tracker("jose", name="GARCIA, Jose"), in_chat("jg", name="José García")])

    expected = Likeness(
        member_id="U0JG",
        name="José García",
        provider=Provider.LINEAR,
        account="lin-jose",
        other_id="lin-jose",
        other_name="GARCIA, Jose",
        score=0.9,
        reason="Both have the same name.",
    )
    assert expected == likeness


def test_names_that_are_alike_are_suggested_less_surely() -> None:
    """A middle initial or a typing error."""
    [likeness] = likely_same([in_chat("a", name="Ada Lovelace"), in_tracker("b", name="Ada Lovelase")])

    assert "Their names are alike." == likeness.reason
    assert likeness.score < 0.9


def test_an_alternate_address_is_the_best_sign() -> None:
    """A person has told us that it is the same mailbox's owner."""
    ada = in_chat("ada", name="Ada", emails=("Countess@home.test",))

    assert ["Both have the same e-mail address."] == reasons(ada, in_tracker("x", name="C", email="countess@home.test"))


def test_a_mailbox_of_the_same_name_elsewhere_is_a_sign() -> None:
    """ada@acme.test and ada@home.test."""
    assert ["Their e-mail addresses differ only after the @."] == reasons(
        in_chat("ada", name="Ada"), in_tracker("y", name="Countess", email="ada@home.test")
    )


def test_a_github_account_is_suggested_for_whoever_is_known_already() -> None:
    """Whichever vendors know the person so far."""
    octocat = Member(id="gh-1", name="Ada", accounts={Provider.GITHUB: "ada-l"})

    [likeness] = likely_same([octocat, a_member("ada")])

    assert ("U0ADA", Provider.GITHUB, "ada-l") == (likeness.member_id, likeness.provider, likeness.account)


def test_nothing_is_suggested_without_a_sign_or_against_what_is_known() -> None:
    """A shared first name is no sign; two accounts of one vendor are two people; a person's no counts."""
    assert [] == reasons(in_chat("a", name="David Miller"), in_tracker("b", name="David Okonkwo"))
    assert [] == reasons(in_chat("a", name="Ada"), in_chat("b", name="Ada"))
    assert [] == reasons(a_member("ada"), in_tracker("other", name="Ada"))
    assert [] == reasons(in_chat("ada", confirmed=(Provider.LINEAR,)), in_tracker("ada", name="Ada"))
    assert [] == reasons(in_chat("ada"), in_tracker("ada", name="Ada", confirmed=(Provider.SLACK,)))
    assert [] == reasons(in_chat("a", name="", email=None), in_tracker("b", name="", email=None))


def test_who_was_confirmed_stays_so_whatever_the_addresses_say() -> None:
    """Ada's account is hers, and nobody else's who has its address."""
    ada = in_chat("ada", linear_id="lin-x", confirmed=(Provider.LINEAR,))
    bob = in_chat("bob", email="x@home.test")

    joined = matched([in_chat("ada"), bob], [in_tracker("x", email="x@home.test")], [ada, bob])

    assert {"U0ADA": "lin-x", "U0BOB": None} == {member.id: member.linear_id for member in joined}


def test_who_was_said_to_have_no_account_gets_none() -> None:
    """An equal address does not count against a person's word."""
    ada = in_chat("ada", confirmed=(Provider.LINEAR,))

    joined = matched([in_chat("ada")], [in_tracker("x", email="ada@acme.test")], [ada])

    assert {"U0ADA": None, "lin-x": "lin-x"} == {member.id: member.linear_id for member in joined}


def test_a_person_known_by_the_tracker_keeps_that_id() -> None:
    """The chat's account was confirmed to be that person's: subscriptions and all go on under the same id."""
    ada = in_tracker("ada", slack_id="U0ADA", confirmed=(Provider.LINEAR, Provider.SLACK))

    [joined] = matched([in_chat("ada")], [in_tracker("ada")], [ada])

    assert ("lin-ada", "U0ADA", "lin-ada") == (joined.id, joined.slack_id, joined.linear_id)


def test_what_was_set_by_hand_stays_and_the_rest_follows_the_vendor() -> None:
    """Further addresses and a GitHub login come from people alone."""
    said = {"emails": ("ada@home.test",), "github_login": "ada-l", "time_zone": "Asia/Tokyo", "by_hand": ("time_zone",)}

    [joined] = matched([in_chat("ada", name="Countess Ada", time_zone="Europe/London")], [], [in_chat("ada", **said)])

    assert {"name": "Countess Ada", **said, "time_zone": "Asia/Tokyo"}.items() <= joined.model_dump().items()


def test_who_has_become_part_of_another_is_nobody_any_more() -> None:
    """But whoever a vendor just does not list any more stays known."""
    gone, left = in_tracker("ada"), in_chat("old")
    now = [in_chat("ada", linear_id="lin-ada")]

    assert [(gone, now[0], None)] == merged([gone, left, *now], now)


def test_an_account_that_is_anothers_now_is_nobody_elses() -> None:
    """Such as of a workspace that the team has left: what was said there keeps its author."""
    old, now = in_chat("old", linear_id="lin-ada"), [in_chat("ada", linear_id="lin-ada")]

    assert [(old, now[0], in_chat("old"))] == merged([old, *now], now)


def test_whom_the_chat_does_not_list_this_time_is_one_person_still() -> None:
    """The row could not be read, or the list not to its end; a word about the tracker's account changes nothing."""
    for confirmed in ((), (Provider.LINEAR,)):
        ada = in_chat("ada", linear_id="lin-ada", confirmed=confirmed, name="Ada L.")

        assert [ada] == matched([], [in_tracker("ada")], [ada])


PEOPLE = st.lists(st.sampled_from(["ada", "bob", "cyd", "dan"]), unique=True, max_size=4)


@given(before=st.lists(PEOPLE, min_size=2, max_size=2), now=st.lists(PEOPLE, min_size=2, max_size=2))
def test_every_account_is_one_members_whatever_was_listed_before(before: list[list[str]], now: list[list[str]]) -> None:
    """Lists may have lost rows, and whoever is on none of them stays known."""
    known: list[Member] = []
    for in_the_chat, in_the_tracker in (before, now):
        said = [in_chat(name) for name in in_the_chat]
        planned = [in_tracker(name, email=f"{name}@acme.test") for name in in_the_tracker]
        present = matched(said, planned, known)
        mergers = merged(known, present)
        others = {each.member.id: each.remains for each in mergers}
        ids = {member.id for member in present}
        absent = [others.get(member.id, member) for member in known if member.id not in ids]
        known = [*present, *filter(None, absent)]

    accounts = [pair for member in known for pair in member.accounts.items()]
    assert len(set(accounts)) == len(accounts)
    seen = {(Provider.SLACK, f"U0{name.upper()}") for listed in (before, now) for name in listed[0]}
    seen |= {(Provider.LINEAR, f"lin-{name}") for listed in (before, now) for name in listed[1]}
    assert seen == set(accounts)


@given(chat=PEOPLE, tracker=PEOPLE, same=st.sets(st.sampled_from(["ada", "bob", "cyd", "dan"])))
def test_every_account_is_one_members_and_a_second_reading_changes_nothing(
    chat: list[str], tracker: list[str], same: set[str]
) -> None:
    """Nobody is lost, nobody is doubled."""
    said = [in_chat(name) for name in chat]
    planned = [in_tracker(name, **({"email": f"{name}@acme.test"} if name in same else {})) for name in tracker]

    joined = list(matched(said, planned))
    again = list(matched(said, planned, joined))

    assert joined == again
    for provider, people in ((Provider.SLACK, said), (Provider.LINEAR, planned)):
        expected = sorted(found for person in people if (found := person.accounts.get(provider)))
        given_out = [member.accounts.get(provider) for member in joined]
        assert expected == sorted(filter(None, given_out))


def test_what_an_archive_says_of_an_accounts_standing_is_not_believed() -> None:
    """It may come from anybody; the vendor is asked again."""
    told = Record(kind="member", data=a_member().model_dump(mode="json"))

    assert [{}] == [member.standings for member in from_records(ACME, [told]) if isinstance(member, Member)]
    assert "standings" not in to_record(a_member()).data
