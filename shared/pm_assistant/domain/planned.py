"""What comes next: by date, cycle and priority, behind what blocks it, no more than a pace leaves room for."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from pm_assistant.domain.facts import Sources
from pm_assistant.domain.index import Known
from pm_assistant.domain.work import StateType

MOST_UNKNOWN = 3
"""Tickets that are next for somebody of whom it is not known how many that person finishes in a day."""
PACE_OF = timedelta(days=28)
PACE_DAYS = 20
LEAST_FINISHED = 3
"""Tickets that have to have been finished in these days before they tell a pace."""
SOON = timedelta(days=2)
TO_START = frozenset({StateType.UNSTARTED, StateType.OTHER})
NOT_PLANNED = frozenset({StateType.BACKLOG, StateType.TRIAGE})


def is_planned(ticket: Known, sources: Sources) -> bool:
    """Whether it is to be begun: by its state, by what the person said, by the cycle that is on, or by its date."""
    if ticket.state.type in TO_START or ticket.id in sources.said_planned:
        return True
    return ticket.state.type in NOT_PLANNED and (_is_due(ticket, sources) or _in_cycle(ticket, sources.now))


def by_urgency(tickets: Iterable[Known], sources: Sources) -> Sequence[Known]:
    """What is wanted first: what was said to be next, by date if that is near, the cycle that is on, priority, date."""

    def rank(ticket: Known) -> tuple[object, ...]:
        number = ticket.key.rpartition("-")[2]
        age = (int(number) if number.isdecimal() else 0, ticket.key)
        due = ticket.due_date or date.max
        said = ticket.id not in sources.said_planned
        return (said, not _is_due(ticket, sources), not _in_cycle(ticket, sources.now), ticket.priority or 5, due, *age)

    return sorted(tickets, key=rank)


def fitting(planned: Sequence[Known], own: Iterable[Known], sources: Sources, days: int) -> Sequence[Known]:
    """As many of them, in the order of their blockers, as so many days leave room for; never none of some.

    Args:
        planned: most wanted first.
        own: all tickets of the person: what was finished tells the pace, what is in progress takes of it.
        sources: of them.
        days: that they are for.
    """
    ordered, room = _after_their_blockers(planned, sources), _room(own, sources, days)
    if room is None:
        return ordered[: MOST_UNKNOWN * days]
    taken, chosen = 0.0, list[Known]()
    for ticket in ordered:
        taken += _weight(ticket)
        if chosen and taken > room:
            break
        chosen.append(ticket)
    return chosen


def _room(own: Iterable[Known], sources: Sources, days: int) -> float | None:
    """The pace of four weeks, less what is in progress; None where too little was finished to tell one."""
    since = sources.now - PACE_OF
    tickets = list(own)
    finished = [
        t for t in tickets if t.state.type is StateType.COMPLETED and t.completed_at and t.completed_at >= since
    ]
    if len(finished) < LEAST_FINISHED:
        return None
    begun = sum(_weight(ticket) for ticket in tickets if ticket.state.type is StateType.STARTED)
    return sum(map(_weight, finished)) * days / PACE_DAYS - begun


def _after_their_blockers(tickets: Sequence[Known], sources: Sources) -> list[Known]:
    """The same, each behind those of them that block it; a circle stays as it is."""
    by_id = {ticket.id: ticket for ticket in tickets}
    ordered: dict[str, Known] = {}

    def place(ticket: Known, above: frozenset[str]) -> None:
        for other in sources.blocked_by.get(ticket.id, ()):
            if other.id in by_id and other.id not in above:
                place(by_id[other.id], above | {other.id})
        ordered.setdefault(ticket.id, ticket)

    for ticket in tickets:
        place(ticket, frozenset({ticket.id}))
    return list(ordered.values())


def _is_due(ticket: Known, sources: Sources) -> bool:
    return ticket.due_date is not None and ticket.due_date - sources.today <= SOON


def _in_cycle(ticket: Known, now: datetime) -> bool:
    cycle = ticket.cycle
    return cycle is not None and (cycle.begins_at or now) <= now and cycle.ends_at is not None and now < cycle.ends_at


def _weight(ticket: Known) -> float:
    return 1.0 if ticket.estimate is None else ticket.estimate
