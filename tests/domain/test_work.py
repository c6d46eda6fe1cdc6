"""Conversations: what belongs together, and when its content has changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.work import (
    LONGEST_BURST_SECONDS,
    Message,
    burst_around,
    conversations_in,
    page_of,
    permalink,
)
from tests.builders import BACKLOG, CANCELED, DOING, DONE, ENG, REVIEW, TODO, a_conversation, a_message

OFFSETS = st.lists(st.integers(0, 3_000), min_size=1, max_size=20, unique=True)


@given(offsets=OFFSETS, gap=st.integers(1, 300))
def test_a_burst_has_no_longer_pause_inside_and_a_longer_one_around(offsets: list[int], gap: int) -> None:
    """Every member of a burst finds the same burst."""
    messages = [a_message(offset) for offset in offsets]

    for message in messages:
        burst = burst_around(messages, message.ts, gap_seconds=gap)
        assert message in burst
        assert all(burst_around(messages, other.ts, gap_seconds=gap) == burst for other in burst)
        assert float(burst[-1].ts) - float(burst[0].ts) <= LONGEST_BURST_SECONDS


def test_a_channel_that_never_falls_silent_is_judged_all_the_same() -> None:
    """Endless talk is cut into bursts, each of which ends."""
    messages = [a_message(60 * minute) for minute in range(40)]

    bursts = {tuple(m.ts for m in burst_around(messages, message.ts, gap_seconds=120)) for message in messages}

    assert [message.ts for message in messages] == [ts for burst in sorted(bursts) for ts in burst]
    assert 3 <= len(bursts) <= 4


@given(offsets=OFFSETS, gap=st.integers(1, 300))
def test_a_burst_is_found_without_reading_further_than_its_length(offsets: list[int], gap: int) -> None:
    """However long people have been talking."""
    messages = [a_message(offset) for offset in offsets]
    reach = LONGEST_BURST_SECONDS + 2 * gap

    for message in messages:
        near = [other for other in messages if abs(float(other.ts) - float(message.ts)) <= reach]
        whole = burst_around(messages, message.ts, gap_seconds=gap)
        assert list(whole) == list(burst_around(near, message.ts, gap_seconds=gap))


@pytest.mark.thorough
@given(offsets=OFFSETS, replies=st.lists(st.integers(0, 19), max_size=10), gap=st.integers(1, 300))
def test_every_message_is_in_exactly_one_conversation(offsets: list[int], replies: list[int], gap: int) -> None:
    """Sorting a channel into threads and bursts neither loses nor doubles a message."""
    roots = [a_message(offset) for offset in offsets]
    answers = [a_message(5_000 + number, root_ts=roots[index % len(roots)].ts) for number, index in enumerate(replies)]

    found = conversations_in([*answers, *roots], gap_seconds=gap)

    assert sorted(m.ts for m in (*roots, *answers)) == sorted(m.ts for c in found for m in c.messages)


def test_the_digest_changes_with_the_words_and_only_with_them() -> None:
    """A later receipt or an unfurl is not new content; another word, a reply or a deletion is."""
    message = a_message()

    def digest(*messages: Message) -> str:
        return a_conversation(*messages).digest

    same = message.model_copy(update={"edited_ts": "9", "files": ("a.png",)})
    assert digest(message) == digest(same)
    others = {
        digest(message.model_copy(update={"text": "other"})),
        digest(message.model_copy(update={"deleted": True})),
        digest(message, a_message(5, root_ts=message.ts)),
    }
    assert 3 == len(others - {digest(message)})


def test_a_reply_has_a_permalink_into_its_thread() -> None:
    """The address Slack itself would give."""
    root = a_message(ts="1719210664.234089", root_ts="1719210664.234089")
    reply = a_message(ts="1719210700.000100", root_ts=root.ts)

    assert "https://acme.slack.com/archives/C0ENG/p1719210664234089" == permalink("https://acme.slack.com/", root)
    assert "https://acme.slack.com/archives/C0ENG/p1719210700000100?thread_ts=1719210664.234089&cid=C0ENG" == permalink(
        "https://acme.slack.com/", reply
    )


def test_forwards_is_towards_closed_and_never_out_of_it() -> None:
    """Within a phase the team's own order counts; what is closed stays closed."""
    order = [BACKLOG, TODO, DOING, REVIEW, DONE]

    forwards = {(a.name, b.name) for a in [*order, CANCELED] for b in [*order, CANCELED] if ENG.forwards(a, b)}

    expected = {(a.name, b.name) for i, a in enumerate(order) for b in order[i + 1 :]}
    assert expected | {(a.name, CANCELED.name) for a in order[:-1]} == forwards


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("https://linear.app/acme/issue/OPS-3/before#comment-1", "https://linear.app/acme/issue/ENG-9/now#comment-1"),
        ("#comment-1", "https://linear.app/acme/issue/ENG-9/now#comment-1"),
        ("https://linear.app/acme/issue/OPS-3/before", "https://linear.app/acme/issue/ENG-9/now"),
        ("", "https://linear.app/acme/issue/ENG-9/now"),
        ("https://evil.test/acme/issue/ENG-9/now#comment-1", "https://linear.app/acme/issue/ENG-9/now"),
        ("//evil.test#comment-1", "https://linear.app/acme/issue/ENG-9/now"),
    ],
)
def test_a_place_on_a_tickets_page_is_found_where_the_ticket_is_now(told: str, shown: str) -> None:
    """Its key and title may have changed since that was told; what is told of another site counts for nothing."""
    assert shown == page_of("https://linear.app/acme/issue/ENG-9/now", told)
