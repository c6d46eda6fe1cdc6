"""What a person tells the assistant to do, read out of a message that is addressed to it.

Only the author's own words count: code, quotations and names of links are none. An order is a clause that says nothing
else, in one of the languages of `order_phrases`; what merely talks about orders is no order.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import pairwise, takewhile
from typing import NamedTuple, assert_never

from pm_assistant.domain.model import Model
from pm_assistant.domain.work import StateType, Team, TicketState
from pm_assistant.language import text as words
from pm_assistant.language.grammars import any_of, compiled
from pm_assistant.language.order_phrases import STATE, Intent, phrasebook, worded_phrases, wording
from pm_assistant.language.order_qualities import Qualities, qualities_in
from pm_assistant.language.questions import read_question
from pm_assistant.language.ranking.words import terms
from pm_assistant.language.scripts import is_unspaced
from pm_assistant.language.states import is_review

VERSION = "orders-5"
"""Names this way of reading in the decision log; another way of reading gets another name."""
MOST_KEYS = 10
"""Tickets that one order may be about."""
LONGEST_READ = 4_000
LONGEST_IN_WORDS = 200
"""Characters of an order that calls its ticket something."""


class CreateOrder(Model):
    """Open a ticket; without a `title`, one for what was said before. Both texts are as the chat has them.

    Attributes:
        team: the name or the key of the team whose ticket it is to be.
        priority: on the tracker's scale.
        assignee: who is to have it: as the chat has it, or `ME` for whoever orders it.
        labels: what they are called.
    """

    title: str | None = None
    description: str = ""
    team: str | None = None
    priority: int | None = None
    assignee: str | None = None
    labels: tuple[str, ...] = ()


class MoveOrder(Model):
    """Put tickets into another state; without keys, the ticket that the thread is about.

    Attributes:
        called: what the one ticket is called, where no key says it.
        goal: `done`, `started`, `canceled` or `reopened`, or the words for a state.
        or_undo: its verb can as well mean to take back what was done about them.
    """

    keys: tuple[str, ...] = ()
    called: str | None = None
    goal: str
    or_undo: bool = False


class RelinkOrder(Model):
    """What was taken for another ticket's, or that of `wrong`, is `right`'s.

    Attributes:
        called: what the right ticket is called, where no key says it.
        wrong_called: likewise the wrong one.
    """

    wrong: str | None = None
    right: str | None = None
    called: str | None = None
    wrong_called: str | None = None


class UndoOrder(Model):
    """Take back what was done last, or what was done on these tickets."""

    keys: tuple[str, ...] = ()


class NoteOrder(Model):
    """Tell tickets what was said before, or just that `text`, as the chat has it.

    Attributes:
        called: what the one ticket is called, where no key says it.
    """

    keys: tuple[str, ...] = ()
    called: str | None = None
    text: str | None = None


class DismissOrder(Model):
    """Do not do what is asked or might be: nothing new, or no move of these tickets."""

    keys: tuple[str, ...] = ()


class UnclearOrder(Model):
    """Something is wanted that is none of these.

    Attributes:
        too_many: it names more tickets than `MOST_KEYS`: none of them is touched.
    """

    too_many: bool = False


Order = CreateOrder | MoveOrder | RelinkOrder | UndoOrder | NoteOrder | DismissOrder | UnclearOrder
"""What can be ordered."""

GOALS = {
    Intent.CLOSE: "done",
    Intent.REOPEN: "reopened",
    Intent.START: "started",
    Intent.CANCEL: "canceled",
    Intent.ANNUL: "canceled",
}
"""Where verbs put a ticket that name no state."""
_ADDRESS, _PERSON, _OPAQUE = "\x01", "\x02", "\ufffc"
"""What stands in the place of: the assistant's name, another's, and what the author did not say or we do not read."""
_MENTION = re.compile(r"<[@!]([^<>|\s]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"<(?![@!])([^<>|\s]+)(?:\|[^<>]*)?>")
_NOT_SAID = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|^[ \t]*(?:&gt;|>).*$|(?<![\w~])~[^~\n]+~", re.DOTALL | re.MULTILINE)
_QUOTED_BLOCK = re.compile(r"^[ \t]*(?:&gt;|>){3}.*", re.DOTALL | re.MULTILINE)
_CLAUSE = re.compile(r"[^\n]*?(?:[.!?;](?=\s|$|[^\x00-\u024f])|(?<=[\u3040-\u9fff])[.!?](?![a-z0-9])|\n|\Z)|[^\n]+")
_PART = re.compile(r",\s+|(?<=[\u4e00-\u9fff]),(?=[\u4e00-\u9fff])|\s+[\u2013\u2014-]\s+")
_EDGE = " \t\r\n.,;!?:*_\u3002\u0964\u2013\u2014-\u00bf\u00a1"
_SENTENCE = re.compile(r"(?<=[.!?\u0964])\s+|(?<=[\u3002\uff01\uff1f])\s*(?=\S)|\n")
_ARROW = re.compile(r"(?:-|=)(?:&gt;|>)")
"""As the chat hands on what is typed as an arrow."""
_NARROW = str.maketrans("\uff1a\uff0c\uff01\uff1f\u3002\u0964\uff1b\uff0d\u3000\u3001", ":,!?..;- ,")
_BETWEEN_WORDS = re.compile(r"[\s'\u2019,\u2010-\u2014-]+")
_QUOTES = "\"'\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f"


class _Clause(NamedTuple):
    """A clause by where it stands in the message.

    Attributes:
        bare: what it says, without whom it is said to and without politeness.
    """

    start: int
    end: int
    bare: str
    addressed: bool


class Reading(NamedTuple):
    """What a message orders, in order, and what it says besides, as the chat has it."""

    orders: Sequence[Order] = ()
    besides: str = ""


def read_orders(
    text: str,
    *,
    assistant: str,
    ticket_at: Callable[[str], str | None],
    in_own_thread: bool = False,
    teams: Collection[str] = (),
    states: Collection[str] = (),
) -> Reading:
    """Read what a message orders; nothing where it is no order, or said to somebody else.

    Args:
        text: in the chat's markup.
        assistant: who we are in the chat.
        ticket_at: the key of our ticket that an address leads to, if it leads to one.
        in_own_thread: we have said something in its thread; there a message that is nothing but an order is said to us.
        teams: what teams are called; whatever looks like a key may be meant for one, too.
        states: what their states are called, beside the words that everybody has for a phase of the work.
    """
    said = _as_said(text[:LONGEST_READ], assistant, ticket_at)
    read = partial(_read_placed, in_own_thread=in_own_thread, teams=teams, states=states)
    spans, qualities = _set_apart(text, said, teams)
    if spans:
        reading = read(_without(spans, text), _without(spans, said))
        if len(reading.orders) == 1 and isinstance(order := reading.orders[0], CreateOrder):
            wanted = {name: value for name, value in qualities._asdict().items() if value}
            return reading._replace(orders=(order.model_copy(update=wanted),))
    return read(text, said)


def _read_placed(
    text: str, said: str, *, in_own_thread: bool, teams: Collection[str], states: Collection[str]
) -> Reading:
    for placed in _placings(said, teams):
        elsewhere = said[: placed.start] + " " * (placed.end - placed.start) + said[placed.end :]
        reading = _read_said(text, elsewhere, in_own_thread=in_own_thread, states=states)
        if len(reading.orders) == 1 and isinstance(order := reading.orders[0], CreateOrder) and placed.fits(order):
            return reading._replace(orders=(order.model_copy(update={"team": placed.team}),))
    return _read_said(text, said, in_own_thread=in_own_thread, states=states)


type _Span = tuple[int, int]


def _without(spans: Sequence[_Span], shown: str) -> str:
    for start, end in sorted(spans, reverse=True):
        shown = shown[:start] + shown[end:]
    return shown


def _set_apart(text: str, said: str, teams: Collection[str]) -> tuple[Sequence[_Span], Qualities]:
    """Where a message says of a new ticket what is not what it is about, and what that is.

    It stands in parts of their own: the last ones of what orders the ticket or is its title, and whole sentences right
    behind that or at the end of the message.
    """
    clauses = [match.span() for match in _CLAUSE.finditer(said) if match[0].replace(_ADDRESS, "").strip(_EDGE)]
    tails = [_tail(start, end, text, said, teams) for start, end in clauses]
    first = next((i for i, tail in enumerate(tails) if _creates(clauses[i], tail, text, said)), None)
    if first is None:
        return (), Qualities()
    found = [_before_colon(*clauses[first], text, said, teams)]
    if said[slice(*clauses[first])].rstrip(" \n").endswith(":") and first + 1 < len(clauses):
        first += 1  # The title.
    found += [] if tails[first].is_all else [tails[first]]
    further = tails[first + 1 :]
    right_behind = [*takewhile(lambda tail: tail.is_all, further)]
    at_end = [*takewhile(lambda tail: tail.is_all, reversed(further[len(right_behind) :]))]
    found += [*right_behind, *reversed(at_end)]
    qualities = Qualities()
    for tail in found:
        qualities = qualities.with_those(tail.qualities)
    return [span for tail in found for span in tail.spans], qualities


class _Tail(NamedTuple):
    """The last parts of a clause, as far as they say nothing but what a new ticket is to have.

    Attributes:
        is_all: the clause says nothing else.
    """

    spans: Sequence[_Span] = ()
    qualities: Qualities = Qualities()
    is_all: bool = False


def _tail(start: int, end: int, text: str, said: str, teams: Collection[str]) -> _Tail:
    shown = said[start:end].replace(_ADDRESS, " ")
    if (whole := _only_qualities(start, shown, text, teams)) is not None:
        return _Tail([(start, end)], whole[1], is_all=True)
    breaks = [(0, 0), *(match.span() for match in wording("set_off").finditer(shown)), (len(shown), len(shown))]
    spans: list[_Span] = []
    qualities = Qualities()
    for (off, begins), (ends, _) in reversed([*pairwise(breaks)]):
        found = _only_qualities(start + begins, shown[begins:ends], text, teams)
        if found is not None:
            spans.append((start + off, found[0]))
            qualities = found[1].with_those(qualities)
        elif not wording("polite").fullmatch(shown[begins:ends].strip(_EDGE)):
            return _Tail(spans, qualities)
    return _Tail([(start, end)] if spans else (), qualities, is_all=bool(spans))


def _only_qualities(start: int, part: str, text: str, teams: Collection[str]) -> tuple[int, Qualities] | None:
    """What a part says of a new ticket, and where that ends; None if it says anything else."""
    bare = _impolite(part.strip(_EDGE))
    place = start + max(part.find(bare), 0)
    found = qualities_in(bare, text[place : place + len(bare)], teams) if bare else None
    return None if found is None else (place + len(bare), found)


def _before_colon(start: int, end: int, text: str, said: str, teams: Collection[str]) -> _Tail:
    """The same of what a clause says before its title."""
    colon = said.find(":", start, end)
    tail = _tail(start, colon, text, said, teams) if colon >= 0 else _Tail()
    return _Tail() if tail.is_all else tail


def _creates(clause: _Span, tail: _Tail, text: str, said: str) -> bool:
    """Whether a clause, without its last parts, orders a new ticket."""
    begins = min((start for start, _ in tail.spans), default=clause[1])
    ordered, _ = _ordered_in(_clause(said, clause[0], begins), text[:begins], said[:begins], named=True)
    return ordered is not None and isinstance(ordered.order, CreateOrder)


class _Placing(NamedTuple):
    """Words that may say whose a new ticket is to be, by where they stand.

    Attributes:
        introduces: a colon follows: what comes behind is the ticket.
    """

    start: int
    end: int
    team: str
    introduces: bool

    def fits(self, order: CreateOrder) -> bool:
        """Whether they do not belong to the ticket's title."""
        return self.introduces or order.title is None


