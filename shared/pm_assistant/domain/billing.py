"""What a tenant pays for and what that allows: plans, their limits, and what follows from what the provider says.

The provider is asked what is true; what it said last is kept with the tenant, and what follows is worked out whenever
it is asked for: a trial or a grace that is over ends nothing but itself, and nobody has to notice.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Literal, assert_never

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.workspaces import TenantId

TRIAL = timedelta(days=14)
"""How long a team that registers has everything without having paid."""
GRACE = timedelta(days=14)
"""How long a payment that failed changes nothing."""
WARNED_AT = (80, 100)
"""In percent of a month's decisions, and of the seats: who gets there is told so, once each."""


class Plan(StrEnum):
    """What a tenant may buy, each more than the one before."""

    FREE = "free"
    TEAM = "team"
    BUSINESS = "business"


class Limits(Model):
    """How much of the product a tenant has; none means as much as it likes."""

    people: int | None = Field(description="people who have an account or get reports")
    decisions: int = Field(default=0, description="conversations judged by the model in a month, whoever's they are")
    decisions_per_seat: int = Field(default=0, description="as many more for each seat, for the whole team")
    acts: bool = Field(description="whether anything is done unasked, where the team's rules allow it")
    history_days: int | None = Field(description="how far back what was said and decided is shown and judged anew")
    connections: int | None = Field(description="vendors that can be connected")


type LimitName = Literal["people", "decisions", "history_days", "connections"]
"""What an operator may raise for one tenant."""


@cache
def limits_of(plan: Plan) -> Limits:
    """The one table of what a plan holds; made when it is first asked for, as most requests ask for none of it."""
    match plan:
        case Plan.FREE:
            return Limits(people=5, decisions=200, acts=False, history_days=14, connections=2)
        case Plan.TEAM:
            return Limits(people=100, decisions_per_seat=300, acts=True, history_days=90, connections=None)
        case Plan.BUSINESS:
            return Limits(people=None, decisions_per_seat=1_000, acts=True, history_days=None, connections=None)
        case _:
            assert_never(plan)


class Terms(Model):
    """What was agreed when something was bought: a plan as it was that day, so that nobody's deal changes later.

    Attributes:
        seats: people who are paid for; none means as many as the limits say.
        raises: what an operator has raised limits to, whatever was agreed.
    """

    plan: Plan
    limits: Limits
    seats: int | None = None
    raises: dict[LimitName, int] = Field(default_factory=dict)

    @property
    def decisions(self) -> int:
        """What the model judges in a month, pooled."""
        agreed = self.limits.decisions + self.limits.decisions_per_seat * (self.seats or 0)
        return max(agreed, self.raises.get("decisions", 0))

    @property
    def hard_stop(self) -> int:
        """Until when a limit that is soft is let go: a tenth beyond it."""
        return self.decisions + self.decisions // 10

    @property
    def people(self) -> int | None:
        """How many there may be; None for any number."""
        bounds = [number for number in (self.seats, self.limits.people) if number is not None]
        return self._raised("people", min(bounds, default=None))

    @property
    def history_days(self) -> int | None:
        """How far back what was said and decided is shown; None for all of it."""
        return self._raised("history_days", self.limits.history_days)

    @property
    def connections(self) -> int | None:
        """How many vendors may be connected; None for all of them."""
        return self._raised("connections", self.limits.connections)

    def _raised(self, name: LimitName, agreed: int | None) -> int | None:
        return agreed if agreed is None else max(agreed, self.raises.get(name, 0))


@cache
def free_terms() -> Terms:
    """What everybody has."""
    return Terms(plan=Plan.FREE, limits=limits_of(Plan.FREE))


@cache
def trial_terms() -> Terms:
    """Everything, for as many people as there are."""
    return Terms(plan=Plan.BUSINESS, limits=limits_of(Plan.BUSINESS).model_copy(update={"decisions": 5_000}))


class SubscriptionStatus(StrEnum):
    """What the provider is known to say of a subscription; it may come to say more."""

    ACTIVE = "active"
    TRIALING = "trialing"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    CANCELED = "canceled"


class PaidSubscription(Model):
    """A subscription as the payment provider has it.

    Attributes:
        status: the provider's own word; one that we do not know keeps access (`known_status`).
        plan: what its price buys; None where that price is none of ours.
        prices: the provider's ids.
        period_start: of what is paid for now, as `period_end`.
        cancel_at: when it ends, where that has been said.
        past_due_since: since when something is owed, where the provider says so.
        paused_because: the provider's own word.
        payment_failed: it ended because nothing could be charged, and not because somebody ended it.
    """

    id: str
    customer_id: str
    status: str
    plan: Plan | None = None
    prices: tuple[str, ...] = ()
    seats: int = Field(default=1, ge=0)
    created_at: AwareDatetime
    period_start: AwareDatetime | None = None
    period_end: AwareDatetime | None = None
    cancel_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    past_due_since: AwareDatetime | None = None
    paused_because: str | None = None
    payment_failed: bool = False

    @property
    def known_status(self) -> SubscriptionStatus | None:
        """The status, None for one that we do not know."""
        return SubscriptionStatus(self.status) if self.status in set(SubscriptionStatus) else None

    @property
    def is_live(self) -> bool:
        """Whether it is paid, or about to be paid again; so is one of a status that we do not know."""
        return self.known_status in {
            SubscriptionStatus.ACTIVE,
            SubscriptionStatus.TRIALING,
            SubscriptionStatus.PAST_DUE,
            None,
        }

    @property
    def is_open(self) -> bool:
        """Whether it goes on, or may: to buy another beside it would be to pay twice."""
        return self.known_status not in {SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED}


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


