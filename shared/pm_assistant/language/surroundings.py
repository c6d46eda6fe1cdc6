"""What the words around a ticket that nothing is said of let the names in title and branch do for it.

A branch `eng-1` closes ENG-1 where the body does not speak of it, or only says which ticket this is or where something
is told. Any other sentence about it, in whatever language, may say that this is not all: what is not understood closes
nothing. Words that say so are listed as well, for sentences that would be harmless without them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pm_assistant.language.behind import HANDLED, OPEN_QUESTIONS, PREDICATES
from pm_assistant.language.other_languages import CLOSING_ELSEWHERE, LABELS_ELSEWHERE
from pm_assistant.language.tickets import Piece, PieceKind
from pm_assistant.language.wording import (
    ARTICLES,
    COLONS,
    CONNECTORS,
    FILLERS,
    NOUNS,
    SENTENCE_ENDS,
    SPOKEN,
    TURNS,
    words,
)

_LABELS = (
    (FILLERS - words("epic epics"))
    | ARTICLES
    | LABELS_ELSEWHERE
    | words(
        "jira card cards tracker link links id key number no work re feature features request requirement"
        " requirements spec spec's internal main primary linked associated corresponding our my this is"
        " context background why what summary description motivation source details discussion info original"
        " user url change here finally now criteria done"
    )
)
"""Words that say no more than which ticket this is."""
_PLACES = words("in per via under through within inside as")
"""Words behind which a ticket is where something is told, or who asked for it."""
_DOING = words(
    "address addresses addressing addressed solve solves solving solved tackle tackles tackling handle handles handling"
    " deliver delivers delivering ship ships shipping finish finishes finishing finalize finalizes finalise finalises"
    " cover covers covering satisfy satisfies"
)
"""Verbs that say as much as a name does: that this is the work on the ticket."""
_HEADS = {
    "for": words(
        "fix fixes bugfix hotfix patch solution implementation resolution code change changes ticket pr request done"
        " work everything all one"
    ),
    "with": words("deals dealing line accordance agreement done"),
    "by": words("is"),
}
"""What may stand before a word behind which anything else may be a part of the work, or something beside it."""
_OF_THE_TICKET = words("of from to on about")
"""Words that tell of something of a ticket's, which is the work itself unless it is one of the next."""
_WRAPS_UP = (["wrap"], ["wraps"], ["wrapping"])
_TOLD = words(
    "described discussed reported requested noted agreed suggested proposed asked raised explained"
    " outlined commented mentioned specified documented wanted decided planned designed filed tracked"
    " defined listed shown stated taken attached linked"
)
"""Participles of where something is told; others tell of other work than this."""
_QUALITIES = (
    ARTICLES
    | CONNECTORS
    | words(
        "requested needed required necessary agreed planned proper real actual simple small quick full complete final"
        " first-class right bug my our its of is all tiny"
    )
)
"""Words that leave a fix one; `temporary` does not."""
_OPPOSITE = words(
    "ignore ignores skip skips disable disables hide hides remove removes drop drops defer defers postpone postpones"
    " documents undo undoes leaves leave"
)
"""Verbs of which a ticket is what is not done."""
_MERE = words(
    "documentation docs doc test tests logging logs log metrics telemetry flag flags migration migrations schema"
    " types interface interfaces mock mocks fixtures setup infrastructure base wiring way stage door alternative"
    " enabler prerequisite"
)
"""What may be done for a ticket before it is, or beside it."""
_ODD = _MERE | words(
    "out top closer split built found dependency rollout removal revert progress blocker depends start addition"
    " extension cleanup work working away back down prior prelude contrast compared relies builds waits hinges works"
)
_FRACTION = re.compile(r"\b[0-9]{1,2}(?:/| of )[0-9]{1,2}\b")
"""How many of so many: `2/3`, `2 of 3`."""
_LAST = words("last final remaining")
_TELLING = words("asks asked describes described wants wanted reports reported says said explains mentions requests")
_DETAILS = words("the all more details context")
_PARTS = words(
    "first second third half part parts piece pieces slice slices chunk bit bits thirds quarter quarters"
    " happy cases portion some several subset step steps stage stages phase phases iteration increment"
    " milestone point points partial partially partly initial initially preliminary preparatory minimal"
    " mvp begin begins beginning start starts started starting continue continues continuing continued"
    " just only most much follow-up followup ahead halfway backend-only still blocked ongoing progress"
    " flaky unfinished unresolved incomplete v1 v2 more"
)
_BESIDE = words(
    "wip poc spike draft prototype prototypes experiment experimental groundwork prep preparation prepares"
    " scaffold scaffolding plumbing skeleton stub stubs boilerplate foundation foundations investigate"
    " investigates investigating investigation explore explores exploring exploration debug debugging"
    " diagnose diagnoses reproduce reproduces reproducing reproduction repro todo fixme concept instrument"
    " instruments instrumentation refactoring proposal rfc"
)
"""Words for work that comes before the ticket's own."""
_HEDGED = words(
    "attempt attempts attempted attempting try tries tried trying guess best-effort possible potential likely"
)
_NOT_ALL = _PARTS | _BESIDE | _HEDGED
_REMARKS = words("do don't keep leave later pending until if once will")
_LEFT_OUT = words("except excluding minus apart without")
_SIDES = words("backend frontend api ui server client web mobile ios android database")
_TOLD_OF = words("was were are came led had")
"""Predicates of what a ticket is about, where that is named before it."""
_TROUBLES = NOUNS | words("cause reason problem crash error fault goal idea")
_ORIGINS = words("caused reported opened filed created raised about due")
_WAITING_FOR = words("until before once unless if when after without")
_ASKING = words("it please for one of to")
_NOT_NOW = words(
    "blocked depends left open missing not no needs waiting before after next later soon out epic parent without cannot"
)
"""Words of labels over what is not done here."""
_VERBAL = ("s", "ing", "ed")
_SHORT = 3
"""Words beside a ticket that are a remark, and no title."""


