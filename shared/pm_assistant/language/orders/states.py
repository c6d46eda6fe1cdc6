"""The states that orders name: where a clause names one, and which of a team's workflow is meant by it."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache

from pm_assistant.domain.work import StateType, Team, TicketState
from pm_assistant.language.grammars import compiled
from pm_assistant.language.orders.models import MoveOrder
from pm_assistant.language.orders.phrases import phrasebook
from pm_assistant.language.scripts import is_unspaced
from pm_assistant.language.states import is_review
from pm_assistant.language.text import fold

_TYPES = {
    "backlog": StateType.BACKLOG,
    "todo": StateType.UNSTARTED,
    "started": StateType.STARTED,
    "review": StateType.STARTED,
    "done": StateType.COMPLETED,
    "canceled": StateType.CANCELED,
}
"""By phases of the work."""


def states_named(said: str, states: Collection[str]) -> Iterator[re.Match[str]]:
    """Where a state is named; what one name ends with may be another, as `cours` of `en cours`.

    Args:
        said: by somebody.
        states: what states are called, beside the words for a phase of the work.
    """
    names, start = _state_names(frozenset(states)), 0
    while (found := names.search(said, start)) is not None:
        yield found
        start = found.start() + 1


@lru_cache(maxsize=16)
def _state_names(states: frozenset[str]) -> re.Pattern[str]:
    names = sorted({*states, *phrasebook().phases}, key=lambda name: (-len(name), name))
    return compiled("|".join(_as_word(name) for name in names))


def _as_word(name: str) -> str:
    """A name where it stands as a word; scripts without spaces put it anywhere."""
    return re.escape(name) if is_unspaced(name) else rf"(?<!\w){re.escape(name)}(?!\w)"


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


@cache
def _phases() -> Mapping[str, str]:
    return {_letters(said): phase for said, phase in phrasebook().phases.items()}


def _letters(said: str) -> str:
    return "".join(c for c in fold(said) if c.isalnum())