_LIKE_A_KEY = r"(?-i:[A-Z][A-Z0-9]{1,9})(?!-\d)"


def _placings(said: str, teams: Collection[str]) -> Iterator[_Placing]:
    for pattern in _placing_patterns(frozenset(teams)):
        for match in pattern.finditer(said.partition("\n")[0]):
            introduces = (
                re.match(r"[^:\n]{0,40}:", said[match.end() :]) is not None and ":" not in said[: match.start()]
            )
            if introduces or not match.groupdict().get("loose"):
                yield _Placing(match.start(), match.end(), match["team"], introduces)


@lru_cache(maxsize=16)
def _placing_patterns(teams: frozenset[str]) -> Sequence[re.Pattern[str]]:
    parts = phrasebook().parts
    names = "|".join(filter(None, (any_of(teams), _LIKE_A_KEY)))
    return [compiled(parts[name].replace("TEAM", names)) for name in ("in_team", "team_in", "team_of")]


def _read_said(text: str, said: str, *, in_own_thread: bool, states: Collection[str]) -> Reading:
    clauses = [clause for clause in _clauses(said) if clause.bare or clause.addressed]
    first = next((index for index, clause in enumerate(clauses) if clause.addressed), None)
    if first is None:
        return _read_plain(clauses, text, said) if in_own_thread and _PERSON not in said else Reading()
    ends_with_us = first == len(clauses) - 1 and not clauses[first].bare
    behind = clauses[max(first - 1, 0) if ends_with_us else first :]
    reading = _read(behind, text, said, named=True, states=states)
    if not reading.orders:
        is_unclear = _wants_something(behind, said) and read_question(said.replace(_ADDRESS, "")) is None
        return Reading((UnclearOrder(),)) if is_unclear else Reading()
    before = text[: behind[0].start].strip()
    return reading._replace(besides=f"{before}\n{reading.besides}".strip())


