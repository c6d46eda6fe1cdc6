"""Our index of the tracker follows what webhooks tell, also where they tell only a part."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.events import EventEnvelope, QueuedEvent, TicketChanged, TicketChangedInPart, TicketRemoved
from pm_assistant.domain.work import Ticket
from pm_assistant.workflows.pipeline.analyze import analyze
from tests.builders import ACME, CANCELED, DOING, DONE, ENG, NOW, TODO, a_ticket
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


PARENT, CHILD = a_ticket(1, state=DOING), a_ticket(2, state=DOING, parent_id="ticket-1")


def looks_after(unit: FakeUnit, change: QueuedEvent) -> list[float]:
    """In how many minutes trees are looked at because of a change."""
    analyze(EventEnvelope(tenant_id=ACME, event=change), unit)
    looks = [put for put in unit.queues.events.puts if "tree_touched" in put.message.model_dump_json()]
    return [put.delay_seconds / 60 for put in looks]


@pytest.mark.parametrize(
    ("before", "changes", "minutes"),
    [
        (CHILD, {"state": DONE}, [15]),
        (CHILD, {"state": TODO}, []),
        (CHILD, {"title": "Another"}, []),
        (PARENT, {"state": CANCELED}, [15]),
        (CHILD.model_copy(update={"state": DONE}), {"state": DOING}, [1]),
        (CHILD.model_copy(update={"state": DONE}), {"state": CANCELED}, []),
        (CHILD, {"parent_id": None}, [1]),
        (CHILD, {"parent_id": "ticket-3"}, [1]),
        (None, {}, [1]),
        (None, {"state": DONE}, [15]),
        (None, {"parent_id": None}, []),
    ],
)
@pytest.mark.parametrize("in_part", [False, True])
def test_a_tree_is_looked_at_once_a_ticket_of_it_is_closed_or_opened_or_comes_and_goes(
    before: Ticket | None, changes: dict[str, Any], minutes: list[float], in_part: bool
) -> None:
    """What is closed may be one of several, so that waits; what is opened again is taken into account at once."""
    unit = given(*[before] if before else [])
    after = (before or CHILD).model_copy(update={"updated_at": NOW, **changes})
    told = TicketChangedInPart(ticket_id=after.id, state_id=after.state.id, told=after.model_dump(mode="json"))
    assert minutes == looks_after(unit, told if in_part else TicketChanged(ticket=after))


def test_a_tree_is_looked_at_once_a_ticket_of_it_is_removed() -> None:
    """It may have been the last that was open."""
    removed = TicketRemoved(ticket_id=CHILD.id, at=NOW)
    assert [15] == looks_after(given(PARENT, CHILD), removed)
    assert [] == looks_after(given(), removed)
    assert [] == looks_after(given(PARENT), TicketRemoved(ticket_id=PARENT.id, at=NOW))


def test_what_is_interrupted_before_a_ticket_is_kept_has_its_tree_looked_at_all_the_same() -> None:
    """Told once more, it is what it was before."""
    unit = given(CHILD)
    change = TicketChanged(ticket=CHILD.model_copy(update={"state": DONE, "updated_at": NOW}))
    put, unit.stores.tickets.put = unit.stores.tickets.put, None  # type: ignore[method-assign, assignment]
    with pytest.raises(TypeError):
        looks_after(unit, change)
    unit.stores.tickets.put = put  # type: ignore[method-assign]
    assert [15, 15] == looks_after(unit, change)
    assert [15, 15] == looks_after(unit, change)
