"""Every hour and every day a tenant's turn comes by itself: once, for tenants that have something to compare."""

from datetime import timedelta

import pytest

from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.jobs import ABANDONED_AFTER, Job, JobDue, JobKind, JobState, Order, Recurring, RecurringDue
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Provider, Suspension, TenantState
from pm_assistant.domain.trust import Earned
from pm_assistant.workflows.code.recurring import Outcome, recur
from pm_assistant.workflows.connections.schedule import schedule_recurring
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import LEASE
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_job, a_member, a_tenant
from tests.fakes.unit import FakeUnit
from tests.workflows.code.test_reconcile import Reconciling

HOUR, DAY = (RecurringDue(tenant_id=ACME, kind=kind, due_at=NOW) for kind in Recurring)
DAILY = Order(kind=JobKind.SYNC, dry_run=False)
MEASURING = Order(kind=JobKind.FLOW, dry_run=False)
WEEKLY_FIT = Order(kind=JobKind.CALIBRATE, dry_run=False)


def a_unit() -> FakeUnit:
    """A tenant with a tracker, whose confidences have just been fitted."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(earned=Earned(fitted_at=NOW)))
    unit.stores.connections.put(a_connection(provider=Provider.LINEAR))
    return unit


def jobs(unit: FakeUnit) -> list[Job]:
    """All that were noted but the measuring of each day, latest first."""
    return [job for job in unit.stores.jobs.latest(ACME, limit=100) if job.order != MEASURING]


def test_every_hour_what_is_merged_and_still_open_is_found() -> None:
    """It leaves no run behind: there would be one every hour."""
    unit = Reconciling()

    assert Outcome.DONE is recur(HOUR, unit)

    assert [DecisionState.PROPOSED] == [decision.state for decision in unit.stores.decisions.since(ACME, NOW)]
    assert [] == jobs(unit)


def test_once_a_day_everything_is_caught_up() -> None:
    """By a reading of all vendors that is known by its day, so that it is begun once whatever breaks off."""
    unit = a_unit()

    assert Outcome.DONE is recur(DAY, unit)

    [job] = jobs(unit)
    assert (DAILY, "system", f"{NOW:%Y%m%dT%H%M%S%f}-catch-up") == (job.order, job.asked_by, job.id)
    assert JobDue(tenant_id=ACME, job_id=job.id) == unit.queues.jobs.puts[-1].message


def test_once_a_day_what_work_came_to_is_measured() -> None:
    """By a run that is known by its day, also while the reading of the day before goes on."""
    unit = a_unit()
    unit.stores.jobs.put(a_job(order=DAILY, state=JobState.RUNNING))

    recur(DAY, unit)

    [job] = [job for job in unit.stores.jobs.latest(ACME, limit=100) if job.order == MEASURING]
    assert ("system", f"{NOW:%Y%m%dT%H%M%S%f}-flow") == (job.asked_by, job.id)
    assert [JobDue(tenant_id=ACME, job_id=job.id)] == [put.message for put in unit.queues.jobs.puts]


def test_once_a_week_confidences_are_fitted_to_what_people_answered() -> None:
    """By a run of its own, on the first day on which a week has passed; begun once whatever breaks off."""
    unit = a_unit()
    unit.stores.tenants.put(a_tenant())

    recur(DAY, unit)

    [job] = [job for job in jobs(unit) if job.order == WEEKLY_FIT]
    assert ("system", f"{NOW:%Y%m%dT%H%M%S%f}-calibrat") == (job.asked_by, job.id)
    unit.stores.tenants.put(a_tenant(earned=Earned(fitted_at=NOW)))
    for days, runs in ((6, 1), (7, 2)):
        unit.at = NOW + timedelta(days=days)
        recur(DAY.model_copy(update={"due_at": unit.at}), unit)
        assert runs == sum(job.order == WEEKLY_FIT for job in jobs(unit))


@pytest.mark.parametrize("due", [HOUR, DAY])
def test_a_message_that_comes_again_does_nothing(due: RecurringDue) -> None:
    """The next hour, or day, is another."""
    unit = Reconciling()
    later = due.model_copy(update={"due_at": NOW + timedelta(hours=1)})

    assert [Outcome.DONE, Outcome.REPEATED] == [recur(due, unit) for _ in range(2)]
    begun = len(unit.queues.jobs.puts)
    unit.stores.jobs = type(unit.stores.jobs)()

    assert Outcome.DONE is recur(later, unit)
    assert 2 * begun == len(unit.queues.jobs.puts)


@pytest.mark.parametrize("due", [HOUR, DAY])
def test_what_broke_off_is_done_when_the_message_comes_again(
    due: RecurringDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And still once."""
    unit = Reconciling()
    with monkeypatch.context() as breaking:
        breaking.setattr(unit.stores.deliveries, "finish", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            recur(due, unit)

    assert Outcome.DONE is recur(due, unit)

    assert 1 >= sum(job.order == DAILY for job in jobs(unit))
    assert 1 >= sum(job.order == WEEKLY_FIT for job in jobs(unit))
    assert 1 >= len(unit.stores.decisions.since(ACME, NOW))


@pytest.mark.parametrize("due", [HOUR, DAY])
def test_two_messages_are_not_at_it_at_the_same_time(due: RecurringDue) -> None:
    """The second one comes again later."""
    unit = a_unit()
    with unit.lease(f"recurring|{due.kind}", lasts=LEASE), pytest.raises(Conflict):
        recur(due, unit)


def test_a_day_waits_for_the_day_before() -> None:
    """What still catches up does so with today as well; what is finished, abandoned or asked for otherwise does not."""
    unit = a_unit()
    yesterday = a_job(order=DAILY, state=JobState.RUNNING)
    unit.stores.jobs.put(yesterday)
    assert (Outcome.UNDER_WAY, [yesterday]) == (recur(DAY, unit), jobs(unit))

    for number, other in enumerate(
        (
            yesterday.model_copy(update={"state": JobState.DONE}),
            yesterday.model_copy(update={"order": Order(kind=JobKind.SYNC, dry_run=False, since=NOW)}),
            yesterday.model_copy(update={"updated_at": NOW - ABANDONED_AFTER}),
        ),
        start=1,
    ):
        unit.stores.jobs.put(other)
        day = DAY.model_copy(update={"due_at": NOW + timedelta(days=number)})
        assert Outcome.DONE is recur(day, unit)
        for begun in jobs(unit):
            unit.stores.jobs.put(begun.model_copy(update={"state": JobState.DONE}))


@pytest.mark.parametrize("due", [HOUR, DAY])
def test_a_tenant_that_is_closing_or_has_no_tracker_is_left_alone(due: RecurringDue) -> None:
    """Nor is one asked whose tracker does not let us in; its turn comes again once that is otherwise."""
    unit = Reconciling()
    linear = unit.stores.connections.get(ACME, Provider.LINEAR)

    unit.stores.tenants.put(a_tenant(state=TenantState.CLOSING))
    outcomes = [recur(due, unit)]
    unit.stores.tenants.put(a_tenant())
    unit.stores.connections.put(linear.model_copy(update={"broken_since": NOW, "broken_reason": "revoked"}))
    outcomes.append(recur(due, unit))
    unit.stores.connections.remove(ACME, Provider.LINEAR)
    outcomes.append(recur(due, unit))

    assert [Outcome.NOTHING] * 3 == outcomes
    assert ([], []) == (jobs(unit), list(unit.stores.decisions.since(ACME, NOW)))
    unit.stores.connections.put(linear)
    assert Outcome.DONE is recur(due, unit)


@pytest.mark.parametrize("due", [HOUR, DAY])
def test_reports_are_looked_after_with_or_without_a_tracker(due: RecurringDue) -> None:
    """Every hour those are sent that did not come, every day the clocks are set right."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.directory.put_members(ACME, [a_member()])
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", weekdays=("FRI",)))

    recur(due, unit)

    is_hour = due is HOUR
    assert (int(is_hour), int(not is_hour)) == (len(unit.queues.reports.puts), len(unit.schedules.recurring))


def test_a_tenant_that_is_gone_loses_what_was_left_of_its_schedules() -> None:
    """One may have been made while the others were taken away; nobody else's goes."""
    unit = FakeUnit()
    for tenant_id in (ACME, GLOBEX):
        unit.schedules.put_recurring(tenant_id)

    assert Outcome.NOTHING is recur(HOUR, unit)

    assert {GLOBEX} == unit.schedules.recurring_tenants


@pytest.mark.parametrize(("order", "scheduled"), [({}, {ACME}), ({"dry_run": True}, set())])
def test_the_first_reading_has_it_scheduled(order: dict[str, bool], scheduled: set[str]) -> None:
    """Before any vendor is asked, and even while one is missing; a dry run changes nothing."""
    unit = a_unit()

    sync(a_job(order=DAILY.model_copy(update=order)), unit)

    assert scheduled == unit.schedules.recurring_tenants


def test_a_tenant_that_has_nothing_connected_has_nothing_scheduled() -> None:
    """It would strike for nothing, every hour."""
    unit = a_unit()
    assert (True, {ACME}) == (schedule_recurring(unit), unit.schedules.recurring_tenants)
    empty = FakeUnit()
    assert (False, set()) == (schedule_recurring(empty), empty.schedules.recurring_tenants)


@pytest.mark.parametrize("due", [HOUR, DAY])
def test_of_a_tenant_that_is_suspended_nothing_is_compared_or_caught_up(due: RecurringDue) -> None:
    """Once it is resumed its turn comes again; what it was owed until then it is not."""
    unit, suspension = a_unit(), Suspension(began_at=NOW - timedelta(days=9), reason="x")
    unit.stores.directory.put_members(ACME, [a_member()])
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA"))
    unit.stores.tenants.put(a_tenant(suspension=suspension))

    assert Outcome.NOTHING is recur(due, unit)

    assert [] == jobs(unit)
    unit.stores.tenants.put(a_tenant(suspension=suspension.model_copy(update={"ended_at": NOW})))
    assert Outcome.DONE is recur(due, unit)
    assert [] == unit.queues.reports.puts


@pytest.mark.parametrize("state", [TenantState.ACTIVE, TenantState.CLOSING])
def test_every_hour_it_is_looked_how_the_tenant_fares(state: TenantState) -> None:
    """Also where nothing is done for it."""
    unit = a_unit()
    unit.stores.tenants.put(a_tenant(state=state))

    recur(HOUR, unit)

    assert [(ACME, state)] == [(health.tenant_id, health.state) for health in unit.stores.healths.page(limit=9)]
