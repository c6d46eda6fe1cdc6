"""Synchronising: our copy follows the vendors, on request and after a new connection; people are matched by e-mail."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from pm_assistant.domain.errors import AccessRevoked, RateLimited, UpstreamUnavailable
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Job, JobKind, JobState, Order, Step
from pm_assistant.domain.people import Flaw, VendorPeople, matched
from pm_assistant.domain.tenants import Activity, Channels, Provider, Settings, TenantId
from pm_assistant.domain.work import Ticket
from pm_assistant.workflows.connections.sync import Synced, sync, sync_tenant
from tests.builders import ACME, ENG, NOW, a_connection, a_job, a_member, a_message, a_tenant, a_ticket
from tests.fakes.stores import FakeTickets
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker

YESTERDAY = NOW - timedelta(days=1)
ALL = {"members": 1, "teams": 1, "tickets": 1, "messages": 1}
BOTH = (Provider.SLACK, Provider.LINEAR)


def given(*providers: Provider) -> FakeUnit:
    """A tenant that has connected these vendors; at each there is one of everything."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    for provider in providers:
        unit.stores.connections.put(a_connection(ACME, provider))
    unit.chat = FakeChat(members=[a_member(linear_id=None)], messages=[a_message()])
    unit.tracker = FakeTracker(tickets=[a_ticket()], teams=[ENG], members=[a_member(slack_id=None)])
    return unit


def a_sync(**order: object) -> Job:
    """A job that reads."""
    return a_job(order=Order.model_validate({"kind": JobKind.SYNC, **order}))


# ---- a reading of all vendors


def test_everything_is_kept_once_however_often_it_is_read() -> None:
    """A second run changes nothing."""
    unit = given(*BOTH)

    for _ in range(2):
        synced = sync_tenant(a_tenant(), unit, messages_since=YESTERDAY)

    assert Synced(members=1, teams=1, tickets=1, messages=1) == synced
    assert [a_member()] == list(unit.stores.directory.members(ACME))
    assert [a_ticket(1)] == list(unit.stores.tickets.all(ACME))
    assert [a_message()] == list(unit.stores.messages.since(ACME, YESTERDAY))


def test_a_reading_that_was_interrupted_goes_on_where_it_was() -> None:
    """What is kept as it now reads is not written again: thousands of tickets may take more than one attempt."""

    class Tiring(FakeTickets):
        """Takes three writes, then none until it has rested."""

        left = 3

        def put(self, tenant_id: TenantId, ticket: Ticket, *, brought: bool = False) -> None:
            """Keep a ticket."""
            if not self.left:
                raise UpstreamUnavailable("out of time")
            self.left -= 1
            super().put(tenant_id, ticket, brought=brought)

    unit, tickets = given(*BOTH), Tiring()
    unit.stores.tickets = tickets
    unit.tracker = FakeTracker(tickets=[a_ticket(number) for number in range(5)])

    with pytest.raises(UpstreamUnavailable):
        sync_tenant(a_tenant(), unit, messages_since=None)
    tickets.left = 3
    sync_tenant(a_tenant(), unit, messages_since=None)

    by_id = sorted(tickets.all(ACME), key=lambda ticket: ticket.id)
    assert [a_ticket(number) for number in range(5)] == by_id
    assert 1 == tickets.left


def test_history_is_left_alone_unless_asked_for() -> None:
    """Reading what was said before the install takes a person's wish."""
    unit = given(*BOTH)

    sync_tenant(a_tenant(), unit, messages_since=None)

    assert [] == list(unit.stores.messages.since(ACME, YESTERDAY))


@pytest.mark.parametrize("channels", [Channels(deny=("C0HR",)), Channels(allow=("C0ENG",))])
def test_what_was_said_in_a_channel_that_is_not_read_is_not_kept(channels: Channels) -> None:
    """Neither in one that is left out, nor in one that is not among those named."""
    unit = given(*BOTH)
    unit.chat = FakeChat(messages=[a_message(), a_message(1, channel="C0HR")])

    tenant = a_tenant(settings=Settings(channels=channels))
    unit.stores.tenants.put(tenant)
    synced = sync_tenant(tenant, unit, messages_since=YESTERDAY)

    assert 1 == synced.messages
    assert [a_message()] == list(unit.stores.messages.since(ACME, YESTERDAY))


