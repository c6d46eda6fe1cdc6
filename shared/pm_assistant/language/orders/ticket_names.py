"""Orders that call a ticket something instead of naming its key: `close the coupon ticket`."""

import re
from collections.abc import Collection
from typing import NamedTuple

from pm_assistant.language.orders.clauses import EDGE, QUOTES, Clause
from pm_assistant.language.orders.masking import OPAQUE, PERSON
from pm_assistant.language.orders.models import MoveOrder, NoteOrder, RelinkOrder
from pm_assistant.language.orders.phrases import STATE, Intent, worded_phrases, wording
from pm_assistant.language.orders.slots import GOALS, Ordered, canonical_key, rest_as_written, slots_of
from pm_assistant.language.orders.states import states_named
from pm_assistant.language.ranking.words import terms
from pm_assistant.language.scripts import is_unspaced

_LONGEST = 200
"""Characters of an order that calls its ticket something."""
_BETWEEN_WORDS = re.compile(r"[\s'\u2019,\u2010-\u2014-]+")


def order_calling(clause: Clause, states: Collection[str], *, misplaced: bool) -> Ordered | None:
    """What a clause that calls a ticket something orders as a whole.

    Args:
        clause: that may.
        states: what states are called.
        misplaced: a sentence beside it tells that something went to the wrong ticket, or is to be moved over.
    """
    if len(bare := clause.bare) > _LONGEST:
        return None
    named = [(bare[: m.start()] + STATE + bare[m.end() :], m[0]) for m in states_named(bare, states)]
    for shown, state in [(bare, ""), *named]:
        matches = ((intent, match) for intent, phrase in worded_phrases() if (match := phrase.fullmatch(shown)))
        orders = (
            _relinked(match, clause, misplaced=misplaced)
            if intent is Intent.RELINK
            else _moved_or_noted(intent, match, state, clause)
            for intent, match in matches
        )
        if (ordered := next((each for each in orders if each is not None), None)) is not None:
            return ordered
    return None


def _moved_or_noted(intent: Intent, match: re.Match[str], state: str, clause: Clause) -> Ordered | None:
    """An order about a ticket that is called something, if that can be what it is called.

    Where no state is named, a word has to say that a ticket is meant: not all that can be closed is one.
    """
    slots = slots_of(match)
    worded = slots["worded"].strip(EDGE + QUOTES)
    is_ticket = wording("ticket_noun").search(worded) is not None
    if wording("a_key").search(worded) or not (is_ticket or intent is Intent.MOVE):
        return None
    name = _name_in(worded, state)
    if name is None:
        return None
    if intent is Intent.NOTE:
        rest = rest_as_written(slots, clause).strip(EDGE + QUOTES)
        return Ordered(NoteOrder(called=name, text=rest or None), takes_rest=bool(rest)) if terms(name) else None
    goal = GOALS.get(intent) or state
    if terms(name):
        return Ordered(MoveOrder(called=name, goal=goal, or_undo=intent is Intent.ANNUL))
    # It is `the ticket`, without a name.
    return Ordered(MoveOrder(goal=goal)) if is_ticket and intent is not Intent.ANNUL else None


def _relinked(match: re.Match[str], clause: Clause, *, misplaced: bool) -> Ordered | None:
    """An order to take what was done to another ticket, if it is clear that it is one; a question is none."""
    if wording("misplaced").fullmatch(clause.bare):
        return None  # `that's the wrong one` names neither.
    slots = match.groupdict()
    mistook = slots.get("mistook") or ""
    says_ticket = any(wording("ticket_noun").search(named) for named in (slots["worded"], mistook))
    shown = (
        says_ticket,
        any(verb for name, verb in slots.items() if name.startswith("says")),
        bool(mistook),
        bool(misplaced or slots["denied"] or slots.get("over")),
    )
    if not (says_ticket if "moves" in slots else sum(shown) > 1 and not clause.said.endswith("?")):
        return None
    right, wrong = _reference(slots["worded"]), _reference(mistook)
    if right is None or wrong is None or not (right.key or terms(right.name)):
        return None
    not_there = next((canonical_key(key) for name, key in slots.items() if name.startswith("wrong") and key), wrong.key)
    order = RelinkOrder(
        right=right.key,
        called=None if right.key else right.name,
        wrong=not_there,
        wrong_called=wrong.name if not not_there and terms(wrong.name) else None,
    )
    return Ordered(order)


class _Reference(NamedTuple):
    """A ticket by its key, or by what it is called."""

    key: str | None
    name: str


def _reference(said: str) -> _Reference | None:
    """The ticket that is meant; None if none can be."""
    bare = wording("ticket_noun").sub(" ", said).strip(EDGE + QUOTES)
    if wording("a_key").fullmatch(bare):
        return _Reference(canonical_key(bare), bare)
    name = None if wording("a_key").search(said) else _name_in(said, at_times=True)
    return None if name is None else _Reference(None, name)


def _name_in(worded: str, state: str = "", *, at_times: bool = False) -> str | None:
    """What a ticket is called, without words that only say that it is one; None if no ticket can be.

    Args:
        worded: as it was said.
        state: what stands in the place of `STATE` in it.
        at_times: a word such as `after` is part of it: there is nothing that it could put off.
    """

    def is_part(word: str) -> bool:
        return at_times and wording("when").fullmatch(word) is not None

    if PERSON in worded or OPAQUE in worded:
        return None
    if any(not is_part(match[0]) for match in wording("condition").finditer(worded)):
        return None
    name = wording("particle").sub(" ", wording("ticket_noun").sub(" ", worded.replace(STATE, state)))
    name = " ".join(name.split()).strip(EDGE + QUOTES)
    is_clear = all(is_part(word) or _may_be_in_name(word) for word in _BETWEEN_WORDS.split(name))
    return name if is_clear and not wording("no_name").match(name) else None


def _may_be_in_name(word: str) -> bool:
    """Whether a word, which retrieval may pass over, leaves it clear which ticket is called so."""
    return not word or bool(terms(word)) or is_unspaced(word) or wording("filler").fullmatch(word) is not None
