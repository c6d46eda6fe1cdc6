"""How much what speaks for a ticket counts, and what speaks for none: one choice among all of them."""

import math
from collections.abc import Mapping, Sequence

from pm_assistant.language.ranking.features import NONE, TICKET

WEIGHTS: Mapping[str, float] = {
    "bm25_chat": 1.24,
    "bm25_title": 0.17,
    "bm25_max": -0.68,
    "cover": 1.68,
    "explained": 0.82,
    "rarest": 0.34,
    "ident": 0.54,
    "bigram": 0.66,
    "cgram": 0.68,
    "op_speaks": 1.45,
    "op_first": 1.05,
    "op_share": -0.25,
    "op_mentioned": 2.07,
    "desc_mentions": 1.86,
    "op_nopen": 2.44,
    "op_newest": 0.34,
    "logage": 0.31,
    "age1d": -0.23,
    "lrank": 0.4,
    "area_recent": 4.46,
    "area_opened": 5.93,
    "h30": -0.28,
    "hlast": 2.51,
    "knn": 4.39,
    "const": 1.46,
    "logwords": 1.11,
    "nmsg": 0.54,
    "spk_open": 0.21,
    "first_open": -0.63,
    "work": -0.13,
    "askrev": -1.19,
    "q": 0.1,
    "code": 0.45,
    "nauth": 0.29,
    "spk_newest_age": 0.07,
    "novel": 0.43,
}
"""Of each feature by its name, as `infra/train_ranking.py` finds them; they are all that is kept of those sets."""

NAMED = 9.0
"""What it counts that a ticket's key was said: hardly anything outweighs it."""
CONFIRMED = 6.0
"""What it counts that a person has said of this very thread that it is about the ticket."""

_TICKET = [WEIGHTS[name] for name in TICKET]
_OF_WORDS = TICKET.index("cgram") + 1
"""How many features compare words: they come first."""
_NONE = [WEIGHTS[name] for name in NONE]


def worth_of_ticket(features: Sequence[float], *, named: bool, confirmed: bool) -> float:
    """How much speaks for a ticket, on a scale without zero."""
    return math.sumprod(_TICKET, features) + NAMED * named + CONFIRMED * confirmed


def worth_by_words(features: Sequence[float]) -> float:
    """How much of that is in the words alone."""
    return math.sumprod(_TICKET[:_OF_WORDS], features[:_OF_WORDS])


def worth_of_none(features: Sequence[float]) -> float:
    """How much speaks for none, on the same scale."""
    return math.sumprod(_NONE, features)


def probabilities(worth: Mapping[int, float], none: float) -> tuple[Mapping[int, float], float]:
    """How probable each is, and none of them; together 1."""
    most = max((none, *worth.values()))
    odds = {number: math.exp(each - most) for number, each in worth.items()}
    odds_of_none = math.exp(none - most)
    total = math.fsum((*odds.values(), odds_of_none))
    return {number: each / total for number, each in odds.items()}, odds_of_none / total
