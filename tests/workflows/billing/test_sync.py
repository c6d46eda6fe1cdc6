"""What we believe of a subscription is what the provider lists, whoever asks and whatever they heard."""

from datetime import timedelta

import pytest

from pm_assistant.domain.billing import Billing, BillingState, standing
from pm_assistant.domain.errors import Conflict, NotFound, UpstreamUnavailable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.workflows.billing.sync import ISSUER, customer_owner, sync
from pm_assistant.workflows.update import ATTEMPTS, update_tenant
from tests.builders import ACME, GLOBEX, NOW, a_tenant
from tests.fakes.unit import FakeUnit


def a_subscription(id: str = "sub_1", status: str = "active") -> PaidSubscription:
    """Acme's."""
    return PaidSubscription(
        id=id, customer_id="cus_acme", status=status, plan=Plan.TEAM, seats=3, created_at=NOW - timedelta(days=1)
    )


@pytest.fixture
def unit() -> FakeUnit:
    """Acme is a customer whose trial is over."""
    unit = FakeUnit()
    customer_id = unit.payments.create_customer(ACME, name="Acme", email="ada@acme.test")
    unit.stores.outside_ids.claim(ACME, ISSUER, customer_id)
    billing = Billing(trial_ends_at=NOW, customer_id=customer_id)
    unit.stores.tenants.put(a_tenant(billing=billing))
    return unit


def state(unit: FakeUnit) -> BillingState:
    """How Acme stands, by what is kept."""
    return standing(unit.stores.tenants.get(ACME).billing, unit.now())


def test_what_is_listed_is_written(unit: FakeUnit) -> None:
    """A purchase, and its end."""
    assert BillingState.LIMITED is state(unit)
    for status, expected in (("active", BillingState.ACTIVE), ("canceled", BillingState.FREE)):
        unit.payments.put(a_subscription(status=status))

        assert sync(unit) == unit.stores.tenants.get(ACME).billing
        assert expected is state(unit)


def test_who_is_no_customer_is_not_asked_about() -> None:
    """Nothing is sold to a team that has not come to buy."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())

    assert Billing() == sync(unit)


def test_an_answer_of_the_past_is_not_written_over_a_later_one(unit: FakeUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one has asked and not written yet, all is paid and another has written that: so it is asked again."""
    unit.payments.put(a_subscription(status="past_due"))
    asked, listing = 0, unit.payments.subscriptions

    def slowly(customer_id: str) -> list[PaidSubscription]:
        nonlocal asked
        asked += 1
        heard = list(listing(customer_id))
        if asked == 1:
            unit.payments.put(a_subscription(status="active"))
            unit.wait(1)
            sync(unit)
        return heard

    monkeypatch.setattr(unit.payments, "subscriptions", slowly)
    sync(unit)

    assert (BillingState.ACTIVE, 3) == (state(unit), asked)


def test_what_else_is_changed_meanwhile_stays_changed(unit: FakeUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever keeps being overtaken says so after a few times."""
    listing, renamed = unit.payments.subscriptions, 0

    def renaming(customer_id: str) -> list[PaidSubscription]:
        nonlocal renamed
        renamed += 1
        name = f"Acme {renamed}"
        update_tenant(ACME, lambda tenant: tenant.model_copy(update={"name": name}), unit.stores.tenants)
        return list(listing(customer_id))

    monkeypatch.setattr(unit.payments, "subscriptions", renaming)
    with pytest.raises(Conflict):
        sync(unit)

    assert f"Acme {ATTEMPTS}" == unit.stores.tenants.get(ACME).name


def test_a_provider_that_does_not_answer_changes_nothing(unit: FakeUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one that does not know the customer: that is another's account."""
    unit.payments.put(a_subscription())
    sync(unit)
    for error in (UpstreamUnavailable("away"), NotFound("no such customer")):

        def refuse(_: str, error: Exception = error) -> list[PaidSubscription]:
            raise error

        monkeypatch.setattr(unit.payments, "subscriptions", refuse)
        with pytest.raises(type(error)):
            sync(unit)

    assert BillingState.ACTIVE is state(unit)


def test_a_customer_is_whose_row_names_it(unit: FakeUnit) -> None:
    """Whatever others say of it; one that is nobody's any more is nobody's."""
    assert ACME == customer_owner("cus_acme", unit)
    assert customer_owner("cus_globex", unit) is None

    unit.stores.outside_ids.claim(GLOBEX, ISSUER, "cus_gone")
    assert customer_owner("cus_gone", unit) is None
    unit.stores.tenants.put(a_tenant(GLOBEX, billing=Billing(customer_id="cus_other")))
    assert customer_owner("cus_gone", unit) is None
