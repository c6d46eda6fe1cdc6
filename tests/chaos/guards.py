"""What keeps the promises, taken out piece by piece: each time cells have to fail that hold with it.

A machine that does not notice a missing guard proves nothing about the ones that are there.
"""

import random
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from unittest.mock import patch

from pm_assistant.domain import decisions
from pm_assistant.domain.decisions import Decision
from pm_assistant.runtime import batch
from pm_assistant.workflows.connections import sync
from pm_assistant.workflows.pipeline import act, analyze
from tests.chaos import world
from tests.chaos.faults import LONG, Kind
from tests.chaos.trial import Cell, cells_of, tried
from tests.fakes.aws import FakeLeases
from tests.fakes.stores import FakeCards, FakeDecisions, FakeDeliveries, FakeMessages, FakeOutbox

CHAINS = ("limited-tracker", "limited-analyst", "limited-chat", "job-read")
"""Paths on which a function, each its own, asks more often of itself than Lambda lets a chain go on."""
CELLS_OF_A_PATH = 400
MOMENTS = (None, *(kind for kind in Kind if kind not in LONG))


class Guard(NamedTuple):
    """A guard: how it is taken out, the paths that need it, and the kinds of fault that it is against, if not all."""

    without: Callable[[], AbstractContextManager[object]]
    paths: tuple[str, ...]
    kinds: tuple[Kind | None, ...] = MOMENTS


@contextmanager
def _everywhere(name: str, stand_in: Callable[..., object]) -> Iterator[None]:
    """Put something in the place of a function of `domain.decisions` wherever it is used."""
    original = getattr(decisions, name)
    with ExitStack() as stack:
        for module in [module for key, module in sys.modules.items() if key.startswith("pm_assistant")]:
            if vars(module).get(name) is original:
                stack.enter_context(patch.object(module, name, stand_in))
        yield


def _random_id(*_: object) -> str:
    return str(uuid.uuid4())


def _stored(log: Any, decision: Decision, **_: object) -> Decision:
    log._decisions[decision.tenant_id, decision.id] = decision
    return decision


def _begun_without_intent(decision: Decision, intended: Any, *, at: datetime) -> Decision:
    return _begun(decision, None, at=at)


_begun, _enqueue = Decision.begun, analyze._enqueue


def _enqueued_by_difference(logged: Iterable[Decision], earlier: Mapping[str, Decision], unit: Any) -> None:
    _enqueue([decision for decision in logged if decision != earlier.get(decision.id)], earlier, unit)


GUARDS: dict[str, Guard] = {
    "leases: one at a time": Guard(
        lambda: patch.object(FakeLeases, "take", lambda *_, **__: True), ("report-mail", "said-move", "credentials")
    ),
    "replace: only what still is as it was read": Guard(
        lambda: patch.object(FakeDecisions, "replace", _stored),
        ("delete-asked-comment", "edit-approved"),
        (Kind.TWIN, Kind.MEANWHILE),
    ),
    "save: what the log knows is kept": Guard(
        lambda: patch.object(FakeDecisions, "save", _stored), ("said-move", "undo-move", "edit-done")
    ),
    "external ids: derived from the decision": Guard(
        lambda: _everywhere("external_id", _random_id), ("said-comment", "said-create")
    ),
    "deliveries: noted": Guard(
        lambda: patch.object(FakeDeliveries, "delivered", lambda *_: False), ("report-mail", "notice")
    ),
    "cards: remembered": Guard(
        lambda: patch.object(FakeCards, "ts", lambda *_: None), ("approve-comment", "said-move")
    ),
    "outbox: what may have been sent is looked for": Guard(
        lambda: patch.object(FakeOutbox, "pending_since", lambda *_: None),
        ("approve-comment", "report-chat"),
        (Kind.AFTER, Kind.KILL_AFTER),
    ),
    "intent: noted before the tracker is called": Guard(
        lambda: patch.object(Decision, "begun", _begun_without_intent),
        ("said-move", "delete-acting-move"),
        (Kind.AFTER, Kind.KILL_AFTER),
    ),
    "objection: what was deleted or forbidden meanwhile is not done": Guard(
        lambda: patch.object(act, "objection", lambda *_, **__: None), ("forbidden", "delete-queued-comment")
    ),
    "patience: outages are waited for in hours": Guard(
        lambda: patch.dict(batch.HANDLING, dict.fromkeys(batch.HANDLING, batch.FailureHandling.RETRY)),
        ("said-comment", "report-mail"),
        (Kind.AWAY_6H,),
    ),
    "chains: Lambda is told that they are meant": Guard(
        lambda: patch.object(world, "chains_allowed", frozenset),
        CHAINS,
        (None,),
    ),
    "open: what was logged is asked for where nothing is judged any more": Guard(
        lambda: patch.object(analyze, "_ask_for_open", lambda *_: None), ("unread", "expired")
    ),
    "resume: connecting sets going what waited": Guard(
        lambda: patch.object(sync, "resume", lambda _: 0), ("connected-again",)
    ),
    "replay: a judgement asks again for what it noted": Guard(
        lambda: patch.object(analyze, "_enqueue", _enqueued_by_difference),
        ("said-comment", "edit-asked-away"),
        (Kind.BEFORE, Kind.KILL_BEFORE),
    ),
    "messages: what is deleted stays deleted": Guard(
        lambda: patch.object(FakeMessages, "delete", lambda *_, **__: None), ("delete-done", "delete-asked-comment")
    ),
}


def noticed(guard: Guard, *, at_least: int | None = None) -> Sequence[Cell]:
    """The cells that hold with a guard and fail without it; no further than to so many."""
    failing: list[Cell] = []
    for cell in _sample(guard.paths, guard.kinds):
        with guard.without():
            broken = tried(cell)[0].broken
        failing += [cell] if broken and not tried(cell)[0].broken else []
        if at_least is not None and len(failing) >= at_least:
            break
    return failing


def _sample(paths: tuple[str, ...], kinds: tuple[Kind | None, ...]) -> Iterator[Cell]:
    chance = random.Random(8)  # noqa: S311  # has to come out the same each time
    for path in paths:
        cells = [cell for cell in cells_of(path, pairs=0) if cell.kind in kinds]
        yield from chance.sample(cells, min(CELLS_OF_A_PATH, len(cells)))
