"""Have a vendor send again what did not arrive, whether the outage was ours or its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.workflows.accounts.audit import SYSTEM
from pm_assistant.workflows.connections.gaps import stretch_of
from pm_assistant.workflows.jobs import LEASE, new_job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pm_assistant.domain.deliveries import Delivery
    from pm_assistant.domain.jobs import Job
    from pm_assistant.domain.tenants import Provider
    from pm_assistant.ports.unit import Unit
    from pm_assistant.ports.vendors import Redelivery

MOST_PAGES = 50
"""Of what did not arrive since the last time; the latest are sent again."""
MOST_TIMES, WITHIN = 8, timedelta(days=3)
"""How often one event is sent again: what we cannot take then is not to go round for ever."""


def redeliver(provider: Provider, unit: Unit) -> int:
    """Have everything sent again that did not arrive since the last time, oldest first; returns how much that was.

    How far it has come is noted after each, so what is interrupted sends one twice at most, which does no harm. What is
    about a workspace that nobody has connected, or what we refused, is left alone.

    Raises:
        RateLimited: the vendor wants to be asked later; what was sent again is noted.
        UpstreamUnavailable: it did not answer; repeat.
    """
    try:
        redelivery = unit.redelivery(provider)
    except NotFound:
        return 0
    with unit.lease(f"redelivery|{provider}", lasts=LEASE):
        noted, count = _noted(provider, unit), 0
        for delivery in sorted(_since(int(noted.cursor or 0), redelivery), key=lambda each: each.id):
            if _is_wanted(delivery, provider, unit):
                count += _sent_again(delivery, provider, redelivery, unit)
            noted = noted.model_copy(update={"cursor": str(delivery.id), "updated_at": unit.now()})
            unit.stores.jobs.put(noted)
    return count


def _sent_again(delivery: Delivery, provider: Provider, redelivery: Redelivery, unit: Unit) -> bool:
    """Have one sent again; whose it is sees the stretch of time that it is of among the gaps."""
    is_sent = redelivery.send_again(delivery)
    connection = unit.stores.connections.resolve(provider, delivery.external_id or "")
    if connection is not None:
        gap = stretch_of(provider, delivery.at)
        repaired_at = unit.now() if is_sent else None
        unit.stores.readings.put_gap(connection.tenant_id, gap.model_copy(update={"repaired_at": repaired_at}))
    return is_sent


def _noted(provider: Provider, unit: Unit) -> Job:
    """The job that notes how far we have come; it never ends."""
    try:
        return unit.stores.jobs.get(unit.tenant_id, provider.value)
    except NotFound:
        order = Order(kind=JobKind.CATCH_UP, dry_run=False)
        return new_job(order, tenant_id=unit.tenant_id, asked_by=SYSTEM, now=unit.now(), job_id=provider.value)


def _since(last_seen: int, redelivery: Redelivery) -> Sequence[Delivery]:
    found: list[Delivery] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = redelivery.failed(cursor=cursor)
        found += [delivery for delivery in page.deliveries if delivery.id > last_seen]
        cursor = page.cursor
        if cursor is None or any(delivery.id <= last_seen for delivery in page.deliveries):
            break
    return found


def _is_wanted(delivery: Delivery, provider: Provider, unit: Unit) -> bool:
    if not delivery.may_arrive or delivery.external_id is None:
        return False
    if unit.stores.connections.resolve(provider, delivery.external_id) is None:
        return False
    window = int(WITHIN.total_seconds())
    times = unit.stores.rate_limiter.count(f"redelivery|{delivery.event_id}", now=unit.now(), window_seconds=window)
    return times <= MOST_TIMES
