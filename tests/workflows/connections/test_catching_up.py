"""A reading of the vendors on request: kept and noted, or in a dry run only counted."""

from datetime import timedelta

import pytest

from pm_assistant.domain.errors import AccessRevoked
from pm_assistant.domain.jobs import Job, JobKind, Order, Step
from pm_assistant.domain.tenants import Activity, Channels, Provider, Settings
from pm_assistant.ports.vendors import Chat
from pm_assistant.workflows.connections.catching_up import catch_up
from tests.builders import ACME, ENG, NOW, a_connection, a_job, a_member, a_message, a_tenant, a_ticket
from tests.fakes.stores import FakeStores
from tests.fakes.vendors import FakeChat, FakeTracker

ALL = {"members": 1, "teams": 1, "tickets": 1, "messages": 1}


class Reading:
    """A run function for a tenant that has connected these vendors."""

    def __init__(self, *providers: Provider) -> None:
        self.stores = FakeStores()
        self.stores.tenants.put(a_tenant())
        for provider in providers:
            self.stores.connections.put(a_connection(ACME, provider))
        self.chat = FakeChat(members=[a_member(linear_id=None)], messages=[a_message()])
        self.tracker = FakeTracker(tickets=[a_ticket()], teams=[ENG], members=[a_member(slack_id=None)])
        self.error: Exception | None = None

    def step(self, job: Job) -> Step:
        """Take the one step there is."""
        return catch_up(
            job,
            tenants=self.stores.tenants,
            connections=self.stores.connections,
            states=self.stores.connection_states,
            chat=self._chat,
            tracker=lambda: self.tracker,
            directory=self.stores.directory,
            tickets=self.stores.tickets,
            messages=self.stores.messages,
            now=NOW,
        )

    def _chat(self) -> Chat:
        if self.error:
            raise self.error
        return self.chat


def a_sync(**order: object) -> Job:
    """A run that reads."""
    return a_job(order=Order.model_validate({"kind": JobKind.SYNC, **order}))


def test_what_is_read_is_kept_and_its_time_noted() -> None:
    """The connections show since when our copy is true."""
    reading = Reading(Provider.SLACK, Provider.LINEAR)

    step = reading.step(a_sync(dry_run=False, since=NOW - timedelta(days=1)))

    assert (1, 1, None, (ALL,)) == (step.done, step.total, step.cursor, step.results)
    assert [a_ticket()] == list(reading.stores.tickets.all(ACME))
    read_at = Activity(last_sync_at=NOW)
    assert {Provider.SLACK: read_at, Provider.LINEAR: read_at} == reading.stores.connection_states.activity(ACME)


def test_a_dry_run_counts_and_keeps_nothing() -> None:
    """It tells whether the connections work and how much there is."""
    reading = Reading(Provider.SLACK, Provider.LINEAR)

    step = reading.step(a_sync(since=NOW - timedelta(days=1)))

    assert (ALL,) == step.results
    assert [] == [*reading.stores.tickets.all(ACME), *reading.stores.directory.members(ACME)]
    assert {} == reading.stores.connection_states.activity(ACME)


def test_a_channel_that_is_not_read_is_not_counted_either() -> None:
    """A dry run says what would be kept."""
    for dry_run in (True, False):
        reading = Reading(Provider.SLACK, Provider.LINEAR)
        reading.stores.tenants.put(a_tenant(settings=Settings(channels=Channels(deny=("C0ENG",)))))

        step = reading.step(a_sync(dry_run=dry_run, since=NOW - timedelta(days=1)))

        assert ({**ALL, "messages": 0},) == step.results


def test_history_is_left_alone_unless_asked_for() -> None:
    """A new connection reads people and tickets, not what was said before."""
    for dry_run in (True, False):
        step = Reading(Provider.SLACK, Provider.LINEAR).step(a_sync(dry_run=dry_run))

        assert ({**ALL, "messages": 0},) == step.results


def test_while_a_vendor_is_missing_the_reading_waits_for_it() -> None:
    """The first of two connections is no failure; the second one asks again."""
    step = Reading(Provider.SLACK).step(a_sync(dry_run=False))

    assert (0, 0, None, ({"missing": ["linear"]},)) == (step.done, step.total, step.cursor, step.results)


def test_a_lost_access_goes_on_its_way() -> None:
    """Whoever called notices it and has it said."""
    reading = Reading(Provider.SLACK, Provider.LINEAR)
    reading.error = AccessRevoked("no longer", provider=Provider.SLACK)

    with pytest.raises(AccessRevoked):
        reading.step(a_sync(dry_run=False))
