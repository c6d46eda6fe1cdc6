"""How much what speaks for a ticket counts, and what speaks for none: one choice among all of them."""

import math
from collections.abc import Mapping, Sequence

from pm_assistant.language.ranking.features import NONE, TICKET

WEIGHTS: Mapping[str, float] = {
    "bm25_chat": 1.02,
    "bm25_title": 0.17,
    "bm25_max": -0.52,
    "cover": 2.1,
    "explained": 0.82,
    "rarest": 0.16,
    "ident": 0.63,
    "bigram": 0.86,
    "cgram": 0.72,
    "op_speaks": 1.48,
    "op_first": 1.05,
    "op_share": -0.17,
    "op_mentioned": 2.13,
    "desc_mentions": 1.91,
    "op_nopen": 2.5,
    "op_newest": 0.3,
    "logage": 0.32,
    "age1d": -0.22,
    "lrank": 0.4,
    "area_recent": 4.79,
    "area_opened": 6.23,
    "h30": -0.25,
    "hlast": 2.51,
    "knn": 4.35,
    "const": 1.59,
    "logwords": 1.15,
    "nmsg": 0.48,
    "spk_open": 0.26,
    "first_open": -0.65,
    "work": -0.11,
    "askrev": -1.17,
    "q": 0.1,
    "code": 0.44,
    "nauth": 0.15,
    "spk_newest_age": 0.08,
    "novel": 0.35,
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
