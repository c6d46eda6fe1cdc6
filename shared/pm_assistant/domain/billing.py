"""What a tenant has bought or been granted, how it stands with us by that, and what it may have.

The provider is asked what is true; what it said last is kept with the tenant, and what follows is worked out whenever
it is asked for: a trial or a grace that is over ends nothing but itself, and nobody has to notice.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, assert_never

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import LimitName, Plan, Terms, free_terms, limits_of, trial_terms
from pm_assistant.domain.subscriptions import PaidSubscription, SubscriptionStatus, which_counts
from pm_assistant.domain.usage import QuotaWarning, Seating
from pm_assistant.domain.workspaces import TenantId

TRIAL = timedelta(days=14)
"""How long a team that registers has everything without having paid."""
GRACE = timedelta(days=14)
"""How long a payment that failed changes nothing."""


class BillingState(StrEnum):
    """How a tenant stands with us over money."""

    TRIAL = "trial"
    ACTIVE = "active"
    GRACE = "grace"
    """A payment failed a short while ago."""
    LIMITED = "limited"
    """Something is due: as the free plan, and nothing new is connected."""
    FREE = "free"
    PENDING = "pending"
    """A purchase is under way: as before it."""
    CLOSED = "closed"
    """The team is leaving us."""


class Feature(StrEnum):
    """What a standing allows or does not; undoing, export, audit, revoking and billing itself are always there."""

    READ = "read"
    REPORT = "report"
    PROPOSE = "propose"
    ACT = "act"
    CONNECT = "connect"


class Billing(Model):
    """What a tenant has bought, as it was last heard, and what we have granted it.

    Attributes:
        trial_ends_at: None for a trial without an end, which teams have that were there before there were plans.
        customer_id: at the payment provider.
        subscription: the one that counts.
        terms: what was agreed for it.
        doubled: more than one subscription is paid.
        pending: somebody is about to buy.
        past_due_since: since when something is owed.
        invoiced: what is paid for by an invoice that we write by hand, until `invoiced_until`.
        raises: limits that were raised for this tenant.
        warned: the last warning; here, so that nothing is read to show it.
        seating: who has a seat, where they run out; None where they do not.
        synced_at: when the provider was asked last.
        source_version: of what it said.
    """

    trial_ends_at: AwareDatetime | None = None
    customer_id: str | None = None
    subscription: PaidSubscription | None = None
    terms: Terms | None = None
    doubled: bool = False
    pending: bool = False
    past_due_since: AwareDatetime | None = None
    invoiced: Terms | None = None
    invoiced_until: AwareDatetime | None = None
    raises: dict[LimitName, int] = Field(default_factory=dict)
    warned: QuotaWarning | None = None
    seating: Seating | None = None
    synced_at: AwareDatetime | None = None
    source_version: str | None = None

    @property
    def oddities(self) -> Sequence[str]:
        """What somebody who operates the service has to look at."""
        odd = ["more than one subscription is paid"] if self.doubled else []
        if self.subscription is not None and self.subscription.known_status is None:
            odd.append(f"a subscription has a status that we do not know: {self.subscription.status}")
        if self.subscription is not None and self.subscription.is_live and self.subscription.plan is None:
            odd.append("a subscription is for a price that is none of ours")
        return odd


class CustomerChanged(Model):
    """The payment provider has told that something about a customer changed; what, it is asked."""

    type: Literal["customer_changed"] = "customer_changed"
    customer_id: str = Field(min_length=1)


class BillingDue(Model):
    """A tenant's subscription is to be looked at, whether anybody has told of a change or not."""

    type: Literal["billing_due"] = "billing_due"
    tenant_id: TenantId


def synced(billing: Billing, subscriptions: Iterable[PaidSubscription], *, at: datetime) -> Billing:
    """Billing as the provider's list of all the customer's subscriptions has it; whatever was missed is made up for.

    The same list makes the same of it, however often, in whatever order, and whatever was believed before. Of several
    that are paid the one that counted goes on counting; of others the best does.
    """
    listed = sorted(subscriptions, key=lambda each: each.id)
    live = [each for each in listed if each.is_live]
    recorded_id = billing.subscription.id if billing.subscription is not None else None
    chosen = which_counts(listed, recorded_id)
    before = billing.trial_ends_at
    if live:  # Who has bought does not try any more.
        bought_at = min(each.created_at for each in live)
        before = bought_at if before is None else min(before, bought_at)
    owes = chosen is not None and chosen.known_status is SubscriptionStatus.PAST_DUE
    known_since = billing.past_due_since if chosen is not None and chosen.id == recorded_id else None
    return billing.model_copy(
        update={
            "trial_ends_at": before,
            "subscription": chosen,
            "terms": _terms(billing, chosen),
            "doubled": len(live) > 1,
            "pending": any(each.known_status is SubscriptionStatus.INCOMPLETE for each in listed),
            "past_due_since": (chosen.past_due_since or known_since or at) if chosen is not None and owes else None,
            "synced_at": at,
            "source_version": hashlib.sha256("".join(s.model_dump_json() for s in listed).encode()).hexdigest()[:16],
        }
    )


