"""Every store of a team's work keeps its port's promises, in memory and on DynamoDB, and keeps tenants apart."""

from collections.abc import Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.code import CodeComment, Description, PullRequestFacts
from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.reports import Post, ReportKind, SentReport
from pm_assistant.domain.tenants import STORED, Provider, QuietHours, Settings, TenantId
from pm_assistant.domain.work import Conversation, Message, burst_around
from pm_assistant.ports.unit import Stores
from tests.builders import (
    DENSE,
    DONE,
    ENG,
    NOW,
    a_comment,
    a_conversation,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    filled,
)
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

OUTCOME = Outcome(external_id="comment-1", url="https://linear.app/acme/issue/ENG-1#comment-1", inverse="{}")
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def edited(message: Message, text: str, after: float, **changes: object) -> Message:
    """An edit of a message, made and received so many seconds later."""
    at = message.posted_at + timedelta(seconds=after)
    return message.model_copy(update={"text": text, "edited_ts": f"{at.timestamp():.6f}", "received_at": at, **changes})


def test_a_tenant_is_read_as_it_was_put_last(stores: Stores) -> None:
    """`put` replaces; who was never put is not found."""
    tenant, stranger = a_tenant(a_new_tenant()), a_new_tenant()
    stores.tenants.put(tenant)
    stores.tenants.put(renamed := tenant.model_copy(update={"name": "Renamed"}))
    assert renamed == stores.tenants.get(tenant.id)
    with pytest.raises(NotFound):
        stores.tenants.get(stranger)


def test_a_tenant_is_read_though_its_zone_is_not_known_any_more(stores: Stores) -> None:
    """Zones come and go with the releases of their list; it can be taken along all the same."""
    gone = QuietHours.model_validate({"start": "20:00", "end": "08:00", "time_zone": "Mars/Base"}, context=STORED)
    tenant = a_tenant(a_new_tenant(), settings=Settings(quiet_hours=gone))
    stores.tenants.put(tenant)
    assert tenant == stores.tenants.get(tenant.id)
    stores.tenants.replace(tenant.model_copy(update={"name": "Renamed"}), before=tenant)
    assert 1 == len(list(stores.partition.records(tenant.id)))


def test_a_tenant_changes_only_from_what_it_was_read_as(stores: Stores) -> None:
    """Who changes what another has changed meanwhile learns of it; nobody is made that way."""
    tenant = a_tenant(a_new_tenant())
    renamed, other = (tenant.model_copy(update={"name": name}) for name in ("Renamed", "Other"))
    with pytest.raises(Conflict):
        stores.tenants.replace(renamed, before=tenant)
    stores.tenants.put(tenant)
    for _ in range(2):
        stores.tenants.replace(renamed, before=tenant)
    with pytest.raises(Conflict):
        stores.tenants.replace(other, before=tenant)
    assert renamed == stores.tenants.get(tenant.id)


def test_people_and_teams_are_added_replaced_and_kept_by_tenant(stores: Stores) -> None:
    """`put_*` touches only the ones it names, of one tenant only; more than one batch of them as well."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    crowd = [a_member(f"person{number}") for number in range(30)]
    stores.directory.put_members(tenant_id, crowd)
    moved = a_member("person3", time_zone="Asia/Kolkata")
    stores.directory.put_members(tenant_id, [moved])
    stores.directory.put_teams(tenant_id, [ENG])
    stores.directory.remove_member(tenant_id, crowd[4].id)
    stores.directory.remove_member(other, crowd[5].id)
    expected = [*crowd[:3], moved, *crowd[5:]]
    assert sorted(expected, key=attrgetter("id")) == sorted(stores.directory.members(tenant_id), key=attrgetter("id"))
    assert [crowd[0]] == list(stores.directory.some_members(tenant_id, [crowd[0].id, crowd[4].id, "nobody"]))
    assert [ENG] == list(stores.directory.teams(tenant_id))
    assert [] == [*stores.directory.members(other), *stores.directory.teams(other)]


def test_a_person_is_replaced_only_while_reading_as_before(stores: Stores) -> None:
    """Of two who change one at the same time the second is told; the same again is fine."""
    tenant_id, before = a_new_tenant(), a_member()
    moved, renamed = (before.model_copy(update=change) for change in ({"time_zone": "Asia/Tokyo"}, {"name": "Ada K."}))
    with pytest.raises(Conflict):
        stores.directory.replace_member(tenant_id, moved, before=before)
    stores.directory.put_members(tenant_id, [before])
    for _ in range(2):
        stores.directory.replace_member(tenant_id, moved, before=before)
    with pytest.raises(Conflict):
        stores.directory.replace_member(tenant_id, renamed, before=before)
    assert [moved] == list(stores.directory.members(tenant_id))


def test_a_thread_is_its_root_and_replies_oldest_first(stores: Stores) -> None:
    """Other threads, other channels and other tenants stay out; files and privacy survive."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    root = a_message(0, "root", files=("coupon.png",), private=True)
    reply = a_message(10, "reply", root_ts=root.ts)
    elsewhere = a_message(0, "elsewhere", channel="C0OTHER")
    for message in (reply, elsewhere, root, a_message(5, "next to it")):
        stores.messages.record(tenant_id, message, keep_days=30)
    stores.messages.record(other, a_message(0, "of another tenant"), keep_days=30)
    assert [root, reply] == list(stores.messages.thread(tenant_id, root.channel, root.ts))