class QuotaWarning(Model):
    """That a tenant has been told how much of a month's decisions is used.

    Attributes:
        decisions: what the month had then; who has another number since was not told of that one.
    """

    month: str
    percent: int
    decisions: int = 0

    @property
    def occasion(self) -> str:
        """What it was about: another month, or another number, is another occasion."""
        return f"{self.month}|{self.decisions}"

    def includes(self, other: "QuotaWarning") -> bool:
        """Whether who was told this needs not be told the other."""
        return self.occasion == other.occasion and self.percent >= other.percent


class Seating(Model):
    """How the seats of a plan were found when they were counted last.

    Attributes:
        limit: how many there were.
        people: how many people there were for them.
        holders: who has one; empty while there is one for each.
    """

    limit: int
    people: int
    holders: tuple[str, ...] = ()

    @property
    def beyond(self) -> int:
        """How many people have none."""
        return max(self.people - self.limit, 0)


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


class CheckoutOrder(Model):
    """What somebody is about to buy.

    Attributes:
        key: of this purchase; the same order has the same.
        success_url: where the buyer comes back to; that they do proves nothing.
        cancel_url: where they come back to without having bought.
    """

    tenant_id: TenantId
    customer_id: str
    plan: Plan
    seats: int = Field(ge=1)
    key: str
    success_url: str
    cancel_url: str


class PortalFlow(StrEnum):
    """What somebody comes to the provider's portal for."""

    PAYMENT_METHOD = "payment_method"
    UPDATE = "update"
    CANCEL = "cancel"


class QuotaMonth(Model):
    """What a tenant has used in a calendar month, by UTC.

    Attributes:
        used: conversations that were judged with all there is.
        beyond: those that were judged the cheap way, as there was nothing left.
    """

    used: int = 0
    beyond: int = 0


def synced(billing: Billing, subscriptions: Iterable[PaidSubscription], *, at: datetime) -> Billing:
    """Billing as the provider's list of all the customer's subscriptions has it; whatever was missed is made up for.

    The same list makes the same of it, however often, in whatever order, and whatever was believed before. Of several
    that are paid the one that counted goes on counting; of others the best does.
    """
    listed = sorted(subscriptions, key=lambda each: each.id)
    live = [each for each in listed if each.is_live]
    recorded_id = billing.subscription.id if billing.subscription is not None else None
    chosen = _chosen(listed, recorded_id)
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


def _chosen(listed: Sequence[PaidSubscription], recorded_id: str | None) -> PaidSubscription | None:
    """The one that counts: whoever pays for one is never held to another that is not paid."""

    def worth(each: PaidSubscription) -> tuple[int, bool, int, int, str]:
        plan = list(Plan).index(each.plan) if each.plan is not None else 0
        return -_RANKS[each.known_status], each.id == recorded_id, plan, each.seats, each.id

    counting = [each for each in listed if _RANKS[each.known_status] < _RANKS[SubscriptionStatus.CANCELED]]
    if counting:
        return max(counting, key=worth)
    ended = [each for each in listed if each.known_status is SubscriptionStatus.CANCELED]
    return max(ended, key=lambda each: (each.ended_at or each.created_at, each.id), default=None)


_RANKS: Mapping[SubscriptionStatus | None, int] = MappingProxyType(
    {
        SubscriptionStatus.ACTIVE: 0,
        SubscriptionStatus.TRIALING: 0,
        None: 1,
        SubscriptionStatus.PAST_DUE: 2,
        SubscriptionStatus.UNPAID: 3,
        SubscriptionStatus.PAUSED: 3,
        SubscriptionStatus.CANCELED: 4,
        SubscriptionStatus.INCOMPLETE: 5,
        SubscriptionStatus.INCOMPLETE_EXPIRED: 5,
    }
)
"""The lower the more it counts; what was never paid does not."""


def _terms(billing: Billing, chosen: PaidSubscription | None) -> Terms | None:
    """What was agreed for a subscription: for another plan it is agreed anew, and the seats are as many as are paid."""
    if chosen is None or not chosen.is_open:
        return None
    known = billing.terms if billing.subscription is not None and billing.subscription.id == chosen.id else None
    plan = chosen.plan or (known.plan if known is not None else Plan.TEAM)
    limits = known.limits if known is not None and known.plan is plan else limits_of(plan)
    return Terms(plan=plan, limits=limits, seats=chosen.seats)
