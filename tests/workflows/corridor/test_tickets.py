"""Our index of the tracker follows what webhooks tell, also where they tell only a part."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.events import EventEnvelope, TicketChangedInPart
from pm_assistant.domain.work import Ticket
from pm_assistant.workflows.corridor.analyze import analyze
from tests.builders import ACME, DONE, ENG, NOW, a_ticket
from tests.fakes.unit import FakeUnit


def given(*tickets: Ticket) -> FakeUnit:
    """A tenant whose team and these tickets we know."""
    unit = FakeUnit()
    unit.stores.directory.put_teams(ACME, [ENG])
    for ticket in tickets:
        unit.stores.tickets.put(ACME, ticket)
    return unit


def told(unit: FakeUnit, state_id: str | None = None, **fields: Any) -> str | None:
    """Have a part of ticket 1 told; returns what the log says of it."""
    change = TicketChangedInPart(ticket_id="ticket-1", state_id=state_id, told=fields)
    return analyze(EventEnvelope(tenant_id=ACME, event=change), unit).skipped


def test_a_ticket_that_moved_is_where_it_was_moved_to() -> None:
    """The state is found by its id in its team's workflow, and all else stays."""
    unit = given(a_ticket())

    assert "index updated" == told(unit, DONE.id, updated_at=NOW.isoformat())
    assert [a_ticket(state=DONE, updated_at=NOW)] == list(unit.stores.tickets.all(ACME))


def test_a_new_ticket_appears_though_its_state_is_named_by_its_id_alone() -> None:
    """All that is lacking is in our copy of the team."""
    unit = given()
    ticket = a_ticket(state=DONE)

    assert "index updated" == told(unit, DONE.id, **ticket.model_dump(mode="json", exclude={"state"}))
    assert [ticket] == list(unit.stores.tickets.all(ACME))


def test_an_older_part_changes_nothing() -> None:
    """Webhooks come late and in any order."""
    unit = given(a_ticket(state=DONE, updated_at=NOW))

    told(unit, "s-todo", updated_at=(NOW - timedelta(hours=1)).isoformat())

    assert [DONE] == [ticket.state for ticket in unit.stores.tickets.all(ACME)]


@pytest.mark.parametrize("known", [True, False])
def test_a_part_that_makes_no_ticket_with_what_we_know_waits_for_the_whole(known: bool) -> None:
    """A state of no team that we know, or a ticket of which we know nothing."""
    unit = given(*[a_ticket()] * known)
    before = list(unit.stores.tickets.all(ACME))

    assert "ticket is not known" == told(unit, "s-elsewhere" if known else DONE.id, updated_at=NOW.isoformat())
    assert before == list(unit.stores.tickets.all(ACME))