class Before(NamedTuple):
    """What stands before a ticket.

    Attributes:
        clause: the words since the last mark.
        mark: that one.
        label: the words before it.
        sentence: all words of the sentence so far.
        conditional: a condition begins it.
        unsure: something is denied, or may be so, since the last mark.
    """

    clause: Sequence[str]
    mark: str
    label: Sequence[str]
    sentence: Sequence[str]
    conditional: bool
    unsure: bool


def is_harmless(before: Before, behind: Sequence[Piece], *, prose: bool) -> bool:
    """Whether what is said around a ticket in a body leaves it to the names in title and branch.

    Args:
        before: what stands before it.
        behind: the next few pieces.
        prose: the word behind it is written as in the midst of a sentence.
    """
    first, second = (*(piece.text if piece.kind is PieceKind.WORD else "" for piece in behind[:2]), "", "")[:2]
    said = without_label(before.clause)
    if _is_of_a_part(before, said) or _remarks(behind) or not _OPPOSITE.isdisjoint(before.sentence[:1]):
        return False
    if (
        (first in _TELLING and not before.unsure)
        or (first == "has" and second in _DETAILS)
        or (first == "was" and second in _ORIGINS)
    ):
        return True
    if first in PREDICATES | OPEN_QUESTIONS and not _tells_of_trouble(said, first):
        awaited = before.conditional or not _WAITING_FOR.isdisjoint(said[-1:])
        return not awaited and any(map(_is_handled, _until_end(behind)))
    if first == "'s":
        return before.clause[-1:] == ["in"]
    if said:
        if len(said) == 1 < len(before.clause) and not said[0].endswith(_VERBAL) and said[0].isascii():
            return not prose  # `customer issue ENG-1`
        return _leads_to_a_name(said) and not (before.unsure and said[-1] not in _PLACES)
    if before.sentence and before.sentence[-1] in TURNS:
        return False
    return not prose and (before.mark not in COLONS or _names(before.label))


