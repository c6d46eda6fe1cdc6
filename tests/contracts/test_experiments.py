"""What is tried on a part of a team's conversations is kept alike in memory and on DynamoDB."""

from collections.abc import Iterator

import pytest

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.sequential import Sample
from pm_assistant.domain.trials import ExperimentState, Side
from pm_assistant.ports.unit import Stores
from tests.builders import NOW, an_experiment
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_an_experiment_is_what_was_put_last(stores: Stores) -> None:
    """With all that has come of it; another tenant's of the same id is another one."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    begun = an_experiment(a=Variant(ask_from=0.4), guards=an_experiment().guards.model_copy(update={"cost": 1.5}))
    side, counted = Side(conversations=3, microdollars=0.5), Sample(size=2, total=1.5)
    looked_at = {"sides": {"a": side}, "counted": {"b": counted}, "counted_until": NOW, "p_value": 0.25}
    ended = begun.model_copy(update=looked_at).ended(ExperimentState.WON, "better", at=NOW, winner="b")
    for experiment in (begun, ended):
        stores.experiments.put(tenant_id, experiment)
    stores.experiments.put(other, begun)

    assert ended == stores.experiments.get(tenant_id, begun.id)
    assert begun == stores.experiments.get(other, begun.id)


def test_experiments_come_in_the_order_in_which_they_began(stores: Stores) -> None:
    """Those of one tenant; of what nobody began there is none."""
    tenant_id = a_new_tenant()
    experiments = [an_experiment(number) for number in (1, 2, 3)]
    for experiment in reversed(experiments):
        stores.experiments.put(tenant_id, experiment)

    assert experiments == list(stores.experiments.all(tenant_id))
    assert [] == list(stores.experiments.all(a_new_tenant()))
    for id in ("", "x" * 3_000, experiments[0].id[:-1]):
        with pytest.raises(NotFound):
            stores.experiments.get(tenant_id, id)
