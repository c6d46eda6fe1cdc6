"""What was deleted in the tracker is taken out, though nobody told us, by a request an hour."""

from datetime import timedelta

import pytest

from pm_assistant.domain.errors import RateLimited
from pm_assistant.domain.events import EventEnvelope, PlanningChanged, QueuedEvent, TicketRemoved
from pm_assistant.domain.planning import Attachment, PlannedIds, TicketComment
from pm_assistant.domain.workspaces import Availability, Provider
from pm_assistant.ports.vendors import MOST_ASKED_FOR
from pm_assistant.workflows.code.planning import record_planning
from pm_assistant.workflows.connections.removed import take_out_removed
from tests.builders import ACME, NOW, a_connection, a_tenant, a_ticket, a_ticket_comment, an_attachment
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeTracker

HOUR = timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=1)


class Planned(FakeUnit):
    """A tenant with tickets, and what hangs on them, that the tracker has as well."""

    def __init__(self, *, tickets: int = 2, comments: int = 1) -> None:
        super().__init__()
        self.tracker = FakeTracker()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection(provider=Provider.LINEAR))
        known = [a_ticket(number, updated_at=LONG_AGO) for number in range(1, tickets + 1)]
        self.tracker.tickets = {ticket.id: ticket for ticket in known}
        self.stores.tickets.put_all(ACME, known)
        self.keep(an_attachment(at=LONG_AGO))
        for number in range(1, comments + 1):
            self.keep(a_ticket_comment(str(number), at=LONG_AGO, created_at=LONG_AGO))

    def keep(self, part: Attachment | TicketComment) -> None:
        """Have the tracker hold something that hangs on a ticket, and us know of it."""
        self.tracker.planning.append(part)
        record_planning(PlanningChanged(parts=(part,)), self)

    def forget(self, kind: type[Attachment | TicketComment]) -> None:
        """Have all of a kind be gone from the tracker."""
        self.tracker.planning = [part for part in self.tracker.planning if not isinstance(part, kind)]

    def look(self) -> list[QueuedEvent]:
        """Look once; what is then treated as told."""
        before = len(self.queues.events.puts)
        take_out_removed(self)
        messages = [put.message for put in self.queues.events.puts[before:]]
        return [message.event for message in messages if isinstance(message, EventEnvelope)]


def test_what_is_there_is_asked_for_in_one_request_and_stays() -> None:
    """And nothing is written."""
    unit = Planned()

    assert [] == unit.look()

    [asked] = unit.tracker.asked_for
    tickets = frozenset({"ticket-1", "ticket-2"})
    assert PlannedIds(tickets=tickets, comments=frozenset("1"), attachments=frozenset("1")) == asked


def test_a_ticket_that_is_gone_goes_as_if_that_had_been_told_now() -> None:
    """What hangs on it waits for it: it may have been put away, and comes back as it was."""
    unit = Planned()
    del unit.tracker.tickets["ticket-1"]
    unit.forget(TicketComment)

    assert [TicketRemoved(ticket_id="ticket-1", at=NOW)] == unit.look()


def test_what_hung_on_a_ticket_goes_without_its_words() -> None:
    """What was said, and what was attached."""
    unit = Planned()
    for kind in (TicketComment, Attachment):
        unit.forget(kind)

    events = unit.look()

    assert [PlanningChanged] == [type(event) for event in events]
    for event in events:
        assert isinstance(event, PlanningChanged)
        record_planning(event, unit)
    assert [(True, "")] == [(c.deleted, c.text) for c in unit.stores.planning.comments(ACME, "ticket-1", limit=9)]
    assert [] == list(unit.stores.planning.attachments(ACME, "ticket-1"))
    assert [] == unit.look()


def test_a_tracker_that_knows_none_of_several_tickets_has_not_lost_them_all() -> None:
    """It shows us nothing: what it no longer lets us see at all is told otherwise."""
    unit = Planned()
    unit.tracker.tickets.clear()
    unit.tracker.planning.clear()

    assert [] == unit.look()


def test_the_only_ticket_may_be_gone() -> None:
    """Of one, none is all that can be left."""
    unit = Planned(tickets=1)
    unit.tracker.tickets.clear()

    assert [TicketRemoved(ticket_id="ticket-1", at=NOW)] == unit.look()


def test_what_has_only_just_changed_is_left_alone() -> None:
    """It may not be listed yet."""
    unit = Planned()
    unit.stores.tickets.put(ACME, a_ticket(3, updated_at=NOW))
    unit.keep(a_ticket_comment("2", at=NOW, created_at=NOW))
    unit.tracker.planning.pop()

    assert [] == unit.look()


def test_many_take_turns_and_all_have_theirs() -> None:
    """By the hour: as many in each as can be asked for at once."""
    tickets, comments = 2 * MOST_ASKED_FOR + 1, MOST_ASKED_FOR + 1
    unit = Planned(tickets=tickets, comments=comments)
    for hour in range(6):
        unit.at = NOW + hour * HOUR
        unit.look()

    asked = unit.tracker.asked_for
    assert 6 == len(asked)
    assert all(len(ids) <= MOST_ASKED_FOR for each in asked for ids in (each.tickets, each.comments))
    assert tickets == len(frozenset[str]().union(*(each.tickets for each in asked)))
    assert comments == len(frozenset[str]().union(*(each.comments for each in asked)))


class Busy(FakeTracker):
    """A tracker that wants to be asked later."""

    def which_are_there(self, ids: PlannedIds) -> PlannedIds:
        """Not now."""
        raise RateLimited("later", retry_after=60)


def test_a_tracker_that_cannot_be_asked_is_asked_in_an_hour() -> None:
    """What else an hour brings does not wait for it."""
    unit = Planned()
    unit.tracker = Busy()

    assert [] == unit.look()


@pytest.mark.parametrize(
    "change", [{"broken_since": NOW}, {"availability": Availability(reserved_until=NOW + HOUR)}, None]
)
def test_where_we_are_not_let_in_nothing_is_asked(change: dict[str, object] | None) -> None:
    """Nor where what is left of its limits is for what happens now, or no tracker is connected."""
    unit = Planned()
    if change is None:
        unit.stores.connections.remove(ACME, Provider.LINEAR)
    else:
        unit.stores.connections.put(a_connection(provider=Provider.LINEAR).model_copy(update=change))

    assert [] == unit.look()
    assert [] == unit.tracker.asked_for


def test_nothing_known_is_nothing_to_ask_for() -> None:
    """A new tenant costs no request."""
    unit = Planned(tickets=0)

    unit.look()

    assert [] == unit.tracker.asked_for
