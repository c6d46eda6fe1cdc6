"""Long work goes one step further here."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial

from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.jobs import Job, JobDue, JobKind, Step
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import batch_handler, cause_of
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.loss import noticing_loss
from pm_assistant.runtime.settings import RunSettings, load
from pm_assistant.workflows.connections.catching_up import catch_up
from pm_assistant.workflows.connections.disconnect import disconnect
from pm_assistant.workflows.corridor.backfill import go_over
from pm_assistant.workflows.jobs import give_up, run_step
from pm_assistant.workflows.reports.send import go_round
from pm_assistant.workflows.tenants.closing import delete, sweep
from pm_assistant.workflows.tenants.export import export
from pm_assistant.workflows.tenants.import_archive import bring

settings = cache(lambda: load(RunSettings))
clock = partial(datetime.now, UTC)


def on_due(due: JobDue) -> None:
    """Take one step of one run."""
    env = settings()
    stores = wiring.stores(env.table_name)
    queue = wiring.queue(env.source_queue_url)
    try:
        after = run_step(due, jobs=stores.jobs, deliveries=stores.deliveries, queue=queue, take=_take, clock=clock)
    except NotFound:
        # Its tenant's end may have been interrupted after it had erased this very run.
        tell = partial(_erased, due.tenant_id)
        sweep(due.tenant_id, tenants=stores.tenants, partition=stores.partition, tell=tell, now=clock())
        return
    if after is not None:
        about = {"tenant": after.tenant_id, "run": after.id, "kind": after.order.kind, "state": after.state}
        logger().info("run went on", extra={**about, "done": after.done, "total": after.total, "error": after.error})


def on_given_up(due: JobDue, error: Exception) -> None:
    """Note that a run has failed, unless the message only kept meeting another that was at work on it."""
    if not isinstance(error, Conflict):
        give_up(due, cause_of(error), jobs=wiring.stores(settings().table_name).jobs, now=clock())


def _take(known: Job) -> Step | None:
    env = settings()
    with noticing_loss(known.tenant_id, table_name=env.table_name, reports_queue_url=env.reports_queue_url):
        return STEPS[known.order.kind](known, env)


def _process(known: Job, env: RunSettings) -> Step:
    stores = wiring.stores(env.table_name)
    return go_over(
        known,
        tenants=stores.tenants,
        messages=stores.messages,
        analyst=partial(wiring.analyst, env),
        tickets=stores.tickets,
        directory=stores.directory,
        connections=stores.connections,
        events=wiring.queue(env.events_queue_url),
        burst_gap_seconds=env.burst_gap_seconds,
        clock=clock,
    )


def _report(known: Job, env: RunSettings) -> Step:
    stores = wiring.stores(env.table_name)
    return go_round(
        known,
        directory=stores.directory,
        tickets=stores.tickets,
        decisions=stores.decisions,
        deliveries=stores.deliveries,
        subscriptions=stores.subscriptions,
        reports=wiring.queue(env.reports_queue_url),
    )


def _sync(known: Job, env: RunSettings) -> Step:
    stores = wiring.stores(env.table_name)
    return catch_up(
        known,
        tenants=stores.tenants,
        connections=stores.connections,
        states=stores.connection_states,
        chat=partial(wiring.chat, known.tenant_id, env),
        tracker=partial(wiring.tracker, known.tenant_id, env),
        directory=stores.directory,
        tickets=stores.tickets,
        messages=stores.messages,
        now=clock(),
    )


def _export(known: Job, env: RunSettings) -> Step:
    archives = wiring.archives(env.archives_bucket)
    return export(known, partition=wiring.stores(env.table_name).partition, archives=archives)


def _import(known: Job, env: RunSettings) -> Step:
    stores = wiring.stores(env.table_name)
    return bring(
        known,
        archives=wiring.archives(env.archives_bucket),
        partition=stores.partition,
        tenants=stores.tenants,
        states=stores.connection_states,
        directory=stores.directory,
        subscriptions=stores.subscriptions,
        schedules=wiring.schedules(env),
        tickets=stores.tickets,
        messages=stores.messages,
        decisions=stores.decisions,
    )


def _delete(known: Job, env: RunSettings) -> Step | None:
    stores = wiring.stores(env.table_name)
    return delete(
        known,
        tenants=stores.tenants,
        connections=stores.connections,
        let_go=partial(_let_go, known.tenant_id, env),
        schedules=wiring.schedules(env),
        accounts=stores.accounts,
        users=wiring.users(env.user_pool_id, env.client_id),
        archives=wiring.archives(env.archives_bucket),
        partition=stores.partition,
        queue=wiring.queue(env.source_queue_url),
        tell=partial(_erased, known.tenant_id),
        now=clock(),
    )


def _let_go(tenant_id: TenantId, env: RunSettings, provider: Provider) -> bool:
    stores = wiring.stores(env.table_name)
    return disconnect(
        tenant_id,
        provider,
        force=True,
        connections=stores.connections,
        states=stores.connection_states,
        leases=stores.refresh_leases,
        vault=wiring.vault(env.kms_key_id),
        app=partial(wiring.oauth_app, provider, env),
        clock=clock,
        wait=time.sleep,
    )


def _erased(tenant_id: TenantId, counts: Mapping[str, int]) -> None:
    logger().info("tenant erased", extra={"tenant": tenant_id, **counts})


STEPS: Mapping[JobKind, Callable[[Job, RunSettings], Step | None]] = {
    JobKind.PROCESS: _process,
    JobKind.MOVE_TICKETS: _process,
    JobKind.STANDUP: _report,
    JobKind.WEEKLY: _report,
    JobKind.SYNC: _sync,
    JobKind.EXPORT: _export,
    JobKind.IMPORT: _import,
    JobKind.DELETE: _delete,
}
handler = batch_handler(JobDue, on_due, settings, on_given_up)
