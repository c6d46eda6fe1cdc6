"""Who has a seat keeps it, there are never more than are paid for, and whoever buys more has them at once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.billing import Billing, synced
from pm_assistant.domain.due import Due, due_of, seats_due
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.seats import has_seat, seated, seating_at
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.usage import Seating
from tests.builders import NOW

PEOPLE = st.lists(st.sampled_from([f"U{number}" for number in range(12)]), unique=True)


def paid(seats: int, seating: Seating | None = None) -> Billing:
    """The team plan for so many."""
    subscription = PaidSubscription(
        id="sub_1", customer_id="cus_1", status="active", plan=Plan.TEAM, seats=seats, created_at=NOW
    )
    return synced(Billing(trial_ends_at=NOW, seating=seating), [subscription], at=NOW)


@given(before=PEOPLE, after=PEOPLE, seats=st.integers(1, 8))
def test_who_has_a_seat_keeps_it_and_no_seat_stays_empty(before: list[str], after: list[str], seats: int) -> None:
    """Whoever comes and goes, and in whatever order they are listed."""
    first = paid(seats, seated(paid(seats), before, NOW))
    had = {each for each in before if has_seat(first, each, NOW)}

    second = paid(seats, seated(first, after, NOW))
    have = {each for each in after if has_seat(second, each, NOW)}

    assert min(len(after), seats) == len(have)
    if len(before) > seats:
        assert have >= had & set(after)


@pytest.mark.parametrize(
    ("seats", "people", "due"),
    [
        (5, 3, None),
        (5, 4, Due.SEATS_NEARLY_USED),
        (5, 5, Due.SEATS_NEARLY_USED),
        (5, 6, Due.SEATS_EXCEEDED),
    ],
)
def test_admins_are_told_at_four_fifths_and_beyond(seats: int, people: int, due: Due | None) -> None:
    """It stays to be seen to only while somebody has none: who bought as many as there are people is done."""
    seating = seated(paid(seats), [f"U{number}" for number in range(people)], NOW)

    thing, shown = seats_due(seating), due_of(paid(seats, seating), NOW)

    assert due is (thing.what if thing is not None else None)
    assert (Due.SEATS_EXCEEDED if people > seats else None) is (shown.what if shown is not None else None)


def test_seats_that_were_bought_since_count_at_once() -> None:
    """And so does a trial that an operator gives: nobody waits for the next look."""
    seating = seated(paid(1), ["U1", "U2"], NOW)
    trying = Billing(trial_ends_at=NOW + timedelta(days=1), seating=seating)

    assert [True, False] == [has_seat(paid(1, seating), each, NOW) for each in ("U1", "U2")]
    for billing in (paid(2, seating), trying):
        assert all(has_seat(billing, each, NOW) for each in ("U1", "U2"))
        assert seating_at(billing, NOW) is None
        assert due_of(billing, NOW) is None or due_of(billing, NOW).what is Due.TRIAL_ENDING  # type: ignore[union-attr]
