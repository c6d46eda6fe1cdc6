"""What the words behind tickets leave of what was said of them before."""

import re
from collections.abc import Iterator, Sequence

from pm_assistant.language.tickets import Piece, PieceKind
from pm_assistant.language.wording import (
    CLOSES,
    CONTRIBUTES,
    HEDGES,
    MENTIONS,
    MODALS,
    OTHERS,
    PARTIALLY,
    QUESTION_MARKS,
    SPOKEN,
    UNCLEAR,
    Form,
    Meaning,
    words,
)

PREDICATES = words("is are was were gets got will can could should must needs may might has")
OPEN_QUESTIONS = words(
    "had have requires depends waits stays remains still follows continues happens occurs ain't isn't"
)
"""Other words that begin what is told of a ticket before them."""
HANDLED = words(
    "done addressed handled tackled solved covered finished shipped merged split moved picked continued follow come"
)
PERHAPS = words("maybe perhaps possibly probably hopefully tentatively")
PLURAL = words("need are have were remain stay aren't haven't")
"""Words that make two tickets before them what is told of."""
_CONDITIONS_BEHIND = PERHAPS | words(
    "if once when whenever unless until assuming provided given pending after upon depending subject"
    " nicht noch pas todavía aún ainda"
)
_LATER_BEHIND = words("later separately next tomorrow soon eventually yesterday already elsewhere manually earlier")
_PARTLY_BEHIND = PARTIALLY | words("only except excluding apart wip draft")
_UNDONE = words("duplicate wontfix won't obsolete invalid")
"""What a ticket may be closed as without being done."""
_UNSETTLED = words(
    "blocked todo needs pending requires awaiting waiting untested unverified unconfirmed tbc tbd depends"
)
_STILL_OPEN = words("still stays remains")
_STEPS = words("step phase part")
_PLACES = words("for on in at")
_OF_ITS_OWN = words(
    "'s regression regressions fallout follow-up follow-ups followup followups aftermath leftovers is was"
    " were will has had needs requires takes would should isn't wasn't must need are have remain stay"
    " aren't haven't"
)
"""Words behind a ticket that make it the name of something else, or begin another statement."""
_MADE = words("introduced caused broke left created added brought regressed")
_BY = words("by in with during since")
"""Words that make `caused` and its like speak of the ticket, rather than of what it caused."""
_WAYS = words("in by via with through")
_FRACTION = re.compile(r"[0-9]{1,2}/[0-9]{1,2}")


def left_of(behind: Sequence[Piece], *, apart: bool = False, alone: bool = False) -> Meaning:
    """What is left of a closing word after the words behind its tickets.

    Args:
        behind: the next few pieces.
        apart: a comma or dash stands between.
        alone: parentheses stand around.
    """
    first, second = _first_two(behind)
    if first == "once" and second == "and":  # for all
        return CLOSES
    if (
        (alone and first in _UNSETTLED | QUESTION_MARKS)
        or (first in _STILL_OPEN and not apart)
        or _is_not_by_this(behind)
    ):
        return MENTIONS
    if _is_partial(behind, alone=alone):
        return CONTRIBUTES
    if (first in _OF_ITS_OWN or (first in _MADE and second not in _BY)) and not apart:
        return UNCLEAR
    return CLOSES


def left_by_remark(remark: Sequence[Piece]) -> Meaning:
    """What is left of an item of a list after a few words that may also be its ticket's title."""
    first, second = _first_two(remark)
    if first in _LATER_BEHIND | _UNSETTLED | _STILL_OPEN or (first == "not" and (first, second) in _NOT_BY_THIS):
        return MENTIONS
    return CONTRIBUTES if first in PARTIALLY else CLOSES


def _is_not_by_this(behind: Sequence[Piece]) -> bool:
    """Whether tickets are closed under a condition, later, by others or undone."""
    first, second = _first_two(behind)
    if first in _CONDITIONS_BEHIND | _LATER_BEHIND or (first, second) in _NOT_BY_THIS:
        return True
    if second in _AFTER.get(first, frozenset()):
        return True
    return first in _WAYS | _UNSETTLED and _names_other_work(behind[1:])


def says_open(behind: Sequence[Piece]) -> bool:
    """Whether it is said of a ticket that it is not done, or elsewhere: `ENG-1 stays open`, `will be fixed by #12`."""
    first, second = _first_two(behind)
    if first in ("stays", "remains") or first.endswith("n't"):
        return True
    if first not in PREDICATES:
        return first in ("comes", "follows", "later", "separately", "still") or (first, second) in _TO_COME
    said = [*_until_mark(behind[1:])]
    if said[:1] in (["not"], ["still"], ["blocked"], ["next"], ["out"]):
        return True
    if not any((word in SPOKEN and word not in _MADE) or word in HANDLED for word in said):
        return False
    return len(said) > 1 and not any(word in ("this", "here", "now") for word in said)


