"""Look at how a tenant fares, every hour and whenever an operator asks: nothing is scanned when the list is read."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.health import TenantHealth, VendorHealth
from pm_assistant.domain.jobs import Job, JobKind, JobState
from pm_assistant.domain.spending import DOLLAR, month_of
from pm_assistant.domain.tenants import Activity, Connection, Tenant
from pm_assistant.ports.unit import Unit

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
LAGS = timedelta(minutes=5)
"""What was logged within so long may not show in the index yet: it is counted next time."""
MOST_JOBS = 50


def look_at_health(tenant: Tenant, unit: Unit) -> TenantHealth:
    """Look how a tenant fares, and keep it for the list of all. Looking again counts nothing twice."""
    stores, now = unit.stores, unit.now()
    before, month = stores.healths.get(tenant.id), month_of(now)
    counted_from, counted_until = _to_be_counted(before, now)
    with unit.side_by_side() as reads:
        found_connections = reads.submit(stores.connections.with_activity, tenant.id)
        found_members = reads.submit(stores.directory.members, tenant.id)
        found_accounts = reads.submit(stores.accounts.all, tenant.id)
        found_jobs = reads.submit(stores.jobs.latest, tenant.id, limit=MOST_JOBS)
        found_spending = reads.submit(stores.model_months.get, tenant.id, month)
        decisions = stores.decisions.since(tenant.id, min(counted_from, now - A_DAY))
    jobs, spending = [job.seen(now) for job in found_jobs.result()], found_spending.result()
    waiting = [decision for decision in decisions if decision.unfinished]
    counted = sum(counted_from <= decision.created_at < counted_until for decision in decisions)
    health = TenantHealth.of(tenant, month=month, at=now).model_copy(
        update={
            "vendors": tuple(_vendor(*found) for found in found_connections.result()),
            "people": sum(not member.left for member in found_members.result()),
            "accounts": len(found_accounts.result()),
            "decisions": counted + (before.decisions if before is not None and before.month == month else 0),
            "judgements": spending.judgements,
            "cost_dollars": spending.microdollars / DOLLAR,
            "waiting_actions": len(waiting),
            "oldest_action_at": min(map(_waits_since, waiting), default=None),
            "failed_actions": _ended_since(now - A_DAY, DecisionState.FAILED, decisions),
            "done_actions": _ended_since(now - A_DAY, DecisionState.DONE, decisions),
            "oldest_run_at": min((job.created_at for job in jobs if _waits(job)), default=None),
            "failed_runs": sum(job.state is JobState.FAILED and now - job.updated_at < A_WEEK for job in jobs),
            "counted_until": counted_until,
        }
    )
    stores.healths.put(health)
    return health


def _to_be_counted(before: TenantHealth | None, now: datetime) -> tuple[datetime, datetime]:
    """The stretch of time whose decisions have not been counted: of this month at most, and not of right now."""
    month_began = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counted_from = max(month_began, before.counted_until) if before is not None else month_began
    return counted_from, max(counted_from, now - LAGS)


def _vendor(connection: Connection, activity: Activity) -> VendorHealth:
    return VendorHealth(
        provider=connection.provider,
        broken_since=connection.broken_since,
        unavailable_since=connection.availability.failing_since if connection.availability.retry_at else None,
        last_event_at=activity.last_event_at,
        last_reading_at=activity.last_sync_at,
    )


def _waits_since(decision: Decision) -> datetime:
    return decision.waiting.since if decision.waiting is not None else decision.updated_at


def _ended_since(since: datetime, state: DecisionState, decisions: Iterable[Decision]) -> int:
    return sum(decision.state is state and decision.updated_at >= since for decision in decisions)


def _waits(job: Job) -> bool:
    """Whether it is to go on; the end of a tenant waits for its day."""
    return not job.finished and job.order.kind is not JobKind.DELETE
