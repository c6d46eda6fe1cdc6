"""Somebody is led to where a plan is bought, once and for nothing that would be paid twice."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import Billing, BillingState, standing
from pm_assistant.domain.checkout import PortalFlow
from pm_assistant.domain.errors import Conflict, InvalidRequest, UpstreamUnavailable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.workflows.billing.purchase import Purchase, begin_checkout, open_portal
from pm_assistant.workflows.billing.sync import customer_owner, sync
from tests.builders import ACME, NOW, a_tenant, an_account
from tests.fakes.unit import FakeUnit

TEAM = Purchase(plan=Plan.TEAM, seats=3)


@pytest.fixture
def unit() -> FakeUnit:
    """A team whose trial is over, with its owner."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(billing=Billing(trial_ends_at=NOW)))
    unit.stores.accounts.put(an_account(role=Role.OWNER))
    return unit


def billing(unit: FakeUnit) -> Billing:
    """Acme's, as it is kept."""
    return unit.stores.tenants.get(ACME).billing


def test_what_is_bought_is_ours_once_it_is_paid(unit: FakeUnit) -> None:
    """To be led there changes nothing; the customer that is made for it is known by its id."""
    address = begin_checkout(TEAM, unit)

    assert BillingState.LIMITED is standing(sync(unit), NOW)
    order = unit.payments.checkouts[address]
    assert (ACME, Plan.TEAM, 3) == (order.tenant_id, order.plan, order.seats)
    assert ACME == customer_owner(order.customer_id, unit)
    unit.payments.pay(address)
    assert BillingState.ACTIVE is standing(sync(unit), NOW)


def test_two_clicks_lead_to_one_place(unit: FakeUnit) -> None:
    """Of two windows with different plans, only the later one can still buy."""
    first, again = begin_checkout(TEAM, unit), begin_checkout(TEAM, unit)
    other = begin_checkout(TEAM.model_copy(update={"plan": Plan.BUSINESS}), unit)

    assert first == again
    assert {other} == set(unit.payments.checkouts)
    assert 1 == len(unit.payments.customers)


def test_who_is_a_customer_is_made_none_again(unit: FakeUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the team by then, at whatever address: by that nobody would be found at the provider."""
    first = begin_checkout(TEAM, unit)

    def make(*_: object, **__: object) -> str:
        raise AssertionError("a second customer is made")

    monkeypatch.setattr(unit.payments, "create_customer", make)

    assert first == begin_checkout(TEAM, unit)


def test_after_one_has_ended_the_same_can_be_bought_again(unit: FakeUnit) -> None:
    """By an address of its own."""
    first = begin_checkout(TEAM, unit)
    unit.payments.put(unit.payments.pay(first).model_copy(update={"status": "canceled"}))

    assert first != begin_checkout(TEAM, unit)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("active", "the team has a subscription: change it in the portal"),
        ("trialing", "the team has a subscription: change it in the portal"),
        ("dreaming", "the team has a subscription: change it in the portal"),
        ("past_due", "the last payment failed: give another card in the portal"),
        ("unpaid", "the last payment failed: give another card in the portal"),
        ("paused", "what the team pays for is paused: go on with it in the portal"),
        ("incomplete", "a payment is still to be confirmed: go on with it in the portal"),
    ],
)
def test_nobody_is_led_to_buy_what_would_be_paid_twice(unit: FakeUnit, status: str, words: str) -> None:
    """Also when nobody has told us yet: the provider is asked first."""
    unit.payments.pay(begin_checkout(TEAM, unit), status=status)

    with pytest.raises(Conflict, match=words):
        begin_checkout(TEAM, unit)
    assert {} == unit.payments.checkouts


def test_what_costs_nothing_is_not_bought(unit: FakeUnit) -> None:
    """The field is named, and nobody is made a customer for it."""
    with pytest.raises(InvalidRequest) as refused:
        begin_checkout(Purchase(plan=Plan.FREE, seats=1), unit)

    assert "plan" == refused.value.field
    assert billing(unit).customer_id is None


def test_whoever_breaks_off_goes_on_with_the_same_customer(unit: FakeUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was made and not noted, or noted and the provider did not answer."""
    unit.payments.create_customer(ACME, name="Acme", email="ada@acme.test")

    def away(_: str) -> list[PaidSubscription]:
        raise UpstreamUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(unit.payments, "subscriptions", away)
        with pytest.raises(UpstreamUnavailable):
            begin_checkout(TEAM, unit)

    begin_checkout(TEAM, unit)

    assert [billing(unit).customer_id] == list(unit.payments.customers)


def test_who_is_asking_right_now_is_waited_for(unit: FakeUnit) -> None:
    """Two at a time could be led to two purchases."""
    with unit.lease("billing", lasts=timedelta(seconds=60)), pytest.raises(Conflict):
        begin_checkout(TEAM, unit)


def test_the_portal_is_for_whoever_has_bought(unit: FakeUnit) -> None:
    """What somebody comes for is led to as long as that goes on; what ends may be kept; a card can always be given."""
    with pytest.raises(Conflict):
        open_portal(None, unit)
    subscription = unit.payments.pay(begin_checkout(TEAM, unit))

    assert PortalFlow.CANCEL is unit.payments.portals[open_portal(PortalFlow.CANCEL, unit)][1]
    unit.payments.put(subscription.model_copy(update={"cancel_at": NOW + timedelta(days=9)}))
    for flow in (PortalFlow.CANCEL, PortalFlow.UPDATE):
        assert None is unit.payments.portals[open_portal(flow, unit)][1]
    unit.payments.put(subscription.model_copy(update={"status": "canceled"}))
    assert None is unit.payments.portals[open_portal(PortalFlow.CANCEL, unit)][1]
    assert PortalFlow.PAYMENT_METHOD is unit.payments.portals[open_portal(PortalFlow.PAYMENT_METHOD, unit)][1]
