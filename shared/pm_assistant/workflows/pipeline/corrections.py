"""A correction is followed up: what people take back in a later word is proposed to be undone, or not done at all."""

from pm_assistant.domain.actions import Action, MoveTicket
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.work import Conversation, Message, MessageId, StateType
from pm_assistant.language import text
from pm_assistant.language.corrections import is_taken_back
from pm_assistant.language.ranking.mentions import keys_named_in
from pm_assistant.ports.unit import Unit

TAKEN_BACK_SINCE = "people have said since that it is not over"


def is_corrected(action: Action, evidence: tuple[MessageId, ...], conversation: Conversation, unit: Unit) -> bool:
    """Whether a ticket was to be closed because of what was said, and the last word there is that it is not over.

    Who names another ticket speaks of that one. In a burst only those who said it correct it.
    """
    if not isinstance(action, MoveTicket) or action.to.type is not StateType.COMPLETED:
        return False
    cited = [message for message in conversation.undeleted_messages if message.id in evidence]
    if not cited:
        return False
    authors, roots = {message.author for message in cited}, {message.root_ts for message in cited}
    since = [m for m in conversation.undeleted_messages if float(m.ts) >= float(cited[0].ts)]
    heard = [m for m in since if m.root_ts in roots or m.author in authors]
    if not is_taken_back(text.plain(message.text, {}, spoken=True) for message in heard):
        return False
    return is_taken_back(_of_this_ticket(heard, action.ticket_id, unit))


def _of_this_ticket(messages: list[Message], ticket_id: str, unit: Unit) -> list[str]:
    known = unit.stores.tickets.some(unit.tenant_id, [ticket_id])
    own = {key.upper() for ticket in known for key in (ticket.key, *ticket.former_keys)}
    named = {m.id: set(keys_named_in(m.text, lambda key: True, quoted=True)) for m in messages}
    about = [m for m in messages if not named[m.id] or named[m.id] & own]
    return [text.plain(message.text, {}, spoken=True) for message in about]


def is_deed_corrected(decision: Decision, conversation: Conversation, unit: Unit) -> bool:
    """The same of what was decided before, which nobody has settled."""
    action = decision.performed_action or decision.action
    evidence = tuple(receipt.message_id for receipt in decision.evidence)
    return decision.order is None and not decision.settled and is_corrected(action, evidence, conversation, unit)
