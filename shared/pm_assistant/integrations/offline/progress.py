"""Statements of progress: what people say has been done to a ticket, as opposed to asked, planned, denied or quoted.

All patterns see folded text: lower case, no accents. The words stand in `language/data/progress.txt`, English first,
with the usual German, French and Spanish phrases; `elsewhere` has more of those and other languages.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from pm_assistant.integrations.offline import elsewhere
from pm_assistant.language.grammars import lists_in
from pm_assistant.language.lexicon import A_WORD, content
from pm_assistant.language.states import says_test
from pm_assistant.language.text import fold, keys, sentences, terms


class Progress(StrEnum):
    """What someone states about the work itself."""

    STARTED = "started"
    REVIEW = "review"
    COMPLETED = "completed"
    CANCELED = "canceled"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Claim:
    """A statement of progress.

    Attributes:
        certainty: how sure its author sounds, 0 to 1.
        sentence: the words it was made in.
        alone: they say nothing else.
        worded: a phrase states it.
        is_trial: what is done, or up for review, is only tried out so far.
    """

    progress: Progress
    certainty: float
    sentence: str
    alone: bool = False
    worded: bool = True
    is_trial: bool = False


_SAID = lists_in("progress")

_COMPLETED = _SAID["completed"]
_IN_PLACE = _SAID["in_place"]
"""Where what is done has arrived, for all who use it."""
_FIRM = _SAID["firm"]
"""What makes surer that it is done: such a place, or a word for delivering or closing."""
_STARTED = _SAID["started"]
_REVIEW = _SAID["review"]
_CANCELED = _SAID["canceled"]
_DENIED = re.compile(r"(?:\bnot|\bnever|n't)(?: \w+)? $")
"""Before the words that give work up: they do not."""
_REOPENED = _SAID["reopened"]
"""That work which was over is not, or was undone."""

_CONDITIONAL = _SAID["conditional"]
_NEGATED = _SAID["negated"]
"""What denies a statement, or makes it a wish, a plan, a duty or the words of others."""
_LATER = _SAID["later"]
"""Another time than now, or a place where few see what is done."""
_HEDGED = _SAID["hedged"]
"""What leaves open whether it is so, or is somebody else's."""
_IN_PART = _SAID["in_part"]
"""What is a part of the work, or none of it: `the draft is done`."""
_SINCE = _SAID["since"]
"""Before what is the cause of a problem and not its cure: `since the redesign is live`."""
_SHARE = _SAID["share"]
"""What is done in part, for some, or for the time being."""

_QUESTION = _SAID["question"]
_ASKS_BESIDES = _SAID["asks_besides"]
"""What is asked of somebody behind a statement: `the pull request is up, who can look at it?`"""
_TAG = _SAID["tag"]
"""What asks behind a statement whether it is so: `that's live, right?`"""
_SUGGESTS = _SAID["suggests"]
"""What proposes something, before which nothing is stated."""
_NOT_THIS = _SAID["not_this"]
"""What says that another thing is done, and not the one that is spoken of."""

_CLAUSE = _SAID["clause"]
"""Where one clause ends and the next begins."""
_MARKS = '["“”„«»\u2039\u203a「」『』]'
_SAID_BY_OTHERS = re.compile(rf"{_MARKS}.*?{_MARKS}|(?:^|\s)'[^']{{4,}}'(?=\W|$)")


def asks_whether(plain: str) -> bool:
    """Whether a text asks in the end whether what it says is so."""
    return _TAG.search(fold(plain)) is not None


def in_own_words(said: str) -> str:
    """A text without what stands in quotation marks: `it is "done", sure` says nothing of that."""
    return _SAID_BY_OTHERS.sub(" ", said)


def may_state(sentence: str, *, is_likely: bool = False) -> bool:
    """Whether a sentence can state how work stands: it says something, and asks, plans, denies or supposes nothing.

    Where it speaks of trying out, plans and places do not count: that it lies on staging is a state of its own. Nor do
    they, or a condition or denial, where it is likely anyway that it states such: `look it over before it ships, the PR
    is up`.
    """
    folded = in_own_words(_LINK.sub(" ", fold(sentence)).replace("\u2019", "'"))
    folded = elsewhere.BESIDES.sub(" ", elsewhere.NOTHING_WRONG.sub(" ", _ASKS_BESIDES.sub("", folded)))
    unsure = (
        *(_QUESTION, _SUGGESTS),
        *(() if is_likely else (_CONDITIONAL, _NEGATED)),
        *(() if is_likely or says_test(sentence) else (_LATER, elsewhere.UNSURE)),
    )
    return says_something(folded) and not any(pattern.search(folded) for pattern in unsure)


def says_something(plain: str) -> bool:
    """Whether a text says anything besides links, keys and numbers; `See` before a link says nothing."""
    left = _LINK.sub(" ", fold(plain))
    return content(term for term in terms(left) if not term.isdigit()) >= A_WORD


_LINK = re.compile(r"\S+://\S+|\bwww\.\S+|\b[a-z][a-z0-9]*-\d+\b")


def claims(plain: str) -> list[Claim]:
    """Collect statements of progress, in order; questions, wishes, plans, quotes and negations are none."""
    collected = []
    for sentence in sentences(plain):
        folded = _ASKS_BESIDES.sub("", in_own_words(fold(sentence)).replace("\u2019", "'"))
        folded = _LEADING_KEY.sub("", elsewhere.NOTHING_WRONG.sub(" ", folded))
        claim = _claim_elsewhere(folded, sentence) or _claim(folded, sentence)
        if claim is not None and (claim.progress is Progress.REOPENED or not _NOT_THIS.search(folded)):
            collected.append(replace(claim, alone=_says_nothing_else(folded)))
    return collected


