"""Log what follows from tickets and code alone, and ask about it in the thread that last spoke of its ticket."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property

from pm_assistant.domain.answers import ActionRequest, Subject
from pm_assistant.domain.decisions import Decision, DecisionState, reconcile_with_log
from pm_assistant.domain.disagreements import LOOKED_BACK
from pm_assistant.domain.rules import strictest
from pm_assistant.ports.unit import Unit

SOON = timedelta(seconds=30)
"""Long enough for the log to have what is to be shown."""
NOT_THE_TICKET = frozenset({DecisionState.DISMISSED, DecisionState.UNDONE})
"""What was said in a thread was not about that ticket after all, or is not any more."""


def log_and_ask(called_for: Iterable[Decision], logged: Mapping[str, Decision], unit: Unit) -> Sequence[Decision]:
    """Log what is called for now, have done what the rules allow, and have people asked about the rest.

    What is in the log as it is stays untouched, and nobody is asked about it once more; what no thread asks, as its
    ticket had not been spoken of, is asked in the first that speaks of it.

    Args:
        called_for: as it is judged now.
        logged: what the log held of these subjects a moment ago, by id.
        unit: of work.

    Returns:
        What is called for, as the log has it.

    Raises:
        Conflict: a decision was changed at that very moment; repeat.
    """
    threads = {each.subject.id: each.asked_in for each in logged.values() if each.asked_in is not None}
    talk = _Talk(unit)
    return [_logged(each, logged.get(each.id), threads.get(each.subject.id), talk, unit) for each in called_for]


def replace_and_show(after: Decision, before: Decision, unit: Unit) -> None:
    """Log what has become of a decision, and have its card say so."""
    if after != before:
        _show_soon(after, unit)
        unit.stores.decisions.replace(after, before=before)


def _logged(decision: Decision, before: Decision | None, thread: Subject | None, talk: "_Talk", unit: Unit) -> Decision:
    """Log one decision; `thread` is where people have been asked about its subject before."""
    after = decision if before is None else reconcile_with_log(before, decision)
    if after.awaits_answer and after.asked_in is None:
        after = after.model_copy(update={"asked_in": thread or talk.about(after.action.about_ticket)})
    if after != before:
        _show_soon(after, unit)
        decisions = unit.stores.decisions
        after = decisions.save(after) if before is None else decisions.replace(after, before=before)
    if after.unfinished:
        unit.queues.actions.put(ActionRequest(tenant_id=unit.tenant_id, decision_id=after.id), group=unit.tenant_id)
    return after


def _show_soon(decision: Decision, unit: Unit) -> None:
    """Have the card brought up to date, which comes first: whoever is interrupted finds the log as it was."""
    if decision.thread is not None:
        showing = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision.id, only_show=True)
        unit.queues.actions.put(showing, group=unit.tenant_id, delay_seconds=int(SOON.total_seconds()))


class _Talk:
    """Threads of late in which tickets were spoken of, where the whole team may read and nobody else does."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def about(self, ticket_id: str | None) -> Subject | None:
        """The thread in which a ticket was last spoken of."""
        spoken = [decision for decision in self._decisions if decision.action.about_ticket == ticket_id]
        last = max(spoken, key=lambda decision: max(float(receipt.ts) for receipt in decision.evidence), default=None)
        return last.subject if last is not None else None

    @cached_property
    def _decisions(self) -> Sequence[Decision]:
        unit = self._unit
        tenant = unit.stores.tenants.get(unit.tenant_id)
        settings, mutes = tenant.settings, [rule for rule in tenant.rules if rule.mutes_place]
        return [
            decision
            for decision in unit.stores.decisions.since(unit.tenant_id, unit.now() - LOOKED_BACK)
            if decision.subject.in_chat
            and decision.state not in NOT_THE_TICKET
            and decision.confidence >= settings.ask_from
            and not (decision.private or decision.outside)
            and settings.channels.reads(decision.subject.channel)
            and strictest(mutes, decision.matter(), at=unit.now()) is None
        ]
