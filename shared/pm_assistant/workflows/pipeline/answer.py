"""Put a caller's answer to a decision on its way: the same way that a button in the chat goes."""

from datetime import datetime
from typing import NamedTuple

from pm_assistant.domain.accounts import Caller
from pm_assistant.domain.answers import Edited
from pm_assistant.domain.decisions import ActionRequest, Answer, Decision, for_everybody
from pm_assistant.domain.editing import edited_action
from pm_assistant.domain.errors import Conflict, Forbidden
from pm_assistant.domain.languages import Translatable
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.previews import ANSWERS, STATUSES
from pm_assistant.workflows.pipeline.relinking import meant_instead

DEEDS = frozenset({"approve", "edit", "relink"})
"""Answers that carry something into the tracker."""


class Details(NamedTuple):
    """What comes with an answer.

    Attributes:
        revision: what the caller saw; None for whatever there is.
        remark: why, in the caller's words.
        instead: what `edit` has written, or the key of the ticket that `relink` means.
        given_at: when it reached us first; None for now.
    """

    revision: str | None = None
    remark: str | None = None
    instead: Edited | str | None = None
    given_at: datetime | None = None


NONE = Details()


def answer(caller: Caller, decision_id: str, verb: Answer, unit: Unit, details: Details = NONE) -> Decision:
    """Enqueue an answer, unless it fits nothing that is asked or done; returns the decision as it is until then.

    Raises:
        NotFound: the tenant has no such decision.
        Conflict: it is not in a state for that answer, or no longer what the caller saw.
        InvalidRequest: what was edited cannot be, or there is no such other ticket.
        Forbidden: it would carry what was said in private into the tracker, by the word of one who cannot see it.
    """
    decision = unit.stores.decisions.get(caller.tenant_id, decision_id)
    if not decision.accepts(verb):
        state, given = Translatable(STATUSES[decision.state]), Translatable(ANSWERS[verb])
        raise Conflict(Translatable("“{answer}” is no answer to it as it stands: “{state}”", answer=given, state=state))
    if details.revision not in {None, decision.revision}:
        raise Conflict(Translatable("it is no longer what you saw: read it again"))
    if verb == "approve" and decision.undo_proposed:
        verb = "undo"
    if verb in DEEDS and decision.private:
        raise Forbidden(Translatable("it was said in a private channel, where the card asks those who may read it"))
    instead = details.instead
    edited, ticket = (instead, None) if isinstance(instead, Edited) else (None, instead)
    if verb == "edit":
        edited_action(decision.action, edited or Edited())
    if verb == "relink":
        meant_instead(decision, ticket, unit)
    request = ActionRequest(
        tenant_id=caller.tenant_id,
        decision_id=decision.id,
        answer=verb,
        answered_by=caller.actor,
        answered_at=details.given_at or unit.now(),
        remark=details.remark,
        edited=edited,
        ticket=ticket,
        revision=None if verb in {"undo", "retry"} else decision.revision,
    )
    unit.queues.actions.put(request, group=caller.tenant_id)
    return for_everybody(decision)
