"""Orders, read out of a message that is addressed to the assistant.

Only the author's own words count: code, quotations and names of links are none. An order is a clause that says nothing
else, in one of the languages of `data/orders.txt`; what merely talks about orders is no order.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import NamedTuple

from pm_assistant.language.orders.clauses import EDGE, Clause, clause_at, clause_spans, without_politeness
from pm_assistant.language.orders.conditions import is_held_back_by
from pm_assistant.language.orders.masking import ADDRESS, OPAQUE, PERSON, Utterance, is_set_off, mask
from pm_assistant.language.orders.models import (
    CreateOrder,
    MoveOrder,
    Names,
    Order,
    RelinkOrder,
    UnclearOrder,
    UndoOrder,
)
from pm_assistant.language.orders.parsing import ordered_by_name, ordered_in
from pm_assistant.language.orders.phrases import is_worded, wording
from pm_assistant.language.orders.properties import properties_set_apart, team_mentions
from pm_assistant.language.orders.slots import order_of
from pm_assistant.language.orders.understanding import changed, orders_nothing, reads_otherwise, understood
from pm_assistant.language.questions import read_question

VERSION = "orders-11"
"""Names this way of reading in the decision log; another way of reading gets another name."""
_LONGEST_READ = 4_000
NO_NAMES = Names()


class Reading(NamedTuple):
    """What a message orders, in order, and what it says besides, as the chat has it."""

    orders: Sequence[Order] = ()
    besides: str = ""

    @property
    def is_unclear(self) -> bool:
        """Whether something is wanted that is not understood."""
        return UnclearOrder() in self.orders

    @property
    def creation(self) -> CreateOrder | None:
        """The new ticket, where nothing else is ordered."""
        match self.orders:
            case [CreateOrder() as order]:
                return order
            case _:
                return None


def read_orders(
    text: str,
    *,
    assistant: str,
    ticket_at: Callable[[str], str | None],
    in_own_thread: bool = False,
    names: Names = NO_NAMES,
) -> Reading:
    """Read what a message orders; nothing where it is no order, or said to somebody else.

    Args:
        text: in the chat's markup.
        assistant: who we are in the chat.
        ticket_at: the key of our ticket that an address leads to, if it leads to one.
        in_own_thread: we have said something in its thread; there a message that is nothing but an order is said to us.
        names: what is called how; whatever looks like a key may be meant for a team, too.
    """
    utterance = Utterance(text, mask(text[:_LONGEST_READ], assistant, ticket_at))
    reading = _read_phrases(utterance, in_own_thread=in_own_thread, teams=names.teams, states=names.states)
    return _reconsidered(reading, utterance, names) if ADDRESS in utterance.masked else reading


def _reconsidered(reading: Reading, utterance: Utterance, names: Names) -> Reading:
    """What a message that names us orders by its phrases, or else by the model of intents."""
    if (change := changed(utterance, names)) is not None:
        return Reading((change.order,), change.besides)
    shown = without_politeness(utterance.masked)
    set_off = is_set_off(shown)
    if reading.orders and not reading.is_unclear:
        if not set_off and orders_nothing(utterance):
            return Reading()
        if not reads_otherwise(reading.orders, utterance, names):
            return reading
        reading = Reading()
    if read_question(utterance.masked.replace(ADDRESS, "")) is not None:
        return reading
    found = understood(utterance, names, set_off=set_off)
    return reading if found is None else Reading((found.order,), found.besides)


def _read_phrases(
    utterance: Utterance, *, in_own_thread: bool, teams: Collection[str], states: Collection[str]
) -> Reading:
    read = partial(_read_for_team, in_own_thread=in_own_thread, teams=teams, states=states)
    spans, properties = properties_set_apart(utterance, teams)
    if spans:
        reading = read(utterance.without(spans))
        if (order := reading.creation) is not None:
            return reading._replace(orders=(properties.given_to(order),))
    return read(utterance)


def _read_for_team(
    utterance: Utterance, *, in_own_thread: bool, teams: Collection[str], states: Collection[str]
) -> Reading:
    said = utterance.masked
    for mention in team_mentions(said, teams):
        start, end = mention.span
        elsewhere = utterance._replace(masked=said[:start] + " " * (end - start) + said[end:])
        reading = _read_utterance(elsewhere, in_own_thread=in_own_thread, states=states)
        if (order := reading.creation) is not None and mention.fits(order):
            return reading._replace(orders=(order.model_copy(update={"team": mention.team}),))
    return _read_utterance(utterance, in_own_thread=in_own_thread, states=states)


def _read_utterance(utterance: Utterance, *, in_own_thread: bool, states: Collection[str]) -> Reading:
    found = (clause_at(utterance, start, end) for start, end in clause_spans(utterance.masked))
    clauses = [clause for clause in found if clause.bare or clause.addressed]
    first = next((index for index, clause in enumerate(clauses) if clause.addressed), None)
    if first is None:
        return _read_plain(clauses, utterance.masked) if in_own_thread else Reading()
    ends_with_us = first == len(clauses) - 1 and not clauses[first].bare
    behind = clauses[max(first - 1, 0) if ends_with_us else first :]
    reading = _read_clauses(behind, addressed=True, states=states)
    if not reading.orders:
        is_unclear = _wants_something(behind) and read_question(utterance.masked.replace(ADDRESS, "")) is None
        return Reading((UnclearOrder(),)) if is_unclear else Reading()
    before = utterance.text[: behind[0].start].strip()
    return reading._replace(besides=f"{before}\n{reading.besides}".strip())


def _read_plain(clauses: Sequence[Clause], said: str) -> Reading:
    """What is an order and nothing else, however kindly.

    Whoever asks, names somebody or says `close it`, may well be talking to somebody else.
    """
    kind = wording("only_kind")
    if "?" in said or PERSON in said:
        return Reading()
    if any(order_of(clause, addressed=False) is None and not kind.fullmatch(clause.bare) for clause in clauses):
        return Reading()
    reading = _read_clauses(clauses, addressed=False)
    moves_this = any(isinstance(order, MoveOrder) and not order.keys for order in reading.orders)
    return reading if len(reading.orders) == 1 and not moves_this else Reading()


def _read_clauses(clauses: Sequence[Clause], *, addressed: bool, states: Collection[str] = ()) -> Reading:
    """The orders of some clauses that follow each other; what follows a new ticket describes it.

    A condition, or that it is not meant, may stand in a sentence of its own; beside an order for `this` it is news.
    """
    orders: list[Order] = []
    besides: list[str] = []
    beside_orders: list[tuple[str, bool]] = []
    misplaced = any(map(_says_misplaced, clauses))
    for clause in clauses:
        last = orders[-1] if orders else None
        titled = last if isinstance(last, CreateOrder) and last.title else None
        if addressed and titled is None:
            ordered = ordered_by_name(clause, states, misplaced=misplaced)
        else:
            ordered = ordered_in(clause, addressed=addressed)
        if ordered is not None:
            orders.append(ordered.order)
            besides.append(ordered.besides)
            if ordered.takes_rest:
                break
        elif titled is not None and clause.bare:
            orders[-1] = titled.model_copy(update={"description": f"{titled.description}\n{clause.text}".strip()})
        elif _introduces_others(clause):
            besides.append(clause.utterance.text[clause.start :].strip())
            break
        else:
            beside_orders.append((clause.bare, bool(orders)))
            moved_over = isinstance(last, RelinkOrder) and wording("move_over").fullmatch(clause.bare)
            besides += [] if clause.addressed or moved_over else [clause.text]
    acting = [order for order in orders if isinstance(order, MoveOrder | UndoOrder | RelinkOrder)]
    if any(is_held_back_by(order, beside, behind=behind) for order in acting for beside, behind in beside_orders):
        return Reading()
    return Reading(orders, "\n".join(filter(None, besides)))


def _says_misplaced(clause: Clause) -> bool:
    """Whether a clause says no more than that something went to the wrong ticket, or is to be moved over."""
    return is_worded(clause.bare, "plain_no", "misplaced", "move_over")


def _introduces_others(clause: Clause) -> bool:
    """Whether what follows a clause are somebody else's words."""
    return clause.said.endswith(":") and wording("others_words").search(clause.bare) is not None


def _wants_something(clauses: Sequence[Clause]) -> bool:
    """Whether somebody who begins with our name, or ends with it, wants something of us that is no answer.

    A question is of us where it is all that is said, names a ticket, and tells of nothing: `can somebody look …?` may.
    """
    first = clauses[0]
    shown = first.masked.strip(EDGE)
    own = " ".join(clause.bare for clause in clauses).replace(OPAQUE, "").strip()
    if not (is_set_off(shown) and own) or wording("only_kind").match(own):
        return False
    if not first.masked.rstrip().endswith("?"):
        return wording("imperative").match(first.bare) is not None
    names_ticket = wording("a_key").search(own) is not None
    return names_ticket and len(clauses) == 1 and wording("interrogative").match(first.bare) is not None
