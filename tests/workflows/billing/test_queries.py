"""What is shown of a plan is what counts: what it allows, what is used of it, and what is left."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import GRACE, Billing, BillingState, Feature, synced
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import TenantState
from pm_assistant.workflows.accounts.seated import people_of
from pm_assistant.workflows.billing.queries import BillingView, billing_of
from tests.builders import ACME, NOW, a_member, a_tenant, an_account
from tests.fakes.unit import FakeUnit

DAY = timedelta(days=1)


def paid(**changes: Any) -> Billing:
    """The team plan for three, with these changes."""
    made: dict[str, Any] = {"status": "active", "plan": Plan.TEAM, "seats": 3, "period_end": NOW + DAY}
    subscription = PaidSubscription(**{"id": "sub_1", "customer_id": "cus_1", "created_at": NOW} | made | changes)
    return synced(Billing(trial_ends_at=NOW, customer_id="cus_1"), [subscription], at=NOW)


def shown(billing: Billing, **changes: Any) -> BillingView:
    """What is shown of it."""
    return billing_of(a_tenant(billing=billing, **changes), FakeUnit())


def test_a_trial_shows_when_it_ends_and_that_a_plan_can_be_bought() -> None:
    """There is no portal before anything was bought."""
    view = shown(Billing(trial_ends_at=NOW + DAY))

    assert (BillingState.TRIAL, Plan.BUSINESS, NOW + DAY) == (view.state, view.plan, view.trial_ends_at)
    assert (True, False) == (view.can_buy, view.can_manage)
    assert tuple(Feature) == view.features


def test_what_is_paid_shows_until_when_and_that_the_portal_changes_it() -> None:
    """And when it ends, if somebody has said so."""
    view = shown(paid(cancel_at=NOW + DAY))

    assert (BillingState.ACTIVE, Plan.TEAM, 3, 3) == (view.state, view.plan, view.seats, view.people_limit)
    assert (NOW + DAY, NOW + DAY, None) == (view.period_end, view.cancel_at, view.trial_ends_at)
    assert (False, True) == (view.can_buy, view.can_manage)


def test_a_payment_that_failed_shows_until_when_nothing_changes() -> None:
    """Once it was paid nothing is shown of it, nor when that is over; and nothing says that it is paid."""
    failed, over = (shown(paid(status="past_due", past_due_since=since)) for since in (NOW, NOW - GRACE))
    assert (NOW + GRACE, None) == (failed.grace_ends_at, failed.period_end)
    assert (None, None) == (over.grace_ends_at, over.period_end)
    assert shown(paid()).grace_ends_at is None


def test_who_turned_back_before_paying_has_nothing_to_change() -> None:
    """A payment that is still to come goes on in the portal, though."""
    assert not shown(Billing(customer_id="cus_1")).can_manage
    assert shown(paid(status="incomplete")).can_manage


def test_what_has_ended_shows_nothing_of_what_was_paid() -> None:
    """The free plan, and that one can be bought."""
    view = shown(paid(status="canceled"))

    assert (BillingState.FREE, Plan.FREE, None, None) == (view.state, view.plan, view.seats, view.period_end)
    assert view.can_buy
    assert Feature.ACT not in view.features


def test_a_purchase_that_is_under_way_is_not_begun_again() -> None:
    """The portal is there for it."""
    view = shown(paid(status="incomplete"))

    assert (BillingState.PENDING, False, True) == (view.state, view.can_buy, view.can_manage)


def test_what_is_invoiced_by_hand_shows_until_when() -> None:
    """Not any more once that is over."""
    for until, expected in ((NOW + DAY, NOW + DAY), (NOW, None)):
        assert expected == shown(Billing(invoiced_until=until)).invoiced_until


def test_whoever_leaves_us_is_shown_so() -> None:
    """Whatever was bought."""
    assert BillingState.CLOSED is shown(paid(), state=TenantState.CLOSING).state


@pytest.mark.parametrize(("used", "left"), [(0, 900), (899, 1), (900, 0), (950, 0)])
def test_what_is_used_and_left_is_counted_by_month(used: int, left: int) -> None:
    """What went beyond is counted as well."""
    unit = FakeUnit()
    for _ in range(used):
        unit.stores.quotas.reserve(ACME, "2026-11", below=used)
    unit.stores.quotas.went_beyond(ACME, "2026-11")

    view = billing_of(a_tenant(billing=paid()), unit)

    assert ("2026-11", used, 900, left, 1) == (
        view.month,
        view.decisions,
        view.decisions_limit,
        view.decisions_left,
        view.decisions_beyond,
    )


def test_who_has_an_account_and_gets_reports_is_one_person() -> None:
    """Known by the proven address; a channel is nobody."""
    unit = FakeUnit()
    ada = a_member(email="ada@acme.test")
    unit.stores.directory.put_members(ACME, [ada, a_member("bob")])
    unit.stores.accounts.put(an_account(email="ada@acme.test", role=Role.OWNER))
    unit.stores.accounts.put(an_account(id="account-eve", email="eve@acme.test"))
    for wish in (
        Subscription(member_id=ada.id),
        Subscription(member_id="U0BOB"),
        Subscription(channel_id="C1", time_zone="UTC"),
    ):
        unit.stores.subscriptions.put(ACME, wish)

    assert 3 == len(people_of(unit))
