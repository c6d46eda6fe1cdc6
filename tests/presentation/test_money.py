"""Sums are shown as people write them, whatever the smallest unit of their currency is."""

import pytest

from pm_assistant.presentation.money import money


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (163_87, "eur", "163.87 EUR"),
        (-1_987, "usd", "-19.87 USD"),
        (1_234_567, "eur", "12,345.67 EUR"),
        (12_000, "jpy", "12,000 JPY"),
    ],
)
def test_a_sum_is_in_whole_units(amount: int, currency: str, shown: str) -> None:
    """Of yen there are no hundredths."""
    assert shown == money(amount, currency)
