"""Go on with what waited for a connection."""

from datetime import timedelta

from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.ports.unit import Unit

LOOKS_BACK = timedelta(days=30)
"""What has waited for longer is of no use to anybody any more."""


def resume(unit: Unit, *, channel: str | None = None) -> int:
    """Ask again for all that waits to be done or shown; returns for how many subjects.

    Where a vendor does not let us in, nothing is tried again by itself: whoever connects it again sets it going. Of one
    channel everything is shown again that asks something: how the attempt ended that met its change nobody may know.
    """
    waiting = [
        decision
        for decision in unit.stores.decisions.since(unit.tenant_id, unit.now() - LOOKS_BACK)
        if (decision.unfinished or decision.not_shown or (channel is not None and decision.awaits_answer))
        and channel in {None, decision.thread.channel if decision.thread is not None else None}
    ]
    subjects = {decision.subject.id: decision.id for decision in waiting}
    for decision_id in subjects.values():
        request = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision_id)
        unit.queues.actions.put(request, group=unit.tenant_id)
    return len(subjects)
