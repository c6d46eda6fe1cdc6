"""What was used is counted alike in memory and on DynamoDB, and outside ids mean one tenant alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.usage import QuotaMonth
from pm_assistant.ports.unit import Stores
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

NOVEMBER, DECEMBER = "2026-11", "2026-12"


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_what_is_reserved_is_counted_where_it_belongs(stores: Stores) -> None:
    """By tenant and month, up to what there is, and not again once it is given back."""
    tenant_id, other, quotas = a_new_tenant(), a_new_tenant(), stores.quotas

    counted = [quotas.reserve(tenant_id, NOVEMBER, below=2) for _ in range(3)]
    quotas.give_back(tenant_id, NOVEMBER)

    assert [QuotaMonth(used=1), QuotaMonth(used=2), None] == counted
    assert QuotaMonth(used=1) == quotas.get(tenant_id, NOVEMBER)
    assert QuotaMonth() == quotas.get(tenant_id, DECEMBER) == quotas.get(other, NOVEMBER)
    assert quotas.reserve(other, NOVEMBER, below=0) is None


def test_nothing_is_given_back_that_was_not_reserved(stores: Stores) -> None:
    """A count is never below zero."""
    tenant_id = a_new_tenant()

    stores.quotas.give_back(tenant_id, NOVEMBER)

    assert QuotaMonth() == stores.quotas.get(tenant_id, NOVEMBER)


def test_what_went_beyond_stands_beside_the_count(stores: Stores) -> None:
    """Without touching it."""
    tenant_id, quotas = a_new_tenant(), stores.quotas
    quotas.reserve(tenant_id, NOVEMBER, below=1)

    beyond = [quotas.went_beyond(tenant_id, NOVEMBER) for _ in range(2)]

    assert [QuotaMonth(used=1, beyond=1), QuotaMonth(used=1, beyond=2)] == beyond
    assert beyond[-1] == quotas.get(tenant_id, NOVEMBER)


def test_fifty_at_a_time_use_exactly_what_there_is(stores: Stores) -> None:
    """Nobody gets what another has, and nothing is left over; each count is seen by one alone."""
    tenant_id, quotas = a_new_tenant(), stores.quotas

    with ThreadPoolExecutor(10) as pool:
        counted = list(pool.map(lambda _: quotas.reserve(tenant_id, NOVEMBER, below=30), range(50)))

    assert [*range(1, 31)] == sorted(month.used for month in counted if month is not None)
    assert QuotaMonth(used=30) == quotas.get(tenant_id, NOVEMBER)


def test_an_outside_id_means_one_tenant_until_it_is_let_go(stores: Stores) -> None:
    """By the issuer's name; only who has it can let go of it, and to claim one's own again changes nothing."""
    mine, other, outside_ids = a_new_tenant(), a_new_tenant(), stores.outside_ids
    customer = f"cus_{mine}"
    for _ in range(2):
        outside_ids.claim(mine, "payments", customer)

    with pytest.raises(Conflict):
        outside_ids.claim(other, "payments", customer)
    outside_ids.release(other, "payments", customer)

    assert mine == outside_ids.owner("payments", customer)
    assert outside_ids.owner("mail", customer) is None
    outside_ids.release(mine, "payments", customer)
    assert outside_ids.owner("payments", customer) is None


def test_a_tenant_that_is_erased_holds_no_outside_id(stores: Stores) -> None:
    """Nobody's rows are left, whichever side they stand on."""
    tenant_id = a_new_tenant()
    stores.outside_ids.claim(tenant_id, "payments", f"cus_{tenant_id}")

    assert 2 == stores.partition.erase(tenant_id)
    assert stores.outside_ids.owner("payments", f"cus_{tenant_id}") is None
