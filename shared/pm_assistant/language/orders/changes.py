"""What an order wants changed of a ticket that there is: whose it is, how urgent it is, or what it is labelled with.

It is read where a message says that and nothing else: tickets, what a field is to be, which is known by name, and words
that `data/changes.txt` lists. Any other word may deny it, ask, doubt it, or put it off, and there is no list of those.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, lru_cache
from typing import NamedTuple

from pm_assistant.language.grammars import lists_in
from pm_assistant.language.orders.clauses import without_politeness
from pm_assistant.language.orders.masking import ADDRESS, MENTION, PERSON, Span, Utterance
from pm_assistant.language.orders.models import ME, MOST_KEYS, ChangeOrder, Names
from pm_assistant.language.orders.phrases import phrasebook, wording
from pm_assistant.language.orders.properties import Properties, priority_called
from pm_assistant.language.orders.slots import canonical_key
from pm_assistant.language.text import fold

_TICKET, _SOMEBODY = "\u25a0", "\u25c6"
"""What stands in the place of tickets, and of whoever is to have them."""
_LETTER = r"[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Of a script with spaces: beside one a name ends no word."""
_JOINED = re.compile(rf"(?<={_LETTER})-(?={_LETTER})")
_QUOTE = re.compile('["\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f]')
_SHORTEST_NAME, _SHORTEST_LEVEL = 2, 2
"""Letters of a part of somebody's name that stands for all of it, and of a level that says so by itself."""


class Change(NamedTuple):
    """What is to be changed.

    Attributes:
        keys: of the tickets; none where it says `this`.
        wanted: the one field.
    """

    keys: tuple[str, ...]
    wanted: Properties

    @property
    def order(self) -> ChangeOrder:
        """To change that."""
        fields = self.wanted._asdict().items()
        return ChangeOrder(
            keys=self.keys, **{name: value for name, value in fields if name in ChangeOrder.model_fields}
        )


class _Said(NamedTuple):
    """What a stretch of a message says, folded, with one sign for its tickets.

    Attributes:
        mentioned: whom it mentions, as the chat has it.
        names: what is called how.
    """

    words: str
    mentioned: Sequence[str]
    names: Names


class _Found(NamedTuple):
    """What a field is to be, and what is said besides."""

    wanted: Properties
    rest: str


def change_in(utterance: Utterance, span: Span, names: Names, *, beside: Sequence[str] = ()) -> Change | None:
    """What a stretch of a message orders to be changed; None where it says anything else.

    Args:
        utterance: that names us.
        span: where the stretch stands.
        names: what is called how.
        beside: keys that stand beside it, where it names none itself.
    """
    masked = utterance.masked[slice(*span)].replace(ADDRESS, " ").replace("&amp;", "&")
    groups = [*wording("keys_in_row").finditer(masked)]
    named = (canonical_key(key[0]) for group in groups for key in wording("a_key").finditer(group[0]))
    own = tuple(dict.fromkeys(named))
    words = _flat(without_politeness(wording("keys_in_row").sub(f" {_TICKET} ", masked)))
    mentions = [m[0] for m in MENTION.finditer(utterance.text, *span) if utterance.masked.startswith(PERSON, m.start())]
    if len(groups) > 1 or len(own) > MOST_KEYS or any(not mention.startswith("<@") for mention in mentions):
        return None
    asks = masked.rstrip().endswith("?") or utterance.masked[span[1] :].lstrip(f" {ADDRESS}").startswith("?")
    if asks and not _lists()["kindly"].search(_flat(masked)):
        return None
    said = _Said(_lists()["kindly"].sub(" ", words), mentions, names)
    calls_this = {0} if own else {0, 1} if beside else {1}
    fields = [field for read in _FIELDS if (field := read(said)) is not None]
    wanted = [field.wanted for field in fields if _is_all(field.rest, calls_this)]
    return Change(own or tuple(beside), wanted[0]) if len(wanted) == 1 else None


def names_somebody(said: str, names: Names) -> bool:
    """Whether a part of a message names anybody of the tracker."""
    return PERSON in said or bool(_named(_flat(said), _people(frozenset(names.people)))[0])


def names_level(said: str) -> bool:
    """Whether a part of a message says how urgent something is."""
    return bool(_named(_flat(said), _levels(says_so=False))[0])


def retracts(said: str) -> bool:
    """Whether what is said behind a change may take it back."""
    return _lists()["retracts"].search(_flat(said)) is not None


