"""Train small models that tell texts apart: the same texts give the same weights, byte for byte.

Multinomial logistic regression with a quadratic penalty, by stochastic gradient descent, in plain Python.
"""

import argparse
import random
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pm_assistant.language.classifier import Classifier, softmax

LEAST = 2
"""In so many texts a feature must stand."""
STEP, ROUNDS = 4.0, 12
"""How far the first step goes down the gradient, and how often all texts are gone through."""


class Sample(NamedTuple):
    """A text by its features, each group with its value and places, and which label it has."""

    groups: Sequence[tuple[float, Sequence[int]]]
    label: int


class Recipe[Label](NamedTuple):
    """What a model is made of.

    Attributes:
        texts: what it learns from, a label, a language and a text in each line.
        shown: a text as the model reads it.
        strength: how much more the texts count than the penalty.
    """

    model: Classifier[Label]
    texts: Callable[[], Sequence[str]]
    label: Callable[[str], Label]
    shown: Callable[[str], str]
    strength: float

    def samples(self, lines: Iterable[str]) -> list[Sample]:
        """Read texts; features that stand in too few of them are left out."""
        rows = [line.split("\t") for line in lines]
        read = [[*self.model.groups(self.shown(text))] for _, _, text in rows]
        seen = Counter(place for groups in read for group in groups for place in group.places)
        labels = (self.model.labels.index(self.label(row[0])) for row in rows)
        return [
            Sample([(value, sorted(p for p in places if seen[p] >= LEAST)) for value, places in groups], label)
            for groups, label in zip(read, labels, strict=True)
        ]

    def train(self, samples: Sequence[Sample], checksum: int) -> bytes:
        """The weights under which the labels are likeliest, as their file has them."""
        width, shrunk, done = len(self.model.labels), 1.0, 0
        weights: dict[int, list[float]] = {}
        biases, order = [0.0] * width, [*range(len(samples))]
        chance = random.Random(0)  # noqa: S311 -- an order that is the same each time
        for _ in range(ROUNDS):
            chance.shuffle(order)
            for at in order:
                step = STEP * (1 - done / (ROUNDS * len(samples)))
                done += 1
                shrunk *= 1 - step / (self.strength * len(samples))
                scores = biases[:]
                rows = [
                    (value, [weights.setdefault(p, [0.0] * width) for p in places])
                    for value, places in samples[at].groups
                ]
                for value, group in rows:
                    for column, total in enumerate(map(sum, zip(*group, strict=True))):
                        scores[column] += value * shrunk * total
                pulls = softmax(scores)
                pulls[samples[at].label] -= 1
                for value, group in rows:
                    moves = [step * value / shrunk * pull for pull in pulls]
                    for row in group:
                        row[:] = map(float.__sub__, row, moves)
                biases = [bias - 0.1 * step * pull for bias, pull in zip(biases, pulls, strict=True)]
        rows_of = {place: [weight * shrunk for weight in row] for place, row in weights.items()}
        return self.model.packed(rows_of, biases, checksum)

    def accuracy(self, kept: Sequence[Sample], others: Sequence[Sample]) -> float:
        """How often the likeliest label is the right one, of others than what the model is trained on."""
        weights = self.model.unpacked(self.train(kept, 0))
        right = 0
        for sample in others:
            scores = self.model.scores(sample.groups, weights)
            right += scores.index(max(scores)) == sample.label
        return right / len(others)


def lines_of(file: Path) -> list[str]:
    """The texts of a file; its notes begin with a #."""
    return [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def checksum_of(texts: Iterable[str]) -> int:
    """What the weights say that they were trained on."""
    return zlib.crc32("\n".join(texts).encode())


def run[Label](recipe: Recipe[Label], usage: str | None, worth: Callable[[Sequence[Sample]], str]) -> None:
    """Train by command line, or check.

    Args:
        recipe: what the model is made of.
        usage: what the command says of itself.
        worth: says how good such a model is on what it was trained without.
    """
    parser = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where the weights are others")
    only_checks = parser.parse_args().check
    texts = recipe.texts()
    samples = recipe.samples(texts)
    weights = recipe.train(samples, checksum_of(texts))
    file = recipe.model.file
    if only_checks:
        if weights != file.read_bytes():
            sys.exit("error: not what these texts give")
        return
    file.write_bytes(weights)
    print(f"{file.name}: {len(weights) // 1024} kB of {len(samples)} texts; {worth(samples)}")