def test_a_message_is_found_by_its_timestamp_whatever_thread_it_is_in(stores: Stores) -> None:
    """In its own channel and tenant alone."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    root = a_message(0, "root")
    reply = a_message(10, "reply", root_ts=root.ts)
    for message in (root, reply):
        stores.messages.record(tenant_id, message, keep_days=30)
    assert [root, reply] == [stores.messages.at(tenant_id, root.channel, message.ts) for message in (root, reply)]
    assert [None, None] == [stores.messages.at(*where, reply.ts) for where in ((tenant_id, "C0X"), (other, "C0ENG"))]


def test_an_empty_message_is_a_message(stores: Stores) -> None:
    """A file without words has an empty text."""
    tenant_id, message = a_new_tenant(), a_message(text="", files=("a.png",))
    stores.messages.record(tenant_id, message, keep_days=30)
    assert [message] == list(stores.messages.thread(tenant_id, message.channel, message.ts))


def test_an_edit_that_leaves_the_text_is_no_new_touch(stores: Stores) -> None:
    """An unfurl keeps `received_at`; a change of words does not."""
    tenant_id, message = a_new_tenant(), a_message(0, "words")
    stores.messages.record(tenant_id, message, keep_days=30)
    stores.messages.record(tenant_id, edited(message, "words", 20), keep_days=30)
    (unfurled,) = stores.messages.thread(tenant_id, message.channel, message.ts)
    stores.messages.record(tenant_id, edited(message, "other words", 30), keep_days=30)
    (reworded,) = stores.messages.thread(tenant_id, message.channel, message.ts)
    assert message.received_at == unfurled.received_at
    assert ("other words", message.received_at + timedelta(seconds=30)) == (reworded.text, reworded.received_at)


def test_words_put_back_outrank_an_edit_that_arrives_late(stores: Stores) -> None:
    """Unchanged text is no touch, yet it is the newest text."""
    tenant_id, message = a_new_tenant(), a_message(0, "words")
    for delivery in (message, edited(message, "words", 20), edited(message, "a passing thought", 10)):
        stores.messages.record(tenant_id, delivery, keep_days=30)
    (standing,) = stores.messages.thread(tenant_id, message.channel, message.ts)
    assert ("words", message.received_at) == (standing.text, standing.received_at)


def test_a_deleted_message_leaves_a_trace_without_content(stores: Stores) -> None:
    """Text and files are gone, author and privacy remain, and the first deletion's time counts."""
    tenant_id, message = a_new_tenant(), a_message(0, "secret", files=("secret.pdf",), private=True)
    stores.messages.record(tenant_id, message, keep_days=30)
    for at in (LATER, LATER + timedelta(minutes=1)):
        stores.messages.delete(tenant_id, message.channel, message.root_ts, message.ts, at=at)
    gone = message.model_copy(update={"text": "", "files": (), "deleted": True, "received_at": LATER})
    assert [gone] == list(stores.messages.thread(tenant_id, message.channel, message.ts))