_LEADING_KEY = re.compile(r"^\W*[a-z][a-z0-9]*-\d+\s*[:,\u2013-]\s*")
"""What is spoken of, before what is said or asked of it."""


def _says_nothing_else(folded: str) -> bool:
    """Whether hardly a word is left of a sentence without what states how work stands."""
    return len(terms(unstated(folded))) <= 1


def unstated(sentence: str) -> str:
    """What is left of a sentence without what states how work stands, and without keys and links."""
    left = _LINK.sub(" ", fold(sentence))
    for pattern in _STATING:
        left = pattern.sub(" ", left)
    return left


def denies(plain: str) -> bool:
    """Whether a text is little more than a no to what was said before it, or takes that back."""
    folded = fold(plain).replace("\u2019", "'")
    return elsewhere.TAKES_BACK.search(folded) is not None or (
        len(folded.split()) <= _SHORT_DENIAL and elsewhere.DENIAL.search(folded) is not None
    )


_SHORT_DENIAL = 6
"""Words up to which a text is hardly more than its denial."""


_CUT = re.compile(r"[\n.;,\u3001\u3002\uff0c\uff1b]|\b(?:but|and|aber|und|mais|et|pero|y|mas|e|ma|ale|i|но|и)\b")


def said_of(plain: str, own: Collection[str], others: Collection[str]) -> str:
    """What a text that names several tickets says of one: what follows a key, up to the next, is of that.

    Args:
        plain: the text.
        own: the keys that the ticket goes by.
        others: the keys of other tickets.
    """
    if not keys(plain) & {*others}:
        return plain
    parts, is_own = list[str](), True
    for part in _CUT.split(plain):
        if named := keys(part) & {*own, *others}:
            is_own = not named.isdisjoint(own)
        if is_own:
            parts.append(part.strip())
    return "\n".join(parts)


def _claim(folded: str, sentence: str) -> Claim | None:
    if _QUESTION.search(folded):
        return None
    if _REOPENED.search(folded):
        return Claim(Progress.REOPENED, 1.0, sentence)
    if _CONDITIONAL.search(folded):
        return None
    doubt = _doubt(folded)
    given_up = _CANCELED.search(folded)
    if given_up and not _DENIED.search(folded[: given_up.start()]):
        return Claim(Progress.CANCELED, _SURE_CANCELED - doubt, sentence)
    stated = {progress for clause in _CLAUSE.split(folded) if (progress := _progress(clause)) is not None}
    furthest = next((progress for progress in _ORDER if progress in stated), None)
    if furthest is None:
        return None
    firm = _FIRM.search(folded) is not None
    merged_only = furthest is Progress.COMPLETED and "merged" in folded and not firm
    return Claim(furthest, _SURE + _FIRMER * firm - _DOUBT * merged_only / 2 - doubt, sentence)


_ELSEWHERE = (
    (Progress.REVIEW, elsewhere.REVIEW),
    (Progress.COMPLETED, elsewhere.COMPLETED),
    (Progress.STARTED, elsewhere.STARTED),
)


def _claim_elsewhere(folded: str, sentence: str) -> Claim | None:
    """What is said in other languages, of the whole sentence: whatever is unsure in it leaves none.

    That something is no longer as it was takes nothing back, nor that somebody is asked to look at it.
    """
    if elsewhere.CANCELED.search(folded) and not folded.rstrip().endswith(("?", "\uff1f")):
        return Claim(Progress.CANCELED, _SURE_CANCELED, sentence)
    folded = elsewhere.BESIDES.sub(" ", folded)
    if elsewhere.UNSURE.search(folded):
        return None
    stated = next((progress for progress, pattern in _ELSEWHERE if pattern.search(folded)), None)
    return Claim(stated, _SURE - _doubt(folded), sentence) if stated is not None else None


def _doubt(folded: str) -> float:
    """How much less a sentence is trusted: for a hedge, a share of it, or because it tells a cause and no cure."""
    return _DOUBT * any(pattern.search(folded) for pattern in (_HEDGED, elsewhere.HEDGED, _SINCE, _SHARE))


_STATING = (
    *(_COMPLETED, _REVIEW, _STARTED, _CANCELED),
    *(elsewhere.COMPLETED, elsewhere.REVIEW, elsewhere.STARTED, elsewhere.CANCELED),
)

_SURE, _FIRMER, _DOUBT, _SURE_CANCELED = 0.86, 0.06, 0.3, 0.75
"""How far we trust a plain statement, one with a place or a closing word, a hedged one, and one that gives up."""

_ORDER = (Progress.COMPLETED, Progress.REVIEW, Progress.STARTED)


def _progress(clause: str) -> Progress | None:
    for progress, pattern in (
        (Progress.COMPLETED, _COMPLETED),
        (Progress.REVIEW, _REVIEW),
        (Progress.STARTED, _STARTED),
    ):
        statement = pattern.search(clause)
        if statement and not _vetoed(progress, clause, statement):
            return progress
    return None


def _vetoed(progress: Progress, clause: str, statement: re.Match[str]) -> bool:
    if _LATER.search(clause) and not _IN_PLACE.search(statement[0]):
        return True
    if progress is Progress.COMPLETED and _IN_PART.search(clause) and not _IN_PLACE.search(clause):
        return True
    return _NEGATED.search(clause[: statement.end()]) is not None
