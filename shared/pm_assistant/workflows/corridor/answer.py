"""Put a caller's answer to a decision on its way: the same way that a button in the chat goes."""

from pm_assistant.domain.accounts import Caller
from pm_assistant.domain.decisions import ActionRequest, Answer, Decision, for_everybody
from pm_assistant.domain.errors import Conflict, Forbidden
from pm_assistant.ports.unit import Unit


def answer(
    caller: Caller,
    decision_id: str,
    verb: Answer,
    unit: Unit,
    *,
    revision: str | None = None,
    remark: str | None = None,
) -> Decision:
    """Enqueue an answer, unless it fits nothing that is asked or done; returns the decision as it is until then.

    Raises:
        NotFound: the tenant has no such decision.
        Conflict: it is not in a state for that answer, or no longer what the caller saw.
        Forbidden: it would carry what was said in private into the tracker, by the word of one who cannot see it.
    """
    decision = unit.stores.decisions.get(caller.tenant_id, decision_id)
    if not decision.accepts(verb):
        raise Conflict(f"it is {decision.state}: there is nothing to {verb}")
    if revision is not None and revision != decision.revision:
        raise Conflict("it is no longer what you saw: read it again")
    if verb == "approve" and decision.undo_proposed:
        verb = "undo"
    if verb == "approve" and decision.private:
        raise Forbidden("it was said in a private channel, where the card asks those who may read it")
    request = ActionRequest(
        tenant_id=caller.tenant_id,
        decision_id=decision.id,
        answer=verb,
        answered_by=caller.actor,
        remark=remark,
        revision=None if verb in {"undo", "retry"} else decision.revision,
    )
    unit.queues.actions.put(request, group=caller.tenant_id)
    return for_everybody(decision)
