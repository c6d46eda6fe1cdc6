"""What models cost is counted alike in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.spending import ModelMonth
from pm_assistant.ports.unit import Stores
from tests.builders import NOW
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

NOVEMBER, DECEMBER = "2026-11", "2026-12"


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_every_judgement_is_counted_where_it_belongs(stores: Stores) -> None:
    """By tenant and month; each count says how the month stands with it."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    months = stores.model_months

    sums = [months.add(tenant_id, NOVEMBER, microdollars=cost) for cost in (300, 0, 12)]

    assert [ModelMonth(microdollars=cost, judgements=n) for n, cost in ((1, 300), (2, 300), (3, 312))] == sums
    assert sums[-1] == months.get(tenant_id, NOVEMBER)
    assert ModelMonth() == months.get(tenant_id, DECEMBER) == months.get(other, NOVEMBER)


def test_it_is_known_since_when_a_model_does_not_answer(stores: Stores) -> None:
    """Since the first time; an answer ends it, and nothing of the count is lost by it."""
    tenant_id, months = a_new_tenant(), stores.model_months
    months.add(tenant_id, NOVEMBER, microdollars=5)

    since = [months.unanswered(tenant_id, NOVEMBER, at=NOW + timedelta(minutes=n)) for n in range(2)]

    assert [NOW, NOW] == since
    assert ModelMonth(microdollars=5, judgements=1, unanswered_since=NOW) == months.get(tenant_id, NOVEMBER)
    assert ModelMonth(microdollars=7, judgements=2) == months.add(tenant_id, NOVEMBER, microdollars=2)
    assert NOW + timedelta(hours=1) == months.unanswered(tenant_id, NOVEMBER, at=NOW + timedelta(hours=1))
