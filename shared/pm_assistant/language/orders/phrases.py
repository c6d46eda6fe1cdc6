"""How people word an order: `data/orders.txt`, read once."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from pm_assistant.language.grammars import compiled, rules_in, with_parts


class Intent(Enum):
    """What is ordered; where several would read the same clause, the first does."""

    DISMISS = "dismiss"
    UNDO = "undo"
    RELINK = "relink"
    NOTE = "note"
    CLOSE = "close"
    REOPEN = "reopen"
    START = "start"
    CANCEL = "cancel"
    ANNUL = "annul"
    CREATE = "create"
    MOVE = "move"


STATE = "\x03"
"""What stands in the place of a state's name in what is held against `worded_phrases`."""
_NEVER_WORDED = frozenset({Intent.DISMISS, Intent.UNDO, Intent.CREATE})


class Phrasebook(NamedTuple):
    """All that is known of how people word orders.

    Attributes:
        phrases: each for a whole clause, in the order in which they are to be tried.
        named_phrases: those, and in between what is an order only where it is said to us by name.
        parts: what these are made of, by name.
        phases: words for a phase of the work, each by itself, and what phase that is.
        levels: words for how urgent something is, and how urgent that is.
        properties: what may be said of a new ticket in a part of its own.
    """

    phrases: Sequence[tuple[Intent, re.Pattern[str]]]
    named_phrases: Sequence[tuple[Intent, re.Pattern[str]]]
    parts: Mapping[str, str]
    phases: Mapping[str, str]
    levels: Mapping[str, str]
    properties: Sequence[str]


@cache
def phrasebook() -> Phrasebook:
    """Read it."""
    parts: dict[str, str] = {}
    phases: dict[str, str] = {}
    levels: dict[str, str] = {}
    properties: list[str] = []
    phrases: dict[Intent, list[tuple[re.Pattern[str], bool]]] = {intent: [] for intent in Intent}
    for name, pattern in rules_in("orders"):
        what, _, which = name.partition(" ")
        match what:
            case "part":
                parts[which] = with_parts(pattern, parts)
            case "state":
                phases |= dict.fromkeys(pattern.split("|"), which)
            case "level":
                levels |= dict.fromkeys(pattern.split("|"), which)
            case "property":
                properties.append(with_parts(pattern, parts))
            case "worded":
                pass
            case _:
                phrases[Intent(which or what)].append((compiled(with_parts(pattern, parts)), what == "named"))
    in_order = [(intent, phrase, named) for intent in Intent for phrase, named in phrases[intent]]
    plain = [(intent, phrase) for intent, phrase, named in in_order if not named]
    return Phrasebook(plain, [(intent, phrase) for intent, phrase, _ in in_order], parts, phases, levels, properties)


@cache
def wording(name: str) -> re.Pattern[str]:
    """How a part of `data/orders.txt` is worded."""
    return compiled(phrasebook().parts[name])


def is_worded(said: str, *names: str) -> bool:
    """Whether one of these parts is all that is said."""
    return any(wording(name).fullmatch(said) for name in names)


@cache
def worded_phrases() -> Sequence[tuple[Intent, re.Pattern[str]]]:
    """The phrases for a ticket that is called something, their group `worded`: also those that name one by its key.

    They are held against clauses in which `STATE` stands for the state that is named.
    """
    parts = phrasebook().parts
    parts = {**parts, **{name: parts[f"worded_{name}"] for name in ("keys", "state", "rest", "ja_do")}}
    found: dict[Intent, list[re.Pattern[str]]] = {intent: [] for intent in Intent}
    for name, pattern in rules_in("orders"):
        what, _, which = name.partition(" ")
        if what != "worded" and (what not in Intent or "{keys}" not in pattern):
            continue
        if (intent := Intent(which or what)) not in _NEVER_WORDED:
            in_place = re.sub(r"\(\?P<state>[^()]*\)", STATE, with_parts(pattern, parts))
            found[intent].append(compiled(in_place))
    return [(intent, phrase) for intent in Intent for phrase in found[intent]]
