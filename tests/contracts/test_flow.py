"""How a team's work flows is kept alike in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_day_of_flow, a_passage
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

DAY = timedelta(days=1)


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_passages_come_in_the_order_of_their_tickets_and_the_last_telling_counts(stores: Stores) -> None:
    """A stretch of them ends with its last one; those of others are none of it."""
    tenant_id = a_new_tenant()
    stores.flow.put_passages(tenant_id, [a_passage(number) for number in (3, 1, 2)])
    stores.flow.put_passages(tenant_id, [a_passage(2, unplanned=True)])
    one, two, three = a_passage(1), a_passage(2, unplanned=True), a_passage(3)
    assert [one, two, three] == list(stores.flow.passages(tenant_id))
    assert [two, three] == list(stores.flow.passages(tenant_id, after=one.ticket_id))
    assert [two] == list(stores.flow.passages(tenant_id, after=one.ticket_id, last=two.ticket_id))
    assert [] == list(stores.flow.passages(tenant_id, after=three.ticket_id, last=one.ticket_id))
    assert [] == list(stores.flow.passages(a_new_tenant()))


def test_what_is_gone_leaves_no_passage(stores: Stores) -> None:
    """Nor is it an error if there was none."""
    tenant_id = a_new_tenant()
    stores.flow.put_passages(tenant_id, [a_passage(1), a_passage(2)])
    stores.flow.drop_passages(tenant_id, [a_passage(2).ticket_id, "unknown"])
    assert [a_passage(1)] == list(stores.flow.passages(tenant_id))


def test_the_last_day_is_read_and_the_last_one_before_a_day(stores: Stores) -> None:
    """A day that is looked at again is the later look."""
    tenant_id = a_new_tenant()
    assert stores.flow.latest_day(tenant_id) is None
    first, second = a_day_of_flow(), a_day_of_flow(day=NOW.date() + DAY)
    again = second.model_copy(update={"measured_at": NOW + DAY})
    for day in (second, first, again):
        stores.flow.put_day(tenant_id, day)
    assert again == stores.flow.latest_day(tenant_id)
    assert first == stores.flow.latest_day(tenant_id, before=second.day.isoformat())
    assert stores.flow.latest_day(tenant_id, before=first.day.isoformat()) is None
