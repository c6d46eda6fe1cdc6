"""What is due over money is one thing at a time, and each occasion is its own."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.billing import GRACE, Billing, synced
from pm_assistant.domain.due import SOON, Due, due_of
from pm_assistant.domain.plans import Plan, free_terms
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.usage import QuotaWarning, Seating
from tests.builders import NOW

DAY = timedelta(days=1)
USED, NEARLY = (QuotaWarning(month="2026-11", percent=percent, decisions=5_000) for percent in (100, 80))
OF_ONE_SEAT = QuotaWarning(month="2026-11", percent=100, decisions=300)


def paid(status: str = "active", **changes: Any) -> Billing:
    """The team plan, in that status."""
    of_ours = {name: changes.pop(name) for name in ("seating", "warned") if name in changes}
    made: dict[str, Any] = {"plan": Plan.TEAM, "created_at": NOW} | changes
    subscription = PaidSubscription(id="sub_1", customer_id="cus_1", status=status, **made)
    return synced(Billing(trial_ends_at=NOW, **of_ours), [subscription], at=NOW)


def trying(until: timedelta, **changes: Any) -> Billing:
    """A trial that lasts so long."""
    return Billing(trial_ends_at=NOW + until, **changes)


@pytest.mark.parametrize(
    ("billing", "due"),
    [
        (Billing(), None),
        (paid(), None),
        (paid("trialing"), None),
        (paid("incomplete"), None),
        (paid("canceled"), None),
        (paid("past_due"), Due.PAYMENT_FAILED),
        (paid("past_due", past_due_since=NOW - GRACE), Due.LIMITED),
        (paid("unpaid"), Due.LIMITED),
        (paid("paused"), Due.LIMITED),
        (paid("canceled", payment_failed=True), Due.LIMITED),
        (trying(SOON + DAY), None),
        (trying(SOON), Due.TRIAL_ENDING),
        (trying(timedelta()), Due.TRIAL_OVER),
        (trying(SOON + DAY, warned=NEARLY), Due.QUOTA_NEARLY_USED),
        (trying(SOON + DAY, warned=USED), Due.QUOTA_USED),
        (trying(SOON, warned=NEARLY), Due.TRIAL_ENDING),
        (trying(SOON, warned=USED), Due.QUOTA_USED),
        (trying(timedelta(), warned=USED), Due.TRIAL_OVER),
        (Billing(warned=QuotaWarning(month="2026-10", percent=100, decisions=5_000)), None),
        (paid(seats=3).model_copy(update={"warned": OF_ONE_SEAT}), None),
        (paid(seats=1).model_copy(update={"warned": OF_ONE_SEAT}), Due.QUOTA_USED),
        (paid(seats=1, seating=Seating(limit=1, people=2)), Due.SEATS_EXCEEDED),
        (paid(seats=1, seating=Seating(limit=1, people=1)), None),
        (paid(seats=1, seating=Seating(limit=1, people=2)).model_copy(update={"warned": OF_ONE_SEAT}), Due.QUOTA_USED),
        (trying(timedelta(), seating=Seating(limit=free_terms().people or 0, people=6)), Due.TRIAL_OVER),
    ],
)
def test_what_takes_most_from_a_team_is_due_first(billing: Billing, due: Due | None) -> None:
    """What it has chosen is not; nor is a month that is over, or one for which more was bought."""
    thing = due_of(billing, NOW)

    assert due is (thing.what if thing is not None else None)


def test_each_occasion_is_another() -> None:
    """Another payment that fails, another trial, another month; the same one stays the same."""
    first = due_of(paid("past_due"), NOW)
    assert first == due_of(paid("past_due"), NOW + DAY)
    assert first != due_of(paid("past_due", past_due_since=NOW - DAY), NOW)
    assert due_of(trying(timedelta()), NOW) != due_of(trying(-DAY), NOW)
    used = Billing(warned=QuotaWarning(month="2026-12", percent=100, decisions=5_000))
    assert due_of(Billing(warned=USED), NOW) != due_of(used, NOW + 31 * DAY)
