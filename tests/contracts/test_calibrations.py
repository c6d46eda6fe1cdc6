"""What confidences are worth is kept alike in memory and on DynamoDB, and pooled as numbers only."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.calibration import Answered
from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_fitted
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

UNTIL = NOW + timedelta(days=90)


@pytest.fixture(params=IMPLEMENTATIONS)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, anew for each test: what is pooled is everybody's."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_what_was_fitted_last_is_kept(stores: Stores) -> None:
    """For each kind and what judged; of another tenant, nothing."""
    tenant_id = a_new_tenant()
    for fitted in (a_fitted(0), a_fitted(1), a_fitted(0, answers=9)):
        stores.calibrations.put(tenant_id, fitted)
    assert [a_fitted(0, answers=9), a_fitted(1)] == stores.calibrations.all(tenant_id)
    assert [] == stores.calibrations.all(a_new_tenant())


def test_others_answers_are_added_up_and_ones_own_left_out(stores: Stores) -> None:
    """Only what each contributed last; of equal confidences nobody can tell whose they were."""
    one, two, me = a_new_tenant(), a_new_tenant(), a_new_tenant()
    assert {} == stores.calibrations.contributed(but=me)
    stores.calibrations.contribute(one, {"move|m": [Answered(0.5, 99, 99)]}, until=UNTIL)
    stores.calibrations.contribute(one, {"move|m": [Answered(0.8, 3, 1)], "link|m": [Answered(0.6, 1, 0)]}, until=UNTIL)
    stores.calibrations.contribute(two, {"move|m": [Answered(0.8, 2, 2), Answered(0.9, 1, 0)]}, until=UNTIL)
    stores.calibrations.contribute(me, {"move|m": [Answered(0.8, 50, 0)]}, until=UNTIL)
    expected = {"move|m": [Answered(0.8, 5, 3), Answered(0.9, 1, 0)], "link|m": [Answered(0.6, 1, 0)]}
    assert expected == stores.calibrations.contributed(but=me)
