"""The end of a tenant: announced, called off or carried out to the last row, whatever interrupts it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamUnavailable
from pm_assistant.domain.jobs import Job, JobDue, JobState, Step
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Provider, Tenant, TenantId, TenantState
from pm_assistant.workflows.jobs import run_step
from pm_assistant.workflows.tenants.closing import GRACE, LATE_SECONDS, call_off, close, delete, sweep
from tests.builders import (
    ACME,
    GLOBEX,
    NOW,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.accounts import FakeUsers
from tests.fakes.stores import FakeArchives, FakeQueue, FakeSchedules, FakeStores

END = NOW + GRACE
PASSWORD = "correct horse battery"


class Undertaker:
    """All there is of the product with two tenants, of which Acme's end is to come; `silent` vendors are not told."""

    def __init__(self) -> None:
        self.stores, self.archives, self.schedules = FakeStores(), FakeArchives(), FakeSchedules()
        self.users, self.queue = FakeUsers(), FakeQueue()
        self.now = NOW
        self.proofs: list[dict[str, int]] = []
        self.silent: set[Provider] = set()
        for tenant_id in (ACME, GLOBEX):
            self._settle(tenant_id)

    def close(self, confirm: str = "Acme") -> Tenant:
        """Announce Acme's end."""
        return close(
            ACME,
            confirm=confirm,
            asked_by="account:ada",
            tenants=self.stores.tenants,
            jobs=self.stores.jobs,
            schedules=self.schedules,
            now=self.now,
        )

    def call_off(self) -> Tenant:
        """Take it back."""
        return call_off(ACME, tenants=self.stores.tenants, now=self.now)

    @property
    def due(self) -> JobDue:
        """What the last schedule of a run hands over."""
        tenant_id, job_id = list(self.schedules.jobs)[-1]
        return JobDue(tenant_id=tenant_id, job_id=job_id)

    def deliver(self, due: JobDue) -> None:
        """Handle one message as the run function does."""
        stores = self.stores
        try:
            run_step(
                due,
                jobs=stores.jobs,
                deliveries=stores.deliveries,
                queue=self.queue,
                take=self._take,
                clock=lambda: self.now,
            )
        except NotFound:
            sweep(ACME, tenants=stores.tenants, partition=stores.partition, tell=self._tell, now=self.now)

    def carry_out(self, due: JobDue) -> None:
        """Deliver a message until it is done with, and all that it leads to."""
        waiting = [due]
        while waiting:
            try:
                self.deliver(waiting[0])
                waiting.pop(0)
            except UpstreamUnavailable:
                pass
            waiting += [put.message for put in self.queue.puts if isinstance(put.message, JobDue)]
            self.queue.puts.clear()

    def left_of(self, tenant_id: TenantId) -> int:
        """How much there is of a tenant, in every place; asking erases its rows."""
        logins = sum(self.users.find(f"{name}@{tenant_id}.test") is not None for name in ("ada", "bob"))
        clockwork = [key for key in self.schedules.recurring if key[0] == tenant_id]
        files = [key for key in self.archives.files if key[0] == tenant_id]
        return logins + len(clockwork) + len(files) + self.stores.partition.erase(tenant_id)

    def _take(self, known: Job) -> Step | None:
        return delete(
            known,
            tenants=self.stores.tenants,
            connections=self.stores.connections,
            let_go=self._let_go,
            schedules=self.schedules,
            accounts=self.stores.accounts,
            users=self.users,
            archives=self.archives,
            partition=self.stores.partition,
            queue=self.queue,
            tell=self._tell,
            now=self.now,
        )

    def _let_go(self, provider: Provider) -> bool:
        self.stores.connections.remove(ACME, provider)
        return provider not in self.silent

    def _tell(self, counts: object) -> None:
        assert isinstance(counts, dict)
        self.proofs.append(counts)

    def _settle(self, tenant_id: TenantId) -> None:
        stores = self.stores
        stores.tenants.put(a_tenant(tenant_id))
        stores.directory.put_members(tenant_id, [a_member()])
        stores.tickets.put(tenant_id, a_ticket())
        stores.messages.record(tenant_id, a_message(), keep_days=9)
        stores.decisions.save(a_decision(tenant_id))
        for provider in (Provider.SLACK, Provider.LINEAR):
            stores.connections.put(a_connection(tenant_id, provider))
        for name in ("ada", "bob"):
            email = f"{name}@{tenant_id}.test"
            user_id = self.users.register(email, PASSWORD, tenant_id=tenant_id)
            stores.accounts.put(an_account(tenant_id, name, id=user_id, email=email))
        wish = Subscription(member_id="U0ADA")
        stores.subscriptions.put(tenant_id, wish)
        self.schedules.put(tenant_id, a_member(), wish)
        self.archives.publish(tenant_id, "export.zip", b"zip")