def goes_on(word: str) -> bool:
    """Whether a word behind `fixing ENG-1` tells how or why, rather than beginning what is said of doing so."""
    return word in _MANNERS or word.endswith("ly")


_MANNERS = words(
    "by in with via through for on at from to as when while since because so after before without using here now again"
    " too first both once and or but"
)


def says_closed(behind: Sequence[Piece]) -> bool:
    """Whether it is said of a ticket that this pull request closes it: `ENG-1 is now fixed by this change`."""
    said = [word for word in _until_mark(behind) if word not in _MERELY]
    if said[1:2] == ["been"]:  # `has been fixed` as `is fixed`
        said = ["is", *said[2:]]
    if len(said) < _PASSIVE or said[0] not in _BECOMES or said[2] not in _BY_THIS or said[3] not in _THIS:
        return said[2:3] == ["here"] and said[0] in _BECOMES and _is_participle(said[1])
    return _is_participle(said[1])


def _is_participle(word: str) -> bool:
    return word in SPOKEN and SPOKEN[word].form is Form.PAST


_PASSIVE = 4
_BECOMES = words("is are gets get")
_MERELY = words("now also both all fully finally thereby")
_BY_THIS = words("by in with through via")
_THIS = words("this these")


def asks_for_more(behind: Sequence[Piece]) -> bool:
    """Whether it is said that `to close ENG-1` something else is needed."""
    return any(word in MODALS or word.endswith("'d") for word in _until_mark(behind))


def _is_partial(behind: Sequence[Piece], *, alone: bool) -> bool:
    first, second = _first_two(behind)
    names_ticket = any(piece.kind is PieceKind.KEY for piece in behind)
    if (first, second) in _HALVES:
        return True
    if alone and _is_remark(behind):
        return True
    if first in _STEPS:
        return second.isdecimal() and not names_ticket
    if first in ("only", "just"):
        return second in _PLACES
    if first == "but":
        return second in ("not", "only") and not names_ticket
    if first in _PLACES:
        return any(word in ("only", "most") for word in _until_mark(behind))
    if first == "not":
        return (alone and not names_ticket and second not in _NO_PART) or second in _WHOLLY
    return first in _PARTLY_BEHIND or (alone and bool(_FRACTION.fullmatch(first)))


def _is_remark(behind: Sequence[Piece]) -> bool:
    """Whether a few words in parentheses say which part: `backend only`, `the iOS part`."""
    remark = [*_until_mark(behind)]
    if any(piece.kind is PieceKind.KEY for piece in behind[: len(remark)]):
        return False
    return len(remark) <= _LONGEST_REMARK and not _SOME_PART.isdisjoint(remark)


_LONGEST_REMARK = 4
_SOME_PART = words("only part parts half side portion bit piece slice wip")
_AFTER = {"i": HEDGES, "as": _UNDONE, "only": _CONDITIONS_BEHIND}
_TO_COME = {("to", "be"), ("to", "follow"), ("to", "come")}
_NOT_BY_THIS = (
    _TO_COME
    | {("as", "soon"), ("as", "long"), ("by", "@"), ("in", "combination"), ("in", "conjunction"), ("together", "with")}
    | {("in", "favour"), ("in", "favor")}
    | {("on", f"{day}day") for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")}
    | {("not", word) for word in ("yet", "done", "fixed", "ready", "started", "included")}
)
_NO_PART = words("tested deployed reviewed released critical urgent breaking")
_WHOLLY = words("fully completely entirely wholly all everywhere")
_HALVES = {("for", "now"), ("in", "part"), ("in", "some"), ("in", "certain"), ("first", "half"), ("first", "part")} | {
    ("to", "some"),
    ("to", "a"),
    ("up", "to"),
    ("a", "bit"),
    ("a", "little"),
    ("at", "least"),
}


def _names_other_work(behind: Sequence[Piece]) -> bool:
    """Whether work is named that is not this pull request: `#12`, `a follow-up`."""
    for piece in behind[:3]:
        if piece.kind is PieceKind.OTHER_WORK or piece.text in OTHERS:
            return True
        if piece.text not in ("a", "an", "the", "our", "my", "#", "pr", "["):
            return False
    return False


def _until_mark(behind: Sequence[Piece]) -> Iterator[str]:
    for piece in behind:
        if piece.kind is PieceKind.MARK:
            return
        yield piece.text


def _first_two(behind: Sequence[Piece]) -> tuple[str, str]:
    first, second = (*(piece.text for piece in behind[:2]), "", "")[:2]
    return first, second
