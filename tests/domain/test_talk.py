"""What talk came to: against made-up worlds of which all is known."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from pm_assistant.domain.talk import MOST_TOPICS, MOST_UNANSWERED, NEARBY, PATIENCE, About, Report, Talk, talk_of
from pm_assistant.domain.work import Conversation, Message, MessageId, conversations_in

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SINCE = NOW - timedelta(weeks=4)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GAP = 300.0


def said(at: datetime, *, root: Message | None = None, text: str = "it is slow", **changes: object) -> Message:
    """Something that was said, below another or not."""
    ts = f"{at.timestamp():.6f}"
    fields = {"channel": "C1", "ts": ts, "root_ts": root.ts if root else ts, "author": "U1", "text": text}
    return Message.model_validate(fields | {"received_at": at} | changes)


def came_to(*messages: Message, about: About | None = None, reports: tuple[Report, ...] = ()) -> Talk:
    """What these came to."""
    return talk_of(
        conversations_in(messages, gap_seconds=GAP),
        about or About({}, set()),
        reports=reports,
        asks=lambda text: text.endswith("?"),
        since=SINCE,
        now=NOW,
    )


@pytest.mark.parametrize("seed", range(25))
def test_a_made_up_month_comes_to_what_it_was_made_of(seed: int) -> None:
    """Threads and bursts in three channels, some of them private, some about tickets, some asking in vain."""
    chance = random.Random(seed)  # noqa: S311  # has to come out the same each time
    messages: list[Message] = []
    tickets: dict[MessageId, set[str]] = {}
    untracked: set[MessageId] = set()
    cost, held = Counter[str](), Counter[str]()
    truth = Counter[str]()
    for number in range(60):
        channel, private = chance.choice([("C1", False), ("C2", False), ("C3", True)])
        start = SINCE + number * 9 * HOUR
        threaded, length = chance.random() < 0.5, chance.randint(2, 6)
        asks, answered = chance.random() < 0.4, chance.random() < 0.5
        root = said(start, channel=channel, private=private, text="how?" if asks else "it is slow")
        others = [
            said(
                start + n * timedelta(seconds=60),
                root=root if threaded else None,
                channel=channel,
                private=private,
                author="U2" if answered else "U1",
            )
            for n in range(1, length)
        ]
        messages += [root, *others]
        topic = chance.choice([None, None, "without", *(f"t{n}" for n in range(4))])
        if topic == "without":
            untracked.add(root.id)
        elif topic:
            tickets[root.id] = {topic}
        if private:
            continue
        counted = length if threaded else 1
        truth["conversations"] += 1
        truth["messages"] += length
        truth["unanswered"] += asks and not answered
        if topic == "without":
            truth["untracked"] += 1
            truth["untracked_messages"] += counted
        elif topic:
            cost[topic] += counted
            held[topic] += 1
    chance.shuffle(messages)
    talk = came_to(*messages, about=About(tickets, untracked))
    assert (truth["conversations"], truth["messages"]) == (talk.conversations, talk.messages)
    assert (truth["untracked"], truth["untracked_messages"]) == (talk.untracked_conversations, talk.untracked_messages)
    assert {id: (held[id], cost[id]) for id in cost} == {
        t.ticket_id: (t.conversations, t.messages) for t in talk.topics
    }
    assert sorted((t.messages for t in talk.topics), reverse=True) == [t.messages for t in talk.topics]
    assert truth["unanswered"] == talk.unanswered_count
    assert min(truth["unanswered"], MOST_UNANSWERED) == len(talk.unanswered)


def test_whoever_speaks_nearby_may_have_answered() -> None:
    """Not whoever asked, and not in another channel, nor much later."""
    asked = said(NOW - 2 * DAY, text="how?")
    for at, changes, count in (
        (HOUR / 2, {"author": "U2"}, 0),
        (HOUR / 2, {"author": "U1"}, 1),
        (HOUR / 2, {"author": "U2", "channel": "C2"}, 1),
        (NEARBY + HOUR, {"author": "U2"}, 1),
        (HOUR / 2, {"author": "U2", "deleted": True}, 1),
    ):
        assert count == came_to(asked, said(asked.posted_at + at, **changes)).unanswered_count
    answer = said(NOW - HOUR, root=asked, author="U2")
    assert 0 == came_to(asked, answer).unanswered_count


def test_a_question_may_wait_for_a_day() -> None:
    """People sleep."""
    assert 0 == came_to(said(NOW - PATIENCE + HOUR, text="how?")).unanswered_count
    asked = said(NOW - PATIENCE, text="how?")
    assert (asked.place,) == came_to(asked).unanswered


@pytest.mark.parametrize("how", ["private", "outside", "deleted"])
def test_what_not_everybody_could_hear_is_not_even_counted(how: str) -> None:
    """A whole conversation goes with one such message, but for deleted ones, which are gone alone."""
    talk = came_to(said(NOW - 3 * DAY, text="how?").model_copy(update={how: True}))
    assert (0, 0, 0) == (talk.conversations, talk.messages, talk.unanswered_count)


def test_only_so_many_topics_and_questions_are_named() -> None:
    """All are counted."""
    asked = [said(NOW - (n + 2) * DAY, text="how?") for n in range(20)]
    talk = came_to(*asked, about=About({each.id: {each.ts} for each in asked}, set()))
    assert (MOST_TOPICS, MOST_UNANSWERED, 20) == (len(talk.topics), len(talk.unanswered), talk.unanswered_count)
    assert asked[0].place == talk.unanswered[0]


def test_reports_are_told_of_from_five_on() -> None:
    """Those that are not done yet have a way to their ticket only."""
    reports = [
        Report(NOW - 9 * DAY, NOW - 9 * DAY + n * HOUR, NOW - 9 * DAY + n * DAY if n < 5 else None) for n in range(1, 6)
    ]
    talk = came_to(reports=tuple(reports))
    assert talk.ticket_hours is not None
    assert (5, 3, None, None) == (talk.ticket_hours.count, talk.ticket_hours.half, talk.work_days, talk.report_days)
    assert came_to(reports=tuple(reports[:4])).ticket_hours is None


def test_nothing_was_said() -> None:
    """A team of a day."""
    assert Talk(since=SINCE) == came_to()
    assert Talk(since=SINCE) == talk_of(
        [Conversation(channel="C1", messages=(said(NOW, deleted=True),))],
        About({}, set()),
        asks=lambda _: True,
        since=SINCE,
        now=NOW,
    )