def test_messages_are_paged_through_whatever_changes_meanwhile(stores: Stores) -> None:
    """Each once, in an order that no edit changes; at one moment in several channels as well."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    said = [a_message(offset, channel=channel) for channel in ("C0A", "C0B") for offset in (0, 1, 20)]
    for message in said:
        stores.messages.record(tenant_id, message, keep_days=30)
    stores.messages.record(other, a_message(5), keep_days=30)
    seen, place = [], None
    while page := stores.messages.page(tenant_id, after=place, limit=2):
        seen += [message for _, message in page]
        place = page[-1][0]
        stores.messages.record(tenant_id, edited(said[0], "other words", len(seen)), keep_days=30)
    assert said == seen


def test_decisions_are_paged_through_whatever_changes_meanwhile(stores: Stores) -> None:
    """Each once, in an order in which one that is updated keeps its place."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    said = [a_message(offset, channel=channel) for channel in ("C0A", "C0B") for offset in (0, 1, 20)]
    logged = [a_decision(tenant_id, message=message, id=f"decision-{n}") for n, message in enumerate(said)]
    for decision in (*logged, a_decision(other)):
        stores.decisions.save(decision)
    seen, place = [], None
    while page := stores.decisions.page(tenant_id, after=place, limit=2):
        seen += [decision for _, decision in page]
        place = page[-1][0]
        last = stores.decisions.get(tenant_id, logged[5].id)
        if len(seen) < 6:
            stores.decisions.replace(last.model_copy(update={"updated_at": LATER}), before=last)
    assert [*logged[:5], last] == seen


def test_a_burst_ends_at_a_pause_and_leaves_threads_out(stores: Stores) -> None:
    """What was answered is a thread of its own; replies are never part of a burst; tenants do not mix."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    one, two, three = a_message(0, "one"), a_message(100, "two"), a_message(200, "three")
    answered = a_message(150, "answered")
    reply = a_message(160, "reply", root_ts=answered.ts)
    for message in (one, two, three, answered, reply, a_message(321, "too late"), a_message(50, "x", channel="C2")):
        stores.messages.record(tenant_id, message, keep_days=30)
    stores.messages.record(other, a_message(50, "of another tenant"), keep_days=30)
    burst = stores.messages.burst(tenant_id, one.channel, two.ts, gap_seconds=120)
    assert [one, two, three] == list(burst)
    assert [] == list(stores.messages.burst(tenant_id, one.channel, answered.ts, gap_seconds=120))


def test_the_threads_of_a_stretch_come_with_their_replies_and_with_what_is_deleted(stores: Stores) -> None:
    """By where their roots stand, whenever they were answered; neither other channels nor other tenants."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    before, root, last, after = (a_message(offset) for offset in (-1, 0, 100, 101))
    reply, late = a_message(50, root_ts=root.ts), a_message(500, root_ts=root.ts)
    too_late = a_message(50, root_ts=before.ts)
    for message in (before, root, last, after, reply, late, too_late, a_message(50, channel="C2")):
        stores.messages.record(tenant_id, message, keep_days=30)
    stores.messages.record(other, a_message(60), keep_days=30)
    stores.messages.delete(tenant_id, last.channel, last.root_ts, last.ts, at=NOW)
    found = stores.messages.between(tenant_id, root.channel, root.ts, last.ts)

    expected = {(root.ts, False), (reply.ts, False), (late.ts, False), (last.ts, True)}
    assert expected == {(message.ts, message.deleted) for message in found}


def test_endless_talk_is_cut_at_the_same_places_wherever_it_is_looked_at_from(stores: Stores) -> None:
    """Talk without a pause for more than half an hour falls into the same bursts for all who look."""
    tenant_id = a_new_tenant()
    said = [a_message(minutes * 60.0, f"minute {minutes}") for minutes in range(0, 90, 2)]
    for message in said:
        stores.messages.record(tenant_id, message, keep_days=30)
    for message in (said[0], said[20], said[-1]):
        found = stores.messages.burst(tenant_id, message.channel, message.ts, gap_seconds=120)
        assert list(burst_around(said, message.ts, gap_seconds=120)) == list(found)


