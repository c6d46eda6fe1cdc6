"""How tenants fare, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_health
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened
from tests.fakes.aws import FakeStageMetrics


@pytest.fixture(params=IMPLEMENTATIONS)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Stores of no other test: the list is of all tenants."""
    with opened(request.param) as fresh:
        yield fresh


def test_what_was_last_seen_is_kept(stores: Stores) -> None:
    """In the place of what was seen before."""
    tenant_id = a_new_tenant()
    assert stores.healths.get(tenant_id) is None
    for people in (1, 2):
        stores.healths.put(a_health(tenant_id, people=people))

    assert a_health(tenant_id, people=2) == stores.healths.get(tenant_id)


def test_each_day_is_remembered_as_it_ended(stores: Stores) -> None:
    """The latest first, so many at a time, and another tenant's are not among them."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    for hours in (0, 1, 24, 50):
        stores.healths.put(a_health(tenant_id, people=hours, looked_at=NOW + timedelta(hours=hours)))
    stores.healths.put(a_health(other, people=7))

    assert [50, 24, 1] == [health.people for health in stores.healths.days(tenant_id, limit=9)]
    latest, *_ = stores.healths.days(tenant_id, limit=1)
    assert [24, 1] == [
        health.people for health in stores.healths.days(tenant_id, before=latest.looked_at.date(), limit=9)
    ]
    assert [] == list(stores.healths.days(a_new_tenant(), limit=9))


def test_how_the_stage_fares_is_kept_as_it_was_last_seen(stores: Stores) -> None:
    """And is among no tenant's."""
    assert stores.healths.stage() is None
    for hours in (0, 1):
        stores.healths.put_stage(FakeStageMetrics().read(NOW + timedelta(hours=hours)))

    assert FakeStageMetrics().read(NOW + timedelta(hours=1)) == stores.healths.stage()
    assert [] == list(stores.healths.page(limit=9))


def test_all_are_listed_page_by_page_and_the_troubled_first(stores: Stores) -> None:
    """Whoever recovers goes to the others, and who is erased is not listed any more."""
    well, ill, gone = sorted(a_new_tenant() for _ in range(3))
    for tenant_id, failed in ((well, 0), (ill, 3), (gone, 0)):
        stores.healths.put(a_health(tenant_id, failed_runs=failed))
    if (partition := getattr(stores, "partition", None)) is not None:
        partition.erase(gone)

    [first] = stores.healths.page(limit=1)
    assert ill == first.tenant_id
    assert [well] == [health.tenant_id for health in stores.healths.page(after=first.place, limit=9)]
    stores.healths.put(a_health(ill))
    assert {well, ill} == {health.tenant_id for health in stores.healths.page(limit=9)}
    assert not any(health.is_troubled for health in stores.healths.page(limit=9))


@pytest.mark.parametrize(
    "change",
    [{"failed_actions": 1}, {"failed_runs": 1}, {"suspended_since": NOW}, {"oldest_run_at": NOW.replace(day=1)}],
)
def test_somebody_should_look_at_what_failed_waits_or_is_suspended(change: dict[str, Any]) -> None:
    """At nothing else."""
    assert a_health(**change).is_troubled
    assert not a_health(people=9, decisions=9, cost_dollars=9.0, oldest_run_at=NOW).is_troubled
