"""Reads what somebody says, line by line, and ties words to the tickets they are said of."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from pm_assistant.domain.links import LONGEST_EVIDENCE, LinkKind, LinkSource
from pm_assistant.language.behind import (
    PERHAPS,
    PLURAL,
    asks_for_more,
    goes_on,
    left_by_remark,
    left_of,
    says_closed,
    says_open,
)
from pm_assistant.language.markdown import Line, LineKind, Token
from pm_assistant.language.other_languages import is_read, leaves_open_elsewhere, says_less
from pm_assistant.language.phrases import (
    Found,
    Lead,
    Phrase,
    announces_only,
    shortened,
    weaken,
    without_plurals,
    without_title,
)
from pm_assistant.language.pull_requests import disowns_branch, is_unfinished, leaves_open
from pm_assistant.language.scripts import is_unspaced
from pm_assistant.language.surroundings import Before, is_harmless, is_harmless_title, without_label
from pm_assistant.language.tickets import KnownTickets, Piece, PieceKind, pieces_of
from pm_assistant.language.wording import (
    ABBREVIATIONS,
    CLAUSE_ENDS,
    CLOSES,
    COLONS,
    CONNECTORS,
    CONTRIBUTES,
    DASHES,
    LEADS,
    MENTIONS,
    NAMED,
    NOUNS,
    PLANS,
    QUESTION_MARKS,
    QUOTES,
    SENTENCE_ENDS,
    SPOKEN,
    TURNS,
    UNCLEAR,
    WAITING,
    Clause,
    Form,
    Meaning,
    SpokenWord,
    begins_deferrals,
    names_another,
    puts_off,
    rehearses,
    words,
)

# How often the kind is what people meant, as far as texts of our own that were labelled by hand tell.
SURE_IN_WORDS = 0.98
SURE_IN_LIST = 0.96
SURE_OF_NAME = 0.9

_LATER_STARTS = words("next later tomorrow soon")
_NEAR = 8
"""Pieces behind a ticket that may still speak of it."""
_AN_OPENING = 3
"""Words before a comma that say how what follows is meant."""
_REMARK = 4
"""Pieces at the end of an item that are no title."""
_LONGEST = 40
"""Words before a ticket that may still speak of it."""
_WRAPPED = 60
"""Characters of a line that may have been wrapped; people wrap at 72 or 80."""
_OPEN_ENDED = words("by in with to of")
_SENTENCE = re.compile(r"[.!?|\n\u3002\uff01\uff1f]")
_TOLD_OF_ANOTHER = re.compile(r"\bby @[\w-]+(?:\[bot\])? in (?:https?://\S+|[\w./-]*#[0-9]+)\W*$")
"""How release notes end a line about another pull request."""


class Statements:
    """Reads lines one after the other and finds which tickets they name.

    Args:
        retold: its lists are of what other pull requests did.

    Attributes:
        names_do: the most that the names of title and branch do: it is said, not naming a ticket, that this is not all.
    """

    def __init__(self, text: str, source: LinkSource, known: KnownTickets, *, retold: bool = False) -> None:
        self._text, self._source, self._known, self._retold = text, source, known, retold
        self.found: list[Found] = []
        self.names_do = LinkKind.CLOSES
        self._lead: Lead | None = None
        self._put_off = False  # under a heading such as `Next steps`
        self._put_off_list = False  # under a line such as `Later:`
        self._aside = False  # under a heading such as `Epic`
        self._rehearsed = False  # under a heading such as `How to test`
        self._item = self._unticked = False
        self._last, self._length = "", 0  # of the line before: its last piece, its characters
        self._line = Line(LineKind.TEXT, 0, None, opens=True, apart=True, offset=0, text="")
        self._pieces: Sequence[Piece] = ()
        self._said: Phrase | None = None  # the last phrase of this line
        self._phrase: Phrase | None = None  # which the next ticket may be tied to
        self._outside: list[Phrase | None] = []  # which that was where parentheses opened
        self._inside = 0  # the tickets of the phrase that stand before them
        self._new_sentence()

    def read(self, line: Line, tokens: Sequence[Token]) -> None:
        """Take a line in."""
        self._line, self._pieces = line, without_plurals(list(pieces_of(tokens, self._known)))
        self._begin(line)
        found_before = len(self.found)
        for index, piece in enumerate(self._pieces):
            if not piece.struck or piece.kind is PieceKind.KEY:
                self._take(piece, index)
        unfinished = is_unfinished(line.text)
        for found in self.found[found_before:] if unfinished else ():
            found.meaning = UNCLEAR if found.meaning == NAMED else found.meaning
        if disowns_branch(line.text):
            self.names_do = LinkKind.MENTIONS
        if leaves_open(line.text) or any(map(leaves_open_elsewhere, _SENTENCE.split(line.text))):
            self._leave_open()
        elif unfinished and len(self.found) == found_before:
            self.names_do = self.names_do.at_most(LinkKind.CONTRIBUTES)
        if (self._retold and self._item) or _TOLD_OF_ANOTHER.search(line.text):
            weaken(self.found[found_before:], MENTIONS)
        self._end(line)

    def _leave_open(self) -> None:
        """What is said not to be done is the last ticket before, unless that is closed in words."""
        last = self.found[-1] if self.found else None
        if last is None or last.kind is LinkKind.CLOSES:
            self.names_do = LinkKind.MENTIONS if last is None else self.names_do
        else:
            last.meaning = last.meaning._replace(spoken=True)

    # A line begins: it goes on with what was being said, is announced by a line above, or says something new.

    def _begin(self, line: Line) -> None:
        if line.kind is LineKind.HEADING:
            self._put_off = self._put_off_list = self._aside = self._rehearsed = False
        elif line.opens and line.kind is LineKind.TEXT:
            self._put_off_list = False
        if line.opens:
            self._unticked, self._item = line.box is False, line.kind is LineKind.ITEM
        if line.kind is LineKind.TEXT and line.text[:1] == "[" and line.text[2:3] == "]":  # a box that is no item
            self._unticked = line.text[1] == " "
        if line.opens or not self._goes_on():
            self._new_sentence()
            self._phrase = None
        self._said, self._outside = None, []
        if self._lead:
            self._follow(self._lead, line)

    def _follow(self, lead: Lead, line: Line) -> None:
        """Let a line above speak for this one, if it does."""
        speaks = lead.speaks_for(line, self._pieces)
        if speaks is False:
            self._lead = None
        elif speaks:
            lead.taken = True
            meaning = MENTIONS if self._unticked else lead.phrase.meaning
            self._phrase = replace(lead.phrase, meaning=meaning, listed=True, begun=False, found=[])
            # Under `Fixed` stands what was done, as in a changelog, and not what is closed.
            if line.kind is LineKind.ITEM and lead.phrase.word.form is not Form.PAST:
                self._pieces = without_title(self._pieces)

    def _goes_on(self) -> bool:
        """Whether a line of the same paragraph is the same sentence: a list waits for more, or it was only wrapped."""
        if not self._pieces:
            return False
        first = self._pieces[0]
        if self._phrase and self._phrase.begun and (self._last in CONNECTORS or first.text in CONNECTORS):
            return True
        self._phrase = None
        if first.kind is not PieceKind.WORD or not self._text[first.start].islower() or self._last in COLONS:
            return False
        return first.text not in SPOKEN or self._last in WAITING or self._length >= _WRAPPED

    def _new_sentence(self) -> None:
        self._clause = Clause()
        self._conditional = self._deferred = False
        self._sentence: list[Found] = []
        self._sentence_words: list[str] = []
        self._opened_by, self._label = "", list[str]()

    # A line ends: it may announce what the lines below are.

    def _end(self, line: Line) -> None:
        shown = [piece for piece in self._pieces if piece.text not in ("*", "_") and not piece.struck]
        self._last, self._length = shown[-1].text if shown else "", len(line.text)
        if not shown or any(piece.kind is PieceKind.KEY for piece in shown):
            return
        heading, colon = line.kind is LineKind.HEADING, shown[-1].text in COLONS
        self._aside |= heading and names_another(shown)
        announces = heading or colon or self._pieces[0].text == self._pieces[-1].text == "*"
        if announces:
            self._rehearsed = rehearses(shown) or (self._rehearsed and colon)
        if announces and puts_off(shown):
            self._put_off, self._put_off_list = self._put_off or heading, True
        elif line.kind is LineKind.TEXT and begins_deferrals(shown):
            self._put_off_list = True
        phrase = self._announced(shown, announces=announces, colon=colon)
        if phrase and not self._unticked:
            below = line.indent + 1 if line.kind is LineKind.ITEM else 0
            self._lead = Lead(phrase, below, direct=not announces and len(shown) > 1)

    def _announced(self, shown: Sequence[Piece], *, announces: bool, colon: bool) -> Phrase | None:
        """What a line says of the tickets below it."""
        phrase = self._said
        if phrase is None or (phrase.word.needed and not phrase.particle):
            return None
        weaker = announces and phrase.meaning.kind is LinkKind.MENTIONS
        waiting = colon and phrase is self._phrase and not phrase.begun
        # A section `Fix` tells how something was mended, `Fixed by` speaks of others.
        section = not colon and phrase.word.form is Form.BARE and shown[-1].text not in QUESTION_MARKS
        last_word = next((piece.text for piece in reversed(shown) if piece.kind is PieceKind.WORD), "")
        ended = last_word not in _OPEN_ENDED or last_word in phrase.word.particles
        alone = ended and not section and all(map(announces_only, shown))
        return phrase if weaker or waiting or alone else None

    # A piece at a time.

    def _take(self, piece: Piece, index: int) -> None:
        match piece.kind:
            case PieceKind.WORD:
                self._word(piece, index)
            case PieceKind.KEY:
                self._ticket(piece, index)
            case PieceKind.OTHER_WORK:
                if self._phrase and self._phrase.takes_ticket:
                    self._phrase.begun = True
                else:
                    self._phrase = None
                self._conditional |= self._clause.words[:1] == ["along"]
                self._clause.meet_work(tied=self._phrase is not None)
            case PieceKind.MARK:
                if piece.text != "|" or not self._heads_row(index):
                    self._mark(piece.text, index)
            case PieceKind.BREAK:
                self._phrase = None
                self._clause.heard += 1
            case _:
                assert_never(piece.kind)

    def _word(self, piece: Piece, index: int) -> None:
        word = piece.text
        phrase = self._phrase
        admitted = phrase is not None and not phrase.begun and word in phrase.word.particles
        if (spoken := SPOKEN.get(word)) and not admitted:
            if self._before(index) not in CONNECTORS:
                self._weaken(index)
            self._phrase = self._said = Phrase(spoken, self._meaning(spoken, piece), piece.start)
        elif phrase and not (self._links(word, index) if phrase.begun else phrase.admits(word)):
            self._weaken(index)
            self._phrase = None
        if not self._clause.heard and word in LEADS and (word != "as" or self._after(index) == "soon"):
            self._conditional = True
        self._sentence_words.append(word)
        if word in TURNS:
            self._clause = Clause()
        elif word != "once" or self._after(index) not in CLAUSE_ENDS | SENTENCE_ENDS:  # `sorts once, which fixes`
            self._clause.hear(word)

    def _links(self, word: str, index: int) -> bool:
        """Whether a word goes on with a list of tickets."""
        if word in ("as", "well"):
            near = " ".join(piece.text for piece in self._pieces[max(0, index - 2) : index + 3])
            return "as well as" in near
        return word in CONNECTORS

    def _meaning(self, word: SpokenWord, piece: Piece) -> Meaning:
        if piece.start and self._text[piece.start - 1] in QUOTES:
            return NAMED
        if piece.struck or self._conditional or self._is_put_off(word):
            return MENTIONS
        if self._rehearsed and word.form is Form.BARE:
            return MENTIONS
        return self._clause.meaning(word)

    def _is_put_off(self, word: SpokenWord) -> bool:
        """Whether it stands among what is not done here; a last line such as `Closes ENG-1` never does."""
        trailer = not self._item and not self._clause.heard and word.form in (Form.THIRD, Form.PAST)
        return self._unticked or self._deferred or ((self._put_off or self._put_off_list) and not trailer)

    def _ticket(self, piece: Piece, index: int) -> None:
        phrase = self._phrase
        named = self._text[piece.start : piece.end]
        source = LinkSource.URL if piece.url else self._source
        if phrase and phrase.article and self._after(index) in NOUNS:
            phrase.article = False  # `the ENG-1 ticket` is the ticket itself
        if phrase is None or not phrase.takes_ticket:
            self._phrase = None
            closed = not piece.struck and self._is_said_closed(index)
            meaning = CLOSES if closed else self._mentioned(piece, index)
            found = Found(piece.text, meaning, source, shortened(named), SURE_OF_NAME)
        else:
            meaning = phrase.meaning if piece.itself and not piece.struck else MENTIONS
            if not meaning.spoken and says_less(self._around(piece)):
                meaning = MENTIONS
            elif meaning is NAMED and asks_for_more(self._near(index + 1)):
                meaning = UNCLEAR
            sure = SURE_IN_LIST if phrase.listed else SURE_IN_WORDS
            found = Found(piece.text, meaning, source, self._said_of(phrase, piece), sure)
            phrase.found.append(found)
            phrase.begun = True
        self.found.append(found)
        self._sentence.append(found)
        if not piece.struck:
            self._clause.meet_work(tied=self._phrase is not None)

    def _mentioned(self, piece: Piece, index: int) -> Meaning:
        """What is done for a ticket that no word is tied to."""
        behind = self._near(index + 1)
        if piece.struck or self._clause.denied or self._clause.last == "not" or says_open(behind):
            return MENTIONS
        around = self._around(piece)
        if says_less(around):
            return MENTIONS
        if self._deferred or self._put_off or self._put_off_list or self._aside:
            return UNCLEAR
        if self._stands_unspaced(index):
            return NAMED if is_read(around) else UNCLEAR
        if (other := self._joined_to(index)) and not other.meaning.spoken:
            return other.meaning
        before = Before(
            () if self._stands_apart(index) else self._clause.words[-_LONGEST:],
            self._opened_by,
            self._label,
            self._sentence_words[-_LONGEST:],
            conditional=self._conditional,
            unsure=self._clause.negated or self._clause.modal or self._clause.hedged,
        )
        if self._source is LinkSource.TITLE:
            harmless = is_harmless_title(before, behind)
        else:
            harmless = is_harmless(before, behind, prose=self._is_prose(behind, around))
        return NAMED if harmless else UNCLEAR

    def _is_said_closed(self, index: int) -> bool:
        """Whether words behind a ticket close it, and the one joined before it: `ENG-1 and ENG-2 are fixed by this`."""
        clause, behind = self._clause, self._near(index + 1)
        doubted = clause.negated or clause.hedged or clause.modal or clause.elsewhere or self._conditional
        put_off = self._unticked or self._deferred or self._put_off or self._put_off_list
        if doubted or put_off or without_label(clause.words) or not says_closed(behind):
            return False
        if (joined := self._joined_to(index)) and not joined.meaning.spoken and behind[0].text in PLURAL:
            joined.meaning = CLOSES
        return True

    def _is_prose(self, behind: Sequence[Piece], around: str) -> bool:
        """Whether what stands behind a ticket goes on with a sentence, rather than being its title."""
        if not behind or not self._text[behind[0].start].islower():
            return False
        return not around.isascii() or any(piece.text in SENTENCE_ENDS for piece in behind)

    def _stands_apart(self, index: int) -> bool:
        """Whether a mark such as a bracket or an emoji parts a ticket from the words before it."""
        return index > 0 and self._pieces[index - 1].kind is PieceKind.MARK and self._before(index) not in "*_#."

    def _stands_unspaced(self, index: int) -> bool:
        """Whether words of a script without spaces, whose characters are pieces each, stand beside a ticket."""
        return any(map(is_unspaced, (self._before(index), self._after(index))))

    def _joined_to(self, index: int) -> Found | None:
        """The ticket before, where nothing but a mark of a list stands between."""
        index -= 1
        while index >= 0 and self._pieces[index].text in CONNECTORS:
            index -= 1
        return self.found[-1] if index >= 0 and self._pieces[index].kind is PieceKind.KEY else None

    def _around(self, piece: Piece) -> str:
        """The sentence around a ticket, as far as it stands in this line."""
        start, end = piece.start - self._line.offset, piece.end - self._line.offset
        before = _SENTENCE.split(self._line.text[max(0, start - LONGEST_EVIDENCE) : start])[-1]
        return before + " " + _SENTENCE.split(self._line.text[end : end + LONGEST_EVIDENCE])[0]

    def _said_of(self, phrase: Phrase, piece: Piece) -> str:
        """The words from what is said to the ticket, or its own and the first where others lie between."""
        said = self._text[phrase.start : min(piece.end, phrase.start + LONGEST_EVIDENCE + 1)]
        if phrase.listed or len(said) > LONGEST_EVIDENCE:
            said = f"{said.split()[0]} … {self._text[piece.start : piece.end]}"
        return shortened(said)

    def _mark(self, mark: str, index: int) -> None:
        if mark == "." and self._before(index) in ABBREVIATIONS:
            return
        if mark in SENTENCE_ENDS:
            self._end_sentence(mark)
        elif mark == "(":
            self._open(index)
        elif mark == ")" and self._outside:
            self._phrase, self._inside = self._outside.pop(), 0
        elif self._phrase and mark not in self._phrase.marks:
            if self._phrase.listed and mark in COLONS | DASHES:
                self._hear_remark(self._phrase, index + 1)
            self._phrase = None
        if mark in CLAUSE_ENDS:
            after_work = mark == "(" and self._clause.after_work
            self._end_clause(mark)
            self._clause.after_work = after_work

    def _hear_remark(self, phrase: Phrase, index: int) -> None:
        """What a few words at the end of an item leave of its ticket: `ENG-1: not done yet`."""
        if len(self._pieces) - index <= _REMARK:
            weaken(phrase.found[-1:], left_by_remark(self._near(index)))

    def _end_sentence(self, mark: str) -> None:
        if mark in QUESTION_MARKS and not self._outside:
            for found in self._sentence:
                found.meaning = found.meaning._replace(kind=LinkKind.MENTIONS)
        self._new_sentence()
        self._phrase = None

    def _heads_row(self, index: int) -> bool:
        """Whether a cell such as `Fixed tickets` says what is done for those in the next."""
        phrase = self._phrase
        if phrase is None or phrase.begun or phrase.meaning.kind is not LinkKind.CLOSES:
            return False
        cell = self._pieces[max(0, index - _NEAR) : index]
        cell = cell[max((at for at, piece in enumerate(cell) if piece.text == "|"), default=-1) + 1 :]
        return any(piece.text in NOUNS for piece in cell) and all(map(announces_only, cell))

    def _open(self, index: int) -> None:
        """Parentheses open: what stands in them speaks of the last ticket before, or for itself."""
        phrase = self._phrase
        self._outside.append(phrase if phrase and phrase.begun else None)
        if phrase and phrase.begun:
            weaken(phrase.found[-1:], left_of(self._near(index + 1), apart=True, alone=True))
            self._inside = len(phrase.found)
            if self._after(index) != "and" and not (self._names(index + 1) and not phrase.found):
                self._phrase = None  # but `fixes #12 (ENG-1)` is one thing by two names
        elif index and self._pieces[index - 1].end == self._pieces[index].start:
            self._phrase = None  # `fix(ENG-1)` is the kind of a commit and its scope

    def _end_clause(self, mark: str) -> None:
        clause = self._clause
        announces = clause.deferring or clause.negated or clause.hedged or clause.elsewhere or clause.last in PLANS
        if mark in COLONS:
            self._deferred |= announces and self._phrase is None
            self._sentence = []  # the title of a ticket may ask, and say that something is not
        if mark == "," and clause.hedged and clause.heard <= _AN_OPENING:
            self._conditional = True  # `With luck, `
        if mark == ";":
            self._new_sentence()
        self._opened_by, self._label = mark, clause.words
        self._clause = Clause()

    def _weaken(self, index: int) -> None:
        """What stands behind tickets can weaken what was said before them."""
        phrase = self._phrase
        if phrase is None or not phrase.found:
            return
        before = self._before(index)
        if phrase.word.form is Form.ING and before not in CONNECTORS and not goes_on(self._pieces[index].text):
            weaken(phrase.found, UNCLEAR)  # `Fixing ENG-1 turned out to`
            return
        left = left_of(self._near(index), apart=before in DASHES or before in (",", ";"))
        if before == ";" and self._pieces[index].text in _LATER_STARTS:
            return
        if before in CONNECTORS and self._pieces[index].text in PERHAPS and self._names(index + 1):
            return  # `, perhaps ENG-2`
        following = SPOKEN.get(self._after(index))
        if before in CONNECTORS - {",", ";"} or (left == CONTRIBUTES and following and following.form):
            return  # `and partially fixes` speaks of the next
        # `Closing ENG-1 and ENG-2 needs` is about both, `Fixes ENG-1 and ENG-2 needs` about the second.
        only_last = (left is UNCLEAR or says_open(self._near(index))) and phrase.word.form is not Form.ING
        spoken_of = 2 if self._pieces[index].text in PLURAL else 1
        weaken(phrase.found[-spoken_of:] if only_last else phrase.found[self._inside :], left)

    def _names(self, index: int) -> bool:
        return index < len(self._pieces) and self._pieces[index].kind is PieceKind.KEY

    def _near(self, index: int) -> Sequence[Piece]:
        return [piece for piece in self._pieces[index : index + _NEAR] if piece.text != "*"]

    def _before(self, index: int) -> str:
        return self._pieces[index - 1].text if index else ""

    def _after(self, index: int) -> str:
        return self._pieces[index + 1].text if index + 1 < len(self._pieces) else ""
