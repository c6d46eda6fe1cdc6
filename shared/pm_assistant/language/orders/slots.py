"""The order of a clause that is worded like one of the phrases: its intent, and what stands in the phrase's places."""

import re
from collections.abc import Mapping
from typing import NamedTuple, assert_never

from pm_assistant.language.orders.clauses import EDGE, QUOTES, Clause, without_politeness
from pm_assistant.language.orders.masking import ADDRESS, MENTION
from pm_assistant.language.orders.models import (
    MOST_KEYS,
    CreateOrder,
    DismissOrder,
    MoveOrder,
    NoteOrder,
    Order,
    RelinkOrder,
    UnclearOrder,
    UndoOrder,
)
from pm_assistant.language.orders.phrases import Intent, phrasebook, wording

GOALS = {
    Intent.CLOSE: "done",
    Intent.REOPEN: "reopened",
    Intent.START: "started",
    Intent.CANCEL: "canceled",
    Intent.ANNUL: "canceled",
}
"""Where verbs put a ticket that name no state."""
_SENTENCE = re.compile(r"(?<=[.!?\u0964])\s+|(?<=[\u3002\uff01\uff1f])\s*(?=\S)|\n")


class Ordered(NamedTuple):
    """An order that was read in a clause.

    Attributes:
        takes_rest: all that follows it in the message belongs to it.
        besides: what the clause says else.
    """

    order: Order
    takes_rest: bool = False
    besides: str = ""


def order_of(clause: Clause, *, addressed: bool) -> Ordered | None:
    """What a clause orders as a whole.

    Args:
        clause: that may.
        addressed: we are named in its message.
    """
    phrases = phrasebook().named_phrases if addressed else phrasebook().phrases
    matches = ((intent, match) for intent, phrase in phrases if (match := phrase.fullmatch(clause.bare)))
    orders = (_filled(intent, match, clause) for intent, match in matches)
    return next((ordered for ordered in orders if ordered is not None), None)


def _filled(intent: Intent, match: re.Match[str], clause: Clause) -> Ordered | None:
    slots = slots_of(match)
    keys = tuple(dict.fromkeys(canonical_key(key[0]) for key in wording("a_key").finditer(slots.get("keys", ""))))
    if len(keys) > MOST_KEYS:
        return Ordered(UnclearOrder(too_many=True))
    match intent:
        case Intent.CREATE:
            return _creation(slots, clause)
        case Intent.NOTE:
            rest = rest_as_written(slots, clause).strip(EDGE + QUOTES)
            return Ordered(NoteOrder(keys=keys, text=rest or None), takes_rest=bool(rest))
        case Intent.RELINK:
            wrong = next((canonical_key(key) for name, key in slots.items() if name.startswith("wrong")), None)
            return Ordered(RelinkOrder(wrong=wrong, right=canonical_key(slots["key"])))
        case Intent.UNDO:
            return Ordered(UndoOrder(keys=keys))
        case Intent.DISMISS:
            return Ordered(DismissOrder(keys=keys))
        case Intent.CLOSE | Intent.REOPEN | Intent.START | Intent.CANCEL | Intent.ANNUL | Intent.MOVE:
            goal = GOALS.get(intent) or slots["state"]
            return Ordered(MoveOrder(keys=keys, goal=goal, or_undo=intent is Intent.ANNUL))
        case _:
            assert_never(intent)


def slots_of(match: re.Match[str]) -> Mapping[str, str]:
    """What stands in a phrase's places."""
    return {name: filler for name, filler in match.groupdict().items() if filler}


def _creation(slots: Mapping[str, str], clause: Clause) -> Ordered | None:
    if about := slots.get("about"):
        return Ordered(CreateOrder(title=about.strip(EDGE + QUOTES)))
    rest = slots.get("rest", "").strip()
    if wording("all_this").fullmatch(without_politeness(rest)):
        title = clause.utterance.text[clause.end :].strip()
        if title and clause.masked.rstrip().endswith(":"):
            return Ordered(titled(title), takes_rest=True)
        return Ordered(CreateOrder())
    introduced = wording("about_this").match(rest) or wording("introduces").match(rest)
    if introduced is None and rest[0] not in QUOTES:
        return None
    by_sign = introduced is not None and introduced[0].rstrip()[-1:] in {":", "-", "\u2013", "\u2014", ","}
    title = rest_as_written(slots, clause, to_end=by_sign)
    title = title[len(introduced[0]) :] if introduced else title
    if by_sign:
        return Ordered(titled(title), takes_rest=True)
    return Ordered(CreateOrder(title=_title(title)))


def titled(said: str) -> CreateOrder:
    """A ticket as it is told: its title first, then what describes it."""
    title, *more = _SENTENCE.split(said.strip(), maxsplit=1)
    return CreateOrder(title=_title(title), description=more[0].strip() if more else "")


def _title(said: str) -> str | None:
    return without_politeness(said.strip(EDGE + QUOTES)) or None


def rest_as_written(slots: Mapping[str, str], clause: Clause, *, to_end: bool = True) -> str:
    """What follows an order's verb, as it was written; to the end of the message, or of the clause."""
    rest = slots.get("rest", "").strip()
    if not rest:
        return ""
    text, masked = clause.utterance
    place = re.search(r"\s+".join(map(re.escape, rest.split())), clause.masked.replace(ADDRESS, " "))
    start = clause.start + (place.start() if place else 0)
    end = len(text) if to_end else clause.start + place.end() if place else clause.end

    def unless_us(match: re.Match[str]) -> str:
        return "" if masked.startswith(ADDRESS, match.start() + start) else match[0]

    return MENTION.sub(unless_us, text[start:end])


def canonical_key(key: str) -> str:
    """A ticket's key in the tracker's spelling, also where it was typed with another dash or leading zeros."""
    team, _, number = re.sub(r"[\u2010-\u2013\u2212]", "-", key).partition("-")
    return f"{team.upper()}-{int(number)}"
