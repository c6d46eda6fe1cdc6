"""Train anew what the offline analyst knows of what messages do: the same messages give the same weights.

    uv run python -m infra.train_acts            # writes the weights, and prints how good they are on what is left out
    uv run python -m infra.train_acts --check    # says whether the weights are those of these messages

`infra/training/acts.tsv` has an act, a language and a message in each line, written for this by people and programs who
knew neither the product nor what it is measured by. Multinomial logistic regression with a quadratic penalty, by
stochastic gradient descent, in plain Python: about ten minutes.
"""

import argparse
import random
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pm_assistant.integrations.offline.acts import ACTS, FILE, Act, groups, packed, softmax, unpacked
from pm_assistant.language.text import plain

MESSAGES = Path(__file__).with_name("training") / "acts.tsv"
LEAST = 2
"""In so many messages a feature must stand."""
STEP, ROUNDS, STRENGTH = 4.0, 12, 2.0
"""How far the first step goes down the gradient, how often all messages are gone through, and how much more the
messages count than the penalty."""
PARTS = 4
"""One of so many parts is left out to see how good the model is on others."""


class Sample(NamedTuple):
    """A message by its features, each group with its value and places, and which act it is."""

    groups: Sequence[tuple[float, Sequence[int]]]
    act: int


def samples_of(lines: Sequence[str]) -> list[Sample]:
    """Read messages; features that stand in too few of them are left out."""
    rows = [line.split("\t") for line in lines]
    texts = [plain(message, {}) for _, _, message in rows]
    seen = Counter(place for said in texts for group in groups(said) for place in group.places)
    return [
        Sample([(value, sorted(p for p in places if seen[p] >= LEAST)) for value, places in groups(said)], number)
        for said, number in zip(texts, (ACTS.index(Act(row[0])) for row in rows), strict=True)
    ]


def train(samples: Sequence[Sample], checksum: int) -> bytes:
    """The weights under which the acts are likeliest, as their file has them."""
    width, shrunk, done = len(ACTS), 1.0, 0
    weights: dict[int, list[float]] = {}
    biases, order = [0.0] * width, [*range(len(samples))]
    chance = random.Random(0)  # noqa: S311 -- an order that is the same each time
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for at in order:
            step = STEP * (1 - done / (ROUNDS * len(samples)))
            done += 1
            shrunk *= 1 - step / (STRENGTH * len(samples))
            scores = biases[:]
            rows = [
                (value, [weights.setdefault(p, [0.0] * width) for p in places]) for value, places in samples[at].groups
            ]
            for value, group in rows:
                for column, total in enumerate(map(sum, zip(*group, strict=True))):
                    scores[column] += value * shrunk * total
            pulls = softmax(scores)
            pulls[samples[at].act] -= 1
            for value, group in rows:
                moves = [step * value / shrunk * pull for pull in pulls]
                for row in group:
                    row[:] = map(float.__sub__, row, moves)
            biases = [bias - 0.1 * step * pull for bias, pull in zip(biases, pulls, strict=True)]
    return packed({place: [weight * shrunk for weight in row] for place, row in weights.items()}, biases, checksum)


def lines_of(file: Path) -> list[str]:
    """The messages of a file; its notes begin with a #."""
    return [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def checksum_of(file: Path) -> int:
    """What the weights say that they were trained on."""
    return zlib.crc32(file.read_bytes())


def accuracy(samples: Sequence[Sample]) -> float:
    """How often the likeliest act is the right one, of the part of the messages that a model was trained without."""
    order = [*range(len(samples))]
    random.Random(1).shuffle(order)  # noqa: S311 -- parts that are the same each time
    kept = [samples[at] for place, at in enumerate(order) if place % PARTS]
    weights, biases, scale = unpacked(train(kept, 0))
    others = [samples[at] for place, at in enumerate(order) if not place % PARTS]
    right = 0
    for sample in others:
        scores = list(biases)
        for value, places in sample.groups:
            for place in places:
                row = weights[place * len(ACTS) : (place + 1) * len(ACTS)]
                scores = [score + value * scale * step for score, step in zip(scores, row, strict=True)]
        right += scores.index(max(scores)) == sample.act
    return right / len(others)


def main() -> None:
    """Train, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where the weights are others")
    samples = samples_of(lines_of(MESSAGES))
    weights = train(samples, checksum_of(MESSAGES))
    if parser.parse_args().check:
        if weights != FILE.read_bytes():
            sys.exit("error: not what these messages give")
        return
    FILE.write_bytes(weights)
    kept = f"{accuracy(samples):.3f} of a part that was left out read as what they are ({len(ACTS)} acts)"
    print(f"{FILE.name}: {len(weights) // 1024} kB of {len(samples)} messages; {kept}")


if __name__ == "__main__":
    main()