def test_messages_since_are_those_said_since_in_every_channel(stores: Stores) -> None:
    """The limit itself is included, order is by time, tenants do not mix."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    for message in (a_message(0, "b"), a_message(9, "c", channel="C0A"), a_message(-1, "a")):
        stores.messages.record(tenant_id, message, keep_days=30)
    stores.messages.record(other, a_message(3, "of another tenant"), keep_days=30)
    assert ["b", "c"] == [message.text for message in stores.messages.since(tenant_id, NOW)]


def test_the_latest_of_what_was_said_can_be_asked_for(stores: Stores) -> None:
    """In the order in which it was said."""
    tenant_id, said = a_new_tenant(), [a_message(offset) for offset in range(4)]
    for message in said:
        stores.messages.record(tenant_id, message, keep_days=30)
    assert said[2:] == list(stores.messages.since(tenant_id, NOW, latest=2))
    assert said == list(stores.messages.since(tenant_id, NOW, latest=9))


def test_a_verdict_is_forgotten_with_the_words_it_rests_on(stores: Stores) -> None:
    """Also one on a burst beside it; what rests on other messages is still there for a retry."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    before, said, after = a_message(-60, "before"), a_message(0, "said"), a_message(60, "after")
    longer, alone, later = a_conversation(before, said), a_conversation(said), a_conversation(said, after)
    beside = a_conversation(after)
    for owner in (tenant_id, other):
        stores.conversations.save_verdict(owner, longer, [a_decision(owner, message=said)], at=NOW)
        stores.conversations.save_verdict(owner, alone, [a_decision(owner, message=said)], at=NOW)
        stores.conversations.save_verdict(owner, later, [a_decision(owner, message=after)], at=NOW)
        stores.conversations.save_verdict(owner, beside, [a_decision(owner, message=said)], at=NOW)
    left = a_conversation(said.model_copy(update={"text": "", "deleted": True}), after)
    for _ in range(2):
        stores.conversations.forget_deleted(tenant_id, left)
    kept = [stores.conversations.progress(tenant_id, content).verdict for content in (longer, alone, beside, later)]
    assert [None, None, None, [a_decision(tenant_id, message=after)]] == kept
    assert all(stores.conversations.progress(other, content).verdict for content in (longer, alone, later))


def test_what_is_known_of_a_conversation_can_be_forgotten(stores: Stores) -> None:
    """As it reads and as it read before; what another conversation or tenant has is kept."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    said = a_message()
    before, now, beside = a_conversation(said), a_conversation(said, a_message(1)), a_conversation(a_message(9))
    for owner in (tenant_id, other):
        for content in (before, now, beside):
            stores.conversations.save_verdict(owner, content, [a_decision(owner)], at=NOW)
            stores.conversations.mark_judged(owner, content, at=NOW)

    for _ in range(2):
        stores.conversations.forget(tenant_id, now)

    def known(owner: TenantId, content: Conversation) -> bool:
        judged = stores.conversations.progress(owner, content).judged
        assert judged is (stores.conversations.progress(owner, content).verdict is not None)
        return judged

    assert [False, False, True] == [known(tenant_id, content) for content in (before, now, beside)]
    assert all(known(other, content) for content in (before, now, beside))


def test_the_first_verdict_on_a_content_is_kept_for_a_retry(stores: Stores) -> None:
    """Other content and other tenants have none; that it has been judged does not make it forgotten."""
    tenant_id, other, conversation = a_new_tenant(), a_new_tenant(), a_conversation()
    grown = a_conversation(a_message(), a_message(1, "more"))
    first, second = a_decision(tenant_id), a_decision(tenant_id, confidence=0.1)
    assert stores.conversations.progress(tenant_id, conversation).verdict is None
    stores.conversations.save_verdict(tenant_id, conversation, [first], at=NOW)
    stores.conversations.save_verdict(tenant_id, conversation, [second], at=NOW)
    stores.conversations.mark_judged(tenant_id, conversation, at=NOW)
    assert [first] == stores.conversations.progress(tenant_id, conversation).verdict
    assert stores.conversations.progress(tenant_id, grown).verdict is None
    assert stores.conversations.progress(other, conversation).verdict is None


def test_a_verdict_may_be_that_there_is_nothing_to_do(stores: Stores) -> None:
    """That is another thing than no verdict: the analyst is not asked again."""
    tenant_id, conversation = a_new_tenant(), a_conversation()
    stores.conversations.save_verdict(tenant_id, conversation, [], at=NOW)
    assert [] == stores.conversations.progress(tenant_id, conversation).verdict


def test_content_is_judged_once_it_is_marked(stores: Stores) -> None:
    """Not by a verdict alone; other content of the conversation, and the same of another tenant, is not."""
    tenant_id, other, conversation = a_new_tenant(), a_new_tenant(), a_conversation()
    grown = a_conversation(a_message(), a_message(1, "more"))
    stores.conversations.save_verdict(tenant_id, conversation, [], at=NOW)
    assert not stores.conversations.progress(tenant_id, conversation).judged
    for _ in range(2):
        stores.conversations.mark_judged(tenant_id, conversation, at=NOW)
    assert stores.conversations.progress(tenant_id, conversation).judged
    assert not stores.conversations.progress(tenant_id, grown).judged
    assert not stores.conversations.progress(other, conversation).judged


def test_where_a_subjects_card_stands_is_remembered(stores: Stores) -> None:
    """The last place counts; subjects and tenants do not mix."""
    tenant_id, other, cards = a_new_tenant(), a_new_tenant(), stores.cards
    assert cards.ts(tenant_id, "C1:1.0") is None
    for ts in ("2.0", "3.0"):
        cards.put_ts(tenant_id, "C1:1.0", ts)
    assert ("3.0", None, None) == (
        cards.ts(tenant_id, "C1:1.0"),
        cards.ts(tenant_id, "C1:9.0"),
        cards.ts(other, "C1:1.0"),
    )
    assert ("C1:1.0", None, None) == (
        cards.subject_at(tenant_id, "3.0"),
        cards.subject_at(tenant_id, "9.0"),
        cards.subject_at(other, "3.0"),
    )


def test_tickets_are_kept_by_tenant_and_found_together_or_by_id(stores: Stores) -> None:
    """`some` returns the known ones only, however many are asked for, and none for none."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    tickets = [a_ticket(number) for number in range(120)]
    for ticket in tickets:
        stores.tickets.put(tenant_id, ticket)
    stores.tickets.put(other, a_ticket(1, title="of another tenant"))
    stores.tickets.remove(tenant_id, tickets[5].id, at=NOW)
    wanted = [ticket.id for ticket in tickets] + ["unknown"]
    known = {ticket.id: ticket for ticket in tickets if ticket is not tickets[5]}
    assert known == {ticket.id: ticket for ticket in stores.tickets.all(tenant_id)}
    assert known == {ticket.id: ticket for ticket in stores.tickets.some(tenant_id, wanted)}
    assert [] == list(stores.tickets.some(tenant_id, []))


