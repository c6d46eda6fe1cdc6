"""What comes before a person's wish is carried out: whether whoever ordered it may, and what it puts an end to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, same_work
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse

NOBODY_TO_ASK = "nobody can tell me any more who you are"


def obey(decisions: Sequence[Decision], unit: Unit) -> Sequence[Decision]:
    """Refuse the orders of a thread that are not to be carried out, and end what the others put an end to.

    Where a person wants a new ticket, be it ordered or asked for, nobody is asked any more for another one of the same
    words. Safe to repeat: an order is looked at until it is carried out, and what has ended is left alone.

    Raises:
        UpstreamUnavailable: the chat did not answer, and never said before who somebody is; repeat.
    """
    current = {decision.id: decision for decision in decisions}
    for decision in decisions:
        if decision.state is not DecisionState.QUEUED or decision.performed is not None:
            continue
        if decision.order is not None:
            reason = _reason_to_refuse(decision, decision.order, unit)
            if reason is not None:
                refused = decision.withdrawn(reason, at=unit.now())
                current[decision.id] = unit.stores.decisions.replace(refused, before=decision)
                continue
            current |= _ended(decision, decision.order, current, unit)
        current |= _asked_twice(decision, current, unit)
    return list(current.values())


def _reason_to_refuse(decision: Decision, order: GivenOrder, unit: Unit) -> str | None:
    """Who may not give orders is told that alone: not what would have become of it."""
    try:
        return reason_to_refuse(decision.decided_by or "", unit) or order.refusal
    except (NotConnected, AccessRevoked):
        return NOBODY_TO_ASK


def _ended(decision: Decision, order: GivenOrder, known: Mapping[str, Decision], unit: Unit) -> Mapping[str, Decision]:
    """What an order puts an end to in its thread, as it is then; what stands elsewhere is shown so there."""
    by, now = decision.decided_by, unit.now()
    after: dict[str, Decision] = {}
    elsewhere = [*_of_other_threads([id for id in order.dismisses if id not in known], unit)]
    for target in (*(known[id] for id in (*order.takes_back, *order.dismisses) if id in known), *elsewhere):
        if target.undoable and target.id in order.takes_back:
            ended = target.being_undone(by, at=now)
        elif target.state is DecisionState.PROPOSED:
            ended = target.dismissed(by, at=now)
        else:
            continue
        ended = unit.stores.decisions.replace(ended, before=target)
        if target.id in known:
            after[target.id] = ended
    for target in elsewhere:  # Also what an attempt before this one has ended: its card may not say so yet.
        showing = ActionRequest(tenant_id=unit.tenant_id, decision_id=target.id, only_show=True)
        unit.queues.actions.put(showing, group=unit.tenant_id)
    return after


def _asked_twice(decision: Decision, known: Mapping[str, Decision], unit: Unit) -> Mapping[str, Decision]:
    """What is asked beside a new ticket that a person wants and would be a second one of the same words.

    With it go its alternatives.
    """
    if decision.decided_by is None or not isinstance(decision.action, CreateTicket):
        return {}
    asked = [other for other in known.values() if other.state is DecisionState.PROPOSED and other.performed is None]
    twice = [other for other in asked if same_work(decision, other)]
    ended = {other.id for other in twice}.union(*(other.alternatives for other in twice))
    return {
        other.id: unit.stores.decisions.replace(other.dismissed(decision.decided_by, at=unit.now()), before=other)
        for other in asked
        if other.id in ended
    }


def _of_other_threads(decision_ids: Iterable[str], unit: Unit) -> Iterator[Decision]:
    for id in decision_ids:
        with suppress(NotFound):
            yield unit.stores.decisions.get(unit.tenant_id, id)
