"""What was talked about before is kept, and forgotten, alike in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pm_assistant.domain.decisions import Subject
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import ConfirmedMatch, Keeping, PastConversation
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Message
from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_confirmed_match, a_conversation, a_heard_conversation, a_message
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

KEEPING = Keeping(NOW, days=90)
ADA, BOB, EVE = "U0ADA", "U0BOB", "U0EVE"


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def hear(stores: Stores, tenant_id: TenantId, *said: Message) -> PastConversation:
    """Have messages kept as one conversation."""
    kept = a_heard_conversation(*said)
    stores.history.keep(tenant_id, a_conversation(*said), [kept] if kept.terms else [], KEEPING)
    return kept


def test_a_conversation_is_kept_with_all_who_spoke(stores: Stores) -> None:
    """Latest first, word for word as it was told; of others, and of other tenants, nothing is."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    first = hear(stores, tenant_id, a_message(0, "coupon"), a_message(30, "checkout", author=BOB))
    second = hear(stores, tenant_id, a_message(9_000, "漢字 émigré", author=BOB, private=True))

    assert {ADA: [first], BOB: [second, first]} == stores.history.read(tenant_id, [ADA, BOB, EVE]).recent
    assert {BOB: [second, first]} == stores.history.read(tenant_id, [BOB]).recent
    assert {} == stores.history.read(tenant_id, []).recent
    assert {} == stores.history.read(other, [ADA, BOB]).recent


def test_what_is_heard_again_takes_the_place_of_what_was(stores: Stores) -> None:
    """However often; with whoever no longer says anything there it is gone."""
    tenant_id = a_new_tenant()
    said = [a_message(0, "coupon"), a_message(30, "checkout", author=BOB)]
    before = hear(stores, tenant_id, *said)
    deleted = a_message(30, "", author=BOB, deleted=True)
    for _ in range(2):
        after = hear(stores, tenant_id, said[0], deleted)
    assert {ADA: [after]} == stores.history.read(tenant_id, [ADA, BOB]).recent
    assert {"coupon": 1} == after.terms != before.terms

    hear(stores, tenant_id, a_message(0, "", deleted=True), deleted)

    assert {} == stores.history.read(tenant_id, [ADA, BOB]).recent
    assert 0 == stores.partition.erase(tenant_id)


def test_what_was_kept_of_a_message_goes_with_everybody_who_has_it(stores: Stores) -> None:
    """Bob's word stands with Ada, who is not in what is left of the burst once her message was answered."""
    tenant_id = a_new_tenant()
    hers, his, eves = a_message(0, "coupon"), a_message(30, "secret", author=BOB), a_message(60, "tax", author=EVE)
    hear(stores, tenant_id, hers, his, eves)

    after = hear(stores, tenant_id, a_message(30, "", author=BOB, deleted=True), eves)

    assert {EVE: [after]} == stores.history.read(tenant_id, [ADA, BOB, EVE]).recent


def test_what_is_kept_with_somebody_can_be_forgotten(stores: Stores) -> None:
    """With that person alone, and more than once."""
    tenant_id = a_new_tenant()
    kept = hear(stores, tenant_id, a_message(0, "coupon"), a_message(30, "checkout", author=BOB))
    for _ in range(2):
        stores.history.forget_speaker(tenant_id, ADA)

    assert {BOB: [kept]} == stores.history.read(tenant_id, [ADA, BOB]).recent


def test_what_was_heard_follows_its_channel(stores: Stores) -> None:
    """Each speaker is one row to change; a second time there is nothing to."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    said = (a_message(0, "coupon"), a_message(30, "checkout", author=BOB))
    kept, beside = hear(stores, tenant_id, *said), hear(stores, tenant_id, a_message(0, "tax", channel="C1"))
    elsewhere = hear(stores, other, *said)
    change = ChannelChanged(channel="C0ENG", now="C0NEW", private=True)

    assert [1, 1, 0] == [stores.partition.follow_channel(tenant_id, change, limit=1) for _ in range(3)]

    moved = kept._replace(channel="C0NEW", private=True)
    after = stores.history.read(tenant_id, [ADA, BOB]).recent
    assert (sorted([moved, beside]), [moved]) == (sorted(after[ADA]), after[BOB])
    assert {ADA: [elsewhere], BOB: [elsewhere]} == stores.history.read(other, [ADA, BOB]).recent


def confirm(stores: Stores, tenant_id: TenantId, *matches: ConfirmedMatch) -> None:
    """Have the matches of a thread kept."""
    thread = Subject(channel=matches[0].channel, root_ts=matches[0].root_ts)
    stores.history.confirm(tenant_id, thread, matches, KEEPING)


def test_what_people_confirmed_is_known_to_the_whole_team(stores: Stores) -> None:
    """Word for word, latest first, whoever speaks; to no other team."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    first = a_confirmed_match(a_message(0, "漢字 coupon"), a_message(30, "tax", author=BOB, private=True))
    later = [a_confirmed_match(a_message(60 * n)) for n in range(1, 9)]
    for match in (first, *later):
        confirm(stores, tenant_id, match)

    assert [*reversed(later), first] == stores.history.read(tenant_id, []).confirmed
    assert [*reversed(later), first] == stores.history.read(tenant_id, [EVE]).confirmed
    assert [] == stores.history.read(other, [ADA]).confirmed