def test_an_announced_end_leaves_everything_as_it_is() -> None:
    """A week to think again: the state says so, and the clockwork knows when."""
    house = Undertaker()

    closing = house.close()

    assert (TenantState.CLOSING, END) == (closing.state, closing.closes_at)
    assert closing == house.stores.tenants.get(ACME)
    assert {(ACME, house.due.job_id): END} == house.schedules.jobs
    assert [a_ticket()] == list(house.stores.tickets.all(ACME))


@pytest.mark.parametrize("confirm", ["acme", "", "Acme "])
def test_an_end_has_to_be_meant(confirm: str) -> None:
    """Whoever wants it writes the tenant's name as it is."""
    house = Undertaker()

    with pytest.raises(InvalidRequest, match="exact name"):
        house.close(confirm)

    assert ({}, TenantState.ACTIVE) == (house.schedules.jobs, house.stores.tenants.get(ACME).state)


def test_an_end_is_announced_once() -> None:
    """A second announcement would move it."""
    house = Undertaker()
    house.close()

    with pytest.raises(Conflict):
        house.close()


def test_an_end_that_comes_too_early_waits_for_its_time() -> None:
    """A message delivered early, or a clock that is behind, destroys nothing and forgets nothing."""
    house = Undertaker()
    house.close()
    due = house.due
    house.schedules.jobs.clear()
    house.now = END - timedelta(seconds=1)

    house.carry_out(due)

    assert {(ACME, due.job_id): END} == house.schedules.jobs
    assert ([], JobState.WAITING) == (house.proofs, house.stores.jobs.get(ACME, due.job_id).state)
    assert [a_ticket()] == list(house.stores.tickets.all(ACME))


def test_an_end_that_was_called_off_does_not_come() -> None:
    """The clockwork strikes and finds a tenant that lives."""
    house = Undertaker()
    house.close()

    restored = house.call_off()
    house.now = END
    house.carry_out(house.due)

    assert (TenantState.ACTIVE, None) == (restored.state, restored.closes_at)
    ended = house.stores.jobs.get(ACME, house.due.job_id)
    assert (JobState.DONE, ({"called_off": True},)) == (ended.state, ended.results)
    assert [a_ticket()] == list(house.stores.tickets.all(ACME))


def test_the_clockwork_of_an_end_that_was_called_off_does_not_hasten_the_next() -> None:
    """Announced, called off and announced again: a week from the last announcement."""
    house = Undertaker()
    house.close()
    first = house.due
    house.call_off()
    house.now = NOW + timedelta(days=3)
    house.close()
    second = house.due

    house.now = END
    house.carry_out(first)
    alive = list(house.stores.tickets.all(ACME))
    house.now = NOW + timedelta(days=3) + GRACE
    house.carry_out(second)

    assert [a_ticket()] == alive
    assert 0 == house.left_of(ACME)


@pytest.mark.parametrize("state", [TenantState.ACTIVE, TenantState.CLOSING])
def test_what_is_not_closing_or_is_over_cannot_be_called_off(state: TenantState) -> None:
    """Half a tenant cannot be given back."""
    house = Undertaker()
    house.stores.tenants.put(a_tenant(state=state, closes_at=NOW if state is TenantState.CLOSING else None))

    with pytest.raises(Conflict):
        house.call_off()