def _read_plain(clauses: Sequence[_Clause], text: str, said: str) -> Reading:
    """What is an order and nothing else, however kindly."""
    reading = _read(clauses, text, said, named=False)
    orders = {clause: _order(clause, text, said, named=False) for clause in clauses}
    others = [c for c, order in orders.items() if order is None and not wording("only_kind").fullmatch(c.bare)]
    # Whoever asks, or says `close it`, may well be talking to somebody else.
    vague = "?" in said or any(isinstance(order, MoveOrder) and not order.keys for order in reading.orders)
    return reading if len(reading.orders) == 1 and not others and not vague else Reading()


def _as_said(text: str, assistant: str, ticket_at: Callable[[str], str | None]) -> str:
    """The author's own words, each where it stands in the text."""

    def opaque(match: re.Match[str]) -> str:
        return _OPAQUE * len(match[0])

    def mention(match: re.Match[str]) -> str:
        return (_ADDRESS if match[1] == assistant else _PERSON) * len(match[0])

    def link(match: re.Match[str]) -> str:
        key = ticket_at(match[1])
        return key.ljust(len(match[0])) if key and len(key) <= len(match[0]) else opaque(match)

    text = _ARROW.sub(lambda match: "\u2192".ljust(len(match[0])), text)
    narrow = "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text.translate(_NARROW))
    said = _NOT_SAID.sub(opaque, _QUOTED_BLOCK.sub(opaque, narrow))
    return _LINK.sub(link, _MENTION.sub(mention, said)).replace("*", " ")


