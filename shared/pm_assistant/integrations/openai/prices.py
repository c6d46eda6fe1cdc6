"""What models cost, and what an answer did.

Prices are dollars for a million tokens, as https://openai.com/api/pricing listed them for standard processing of up to
270,000 tokens of input in June 2026 (read through third parties that quote that page: this project asked no vendor).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple


class Price(NamedTuple):
    """Dollars for a million tokens that a model reads, reads from its cache, or writes; what it thinks is written."""

    input: float
    cached: float
    output: float


class Tokens(NamedTuple):
    """What an answer took: `cached` are among the `input`."""

    input: int = 0
    cached: int = 0
    output: int = 0


PRICES: Mapping[str, Price] = {
    "gpt-5.5": Price(5.00, 0.50, 30.00),
    "gpt-5.4": Price(2.50, 0.25, 15.00),
    "gpt-5.4-mini": Price(0.75, 0.075, 4.50),
    "gpt-5.4-nano": Price(0.20, 0.02, 1.25),
    "gpt-5.2": Price(1.75, 0.175, 14.00),
    "gpt-5.1": Price(1.25, 0.125, 10.00),
}
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def price_of(model: str, own: Mapping[str, Price]) -> Price:
    """The price of a model or of its dated snapshot; of one that nobody knows the dearest that we do know.

    Args:
        model: as it is asked for or as it answers.
        own: prices that the deployment knows better.
    """
    for prices in (own, PRICES):
        for name in (model, _SNAPSHOT.sub("", model)):
            if name in prices:
                return prices[name]
    return max(PRICES.values(), key=lambda price: price.output)


def microdollars(tokens: Tokens, price: Price) -> int:
    """What the tokens cost in millionths of a dollar, rounded up: a budget errs on the side of the tenant's purse."""
    uncached = max(0, tokens.input - tokens.cached)
    return math.ceil(uncached * price.input + tokens.cached * price.cached + tokens.output * price.output)
