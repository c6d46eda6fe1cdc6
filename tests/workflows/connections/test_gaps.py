"""What a vendor did not send is read, however long a connection is away that the reading needs."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from pm_assistant.domain.errors import AccessRevoked, UpstreamUnavailable
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.connections.gaps import STRETCH, fill_gap
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import run_step, start_job
from tests.builders import ACME, ENG, a_connection, a_member, a_message, a_tenant
from tests.fakes.stores import FakeJobs
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker


class GapUnit(FakeUnit):
    """A tenant whose chat kept an event back."""

    def __init__(self, *connected: Provider) -> None:
        super().__init__()
        self.chat = FakeChat(messages=[a_message()], members=[a_member()])
        self.tracker = FakeTracker(teams=[ENG])
        self.stores.tenants.put(a_tenant())
        for provider in connected:
            self.stores.connections.put(a_connection(ACME, provider))
        fill_gap(Provider.SLACK, self.now(), self)
        self.at += STRETCH

    @property
    def gap(self) -> Job:
        """The reading of what was kept back."""
        return next(job for job in self.stores.jobs.latest(ACME, limit=9) if job.order.judge)

    @property
    def judged(self) -> list[str]:
        """What was said by the messages that are to be judged."""
        envelopes = [put.message for put in self.queues.events.puts if isinstance(put.message, EventEnvelope)]
        return [each.event.ts for each in envelopes if isinstance(each.event, ConversationTouched)]

    def connect(self) -> None:
        """Connect the tracker, after which all is read."""
        self.stores.connections.put(a_connection(ACME, Provider.LINEAR))
        start_job(Order(kind=JobKind.SYNC, dry_run=False), self, asked_by="account:account-ada")
        self.drain()

    def drain(self) -> None:
        """Take all steps that are asked for."""
        while self.queues.jobs.puts:
            due = self.queues.jobs.puts.pop(0).message
            assert isinstance(due, JobDue)
            run_step(due, {JobKind.SYNC: sync}, self)
            self.at += timedelta(minutes=1)


def test_a_gap_is_shown_until_it_is_repaired() -> None:
    """From the moment on at which the vendor told of it."""
    unit = GapUnit(Provider.SLACK, Provider.LINEAR)
    [before] = unit.stores.readings.gaps(ACME, limit=9)
    unit.drain()
    [after] = unit.stores.readings.gaps(ACME, limit=9)

    assert (STRETCH, None) == (before.ended_at - before.began_at, before.repaired_at)
    assert before == after.model_copy(update={"repaired_at": None})
    assert after.repaired_at is not None


def test_what_was_missed_while_the_tracker_was_away_is_read_once_it_is_connected() -> None:
    """Once: connecting again finds nothing left."""
    unit = GapUnit(Provider.SLACK)
    unit.drain()
    assert ([], ({"missing": ["linear"]},)) == (unit.judged, unit.gap.results)

    unit.connect()
    assert ([a_message().ts], JobState.DONE) == (unit.judged, unit.gap.state)

    unit.connect()
    assert [a_message().ts] == unit.judged


def test_a_reading_that_was_not_let_in_is_asked_for_again() -> None:
    """It failed, and connecting is what mends it."""
    unit = GapUnit(Provider.SLACK, Provider.LINEAR)
    unit.failing["chat"] = AccessRevoked("token_revoked")
    unit.drain()
    assert JobState.FAILED is unit.gap.state

    unit.failing.clear()
    unit.connect()
    assert ([a_message().ts], JobState.DONE) == (unit.judged, unit.gap.state)


def test_a_reading_that_is_still_to_begin_is_left_to_its_message() -> None:
    """Its stretch of time may not be over, or the vendor be away."""
    unit = GapUnit(Provider.SLACK, Provider.LINEAR)
    unit.queues.jobs.puts.clear()
    unit.connect()

    assert ([], JobState.WAITING) == (unit.judged, unit.gap.state)


def test_a_reading_that_is_asked_for_again_is_not_lost_by_a_failure() -> None:
    """Whatever breaks off between its message and its note."""
    unit = GapUnit(Provider.SLACK)
    unit.drain()
    away = patch.object(unit.stores.jobs, "replace", side_effect=UpstreamUnavailable("away"))
    with away, pytest.raises(UpstreamUnavailable):
        unit.connect()
    unit.connect()

    assert [a_message().ts] == unit.judged


def test_only_the_channel_that_others_were_told_of_is_read_and_judged() -> None:
    """Nobody asks for people, tickets or other channels; only its own gap is repaired."""
    unit = GapUnit(Provider.SLACK, Provider.LINEAR)
    unit.stores.jobs = FakeJobs()
    unit.queues.jobs.puts.clear()
    unit.chat = FakeChat(
        messages=[a_message(), a_message(STRETCH.total_seconds(), channel="C0OPS")], members=[a_member()]
    )
    fill_gap(Provider.SLACK, unit.now(), unit, channel="C0OPS")
    unit.at += STRETCH
    unit.drain()

    assert (JobState.DONE, 0) == (unit.gap.state, unit.tracker.ticket_reads)
    assert ["C0OPS"] == [message.channel for message in unit.stores.messages.since(ACME, unit.now() - 3 * STRETCH)]
    assert {"": False, "C0OPS": True} == {
        gap.place: gap.repaired_at is not None for gap in unit.stores.readings.gaps(ACME, limit=9)
    }
    assert {} == unit.stores.connection_states.activity(ACME)