def _clauses(said: str) -> Iterator[_Clause]:
    for match in _CLAUSE.finditer(said):
        yield _clause(said, match.start(), match.end())


def _clause(said: str, start: int, end: int) -> _Clause:
    shown = said[start:end]
    bare = " ".join(shown.replace(_ADDRESS, " ").split()).strip(_EDGE)
    return _Clause(start, end, _impolite(wording("polite_behind_verb").sub(r"\1 ", bare)), _ADDRESS in shown)


def _impolite(clause: str) -> str:
    """A clause without what is only polite."""
    while True:
        shorter = wording("polite_closing").sub("", clause).strip(_EDGE)
        if (polite := wording("polite_opening").match(shorter)) and polite.end() < len(shorter):
            shorter = shorter[polite.end() :].strip(_EDGE)
        if shorter == clause:
            return clause
        clause = shorter


def _read(clauses: Sequence[_Clause], text: str, said: str, *, named: bool, states: Collection[str] = ()) -> Reading:
    """The orders of some clauses that follow each other; what follows a new ticket describes it.

    A condition, or that it is not meant, may stand in a sentence of its own; beside an order for `this` it is news.
    """
    orders: list[Order] = []
    besides: list[str] = []
    beside_orders: list[tuple[str, bool]] = []
    mends = any(map(_mends, clauses))
    for clause in clauses:
        describes = bool(orders) and isinstance(orders[-1], CreateOrder) and orders[-1].title is not None
        if named and not describes:
            ordered, beside = _ordered_by_name(clause, text, said, states, mends=mends)
        else:
            ordered, beside = _ordered_in(clause, text, said, named=named)
        if ordered is not None:
            orders.append(ordered.order)
            besides += [beside] if beside else []
            if ordered.takes_rest:
                break
        elif isinstance(before := orders[-1] if orders else None, CreateOrder) and before.title and clause.bare:
            further = f"{before.description}\n{text[clause.start : clause.end].strip()}".strip()
            orders[-1] = before.model_copy(update={"description": further})
        elif _introduces_others(clause, said):
            besides.append(text[clause.start :].strip())
            break
        else:
            beside_orders.append((clause.bare, bool(orders)))
            moved_over = isinstance(before, RelinkOrder) and wording("move_over").fullmatch(clause.bare)
            besides += [] if clause.addressed or moved_over else [text[clause.start : clause.end].strip()]
    acting = [order for order in orders if isinstance(order, MoveOrder | UndoOrder | RelinkOrder)]
    if any(_holds_back(order, beside, behind=behind) for order in acting for beside, behind in beside_orders):
        return Reading()
    return Reading(orders, "\n".join(besides))


def _mends(clause: _Clause) -> bool:
    """Whether a clause says no more than that something went to the wrong ticket, or is to be moved over."""
    return any(
        pattern.fullmatch(clause.bare) for pattern in (wording("plain_no"), wording("misplaced"), wording("move_over"))
    )


def _asks_by_arrow(clause: _Clause, said: str) -> bool:
    """Whether a clause asks whether something is where an arrow leads, instead of having it put there."""
    return "\u2192" in clause.bare and _as_written(clause, said).endswith("?")


def _introduces_others(clause: _Clause, said: str) -> bool:
    """Whether what follows a clause are somebody else's words."""
    return _as_written(clause, said).endswith(":") and wording("others_words").search(clause.bare) is not None