def test_a_decision_is_found_by_id_by_card_and_by_time_in_its_tenant_only(stores: Stores) -> None:
    """A card's decisions come oldest first; another tenant finds nothing by the same words."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    new = CreateTicket(title="Coupons", description="Two carts")
    younger = a_decision(tenant_id, created_at=LATER, updated_at=LATER)
    older = a_decision(tenant_id, new, updated_at=NOW - timedelta(days=1))
    elsewhere = a_decision(tenant_id, message=a_message(900))
    for decision in (younger, older, elsewhere):
        assert decision == stores.decisions.save(decision)
    assert younger == stores.decisions.get(tenant_id, younger.id)
    assert [older, younger] == list(
        stores.decisions.between(tenant_id, "C0ENG", younger.subject.root_ts, younger.subject.root_ts)
    )
    assert [elsewhere, younger] == list(stores.decisions.since(tenant_id, NOW))
    found = stores.decisions.between(tenant_id, "C0ENG", younger.subject.root_ts, elsewhere.subject.root_ts)
    assert {older.id, younger.id, elsewhere.id} == {decision.id for decision in found}
    assert [] == list(stores.decisions.between(tenant_id, "C1", younger.subject.root_ts, elsewhere.subject.root_ts))
    assert [] == list(stores.decisions.between(other, "C0ENG", younger.subject.root_ts, elsewhere.subject.root_ts))
    assert [] == list(stores.decisions.since(other, NOW))
    with pytest.raises(NotFound):
        stores.decisions.get(other, younger.id)


def test_pages_of_decisions_are_complete_though_many_share_a_moment(stores: Stores) -> None:
    """Updated last first; a page begins where the one before ended, and another tenant has pages of its own."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    same = [a_decision(tenant_id, message=a_message(number)) for number in range(7)]
    younger = a_decision(tenant_id, message=a_message(99), updated_at=LATER)
    for decision in (*same, younger, a_decision(other)):
        stores.decisions.save(decision)
    pages, before = [], None
    while page := stores.decisions.latest(tenant_id, before=before, limit=3):
        pages.append([decision for _, decision in page])
        before = page[-1][0]
    listed = [decision for page in pages for decision in page]
    assert [3, 3, 2] == [len(page) for page in pages]
    assert younger == listed[0]
    assert {decision.id for decision in same} == {decision.id for decision in listed[1:]}


