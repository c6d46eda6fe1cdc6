"""The end of a tenant: announced, called off or carried out to the last row, whatever interrupts it."""

from collections.abc import Mapping
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.billing import Billing
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamUnavailable
from pm_assistant.domain.jobs import JobDue, JobKind, JobState
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Provider, Tenant, TenantId, TenantState
from pm_assistant.workflows.jobs import run_step
from pm_assistant.workflows.tenants.closing import GRACE, LATE_SECONDS, PARTS, call_off, close, delete_tenant, sweep
from tests.builders import (
    ACME,
    GLOBEX,
    NOW,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.connections import a_working_connection
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeOAuthApp
from tests.workflows.billing.test_sync import a_subscription

END = NOW + GRACE
PASSWORD = "correct horse battery"


class ClosingUnit(FakeUnit):
    """Work of Acme, whose end is to come, beside another tenant."""

    def __init__(self) -> None:
        super().__init__()
        self.proofs: list[Mapping[str, int]] = []
        for provider in (Provider.SLACK, Provider.LINEAR):
            self.oauth_apps[provider] = FakeOAuthApp()
        for tenant_id in (ACME, GLOBEX):
            self._settle(tenant_id)

    def close(self, confirm: str = "Acme") -> Tenant:
        """Announce Acme's end."""
        return close(confirm, self, asked_by="account:ada")

    @property
    def due(self) -> JobDue:
        """What the last schedule of a job hands over."""
        tenant_id, job_id = list(self.schedules.jobs)[-1]
        return JobDue(tenant_id=tenant_id, job_id=job_id)

    def deliver(self, due: JobDue) -> None:
        """Handle one message as the run function does."""
        try:
            job = run_step(due, {JobKind.DELETE: delete_tenant}, self)
        except NotFound:
            rows = sweep(self)
            if rows is not None:
                self.proofs.append({"rows": rows, "left": 0})
        else:
            if job is not None and job.erased:
                self.proofs.append({part: count for result in job.results for part, count in result.items()})

    def carry_out(self, due: JobDue) -> None:
        """Deliver a message until it is done with, and all that it leads to."""
        waiting = [due]
        while waiting:
            try:
                self.deliver(waiting[0])
                waiting.pop(0)
            except UpstreamUnavailable:
                pass
            waiting += [put.message for put in self.queues.jobs.puts if isinstance(put.message, JobDue)]
            self.queues.jobs.puts.clear()

    def left_of(self, tenant_id: TenantId) -> int:
        """How much there is of a tenant, in every place; asking erases its rows."""
        logins = sum(self.users.find(f"{name}@{tenant_id}.test") is not None for name in ("ada", "bob"))
        clockwork = [key for key in self.schedules.recurring if key[0] == tenant_id]
        files = [key for key in self.archives.files if key[0] == tenant_id]
        return logins + len(clockwork) + len(files) + self.stores.partition.erase(tenant_id)

    def _settle(self, tenant_id: TenantId) -> None:
        stores = self.stores
        customer_id = self.payments.create_customer(tenant_id, name=tenant_id, email="ada@acme.test")
        bought = a_subscription(f"sub_{tenant_id}").model_copy(update={"customer_id": customer_id})
        self.payments.put(bought)
        stores.tenants.put(a_tenant(tenant_id, billing=Billing(customer_id=customer_id)))
        stores.directory.put_members(tenant_id, [a_member()])
        stores.tickets.put(tenant_id, a_ticket())
        stores.messages.record(tenant_id, a_message(), keep_days=9)
        stores.decisions.save(a_decision(tenant_id))
        for provider in (Provider.SLACK, Provider.LINEAR):
            stores.connections.put(a_working_connection(tenant_id, provider))
        for name in ("ada", "bob"):
            email = f"{name}@{tenant_id}.test"
            user_id = self.users.register(email, PASSWORD, tenant_id=tenant_id)
            stores.accounts.put(an_account(tenant_id, name, id=user_id, email=email))
        wish = Subscription(member_id="U0ADA")
        stores.subscriptions.put(tenant_id, wish)
        self.schedules.put(tenant_id, wish, a_member().time_zone)
        self.schedules.put_recurring(tenant_id)
        self.archives.publish(tenant_id, "export.zip", b"zip")


def test_an_announced_end_leaves_everything_as_it_is() -> None:
    """A week to think again: the state says so, and the clockwork knows when."""
    unit = ClosingUnit()

    closing = unit.close()

    assert (TenantState.CLOSING, END) == (closing.state, closing.closes_at)
    assert closing == unit.stores.tenants.get(ACME)
    assert {(ACME, unit.due.job_id): END} == unit.schedules.jobs
    assert [a_ticket()] == list(unit.stores.tickets.all(ACME))


@pytest.mark.parametrize("confirm", ["acme", "", "Acme "])
def test_an_end_has_to_be_meant(confirm: str) -> None:
    """Whoever wants it writes the tenant's name as it is."""
    unit = ClosingUnit()

    with pytest.raises(InvalidRequest, match="exact name"):
        unit.close(confirm)

    assert ({}, TenantState.ACTIVE) == (unit.schedules.jobs, unit.stores.tenants.get(ACME).state)


def test_an_end_is_announced_once() -> None:
    """A second announcement would move it."""
    unit = ClosingUnit()
    unit.close()

    with pytest.raises(Conflict):
        unit.close()


def test_an_end_that_comes_too_early_waits_for_its_time() -> None:
    """A message delivered early, or a clock that is behind, destroys nothing and forgets nothing."""
    unit = ClosingUnit()
    unit.close()
    due = unit.due
    unit.schedules.jobs.clear()
    unit.at = END - timedelta(seconds=1)

    unit.carry_out(due)

    assert {(ACME, due.job_id): END} == unit.schedules.jobs
    assert ([], JobState.WAITING) == (unit.proofs, unit.stores.jobs.get(ACME, due.job_id).state)
    assert [a_ticket()] == list(unit.stores.tickets.all(ACME))


def test_an_end_that_was_called_off_does_not_come() -> None:
    """The clockwork strikes and finds a tenant that lives."""
    unit = ClosingUnit()
    unit.close()

    restored = call_off(unit)
    unit.at = END
    unit.carry_out(unit.due)

    assert (TenantState.ACTIVE, None) == (restored.state, restored.closes_at)
    ended = unit.stores.jobs.get(ACME, unit.due.job_id)
    assert (JobState.DONE, ({"called_off": True},)) == (ended.state, ended.results)
    assert [a_ticket()] == list(unit.stores.tickets.all(ACME))


def test_the_clockwork_of_an_end_that_was_called_off_does_not_hasten_the_next() -> None:
    """Announced, called off and announced again: a week from the last announcement."""
    unit = ClosingUnit()
    unit.close()
    first = unit.due
    call_off(unit)
    unit.at = NOW + timedelta(days=3)
    unit.close()
    second = unit.due

    unit.at = END
    unit.carry_out(first)
    alive = list(unit.stores.tickets.all(ACME))
    unit.at = NOW + timedelta(days=3) + GRACE
    unit.carry_out(second)

    assert [a_ticket()] == alive
    assert 0 == unit.left_of(ACME)


@pytest.mark.parametrize("state", [TenantState.ACTIVE, TenantState.CLOSING])
def test_what_is_not_closing_or_is_over_cannot_be_called_off(state: TenantState) -> None:
    """Half a tenant cannot be given back."""
    unit = ClosingUnit()
    unit.stores.tenants.put(a_tenant(state=state, closes_at=NOW if state is TenantState.CLOSING else None))

    with pytest.raises(Conflict):
        call_off(unit)


def test_at_the_end_nothing_is_left_and_the_log_says_of_what() -> None:
    """Vendors, schedules, logins, files, rows; the other tenant has all of its own."""
    unit, untouched = ClosingUnit(), ClosingUnit().left_of(GLOBEX)
    unit.close()
    unit.oauth_apps[Provider.LINEAR] = UpstreamUnavailable("Linear does not answer")
    unit.at = END

    unit.carry_out(unit.due)

    proof, late = unit.proofs
    assert 5 < proof["rows"]
    assert {
        "connections": 2,
        "revoked": 1,
        "schedules": 1 + 2 + 1,
        "logins": 2,
        "customers": 1,
        "files": 1,
        "rows": proof["rows"],
        "left": 0,
    } == proof
    assert {"rows": 0, "left": 0} == late
    assert (0, untouched) == (unit.left_of(ACME), unit.left_of(GLOBEX))
    paid = [[each.status for each in unit.payments.subscriptions(f"cus_{tenant}")] for tenant in (ACME, GLOBEX)]
    assert [["canceled"], ["active"]] == paid


def test_where_nothing_is_sold_any_more_a_team_ends_as_any_other() -> None:
    """Nobody is charged there either."""
    unit = ClosingUnit()
    unit.close()
    unit.payments.customers.clear()
    unit.at = END

    unit.carry_out(unit.due)

    assert 0 == unit.left_of(ACME)


def test_a_login_goes_whatever_its_address_is_by_now() -> None:
    """It is known by its id; somebody of another tenant who has the address since stays."""
    unit = ClosingUnit()
    unit.close()
    unit.at = END
    unit.users.known["ada@elsewhere.test"] = unit.users.known.pop("ada@acme.test")
    unit.users.register("ada@acme.test", PASSWORD, tenant_id=GLOBEX)

    unit.carry_out(unit.due)

    assert 2 == unit.proofs[0]["logins"]
    assert {"ada@acme.test", "ada@globex.test", "bob@globex.test"} == unit.users.known.keys()


def test_rows_that_come_in_late_are_looked_for_once_more() -> None:
    """What was on its way through the queues when the tenant ended has arrived by then."""
    unit = ClosingUnit()
    unit.close()
    unit.at, due = END, unit.due
    while not unit.proofs:
        unit.deliver(due)
    again = unit.queues.jobs.puts[-1]
    unit.stores.tickets.put(ACME, a_ticket(99))

    unit.deliver(JobDue.model_validate(again.message.model_dump()))

    assert LATE_SECONDS == again.delay_seconds
    assert (1, 0) == (unit.proofs[-1]["rows"], unit.left_of(ACME))


def test_an_end_that_keeps_failing_does_not_multiply() -> None:
    """Rows that cannot be erased for hours are tried by the one message there is."""
    unit = ClosingUnit()
    unit.close()
    unit.at, due = END, unit.due
    for _ in PARTS:
        unit.deliver(due)
    asked = len(unit.queues.jobs.puts)

    for _ in range(3):
        throttled = patch.object(unit.stores.partition, "erase", side_effect=UpstreamUnavailable("throttled"))
        with throttled, pytest.raises(UpstreamUnavailable):
            unit.deliver(due)

    assert asked == len(unit.queues.jobs.puts)
    unit.carry_out(due)
    assert 0 == unit.left_of(ACME)


@given(st.lists(st.sampled_from(["schedules", "users", "archives", "partition", "queue", "jobs"]), max_size=8))
def test_an_end_comes_whatever_interrupts_it(failing: list[str]) -> None:
    """After any failure the message comes again, and goes on where it was."""
    unit = ClosingUnit()
    unit.close()
    unit.at, due = END, unit.due
    places = {
        "schedules": (unit.schedules, "remove_all"),
        "users": (unit.users, "delete"),
        "archives": (unit.archives, "erase"),
        "partition": (unit.stores.partition, "erase"),
        "queue": (unit.queues.jobs, "put"),
        "jobs": (unit.stores.jobs, "put"),
    }
    for name in failing:
        _fail_once(*places[name])

    unit.carry_out(due)

    assert {"left": 0}.items() <= unit.proofs[-1].items()
    assert 0 == unit.left_of(ACME)


def test_an_end_that_was_interrupted_while_rows_went_is_finished() -> None:
    """The run's own row may be gone already, and the tenant's; the message still knows whose end it is."""
    for gone in (True, False):
        unit = ClosingUnit()
        unit.close()
        unit.at, due = END, unit.due
        unit.stores.jobs = type(unit.stores.jobs)()
        if gone:
            unit.stores.tenants = type(unit.stores.tenants)()

        unit.carry_out(due)

        assert 1 == len(unit.proofs)
        assert not unit.stores.tickets.all(ACME)


def test_a_message_of_a_run_nobody_knows_harms_no_living_tenant() -> None:
    """It may be of last year; only what is over is erased."""
    unit = ClosingUnit()

    unit.carry_out(JobDue(tenant_id=ACME, job_id="of-last-year"))
    unit.close()
    unit.carry_out(JobDue(tenant_id=ACME, job_id="of-last-year"))

    assert [] == unit.proofs
    assert [a_ticket()] == list(unit.stores.tickets.all(ACME))


def test_rows_that_keep_coming_in_leave_the_end_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nobody says that nothing is left; the queue has it tried again."""
    unit = ClosingUnit()
    unit.close()
    unit.at, due = END, unit.due
    monkeypatch.setattr(unit.stores.partition, "erase", lambda tenant_id: 1)
    for _ in PARTS:
        unit.deliver(due)

    with pytest.raises(UpstreamUnavailable, match="keep coming in"):
        unit.deliver(due)

    assert [] == unit.proofs


def _fail_once(place: object, method: str) -> None:
    """Make a method fail at its next call, and once more for each time this is asked."""
    works = getattr(place, method)

    def failing(*given: object, **named: object) -> object:
        setattr(place, method, works)
        raise UpstreamUnavailable("away for a moment")

    setattr(place, method, failing)
