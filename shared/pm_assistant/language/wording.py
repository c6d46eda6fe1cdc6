"""What words around a ticket mean: what is said to be done for it, and what takes that back.

Only English words count, as in Linear: a ticket among words of another language is a mention. The lists are of what
people write in pull requests, not of all that English has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from pm_assistant.domain.links import LinkKind
from pm_assistant.language.tickets import Piece, PieceKind


class Form(Enum):
    """How a closing word is inflected: `fixes` is always a verb, the others are also names, plans and memories."""

    BARE = auto()
    THIRD = auto()
    PAST = auto()
    ING = auto()


class SpokenWord(NamedTuple):
    """A word that says what is done for the tickets behind it.

    Attributes:
        form: of a closing word.
        particles: words that may follow before the first ticket.
        needed: one of them must.
    """

    kind: LinkKind
    form: Form | None = None
    particles: frozenset[str] = frozenset()
    needed: bool = False


class Meaning(NamedTuple):
    """What is done for a ticket.

    Attributes:
        spoken: somebody says so; else our rules for the place do.
        clear: what is said around it leaves it to those rules; else it may say less.
    """

    kind: LinkKind
    spoken: bool = True
    clear: bool = True


CLOSES, CONTRIBUTES, MENTIONS = Meaning(LinkKind.CLOSES), Meaning(LinkKind.CONTRIBUTES), Meaning(LinkKind.MENTIONS)
NAMED = Meaning(LinkKind.MENTIONS, spoken=False)
UNCLEAR = Meaning(LinkKind.MENTIONS, spoken=False, clear=False)


def words(text: str) -> frozenset[str]:
    """A set of words."""
    return frozenset(text.split())


def _closing(bare: str, *, third: str) -> Iterator[tuple[str, SpokenWord]]:
    root = bare.removesuffix("e")
    forms = {bare: Form.BARE, third: Form.THIRD, f"{root}ed": Form.PAST, f"{root}ing": Form.ING}
    trailers = {f"{third}-{noun}": Form.THIRD for noun in ("issue", "ticket", "bug", "task")}
    for word, form in (forms | trailers).items():
        yield word, SpokenWord(LinkKind.CLOSES, form, words("out off"))


def _saying(kind: LinkKind, said: str, particles: str = "", *, needed: bool = False) -> dict[str, SpokenWord]:
    return {word: SpokenWord(kind, None, words(particles), needed) for word in said.split()}


SPOKEN: dict[str, SpokenWord] = {
    **dict(_closing("close", third="closes")),
    **dict(_closing("fix", third="fixes")),
    **dict(_closing("resolve", third="resolves")),
    **dict(_closing("complete", third="completes")),
    **dict(_closing("implement", third="implements")),
    **_saying(LinkKind.CONTRIBUTES, "part parts step steps phase", "of one two three", needed=True),
    **_saying(LinkKind.CONTRIBUTES, "towards toward"),
    **_saying(
        LinkKind.CONTRIBUTES,
        "partially partly",
        "address addresses addressed addressing solve solves solved cover covers covered deliver delivers tackle"
        " tackles handle handles",
        needed=True,
    ),
    **_saying(LinkKind.CONTRIBUTES, "contributes contribute contributing contributed", "to towards toward"),
    **_saying(LinkKind.CONTRIBUTES, "progress progresses", "on for of", needed=True),
    **_saying(LinkKind.MENTIONS, "ref refs reference references referencing see cf", "also to"),
    **_saying(LinkKind.MENTIONS, "relates related relating relate", "to with"),
    **_saying(LinkKind.MENTIONS, "skip skips ignore ignores leave leaves leaving keep keeps keeping wontfix"),
    **_saying(LinkKind.MENTIONS, "reopen reopens reopened reopening revert reverts reverting reverted"),
    **_saying(LinkKind.MENTIONS, "follow-up followup follows", "to of for on up", needed=True),
    **_saying(LinkKind.MENTIONS, "blocked caused introduced", "by in with", needed=True),
    **_saying(LinkKind.MENTIONS, "depends depend based", "on upon", needed=True),
    **_saying(LinkKind.MENTIONS, "blocks unblocks duplicates"),
    **_saying(LinkKind.MENTIONS, "mitigates mitigate mitigating prepares prepare preparing", "for"),
    **_saying(
        LinkKind.MENTIONS, "workaround prerequisite preparation groundwork prep works", "for of around", needed=True
    ),
    **_saying(LinkKind.MENTIONS, "duplicate", "of", needed=True),
}

NOUNS = words(
    "issue issues ticket tickets task tasks bug bugs story stories item items epic epics subtask subtasks sub-task"
    " sub-tasks subissue subissues sub-issue sub-issues sub-ticket sub-tickets child"
)
FILLERS = NOUNS | words("linear following these both all several multiple number feature request two three four five")
"""Words that may stand between what is said and its tickets."""
ARTICLES = words("the this a an")
"""And so may these, if one of those follows."""
LEADS = words(
    "if unless until once when whenever after waiting wait awaiting assuming provided as together combined upon pending"
    " subject"
)
"""Words that make the sentence they begin a condition."""
PLANS = words("plan idea goal")
"""Words that, with a colon, announce what is not done yet."""
TURNS = words("but however though")
"""Words after which what was denied before is so no more."""
CONNECTORS = words(", and & + / plus also ; \u3001 \uff0c")
SENTENCE_ENDS = frozenset(".!?|\u3002\uff01\uff1f")
QUESTION_MARKS = frozenset("?\uff1f")
CLAUSE_ENDS = frozenset(",:;(-\u2014\u2013\uff1a\uff0c\u3001")
COLONS = frozenset(":\uff1a")
DASHES = frozenset("-\u2013\u2014")
QUOTES = frozenset("\"'\u201c\u2018\u00ab\u201e")
ABBREVIATIONS = words("e.g i.e vs cf etc incl approx ref vgl см bkz zob")
BEFORE_TICKET = COLONS | DASHES | frozenset("#([]*_~>=\u2192\u21d2\u27a1")
"""Marks that may stand between what is said and its tickets."""
BETWEEN_TICKETS = DASHES | frozenset("*_[]~#")

_NEGATORS = words(
    "not never cannot without nor neither nothing none nobody nowhere hardly barely unable fail fails failed"
    " avoid avoids prevent prevents stop stops instead rather nicht não nao ne niet non"
    " dont doesnt didnt wont cant isnt arent wasnt"
)
MODALS = words("should could would may might can must need needs want wants")
HEDGES = words(
    "if unless until once when whenever whether maybe perhaps possibly probably hopefully supposed supposedly"
    " assuming provided try tries trying tried attempt attempts aim aims intend intends plan plans planned going"
    " needed let's lets hope hoping think believe guess suspect seems appears expected help helps e.g eg example"
    " like please verify ensure confirm tentative presumably theoretically ideally theory missing planning scheduled"
    " aiming meant say says said told claims claimed thought believed we'll i'll they'll doubt luck imo imho"
)
_ELSEWHERE = words(
    "follow-up followup previous previously earlier already another separate separately upstream yesterday"
    " tomorrow originally formerly elsewhere soon eventually"
)
_DEFERRALS = words(
    "todo todos to-do fixme next later follow-up follow-ups followup followups future remaining upcoming"
    " outstanding deferred postponed"
)
SOME = words("most half some much bits")
"""Words that, with `of` behind them, leave something of the work."""
PARTIALLY = words("partially partly partial half mostly nearly almost incomplete incompletely temporarily")
_OWN = words(
    "this it pr request change changes commit commits patch these and also now finally hereby fully completely"
    " properly actually thus thereby both or here"
)
"""Words before a closing word that leave no doubt who closes: this pull request."""
_SURELY = words(
    "correctly cleanly permanently automatically directly effectively entirely successfully safely simply really truly"
    " additionally consequently accordingly definitively definitely certainly reliably ultimately only quickly"
    " incidentally conveniently formally officially jointly neatly thoroughly explicitly happily thankfully luckily"
    " fortunately quietly instantly immediately gracefully generally finally newly"
)
"""Words that a closing word is no less sure behind."""
_QUOTING = words("type write writes wrote called named")
_HEDGES_OF_TWO = {("in", "case"), ("in", "combination"), ("in", "conjunction")}
_WE = words("i we i'm we're")
_HELPERS = words("will has have does do did")
_REMEDIES = words("fix change patch commit pr solution workaround hotfix bugfix")
"""What `that` in `a fix that resolves` speaks of; other things that do may have been there before."""
_SHORTEST_STATEMENT = 2
_PURPOSES = _WE | words("for have i've we've the a")
"""Words before a closing word that make it what this is for, or what somebody did."""
_NO_SUBJECTS = words(
    "the a an our my your their its his her any every some no to for of in on about from with since during than"
    " by after before while recently quick hot bug bugs"
)
"""Words before a closing word that make it a name, or a plan."""
WAITING = _NEGATORS | MODALS | HEDGES | _OWN | _HELPERS | _NO_SUBJECTS | PARTIALLY | _ELSEWHERE | words("longer")
"""Words that no sentence ends with."""

_OTHERS_WHO = words("bot automation linear github qa support team someone somebody who whoever they he she customer")
"""Those who do not speak of their own pull request."""
OTHERS = _ELSEWHERE | words("next later last other old upcoming future subsequent")
_OPENINGS = NOUNS | words(
    "so and but hence therefore thus now also with as such then finally here again plus too ok yes merging which what"
)
"""Words that a statement begins with."""
_ASKED = words("do does did")
_QUESTIONS = words("which what")
_NEAR = 12
"""Words that a statement may begin within."""
_WORK = words("pr prs mr pull request change commit patch branch")


@dataclass(slots=True)
class Clause:
    """What has been said in a clause so far, as far as it decides what a closing word in it means."""

    heard: int = 0
    last: str = ""
    before_last: str = ""
    negated: bool = False
    hedged: bool = False
    modal: bool = False
    elsewhere: bool = False
    partial: bool = False
    denied: bool = False
    words: list[str] = field(default_factory=list)
    deferring: bool = False
    after_work: bool = False

    def hear(self, word: str) -> None:
        """Take a word in."""
        self.negated |= word in _NEGATORS or word.endswith("n't") or (word == "longer" and self.last == "no")
        if word == "only" and self.last == "not":
            self.negated = False
        self.hedged |= word in HEDGES or (self.last, word) in _HEDGES_OF_TWO
        self.negated |= (self.last, word) == ("no", "way")
        self.modal |= word in MODALS
        self.elsewhere |= word in _ELSEWHERE or (word in _WORK and self.last in OTHERS)
        self.partial |= word in PARTIALLY
        self.deferring |= word in _DEFERRALS or (word == "scope" and self.last == "of")
        self.before_last, self.last = self.last, word
        self.words.append(word)
        self.heard += 1
        self.after_work = False

    def meet_work(self, *, tied: bool) -> None:
        """Take in that work is named; what nothing has been said of may be what does the next thing."""
        self.after_work = not tied
        self.heard += 1

    def meaning(self, word: SpokenWord) -> Meaning:
        """What a word does at this place."""
        if self.last == "and" and word.form is Form.THIRD:
            # `cannot drop it and fix` goes on with what was denied, `cannot drop it and fixes` does not.
            self.negated = self.modal = self.elsewhere = False
        if self.negated or self.hedged or self.modal:
            self.denied |= self.negated and word.form is not None
            return MENTIONS
        if word.form is None:
            return Meaning(word.kind)
        doubtful = self.last.endswith("ly") and self.last not in _OWN | _SURELY | PARTIALLY
        if doubtful or self.last in _QUOTING or self._is_embedded(word.form):
            return MENTIONS
        numbered = self.last.isdecimal() and self.before_last in ("pr", "request")
        if self.elsewhere or self.after_work or numbered:
            return MENTIONS
        if not self._may_precede(word.form):
            return NAMED if self._is_purpose() else UNCLEAR
        return CONTRIBUTES if self.partial else CLOSES

    def _is_purpose(self) -> bool:
        """Whether the verb is what a thing that is told is for, or what somebody did."""
        if self.last == "to":
            return "too" not in self.words[-_NEAR:] and (
                self.heard == 1 or self.heard > _SHORTEST_STATEMENT or self.before_last in _OWN | _REMEDIES
            )
        return self.last in _PURPOSES

    def _may_precede(self, form: Form) -> bool:
        """Whether a closing word at this place is what this pull request does."""
        if not self.heard:
            return True
        if self.last in ("that", "which") and self.heard > 1:
            return self.before_last in _REMEDIES
        if form is Form.THIRD:
            return self.last not in _NO_SUBJECTS | _OTHERS_WHO
        if form is Form.PAST and self._has_done():
            return True
        if form is Form.PAST and self.last in NOUNS:
            return self.heard == 1 or self.before_last in FILLERS
        if self.last in _WE and form is not Form.PAST:
            introduced = self.words[0] in ("with", "here", "now", "so") or self.words[:2] == ["in", "this"]
            return introduced or self.heard == 1 or (self.heard == 2 and self.before_last in _OWN)
        surely = self.heard == 1 and self.last in _SURELY
        return surely or self.last in _OWN or (self.last in _HELPERS and self.before_last in _OWN)

    def _is_embedded(self, form: Form) -> bool:
        """Whether it is thought, said or asked that this does it: `I doubt this fixes`, rather than `so this fixes`."""
        if form is Form.BARE:  # `under no circumstances does this fix`
            return not _ASKED.isdisjoint(self.words[-_NEAR:-1]) and self.words[0] not in _QUESTIONS
        if form is not Form.THIRD:
            return False
        near = self.words[-_NEAR:]
        subject = next((at for at in range(len(near) - 1, -1, -1) if near[at] in ("this", "it")), 0)
        return _WORK.issuperset(near[subject + 1 :]) and not _OPENINGS.issuperset(near[:subject])

    def _has_done(self) -> bool:
        """Whether a participle is of `what's fixed`, `I've fixed`, `we have fixed`."""
        return self.words in (["what's"], ["i've"], ["we've"], ["i", "have"], ["we", "have"])


def begins_deferrals(shown: Sequence[Piece]) -> bool:
    """Whether a line such as `Todos before merging` stands over a list of what is not done here."""
    return shown[0].text in _DEFERRALS - {"later", "next"} and puts_off(shown)


def names_another(announced: Sequence[Piece]) -> bool:
    """Whether a heading announces the work that this is a part of."""
    return any(piece.text in _WHOLES for piece in announced[:_LONGEST_HEADING])


def puts_off(announced: Sequence[Piece]) -> bool:
    """Whether a heading announces what is not done here."""
    clause = Clause()
    for piece in announced:
        if piece.kind is PieceKind.WORD:
            clause.hear(piece.text)
    postponed = bool(clause.words) and clause.words[0] in _POSTPONING
    return clause.heard <= _LONGEST_HEADING and (clause.deferring or clause.negated or postponed)


def rehearses(announced: Sequence[Piece]) -> bool:
    """Whether a heading announces what somebody is to do, as in trying it out: `close ENG-1` is a step there."""
    return any(piece.text in _REHEARSALS for piece in announced[:_LONGEST_HEADING])


_REHEARSALS = words(
    "test tests testing tested qa verify verification verifying reproduce reproduction repro steps step demo try"
    " instructions deployment deploy rollout rollback reviewers checklist expected scenario scenarios"
)
_WHOLES = words("epic epics parent parents initiative")
_POSTPONING = words("after before once post-merge post-deploy pre-merge")
_LONGEST_HEADING = 6
"""Words of a heading that announces, rather than tells."""
