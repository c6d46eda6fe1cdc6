"""How people word an order: `data/orders.txt`, read once."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from pm_assistant.language.lexicon import DATA


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


class Phrasebook(NamedTuple):
    """All that is known of how people word orders.

    Attributes:
        phrases: each for a whole clause, in the order in which they are to be tried.
        named_phrases: those, and in between what is an order only where it is said to us by name.
        parts: pieces that the reader uses by name.
        phases: words for a phase of the work, each by itself, and what phase that is.
    """

    phrases: Sequence[tuple[Intent, re.Pattern[str]]]
    named_phrases: Sequence[tuple[Intent, re.Pattern[str]]]
    parts: Mapping[str, str]
    phases: Mapping[str, str]


@cache
def phrasebook() -> Phrasebook:
    """Read it."""
    parts: dict[str, str] = {}
    phases: dict[str, str] = {}
    phrases: dict[Intent, list[tuple[re.Pattern[str], bool]]] = {intent: [] for intent in Intent}
    for line in (DATA / "orders.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, pattern = line.partition(": ")
        what, _, which = name.partition(" ")
        match what:
            case "part":
                parts[which] = _whole(pattern, parts)
            case "state":
                phases |= dict.fromkeys(pattern.split("|"), which)
            case _:
                phrases[Intent(which or what)].append((compiled(_whole(pattern, parts)), what == "named"))
    in_order = [(intent, phrase, named) for intent in Intent for phrase, named in phrases[intent]]
    plain = [(intent, phrase) for intent, phrase, named in in_order if not named]
    return Phrasebook(plain, [(intent, phrase) for intent, phrase, _ in in_order], parts, phases)


def _whole(pattern: str, parts: Mapping[str, str]) -> str:
    """A pattern with the pieces in it that it names."""
    return re.sub(r"\{([a-z_]+)\}", lambda name: parts[name[1]], pattern)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern in which no two groups have one name: the second `wrong` is called `wrong2`."""
    counts: dict[str, int] = {}

    def named(match: re.Match[str]) -> str:
        counts[match[1]] = counts.get(match[1], 0) + 1
        return f"(?P<{match[1]}{counts[match[1]] if counts[match[1]] > 1 else ''}>"

    return re.compile(re.sub(r"\(\?P<([a-z]+)>", named, pattern), re.IGNORECASE | re.DOTALL)
