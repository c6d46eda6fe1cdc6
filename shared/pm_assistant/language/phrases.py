"""What is said of tickets, and what ties it to them: a word and the tickets behind it, a line and the lines below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pm_assistant.domain.links import LONGEST_EVIDENCE, LinkKind, LinkSource
from pm_assistant.language.markdown import Line, LineKind
from pm_assistant.language.tickets import Piece, PieceKind
from pm_assistant.language.wording import (
    ARTICLES,
    BEFORE_TICKET,
    BETWEEN_TICKETS,
    COLONS,
    CONNECTORS,
    CONTRIBUTES,
    DASHES,
    FILLERS,
    SOME,
    SPOKEN,
    Form,
    Meaning,
    SpokenWord,
    words,
)

_ANNOUNCING = (
    SPOKEN.keys()
    | FILLERS
    | words("or and to of also by this pr pull request in here release with which what does it any s")
)
_WHOLE = words("work effort efforts series project for on")
"""Words for what it is that something is a part of: `part of the work on`."""
_WHERE, _HERE = words("in by with"), words("this here")
_THIS_WORK = words("pr mr pull request change changes patch commit branch")
_ANNOUNCING_MARKS = frozenset(":[]()/-&?")


@dataclass(slots=True)
class Found:
    """A ticket that is named somewhere.

    Attributes:
        sure: from 0 to 1, that the kind is what people meant.
    """

    ticket: str
    meaning: Meaning
    source: LinkSource
    words: str
    sure: float

    @property
    def kind(self) -> LinkKind:
        """What is done for it."""
        return self.meaning.kind


@dataclass(slots=True)
class Phrase:
    """A word that says what is done, and the tickets that have been tied to it.

    Attributes:
        begun: a ticket was tied to it, or work that is none of ours.
        listed: it was said in a line above.
    """

    word: SpokenWord
    meaning: Meaning
    start: int
    listed: bool = False
    particle: bool = False
    article: bool = False
    quantified: bool = False
    elsewhere: bool = False
    begun: bool = False
    found: list[Found] = field(default_factory=list)

    @property
    def takes_ticket(self) -> bool:
        """Whether a ticket may follow: not in `fixes the ENG-1 crash`, but in `part of the ENG-5 epic`."""
        if self.elsewhere:
            return False
        return not (self.article and self.word.form) and (self.particle or not self.word.needed)

    @property
    def marks(self) -> frozenset[str]:
        """The marks that may stand before its next ticket; behind the item of a list, a dash begins a title."""
        if not self.begun:
            return BEFORE_TICKET
        return (BETWEEN_TICKETS - DASHES if self.listed else BETWEEN_TICKETS) | CONNECTORS

    def admits(self, word: str) -> bool:
        """Whether a word may stand between it and its first ticket."""
        if word in self.word.particles:
            self.particle = True
        elif self.word.form is Form.PAST and self._tells_where(word):
            self.elsewhere = word in _WHERE
        elif word in ARTICLES:
            self.article = True
        elif word in FILLERS or (word == "of" and self.quantified):
            self.article, self.quantified = False, word == "all"
        elif self.particle and word in _WHOLE:
            self.article = False
        elif word in SOME and self.meaning.kind is LinkKind.CLOSES:
            self.quantified, self.meaning = True, CONTRIBUTES
        else:
            return self.word.needed and word[0].isdecimal()  # `part 2 of`, `part 2/3 of`, `part 2 of 3 for`
        return True

    def _tells_where(self, word: str) -> bool:
        """Whether a word tells where something was done: `fixed in this pull request`, or in another's."""
        return word in _WHERE or word in _HERE or (word in _THIS_WORK and not self.elsewhere)


@dataclass(slots=True)
class Lead:
    """A line such as `Closes:`, which speaks for the list or the lines behind it.

    Attributes:
        indent: the column from which items are below it.
        direct: of lines that are no list it speaks only if they follow at once; a heading or colon reaches further.
        level: the column of the list's items, once it has begun.
        taken: lines that are no list have begun.
    """

    phrase: Phrase
    indent: int
    direct: bool
    level: int | None = None
    taken: bool = False

    def speaks_for(self, line: Line, pieces: Sequence[Piece]) -> bool | None:
        """Whether it speaks for a line; None: not for that, but for others behind it."""
        if line.kind is LineKind.TEXT and self.level is None:
            return not (self.direct and line.apart) and not (line.opens and self.taken) and lists(pieces)
        if line.kind is LineKind.TEXT:
            return False if line.opens else None
        if line.kind is LineKind.HEADING:
            return False
        if self.level is None and line.indent >= self.indent:
            self.level = line.indent
        if self.level is None or line.indent < self.level:
            return False
        return line.indent == self.level or None


def shortened(said: str) -> str:
    """As much of what was said as a link keeps."""
    return said[:LONGEST_EVIDENCE]


def weaken(found: Iterable[Found], left: Meaning) -> None:
    """Let words behind closed tickets leave less of them."""
    for each in found:
        if each.kind is LinkKind.CLOSES and left.kind is not LinkKind.CLOSES:
            each.meaning = left


def lists(pieces: Sequence[Piece]) -> bool:
    """Whether a line is tickets and nothing else, or at most a title behind a mark."""
    for index, piece in enumerate(pieces):
        if index and (piece.text == "(" or piece.text in COLONS | DASHES):
            break
        if piece.kind in (PieceKind.WORD, PieceKind.BREAK) and piece.text not in CONNECTORS:
            return False
    return bool(pieces)


def without_title(item: Sequence[Piece]) -> Sequence[Piece]:
    """An item without the title before its one ticket: `Coupon is lost (ENG-1)` is `ENG-1`."""
    tickets = sum(piece.kind is PieceKind.KEY for piece in item)
    behind_title = tickets == 1 and [piece.text for piece in item[-3::2]] == ["(", ")"]
    speaks = any(piece.text in SPOKEN for piece in item)
    return item[-3:] if behind_title and item[-2].kind is PieceKind.KEY and not speaks else item


def without_plurals(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Pieces without the `(s)` of `ticket(s)`."""
    texts = [piece.text for piece in pieces]
    plurals = {at + next for at in range(len(texts)) if texts[at : at + 3] == ["(", "s", ")"] for next in range(3)}
    return [piece for index, piece in enumerate(pieces) if index not in plurals]


def announces_only(piece: Piece) -> bool:
    """Whether a piece is part of nothing but a word for what the lines below are."""
    return piece.text in (_ANNOUNCING_MARKS if piece.kind is PieceKind.MARK else _ANNOUNCING)
