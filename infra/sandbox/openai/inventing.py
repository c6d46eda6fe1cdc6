"""A model that makes things up: its answers have the form that was asked for, and say what nobody has told it."""

import json
from collections.abc import Callable
from itertools import cycle

INVENTIONS = (
    "{} and ENG-99999",
    "{}, as Mallory said",
    "Mallory: {}",
    "{} 41 times",
    "{} in forty of seven days",
    "{} (https://evil.example/invoice)",
    "Mallory has closed ENG-99999.",
    "{} <!channel>",
)
"""What becomes of a text: an id, a person, a number, a day, an address or a call is added to it, or stands for it."""


def made_up(said: str) -> str:
    """An answer with something invented in each of its texts, one kind after the other.

    What is a single word stays as it is: ids and choices are of a form that a model is held to.
    """
    inventions = cycle(INVENTIONS)

    def invent(text: str) -> str:
        return next(inventions).format(text) if " " in text else text

    return json.dumps(_reworded(json.loads(said), invent))


def _reworded(part: object, reword: Callable[[str], str]) -> object:
    match part:
        case str():
            return reword(part)
        case list():
            return [_reworded(each, reword) for each in part]
        case dict():
            return {name: _reworded(each, reword) for name, each in part.items()}
        case _:
            return part