def test_people_without_a_matching_address_stay_two_people() -> None:
    """A name is no proof: only the e-mail address joins an account of the chat with one of the tracker."""
    in_chat = a_member(email="ada@acme.test", linear_id=None)
    namesake = a_member(id="lin-2", email="ada@elsewhere.test", slack_id=None, linear_id="lin-2")
    nameless = a_member(id="lin-3", email=None, slack_id=None, linear_id="lin-3")

    assert [in_chat, namesake, nameless] == list(
        matched(VendorPeople(Provider.SLACK, [in_chat]), VendorPeople(Provider.LINEAR, [namesake, nameless]))
    )


def test_an_address_matches_in_any_case() -> None:
    """Ada@ and ada@ are one mailbox."""
    in_chat = a_member(email="Ada@Acme.test", linear_id=None)

    in_tracker = a_member(id="lin-ada", email="ada@acme.test", slack_id=None)
    [joined] = matched(VendorPeople(Provider.SLACK, [in_chat]), VendorPeople(Provider.LINEAR, [in_tracker]))

    assert ("U0ADA", "lin-ada") == (joined.slack_id, joined.linear_id)


def test_what_people_have_said_of_people_outlives_every_reading() -> None:
    """A confirmed account, a zone set by hand and further addresses stay; whoever became part of another is gone."""
    said = a_member(
        time_zone="Asia/Tokyo",
        by_hand=("time_zone",),
        linear_id="lin-9",
        confirmed=(Provider.LINEAR,),
        emails=("ada@home.test",),
        not_mine=("ticket-1",),
    )
    in_tracker = a_member(id="lin-9", slack_id=None, linear_id="lin-9", email="x@home.test")
    unit = given(*BOTH)
    unit.stores.directory.put_members(ACME, [said, in_tracker])
    unit.chat, unit.tracker = FakeChat(members=[a_member(linear_id=None)]), FakeTracker(members=[in_tracker])

    sync_tenant(a_tenant(), unit, messages_since=None)

    assert [said] == list(unit.stores.directory.members(ACME))


# ---- a job that reads


def steps(unit: FakeUnit, **order: object) -> list[Step]:
    """All steps of a job that reads; told to wait, it waits."""
    job, taken = a_sync(**order), list[Step]()
    while not taken or taken[-1].cursor:
        try:
            taken.append(sync(job, unit))
        except RateLimited as limited:
            unit.wait(limited.retry_after)
            continue
        job = job.after(taken[-1], at=unit.now())
    return taken


def test_what_a_job_reads_is_kept_and_its_time_noted() -> None:
    """The connections show since when our copy is true."""
    unit = given(*BOTH)

    step = steps(unit, dry_run=False, since=YESTERDAY)[-1]

    assert (3, 3, None, (ALL,)) == (step.done, step.total, step.cursor, step.results)
    assert [a_ticket()] == list(unit.stores.tickets.all(ACME))
    assert [a_message()] == list(unit.stores.messages.since(ACME, YESTERDAY))
    read_at = Activity(last_sync_at=NOW)
    assert {Provider.SLACK: read_at, Provider.LINEAR: read_at} == unit.stores.connection_states.activity(ACME)


def test_a_reading_leaves_what_little_a_vendor_still_allows_to_what_happens_now() -> None:
    """It asks for nothing until there is more again; the chat's messages do not wait for the tracker's limit."""
    unit = given(*BOTH)
    unit.stores.connection_states.limit(ACME, Provider.LINEAR, until=NOW + timedelta(minutes=10), reserve=True)
    unit.failing = {role: UpstreamUnavailable("was asked") for role in ("chat", "tracker")}

    with pytest.raises(RateLimited, match="is for what happens now") as caught:
        sync(a_sync(dry_run=False, since=YESTERDAY), unit)
    assert 600 == caught.value.retry_after

    unit.failing = {}
    unit.at += timedelta(hours=1)
    _, tickets_read, *_ = steps(unit, dry_run=False, since=YESTERDAY)
    unit.at += timedelta(hours=1)
    unit.stores.connection_states.limit(ACME, Provider.LINEAR, until=unit.now() + timedelta(minutes=9), reserve=True)
    again = a_sync(dry_run=False, since=YESTERDAY).after(tickets_read, at=unit.now())
    assert sync(again, unit).cursor is not None