def test_at_the_end_nothing_is_left_and_the_log_says_of_what() -> None:
    """Vendors, schedules, logins, files, rows; the other tenant has all of its own."""
    house, untouched = Undertaker(), Undertaker().left_of(GLOBEX)
    house.close()
    house.silent = {Provider.LINEAR}
    house.now = END

    house.carry_out(house.due)

    proof, late = house.proofs
    assert 5 < proof["rows"]
    assert {
        "connections": 2,
        "revoked": 1,
        "schedules": 1 + 1,
        "logins": 2,
        "files": 1,
        "rows": proof["rows"],
        "left": 0,
    } == proof
    assert {"rows": 0, "left": 0} == late
    assert (0, untouched) == (house.left_of(ACME), house.left_of(GLOBEX))


def test_a_login_goes_whatever_its_address_is_by_now() -> None:
    """It is known by its id; somebody of another tenant who has the address since stays."""
    house = Undertaker()
    house.close()
    house.now = END
    house.users.known["ada@elsewhere.test"] = house.users.known.pop("ada@acme.test")
    house.users.register("ada@acme.test", PASSWORD, tenant_id=GLOBEX)

    house.carry_out(house.due)

    assert 2 == house.proofs[0]["logins"]
    assert {"ada@acme.test", "ada@globex.test", "bob@globex.test"} == house.users.known.keys()


def test_rows_that_come_in_late_are_looked_for_once_more() -> None:
    """What was on its way through the queues when the tenant ended has arrived by then."""
    house = Undertaker()
    house.close()
    house.now, due = END, house.due
    while not house.proofs:
        house.deliver(due)
    again = house.queue.puts[-1]
    house.stores.tickets.put(ACME, a_ticket(99))

    house.deliver(JobDue.model_validate(again.message.model_dump()))

    assert LATE_SECONDS == again.delay_seconds
    assert (1, 0) == (house.proofs[-1]["rows"], house.left_of(ACME))


@given(st.lists(st.sampled_from(["schedules", "users", "archives", "partition", "queue", "run_log"]), max_size=8))
def test_an_end_comes_whatever_interrupts_it(failing: list[str]) -> None:
    """After any failure the message comes again, and goes on where it was."""
    house = Undertaker()
    house.close()
    house.now, due = END, house.due
    places = {
        "schedules": (house.schedules, "remove_all"),
        "users": (house.users, "delete"),
        "archives": (house.archives, "erase"),
        "partition": (house.stores.partition, "erase"),
        "queue": (house.queue, "put"),
        "run_log": (house.stores.jobs, "put"),
    }
    for name in failing:
        _fail_once(*places[name])

    house.carry_out(due)

    assert {"left": 0}.items() <= house.proofs[-1].items()
    assert 0 == house.left_of(ACME)


def test_an_end_that_was_interrupted_while_rows_went_is_finished() -> None:
    """The run's own row may be gone already, and the tenant's; the message still knows whose end it is."""
    for gone in (True, False):
        house = Undertaker()
        house.close()
        house.now, due = END, house.due
        house.stores.jobs = type(house.stores.jobs)()
        if gone:
            house.stores.tenants = type(house.stores.tenants)()

        house.carry_out(due)

        assert 1 == len(house.proofs)
        assert not house.stores.tickets.all(ACME)


def test_a_message_of_a_run_nobody_knows_harms_no_living_tenant() -> None:
    """It may be of last year; only what is over is erased."""
    house = Undertaker()

    house.carry_out(JobDue(tenant_id=ACME, job_id="of-last-year"))
    house.close()
    house.carry_out(JobDue(tenant_id=ACME, job_id="of-last-year"))

    assert ([], [a_ticket()]) == (house.proofs, list(house.stores.tickets.all(ACME)))


def test_rows_that_keep_coming_in_leave_the_end_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nobody says that nothing is left; the queue has it tried again."""
    house = Undertaker()
    house.close()
    house.now, due = END, house.due
    monkeypatch.setattr(house.stores.partition, "erase", lambda tenant_id: 1)
    for _ in range(4):
        house.deliver(due)

    with pytest.raises(UpstreamUnavailable, match="keep coming in"):
        house.deliver(due)

    assert [] == house.proofs


def _fail_once(place: object, method: str) -> None:
    """Make a method fail at its next call, and once more for each time this is asked."""
    works = getattr(place, method)

    def failing(*given: object, **named: object) -> object:
        setattr(place, method, works)
        raise UpstreamUnavailable("away for a moment")

    setattr(place, method, failing)
