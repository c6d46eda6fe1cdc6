"""What a tenant has to see to over money, at most one thing at a time: the one that takes most from it first."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from pm_assistant.domain.billing import Billing, BillingState, standing, terms_at
from pm_assistant.domain.model import Model
from pm_assistant.domain.seats import seating_at
from pm_assistant.domain.usage import Seating
from pm_assistant.domain.workspaces import TenantId

SOON = timedelta(days=3)
"""Before the end of a trial: who tries is told then."""


class Due(StrEnum):
    """What somebody of the tenant has to see to."""

    LIMITED = "limited"
    """What was bought is not paid any more."""
    TRIAL_OVER = "trial_over"
    PAYMENT_FAILED = "payment_failed"
    QUOTA_USED = "quota_used"
    SEATS_EXCEEDED = "seats_exceeded"
    """There are more people than seats."""
    TRIAL_ENDING = "trial_ending"
    QUOTA_NEARLY_USED = "quota_nearly_used"
    SEATS_NEARLY_USED = "seats_nearly_used"
    """It is told, and not shown: who has bought as many as there are people has nothing to see to."""


class DueThing(NamedTuple):
    """One thing that is due.

    Attributes:
        occasion: of this once; another payment that fails is another occasion.
    """

    what: Due
    occasion: str


class DueNotice(Model):
    """A message on the reports queue: tell the tenant's admins what is due."""

    type: Literal["due_notice"] = "due_notice"
    tenant_id: TenantId
    what: Due
    occasion: str


def due_of(billing: Billing, at: datetime) -> DueThing | None:
    """What is due at a moment; None if nothing is."""
    return (
        _unpaid(billing, at)
        or _quota(billing, at, used_up=True)
        or _seats(billing, at)
        or _ending(billing, at)
        or _quota(billing, at)
    )


def seats_due(seating: Seating | None) -> DueThing | None:
    """What is to be told of how the seats stand, once for each number of them."""
    if seating is None:
        return None
    return DueThing(Due.SEATS_EXCEEDED if seating.beyond else Due.SEATS_NEARLY_USED, str(seating.limit))


def _unpaid(billing: Billing, at: datetime) -> DueThing | None:
    state, subscription = standing(billing, at), billing.subscription
    if state is BillingState.GRACE:
        return DueThing(Due.PAYMENT_FAILED, f"{subscription and subscription.id}|{_day(billing.past_due_since)}")
    if state is not BillingState.LIMITED:
        return None
    if subscription is None:
        return DueThing(Due.TRIAL_OVER, _day(billing.trial_ends_at))
    return DueThing(Due.LIMITED, subscription.id)


def _ending(billing: Billing, at: datetime) -> DueThing | None:
    ends = billing.trial_ends_at
    if standing(billing, at) is not BillingState.TRIAL or ends is None or billing.subscription is not None:
        return None
    return DueThing(Due.TRIAL_ENDING, _day(ends)) if at >= ends - SOON else None


def _quota(billing: Billing, at: datetime, *, used_up: bool = False) -> DueThing | None:
    warned = billing.warned
    if warned is None or warned.month != f"{at.astimezone(UTC):%Y-%m}" or (warned.percent >= 100) is not used_up:
        return None
    if warned.decisions != terms_at(billing, at).decisions:  # Seats or a plan were bought, or raised, meanwhile.
        return None
    return DueThing(Due.QUOTA_USED if used_up else Due.QUOTA_NEARLY_USED, warned.occasion)


def _seats(billing: Billing, at: datetime) -> DueThing | None:
    due = seats_due(seating_at(billing, at))
    return due if due is not None and due.what is Due.SEATS_EXCEEDED else None


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}" if moment is not None else ""
