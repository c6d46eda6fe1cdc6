"""What a tenant pays for follows from what the provider lists, and what it may from that alone."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.billing import GRACE, Billing, BillingState, Feature, allows, standing, synced, terms_at
from pm_assistant.domain.plans import Limits, Plan, Terms, free_terms, limits_of, trial_terms
from pm_assistant.domain.subscriptions import PaidSubscription, SubscriptionStatus
from tests.builders import NOW

DAY = timedelta(days=1)
LATER = NOW + 3 * DAY
TRIED = Billing(trial_ends_at=NOW - DAY, customer_id="cus_1")
"""A trial that is over."""


def a_subscription(id: str = "sub_1", status: str = "active", **changes: Any) -> PaidSubscription:
    """The team plan for three people."""
    made: dict[str, Any] = {"id": id, "customer_id": "cus_1", "status": status, "plan": Plan.TEAM, "seats": 3}
    return PaidSubscription(**made | {"created_at": NOW} | changes)


def listed(*subscriptions: PaidSubscription, billing: Billing = TRIED, at: datetime = NOW) -> Billing:
    """Billing as that list has it."""
    return synced(billing, subscriptions, at=at)


def state_of(*subscriptions: PaidSubscription, at: datetime = LATER) -> BillingState:
    """How a team stands whose customer has these, three days after its trial."""
    return standing(listed(*subscriptions), at)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("active", BillingState.ACTIVE),
        ("trialing", BillingState.TRIAL),
        ("past_due", BillingState.GRACE),
        ("unpaid", BillingState.LIMITED),
        ("paused", BillingState.LIMITED),
        ("incomplete", BillingState.PENDING),
        ("incomplete_expired", BillingState.LIMITED),
        ("canceled", BillingState.FREE),
        ("dreaming", BillingState.ACTIVE),
    ],
)
def test_each_status_has_its_state(status: str, state: BillingState) -> None:
    """One that the provider has thought of since keeps access; what was never paid leaves the team as it was."""
    assert state is state_of(a_subscription(status=status))


def test_every_known_status_is_told_above() -> None:
    """A new one is decided about, and not forgotten."""
    assert 8 == len(SubscriptionStatus)


def test_a_payment_that_failed_changes_nothing_for_two_weeks() -> None:
    """From when it failed, not from when we heard."""
    owing = listed(a_subscription(status="past_due", past_due_since=NOW - 2 * DAY))

    assert BillingState.GRACE is standing(owing, NOW - 2 * DAY + GRACE - timedelta(seconds=1))
    assert BillingState.LIMITED is standing(owing, NOW - 2 * DAY + GRACE)


def test_where_nobody_says_since_when_something_is_owed_it_counts_from_when_we_heard_first() -> None:
    """Asking again does not lengthen it; a payment ends it, and another subscription's is its own."""
    owing = a_subscription(status="past_due")
    once = listed(owing)
    again = listed(owing, billing=once, at=LATER)
    paid = listed(a_subscription(), billing=again, at=LATER)

    assert NOW == once.past_due_since == again.past_due_since
    assert paid.past_due_since is None
    assert LATER == listed(owing.model_copy(update={"id": "sub_2"}), billing=again, at=LATER).past_due_since


def test_whoever_ends_it_is_free_and_whoever_could_not_be_charged_is_asked_to_pay() -> None:
    """The former asked for it."""
    assert BillingState.FREE is state_of(a_subscription(status="canceled"))
    assert BillingState.LIMITED is state_of(a_subscription(status="canceled", payment_failed=True))


def test_the_subscription_that_ended_last_says_which() -> None:
    """However they come listed."""
    ended = [
        a_subscription("sub_9", "canceled", ended_at=NOW, payment_failed=True),
        a_subscription("sub_1", "canceled", ended_at=NOW + DAY),
    ]

    assert {BillingState.FREE} == {state_of(*order) for order in permutations(ended)}


def test_a_trial_is_ours_and_ends_by_itself() -> None:
    """Nobody has to notice; a team that was there before there were plans has one without an end."""
    trying = Billing(trial_ends_at=LATER)

    assert BillingState.TRIAL is standing(trying, LATER - timedelta(seconds=1))
    assert BillingState.LIMITED is standing(trying, LATER)
    assert BillingState.TRIAL is standing(Billing(), NOW + 999 * DAY)


@pytest.mark.parametrize("trial_ends_at", [None, LATER + DAY])
def test_whoever_has_bought_does_not_try_any_more(trial_ends_at: datetime | None) -> None:
    """To end a subscription leads to the free plan, also within the two weeks."""
    bought = listed(a_subscription(), billing=Billing(trial_ends_at=trial_ends_at, customer_id="cus_1"))
    ended = listed(a_subscription(status="canceled"), billing=bought, at=LATER)

    assert BillingState.FREE is standing(ended, LATER)


def test_until_a_purchase_is_paid_all_is_as_before() -> None:
    """Whatever that was."""
    for before, acts in ((Billing(trial_ends_at=LATER), True), (TRIED, False)):
        buying = listed(a_subscription(status="incomplete"), billing=before)

        assert BillingState.PENDING is standing(buying, NOW)
        assert acts is allows(buying, Feature.ACT, at=NOW)
        assert terms_at(before, NOW) == terms_at(buying, NOW)


def test_another_that_is_not_paid_takes_nothing_from_one_that_is() -> None:
    """An abandoned one, begun in another window, comes to nothing whatever becomes of it."""
    paid = a_subscription("sub_1")
    for status in ("incomplete", "incomplete_expired", "canceled", "unpaid", "paused", "past_due"):
        for other in ("sub_0", "sub_2"):
            both = listed(a_subscription(other, status, ended_at=LATER), paid)

            assert BillingState.ACTIVE is standing(both, LATER)
            assert paid == both.subscription