def test_what_was_begun_for_a_run_is_found_last_first_page_by_page(stores: Stores) -> None:
    """Each once: nothing else of the run or of another, nor what waits, is done again or taken back."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    decisions = [a_decision(tenant_id, message=a_message(number), run="run-1") for number in range(5)]
    decisions += [
        a_decision(tenant_id, message=a_message(7), run="run-10"),
        a_decision(tenant_id, message=a_message(8)),
    ]
    decisions += [a_decision(other, run="run-1")]
    for number, decision in enumerate(decisions):
        logged = stores.decisions.save(decision)
        begun = stores.decisions.replace(logged.begun(OUTCOME, at=NOW + timedelta(minutes=number)), before=logged)
        waiting = stores.decisions.replace(begun.waits_for(Provider.LINEAR, at=LATER), before=begun)
        failed = stores.decisions.replace(waiting.failed("refused", at=LATER), before=waiting)
        if number == 2:
            stores.decisions.replace(failed.being_undone("U0ADA", at=LATER), before=failed)
            continue
        done = stores.decisions.replace(waiting.carried_out(OUTCOME, at=LATER), before=failed)
        changed = done.to_be_redone(a_comment("ticket-1"), revision="digest-2", as_of=LATER, at=LATER)
        again = stores.decisions.replace(changed, before=done)
        begun_again = stores.decisions.replace(again.begun(OUTCOME, at=LATER), before=again)
        done_again = stores.decisions.replace(begun_again.carried_out(OUTCOME, at=LATER), before=begun_again)
        stores.decisions.replace(done_again.being_undone("U0ADA", at=LATER), before=done_again)
    stores.decisions.save(a_decision(tenant_id, message=a_message(9), run="run-1"))

    pages, before = [], None
    while page := stores.decisions.begun_in_run(tenant_id, "run-1", before=before, limit=2):
        pages.append([act.decision_id for act in page])
        before = page[-1].place

    ids = [decision.id for decision in decisions]
    assert [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]] == pages
    assert [ids[7]] == [act.decision_id for act in stores.decisions.begun_in_run(other, "run-1", limit=9)]


def test_what_was_begun_anew_for_a_run_says_when_that_was_last(stores: Stores) -> None:
    """Be it that it was taken back meanwhile, or that its first beginning was not noted and only its place was."""
    logged = stores.decisions.save(a_decision(a_new_tenant(), run="run-1"))
    begun = stores.decisions.replace(logged.begun(OUTCOME, at=NOW), before=logged)
    withdrawn = stores.decisions.replace(begun.withdrawn("no", at=NOW), before=begun)
    cleared = stores.decisions.replace(withdrawn.cleared(at=NOW), before=withdrawn)
    judged = a_decision(logged.tenant_id, run="run-1", revision="digest-2", as_of=LATER)
    queued = stores.decisions.save(judged, seen={cleared.id: cleared})
    with pytest.raises(Conflict):
        stores.decisions.replace(queued.begun(OUTCOME, at=NOW + timedelta(seconds=1)), before=logged)
    again = stores.decisions.replace(queued.begun(OUTCOME, at=LATER), before=queued)
    waiting = stores.decisions.replace(again.waits_for(Provider.LINEAR, at=LATER + timedelta(minutes=1)), before=again)

    places = stores.decisions.begun_in_run(logged.tenant_id, "run-1", limit=9)

    assert LATER == waiting.begun_at == places[0].at
    assert [act.at == LATER for act in places] == [waiting.counts_at(act, run="run-1") for act in places]
    assert NOW == places[-1].at


def test_a_decision_is_replaced_only_as_long_as_nobody_else_has_changed_it(stores: Stores) -> None:
    """The loser of a race gets a conflict and changes nothing; who repeats a success does not."""
    decision = stores.decisions.save(a_decision(a_new_tenant()))
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": "digest-1", "outcome": OUTCOME})
    after = stores.decisions.replace(done, before=decision)
    assert after == stores.decisions.replace(done, before=decision)
    assert (done, decision.version + 1) == (after.model_copy(update={"version": done.version}), after.version)
    with pytest.raises(Conflict):
        stores.decisions.replace(decision.model_copy(update={"state": DecisionState.FAILED}), before=decision)
    assert after == stores.decisions.get(done.tenant_id, done.id)
    undone = after.model_copy(update={"state": DecisionState.UNDONE})
    assert DecisionState.UNDONE is stores.decisions.replace(undone, before=after).state
    with pytest.raises(Conflict):
        stores.decisions.replace(a_decision(a_new_tenant()), before=decision)


@pytest.mark.parametrize("seen", ["nothing", "what was there", "what is there"])
@pytest.mark.parametrize("change", [{"revision": "2", "as_of": LATER}, {}], ids=["content moved on", "the same again"])
def test_what_was_seen_of_the_log_spares_reading_it_and_changes_nothing(
    stores: Stores, seen: str, change: dict[str, Any]
) -> None:
    """A decision that others have changed meanwhile is renewed as they left it."""
    judged, expected = (a_decision(a_new_tenant(), state=DecisionState.PROPOSED) for _ in range(2))
    logged = [stores.decisions.save(decision) for decision in (judged, expected)]
    refused = {"state": DecisionState.DISMISSED, "decided_by": "U0ADA"}
    left = [stores.decisions.replace(each.model_copy(update=refused), before=each) for each in logged]
    known = {"nothing": {}, "what was there": {judged.id: logged[0]}, "what is there": {judged.id: left[0]}}[seen]

    saved = stores.decisions.save(judged.model_copy(update=change), seen=known)

    anyhow = stores.decisions.save(expected.model_copy(update=change))
    named_alike = {"tenant_id": judged.tenant_id, "id": judged.id}
    assert anyhow.model_copy(update=named_alike) == saved
    assert saved == stores.decisions.get(judged.tenant_id, judged.id)


@pytest.mark.parametrize("character", DENSE.values(), ids=DENSE)
def test_whatever_people_write_is_kept_as_far_as_it_goes(stores: Stores, character: str) -> None:
    """A row holds it, and reads back as it was written."""
    tenant_id, (ticket, message, parts) = a_new_tenant(), filled(character)
    stores.messages.record(tenant_id, message, keep_days=30)
    stores.tickets.put(tenant_id, ticket)
    for part in parts:
        stores.code.record(tenant_id, part, keep_days=30)
    [description] = [part.text for part in parts if isinstance(part, Description)]
    [comment] = [part for part in parts if isinstance(part, CodeComment)]
    [facts] = [part for part in parts if isinstance(part, PullRequestFacts)]
    pull_request = stores.code.pull_request(tenant_id, facts.pull_request_id)
    assert [message] == list(stores.messages.thread(tenant_id, message.channel, message.root_ts))
    assert [ticket] == list(stores.tickets.all(tenant_id))
    assert ticket.title == stores.index.read(tenant_id).tickets.with_key(ticket.key)[0].title
    assert description == stores.code.description(tenant_id, facts.pull_request_id)
    assert [comment] == list(stores.code.comments(tenant_id, comment.repository_id, comment.number))
    assert [facts] == [pull_request.facts for pull_request in [pull_request] if pull_request]


def test_a_dismissed_decision_stays_dismissed(stores: Stores) -> None:
    """New content does not ask a person again who has said no."""
    decision = stores.decisions.save(a_decision(a_new_tenant(), state=DecisionState.DISMISSED, decided_by="U0ADA"))
    judged_again = decision.model_copy(update={"state": DecisionState.PROPOSED, "revision": "2", "as_of": LATER})
    assert decision == stores.decisions.save(judged_again)
    assert decision == stores.decisions.get(decision.tenant_id, decision.id)


def test_a_run_is_recorded_once_and_never_moves_the_last_one_back(stores: Stores) -> None:
    """An extra run leaves `last` alone; people, kinds and tenants do not mix."""
    tenant_id, other, deliveries = a_new_tenant(), a_new_tenant(), stores.deliveries
    assert not deliveries.delivered(tenant_id, "monday")
    deliveries.finish(tenant_id, "U1", "standup", "tuesday", at=LATER, once=False)
    deliveries.finish(tenant_id, "U1", "standup", "monday", at=NOW, once=False)
    deliveries.finish(tenant_id, "U2", "standup", "extra", at=NOW, once=True)
    assert all(deliveries.delivered(tenant_id, key) for key in ("monday", "tuesday", "extra"))
    many = [f"key-{number}" for number in range(150)]
    assert {"monday", "extra"} == set(deliveries.delivered_among(tenant_id, ["monday", *many, "extra"]))
    assert set() == set(deliveries.delivered_among(other, ["monday"]))
    assert LATER == deliveries.last(tenant_id, "U1", "standup")
    others = (
        deliveries.last(tenant_id, "U2", "standup"),
        deliveries.last(tenant_id, "U1", "x"),
        deliveries.last(other, "U1", "standup"),
    )
    assert (None, None, None) == others
    assert not deliveries.delivered(other, "monday")


def test_what_was_sent_is_read_by_its_reader_the_last_first(stores: Stores) -> None:
    """What became of one is kept once; another's of a longer name is another's, and a person can be forgotten."""
    tenant_id, other, deliveries = a_new_tenant(), a_new_tenant(), stores.deliveries
    reports = [
        SentReport(kind=kind, subscription_id=f"{kind}.{reader}", day=at.date(), at=at)
        for kind in ReportKind
        for reader in ("U1", "U1.team:T", "U11", "channel:C1")
        for at in (NOW, LATER)
    ]
    for sent in [*reports, *reports]:
        deliveries.keep(tenant_id, sent, keep_days=90)
    mine = sorted((sent for sent in reports if sent.reader == "U1"), key=lambda sent: sent.key, reverse=True)
    assert mine == list(deliveries.kept(tenant_id, "U1", limit=9))
    assert mine[2:3] == list(deliveries.kept(tenant_id, "U1", before=mine[1].key, limit=1))
    assert [] == list(deliveries.kept(other, "U1", limit=9))
    assert 2 * 2 * len(ReportKind) == deliveries.forget(tenant_id, "U1")
    assert 0 == deliveries.forget(tenant_id, "U1")
    assert [0, 2 * len(ReportKind), 2 * len(ReportKind)] == [
        len(deliveries.kept(tenant_id, reader, limit=9)) for reader in ("U1", "U11", "channel:C1")
    ]


def test_where_posts_stand_is_found_by_their_subscription_or_all_at_once(stores: Stores) -> None:
    """One for each day; those of a team's in the same channel are others."""
    tenant_id, other, deliveries = a_new_tenant(), a_new_tenant(), stores.deliveries
    posts = [
        Post(channel_id=channel, team_id=team, day=at.date(), at=at, since=NOW, parts=("1.1",))
        for channel, team in (("C1", None), ("C1", "T"), ("C11", None))
        for at in (NOW, NOW + timedelta(days=1))
    ]
    for post in [*posts, *posts]:
        deliveries.keep_post(tenant_id, post.model_copy(update={"parts": ("0.1",)}))
        deliveries.keep_post(tenant_id, post)

    assert posts[:2] == list(deliveries.posts(tenant_id, posts[0].subscription_id))
    key = attrgetter("subscription_id", "day")
    assert sorted(posts, key=key) == sorted(deliveries.posts(tenant_id), key=key)
    assert [] == list(deliveries.posts(other))


