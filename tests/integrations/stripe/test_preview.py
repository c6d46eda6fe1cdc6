"""What Stripe says that something would cost is told as it says it; what nobody can say is an error of ours."""

import pytest

from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PriceQuestion
from pm_assistant.integrations.stripe.wire import InvoicePreview
from tests.integrations.stripe.conftest import Shop


def test_a_change_in_the_middle_of_a_period_is_charged_for_what_is_left_of_it(shop: Shop) -> None:
    """Half of two seats' price half a period on, and the whole of all five with the next payment."""
    customer_id = shop.buy(seats=3)
    [bought] = shop.payments.subscriptions(customer_id)
    assert bought.period_start is not None
    assert bought.period_end is not None
    shop.control(f"stripe/customers/{customer_id}", days=(bought.period_end - bought.period_start).days // 2)

    seat = shop.payments.preview(PriceQuestion(plan=Plan.TEAM, seats=1)).each_period
    shown = shop.payments.preview(
        PriceQuestion(plan=Plan.TEAM, seats=5, customer_id=customer_id, subscription_id=bought.id)
    )

    assert (seat * 5, bought.period_end) == (shown.each_period, shown.due_at)
    assert abs(shown.prorated - seat) < seat * 0.05
    assert 3 == shop.payments.subscriptions(customer_id)[0].seats


def test_tax_and_credits_are_told_apart() -> None:
    """However Stripe has come to know of them; what it adds is survived."""
    prorated = {"subscription_item_details": {"proration": True, "new": 1}, "invoice_item_details": None}
    said = {
        "currency": "eur",
        "total": 1_140,
        "lines": {"data": [{"amount": -200, "parent": prorated}, {"amount": 1_200, "parent": None}, {"amount": 0}]},
        "total_taxes": [{"amount": 100}, {"amount": 40}],
    }

    preview = InvoicePreview.read(said).domain()

    assert (1_140, 1_200, -200, 140, None) == (
        preview.total,
        preview.each_period,
        preview.prorated,
        preview.tax,
        preview.due_at,
    )
    with pytest.raises(UpstreamUnavailable, match="total"):
        InvoicePreview.read({"currency": "eur", "lines": {}})
