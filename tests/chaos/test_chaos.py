"""A sample of what `make chaos` tries in full, and the machine's own laws."""

import os
import random
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest

from pm_assistant.domain.decisions import ActionRequest
from tests.builders import ACME, NOW
from tests.chaos.faults import LONG, Fault, Kind
from tests.chaos.guards import CHAINS, GUARDS, noticed
from tests.chaos.paths import PATHS
from tests.chaos.trial import Cell, cells_of, tried
from tests.chaos.world import HANDLERS, MOST_RECEIVES, World, wired

pytestmark = pytest.mark.thorough

CELLS = 18
"""Of each path in each group."""
GROUPS = {"moments": lambda kind: kind not in LONG, "hours": lambda kind: kind in LONG}


@pytest.fixture(autouse=True)
def functions() -> Iterator[None]:
    """Have the functions find a world behind their wiring."""
    with wired():
        yield


def _groups() -> Iterator[object]:
    for path in PATHS:
        for group in GROUPS:
            yield pytest.param(path, group, id=f"{path}-{group}")


@pytest.mark.parametrize(("path", "group"), list(_groups()))
def test_promises_are_kept_whatever_fails(path: str, group: str) -> None:
    """One fault somewhere, or two: once all has come to rest every law holds."""
    seed = f"{path} {0 if os.environ.get('CI') else random.random()}"  # noqa: S311  # a sample, not a secret
    cells = [cell for cell in cells_of(path, pairs=5) if GROUPS[group](cell.kind)]
    sample = random.Random(seed).sample(cells, min(CELLS, len(cells)))  # noqa: S311
    broken = {cell.command: result.broken for cell in sample if (result := tried(cell)[0]).broken}
    assert {} == broken


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_taken_out_is_missed(guard: str) -> None:
    """A machine that does not notice it would prove nothing."""
    assert noticed(GUARDS[guard], at_least=1)


@pytest.mark.parametrize("queue", sorted(HANDLERS.keys() - {"billing"}))  # whose only chain is that messages wait
def test_a_function_whose_chains_lambda_is_not_told_of_is_missed(queue: str) -> None:
    """Each has a path of its own that cannot do without."""
    with patch("tests.chaos.world.chains_allowed", lambda: HANDLERS.keys() - {queue}):
        assert 1 == sum(bool(tried(Cell(path, None))[0].broken) for path in CHAINS)


def test_a_killed_worker_has_no_effect_any_more_and_its_message_comes_again() -> None:
    """Not even what it would have done on its way out; the queue shows the message again when its time is over."""
    undisturbed = World()
    undisturbed.play(PATHS["said-comment"].script(undisturbed))
    call = undisturbed.calls.index("tracker.comment") + 1
    world = World(Fault(call, Kind.KILL_BEFORE))
    script = PATHS["said-comment"].script(world)
    next(script)
    world.run(until=lambda: world.fired)
    assert ["tracker.comment"] == world.calls[call - 1 :]
    assert [NOW + timedelta(seconds=5 + 360)] == [letter.visible_at for letter in world.all_queues[1].letters]
    world.run()
    assert 1 == len(world.comments)


def test_a_message_that_is_received_too_often_is_a_dead_letter() -> None:
    """The queue sees to it, whether or not the function does."""
    world = World()
    world.base.queues.actions.put(ActionRequest(tenant_id=ACME, decision_id="unknown"), group=ACME)
    [letter] = world.all_queues[1].letters
    letter.receives = MOST_RECEIVES
    world.run()
    assert {"actions: ReceivedTooOften": 1} == world.parked
