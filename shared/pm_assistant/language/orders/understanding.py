"""Orders that no phrase reads: where the model of intents is sure of one, and what it needs is really said."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, assert_never

from pm_assistant.language.grammars import any_of, rules_in
from pm_assistant.language.lexicon import stopwords
from pm_assistant.language.orders.changes import change_in, is_name, names_level, names_somebody, retracts
from pm_assistant.language.orders.clauses import EDGE, clause_at, without_politeness
from pm_assistant.language.orders.conditions import is_held_back_by
from pm_assistant.language.orders.intents import MessageIntent, intents, part_spans
from pm_assistant.language.orders.masking import ADDRESS, OPAQUE, PERSON, Span, Utterance, is_set_off
from pm_assistant.language.orders.models import (
    MOST_KEYS,
    ChangeOrder,
    CreateOrder,
    MoveOrder,
    Names,
    NoteOrder,
    Order,
    RelinkOrder,
    UnclearOrder,
    UndoOrder,
)
from pm_assistant.language.orders.parsing import ordered_by_name
from pm_assistant.language.orders.phrases import is_worded, wording
from pm_assistant.language.orders.properties import Properties, properties_in
from pm_assistant.language.orders.slots import canonical_key, titled
from pm_assistant.language.orders.states import states_named
from pm_assistant.language.scripts import is_unspaced
from pm_assistant.language.text import fold

SURE: Mapping[MessageIntent, float] = {
    MessageIntent.CREATE: 0.96,
    MessageIntent.MOVE: 0.85,
    MessageIntent.RELINK: 0.92,
    MessageIntent.UNDO: 0.97,
    MessageIntent.COMMENT: 0.9,
}
"""From which likelihood on each is done, where nothing that it needs is missing: of blocks of messages that the model
was trained without none that orders nothing came so far, of those meant to mislead it one in thirty (ADR 43)."""
SURE_OF_OWN_WORDS = 0.98
"""Likewise of a new ticket that is called by the words that order it."""
LIKELY_OF_PART = 0.3
"""From which likelihood on the part that names us gives the order; else it is the likeliest of all parts."""
SURE_OF_CHANGE = 0.75
"""From which likelihood on a part wants something changed, be it of a new ticket that is ordered beside it."""
LIKELY = 0.6
"""From which likelihood on of an order, or of something else that is asked of us, we say that we do not understand."""
SURE_OF_NONE = 0.8
"""From which likelihood on nothing is ordered although a phrase reads so, where our name stands amid the message."""
SURE_OF_ANOTHER = 0.98
"""From which likelihood on something else is believed rather than a phrase of a move or a relink: of such messages
that the model was trained without it was right."""
_ORDERS = (*SURE, MessageIntent.CHANGE)
_NO_MOVES = (MessageIntent.COMMENT, MessageIntent.CHANGE, MessageIntent.NONE)
_MOST_PARTS = 30
_LONGEST_MOVE = 200
"""Characters of a part that has a ticket moved."""
_OWN_WORDS = 2
"""From how many words of its own on a part that orders a new ticket tells what it is about, although more follows."""
_WORD = re.compile(r"[^\W\d_][\w\u0900-\u097f'\u2019-]*")
_SHORTEST_STEM, _MOST_ENDING, _SHORTEST_UNSPACED = 4, 3, 3


class Understood(NamedTuple):
    """An order, and what its message says besides, as the chat has it."""

    order: Order
    besides: str = ""


class _Part(NamedTuple):
    """A part of a message: where it stands, and what it says without our name and without politeness."""

    utterance: Utterance
    start: int
    end: int
    said: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(canonical_key(key[0]) for key in wording("a_key").finditer(self.said)))

    @property
    def follows_colon(self) -> bool:
        return self.utterance.masked[: self.start].rstrip().endswith(":")

    @property
    def likely(self) -> Mapping[MessageIntent, float]:
        return intents(f"{ADDRESS} {self.said}")


def understood(utterance: Utterance, names: Names, *, set_off: bool) -> Understood | None:
    """What a message that names us wants of us, None if it wants nothing: an order, or one that is unclear.

    Args:
        utterance: that names us.
        names: what is called how.
        set_off: our name stands at its beginning or its end, so that all of it is said to us.
    """
    likely = intents(utterance.masked)
    intent = max(likely, key=lambda each: likely[each])
    reader = _Reader(utterance, intent, likely[intent], names)
    if reader.is_short and intent is MessageIntent.MOVE and reader.only_tells:
        return None
    if reader.is_short and likely[intent] >= SURE.get(intent, math.inf) and (found := reader.read()) is not None:
        return found
    ordered = sum(likely[each] for each in _ORDERS)
    asked = likely[MessageIntent.ASK] if set_off else 0.0
    return Understood(UnclearOrder()) if ordered + asked >= LIKELY else None


def orders_nothing(utterance: Utterance) -> bool:
    """Whether a message that names us in its midst, and that a phrase reads as an order, surely speaks to others."""
    return intents(utterance.masked)[MessageIntent.NONE] >= SURE_OF_NONE


def reads_otherwise(orders: Sequence[Order], utterance: Utterance, names: Names) -> bool:
    """Whether a message that phrases read as moves or relinks surely is a note, a change, or nothing to be done.

    What moves tickets to a state by its name is no change, though the name may say how urgent something is. To what is
    no state, and says that or names somebody, nothing is moved.
    """
    if not all(isinstance(order, MoveOrder | RelinkOrder) for order in orders):
        return False
    goals = [order.goal for order in orders if isinstance(order, MoveOrder)]
    others = [goal for goal in goals if fold(goal) not in map(fold, names.states)]
    if any(names_level(goal) or names_somebody(goal, names) for goal in others):
        return True
    likely = intents(utterance.masked)
    only_to_states = bool(goals) and not others
    meant = [each for each in _NO_MOVES if not (only_to_states and each is MessageIntent.CHANGE)]
    return max(likely[each] for each in meant) >= SURE_OF_ANOTHER


def changed(utterance: Utterance, names: Names) -> Understood | None:
    """What a message that names us wants changed of tickets, if one part of it says just that.

    All of it may, or the part that names us, or any where our name stands at the beginning or the end; what is said
    beside may give the reason, and neither hold it back nor want more.

    Args:
        utterance: that names us.
        names: what is called how.
    """
    masked = utterance.masked
    if (whole := change_in(utterance, (0, len(masked)), names)) is not None:
        return Understood(whole)
    spans = [span for span in part_spans(masked) if masked[slice(*span)].strip(EDGE)][: _MOST_PARTS + 1]
    only_keys = [span for span in spans if wording("keys_in_row").fullmatch(masked[slice(*span)].strip(EDGE + ADDRESS))]
    found: dict[Span, ChangeOrder] = {}
    for before, span in zip([None, *spans], spans, strict=False):
        beside = _part(utterance, before).keys if before is not None and only_keys == [before] else ()
        if (change := change_in(utterance, span, names, beside=beside)) is not None:
            found[span] = change
    if len(found) != 1 or len(spans) > _MOST_PARTS:
        return None
    [(span, change)] = found.items()
    if only_keys and not change.keys:
        return None  # Another ticket is spoken of than the thread's.
    is_ours = ADDRESS in masked[slice(*span)] or is_set_off(masked.strip(EDGE))
    others = [_part(utterance, other) for other in spans if other not in {span, *only_keys}]
    if not is_ours or any(_adds_to(change, other, names, behind=other.start > span[0]) for other in others):
        return None
    text = "\n".join(filter(None, (_as_written(utterance, other.start, other.end) for other in others)))
    return Understood(change, text)


def _adds_to(change: ChangeOrder, other: _Part, names: Names, *, behind: bool) -> bool:
    """Whether what is said beside a change may hold it back, or want something else."""
    masked = other.utterance.masked
    ends, shown = masked[other.end :].lstrip()[:1], masked[other.start : other.end]
    if ends == "?" or retracts(shown) or is_name(shown, names) or (not behind and ends == ":"):
        return True
    if _says_nothing(other):
        return False
    holds = is_held_back_by(change, other.said, behind=behind) or any(
        wording(name).search(other.said) for name in ("condition", "tentative", "reported")
    )
    more = names_level(shown) or (behind and names_somebody(shown, names))
    wants = max(other.likely[each] for each in _ORDERS) >= LIKELY or (behind and any(map(str.isdigit, shown)))
    return bool(holds or more or wants or other.keys)


class _Reader:
    """Reads the slots of an intent."""

    def __init__(self, utterance: Utterance, intent: MessageIntent, likelihood: float, names: Names) -> None:
        self._utterance, self._intent, self._likelihood, self._names = utterance, intent, likelihood, names
        self._parts = [_part(utterance, span) for span in part_spans(utterance.masked)]

    @property
    def is_short(self) -> bool:
        """Whether a message has so few parts that each can be read by itself."""
        return len(self._parts) <= _MOST_PARTS

    @property
    def only_tells(self) -> bool:
        """Whether what names us tells what state a ticket is in, without a verb that has it put there."""
        orders = [part for part in self._parts if part.likely[MessageIntent.MOVE] >= LIKELY]
        return all(_only_tells(part.said, self._names.states) for part in (self._named, *orders))

    @property
    def _named(self) -> _Part:
        return next(part for part in self._parts if ADDRESS in self._utterance.masked[part.start : part.end])

    def read(self) -> Understood | None:
        """The order with what it needs, None where that is not there or something holds it back."""
        place = self._ordering()
        part, others = self._parts[place], [*self._parts[:place], *self._parts[place + 1 :]]
        if len(part.keys) > MOST_KEYS:
            return Understood(UnclearOrder(too_many=True))
        found = self._filled(part, [other for other in others if not _says_nothing(other)])
        return None if found is None or self._is_held_back(found.order, place) else found

    def _ordering(self) -> int:
        """Which part gives the order: the one that names us, unless it hardly gives any."""
        named = self._parts.index(self._named)
        likely = [part.likely[self._intent] if part.said else 0.0 for part in self._parts]
        return named if likely[named] >= LIKELY_OF_PART else likely.index(max(likely))

    def _is_held_back(self, order: Order, place: int) -> bool:
        may_be_held = isinstance(order, MoveOrder | UndoOrder)
        if may_be_held and any(_is_known(part, self._names.states) for part in self._parts):
            return True  # A phrase reads it, and did not where it stands: something there holds it back.
        part = self._parts[place]
        conditions = _conditions(part)
        if isinstance(order, RelinkOrder):
            said = (each for part in self._parts for each in _conditions(part))
            conditions = [each for each in said if not wording("denial").fullmatch(each)]
            conditions += [part.said for part in self._parts[:place] if wording("reported").search(part.said)]
        if isinstance(order, MoveOrder) and order.called:
            conditions += wording("tentative").findall(part.said)
        beside = [
            is_held_back_by(order, other.said, behind=at > place)
            for at, other in enumerate(self._parts)
            if at != place and other.said and not other.follows_colon
        ]
        is_reported = any(wording(name).search(part.said) for name in ("reported", "already", "oneself"))
        supposes = any(wording("ends_as_condition").fullmatch(each.said) for each in self._parts)
        return bool(conditions) or is_reported or supposes or any(beside)

    def _filled(self, part: _Part, others: Sequence[_Part]) -> Understood | None:
        match self._intent:
            case MessageIntent.CREATE:
                return self._creation(part, others)
            case MessageIntent.MOVE:
                return self._move(part, others)
            case MessageIntent.RELINK:
                return self._relink(part, others)
            case MessageIntent.UNDO:
                stray = [key for other in others for key in other.keys if key not in part.keys]
                return None if stray else Understood(UndoOrder(keys=part.keys))
            case MessageIntent.COMMENT:
                return self._comment(part, others)
            case MessageIntent.CHANGE | MessageIntent.ASK | MessageIntent.NONE:
                return None
            case _:
                assert_never(self._intent)

    def _creation(self, part: _Part, others: Sequence[_Part]) -> Understood | None:
        if any(states_named(part.said, self._names.states)):
            return None  # It may be a move.
        properties, content = Properties(), list[_Part]()
        for other in others:
            found = properties_in(self._utterance, (other.start, other.end), self._names.teams)
            if found is not None:
                properties = properties.with_those(found)
            elif not other.follows_colon and other.likely[MessageIntent.CHANGE] >= SURE_OF_CHANGE:
                return None
            else:
                content.append(other)
        before = [other for other in content if other.start < part.start]
        behind = [other for other in content if other.start > part.start]
        is_described = bool(behind) and behind[0].follows_colon
        own = _own_words(part.said)
        if own and not is_described and not (behind and len(own) < _OWN_WORDS):
            if self._likelihood < SURE_OF_OWN_WORDS:
                return None
            behind = [part, *behind]
        order = titled(self._text(behind)) if behind else CreateOrder()
        return Understood(properties.given_to(order), self._text(before))

    def _move(self, part: _Part, others: Sequence[_Part]) -> Understood | None:
        goals = [*states_named(part.said, self._names.states)]
        longest = [g for g in goals if not any(_is_within(g, other) for other in goals)]
        if len({fold(goal[0]) for goal in longest}) != 1 or _leads_away(part.said, longest[-1]):
            return None
        goal = longest[-1]
        if any(wording("no_name").match(word) for word in part.said.split()):
            return None
        stray = {key for other in others for key in other.keys} - {*part.keys}
        if stray and (part.keys or len(stray) > 1):
            return None
        keys = part.keys or tuple(stray)
        name = "" if keys else " ".join(_own_words(f"{part.said[: goal.start()]} {part.said[goal.end() :]}"))
        if len(part.said) > _LONGEST_MOVE or PERSON in part.said or OPAQUE in part.said:
            return None
        besides = self._text(others)
        return Understood(MoveOrder(keys=keys, called=name or None, goal=goal[0]), besides)

    def _relink(self, part: _Part, others: Sequence[_Part]) -> Understood | None:
        keys = {key for each in (part, *others) for key in each.keys}
        denied = {key for each in (part, *others) for key in _denied_keys(each.said)}
        right = keys - denied
        if len(right) != 1 or len(denied) > 1:
            return None
        besides = self._text([other for other in others if not other.keys and not _only_denies(other)])
        return Understood(RelinkOrder(right=right.pop(), wrong=next(iter(denied), None)), besides)

    def _comment(self, part: _Part, others: Sequence[_Part]) -> Understood | None:
        colons = (other.start for other in others if other.follows_colon and other.start > part.start)
        text_from = next(colons, None)
        beside = [other for other in others if text_from is None or other.start < text_from]
        if not part.keys or any({*other.keys} - {*part.keys} for other in beside):
            return None
        own = _own_words(wording("a_key").sub(" ", part.said))
        said = [*others, part] if own and text_from is None else others
        text = self._text(sorted(said, key=lambda each: each.start))
        return Understood(NoteOrder(keys=part.keys, text=text or None))

    def _text(self, parts: Iterable[_Part]) -> str:
        """What some parts say, as the chat has it, with the signs between those that follow each other."""
        masked = self._utterance.masked
        spans: list[Span] = []
        for start, end in ((part.start, part.end) for part in parts):
            if spans and not any(c.isalnum() for c in masked[spans[-1][1] : start]):
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        said = (_as_written(self._utterance, *span) for span in spans)
        return "\n".join(filter(None, said))


def _as_written(utterance: Utterance, start: int, end: int) -> str:
    """A stretch of a message as the chat has it, without our name."""
    text, masked = utterance
    end = len(text) if end == len(masked) else end  # What is too long to be read is said all the same.
    kept = ("" if masked.startswith(ADDRESS, at) else text[at] for at in range(start, end))
    return "".join(kept).strip(EDGE)


def _part(utterance: Utterance, span: Span) -> _Part:
    said = " ".join(utterance.masked[slice(*span)].replace(ADDRESS, " ").split())
    return _Part(utterance, *span, without_politeness(said))


def _conditions(part: _Part) -> list[str]:
    return wording("condition").findall(wording("a_key").sub(" ", part.said))


def _is_known(part: _Part, states: Collection[str]) -> bool:
    """Whether a phrase reads a part as an order by itself."""
    clause = clause_at(part.utterance, part.start, part.end)
    return bool(clause.bare) and ordered_by_name(clause, states, misplaced=False) is not None


def _only_tells(said: str, states: Collection[str]) -> bool:
    found = next(states_named(said, states), None)
    if found is None:
        return False
    left = wording("a_key").sub(" ", f"{said[: found.start()]} {said[found.end() :]}")
    return not any(word not in stopwords() for word in map(fold, _WORD.findall(wording("copula").sub(" ", left))))


def _says_nothing(part: _Part) -> bool:
    """Whether a part is only polite, or only points to what is said elsewhere."""
    return not part.said or is_worded(part.said, "polite", "only_kind", "all_this")


def _only_denies(part: _Part) -> bool:
    """Whether a part only says that something went to the wrong ticket."""
    return is_worded(part.said, "plain_no", "misplaced")


def _is_within(one: re.Match[str], other: re.Match[str]) -> bool:
    return one is not other and other.start() <= one.start() and one.end() <= other.end()


def _leads_away(said: str, goal: re.Match[str]) -> bool:
    """Whether a state is what something is to be taken out of."""
    before, behind = said[: goal.start()], said[goal.end() :]
    return wording("away_before").search(before) is not None or wording("away_behind").match(behind) is not None


def _denied_keys(said: str) -> Iterator[str]:
    """The keys that something is not about, or is to be taken from."""
    for key in wording("a_key").finditer(said):
        before, behind = said[: key.start()], said[key.end() :]
        if wording("denied_before").search(before) or wording("denied_behind").match(behind):
            yield canonical_key(key[0])


def _own_words(said: str) -> list[str]:
    """The words that no order is worded with: they tell what it is about."""
    return [word for word in _WORD.findall(_unspaced_vocabulary().sub(" ", said)) if not _is_of_orders(fold(word))]


def _is_of_orders(word: str) -> bool:
    known = _vocabulary()
    if is_unspaced(word):
        return len(word) < _SHORTEST_UNSPACED
    stems = (word[:end] for end in range(max(_SHORTEST_STEM, len(word) - _MOST_ENDING), len(word)))
    return word in known or word in stopwords() or any(stem in known for stem in stems)


@cache
def _vocabulary() -> frozenset[str]:
    """All words of the phrases."""
    return frozenset(fold(word) for _, pattern in rules_in("orders") for word in _WORD.findall(pattern))


@cache
def _unspaced_vocabulary() -> re.Pattern[str]:
    """Those of scripts without spaces."""
    return re.compile(any_of(word for word in _vocabulary() if is_unspaced(word)))
