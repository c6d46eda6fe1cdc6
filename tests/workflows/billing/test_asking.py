"""Asking what a team pays for costs nothing that whoever asks has not read anyway, but for one count."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.billing import Feature, terms_at
from pm_assistant.domain.seats import has_seat
from pm_assistant.domain.tenants import Provider, Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.billing.quota import reserve
from pm_assistant.workflows.connections.limits import check_may_connect
from tests.aws.emulated import dynamo, requests
from tests.builders import ACME, NOW, a_connection, a_tenant, going_back
from tests.fakes.unit import FakeUnit

type Ask = Callable[[Tenant, Unit], object]
FREE = going_back(14).model_copy(update={"subscription": None, "terms": None, "trial_ends_at": NOW})
ASKS: dict[str, tuple[Ask, list[str]]] = {
    "whether something may be done": (lambda tenant, unit: [tenant.may(each, at=NOW) for each in Feature], []),
    "how far back it is shown": (lambda tenant, unit: tenant.reaching(NOW - timedelta(days=90), at=NOW), []),
    "who has a seat": (lambda tenant, unit: has_seat(tenant.billing, "U0ADA", NOW), []),
    "how much there is": (lambda tenant, unit: terms_at(tenant.billing, NOW).hard_stop, []),
    "whether the model may judge": (reserve, ["UpdateItem"]),
    "whether one vendor more may be connected": (
        lambda tenant, unit: check_may_connect(Provider.SLACK, tenant, unit),
        ["Query"],
    ),
}
"""What is asked, and what that sends to the table beside what was there before there were plans."""


@pytest.fixture(scope="module")
def unit() -> Iterator[FakeUnit]:
    """A team on the free plan, on the emulated table."""
    with dynamo() as stores:
        made = FakeUnit()
        stores.tenants.put(a_tenant(billing=FREE))
        stores.connections.put(a_connection(ACME, Provider.SLACK))
        vars(made)["stores"] = stores
        yield made


@pytest.mark.parametrize("what", ASKS)
def test_asking_costs_one_request_at_most(unit: FakeUnit, what: str) -> None:
    """Most of it costs none, as it rides on the team's own row."""
    ask, expected = ASKS[what]
    tenant = unit.stores.tenants.get(ACME)

    with requests() as sent:
        ask(tenant, unit)

    assert expected == sent


def test_where_nothing_bounds_it_nothing_is_counted(unit: FakeUnit) -> None:
    """Whoever tries may connect what they like."""
    with requests() as sent:
        check_may_connect(Provider.LINEAR, a_tenant(), unit)

    assert [] == sent
