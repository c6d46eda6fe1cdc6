"""How a tenant fares is counted from what is stored, and no word of anybody comes along."""

from datetime import timedelta

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.jobs import JobKind, JobState, Order
from pm_assistant.domain.tenants import Provider, Standing, Suspension
from pm_assistant.workflows.operator.health import look_at_health
from tests.builders import (
    ACME,
    ENG,
    GLOBEX,
    NOW,
    a_connection,
    a_decision,
    a_job,
    a_member,
    a_message,
    a_pull_request,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.unit import FakeUnit

HOUR = timedelta(hours=1)
CANARY = "quetzal"


@pytest.fixture
def unit() -> FakeUnit:
    """Acme with next to nothing."""
    made = FakeUnit()
    made.stores.tenants.put(a_tenant())
    return made


def test_a_tenant_is_seen_with_its_vendors_people_runs_and_costs(unit: FakeUnit) -> None:
    """Each from its own store, and of the tenant alone."""
    stores, earlier = unit.stores, NOW - 3 * HOUR
    stores.connections.put(a_connection(broken_since=earlier, broken_reason="revoked"))
    stores.connections.put(a_connection(GLOBEX, Provider.GITHUB))
    stores.connection_states.note(ACME, Provider.SLACK, event_at=earlier)
    left = a_member("bob").model_copy(update={"standings": dict.fromkeys(a_member("bob").accounts, Standing.LEFT)})
    stores.directory.put_members(ACME, [a_member(), left])
    stores.accounts.put(an_account())
    stores.model_months.add(ACME, "2026-11", microdollars=1_250_000)
    stores.model_months.add(ACME, "2026-10", microdollars=1_000_000)
    for number, state in enumerate((JobState.FAILED, JobState.WAITING, JobState.DONE)):
        stores.jobs.put(a_job(id=f"job-{number}", state=state, created_at=earlier, updated_at=NOW))
    old = NOW - timedelta(days=8)
    stores.jobs.put(a_job(id="job-old", state=JobState.FAILED, created_at=old, updated_at=old))
    stores.jobs.put(a_job(id="job-end", order=Order(kind=JobKind.DELETE), created_at=old, updated_at=old))

    health = look_at_health(stores.tenants.get(ACME), unit)

    [slack] = health.vendors
    assert (Provider.SLACK, earlier, earlier, None) == (
        slack.provider,
        slack.broken_since,
        slack.last_event_at,
        slack.unavailable_since,
    )
    assert (1, 1) == (health.people, health.accounts)
    assert ("2026-11", 1, 1.25) == (health.month, health.judgements, health.cost_dollars)
    assert (1, earlier) == (health.failed_runs, health.oldest_run_at)
    assert health.is_troubled
    assert health == stores.healths.get(ACME)


def test_what_is_to_be_carried_out_and_what_failed_is_seen(unit: FakeUnit) -> None:
    """Of the last day."""
    for number, (state, ago) in enumerate(
        [
            (DecisionState.QUEUED, 1),
            (DecisionState.ACTING, 2),
            (DecisionState.FAILED, 3),
            (DecisionState.FAILED, 30),
            (DecisionState.DONE, 4),
            (DecisionState.DONE, 5),
            (DecisionState.DONE, 31),
        ]
    ):
        at = NOW - ago * HOUR
        unit.stores.decisions.save(a_decision(id=f"d-{number}", state=state, created_at=at, updated_at=at))

    health = look_at_health(unit.stores.tenants.get(ACME), unit)

    assert (2, NOW - 2 * HOUR) == (health.waiting_actions, health.oldest_action_at)
    assert (1, 2) == (health.failed_actions, health.done_actions)


def test_each_decision_of_a_month_is_counted_once_however_often_it_is_looked_at(unit: FakeUnit) -> None:
    """What was logged right now is counted next time, when the index surely has it; a new month begins at none."""
    tenant = unit.stores.tenants.get(ACME)

    def log(id: str) -> None:
        unit.stores.decisions.save(a_decision(id=id, created_at=unit.at, updated_at=unit.at))

    log("first")
    assert 0 == look_at_health(tenant, unit).decisions
    unit.at += HOUR
    log("second")
    assert [1, 1] == [look_at_health(tenant, unit).decisions for _ in range(2)]
    unit.at += 3 * 24 * HOUR
    assert [2, 2] == [look_at_health(tenant, unit).decisions for _ in range(2)]
    unit.at = NOW.replace(month=12, day=1, hour=1)
    log("third")
    unit.at += HOUR
    assert ("2026-12", 1) == ((health := look_at_health(tenant, unit)).month, health.decisions)


def test_no_word_of_anybody_is_in_it(unit: FakeUnit) -> None:
    """Neither what was said, planned, built, decided or noted, nor what people and places are called."""
    stores = unit.stores
    stores.connections.put(
        a_connection(name=CANARY, broken_since=NOW, broken_reason=CANARY, connected_by=CANARY, base_url=CANARY)
    )
    named = {"name": CANARY, "email": f"{CANARY}@acme.test"}
    stores.directory.put_members(ACME, [a_member().model_copy(update=named)])
    stores.directory.put_teams(ACME, [ENG.model_copy(update={"name": CANARY})])
    stores.accounts.put(an_account(email=f"{CANARY}@acme.test"))
    stores.messages.record(ACME, a_message(text=CANARY), keep_days=9)
    stores.tickets.put(ACME, a_ticket(title=CANARY))
    stores.code.record(ACME, a_pull_request(title=CANARY), keep_days=9)
    action = CreateTicket(title=CANARY, description=CANARY)
    for number, state in enumerate(DecisionState):
        stores.decisions.save(a_decision(action=action, id=f"d-{number}", state=state, reason=CANARY, error=CANARY))
    stores.jobs.put(a_job(state=JobState.FAILED, error=CANARY, results=({"text": CANARY},), asked_by=CANARY))

    health = look_at_health(stores.tenants.get(ACME), unit)

    assert (1, 1, 1) == (health.people, health.failed_runs, health.failed_actions)
    assert CANARY not in health.model_dump_json()


def test_that_it_is_suspended_is_seen(unit: FakeUnit) -> None:
    """And why, in an operator's own words."""
    tenant = a_tenant(suspension=Suspension(began_at=NOW, reason="unpaid"))

    health = look_at_health(tenant, unit)

    assert (NOW, "unpaid") == (health.suspended_since, health.suspended_because)