def _as_written(clause: _Clause, said: str) -> str:
    return said[clause.start : clause.end].replace(_ADDRESS, "").rstrip()


class _Ordered(NamedTuple):
    """An order, and whether all that follows it in the message belongs to it."""

    order: Order
    takes_rest: bool = False


def _ordered_by_name(
    clause: _Clause, text: str, said: str, states: Collection[str], *, mends: bool
) -> tuple[_Ordered | None, str]:
    """What a clause orders of us by name, and what it says else: there it may call a ticket something.

    Args:
        clause: that may.
        text: the message.
        said: the author's own words in it.
        states: what states are called.
        mends: a sentence beside it tells that something went to the wrong ticket, or is to be moved over.
    """
    ordered, beside = _ordered_in(clause, text, said, named=True)
    if ordered is None or (isinstance(ordered.order, MoveOrder) and not ordered.order.keys):
        in_words = _ordered_in_words(clause, text, said, states, mends=mends)
        if ordered is None or (in_words[0] is not None and isinstance(in_words[0].order, RelinkOrder)):
            ordered, beside = in_words  # `move it to the coupon ticket` names no state.
    asks = ordered is not None and isinstance(ordered.order, MoveOrder) and _asks_by_arrow(clause, said)
    return (None, "") if asks else (ordered, beside)


def _ordered_in(clause: _Clause, text: str, said: str, *, named: bool) -> tuple[_Ordered | None, str]:
    """What a clause orders, as a whole or in a part that nothing beside it qualifies, and what it says else."""
    if whole := _order(clause, text, said, named=named):
        return whole, ""
    if (stays := wording("move_over_behind").sub("", clause.bare)) != clause.bare:
        relinks = _ordered_in(clause._replace(bare=stays), text, said, named=named)
        if relinks[0] is not None and isinstance(relinks[0].order, RelinkOrder):
            return relinks
    return _in_a_part(clause, lambda part: _order(part, text, said, named=named))


def _in_a_part(clause: _Clause, reads: Callable[[_Clause], _Ordered | None]) -> tuple[_Ordered | None, str]:
    parts = [_impolite(part.strip(_EDGE)) for part in _PART.split(clause.bare)]
    read = [(part, reads(clause._replace(bare=part))) for part in parts]
    found = [order for _, order in read if order is not None]
    others = [part for part, order in read if order is None]
    if len(found) != 1 or _names_tickets(found[0].order, others):
        return None, ""
    place = next(place for place, (_, order) in enumerate(read) if order is not None)
    before, behind = [part for part, _ in read[:place]], [part for part, _ in read[place + 1 :]]
    leaves_open = (
        any(wording("interrogative").match(part) or _leaves_open(part, behind=False) for part in before)
        or any(_leaves_open(part, behind=True) for part in behind)
        or any(_is_condition(found[0].order, _without_answer(part)) for part in before)
        or (isinstance(found[0].order, RelinkOrder) and any(map(wording("reported").search, before)))
        or any(_is_condition(found[0].order, part) for part in behind)
    )
    return (None, "") if leaves_open else (found[0], ", ".join(others))


def _holds_back(order: Order, beside: str, *, behind: bool) -> bool:
    """Whether a sentence beside an order is its condition, or leaves open whether it is meant."""
    shown = beside if behind else _without_answer(beside)
    if isinstance(order, RelinkOrder) and wording("misplaced").fullmatch(shown):
        return False
    begins = wording("condition").match(shown) is not None
    return (begins and _is_condition(order, shown)) or _leaves_open(beside, behind=behind)


def _without_answer(beside: str) -> str:
    """What is said before an order, without the `no` to what was done, which in some languages denies a verb too."""
    return wording("leading_no").sub("", beside, count=1) if wording("leading_no").match(beside) else beside


def _is_condition(order: Order, beside: str) -> bool:
    """Whether what is said beside an order is a condition of it, and not the reason for it.

    A statement tells why a move that names its ticket is wanted, or why what was done is to be undone: there, words
    that make a condition of what they begin may stand in its midst.
    """
    found = [*wording("condition").finditer(beside)]
    if not found:
        return False
    takes_back = isinstance(order, UndoOrder | RelinkOrder)
    if takes_back and wording("still_so").fullmatch(found[0][0]):
        return len(found) > 1 or wording("not_yet").search(beside) is not None
    begins = not wording("still").sub("", beside[: found[0].start()]).strip(_EDGE)
    if (
        begins
        or not (takes_back or (isinstance(order, MoveOrder) and order.keys))
        or wording("tentative").search(beside)
    ):
        return True
    if takes_back:
        return any(wording("wherever").match(each[0]) for each in found)
    tells = all(wording("denial").fullmatch(each[0]) or wording("when").fullmatch(each[0]) for each in found)
    return not tells or wording("still").search(beside) is not None