def touches(unit: FakeUnit) -> list[tuple[str, str, int | None]]:
    """Which messages of which threads wait to be judged, and for how long."""
    puts = [(put.message, put.delay_seconds) for put in unit.queues.events.puts]
    events = [(message.event, delay) for message, delay in puts if isinstance(message, EventEnvelope)]
    return [(event.ts, event.root_ts, delay) for event, delay in events if isinstance(event, ConversationTouched)]


@pytest.mark.parametrize("order", [{"dry_run": False}, {"judge": True}])
def test_reading_alone_has_nothing_judged(order: dict[str, bool]) -> None:
    """What was said before is for `process` to judge, when a person asks; and a dry run changes nothing."""
    unit = given(*BOTH)

    steps(unit, since=YESTERDAY, **order)

    assert [] == touches(unit)


def test_what_a_vendor_kept_from_us_is_judged_once_it_is_read() -> None:
    """Each thread and each burst once, not each message; what was edited for itself, and after the settle time."""
    unit, root = given(*BOTH), a_message(50)
    thread = [a_message(51 + number, root_ts=root.ts) for number in range(3)]
    edited = a_message(60).model_copy(update={"edited_ts": a_message(61).ts})
    burst = [a_message(number) for number in range(3)]
    unit.chat = FakeChat(messages=[*burst, *thread, edited], history_every=timedelta(0))

    steps(unit, dry_run=False, since=YESTERDAY, judge=True)

    settle = a_tenant().settings.settle_seconds
    expected = [(m.ts, m.root_ts, settle) for m in (burst[-1], thread[-1], edited)]
    assert sorted(expected) == sorted(touches(unit))


def test_a_reading_that_is_repeated_has_judged_what_it_kept_before() -> None:
    """The step died between keeping and asking; what has not changed is not judged twice by being touched."""
    unit = given(*BOTH)
    unit.stores.messages.record(ACME, a_message(), keep_days=9)

    steps(unit, dry_run=False, since=YESTERDAY, judge=True)

    assert 1 == len(touches(unit))


def test_a_dry_run_counts_and_keeps_nothing() -> None:
    """It tells whether the connections work and how much there is."""
    unit = given(*BOTH)

    step = steps(unit, since=YESTERDAY)[-1]

    assert (ALL,) == step.results
    assert [] == [*unit.stores.tickets.all(ACME), *unit.stores.directory.members(ACME)]
    assert [] == list(unit.stores.messages.since(ACME, YESTERDAY))
    assert {} == unit.stores.connection_states.activity(ACME)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_channel_that_is_not_read_is_not_counted_either(dry_run: bool) -> None:
    """A dry run says what would be kept."""
    unit = given(*BOTH)
    unit.stores.tenants.put(a_tenant(settings=Settings(channels=Channels(deny=("C0ENG",)))))

    assert ({**ALL, "messages": 0},) == steps(unit, dry_run=dry_run, since=YESTERDAY)[-1].results


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_job_leaves_history_alone_unless_asked_for(dry_run: bool) -> None:
    """A new connection reads people and tickets, not what was said before, and is done with it at once."""
    unit = given(*BOTH)

    assert ({**ALL, "messages": 0},) == steps(unit, dry_run=dry_run)[-1].results
    assert 0 == unit.chat.history_reads


def test_a_long_history_is_read_a_page_a_minute_without_beginning_anew() -> None:
    """Each page is asked for once, however often the chat says that it is too early."""
    unit = given(*BOTH)
    unit.chat = FakeChat(messages=[a_message(number) for number in range(100)])

    taken = steps(unit, dry_run=False, since=YESTERDAY)

    assert ([1, 2, 2, 3, 4, 5, 6, 7, 8, 9], 9) == ([step.done for step in taken], taken[-1].total)
    assert 100 == taken[-1].results[0]["messages"] == len(unit.stores.messages.since(ACME, YESTERDAY))
    assert 7 == unit.chat.history_reads
    assert NOW + timedelta(minutes=6) == unit.now()


