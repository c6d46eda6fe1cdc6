"""What one clause orders: as a whole or in a part, of a ticket by its key or by what it is called."""

from collections.abc import Callable, Collection, Sequence
from functools import partial

from pm_assistant.language.lexicon import stopwords
from pm_assistant.language.orders.clauses import Clause
from pm_assistant.language.orders.conditions import is_held_back_within
from pm_assistant.language.orders.models import MoveOrder, Order, RelinkOrder
from pm_assistant.language.orders.phrases import wording
from pm_assistant.language.orders.slots import Ordered, order_of
from pm_assistant.language.orders.ticket_names import order_calling
from pm_assistant.language.text import fold


def ordered_by_name(clause: Clause, states: Collection[str], *, misplaced: bool) -> Ordered | None:
    """What a clause orders of us by name: there it may call a ticket something.

    Args:
        clause: that may.
        states: what states are called.
        misplaced: a sentence beside it tells that something went to the wrong ticket, or is to be moved over.
    """
    ordered = ordered_in(clause, addressed=True)
    if ordered is None or (isinstance(ordered.order, MoveOrder) and not ordered.order.keys):
        reads = partial(order_calling, states=states, misplaced=misplaced)
        calling = reads(clause) or _in_a_part(clause, reads)
        if ordered is None or (calling is not None and isinstance(calling.order, RelinkOrder)):
            ordered = calling  # `move it to the coupon ticket` names no state.
    return None if ordered is not None and _only_asks(clause, ordered.order) else ordered


def ordered_in(clause: Clause, *, addressed: bool) -> Ordered | None:
    """What a clause orders, as a whole or in a part that nothing beside it qualifies.

    Args:
        clause: that may.
        addressed: we are named in its message.
    """
    reads = partial(order_of, addressed=addressed)
    if (whole := reads(clause)) is not None:
        return whole
    if (stays := wording("move_over_behind").sub("", clause.bare)) != clause.bare:
        relinks = ordered_in(clause._replace(bare=stays), addressed=addressed)
        if relinks is not None and isinstance(relinks.order, RelinkOrder):
            return relinks
    return _in_a_part(clause, reads)


def _in_a_part(clause: Clause, reads: Callable[[Clause], Ordered | None]) -> Ordered | None:
    parts = clause.parts
    if parts == [clause]:
        return None
    read = [(place, ordered) for place, part in enumerate(parts) if (ordered := reads(part)) is not None]
    if len(read) != 1:
        return None
    [(place, ordered)] = read
    before, behind = [part.bare for part in parts[:place]], [part.bare for part in parts[place + 1 :]]
    others = before + behind
    if _names_tickets(ordered.order, others) or is_held_back_within(ordered.order, before, behind):
        return None
    return ordered._replace(besides=", ".join(others))


def _names_tickets(order: Order, others: Sequence[str]) -> bool:
    """Whether what is said beside an order names tickets, other than the one that it is about."""
    keys = {match[0].upper() for part in others for match in wording("a_key").finditer(part)}
    may_be_meant = 1 if isinstance(order, MoveOrder) and not order.keys and order.called is None else 0
    return len(keys) > may_be_meant


def _only_asks(clause: Clause, order: Order) -> bool:
    """Whether a clause asks whether something is where an arrow leads, or is a key's; neither has anything done."""
    if not clause.said.endswith("?"):
        return False
    if isinstance(order, MoveOrder):
        return "\u2192" in clause.bare
    words = fold(wording("a_key").sub(" ", clause.bare)).split()
    return isinstance(order, RelinkOrder) and stopwords().issuperset(words)