def _leaves_open(beside: str, *, behind: bool) -> bool:
    """Whether what is said beside an order, or behind it, leaves open whether it is meant, or meant now."""
    if (verb := wording("move_over").match(beside)) is not None:
        beside = beside[verb.end() :].strip(_EDGE)
    return wording("unsure").fullmatch(beside) is not None or (
        behind and wording("retracts").fullmatch(beside) is not None
    )


def _names_tickets(order: Order, others: Sequence[str]) -> bool:
    """Whether what is said beside an order names tickets, other than the one that it is about."""
    keys = {match[0].upper() for part in others for match in wording("a_key").finditer(part)}
    may_be_meant = 1 if isinstance(order, MoveOrder) and not order.keys and order.called is None else 0
    return len(keys) > may_be_meant


def _ordered_in_words(
    clause: _Clause, text: str, said: str, states: Collection[str], *, mends: bool
) -> tuple[_Ordered | None, str]:
    """The same of a clause that calls a ticket something."""
    if whole := _order_in_words(clause, text, said, states, mends=mends):
        return whole, ""
    return _in_a_part(clause, lambda part: _order_in_words(part, text, said, states, mends=mends))


def _order_in_words(clause: _Clause, text: str, said: str, states: Collection[str], *, mends: bool) -> _Ordered | None:
    if len(bare := clause.bare) > LONGEST_IN_WORDS:
        return None
    states_named = _states_named(bare, frozenset(states))
    named = [(bare[: m.start()] + STATE + bare[m.end() :], m[0]) for m in states_named]
    for shown, state in [(bare, ""), *named]:
        matches = ((intent, match) for intent, phrase in worded_phrases() if (match := phrase.fullmatch(shown)))
        meant = (
            _relinked_in_words(match, clause, said, mends=mends)
            if intent is Intent.RELINK
            else _meant_in_words(intent, match, state, clause, text, said)
            for intent, match in matches
        )
        if (ordered := next((each for each in meant if each is not None), None)) is not None:
            return ordered
    return None


def _states_named(bare: str, states: frozenset[str]) -> Iterator[re.Match[str]]:
    """Where a clause may name a state; what one name ends with may be another, as `cours` of `en cours`."""
    names, start = _state_names(states), 0
    while (found := names.search(bare, start)) is not None:
        yield found
        start = found.start() + 1


@lru_cache(maxsize=16)
def _state_names(states: frozenset[str]) -> re.Pattern[str]:
    """Where a state is named: by one of these names, or by a word for a phase of the work."""
    names = sorted({*states, *phrasebook().phases}, key=lambda name: (-len(name), name))
    return compiled("|".join(_as_word(name) for name in names))


def _as_word(name: str) -> str:
    """A name where it stands as a word; scripts without spaces put it anywhere."""
    return re.escape(name) if is_unspaced(name) else rf"(?<!\w){re.escape(name)}(?!\w)"


def _meant_in_words(
    intent: Intent, match: re.Match[str], state: str, clause: _Clause, text: str, said: str
) -> _Ordered | None:
    """An order about a ticket that is called something, if that can be what it is called.

    Where no state is named, a word has to say that a ticket is meant: not all that can be closed is one.
    """
    parts = {name: part for name, part in match.groupdict().items() if part}
    worded = parts["worded"].strip(_EDGE + _QUOTES)
    is_ticket = wording("ticket_noun").search(worded) is not None
    if wording("a_key").search(worded) or not (is_ticket or intent is Intent.MOVE):
        return None
    called = _called(worded, state)
    if called is None:
        return None
    is_called = bool(terms(called))
    if intent is Intent.NOTE:
        rest = _raw_rest(parts, clause, text, said).strip(_EDGE + _QUOTES)
        return _Ordered(NoteOrder(called=called, text=rest or None), takes_rest=bool(rest)) if is_called else None
    goal = GOALS.get(intent) or state
    if is_called:
        return _Ordered(MoveOrder(called=called, goal=goal, or_undo=intent is Intent.ANNUL))
    # It is `the ticket`, without a name.
    return _Ordered(MoveOrder(goal=goal)) if is_ticket and intent is not Intent.ANNUL else None