def test_what_may_have_been_sent_is_known_until_it_is_settled(stores: Stores) -> None:
    """The last attempt counts; messages and tenants do not mix."""
    tenant_id, other, outbox = a_new_tenant(), a_new_tenant(), stores.outbox
    assert outbox.pending_since(tenant_id, "report|monday") is None
    for at in (NOW, LATER):
        outbox.begin(tenant_id, "report|monday", at=at)
    outbox.begin(tenant_id, "report|tuesday", at=NOW)
    assert (LATER, NOW, None) == (
        outbox.pending_since(tenant_id, "report|monday"),
        outbox.pending_since(tenant_id, "report|tuesday"),
        outbox.pending_since(other, "report|monday"),
    )
    for _ in range(2):
        outbox.settle(tenant_id, "report|monday")
    assert (None, NOW) == tuple(outbox.pending_since(tenant_id, f"report|{day}") for day in ("monday", "tuesday"))


def test_a_ticket_that_moved_on_replaces_the_one_we_knew(stores: Stores) -> None:
    """The newest version is what `all` returns."""
    tenant_id = a_new_tenant()
    stores.tickets.put(tenant_id, a_ticket(1))
    stores.tickets.put(tenant_id, moved := a_ticket(1, state=DONE, updated_at=NOW))
    stores.tickets.put(tenant_id, a_ticket(1))
    assert [moved] == list(stores.tickets.all(tenant_id))
