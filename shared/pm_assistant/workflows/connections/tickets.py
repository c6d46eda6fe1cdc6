"""Read what a team plans, page by page: what is open and what is recent at first, then what has changed.

What was changed beside the tickets comes with their first page and goes on behind their last one; it goes the way of
an event, whether it was told or not: the later telling counts.

Where the reading stands is noted after what a page brought: so what is interrupted asks for one page once more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pm_assistant.domain.catch_up import Pass, Position, TicketPage
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.events import EventEnvelope, PlanningChanged, TicketChanged, in_messages
from pm_assistant.domain.index import digest_of
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.tenants import Connection
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.gaps import note_missed, note_read
from pm_assistant.workflows.connections.relations import keep_relations

LATE = timedelta(minutes=10)
"""What was changed may be listed so much later than it says."""
TICK = timedelta(milliseconds=1)
"""Trackers tell moments no more finely."""


def unread(tracker: Connection) -> Position:
    """Where a reading stands before it begins."""
    return Position(source=tracker.provider, workspace=tracker.external_id)


def where_reading_stands(tracker: Connection, unit: Unit) -> Position:
    """How far the tickets of a workspace have been read; of another one than before, not at all."""
    known = unit.stores.readings.position(unit.tenant_id, tracker.provider)
    return known if known is not None and known.workspace == tracker.external_id else unread(tracker)


def read_tickets(position: Position, unit: Unit, *, keep: bool) -> tuple[Position, int, Sequence[Flaw]]:
    """Read one page further; returns where the reading stands then, how many tickets there were, and what is wrong.

    A reading that was broken off goes on. Pages follow by the moment of the last ticket, which nobody's cursor can lead
    astray; only within a moment, of which there may be more than a page, the tracker's own cursor counts. Where it
    leads on and on, the reading ends, and the next one begins where this one did.
    """
    reading = position.reading or _begun(position, unit.now())
    page = _page(reading, unit)
    if keep:
        reading = _kept(page, reading, position, unit)
    flaws = (*page.flaws, *page.planning.flaws)
    try:
        following = _after(page, reading, unit.vendors[position.source].label)
    except UpstreamUnavailable as error:
        after = position.ended(read_to=position.read_to)
        flaws = (*flaws, Flaw(id="", problem=str(error), left_out=True))
    else:
        after = (
            position.model_copy(update={"reading": following})
            if following is not None
            else position.ended(read_to=reading.began_at)
        )
    if keep:
        if after.reading is None:
            note_read(reading, unit)
        unit.stores.readings.put_position(unit.tenant_id, after)
    return after, len(page.tickets), flaws


def _begun(position: Position, now: datetime) -> Pass:
    return Pass(began_at=now, since=position.read_to - LATE if position.read_to is not None else None)


def _page(reading: Pass, unit: Unit) -> TicketPage:
    if reading.is_read and reading.planning_cursor is not None:
        return TicketPage(planning=unit.tracker.read_planning(since=reading.since, cursor=reading.planning_cursor))
    return unit.tracker.read_tickets(since=reading.since, until=reading.until, cursor=reading.cursor)


def _after(page: TicketPage, reading: Pass, vendor: str) -> Pass | None:
    """The reading with a page behind it; None if that was the last one."""
    if reading.is_read or (reading.until is None and reading.cursor is None):
        reading = reading.model_copy(update={"planning_cursor": page.planning.cursor})
    if page.cursor is None:
        if reading.planning_cursor is None:
            return None
        progress = reading.progress.after(reading.planning_cursor, vendor=vendor)
        return reading.model_copy(update={"is_read": True, "progress": progress})
    oldest = min((ticket.updated_at for ticket in page.tickets), default=None)
    until = oldest + TICK if oldest is not None else None
    moved_on = until is not None and (reading.until is None or until < reading.until)
    following = until.isoformat() if until is not None and moved_on else page.cursor
    change = {"until": until, "cursor": None} if moved_on else {"cursor": page.cursor}
    return reading.model_copy(update={**change, "progress": reading.progress.after(following, vendor=vendor)})


def _kept(page: TicketPage, reading: Pass, position: Position, unit: Unit) -> Pass:
    """Keep what is news, and where all else is known have what is new treated as if it had been told.

    That is asked for, and noted, first: once it is kept it is no news any more.
    """
    tenant_id = unit.tenant_id
    known = unit.stores.index.read(tenant_id).tickets
    if page.planning.relations is not None:
        keep_relations(page.planning.relations, unit)
    for changed in in_messages(PlanningChanged(parts=page.planning.parts)):
        unit.queues.events.put(EventEnvelope(tenant_id=tenant_id, event=changed), group=tenant_id)
    news = [t for t in page.tickets if (head := known.get(t.id)) is None or head.digest != digest_of(t)]
    if reading.since is not None:
        created = [TicketChanged(ticket=ticket, returned=True) for ticket in news if known.get(ticket.id) is None]
        for event in (*created, *(gone for gone in page.removed if known.get(gone.ticket_id) is not None)):
            unit.queues.events.put(EventEnvelope(tenant_id=tenant_id, event=event), group=tenant_id)
        before, reading = reading, reading.missing(position.source, position.place, [t.updated_at for t in news])
        note_missed(position, before, reading, unit)
    unit.stores.tickets.put_all(tenant_id, news)
    return reading
