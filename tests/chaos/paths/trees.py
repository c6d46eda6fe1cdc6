"""A tree of tickets: its last open one is done, people are asked, and all of it is closed, or put back."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.tenants import Provider
from tests.builders import ACME, DONE, NOW, TODO, a_ticket
from tests.chaos.paths.path import Path, run_job, told
from tests.chaos.world import Script, World


def closed(world: World, *, undone: bool = False) -> Script:
    """One is below the other, and below that the one that is done; hourly all is compared, whatever was told."""
    for number in (2, 3):
        ticket = a_ticket(number, title=f"Thing {number}", parent_id=f"ticket-{number - 1}", updated_at=NOW)
        world.tracker.tickets[ticket.id] = ticket
        world.base.stores.tickets.put(ACME, ticket)
    world.base.stores.connection_states.note(ACME, Provider.LINEAR, sync_at=NOW)
    at = NOW + timedelta(seconds=5)
    done = world.tracker.tickets["ticket-3"].model_copy(update={"state": DONE, "updated_at": at, "completed_at": at})
    world.tracker.tickets[done.id] = done
    data = {
        "id": done.id,
        "identifier": done.key,
        "number": 3,
        "title": done.title,
        "state": done.state.model_dump(mode="json"),
        "teamId": done.team_id,
        "parentId": done.parent_id,
        "createdAt": done.created_at.isoformat(),
        "updatedAt": at.isoformat(),
        "completedAt": at.isoformat(),
    }
    world.from_linear("ticket", {"type": "Issue", "action": "update", "data": data})
    yield None
    yield timedelta(hours=1)
    yield from run_job(world, Order(kind=JobKind.RECONCILE, dry_run=False))
    yield from told(world, "approve", lambda decision: decision.state is DecisionState.PROPOSED)
    if undone:
        yield from told(world, "undo", lambda decision: decision.performed)


def is_closed(world: World, *, undone: bool = False) -> Iterator[str]:
    """Both are closed, or stand where they stood, by one decision."""
    if any(hook.lost for hook in world.hooks):
        return
    names = [world.tracker.tickets[f"ticket-{number}"].state.name for number in (1, 2, 3)]
    expected = [TODO.name if undone else DONE.name] * 2 + [DONE.name]
    states = [decision.state for decision in world.decisions]
    if names != expected or states != [DecisionState.UNDONE if undone else DecisionState.DONE]:
        yield f"the tickets are {names}, and the log says {states}"


PATHS: dict[str, Path] = {
    "tree-closed": Path(closed, is_closed),
    "tree-undone": Path(partial(closed, undone=True), partial(is_closed, undone=True)),
}
