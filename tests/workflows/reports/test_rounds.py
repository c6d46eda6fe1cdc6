"""Many reports at one time: each person gets one, whatever the chat lets us ask and whatever answers are lost."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from pm_assistant.domain.errors import RateLimited
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.reports import Notice, Report, ReportDue
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import RetryPolicy, handle_batch
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.reports.send import send_reports
from tests.builders import ACME, NOW, a_job, a_member, a_tenant
from tests.fakes.sqs import FakeSqs
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat

PEOPLE = 50
A_POST_TAKES = timedelta(milliseconds=200)


@pytest.fixture(autouse=True)
def _same_pauses() -> Iterator[None]:
    """Pauses are left to chance, here the same each time: where much waits in a row, the end may come late."""
    state = random.getstate()
    random.seed(PEOPLE)
    yield
    random.setstate(state)


class BusyChat(FakeChat):
    """Loses the first answer of so many people, and takes so many messages a minute."""

    def __init__(self, *, losing: int = 0, per_minute: int = 100) -> None:
        super().__init__()
        self._losing = {f"U0P{number}" for number in range(losing)}
        self._per_minute = per_minute
        self._posts: list[datetime] = []

    def direct_message(self, user_id: str, report: Report | Notice, *, below: str | None = None) -> str:
        """Send, unless there was too much in the last minute."""
        now = self.clock()
        recent = [at for at in self._posts if at > now - timedelta(minutes=1)]
        if len(recent) >= self._per_minute:
            raise RateLimited("too many messages", retry_after=(recent[0] + timedelta(minutes=1) - now).total_seconds())
        self._posts.append(now)
        if user_id in self._losing:
            self._losing.remove(user_id)
            self.lose_next_answer()
        return super().direct_message(user_id, report, below=below)


class Morning(FakeUnit):
    """Fifty people of one workspace, all to be told at nine, on a queue as SQS has them."""

    def __init__(self, chat: BusyChat) -> None:
        super().__init__()
        self.chat = chat
        self.stores.tenants.put(a_tenant())
        self.stores.directory.put_members(ACME, [a_member(f"p{number}") for number in range(PEOPLE)])
        self.queue = FakeSqs(self.now, self.set_time)

    def set_time(self, at: datetime) -> None:
        """Have it be later."""
        self.at = at

    def all_due(self, *, delay_seconds: int = 0) -> None:
        """Have all reports come due."""
        for number in range(PEOPLE):
            due = ReportDue(tenant_id=ACME, member_id=f"U0P{number}", due_at=NOW)
            self.queue.put(due, group=ACME, delay_seconds=delay_seconds)

    def tell(self, due: ReportDue) -> None:
        """Deliver one."""
        report(due, self)

    def work(self) -> None:
        """Handle everything on the queue as the function does."""

        def handle(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
            return handle_batch(
                event["Records"],
                ReportDue,
                self.tell,
                source=self.queue,
                dead_letters=self.queue,
                retry=RetryPolicy(30, timedelta(hours=24)),
            )

        with patch.object(wiring, "now", self.now):
            self.queue.drain(handle, takes=A_POST_TAKES)

    @property
    def told(self) -> list[str]:
        """Whom a report has reached, once for each time."""
        return sorted(user for user, _ in self.chat.reports)


EVERYBODY = sorted(f"U0P{number}" for number in range(PEOPLE))


def test_fifty_standups_of_one_morning_arrive_without_a_question() -> None:
    """Each once, within a minute, and the chat was never asked what had been said."""
    morning = Morning(BusyChat())
    morning.all_due()

    morning.work()

    assert EVERYBODY == morning.told
    assert [] == morning.queue.dead
    assert 0 == morning.chat.history_reads
    assert morning.now() < NOW + timedelta(minutes=1)


def test_a_chat_that_takes_fewer_gets_them_later() -> None:
    """Whoever was told to wait comes again; nothing was sent, so nothing is looked for."""
    morning = Morning(BusyChat(per_minute=20))
    morning.all_due()

    morning.work()

    assert EVERYBODY == morning.told
    assert (0, []) == (morning.chat.history_reads, morning.queue.dead)
    assert morning.now() < NOW + timedelta(minutes=10)


@pytest.mark.parametrize("lost", [3, PEOPLE])
def test_a_standup_whose_answer_was_lost_arrives_once(lost: int) -> None:
    """The chat answers what was sent once a minute, so it is asked that often, and only about these."""
    morning = Morning(BusyChat(losing=lost))
    morning.all_due()

    morning.work()

    assert EVERYBODY == morning.told
    assert [] == morning.queue.dead
    assert lost == morning.chat.history_reads
    assert all(
        morning.stores.outbox.pending_since(ACME, f"report|{ACME}|{user}|standup|2026-11-20") is None
        for user in EVERYBODY
    )
    assert morning.now() < NOW + timedelta(hours=2)


def test_a_round_that_somebody_asks_for_is_spread_over_as_many_seconds_as_it_has_people() -> None:
    """A chat takes some hundred messages a minute from us, whoever they are for."""
    morning = Morning(BusyChat())
    job = a_job(order=Order(kind=JobKind.STANDUP, dry_run=False))
    while not job.finished:
        job = job.after(send_reports(job, morning), at=morning.now())

    assert list(range(PEOPLE)) == [put.delay_seconds for put in morning.queues.reports.puts]
