"""Find anew what counts in the ranking of tickets, and print it: the same sets give the same weights.

    uv run python -m infra.train_ranking ../shared/evals/given/mathlib21 ../shared/evals/given/prtopics23

One choice among a conversation's candidates and none of them (a conditional logit with a quadratic penalty), by the
same L-BFGS as `infra/train.py`. People answer as `pm eval match --feedback confirmed` has it, by the weights as they
are. Nobody has licensed these sets' texts: of them only one number for each feature is kept, each told in
`language/ranking/model.py`. It takes about five minutes.
"""

import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from infra.train import Vector, minimum
from pm_assistant.cli.commands.benchmarks import ASKS
from pm_assistant.cli.matching import Item, MatchingSet
from pm_assistant.language.ranking import model
from pm_assistant.language.ranking.features import NONE, TICKET

PENALTY = 1.5
SHORT_TALK, MESSAGE = 0.3, 0.5
"""What an item with hardly a word counts, and one that is a single message of a conversation."""
SECONDS_BEFORE = 60
"""A ticket opened so shortly before is likely dated by the very message that it is to be found for."""
ALONE = "is_message"
"""Sets hold each message by itself, too, where people say less of a ticket; the product judges conversations."""


class Choice(NamedTuple):
    """What was to be chosen from.

    Attributes:
        weight: how much it counts.
        tickets: the features of each candidate.
        none: those of none.
        right: the place of the right ticket; None for none.
    """

    weight: float
    tickets: Sequence[Vector]
    none: Vector
    right: int | None


def choices(matching_set: MatchingSet) -> Iterator[Choice]:
    """What a set gives to learn from, in the order in which it was said."""
    for item in matching_set:
        comparison, numbers = item.ranking.compare(item.conversation)
        tickets = [list(comparison.ticket(number)) for number in numbers]
        worth = {place: model.worth_of_ticket(each, named=False, confirmed=False) for place, each in enumerate(tickets)}
        probabilities, _ = model.probabilities(worth, model.worth_of_none(comparison.none))
        ids = [item.ranking.index.heads[number].id for number in numbers]
        best = max(probabilities, key=lambda place: (probabilities[place], ids[place]), default=None)
        label = item.row["ticket_id"]
        weight = _weight(item, matching_set.tickets)
        if weight and (label is None or label in ids):
            none = [*comparison.none, float("n_messages" not in item.row)]
            yield Choice(weight, tickets, none, None if label is None else ids.index(label))
        if best is not None and probabilities[best] >= ASKS and item.is_about(ids[best]):
            matching_set.confirm(item)


def _weight(item: Item, tickets: dict[str, Any]) -> float:
    row = item.row
    if row["ticket_id"] is not None and row["ts"] - tickets[row["ticket_id"]]["opened_at"] < SECONDS_BEFORE:
        return 0.0
    return (1.0 if "n_messages" in row else MESSAGE) * (1.0 if row["contentful"] else SHORT_TALK)


def trained(learnt: Sequence[Choice]) -> dict[str, float]:
    """The weights under which the right choices are likeliest."""
    of_ticket, of_none = _deviations(t for c in learnt for t in c.tickets), _deviations(c.none for c in learnt)
    scaled = [
        Choice(c.weight, [_divided(ticket, of_ticket) for ticket in c.tickets], _divided(c.none, of_none), c.right)
        for c in learnt
    ]
    columns = [list(map(list, zip(*choice.tickets, strict=True))) for choice in scaled]

    def loss(weights: Vector) -> tuple[float, Vector]:
        for_ticket, for_none = weights[: len(TICKET)], weights[len(TICKET) :]
        total, gradient = PENALTY * math.sumprod(weights, weights), [2 * PENALTY * weight for weight in weights]
        for choice, features in zip(scaled, columns, strict=True):
            worth = {place: math.sumprod(for_ticket, each) for place, each in enumerate(choice.tickets)}
            probabilities, none = model.probabilities(worth, math.sumprod(for_none, choice.none))
            total -= choice.weight * math.log(none if choice.right is None else probabilities[choice.right])
            excess = [probabilities[place] - (place == choice.right) for place in range(len(worth))]
            for at, column in enumerate(features):
                gradient[at] += choice.weight * math.sumprod(excess, column)
            for at, value in enumerate(choice.none, start=len(TICKET)):
                gradient[at] += choice.weight * (none - (choice.right is None)) * value
        return total, gradient

    found = minimum(loss, [0.0] * (len(TICKET) + len(NONE) + 1))
    scales, names = (*of_ticket, *of_none), (*TICKET, *NONE, ALONE)
    return {name: weight / scale for name, weight, scale in zip(names, found, scales, strict=True)}


def _deviations(rows: Iterable[Vector]) -> Vector:
    columns = [list(column) for column in zip(*rows, strict=True)]
    means = [math.fsum(column) / len(column) for column in columns]
    spreads = [
        math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column))
        for column, mean in zip(columns, means, strict=True)
    ]
    return [spread or 1.0 for spread in spreads]


def _divided(values: Vector, by: Vector) -> Vector:
    return [value / each for value, each in zip(values, by, strict=True)]


def main() -> None:
    """Print the weights, and how far they are from those in use."""
    learnt = [choice for folder in sys.argv[1:] for choice in choices(MatchingSet(Path(folder)))]
    if not learnt:
        raise SystemExit("error: name the folders of the sets to learn from")
    weights = trained(learnt)
    for name in (*TICKET, *NONE):
        sys.stdout.write(f"{name:16} {weights[name]:6.2f} {weights[name] - model.WEIGHTS[name]:+6.2f}\n")


if __name__ == "__main__":
    main()
