"""What the payment provider says of what was bought, and which of it counts."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import Plan


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


def which_counts(listed: Sequence[PaidSubscription], recorded_id: str | None) -> PaidSubscription | None:
    """The one that counts: whoever pays for one is never held to another that is not paid."""

    def worth(each: PaidSubscription) -> tuple[int, bool, int, int, str]:
        plan = list(Plan).index(each.plan) if each.plan is not None else 0
        return -_RANKS[each.known_status], each.id == recorded_id, plan, each.seats, each.id

    counting = [each for each in listed if _RANKS[each.known_status] < _RANKS[SubscriptionStatus.CANCELED]]
    if counting:
        return max(counting, key=worth)
    ended = [each for each in listed if each.known_status is SubscriptionStatus.CANCELED]
    return max(ended, key=lambda each: (each.ended_at or each.created_at, each.id), default=None)