def _is_all(rest: str, calls_this: Collection[int]) -> bool:
    """Whether nothing is said besides, but that it is about `this`, so many times."""
    left, count = _lists()["this"].subn(" ", rest) if calls_this != {0} else (rest, 0)
    return count in calls_this and not any(sign.isalnum() or sign == PERSON for sign in _without("both", left))


def _label(said: _Said) -> _Found | None:
    known = {_flat(label): label for label in sorted(said.names.labels)}
    labels, rest = _named(said.words, known)
    if not labels or not _lists()["label_noun"].search(said.words):
        return None
    return _Found(Properties(labels=tuple(known[each] for each in labels)), _without("label", _QUOTE.sub(" ", rest)))


def _assignee(said: _Said) -> _Found | None:
    rest, to_me = _lists()["to_me"].subn(" ", re.sub(f"{PERSON}+", _SOMEBODY, said.words))
    whole = _people(frozenset(said.names.people))
    called, rest = _named(rest, whole, instead=_SOMEBODY)
    people = {*said.mentioned, *(name for each in called for name in whole[each]), *([ME] if to_me else [])}
    says_to = to_me or _lists()["assign_to"].search(rest) or _lists()["assign"].search(rest)
    if len(people) != 1 or not says_to or _QUOTE.search(rest):
        return None
    return _Found(Properties(assignee=people.pop()), _without("assign", _without("assign_to", rest)))


def _priority(said: _Said) -> _Found | None:
    words = said.words
    numbered = _lists()["numbered_priority"].search(words)
    before, arrow, behind = words.rpartition("\u2192")
    says_so = _lists()["priority_noun"].search(words) is not None
    levels, rest = _named(behind, _levels(says_so=says_so))
    if arrow:
        rest = f"{_named(before, _levels(says_so=says_so))[1]} {rest}"
    if numbered is not None and not levels:
        levels, rest = [numbered["level"]], words.replace(numbered[0], " ")
    wanted = {priority_called(level) for level in levels}
    is_state = not {_flat(state) for state in said.names.states}.isdisjoint(levels)
    is_wanted = _TICKET in words or says_so or _lists()["prioritise"].search(rest) is not None
    if len(wanted) != 1 or is_state or not is_wanted or _QUOTE.search(rest) or _lists()["lowers"].search(words):
        return None
    return _Found(Properties(priority=wanted.pop()), _without("prioritise", rest))


_FIELDS: Sequence[Callable[[_Said], _Found | None]] = (_label, _assignee, _priority)


def _without(worded: str, rest: str) -> str:
    return _lists()[worded].sub(" ", rest)


@cache
def _lists() -> Mapping[str, re.Pattern[str]]:
    return lists_in("changes")


@lru_cache(maxsize=16)
def _people(names: Set[str]) -> Mapping[str, Set[str]]:
    """Who may be called something: by all of a name, by the first, and by the last of it."""
    whole: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        first, last = name.split()[:1], name.split()[-1:]
        for called in {name, *(part for part in (*first, *last) if len(part) >= _SHORTEST_NAME)}:
            whole[_flat(called).strip()].add(name)
    return whole


def _levels(*, says_so: bool) -> Iterator[str]:
    """Words for how urgent something is; a letter alone only where it says that it is about that."""
    known = (_flat(level) for level in phrasebook().levels if not level.isdigit())
    return (level for level in known if says_so or len(level) >= _SHORTEST_LEVEL)


def _named(said: str, names: Iterable[str], *, instead: str = " ") -> tuple[Sequence[str], str]:
    """The names that are said, each once, and what is said besides."""
    pattern = _any_of(frozenset(names))
    return [*dict.fromkeys(match[0] for match in pattern.finditer(said))], pattern.sub(instead, said)


def _flat(said: str) -> str:
    """Words as they are listed: folded, those that are joined as one."""
    return _JOINED.sub("_", fold(said))


@lru_cache(maxsize=64)
def _any_of(names: Collection[str]) -> re.Pattern[str]:
    """The longest of these names that stands as a word."""
    longest_first = sorted(filter(str.strip, names), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(_as_word, longest_first)) or r"(?!)")


def _as_word(name: str) -> str:
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, name) else ""
    behind = rf"(?!{_LETTER})" if re.search(rf"{_LETTER}$", name) else ""
    return f"{before}{re.escape(name)}{behind}"
