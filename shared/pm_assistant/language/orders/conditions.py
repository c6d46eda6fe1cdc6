"""What holds an order back: a condition, a report of others' words, that it is put off, not meant or taken back."""

from collections.abc import Sequence

from pm_assistant.language.orders.clauses import EDGE
from pm_assistant.language.orders.models import MoveOrder, Order, RelinkOrder, UndoOrder
from pm_assistant.language.orders.phrases import wording


def is_held_back_within(order: Order, before: Sequence[str], behind: Sequence[str]) -> bool:
    """Whether the parts of its sentence before and behind an order hold it back."""
    return any(_is_held_back_before(order, part) for part in before) or any(
        _leaves_open(part, behind=True) or _is_condition(order, part) for part in behind
    )


def _is_held_back_before(order: Order, part: str) -> bool:
    return (
        wording("interrogative").match(part) is not None
        or (isinstance(order, RelinkOrder) and wording("reported").search(part) is not None)
        or _leaves_open(part, behind=False)
        or _is_condition(order, _without_leading_no(part))
    )


def is_held_back_by(order: Order, sentence: str, *, behind: bool) -> bool:
    """Whether a sentence before or behind an order holds it back: there only what it begins with makes a condition."""
    shown = sentence if behind else _without_leading_no(sentence)
    if isinstance(order, RelinkOrder) and wording("misplaced").fullmatch(shown):
        return False
    begins = wording("condition").match(shown) is not None
    return (begins and _is_condition(order, shown)) or _leaves_open(sentence, behind=behind)


def _without_leading_no(beside: str) -> str:
    """What is said before an order, without the `no` to what was done, which in some languages denies a verb too."""
    no = wording("leading_no").match(beside)
    return beside[no.end() :] if no else beside


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
    begins = not wording("still").sub("", beside[: found[0].start()]).strip(EDGE)
    has_reasons = takes_back or (isinstance(order, MoveOrder) and bool(order.keys))
    if begins or not has_reasons or wording("tentative").search(beside):
        return True
    if takes_back:
        return any(wording("wherever").match(each[0]) for each in found)
    states_fact = all(wording("denial").fullmatch(each[0]) or wording("when").fullmatch(each[0]) for each in found)
    return not states_fact or wording("still").search(beside) is not None


def _leaves_open(beside: str, *, behind: bool) -> bool:
    """Whether what is said beside an order, or behind it, leaves open whether it is meant, or meant now."""
    if (verb := wording("move_over").match(beside)) is not None:
        beside = beside[verb.end() :].strip(EDGE)
    is_unsure = wording("unsure").fullmatch(beside) is not None
    return is_unsure or (behind and wording("retracts").fullmatch(beside) is not None)
