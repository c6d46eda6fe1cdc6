"""A tenant's end on DynamoDB: not even what the run itself holds on to is left."""

from pm_assistant.aws.stores import DynamoStores
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Job, JobDue, JobKind, Order, Step
from pm_assistant.domain.tenants import Provider, TenantState
from pm_assistant.workflows.jobs import run_step
from pm_assistant.workflows.tenants.closing import GRACE, delete, sweep
from tests.aws.emulated import dynamo
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_decision, a_job, a_message, a_tenant, a_ticket, an_account
from tests.fakes.accounts import FakeUsers
from tests.fakes.stores import FakeArchives, FakeQueue, FakeSchedules

END = NOW + GRACE


def deliver(due: JobDue, stores: DynamoStores, queue: FakeQueue, proofs: list[object]) -> None:
    """Handle one message at the end, as the run function does."""

    def let_go(provider: Provider) -> bool:
        stores.connections.remove(ACME, provider)
        return True

    def take(known: Job) -> Step | None:
        return delete(
            known,
            tenants=stores.tenants,
            connections=stores.connections,
            let_go=let_go,
            schedules=FakeSchedules(),
            accounts=stores.accounts,
            users=FakeUsers(),
            archives=FakeArchives(),
            partition=stores.partition,
            queue=queue,
            tell=proofs.append,
            now=END,
        )

    try:
        run_step(due, jobs=stores.jobs, deliveries=stores.deliveries, queue=queue, take=take, clock=lambda: END)
    except NotFound:
        sweep(ACME, tenants=stores.tenants, partition=stores.partition, tell=proofs.append, now=END)


def test_the_partition_is_empty_afterwards_and_the_neighbours_is_not() -> None:
    """Row by row: no lease, no run, no claim on an outside id; also after the message that looks for late rows."""
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
        due, queue, proofs = JobDue(tenant_id=ACME, job_id=closing.id), FakeQueue(), list[object]()

        for _ in range(6):
            deliver(due, stores, queue, proofs)

        assert [] == [row.sk for row in Row.each(ACME)]
        assert neighbours == len(list(Row.each(GLOBEX)))
        assert set() == {row.pk for row in Row.scan() if ACME in row.pk}
        assert 2 == len(proofs)
