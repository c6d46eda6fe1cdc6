"""A tenant's end on DynamoDB: not even what the job itself holds on to is left."""

from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import JobDue, JobKind, Order
from pm_assistant.domain.tenants import TenantState
from pm_assistant.workflows.jobs import run_step
from pm_assistant.workflows.tenants.closing import GRACE, delete_tenant, sweep
from tests.aws.emulated import dynamo
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_decision, a_job, a_message, a_tenant, a_ticket, an_account
from tests.fakes.unit import FakeUnit

END = NOW + GRACE


def deliver(due: JobDue, unit: FakeUnit) -> bool:
    """Handle one message as the run function does; whether it found the tenant erased, or erased it."""
    try:
        job = run_step(due, {JobKind.DELETE: delete_tenant}, unit)
    except NotFound:
        return sweep(unit) is not None
    return job is not None and job.erased


def test_the_partition_is_empty_afterwards_and_the_neighbours_is_not() -> None:
    """Row by row: no lease, no job, no claim on an outside id; also after the message that looks for late rows."""
    with dynamo() as stores:
        for tenant_id in (ACME, GLOBEX):
            stores.tenants.put(a_tenant(tenant_id))
            stores.accounts.put(an_account(tenant_id))
            stores.connections.put(a_connection(tenant_id))
            stores.tickets.put(tenant_id, a_ticket())
            stores.messages.record(tenant_id, a_message(), keep_days=9)
            stores.decisions.save(a_decision(tenant_id))
        neighbours = len(list(Row.each(GLOBEX)))
        closing = a_job(order=Order(kind=JobKind.DELETE, dry_run=False), created_at=NOW)
        stores.jobs.put(closing)
        stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=END))
        due, unit = JobDue(tenant_id=ACME, job_id=closing.id), FakeUnit(at=END)
        vars(unit)["stores"] = stores

        proofs = [deliver(due, unit) for _ in range(7)]

        assert [] == [row.sk for row in Row.each(ACME)]
        assert neighbours == len(list(Row.each(GLOBEX)))
        assert set() == {row.pk for row in Row.scan() if ACME in row.pk}
        assert [False] * 5 + [True] * 2 == proofs
