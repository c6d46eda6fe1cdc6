"""Whoever operates the service grants a team what it has not bought; the team's own trail says so, once."""

from datetime import timedelta

import pytest

from pm_assistant.domain.billing import Billing, BillingState, standing, terms_at
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.plans import Plan
from pm_assistant.workflows.operator.granting import BillingGrant, Invoicing, grant
from tests.builders import ACME, NOW, a_tenant
from tests.fakes.unit import FakeUnit

LATER = NOW + timedelta(days=7)
INVOICED = BillingGrant(invoiced=Invoicing(plan=Plan.BUSINESS, seats=40, until=LATER))


@pytest.fixture
def unit() -> FakeUnit:
    """A team whose trial is over."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(billing=Billing(trial_ends_at=NOW)))
    return unit


def test_a_trial_is_extended(unit: FakeUnit) -> None:
    """Until then everything is there."""
    tenant = grant(BillingGrant(trial_ends_at=LATER), unit)

    assert BillingState.TRIAL is standing(tenant.billing, NOW)
    assert BillingState.LIMITED is standing(tenant.billing, LATER)


def test_one_limit_is_raised_and_the_others_stay(unit: FakeUnit) -> None:
    """Others that were raised before, too, until one is put back."""
    grant(BillingGrant(raises={"decisions": 1_000}), unit)
    raised = terms_at(grant(BillingGrant(raises={"people": 9}), unit).billing, NOW)
    assert (1_000, 9, 14) == (raised.decisions, raised.people, raised.history_days)

    assert 200 == terms_at(grant(BillingGrant(raises={"decisions": 0}), unit).billing, NOW).decisions


def test_what_is_invoiced_by_hand_is_paid_until_then(unit: FakeUnit) -> None:
    """And put back by a date that is past."""
    tenant = grant(INVOICED, unit)

    assert (BillingState.ACTIVE, 40_000) == (standing(tenant.billing, NOW), terms_at(tenant.billing, NOW).decisions)
    over = Invoicing(plan=Plan.BUSINESS, seats=40, until=NOW)
    assert BillingState.LIMITED is standing(grant(BillingGrant(invoiced=over), unit).billing, NOW)


def test_the_teams_own_trail_says_what_was_granted_once(unit: FakeUnit) -> None:
    """By one of those who operate the service, whoever that was."""
    for _ in range(2):
        grant(INVOICED, unit)

    [entry] = unit.stores.audit.latest(ACME, limit=9)
    assert ("operator", "billing.granted") == (entry.actor, entry.action)
    assert {"invoiced": f"business, 40 seats, until {LATER.isoformat()}"} == entry.detail


@pytest.mark.parametrize(
    "wish",
    [
        BillingGrant(),
        BillingGrant(invoiced=Invoicing(plan=Plan.FREE, seats=1, until=LATER)),
        BillingGrant(trial_ends_at=NOW),
    ],
)
def test_nothing_is_granted_that_is_nothing(unit: FakeUnit, wish: BillingGrant) -> None:
    """It would be noted and mean nothing."""
    with pytest.raises(InvalidRequest):
        grant(wish, unit)
