"""Train the offline analyst's small models anew: the same sets give the same weights, byte for byte.

    uv run python -m infra.train ../shared/evals/given            # writes the weights, and prints how good they are
    uv run python -m infra.train ../shared/evals/given --check    # says whether the weights are those of these sets

Logistic regression with a quadratic penalty, by L-BFGS (Nocedal, "Updating Quasi-Newton Matrices with Limited
Storage", 1980), in plain Python: it takes half a minute and needs no library.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pm_assistant.integrations.offline import requests, resolved
from pm_assistant.integrations.offline.linear import BIAS, COMMENT, DATA, Features, LinearModel

Row = dict[str, Any]
Vector = list[float]
MEMORY, STEPS, STILL = 10, 200, 1e-4
"""L-BFGS: the updates it remembers, the most steps it takes, and the gradient at which it stands still."""
FOLDS = 5


@dataclass(frozen=True)
class Recipe:
    """How a model is made of a set.

    Attributes:
        name: of the file of weights.
        source: the set's folder.
        features: what is read off a row.
        least: in so many rows a feature must stand.
        strength: how much more the rows count than the penalty.
        note: what the file says of its origin.
        scaled: scale features beforehand by how much each tells by itself, where there are many rare ones.
    """

    name: str
    source: str
    features: Callable[[Row], Features]
    least: int
    strength: float
    note: str
    scaled: bool = False


RECIPES = (
    Recipe(
        "requests",
        "request_enron",
        lambda row: requests.features(row["text"]),
        least=3,
        strength=8.0,
        scaled=True,
        note="""Weights of a model of requests, trained on enron_intent_dataset_verified.
Copyright of that data set: its authors, MIT License: permission is granted, free of charge, to use, copy, modify,
merge, publish, distribute, sublicense and sell copies, with this notice; it is provided "as is", without warranty.""",
    ),
    Recipe(
        "resolved",
        "status_resolved",
        lambda row: resolved.features(row["text"], previous=row["previous"], opens=not row["previous"]),
        least=1,
        strength=1.0,
        note="""Scalars of a model of solved questions. They were measured on talk whose licence is not stated;
