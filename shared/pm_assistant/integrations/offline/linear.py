"""Small linear models: named features, a weight for each, and a probability.

A model's weights lie in `data/<name>.tsv`, a feature and its weight in thousandths a line; `infra/train.py` makes them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data")
BIAS = "(bias)"
"""The feature that every text has."""
COMMENT = "//"
"""How a line begins that says where weights come from."""

Features = Mapping[str, float]


@dataclass(frozen=True)
class LinearModel:
    """Weights in thousandths by the names of their features; what it has none for says nothing."""

    weights: Mapping[str, int]

    def probability(self, features: Features) -> float:
        """How likely it is that a text with these features is what the model looks for, 0 to 1."""
        margin = self.weights[BIAS] + math.fsum(self.weights.get(name, 0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-margin / 1000))


@cache
def model(name: str) -> LinearModel:
    """Read a model's weights, once and only when it is asked for."""
    lines = (DATA / f"{name}.tsv").read_text("utf-8").splitlines()
    pairs = (line.rpartition("\t") for line in lines if not line.startswith(COMMENT))
    return LinearModel({feature: int(weight) for feature, _, weight in pairs})
