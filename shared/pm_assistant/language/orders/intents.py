"""What the author of a message that names the assistant wants of it, by models trained on such messages.

One tells it by features (`data/intents.bin`, which `infra/train_intents.py` makes), the other by the words in their
context (`language/encoder.py`); infra/adr/0043 and 0100 say of what they are made, and how good they are.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache

from pm_assistant.language.classifier import Classifier, Kind, kinds_in
from pm_assistant.language.encoder import Task
from pm_assistant.language.ensemble import Ensemble
from pm_assistant.language.lexicon import DATA
from pm_assistant.language.orders.masking import ADDRESS, OPAQUE, PERSON, Span
from pm_assistant.language.orders.phrases import phrasebook, wording
from pm_assistant.language.orders.states import states_named


class MessageIntent(StrEnum):
    """What is wanted of us."""

    CREATE = "create"
    MOVE = "move"
    RELINK = "relink"
    UNDO = "undo"
    COMMENT = "comment"
    CHANGE = "change"
    """Another assignee, priority or label for a ticket that exists."""
    ASK = "ask"
    """A question, or a demand that is no order to write anything."""
    NONE = "none"
    """Thanks, news, chatter, talk about us; also what is not to be done, or not yet."""


_PART = re.compile(r"[:,;\n]|[.!?](?=\s|$|[^\x00-\u024f])|(?<=[\u3040-\u9fff])[.!?]|\s[\u2013\u2014-]\s")
"""What parts of a message stand between."""
_HINTS = (
    "ticket_noun",
    "condition",
    "reported",
    "denial",
    "when",
    "still",
    "misplaced",
    "interrogative",
    "others_words",
    "tentative",
)
"""Parts of the phrases that tell something wherever they stand."""
_HINTED, _NEAR = 0.7, 1.0
"""How much those count, and the words of the part of a message that names us."""
_US, _KEY, _SOMEBODY = "@", "\u00a7", "\u00a4"


@lru_cache(maxsize=500)
def intents(masked: str) -> Mapping[MessageIntent, float]:
    """How likely a message means each; it adds up to 1.

    Args:
        masked: its author's own words, as `masking.mask` gives them.
    """
    return _MODELS.likelihoods(as_read(masked))


def as_read(masked: str) -> str:
    """An author's words as the model reads them: all keys are one, and so are all people."""
    said = re.sub(f"{ADDRESS}+", f" {_US} ", masked.replace(OPAQUE, " "))
    said = re.sub(f"{PERSON}+", f" {_SOMEBODY} ", said)
    return " ".join(wording("a_key").sub(f" {_KEY} ", said).split())


def part_spans(said: str) -> Iterator[Span]:
    """Where the parts of what is said stand, between its commas, colons, dashes and the ends of its sentences."""
    start = 0
    for sign in _PART.finditer(said):
        yield start, sign.start()
        start = sign.end()
    yield start, len(said)


def _kinds(said: str) -> Iterator[Kind]:
    """The features of words as the model reads them: those of any text, of the part that names us, and hints."""
    yield from kinds_in(said)
    words, spelling, *_ = kinds_in(_near_us(said))
    yield Kind(_NEAR, frozenset(f"{_US}{name}" for name in (*words.names, *spelling.names)))
    yield Kind(_HINTED, frozenset(_hints(said)))


def _near_us(said: str) -> str:
    """The part of a message that names us; where it says nothing else, those beside it as well."""
    parts = _PART.split(said)
    place = next((at for at, part in enumerate(parts) if _US in part), None)
    if place is None:
        return said
    return parts[place] if parts[place].strip(f" {_US}") else " ".join(parts[max(0, place - 1) : place + 2])


def _hints(said: str) -> Iterator[str]:
    yield f"keys {min(said.count(_KEY), 2)}"
    yield "first" if said.startswith(_US) else "last" if said.rstrip(" .!?").endswith(_US) else "amid"
    yield from (sign for sign in "?:" if sign in said)
    yield from (name for name in _HINTS if wording(name).search(said))
    yield from (f"state {phrasebook().phases.get(state[0].lower())}" for state in states_named(said, ()))


MODEL = Classifier(DATA / "intents.bin", MessageIntent, places=1 << 15, kinds=_kinds)
_MODELS = Ensemble(MODEL, Task.INTENTS, shares=(0.8, 0.45))
