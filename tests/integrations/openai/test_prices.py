"""Money: every model has a price, and no answer is counted as cheaper than it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.integrations.openai.prices import PRICES, Price, Tokens, microdollars, price_of

COUNTS = st.integers(0, 10_000_000)


@pytest.mark.parametrize(("model", "same_as"), [("gpt-5.4-mini", "gpt-5.4-mini"), ("gpt-5.4-2026-03-05", "gpt-5.4")])
def test_a_snapshot_costs_what_its_model_does(model: str, same_as: str) -> None:
    """The API answers with the dated name."""
    assert PRICES[same_as] == price_of(model, {})


def test_a_model_that_nobody_knows_costs_what_the_dearest_does() -> None:
    """So a budget ends too early rather than too late, until somebody says its price."""
    own = Price(1.0, 0.5, 2.0)

    assert max(PRICES.values(), key=lambda price: price.output) == price_of("ft:gpt-9:acme::x", {})
    assert own == price_of("ft:gpt-9:acme::x", {"ft:gpt-9:acme::x": own})
    assert own == price_of("gpt-5.4", {"gpt-5.4": own})


@given(COUNTS, COUNTS, COUNTS)
def test_what_is_cached_is_cheaper_and_nothing_is_free(read: int, cached: int, written: int) -> None:
    """Rounded up to the millionth of a dollar; a million tokens cost what the list says."""
    price = PRICES["gpt-5.4-mini"]
    cached = min(cached, read)
    cost = microdollars(Tokens(read, cached, written), price)

    assert cost <= microdollars(Tokens(read, 0, written), price)
    assert (cost > 0) == (read + written > 0)
    assert 750_000 == microdollars(Tokens(1_000_000, 0, 0), price)
    assert 4_500_000 == microdollars(Tokens(0, 0, 1_000_000), price)
