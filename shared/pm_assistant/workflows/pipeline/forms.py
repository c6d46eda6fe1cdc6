"""Show whoever has pressed a card what is to be filled in before it is answered.

What the press lets us show counts for three seconds, of which the way here takes some (ADR 51): who comes too late is
told to press once more.
"""

from contextlib import suppress

from pm_assistant.domain.answers import FormKind
from pm_assistant.domain.decisions import ActionRequest, Decision
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.languages import Translatable
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.forms import form_of
from pm_assistant.workflows.accounts.reader import texts_for
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse, reason_void, tell_gone, tell_refusal
from pm_assistant.workflows.tenants.audience import public_tickets

TOO_LATE = Translatable("that took me too long; press it once more")


def open_form(request: ActionRequest, kind: FormKind, unit: Unit) -> None:
    """Show the form of that kind, if whoever pressed may answer so by now; changes nothing, and is safe to repeat.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    try:
        decision = unit.stores.decisions.get(unit.tenant_id, request.decision_id)
    except NotFound:
        tell_gone(request, unit)
        return
    with suppress(NotConnected, AccessRevoked):
        reason = reason_void(request, kind, decision) or reason_to_refuse(request.answered_by or "", unit)
        if reason is None and not _shown(request, kind, decision, unit):
            reason = TOO_LATE
        if reason is not None:
            tell_refusal(request, decision, reason, unit)


def _shown(request: ActionRequest, kind: FormKind, decision: Decision, unit: Unit) -> bool:
    ids = [other.ticket_id for other in decision.runners_up] if kind == "relink" else []
    known = {ticket.id: ticket for ticket in public_tickets(unit.stores.tickets.some(unit.tenant_id, ids), unit)}
    others = [known[id] for id in ids if id in known and id not in decision.action.tickets]
    texts = texts_for(request.answered_by or "", unit)
    try:
        unit.chat.open_form(request.trigger_id or "", form_of(kind, decision, others, texts))
    except NotFound:
        return False
    return True
