"""What a team calls the states of its workflow, in whatever language it works: the words of `data/states.txt`."""

from collections.abc import Sequence

from pm_assistant.domain.work import StateType, Team, TicketState
from pm_assistant.language.grammars import lists_in
from pm_assistant.language.text import fold

_CALLED = lists_in("states")
_REVIEW = _CALLED["review"]
_TEST = _CALLED["test"]
_TO_TEST = _CALLED["to_test"]
"""What says that something lies where it is tried out."""
_WORK = _CALLED["work"]
_OTHER_STAGES = _CALLED["other_stages"]
"""What states are called that are neither work, nor review, nor tests."""
_NO_STAGE = _CALLED["no_stage"]
"""What makes of a state with `review` or `test` in its name another one: `Review failed`, `Design review`."""
_WAITING_OR_DELIVERY = _CALLED["waiting_or_delivery"]


def is_handed_to_test(said: str) -> bool:
    """Whether something is said to lie where it is tried out, and so is not done."""
    return _TO_TEST.search(fold(said)) is not None


def is_test(state: TicketState) -> bool:
    """Whether work in a state is tried out before it counts as done."""
    return state.type is StateType.STARTED and says_test(state.name) and not _NO_STAGE.search(fold(state.name))


def says_test(said: str) -> bool:
    """Whether words are of trying out what was built."""
    return _TEST.search(fold(said)) is not None


def first_in_work(team: Team) -> TicketState | None:
    """Where a team has what is worked on, by the name; or else what comes first of all that is called otherwise."""
    others = _otherwise_named(team)
    return next((state for state in others if _WORK.search(fold(state.name))), next(iter(others), None))


def reviewed_in(team: Team) -> Sequence[TicketState]:
    """Where a team has what others look at, by the names; or else what comes first after what is worked on."""
    named = [state for state in team.states if is_review(state) and not is_test(state)]
    return named or _after_work(team)[:1]


def tried_out_in(team: Team) -> Sequence[TicketState]:
    """Where a team tries out what was built, by the names; or else what comes last before it is done.

    That is none where it is no other than what is worked on or looked at.
    """
    named = [state for state in team.states if is_test(state)]
    review = reviewed_in(team)
    started = [state for state in team.states if state.type is StateType.STARTED]
    after = started[started.index(review[-1]) + 1 :] if review else []
    return named or [state for state in _after_work(team) if state in after][-1:]


def _after_work(team: Team) -> Sequence[TicketState]:
    """What comes after what is worked on, in states whose names tell nothing."""
    work, others = first_in_work(team), _otherwise_named(team)
    after = others[others.index(work) + 1 :] if work is not None else []
    return [state for state in after if not (_WORK.search(fold(state.name)) or _OTHER_STAGES.search(fold(state.name)))]


def _otherwise_named(team: Team) -> Sequence[TicketState]:
    """What is begun, in states whose names tell nothing else: not of review and test, of waiting or of delivery."""
    begun = (state for state in team.states if state.type is StateType.STARTED)
    return [s for s in begun if not (is_review(s) or is_test(s) or _WAITING_OR_DELIVERY.search(fold(s.name)))]


def is_review(state: TicketState) -> bool:
    """Whether work in a state is looked at by others; the tracker counts it as started, as all that is in hand."""
    name = fold(state.name)
    return state.type is StateType.STARTED and bool(_REVIEW.search(name)) and not _NO_STAGE.search(name)