def standing(billing: Billing, at: datetime, *, closing: bool = False) -> BillingState:
    """How a tenant stands at a moment; `closing` while it is leaving us."""
    if closing:
        return BillingState.CLOSED
    subscription = billing.subscription
    if subscription is not None and subscription.is_open:
        return _by_subscription(subscription, billing.past_due_since, at)
    if billing.pending:
        return BillingState.PENDING
    if billing.invoiced_until is not None and at < billing.invoiced_until:
        return BillingState.ACTIVE
    if billing.trial_ends_at is None or at < billing.trial_ends_at:
        return BillingState.TRIAL
    ended_by_choice = subscription is not None and not subscription.payment_failed
    return BillingState.FREE if ended_by_choice else BillingState.LIMITED


def allows(billing: Billing, feature: Feature, *, at: datetime, closing: bool = False) -> bool:
    """Whether a tenant may have something at all; how much of it, the terms say."""
    match standing(billing, at, closing=closing):
        case BillingState.TRIAL | BillingState.ACTIVE | BillingState.GRACE:
            return feature is not Feature.ACT or terms_at(billing, at).limits.acts
        case BillingState.FREE:
            return feature is not Feature.ACT
        case BillingState.LIMITED:
            return feature not in {Feature.ACT, Feature.CONNECT}
        case BillingState.PENDING:
            return allows(before_purchase(billing), feature, at=at)
        case BillingState.CLOSED:
            return False
        case state:
            assert_never(state)


def terms_at(billing: Billing, at: datetime) -> Terms:
    """How much of everything a tenant has at a moment."""
    return _agreed(billing, at).model_copy(update={"raises": billing.raises})


def before_purchase(billing: Billing) -> Billing:
    """The same as if nobody were about to buy: that is what counts until it is paid."""
    return billing.model_copy(update={"pending": False})


def _agreed(billing: Billing, at: datetime) -> Terms:
    is_paid = billing.subscription is not None and billing.subscription.is_live
    match standing(billing, at):
        case BillingState.ACTIVE | BillingState.GRACE:
            return (billing.terms if is_paid else billing.invoiced) or free_terms()
        case BillingState.TRIAL:
            return (billing.terms if is_paid else None) or trial_terms()
        case BillingState.PENDING:
            return _agreed(before_purchase(billing), at)
        case BillingState.LIMITED | BillingState.FREE | BillingState.CLOSED:
            return free_terms()
        case state:
            assert_never(state)


def _by_subscription(subscription: PaidSubscription, past_due_since: datetime | None, at: datetime) -> BillingState:
    match subscription.known_status:
        case SubscriptionStatus.ACTIVE | None:
            return BillingState.ACTIVE
        case SubscriptionStatus.TRIALING:
            return BillingState.TRIAL
        case SubscriptionStatus.PAST_DUE:
            return BillingState.GRACE if past_due_since is None or at < past_due_since + GRACE else BillingState.LIMITED
        case SubscriptionStatus.UNPAID | SubscriptionStatus.PAUSED:
            return BillingState.LIMITED
        case SubscriptionStatus.INCOMPLETE | SubscriptionStatus.INCOMPLETE_EXPIRED | SubscriptionStatus.CANCELED:
            return BillingState.FREE  # Of none of these is one chosen that goes on.
        case _:
            assert_never(subscription.known_status)


def _terms(billing: Billing, chosen: PaidSubscription | None) -> Terms | None:
    """What was agreed for a subscription: for another plan it is agreed anew, and the seats are as many as are paid."""
    if chosen is None or not chosen.is_open:
        return None
    known = billing.terms if billing.subscription is not None and billing.subscription.id == chosen.id else None
    plan = chosen.plan or (known.plan if known is not None else Plan.TEAM)
    limits = known.limits if known is not None and known.plan is plan else limits_of(plan)
    return Terms(plan=plan, limits=limits, seats=chosen.seats)