def test_of_two_that_are_paid_the_one_that_counted_goes_on_and_somebody_is_told() -> None:
    """Nobody knows which of them the customer believes in; of new ones the bigger is meant."""
    small, big = a_subscription("sub_1"), a_subscription("sub_2", plan=Plan.BUSINESS)
    grown = listed(small, big, billing=listed(small))

    assert small == grown.subscription
    assert ["more than one subscription is paid"] == grown.oddities
    assert big == listed(small, big).subscription
    assert [] == listed(small).oddities


def test_what_we_do_not_know_is_said() -> None:
    """A status, and a price."""
    odd = listed(a_subscription(status="dreaming", plan=None))

    assert [
        "a subscription has a status that we do not know: dreaming",
        "a subscription is for a price that is none of ours",
    ] == odd.oddities
    assert Plan.TEAM is terms_at(odd, NOW).plan


@given(
    statuses=st.lists(st.sampled_from([*SubscriptionStatus, "dreaming"]), max_size=4),
    recorded=st.sampled_from(["sub_0", "sub_1", None]),
    data=st.data(),
)
def test_the_same_list_makes_the_same_of_it(statuses: list[str], recorded: str | None, data: st.DataObject) -> None:
    """However often it is asked for, and in whatever order it comes."""
    subscriptions = [a_subscription(f"sub_{n}", status, ended_at=NOW) for n, status in enumerate(statuses)]
    before = listed(a_subscription(recorded)) if recorded else TRIED
    shuffled = data.draw(st.permutations(subscriptions))

    once = listed(*subscriptions, billing=before)

    assert once == listed(*shuffled, billing=before)
    assert once == listed(*shuffled, billing=once)


def test_what_was_agreed_stays_and_seats_follow_what_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that changes later changes for whoever buys it later."""
    bought, agreed = listed(a_subscription()), limits_of(Plan.TEAM)
    dearer = Limits(people=1, decisions=1, acts=False, history_days=1, connections=1)
    monkeypatch.setattr("pm_assistant.domain.billing.limits_of", lambda _: dearer)

    more = listed(a_subscription(seats=9), billing=bought)

    assert Terms(plan=Plan.TEAM, limits=agreed, seats=9) == more.terms
    assert dearer == terms_at(listed(a_subscription("sub_2"), billing=more), NOW).limits


def test_decisions_are_pooled_and_people_are_as_many_as_are_paid_for() -> None:
    """A plan's own bound counts as well."""
    three = terms_at(listed(a_subscription()), NOW)

    assert (900, 3) == (three.decisions, three.people)
    assert 100 == terms_at(listed(a_subscription(seats=500)), NOW).people
    assert (200, 5) == (free_terms().decisions, free_terms().people)
    assert (5_000, None) == (trial_terms().decisions, trial_terms().people)


def test_a_limit_that_was_raised_is_never_below_that() -> None:
    """On whatever plan the tenant is; what has no limit keeps none."""
    raised = TRIED.model_copy(update={"raises": {"decisions": 1_000, "people": 9, "connections": 1}})

    assert (1_000, 9, 2) == (
        terms_at(raised, NOW).decisions,
        terms_at(raised, NOW).people,
        terms_at(raised, NOW).connections,
    )
    assert 14 == terms_at(raised, NOW).history_days
    paying = listed(a_subscription(), billing=raised)
    assert (1_000, 9, None) == (
        terms_at(paying, NOW).decisions,
        terms_at(paying, NOW).people,
        terms_at(paying, NOW).connections,
    )


def test_what_we_invoice_by_hand_is_paid_for_until_its_date() -> None:
    """With nothing at the provider."""
    invoiced = TRIED.model_copy(
        update={
            "invoiced": Terms(plan=Plan.BUSINESS, limits=limits_of(Plan.BUSINESS), seats=40),
            "invoiced_until": LATER,
        }
    )

    assert (BillingState.ACTIVE, 40_000) == (standing(invoiced, NOW), terms_at(invoiced, NOW).decisions)
    assert (BillingState.LIMITED, 200) == (standing(invoiced, LATER), terms_at(invoiced, LATER).decisions)


EVERYTHING = set(Feature)
WITHOUT_ACTING = EVERYTHING - {Feature.ACT}


@pytest.mark.parametrize(
    ("billing", "allowed"),
    [
        (Billing(trial_ends_at=LATER), EVERYTHING),
        (listed(a_subscription()), EVERYTHING),
        (listed(a_subscription(status="past_due")), EVERYTHING),
        (TRIED, WITHOUT_ACTING - {Feature.CONNECT}),
        (listed(a_subscription(status="paused")), WITHOUT_ACTING - {Feature.CONNECT}),
        (listed(a_subscription(status="canceled")), WITHOUT_ACTING),
    ],
)
def test_what_each_state_allows(billing: Billing, allowed: set[Feature]) -> None:
    """The one table of it."""
    assert allowed == {feature for feature in Feature if allows(billing, feature, at=NOW)}


def test_whoever_leaves_us_has_nothing_new() -> None:
    """Whatever is paid."""
    paid = listed(a_subscription())

    assert BillingState.CLOSED is standing(paid, NOW, closing=True)
    assert not any(allows(paid, feature, at=NOW, closing=True) for feature in Feature)


def test_whether_anything_is_done_unasked_is_part_of_what_was_agreed() -> None:
    """A plan may come without it."""
    asked = Terms(plan=Plan.TEAM, limits=limits_of(Plan.TEAM).model_copy(update={"acts": False}), seats=3)

    paid = listed(a_subscription()).model_copy(update={"terms": asked})

    assert not allows(paid, Feature.ACT, at=NOW)