def _relinked_in_words(match: re.Match[str], clause: _Clause, said: str, *, mends: bool) -> _Ordered | None:
    """An order to take what was done to another ticket, if it is clear that it is one; a question is none."""
    parts = match.groupdict()
    if wording("misplaced").fullmatch(clause.bare):
        return None  # `that's the wrong one` names neither.
    moves, mistook = "moves" in parts, parts.get("mistook") or ""
    shown = (
        any(verb for name, verb in parts.items() if name.startswith("says")),
        any(wording("ticket_noun").search(named) for named in (parts["worded"], mistook)),
        bool(mistook),
        bool(mends or parts["denied"] or parts.get("over")),
    )
    asks = _as_written(clause, said).endswith("?")
    if not (shown[1] if moves else sum(shown) > 1 and not asks):
        return None
    right, wrong = _named_or_called(parts["worded"]), _named_or_called(mistook)
    if right is None or wrong is None or not (right.key or terms(right.called)):
        return None
    not_there = next((_key(key) for name, key in parts.items() if name.startswith("wrong") and key), wrong.key)
    order = RelinkOrder(
        right=right.key,
        called=None if right.key else right.called,
        wrong=not_there,
        wrong_called=wrong.called if not not_there and terms(wrong.called) else None,
    )
    return _Ordered(order)


class _Named(NamedTuple):
    """A ticket by its key, or by what it is called."""

    key: str | None
    called: str


def _named_or_called(said: str) -> _Named | None:
    """The ticket that is meant; None if none can be."""
    bare = wording("ticket_noun").sub(" ", said).strip(_EDGE + _QUOTES)
    if wording("a_key").fullmatch(bare):
        return _Named(_key(bare), bare)
    called = None if wording("a_key").search(said) else _called(said, at_times=True)
    return None if called is None else _Named(None, called)


def _called(worded: str, state: str = "", *, at_times: bool = False) -> str | None:
    """What a ticket is called, without words that only say that it is one; None if no ticket can be.

    Args:
        worded: as it was said.
        state: what stands in the place of `STATE` in it.
        at_times: a word such as `after` is part of it: there is nothing that it could put off.
    """
    conditions = (match[0] for match in wording("condition").finditer(worded))
    is_condition = any(not (at_times and wording("when").fullmatch(word)) for word in conditions)
    if _PERSON in worded or _OPAQUE in worded or is_condition:
        return None
    called = wording("particle").sub(" ", wording("ticket_noun").sub(" ", worded.replace(STATE, state)))
    called = " ".join(called.split()).strip(_EDGE + _QUOTES)
    in_name = (
        _may_be_in_name(word) or (at_times and wording("when").fullmatch(word)) for word in _BETWEEN_WORDS.split(called)
    )
    return called if not wording("no_name").match(called) and all(in_name) else None


def _may_be_in_name(word: str) -> bool:
    """Whether a word, which retrieval may pass over, leaves it clear which ticket is called so."""
    return not word or bool(terms(word)) or is_unspaced(word) or wording("filler").fullmatch(word) is not None


def _order(clause: _Clause, text: str, said: str, *, named: bool) -> _Ordered | None:
    """What a clause orders as a whole."""
    phrases = phrasebook().named_phrases if named else phrasebook().phrases
    matches = ((intent, match) for intent, phrase in phrases if (match := phrase.fullmatch(clause.bare)))
    meant = (_meant(intent, match, clause, text, said) for intent, match in matches)
    return next((ordered for ordered in meant if ordered is not None), None)


def _meant(intent: Intent, match: re.Match[str], clause: _Clause, text: str, said: str) -> _Ordered | None:
    parts = {name: part for name, part in match.groupdict().items() if part}
    keys = tuple(dict.fromkeys(_key(match[0]) for match in wording("a_key").finditer(parts.get("keys", ""))))
    if len(keys) > MOST_KEYS:
        return _Ordered(UnclearOrder(too_many=True))
    match intent:
        case Intent.CREATE:
            return _creation(parts, clause, text, said)
        case Intent.NOTE:
            rest = _raw_rest(parts, clause, text, said).strip(_EDGE + _QUOTES)
            return _Ordered(NoteOrder(keys=keys, text=rest or None), takes_rest=bool(rest))
        case Intent.RELINK:
            wrong = next((part for name, part in parts.items() if name.startswith("wrong")), None)
            return _Ordered(RelinkOrder(wrong=_key(wrong) if wrong else None, right=_key(parts["key"])))
        case Intent.UNDO:
            return _Ordered(UndoOrder(keys=keys))
        case Intent.DISMISS:
            return _Ordered(DismissOrder(keys=keys))
        case Intent.CLOSE | Intent.REOPEN | Intent.START | Intent.CANCEL | Intent.ANNUL | Intent.MOVE:
            goal = GOALS.get(intent) or parts["state"]
            return _Ordered(MoveOrder(keys=keys, goal=goal, or_undo=intent is Intent.ANNUL))
        case _:
            assert_never(intent)