def test_a_thread_is_about_what_people_said_last(stores: Stores) -> None:
    """However often it is said; about nothing, once they have taken it back."""
    tenant_id = a_new_tenant()
    both = [a_confirmed_match(), a_confirmed_match(ticket_id="ticket-2")]
    confirm(stores, tenant_id, *both)
    for _ in range(2):
        confirm(stores, tenant_id, both[1])
    assert [both[1]] == stores.history.read(tenant_id, []).confirmed

    stores.history.confirm(tenant_id, Subject(channel="C0ENG", root_ts=both[0].root_ts), [], KEEPING)

    assert [] == stores.history.read(tenant_id, []).confirmed
    assert 0 == stores.partition.erase(tenant_id)


def test_a_match_goes_with_its_words_and_with_whoever_said_them(stores: Stores) -> None:
    """Once the conversation in which they were deleted is heard, or the person is forgotten."""
    tenant_id = a_new_tenant()
    hers, his = a_confirmed_match(), a_confirmed_match(a_message(60, author=BOB))
    stays = a_confirmed_match(a_message(90, author=EVE))
    for match in (hers, his, stays):
        confirm(stores, tenant_id, match)

    hear(stores, tenant_id, a_message(0, "", deleted=True))
    assert {his.root_ts, stays.root_ts} == {match.root_ts for match in stores.history.read(tenant_id, []).confirmed}
    for _ in range(2):
        stores.history.forget_speaker(tenant_id, BOB)

    assert [stays] == stores.history.read(tenant_id, []).confirmed


def test_what_was_confirmed_follows_its_channel(stores: Stores) -> None:
    """And is found under its new id when people take it back."""
    tenant_id = a_new_tenant()
    confirm(stores, tenant_id, a_confirmed_match())
    change = ChannelChanged(channel="C0ENG", now="C0NEW", private=True)

    assert [1, 0] == [stores.partition.follow_channel(tenant_id, change, limit=1) for _ in range(2)]

    moved = a_confirmed_match(channel="C0NEW", private=True)
    assert [moved] == stores.history.read(tenant_id, []).confirmed
    stores.history.confirm(tenant_id, Subject(channel="C0NEW", root_ts=moved.root_ts), [], KEEPING)
    assert [] == stores.history.read(tenant_id, []).confirmed


def test_how_often_words_are_said_is_known_of_the_whole_team(stores: Stores) -> None:
    """Whoever speaks; to no other team, and no longer than the team is there."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    for words in ({"coupon", "tax"}, {"coupon"}):
        stores.history.count(tenant_id, words, KEEPING)

    counts = stores.history.read(tenant_id, [EVE]).words
    assert (2, 2, 1, 0) == (counts.conversations, *map(counts.of, ("coupon", "tax", "login")))
    assert NOW == counts.since
    assert 0 == stores.history.read(other, [EVE]).words.conversations
    assert {} == stores.history.read(tenant_id, [EVE]).recent
    assert 1 == stores.partition.erase(tenant_id)
    assert 0 == stores.history.read(tenant_id, [EVE]).words.conversations


def test_until_when_a_conversation_had_been_heard_is_told(stores: Stores) -> None:
    """Where it had been, by whomever; not of another conversation."""
    tenant_id = a_new_tenant()
    root, reply = a_message(0, "coupon"), a_message(30, "checkout", author=BOB, root_ts=a_message(0).ts)
    other = a_message(9_000, "tax")

    def heard_until(*said: Message) -> datetime | None:
        kept = [a_heard_conversation(*said)]
        return stores.history.keep(tenant_id, a_conversation(*said), kept, KEEPING)

    told = [heard_until(root), heard_until(root, reply), heard_until(root, reply), heard_until(other)]
    assert [None, root.posted_at, reply.posted_at, None] == told


AUTHORS = st.lists(st.sampled_from([ADA, BOB, EVE]), min_size=6, max_size=6)
PART = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))


@pytest.mark.thorough
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(authors=AUTHORS, parts=st.lists(PART, min_size=1, max_size=12))
def test_a_word_is_nowhere_once_the_conversation_it_was_deleted_in_is_heard(
    stores: Stores, authors: list[str], parts: list[tuple[int, int, int]]
) -> None:
    """However a burst was cut before, by what was answered or came in between, and whoever deletes what."""
    tenant_id = a_new_tenant()
    said = [a_message(30 * n, f"word{n}", author=author) for n, author in enumerate(authors)]
    for one, other, deleted in parts:
        begin, end = sorted((one, other))
        if begin <= deleted <= end:
            said[deleted] = said[deleted].model_copy(update={"deleted": True, "text": ""})
        hear(stores, tenant_id, *said[begin : end + 1])
        if begin <= deleted <= end:
            known = stores.history.read(tenant_id, [ADA, BOB, EVE]).recent
            assert f"word{deleted}" not in repr(known)
