"""Reading what was said, channel by channel and page by page: the newest first, and never from page one again."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.errors import UpstreamRejected
from pm_assistant.domain.events import ChannelChanged, ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Job, JobDue, JobKind, Order
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel, ChannelPage, Message, MessagePage
from pm_assistant.workflows.connections.channels import follow_channel
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import run_step, start_job
from tests.builders import ACME, ENG, NOW, a_connection, a_member, a_message, a_tenant, going_back
from tests.fakes.killing import Killed, Questions
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker

STEPS = {JobKind.SYNC: sync}
LAST_WEEK = NOW - timedelta(days=7)
HOUR = timedelta(hours=1)


class Talk(FakeChat):
    """A chat that notes what it is asked for, and at which `questions` we may be killed."""

    def __init__(self, messages: list[Message], *, every: timedelta = timedelta(0)) -> None:
        super().__init__(messages=messages, members=[a_member(linear_id=None)], history_every=every)
        self.questions = Questions()

    def channels(self, *, cursor: str | None = None) -> ChannelPage:
        """Note what is asked for."""
        return self.questions.put(("channels", cursor), partial(super().channels, cursor=cursor))

    def history(
        self,
        channel: Channel,
        *,
        since: datetime,
        roots_since: datetime,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> MessagePage:
        """Note what is asked for."""
        ends: dict[str, Any] = {"since": since, "roots_since": roots_since, "until": until}
        page = partial(super().history, channel, **ends, cursor=cursor)
        return self.questions.put((channel.id, since, cursor), page)

    def replies(self, channel: Channel, root_ts: str, *, since: datetime, cursor: str | None = None) -> MessagePage:
        """Note what is asked for."""
        page = partial(super().replies, channel, root_ts, since=since, cursor=cursor)
        return self.questions.put((channel.id, root_ts, since, cursor), page)


class Talking(FakeUnit):
    """A tenant with two channels: in one a long thread, in the other more than a page."""

    def __init__(self, *, every: timedelta = timedelta(0)) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        for provider in (Provider.SLACK, Provider.LINEAR):
            self.stores.connections.put(a_connection(ACME, provider))
        root = a_message(-500)
        thread = [a_message(-400 + number, root_ts=root.ts) for number in range(20)]
        self.said = [a_message(number - 100, channel="C0OPS") for number in range(40)]
        self.talk = Talk([root, *thread, *self.said], every=every)
        self.chat = self.talk
        self.tracker = FakeTracker(teams=[ENG])

    def order(self, **order: Any) -> Job:
        """Ask for a reading."""
        return start_job(Order(kind=JobKind.SYNC, dry_run=False, **order), self, asked_by="system")

    def read(self, job: Job | None = None, **order: Any) -> Job:
        """Read to the end, whatever happens on the way."""
        job = job or self.order(**order)
        for _ in range(200):
            try:
                after = self.step(job)
            except Killed:
                continue
            if after.finished:
                return after
        raise AssertionError("it does not end")

    def step(self, job: Job) -> Job:
        """Take one step."""
        after = run_step(JobDue(tenant_id=ACME, job_id=job.id), STEPS, self)
        assert after is not None
        return after

    def say(self, offset: float, **changes: Any) -> Message:
        """Something is said of which no event comes."""
        message = a_message(offset, **changes)
        self.talk.messages.append(message)
        return message

    @property
    def known(self) -> list[str]:
        """When all that we keep was said."""
        return sorted(message.ts for message in self.stores.messages.since(ACME, NOW - timedelta(days=90)))

    @property
    def judged(self) -> list[str]:
        """What is to be judged, by the last message of each conversation."""
        envelopes = [put.message for put in self.queues.events.puts if isinstance(put.message, EventEnvelope)]
        return [each.event.ts for each in envelopes if isinstance(each.event, ConversationTouched)]

    @property
    def positions(self) -> dict[str, Position]:
        """How far each channel has been read."""
        return {each.place: each for each in self.stores.readings.positions(ACME, Provider.SLACK)}


def test_a_first_reading_brings_all_that_was_said_and_judges_none_of_it() -> None:
    """Each page once, threads included; from then on the channels are known up to that moment."""
    unit = Talking()
    unit.read(since=LAST_WEEK)

    assert sorted(message.ts for message in unit.talk.messages) == unit.known
    assert ({1}, []) == (set(Counter(unit.talk.questions.asked).values()), unit.judged)
    assert {"C0ENG": NOW, "C0OPS": NOW} == {place: position.read_to for place, position in unit.positions.items()}


def test_without_a_wish_nothing_of_before_is_read() -> None:
    """What is said from the connection on is told; the channels are listed, and that is all."""
    unit = Talking()
    unit.read()

    assert ([("channels", None)], []) == (unit.talk.questions.asked, unit.known)


def test_what_was_said_just_before_we_came_is_not_taken_for_news() -> None:
    """Though what is said is listed late at times, and looked for a little further back."""
    unit = Talking()
    before = unit.say(-20, channel="C0OPS")
    unit.read()
    unit.at += timedelta(minutes=30)
    after = unit.say(600, channel="C0OPS")
    unit.read()

    assert ([after.ts], False) == (unit.judged, before.ts in unit.known)


def test_a_reading_without_news_takes_one_request_for_the_channels_and_one_for_each() -> None:
    """However much was said before."""
    unit = Talking()
    unit.read(since=LAST_WEEK)
    unit.at += timedelta(days=8)
    unit.read()
    first, since = len(unit.talk.questions.asked), unit.now() - timedelta(minutes=1)
    unit.at += HOUR
    unit.read()

    assert [("channels", None), ("C0ENG", since, None), ("C0OPS", since, None)] == unit.talk.questions.asked[first:]
    assert [] == unit.judged


def test_what_was_said_without_our_being_told_is_judged_and_what_we_know_is_not() -> None:
    """It is as new to us as on the day it was said; replies in older threads are found, too."""
    unit = Talking()
    unit.read(since=LAST_WEEK)
    missed = [unit.say(600, channel="C0OPS"), unit.say(700, root_ts=a_message(-500).ts)]
    told = unit.say(1_200, channel="C0OPS")
    unit.stores.messages.record(ACME, told, keep_days=9)
    unit.at += HOUR
    unit.read()

    assert {message.ts for message in missed} <= set(unit.known)
    assert sorted(message.ts for message in missed) == sorted(unit.judged)
    gaps = unit.stores.readings.gaps(ACME, limit=9)
    assert {("C0OPS", missed[0].posted_at), ("C0ENG", missed[1].posted_at)} == {
        (gap.place, gap.began_at) for gap in gaps
    }
    assert {unit.at} == {gap.repaired_at for gap in gaps}


def test_what_stands_alone_because_others_were_answered_is_looked_at() -> None:
    """Beside roots of threads it only seems to be of a burst whose last message is looked at for all."""
    unit = Talking()
    unit.read(since=LAST_WEEK)
    unit.at += HOUR
    roots = [unit.say(at, channel="C0OPS") for at in (600, 700, 800)]
    replies = [
        unit.say(at, channel="C0OPS", root_ts=root.ts) for at, root in zip((2_000, 2_100), roots[1:], strict=True)
    ]
    unit.read()

    assert {roots[1].ts, roots[2].ts, *(reply.ts for reply in replies)} <= set(unit.judged)


def test_what_has_only_just_been_said_is_no_gap() -> None:
    """The chat may still be telling us of it."""
    unit = Talking()
    unit.read(since=LAST_WEEK)
    unit.at += HOUR
    unit.say(3_590)
    unit.read()

    assert [] == unit.stores.readings.gaps(ACME, limit=9)


@pytest.mark.parametrize("refused", ["15", "thread"])
def test_a_cursor_that_is_not_taken_any_more_leads_back_to_where_the_reading_was(refused: str) -> None:
    """Its vendor may have forgotten it; nothing is left out, and the page before is not asked for again."""
    unit, asked = Talking(), list[object]()
    honest, honest_replies = unit.talk.history, unit.talk.replies

    def history(channel: Channel, **ends: Any) -> MessagePage:
        asked.append((channel.id, ends["until"] if ends["cursor"] is None else ends["cursor"]))
        if ends["cursor"] == refused:
            raise UpstreamRejected("Slack refused: invalid_cursor")
        return honest(channel, **ends)

    def replies(channel: Channel, root_ts: str, **ends: Any) -> MessagePage:
        if refused == "thread" and ends["cursor"] and len(asked) < 99:
            asked.extend(range(99))
            raise UpstreamRejected("Slack refused: invalid_cursor")
        return honest_replies(channel, root_ts, **ends)

    unit.talk.history, unit.talk.replies = history, replies  # type: ignore[method-assign]
    unit.read(since=LAST_WEEK)

    assert sorted(message.ts for message in unit.talk.messages) == unit.known
    assert 1 == asked.count(("C0OPS", None))


def test_a_channel_that_we_may_not_read_costs_that_channel() -> None:
    """It is named, and all others are read."""
    unit = Talking()
    honest = unit.talk.history

    def history(channel: Channel, **ends: Any) -> MessagePage:
        if channel.id == "C0ENG":
            raise UpstreamRejected("Slack refused: team_access_not_granted")
        return honest(channel, **ends)

    unit.talk.history = history  # type: ignore[method-assign]
    job = unit.read(since=LAST_WEEK)

    assert sorted(message.ts for message in unit.said) == unit.known
    assert ["C0ENG"] == [flaw["id"] for result in job.results for flaw in result.get("flaws", ())]


def test_a_reading_that_failed_is_taken_up_by_the_next_one() -> None:
    """Where it stands is the channel's and not the job's."""
    unit = Talking()
    job = unit.order(since=LAST_WEEK)
    for _ in range(6):
        unit.step(job)
    unit.stores.jobs.put(unit.stores.jobs.get(ACME, job.id).failed("broke off", at=unit.now()))
    unit.read(since=LAST_WEEK)

    assert sorted(message.ts for message in unit.talk.messages) == unit.known
    pages = Counter(question for question in unit.talk.questions.asked if question[0] == "C0ENG" and len(question) == 4)
    assert {1} == set(pages.values())


@pytest.mark.parametrize("kill", ["kill_before", "kill_after"])
@pytest.mark.parametrize("judge", [False, True])
def test_whatever_is_killed_goes_on_to_the_same_end(*, kill: str, judge: bool) -> None:
    """Before any request or after its answer, once or at every one of them: no page is asked for a third time."""
    whole = Talking()
    whole.read(since=LAST_WEEK, judge=judge)
    questions = len(whole.talk.questions.asked)
    for points in (*({number} for number in range(questions)), set(range(questions))):
        unit = Talking()
        setattr(unit.talk.questions, kill, set(points))
        unit.read(since=LAST_WEEK, judge=judge)
        assert not getattr(unit.talk.questions, kill)
        assert (whole.known, whole.positions, set(whole.judged)) == (unit.known, unit.positions, set(unit.judged))
        assert max(Counter(unit.talk.questions.asked).values()) <= 2


class TestDeleted:
    """What was deleted without our being told."""

    @pytest.fixture
    def unit(self) -> Talking:
        """All that was said is known, and an hour has passed in which two things more were said."""
        unit = Talking()
        unit.read(since=LAST_WEEK)
        unit.say(600, channel="C0OPS")
        unit.at += HOUR
        unit.read()
        unit.queues.events.puts.clear()
        unit.at += HOUR
        return unit

    def read(self, unit: Talking) -> set[str]:
        """What is deleted after a further reading, and has been looked at for it."""
        unit.read()
        deleted = {m.ts for m in unit.stores.messages.since(ACME, NOW - timedelta(days=90)) if m.deleted}
        assert deleted == set(unit.judged)
        return deleted

    @pytest.mark.parametrize("number", [0, 7, 20, 39, 40])
    def test_a_message_that_is_not_listed_any_more_is_deleted(self, unit: Talking, number: int) -> None:
        """Wherever in the list it stood, on whichever page; as if it had been told now."""
        said = sorted((m for m in unit.talk.messages if m.channel == "C0OPS"), key=lambda message: message.ts)
        unit.talk.messages.remove(said[number])

        assert {said[number].ts} == self.read(unit)

    @pytest.mark.parametrize("numbers", [{19}, {0}, {5, 6, 18}, set(range(20))])
    def test_replies_that_are_not_there_any_more_are_deleted(self, unit: Talking, numbers: set[int]) -> None:
        """The last of a thread as well as those in its midst, and all of them."""
        replies = [message for message in unit.talk.messages if message.is_reply]
        for number in numbers:
            unit.talk.messages.remove(replies[number])

        assert {replies[number].ts for number in numbers} == self.read(unit)

    def test_a_whole_thread_is_deleted(self, unit: Talking) -> None:
        """Its root stands in no list any more."""
        thread = [message for message in unit.talk.messages if message.channel == "C0ENG"]
        unit.talk.messages[:] = [m for m in unit.talk.messages if m not in thread] + [a_message(700)]

        assert {message.ts for message in thread} | {a_message(700).ts} == self.read(unit) | {a_message(700).ts}

    def test_what_has_just_been_said_may_not_be_listed_yet(self, unit: Talking) -> None:
        """It was told, and the list that was read may be a moment older."""
        seconds = (unit.at - NOW).total_seconds()
        for told in (a_message(seconds - 30, channel="C0OPS"), a_message(seconds - 20, root_ts=a_message(-500).ts)):
            unit.stores.messages.record(ACME, told, keep_days=9)

        assert set() == self.read(unit)

    def test_what_is_too_old_to_be_listed_stays(self, unit: Talking) -> None:
        """Nobody has deleted it because a list does not reach so far back."""
        told = a_message(-86_400 * 30, channel="C0OPS")
        unit.stores.messages.record(ACME, told, keep_days=90)

        assert set() == self.read(unit)

    def test_nothing_is_deleted_in_a_channel_that_is_gone(self, unit: Talking) -> None:
        """We were asked to leave, or it was archived: that says nothing of what was said there."""
        unit.talk.messages[:] = [message for message in unit.talk.messages if message.channel != "C0OPS"]

        assert set() == self.read(unit)

    def test_what_the_chat_shows_to_nobody_any_more_stays(self, unit: Talking) -> None:
        """However far back a reading reaches: who does not pay sees what was said in the last ninety days."""
        told = a_message(-86_400 * 70, channel="C0OPS")
        unit.stores.messages.record(ACME, told, keep_days=90)
        unit.read(since=NOW - timedelta(days=80))

        assert told in unit.stores.messages.since(ACME, NOW - timedelta(days=90))


def test_a_chat_that_answers_rarely_is_asked_once_a_minute_and_for_known_gaps_alone() -> None:
    """The first page shows it; what is older than a day is left, and a reading without a wish asks for nothing."""
    unit = Talking(every=timedelta(minutes=1))
    old = [unit.say(-86_400 * 3 - number, channel="C0OPS") for number in range(20)]
    job = unit.order(since=LAST_WEEK)
    for _ in range(60):
        unit.at += timedelta(minutes=1)
        if unit.step(job).finished:
            break
    assert {1} == set(Counter(unit.talk.questions.asked).values())
    assert not {message.ts for message in old[15:]} & set(unit.known)

    reads, unit.at = len(unit.talk.questions.asked), unit.at + HOUR
    unit.read()
    assert [] == unit.talk.questions.asked[reads:]


def test_a_reading_that_was_held_up_reads_as_much_of_a_chat_that_answers_rarely() -> None:
    """How far back it goes is a matter of when it was asked for."""
    unit = Talking(every=timedelta(minutes=1))
    job = unit.order(since=NOW - HOUR)
    unit.at += timedelta(days=2)
    for _ in range(60):
        unit.at += timedelta(minutes=1)
        if unit.step(job).finished:
            break
    assert {message.ts for message in unit.said} <= set(unit.known)


def test_a_channel_keeps_how_far_it_was_read_when_its_id_changes() -> None:
    """Else what is said there until the next reading would be lost with the event that tells of it."""
    unit = Talking()
    unit.read(since=LAST_WEEK)
    follow_channel(ChannelChanged(channel="C0OPS", now="C0NEW"), unit)

    assert (NOW, "C0NEW") == (unit.positions["C0NEW"].read_to, unit.positions["C0NEW"].place)


def test_a_first_reading_goes_no_further_back_than_the_teams_plan() -> None:
    """What we should have been told is read all the same, whenever that was: nothing is lost for money."""
    long_ago = NOW - timedelta(days=30)
    unit = Talking()
    unit.stores.tenants.put(a_tenant(billing=going_back(14)))

    unit.read(since=long_ago)
    bounded = {since for _, since, *_ in unit.talk.questions.asked if isinstance(since, datetime)}
    unit.talk.questions.asked.clear()
    unit.read(since=long_ago, judge=True, channel="C0OPS")

    assert {NOW - timedelta(days=14)} == bounded
    assert long_ago in {since for _, since, *_ in unit.talk.questions.asked}