nothing of that talk is in them: each weighs a phrase or a shape of ours (integrations/offline/resolved.py).""",
    ),
)


def train(
    rows: Sequence[Features], labels: Sequence[bool], *, least: int, strength: float, scaled: bool = False
) -> LinearModel:
    """Find the weights under which the labels are likeliest.

    With `scaled` the penalty draws a feature's weight the less to nothing the more the feature tells by itself.
    """
    seen = Counter(name for row in rows for name in row)
    names = [BIAS, *sorted(name for name, times in seen.items() if times >= least)]
    scales = _scales(rows, labels, names) if scaled else dict.fromkeys(names, 1.0)
    number = {name: at for at, name in enumerate(names)}
    sparse = [
        [(0, 1.0), *((number[name], value * scales[name]) for name, value in row.items() if name in number)]
        for row in rows
    ]
    signs = [1.0 if label else -1.0 for label in labels]

    def loss(weights: Vector) -> tuple[float, Vector]:
        gradient = [0.0, *weights[1:]]  # the bias is free
        total = math.fsum(weight * weight for weight in weights[1:]) / 2
        for row, sign in zip(sparse, signs, strict=True):
            margin = sign * sum(weights[at] * value for at, value in row)
            total += strength * (math.log1p(math.exp(-margin)) if margin > 0 else math.log1p(math.exp(margin)) - margin)
            pull = -strength * sign / (1 + math.exp(min(margin, 500.0)))
            for at, value in row:
                gradient[at] += pull * value
        return total, gradient

    found = minimum(loss, [0.0] * len(names))
    return LinearModel({name: round(1000 * scales[name] * weight) for name, weight in zip(names, found, strict=True)})


def _scales(rows: Sequence[Features], labels: Sequence[bool], names: Sequence[str]) -> Mapping[str, float]:
    """How much each feature tells by itself: the root of how far its odds are from those of all rows, in logarithms.

    After Wang and Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", 2012, who take no
    root; with it, and a little for every feature, rare ones count less.
    """
    asked = Counter(name for row, label in zip(rows, labels, strict=True) if label for name in row)
    other = Counter(name for row, label in zip(rows, labels, strict=True) if not label for name in row)
    overall = (sum(labels) + 2) / (len(labels) - sum(labels) + 2)
    ratios = ((name, (asked[name] + 1) / (other[name] + 1) / overall) for name in names)
    return {BIAS: 1.0} | {name: math.sqrt(abs(math.log(ratio))) + 0.1 for name, ratio in ratios if name != BIAS}


def minimum(loss: Callable[[Vector], tuple[float, Vector]], start: Vector) -> Vector:
    """Go downhill by L-BFGS until the gradient is all but zero."""
    point, (height, gradient) = start, loss(start)
    updates: list[tuple[Vector, Vector, float]] = []
    for _ in range(STEPS):
        if max(map(abs, gradient)) < STILL:
            break
        direction = _direction(gradient, updates)
        slope, step = _dot(gradient, direction), 1.0 if updates else 1.0 / math.sqrt(_dot(gradient, gradient))
        while True:
            there = [x + step * d for x, d in zip(point, direction, strict=True)]
            lower, steeper = loss(there)
            if lower <= height + 1e-4 * step * slope or step < 1e-10:
                break
            step /= 2
        moved = [step * d for d in direction]
        bent = [after - before for after, before in zip(steeper, gradient, strict=True)]
        if (curvature := _dot(moved, bent)) > 1e-12:
            updates = [*updates[1 - MEMORY :], (moved, bent, 1 / curvature)]
        point, height, gradient = there, lower, steeper
    return point


def _direction(gradient: Vector, updates: Sequence[tuple[Vector, Vector, float]]) -> Vector:
    """Where to go: down the gradient, as bent by what the last steps showed."""
    direction, shares = [-slope for slope in gradient], []
    for moved, bent, rate in reversed(updates):
        share = rate * _dot(moved, direction)
        shares.append(share)
        direction = [d - share * b for d, b in zip(direction, bent, strict=True)]
    if updates:
        _, bent, rate = updates[-1]
        scale = 1 / (rate * _dot(bent, bent))
        direction = [scale * d for d in direction]
    for (moved, bent, rate), share in zip(updates, reversed(shares), strict=True):
        back = share - rate * _dot(bent, direction)
        direction = [d + back * m for d, m in zip(direction, moved, strict=True)]
    return direction


def _dot(one: Vector, other: Vector) -> float:
    return sum(map(float.__mul__, one, other))


def written(made: LinearModel, note: str) -> str:
    """Write a model as its file has it; weights of nothing are left out."""
    lines = [f"{COMMENT} {line}" for line in note.splitlines()]
    lines += [f"{name}\t{weight}" for name, weight in sorted(made.weights.items()) if weight or name == BIAS]
    return "\n".join(lines) + "\n"


def held_out(recipe: Recipe, rows: Sequence[Row]) -> Iterator[tuple[float, bool]]:
    """Score every row by a model that was trained without it, nor with others of its thread."""
    threads = [str(row.get("thread") or row["id"]) for row in rows]
    shuffled = sorted(set(threads))
    random.Random(0).shuffle(shuffled)  # noqa: S311 -- folds that are the same each time
    fold = {thread: at % FOLDS for at, thread in enumerate(shuffled)}
    for left_out in range(FOLDS):
        made = _trained(recipe, [row for row, thread in zip(rows, threads, strict=True) if fold[thread] != left_out])
        for row, thread in zip(rows, threads, strict=True):
            if fold[thread] == left_out:
                yield made.probability(recipe.features(row)), bool(row["label"])


def average_precision(scored: Sequence[tuple[float, bool]]) -> float:
    """The mean, over all that were to be found, of the precision at each."""
    ranked = sorted(scored, key=lambda pair: -pair[0])
    hits, precisions = 0, []
    for rank, (_, label) in enumerate(ranked, start=1):
        if label:
            hits += 1
            precisions.append(hits / rank)
    return math.fsum(precisions) / max(1, len(precisions))


def _trained(recipe: Recipe, rows: Sequence[Row]) -> LinearModel:
    labels = [bool(row["label"]) for row in rows]
    return train(
        [recipe.features(row) for row in rows],
        labels,
        least=recipe.least,
        strength=recipe.strength,
        scaled=recipe.scaled,
    )


def rows_of(recipe: Recipe, sets: Path) -> list[Row]:
    """Read a model's set."""
    return [json.loads(line) for line in (sets / recipe.source / "items.jsonl").read_text("utf-8").splitlines()]


def weights_of(recipe: Recipe, sets: Path) -> str:
    """Make a model's file anew."""
    return written(_trained(recipe, rows_of(recipe, sets)), recipe.note)


def main() -> None:
    """Train all, or check all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, help="the folder of the sets")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where weights are others")
    asked = parser.parse_args()
    differing = []
    for recipe in RECIPES:
        file, weights = DATA / f"{recipe.name}.tsv", weights_of(recipe, asked.sets)
        if asked.check:
            differing += [] if weights == file.read_text("utf-8") else [file.name]
            continue
        file.write_text(weights, "utf-8")
        ap = average_precision(list(held_out(recipe, rows_of(recipe, asked.sets))))
        print(f"{file.name}: {len(weights) // 1024} kB, AP {ap:.3f} on rows left out of the training ({FOLDS} folds)")
    if differing:
        sys.exit(f"error: not what these sets give: {', '.join(differing)}")


if __name__ == "__main__":
    main()
