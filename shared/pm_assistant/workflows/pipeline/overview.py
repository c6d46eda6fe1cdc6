"""What a team's day looks like to whoever opens it: what waits, what was done, what was only noted, what is broken.

However large the team, it takes the same reads: the index, which a worker keeps, the latest decisions, the tickets that
these are about, and the connections.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pm_assistant.domain.decisions import Decision, DecisionState, more_may_wait
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.tenants import Activity, Connection
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import Texts
from pm_assistant.workflows.pipeline.decision_views import Shown, shown_decisions

LATEST = 100
"""Decisions that are looked through, changed last first."""


class Overview(NamedTuple):
    """The day.

    Attributes:
        waiting: what awaits an answer.
        done: what was done, or failed, and when; of the time that was asked for.
        logged: what was only noted, likewise.
        more_may_wait: whether more may await an answer than was looked through.
        connections: each with what was last heard of it.
    """

    waiting: Sequence[Shown]
    done: Sequence[Shown]
    logged: Sequence[Shown]
    more_may_wait: bool
    connections: Sequence[tuple[Connection, Activity]]


def overview(unit: Unit, texts: Texts, *, since: datetime) -> Overview:
    """Read the day; what was done and noted from `since` on, each changed last first."""
    with unit.side_by_side() as reads:
        found_connections = reads.submit(unit.stores.connections.with_activity, unit.tenant_id)
        found_latest = reads.submit(unit.stores.decisions.latest, unit.tenant_id, limit=LATEST)
        index = unit.stores.index.read(unit.tenant_id)
        latest = [decision for _, decision in found_latest.result()]
        shown = shown_decisions(latest, index, unit)
    lately = [decision for decision in shown.decisions if decision.updated_at >= since]
    return Overview(
        waiting=shown.in_words([each for each in shown.decisions if each.awaits_answer], texts),
        done=shown.in_words([each for each in lately if not each.awaits_answer and not _is_logged(each)], texts),
        logged=shown.in_words([each for each in lately if _is_logged(each)], texts),
        more_may_wait=more_may_wait(latest, limit=LATEST, at=unit.now()),
        connections=found_connections.result(),
    )


def questions_waiting(index: TeamIndex, unit: Unit, texts: Texts) -> Sequence[Shown]:
    """What awaits an answer among the latest decisions, changed last first."""
    latest = unit.stores.decisions.latest(unit.tenant_id, limit=LATEST)
    shown = shown_decisions([decision for _, decision in latest if decision.awaits_answer], index, unit)
    return shown.in_words(shown.decisions, texts)


def _is_logged(decision: Decision) -> bool:
    return decision.state is DecisionState.LOGGED and decision.performed is None