def test_a_reading_at_a_terminal_waits_as_long_as_it_takes() -> None:
    """It has no queue to come again from."""
    unit = given(*BOTH)
    unit.chat = FakeChat(messages=[a_message(number) for number in range(40)])

    assert 40 == sync_tenant(a_tenant(), unit, messages_since=YESTERDAY).messages
    assert [60.0, 60.0] == unit.waits


def test_who_there_is_is_read_hourly_at_most_and_anew_where_a_workspace_is_another() -> None:
    """What the chat says of people it tells; a person who has it read at a terminal means all of it."""
    unit = given(*BOTH)
    newcomers = [a_member(f"n{number}", linear_id=None) for number in range(4)]

    def known_after(pause: timedelta) -> int:
        unit.at += pause
        unit.chat.people.append(newcomers.pop())
        return int(steps(unit, dry_run=False)[-1].results[0]["members"])

    assert [2, 2, 4] == [known_after(timedelta(minutes=minutes)) for minutes in (0, 30, 31)]
    unit.stores.connections.put(a_connection(ACME, Provider.LINEAR, external_id="another"))
    assert 5 == known_after(timedelta(0))
    unit.chat.people.append(a_member("last", linear_id=None))
    assert 6 == sync_tenant(a_tenant(), unit, messages_since=None).members


def test_while_a_vendor_is_missing_the_reading_waits_for_it() -> None:
    """The first of two connections is no failure; the second one asks again."""
    step = sync(a_sync(dry_run=False), given(Provider.SLACK))

    assert (0, 0, None, ({"missing": ["linear"]},)) == (step.done, step.total, step.cursor, step.results)


@pytest.mark.parametrize("others", [(), BOTH])
def test_what_is_built_is_read_by_a_job_of_its_own(others: tuple[Provider, ...]) -> None:
    """With or without a chat and a tracker; asked for again until it has begun, and not where nothing is to be kept."""
    unit = given(*others, Provider.GITHUB)
    job = a_sync(dry_run=False)
    unit.failing["chat"] = UpstreamUnavailable("no answer")
    for number in range(4):
        with nullcontext() if not others else pytest.raises(UpstreamUnavailable):
            sync(job, unit)
        assert min(number + 1, 3) == len(unit.queues.jobs.puts)
        if number == 2:
            reading = unit.stores.jobs.get(ACME, f"{job.id}-code")
            assert (Order(kind=JobKind.CATCH_UP, dry_run=False), job.asked_by) == (reading.order, reading.asked_by)
            unit.stores.jobs.put(reading.model_copy(update={"state": JobState.RUNNING}))
    for left_alone in (a_sync(), a_sync(dry_run=False, judge=True)):
        calm = given(*BOTH, Provider.GITHUB)
        sync(left_alone, calm)
        assert [] == calm.queues.jobs.puts


def test_a_lost_access_goes_on_its_way() -> None:
    """Whoever called notices it and has it said."""
    unit = given(*BOTH)
    unit.failing["chat"] = AccessRevoked("no longer", provider=Provider.SLACK)

    with pytest.raises(AccessRevoked):
        sync(a_sync(dry_run=False), unit)


@pytest.mark.parametrize("dry_run", [True, False])
def test_one_bad_row_costs_that_row_and_is_named(dry_run: bool) -> None:
    """In a result of its own: whoever it is about can be looked after, and everybody else is there."""
    unit = given(*BOTH)
    unit.chat.flaws = [Flaw(id="U0X", problem="profile: dict_type", left_out=True)]
    unit.tracker.flaws = [Flaw(id="lin-y", problem="time zone: unknown, taken for UTC")]

    (findings,), *_, (counted,) = (step.results for step in steps(unit, dry_run=dry_run))

    assert {**ALL, "messages": 0} == counted
    assert [("U0X", True), ("lin-y", False)] == [(flaw["id"], flaw["left_out"]) for flaw in findings["flaws"]]


def test_what_is_to_be_looked_at_is_said_before_what_was_said_is_read() -> None:
    """And once: reading may take hours, and may fail."""
    unit = given(*BOTH)
    unit.chat.flaws = [Flaw(id="U0X", problem="profile: dict_type", left_out=True)]

    first, *_, last = steps(unit, dry_run=False, since=YESTERDAY)

    [findings] = first.results
    assert ["U0X"] == [flaw["id"] for flaw in findings["flaws"]]
    assert (ALL,) == last.results
