"""What was heard and confirmed before is known only where it may be, and for as long as it may be."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import (
    MOST_CONVERSATIONS,
    RECENT,
    History,
    Keeping,
    after_confirming,
    after_hearing,
    followed,
    speakers_of,
    stretches,
)
from pm_assistant.domain.word_counts import WordCounts
from pm_assistant.domain.work import LONGEST_BURST_SECONDS, Conversation, Message
from tests.builders import NOW, a_confirmed_match, a_conversation, a_heard_conversation, a_message

KEEPING = Keeping(NOW, days=90)


def burst(*offsets: float, **changes: Any) -> list[Message]:
    """Top-level messages."""
    return [a_message(offset, **changes) for offset in offsets]


def test_what_was_private_is_known_in_its_own_channel_alone() -> None:
    """What was public is known everywhere."""
    spoken = [a_heard_conversation(), a_heard_conversation(channel="C0SECRET", private=True)]
    matches = [a_confirmed_match(), a_confirmed_match(channel="C0SECRET", private=True)]
    history = History(recent={"U0ADA": spoken}, confirmed=matches)

    assert history == history.as_known_in("C0SECRET", at=NOW)
    for channel in ("C0ENG", "C0OTHER"):
        assert History({"U0ADA": spoken[:1]}, matches[:1]) == history.as_known_in(channel, at=NOW)


def test_nothing_is_known_any_longer_than_it_is_kept() -> None:
    """Rows go when DynamoDB comes to it, which may be days later; what somebody took part in is recent for 45 days."""
    second = timedelta(seconds=1)
    young, ended = {"ends_at": NOW + second}, {"ends_at": NOW}
    times: list[dict[str, Any]] = [young, ended, {"at": NOW - RECENT}, {"at": NOW - RECENT - second}]
    spoken = [a_heard_conversation(**each) for each in times]
    history = History({"U0ADA": spoken}, [a_confirmed_match(**young), a_confirmed_match(**ended)])

    known = history.as_known_in("C0ENG", at=NOW)

    assert {"U0ADA": [spoken[0], spoken[2]]} == known.recent
    assert [a_confirmed_match(**young)] == known.confirmed


def test_what_is_yet_to_come_is_not_known() -> None:
    """Whoever looks at what was said before must not know how it went on."""
    later = {"at": NOW + timedelta(seconds=1), "ends_at": NOW + timedelta(days=9)}
    history = History({"U0ADA": [a_heard_conversation(), a_heard_conversation(**later)]}, [a_confirmed_match(**later)])

    assert History({"U0ADA": [a_heard_conversation()]}, []) == history.as_known_in("C0ENG", at=NOW)


def test_a_match_is_of_the_conversation_that_begins_where_its_thread_does() -> None:
    """As conversations are named."""
    assert a_conversation().id == a_confirmed_match().conversation_id
    assert a_conversation().id == a_heard_conversation().conversation_id


def test_what_has_lived_through_two_thirds_of_its_time_is_left_out_when_something_is_added() -> None:
    """What is kept together ends with the first of it, which is a third of the time away at least."""
    young, old = (a_heard_conversation(ends_at=KEEPING.end_of(KEEPING.since) + timedelta(seconds=n)) for n in (0, -1))

    assert NOW - timedelta(days=60) == KEEPING.since
    assert [young] == after_hearing([young, old], a_conversation(a_message(9_000)), [], KEEPING)


def test_the_latest_conversations_are_kept_up_to_a_number_and_an_age() -> None:
    """Latest first, whichever was heard first."""
    many = [a_heard_conversation(a_message(-9_000 * n)) for n in range(MOST_CONVERSATIONS + 1)]
    new = a_heard_conversation(a_message(-4_500))
    old = a_heard_conversation(a_message(-9_000 * 1_000), at=NOW - RECENT - timedelta(seconds=1))

    kept = after_hearing(reversed(many), a_conversation(a_message(-4_500)), [new], KEEPING)

    assert [many[0], new, *many[1:-2]] == kept
    assert [new] == after_hearing([old], a_conversation(a_message(-4_500)), [new], KEEPING)


ROOT = a_message(0)
REPLIES = [a_message(offset, root_ts=ROOT.ts) for offset in (30, 7_000)]


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        pytest.param(burst(0, 60), burst(0, 60, 120), True, id="a burst that has grown"),
        pytest.param(burst(60, 120), burst(0, 60, 120), True, id="a burst that an earlier message came to"),
        pytest.param(burst(0, 60), burst(60), True, id="a burst whose first message was answered"),
        pytest.param(burst(0), burst(300), False, id="another burst"),
        pytest.param(burst(0, channel="C1"), burst(0), False, id="a burst of another channel"),
        pytest.param([ROOT, *REPLIES], [ROOT, *REPLIES[:1]], True, id="a thread"),
        pytest.param([ROOT], [ROOT, *REPLIES], True, id="a message that was answered"),
        pytest.param(burst(-60, 0, 60), [ROOT, *REPLIES], False, id="a burst beside a thread"),
        pytest.param([ROOT, *REPLIES], burst(-60, 60), False, id="a thread beside a burst"),
        pytest.param(
            burst(-60, 0, 60),
            [a_message(0, deleted=True, text=""), *REPLIES],
            True,
            id="a burst that held the root, deleted since",
        ),
        pytest.param(
            burst(-60, 0, 60), [a_message(0, edited_ts="1"), *REPLIES], True, id="a burst that held the root, edited"
        ),
        pytest.param(
            burst(-60, 0, 60),
            [ROOT, a_message(30, root_ts=ROOT.ts, deleted=True, text="")],
            False,
            id="a burst beside a thread whose reply is deleted",
        ),
    ],
)
def test_what_was_kept_of_a_conversations_messages_goes(
    before: list[Message], now: list[Message], *, gone: bool
) -> None:
    """However the conversation was cut then; what was said beside it stays."""
    known = a_heard_conversation(*before)

    assert gone == known.rests_on(a_conversation(*now))
    assert ([] if gone else [known]) == after_hearing([known], a_conversation(*now), [], KEEPING)


def test_a_burst_is_kept_in_stretches_that_no_later_message_cuts_otherwise() -> None:
    """By the same clock that cuts those which go on for too long; a thread is one."""
    begin = float(a_message().ts) // LONGEST_BURST_SECONDS * LONGEST_BURST_SECONDS - NOW.timestamp()
    before, after = burst(begin + 840, begin + 890), burst(begin + 910)

    assert [before, after] == [list(said) for said in stretches(a_conversation(*before, *after))]
    thread = Conversation(channel="C0ENG", messages=(ROOT, *REPLIES))
    assert [thread.messages] == list(stretches(thread))


def test_it_is_kept_with_those_who_spoke_first_also_where_that_is_deleted() -> None:
    """Each once; of a message that we never saw nobody knows whose it was."""
    said = [a_message(n, author=author) for n, author in enumerate(("", "U1", "U2", "U1", "U3", "U4", "U5", "U6"))]
    said[1] = said[1].model_copy(update={"deleted": True, "text": ""})

    assert ("U1", "U2", "U3", "U4", "U5") == speakers_of(said)


def test_what_was_kept_of_a_channel_follows_it() -> None:
    """To its new id, and to fewer listeners; what was private stays so."""
    moved = ChannelChanged(channel="C0ENG", now="C0NEW", private=True)
    known = [a_heard_conversation(), a_heard_conversation(channel="C1")]

    assert [a_heard_conversation(channel="C0NEW", private=True), a_heard_conversation(channel="C1")] == followed(
        known, moved
    )
    private = a_confirmed_match(private=True)
    assert [private] == followed([private], ChannelChanged(channel="C0ENG"))


def test_what_was_done_unasked_counts_once_it_has_stood_for_a_while() -> None:
    """Not a second before."""
    second = timedelta(seconds=1)
    now, later = a_confirmed_match(counts_from=NOW), a_confirmed_match(counts_from=NOW + second)

    assert [now] == History(confirmed=[now, later]).as_known_in("C0ENG", at=NOW).confirmed
    assert [now, later] == History(confirmed=[now, later]).as_known_in("C0ENG", at=NOW + second).confirmed


@pytest.mark.parametrize(
    ("now", "stays"),
    [
        pytest.param(a_message(0), True, id="as it was"),
        pytest.param(a_message(0, edited_ts="1"), True, id="edited, and saying the same"),
        pytest.param(a_message(0, "tax", received_at=NOW + timedelta(minutes=1)), False, id="saying something else"),
        pytest.param(a_message(0, "", deleted=True), False, id="deleted"),
        pytest.param(a_message(0, "", deleted=True, channel="C1"), True, id="another channel"),
        pytest.param(a_message(1, "", deleted=True), True, id="another message"),
    ],
)
def test_a_match_ends_with_any_of_its_words(now: Message, *, stays: bool) -> None:
    """Whichever of them is deleted, or reads otherwise."""
    match = a_confirmed_match(a_message(0), a_message(30))

    assert stays == match.still_reads_so(a_conversation(now))


def test_what_a_thread_is_about_takes_the_place_of_what_it_was_about() -> None:
    """Latest first; what has lived through most of its time is left out."""
    old, elsewhere = a_confirmed_match(ticket_id="ticket-2"), a_confirmed_match(root_ts="1.0", at=NOW + RECENT)
    aged = a_confirmed_match(root_ts="2.0", ends_at=KEEPING.end_of(KEEPING.since) - timedelta(seconds=1))

    after = after_confirming([old, elsewhere, aged], old.conversation_id, [a_confirmed_match()], KEEPING)

    assert [elsewhere, a_confirmed_match()] == after


def test_how_often_words_are_said_is_known_in_every_channel() -> None:
    """Only what is said in public is counted."""
    counts = WordCounts().after_saying(["coupon"], now=NOW, days=90)

    assert counts == History(words=counts).as_known_in("C0ENG", at=NOW).words