def is_harmless_title(before: Before, behind: Sequence[Piece]) -> bool:
    """Whether a title with a ticket names the ticket's own work, rather than what comes before it."""
    told = [*before.sentence, *(piece.text for piece in behind if piece.kind is PieceKind.WORD)]
    return _BESIDE.isdisjoint(told[:1]) and (len(told) > _SHORT or (_BESIDE | _PARTS).isdisjoint(told))


def _is_of_a_part(before: Before, said: Sequence[str]) -> bool:
    """Whether it is a part, or something beside the ticket; what stands apart from it may tell of other things."""
    near = before.sentence if said or before.mark in COLONS else before.sentence[:1]
    if not _BESIDE.isdisjoint(before.sentence) or ("one", "of") in pairwise(before.sentence):
        return True
    if _FRACTION.search(" ".join(before.sentence)):
        return True
    return any(word in _NOT_ALL and (index == 0 or near[index - 1] not in _LAST) for index, word in enumerate(near))


def _tells_of_trouble(said: Sequence[str], predicate: str) -> bool:
    """Whether a predicate is of what a ticket is about: `the crash of ENG-1 was`."""
    if not said or said[-1] not in _PLACES | _OF_THE_TICKET:
        return False
    return predicate in _TOLD_OF or (predicate == "is" and said[-2:-1] != [] and said[-2] in _TROUBLES)


def _remarks(behind: Sequence[Piece]) -> bool:
    """Whether a few words behind a ticket, or behind a mark there, say that this is not all of it."""
    told = [*_until_end(behind)]
    denied = "not" in told and any(map(_is_handled, told))
    if behind and behind[0].text in (",", "(") and not _NOT_ALL.isdisjoint(told[:1]):
        return True
    few = len(told) <= _SHORT + denied and (denied or not _NOT_ALL.isdisjoint(told))
    remarks = _REMARKS | _LEFT_OUT if behind and behind[0].kind is PieceKind.MARK else _LEFT_OUT
    return few or not remarks.isdisjoint(told[:1]) or (len(told) == 1 and told[0] in _SIDES)


def _until_end(behind: Sequence[Piece]) -> Iterator[str]:
    for piece in behind:
        if piece.text in SENTENCE_ENDS:
            return
        if piece.kind is PieceKind.WORD:
            yield piece.text


def _is_handled(word: str) -> bool:
    return word in HANDLED or (word in SPOKEN and SPOKEN[word].form is not None)


def without_label(clause: Sequence[str]) -> Sequence[str]:
    """A clause without the words that name the ticket's kind, or join it to another."""
    end = len(clause)
    while end and (clause[end - 1] in _LABELS or clause[end - 1] in CONNECTORS):
        end -= 1
    return clause[:end]


def _leads_to_a_name(said: Sequence[str]) -> bool:
    *rest, last = said
    if (last in _DOING and _WAITING_FOR.isdisjoint(rest[-1:])) or (last == "up" and rest[-1:] in _WRAPS_UP):
        return True
    if last in _PLACES | _OF_THE_TICKET:
        return not rest or _is_of_the_ticket(rest)
    if last in _HEADS:
        return not rest or _is_head(rest, last)
    return last in CLOSING_ELSEWHERE and (not rest or (len(rest) == 2 and rest[1] in ("pr", "mr")))


def _is_of_the_ticket(rest: Sequence[str]) -> bool:
    """Whether something of a ticket's is told of, or where something is told."""
    return rest[-1] in _TOLD or not (rest[-1].endswith("ed") or rest[-1] in _ODD)


def _is_head(rest: Sequence[str], last: str) -> bool:
    """Whether a noun phrase such as `a proper fix`, or a statement such as `adds the queue`, stands before `for`."""
    *qualities, head = rest
    if last != "for":
        return head in _HEADS[last] or head in _TOLD
    if head in _HEADS[last]:
        return not qualities or qualities[-1] in _QUALITIES
    return len(rest) >= _SHORT and head not in _MERE


def _names(label: Sequence[str]) -> bool:
    if not (_NOT_ALL | _OPPOSITE | _NOT_NOW).isdisjoint(label):
        return False
    return len(label) > _SHORT or not (_LABELS | _ASKING).isdisjoint(label) or not label
