"""How right people have found us is kept alike in memory and on DynamoDB."""

from collections.abc import Iterator

import pytest

from pm_assistant.domain.errors import Conflict
from pm_assistant.ports.unit import Stores
from tests.builders import a_track_record
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_a_record_is_found_by_its_stream_and_among_all(stores: Stores) -> None:
    """Of a stream without one, nothing; of another tenant, nothing."""
    tenant_id, records = a_new_tenant(), [a_track_record(n) for n in (1, 2)]
    for record in records:
        stores.track_records.replace(tenant_id, record, before=None)
    assert records[0] == stores.track_records.get(tenant_id, records[0].stream)
    assert stores.track_records.get(tenant_id, "move|0|nobody") is None
    assert (records, []) == (stores.track_records.all(tenant_id), stores.track_records.all(a_new_tenant()))


def test_of_two_answers_at_once_one_is_told_to_look_again(stores: Stores) -> None:
    """None is lost; who stores the very same again, as after a lost answer, is not refused."""
    tenant_id, first = a_new_tenant(), a_track_record()
    second = a_track_record(promoted_after=2)
    stores.track_records.replace(tenant_id, first, before=None)
    stores.track_records.replace(tenant_id, first, before=None)
    with pytest.raises(Conflict):
        stores.track_records.replace(tenant_id, second, before=None)
    stores.track_records.replace(tenant_id, second, before=first)
    stores.track_records.replace(tenant_id, second, before=first)
    with pytest.raises(Conflict):
        stores.track_records.replace(tenant_id, a_track_record(promoted_after=3), before=first)
    with pytest.raises(Conflict):
        stores.track_records.replace(a_new_tenant(), second, before=first)
    assert [second] == stores.track_records.all(tenant_id)


def test_a_record_that_was_removed_is_gone(stores: Stores) -> None:
    """Removing it once more is fine."""
    tenant_id, record = a_new_tenant(), a_track_record()
    stores.track_records.replace(tenant_id, record, before=None)
    for _ in range(2):
        stores.track_records.remove(tenant_id, record.stream)
    assert [] == stores.track_records.all(tenant_id)
