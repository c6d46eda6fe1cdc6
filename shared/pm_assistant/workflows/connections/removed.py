"""What was deleted in the tracker without our being told: we keep it, and the tracker does not know it any more.

No reading shows that. So every hour some of what we keep is asked for by its ids, in one request, and what is not there
goes as if its removal had been told just now. Tickets take turns, by the hour, each with what hangs on it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

from pm_assistant.domain.errors import NotConnected, UpstreamError
from pm_assistant.domain.events import EventEnvelope, PlanningChanged, QueuedEvent, TicketRemoved, in_messages
from pm_assistant.domain.planning import Attachment, PlannedIds, TicketComment
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.ports.vendors import MOST_ASKED_FOR
from pm_assistant.workflows.connections.availability import leave_to_live_work

LATE = timedelta(minutes=10)
"""What was written or changed so shortly ago may be listed later."""
HOUR = timedelta(hours=1).total_seconds()
MOST_READ = 4 * MOST_ASKED_FOR
"""Things of a kind that hang on tickets, of which as many as can be asked for at once take turns."""

type Hanging = Attachment | TicketComment


def take_out_removed(unit: Unit) -> None:
    """Have those follow that are gone of the tickets whose turn it is, and of what hangs on them.

    A ticket that has been put away takes nothing with it that hangs on it: that comes back with it. A tracker that
    knows none of several tickets has not lost them all: it shows us nothing, which says nothing. One that cannot be
    asked now is asked in an hour.
    """
    with suppress(NotConnected, UpstreamError):
        tracker = unit.stores.connections.get(unit.tenant_id, unit.provider(Role.TRACKER))
        if tracker.broken_since is not None:
            return
        leave_to_live_work([tracker], unit)
        _look(unit)


def _look(unit: Unit) -> None:
    hour, settled = int(unit.now().timestamp() // HOUR), unit.now() - LATE
    index = unit.stores.index.read(unit.tenant_id).tickets
    known = sorted((head.id for head in index if head.updated_at <= settled), key=lambda id: f"{id}#")
    if not known:
        return
    turns = _pieces(known)
    turn = hour % len(turns)
    tickets, after = turns[turn], turns[turn - 1][-1] if turn else ""
    asked_for = frozenset(tickets)
    hanging = unit.stores.planning.on_tickets(unit.tenant_id, after=after, last=tickets[-1], limit=MOST_READ)
    things = [thing for thing in hanging if thing.at <= settled and thing.ticket_id in asked_for]
    comments = _turn([thing for thing in things if isinstance(thing, TicketComment)], hour // len(turns))
    attachments = _turn([thing for thing in things if isinstance(thing, Attachment)], hour // len(turns))
    asked = PlannedIds(tickets=asked_for, comments=_ids(comments), attachments=_ids(attachments))
    there = unit.tracker.which_are_there(asked)
    if len(tickets) > 1 and not there.tickets:
        return
    gone, now = asked.without(there), unit.now()
    said = (c for c in comments if c.id in gone.comments and c.ticket_id in there.tickets)
    attached = (a for a in attachments if a.id in gone.attachments and a.ticket_id in there.tickets)
    parts = (
        *(comment.erased.model_copy(update={"at": now}) for comment in said),
        *(attachment.model_copy(update={"removed": True, "at": now}) for attachment in attached),
    )
    _tell((TicketRemoved(ticket_id=id, at=now) for id in sorted(gone.tickets)), unit)
    if parts:
        _tell(in_messages(PlanningChanged(parts=parts)), unit)


def _tell(events: Iterable[QueuedEvent], unit: Unit) -> None:
    for event in events:
        unit.queues.events.put(EventEnvelope(tenant_id=unit.tenant_id, event=event), group=unit.tenant_id)


def _turn[T: Hanging](things: Sequence[T], turn: int) -> Sequence[T]:
    """As many of them as can be asked for at once, which are others at the next turn if there are more."""
    turns = _pieces(things)
    return turns[turn % len(turns)] if turns else ()


def _pieces[T](things: Sequence[T]) -> Sequence[Sequence[T]]:
    return [things[start : start + MOST_ASKED_FOR] for start in range(0, len(things), MOST_ASKED_FOR)]


def _ids(things: Iterable[Hanging]) -> frozenset[str]:
    return frozenset(thing.id for thing in things)