def _creation(parts: dict[str, str], clause: _Clause, text: str, said: str) -> _Ordered | None:
    if about := parts.get("about"):
        return _Ordered(CreateOrder(title=about.strip(_EDGE + _QUOTES)))
    rest = parts.get("rest", "").strip()
    if wording("all_this").fullmatch(_impolite(rest.strip(_EDGE))):
        goes_on = rest.rstrip().endswith(":") or said[clause.start : clause.end].rstrip(_EDGE[:4]).endswith(":")
        if goes_on and (title := text[clause.end :].strip()):
            return _Ordered(_titled(title), takes_rest=True)
        return _Ordered(CreateOrder())
    introduced = wording("about_this").match(rest) or wording("introduces").match(rest)
    if introduced is None and rest[0] not in _QUOTES:
        return None
    by_colon = introduced is not None and introduced[0].rstrip()[-1:] in {":", "-", "\u2013", "\u2014", ","}
    title = _raw_rest(parts, clause, text, said, to_end=by_colon)
    title = title[len(introduced[0]) :] if introduced else title
    if by_colon:
        return _Ordered(_titled(title), takes_rest=True)
    return _Ordered(CreateOrder(title=_impolite(title.strip(_EDGE + _QUOTES))))


def _titled(said: str) -> CreateOrder:
    """A ticket as it is told: its title first, then what describes it."""
    title, *more = _SENTENCE.split(said.strip(), maxsplit=1)
    return CreateOrder(
        title=_impolite(title.strip(_EDGE + _QUOTES)) or None, description=more[0].strip() if more else ""
    )


def _raw_rest(parts: dict[str, str], clause: _Clause, text: str, said: str, *, to_end: bool = True) -> str:
    """What follows an order's verb, as it was written; to the end of the message, or of the clause."""
    rest = parts.get("rest", "").strip()
    if not rest:
        return ""
    pattern = r"\s+".join(map(re.escape, rest.split()))
    shown = said[clause.start : clause.end].replace(_ADDRESS, " ")
    place = re.search(pattern, shown)
    start = clause.start + (place.start() if place else 0)
    end = len(text) if to_end else clause.start + (place.end() if place else clause.end - clause.start)

    def unless_us(match: re.Match[str]) -> str:
        return "" if said.startswith(_ADDRESS, match.start() + start) else match[0]

    return _MENTION.sub(unless_us, text[start:end])


def _key(written: str) -> str:
    team, _, number = re.sub(r"[\u2010-\u2013\u2212]", "-", written).partition("-")
    return f"{team.upper()}-{int(number)}"


def _wants_something(clauses: Sequence[_Clause], said: str) -> bool:
    """Whether somebody who begins with our name, or ends with it, wants something of us that is no answer.

    A question is of us where it is all that is said, names a ticket, and tells of nothing: `can somebody look …?` may.
    """
    first = clauses[0]
    shown = said[first.start : first.end]
    set_off = shown.strip(_EDGE).startswith(_ADDRESS) or shown.strip(_EDGE).endswith(_ADDRESS)
    own = " ".join(clause.bare for clause in clauses).replace(_OPAQUE, "").strip()
    if not (set_off and own) or wording("only_kind").match(own):
        return False
    if not shown.rstrip().endswith("?"):
        return wording("imperative").match(first.bare) is not None
    names_ticket = wording("a_key").search(own) is not None
    return names_ticket and len(clauses) == 1 and wording("interrogative").match(first.bare) is not None


def state_meant(order: MoveOrder, team: Team, now: TicketState) -> TicketState | None:
    """The state of a team's workflow that an order means for a ticket of its, None if there is none.

    Args:
        order: to move it.
        team: the ticket's.
        now: the state that the ticket is in.
    """
    goal = _letters(order.goal)
    named = next((state for state in team.states if _letters(state.name) == goal), None)
    if named is not None:
        return named
    phase = _phases().get(goal, order.goal)
    if phase == "reopened":
        return (team.first(StateType.UNSTARTED) or team.first(StateType.BACKLOG)) if now.type.closed else now
    in_phase = [state for state in team.states if state.type is _TYPES.get(phase)]
    if phase in {"review", "started"}:
        in_phase = [state for state in in_phase if is_review(state) is (phase == "review")]
    return next(iter(in_phase), None)


_TYPES = {
    "backlog": StateType.BACKLOG,
    "todo": StateType.UNSTARTED,
    "started": StateType.STARTED,
    "review": StateType.STARTED,
    "done": StateType.COMPLETED,
    "canceled": StateType.CANCELED,
}


@cache
def _phases() -> dict[str, str]:
    return {_letters(said): phase for said, phase in phrasebook().phases.items()}


def _letters(said: str) -> str:
    return "".join(c for c in words.fold(said) if c.isalnum())
