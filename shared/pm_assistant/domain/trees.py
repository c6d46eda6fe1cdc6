"""Which tickets are to be closed because of those above or below them.

A ticket is over once it is closed and so is all that is below it. What not everybody may read is told of to nobody and
touched by nobody, but as long as it is open, nothing above it is over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from pm_assistant.domain.actions import MOST_CLOSED, CloseTree, Closing
from pm_assistant.domain.index import Known
from pm_assistant.domain.work import StateType, Team, TicketState

DEEPEST = 5
"""Levels of a tree that are closed together, and looked at."""
MOST_SHOWN = 20
"""Tickets that are named to show that another's work is over."""


class Tree(NamedTuple):
    """What is to be closed together.

    Attributes:
        since: when the last of what shows it came about.
        changed_at: when one of the tickets that are to be closed was changed last.
    """

    action: CloseTree
    since: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Forest:
    """All of a team's tickets as they hang together.

    Attributes:
        tickets: all that we know, in no order.
        teams: those whose tickets everybody may read, by id.
        left_alone: ids of tickets that people want as they are.
    """

    tickets: Iterable[Known]
    teams: Mapping[str, Team]
    left_alone: Set[str] = frozenset()

    @cached_property
    def by_id(self) -> Mapping[str, Known]:
        """The tickets, by id."""
        return {ticket.id: ticket for ticket in self.tickets}

    @cached_property
    def below(self) -> Mapping[str, Sequence[Known]]:
        """The tickets directly below each, by its id, as they were created."""
        below: dict[str, list[Known]] = defaultdict(list)
        for ticket in self.by_id.values():
            if ticket.parent_id is not None and ticket.parent_id in self.by_id:
                below[ticket.parent_id].append(ticket)
        return {id: sorted(children, key=lambda each: (each.created_at, each.id)) for id, children in below.items()}

    def trees(self) -> Iterator[Tree]:
        """All that is to be closed, each ticket in one tree; what the tracker closes by itself is left to it."""
        parents = [self.by_id[id] for id in sorted(self.below)]
        upwards = [tree for ticket in parents if (tree := self._upwards(ticket)) is not None]
        yield from upwards
        taken = {closing.ticket_id for tree in upwards for closing in tree.action.closings}
        # From above: what is left open below one closed ticket may hold another closed one, and what is below that.
        for ticket in sorted(parents, key=lambda each: len(self._above(each))):
            if ticket.state.type.closed and (tree := self._downwards(ticket, taken)) is not None:
                taken.update(closing.ticket_id for closing in tree.action.closings)
                yield tree

    def finished(self, ticket: Known) -> Sequence[Known]:
        """What shows that all below an open ticket is over, done first; nothing if it is not, or was all given up."""
        children = self.below.get(ticket.id, ())
        shown = [child for child in children if self._readable(child)]
        if not all(self._over(child) for child in children):
            return ()
        done = [child for child in shown if child.state.type is StateType.COMPLETED]
        return [*done, *(child for child in shown if child not in done)] if done else ()

    def left_open(self, ticket: Known) -> Sequence[Known]:
        """What has been open directly below a closed ticket since before that was closed."""
        since = closed_at(ticket)
        return [
            child
            for child in self.below.get(ticket.id, ())
            if not child.state.type.closed and self._readable(child) and child.created_at <= since
        ]

    def _above(self, ticket: Known) -> Set[str]:
        """Ids of the tickets above one, itself among them where trackers let them stand in a circle."""
        above: set[str] = set()
        while (id := ticket.parent_id) is not None and id in self.by_id and id not in above:
            above.add(id)
            ticket = self.by_id[id]
        return above

    def _readable(self, ticket: Known) -> bool:
        return ticket.team_id in self.teams

    def _over(self, ticket: Known, levels: int = DEEPEST) -> bool:
        """Whether it is closed, and so is what is below; looked at as deep as trees may be."""
        if not ticket.state.type.closed:
            return False
        return levels == 0 or all(self._over(child, levels - 1) for child in self.below.get(ticket.id, ()))

    def _upwards(self, ticket: Known) -> Tree | None:
        """What is closed with a ticket whose whole work is over, unless it is closed with what is above it."""
        closings = self._closable(ticket)
        above = self.by_id.get(ticket.parent_id or "")
        if closings is None or (above is not None and above.id != ticket.id and self._closable(above) is not None):
            return None
        moved = [self.by_id[closing.ticket_id] for closing in closings]
        shown = [child for each in moved for child in self.below[each.id] if self._readable(child)]
        since = max(closed_at(each) for each in shown if each.state.type.closed)
        teams = [self.teams[each.team_id] for each in (*moved, *shown)]
        return Tree(
            action=CloseTree(
                root_id=ticket.id, closings=tuple(closings), sure=all(team.closes_parents is False for team in teams)
            ),
            since=since,
            changed_at=max(each.updated_at for each in moved),
        )

    def _closable(self, ticket: Known, levels: int = DEEPEST) -> list[Closing] | None:
        """The closings that a ticket takes, its own last; None if it is to stay open, or is too much at once."""
        children = self.below.get(ticket.id, ())
        to = self._goal(ticket, StateType.COMPLETED)
        if not children or to is None or levels == 0 or ticket.state.type.closed:
            return None
        closings: list[Closing] = []
        for child in children:
            further = [] if self._over(child) else self._closable(child, levels - 1)
            if further is None:
                return None
            closings += further
        shown = [child for child in children if self._readable(child)]
        done = [each for each in shown if each.state.type is StateType.COMPLETED or not each.state.type.closed]
        teams = (self.teams[each.team_id] for each in (ticket, *shown))
        if not done or len(closings) >= MOST_CLOSED or any(team.closes_parents for team in teams):
            return None
        ordered = [*done, *(child for child in shown if child not in done)]
        because = tuple(child.id for child in ordered[:MOST_SHOWN])
        return [*closings, Closing(ticket_id=ticket.id, to=to, because=because)]

    def _downwards(self, ticket: Known, taken: Set[str]) -> Tree | None:
        """What is open below a closed ticket and not `taken`, unless there is a closed one above it."""
        above = self.by_id.get(ticket.parent_id or "")
        if above is not None and above.state.type.closed and self._readable(above):
            return None
        left = {each.ticket_id: each for each in self._left_below(ticket, ticket, DEEPEST)}
        closings = [closing for id, closing in left.items() if id not in taken]
        if not closings or len(closings) > MOST_CLOSED:
            return None
        shown = [self.by_id[id] for closing in closings for id in closing.because]
        return Tree(
            action=CloseTree(root_id=ticket.id, closings=tuple(closings)),
            since=max(closed_at(each) for each in shown if each.state.type.closed),
            changed_at=max(self.by_id[closing.ticket_id].updated_at for closing in closings),
        )

    def _left_below(self, ticket: Known, closed: Known, levels: int) -> Iterator[Closing]:
        """The closings of what is below a ticket and has been open since before `closed` was, which is it or above."""
        looked_at = levels > 0 and closed.id not in self.left_alone
        for child in self.below.get(ticket.id, ()) if looked_at else ():
            teams = [self.teams.get(each.team_id) for each in (ticket, child)]
            if any(team is None or team.closes_children for team in teams):
                continue
            if child.state.type.closed:
                yield from self._left_below(child, child, levels - 1)
                continue
            phase = StateType.COMPLETED if closed.state.type is StateType.COMPLETED else StateType.CANCELED
            to = self._goal(child, phase)
            if to is None or child.created_at > closed_at(closed):
                continue
            yield from self._left_below(child, closed, levels - 1)
            yield Closing(ticket_id=child.id, to=to, because=(closed.id,))

    def _goal(self, ticket: Known, phase: StateType) -> TicketState | None:
        """The state that closes an open ticket; None if it is not to be touched."""
        team = self.teams.get(ticket.team_id)
        return team.first(phase) if team is not None and ticket.id not in self.left_alone else None


def still_follows(action: CloseTree, tickets: Mapping[str, Known]) -> bool:
    """Whether what shows that tickets are to be closed is closed still, as far as that is known."""
    together = {closing.ticket_id for closing in action.closings}
    shown = {id for closing in action.closings for id in closing.because} - together
    return all(tickets[id].state.type.closed for id in shown if id in tickets)


def closed_at(ticket: Known) -> datetime:
    """When it was closed; of what was given up only the last change is known."""
    return ticket.completed_at or ticket.updated_at
