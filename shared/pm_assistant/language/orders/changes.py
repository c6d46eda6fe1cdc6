"""What an order wants changed of a ticket that there is: whose it is, how urgent it is, or what it is labelled with.

It is read where a message says that and nothing else, as `data/changes.txt` has it, of what is known by name. Any other
word, or another order of words, may deny it, ask, doubt it, or put it off, and there is no list of those.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from functools import cache, lru_cache
from typing import NamedTuple

from pm_assistant.language.grammars import lists_in
from pm_assistant.language.orders.clauses import EDGE, without_politeness
from pm_assistant.language.orders.masking import ADDRESS, MENTION, PERSON, Span, Utterance
from pm_assistant.language.orders.models import ME, MOST_KEYS, ChangeOrder, Names
from pm_assistant.language.orders.phrases import phrasebook, wording
from pm_assistant.language.orders.properties import priority_called
from pm_assistant.language.orders.slots import canonical_key
from pm_assistant.language.text import fold

_TICKETS, _SOMEBODY, _LEVEL, _LABELS = "\u25a0", "\u25c6", "\u25b2", "\u25cf"
"""What stands in the place of tickets and of what fields may be, in what is held against `data/changes.txt`."""
_ASKS = re.compile("[?\u203d\u2047-\u2049\u2753\u2754\u00bf]")
_LETTER = r"[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Of a script with spaces: beside one a name ends no word."""
_JOINED = re.compile(rf"(?<={_LETTER})-(?={_LETTER})")
_LONGEST = 300
"""Characters of what orders a change: who says more says something else as well."""
_SHORTEST_NAME, _SHORTEST_LEVEL = 2, 2
"""Letters of a part of somebody's name that stands for all of it, and of a level that says so by itself."""


class _Said(NamedTuple):
    """What a stretch of a message says, folded, with one sign for its tickets.

    Attributes:
        mentioned: whom it mentions, as the chat has it.
        names: what is called how.
    """

    words: str
    mentioned: Sequence[str]
    names: Names


def change_in(utterance: Utterance, span: Span, names: Names, *, beside: Sequence[str] = ()) -> ChangeOrder | None:
    """What a stretch of a message orders to be changed; None where it says anything else.

    Args:
        utterance: that names us.
        span: where the stretch stands.
        names: what is called how.
        beside: keys that stand beside it, where it names none itself.
    """
    masked = " ".join(utterance.masked[slice(*span)].replace(ADDRESS, " ").replace("&amp;", "&").split())
    if len(masked) > _LONGEST:
        return None
    behind = re.match(r"\W*", utterance.masked[span[1] :])
    groups = [*wording("keys_in_row").finditer(masked)]
    named = (canonical_key(key[0]) for group in groups for key in wording("a_key").finditer(group[0]))
    own = tuple(dict.fromkeys(named))
    mentions = [m[0] for m in MENTION.finditer(utterance.text, *span) if utterance.masked.startswith(PERSON, m.start())]
    if len(groups) > 1 or len(own) > MOST_KEYS or any(not m.startswith("<@") for m in mentions):
        return None
    asks = _ASKS.search(masked + (behind[0] if behind else "")) is not None
    if asks and not _lists()["kindly"].search(_flat(masked)):
        return None
    words = _flat(without_politeness(wording("keys_in_row").sub(_TICKETS, masked)))
    words = _lists()["kindly"].sub(" ", _lists()["kind"].sub(" ", words))
    if not own:
        words, count = _lists()["this"].subn(_TICKETS, words)
        if count != 1 and not (beside and not count):
            return None
        words = words if count else f"{_TICKETS} {words}"
    said = _Said(words, mentions, names)
    read = [order for field in _FIELDS if (order := field(said)) is not None]
    return read[0].model_copy(update={"keys": own or tuple(beside)}) if len(read) == 1 else None


def names_somebody(said: str, names: Names) -> bool:
    """Whether a part of a message names anybody of the tracker."""
    return PERSON in said or bool(_named(_flat(said), _people(frozenset(names.people)))[0])


def is_name(said: str, names: Names) -> bool:
    """Whether a part of a message is somebody's name, and nothing else."""
    rest = _named(_flat(said), _people(frozenset(names.people)))[1]
    return names_somebody(said, names) and not any(map(str.isalnum, rest.replace(PERSON, " ")))


def names_level(said: str) -> bool:
    """Whether a part of a message says how urgent something is."""
    return bool(_named(_flat(said), _levels(says_so=False))[0])


def retracts(said: str) -> bool:
    """Whether what is said behind a change may take it back."""
    return _lists()["retracts"].search(_flat(said)) is not None


def _is_worded(field: str, said: str) -> bool:
    """Whether somebody who changes a field says so, and nothing else."""
    bare = " ".join(said.replace("?", " ").split()).strip(EDGE)
    return _lists()[field].fullmatch(bare) is not None


def _label(said: _Said) -> ChangeOrder | None:
    known = _labels(frozenset(said.names.labels))
    labels, rest = _named(said.words, known, instead=_LABELS)
    if not labels or not _is_worded("label", _lists()["labels_in_row"].sub(_LABELS, rest)):
        return None
    return ChangeOrder(labels=tuple(known[each] for each in labels))


def _assignee(said: _Said) -> ChangeOrder | None:
    whole = _people(frozenset(said.names.people))
    called, rest = _named(re.sub(f"{PERSON}+", _SOMEBODY, said.words), whole, instead=_SOMEBODY)
    people = {*said.mentioned, *(name for each in called for name in whole[each])}
    if len(people) > 1 or rest.count(_SOMEBODY) > 1 or not _is_worded("assign", rest):
        return None
    return ChangeOrder(assignee=people.pop() if people else ME)


def _priority(said: _Said) -> ChangeOrder | None:
    numbered = _lists()["numbered_priority"].search(said.words)
    says_so = _lists()["priority_noun"].search(said.words) is not None
    levels, rest = _named(said.words, _levels(says_so=says_so), instead=_LEVEL)
    if numbered is not None and not levels:
        start, end = numbered.span("level")
        levels, rest = [numbered["level"]], f"{said.words[:start]}{_LEVEL}{said.words[end:]}"
    levels = levels[-1:] if "\u2192" in rest else levels
    wanted = {priority_called(level) for level in levels}
    is_state = not {_flat(state) for state in said.names.states}.isdisjoint(levels)
    if len(wanted) != 1 or is_state or not _is_worded("prioritise", rest):
        return None
    return ChangeOrder(priority=wanted.pop())


_FIELDS: Sequence[Callable[[_Said], ChangeOrder | None]] = (_label, _assignee, _priority)


@cache
def _lists() -> Mapping[str, re.Pattern[str]]:
    return lists_in("changes")


@lru_cache(maxsize=16)
def _labels(names: Set[str]) -> Mapping[str, str]:
    """What each label is called, by its name as it is said."""
    return {_flat(name): name for name in sorted(names)}


@lru_cache(maxsize=16)
def _people(names: Set[str]) -> Mapping[str, Set[str]]:
    """Who may be called something: by all of a name, by the first, and by the last of it."""
    whole: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        first, last = name.split()[:1], name.split()[-1:]
        for called in {name, *(part for part in (*first, *last) if len(part) >= _SHORTEST_NAME)}:
            whole[_flat(called).strip()].add(name)
    return whole


@cache
def _levels(*, says_so: bool) -> Set[str]:
    """Words for how urgent something is; a letter alone only where it says that it is about that."""
    known = (_flat(level) for level in phrasebook().levels if not level.isdigit())
    return frozenset(level for level in known if says_so or len(level) >= _SHORTEST_LEVEL)


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
