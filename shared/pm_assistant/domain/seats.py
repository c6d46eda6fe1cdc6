"""Who has a seat where a plan is for fewer people than there are: who is beyond is read and counted, and not told."""

from collections.abc import Sequence
from datetime import datetime

from pm_assistant.domain.billing import Billing, terms_at
from pm_assistant.domain.usage import WARNED_AT, Seating


def seating_at(billing: Billing, at: datetime) -> Seating | None:
    """How the seats were found, None where that was for another number of them than there is now.

    So whoever buys more has them at once, and whoever has fewer is held to that from the next look on.
    """
    seating = billing.seating
    return seating if seating is not None and seating.limit == terms_at(billing, at).people else None


def has_seat(billing: Billing, member_id: str, at: datetime) -> bool:
    """Whether a person gets reports."""
    seating = seating_at(billing, at)
    return seating is None or seating.beyond == 0 or member_id in seating.holders


def seated(billing: Billing, people: Sequence[str], at: datetime) -> Seating | None:
    """How the seats stand with these people; None while nobody has to know.

    Who has a seat keeps it, and the others take those that are left in their order.
    """
    limit, before = terms_at(billing, at).people, seating_at(billing, at)
    if limit is None or len(people) * 100 < WARNED_AT[0] * limit:
        return None
    if len(people) <= limit:
        return Seating(limit=limit, people=len(people))
    there = set(people)
    kept = [holder for holder in (before.holders if before is not None else ()) if holder in there]
    holders = tuple(dict.fromkeys((*kept, *people)))[:limit]
    return Seating(limit=limit, people=len(people), holders=holders)
