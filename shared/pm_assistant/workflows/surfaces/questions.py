"""Answer what somebody asks us where we are named: there, once, and from stored facts alone."""

from contextlib import suppress

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.events import ConversationTouched
from pm_assistant.domain.surfaces import Mentioned
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message
from pm_assistant.language.questions import Asks, Question, read_question
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.replies import OF_THE_TEAM_ONLY, OTHERS_READ
from pm_assistant.workflows.accounts.reader import texts_for, texts_of_team
from pm_assistant.workflows.pipeline.conversations import conversation_at
from pm_assistant.workflows.pipeline.orders import gives_order
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.pipeline.tracking import log_wanted, wanted_ticket
from pm_assistant.workflows.pipeline.untracked import may_ask
from pm_assistant.workflows.sending import whisper_once
from pm_assistant.workflows.surfaces.knowledge import Knowledge
from pm_assistant.workflows.surfaces.replying import reply_once


def answer_mention(mentioned: Mentioned, account: str, unit: Unit) -> None:
    """Answer a message that names us and asks something, below it; an order is answered by carrying it out.

    It is answered once, however often it is told or edited. Where people of other companies read, and to whoever is
    not of the team, nothing is said but to whoever asks.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    place = (mentioned.channel, mentioned.root_ts, mentioned.ts)
    message = next(iter(unit.stores.messages.some(unit.tenant_id, {place})), None)
    if message is None or message.deleted:
        return
    # Where nobody can be answered any more, there is nothing to say.
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        us = unit.stores.connections.get(unit.tenant_id, unit.provider(Role.CHAT)).app_user_id
        question = read_question(message.text, assistant=us)
        if question is None or gives_order(message, unit):
            return
        if (reason := _reason_to_refuse(message, account, unit)) is not None:
            whispered_in, said = (message.channel, message.root_ts), texts_for(account, unit).gettext(reason)
            whisper_once(f"reply|{message.id}", whispered_in, account, said, unit)
            return
        texts = texts_of_team(unit.stores.tenants.get(unit.tenant_id))
        knowledge, talk = Knowledge(account, texts, unit), _talk_before(message, unit)
        if not _propose(message, question, talk, knowledge, account, unit):
            thread = Subject(channel=message.channel, root_ts=message.root_ts)
            reply_once(thread, message.id, knowledge.answer(question, talk), texts, unit)


def _propose(
    message: Message, question: Question, talk: Conversation | None, knowledge: Knowledge, account: str, unit: Unit
) -> bool:
    """Answer whether there is a ticket for what was said with one that people are asked about, where there is none."""
    is_about_talk = question.asks is Asks.STATE and not question.keys and not question.about
    if not is_about_talk or talk is None or knowledge.tickets(question, talk):
        return False
    tenant = unit.stores.tenants.get(unit.tenant_id)
    wanted = wanted_ticket(talk.undeleted_messages, message, account, tenant, unit) if talk.undeleted_messages else None
    if wanted is None or not may_ask(wanted, tenant):
        return False
    log_wanted(wanted.model_copy(update={"state": DecisionState.PROPOSED, "decided_by": None}), unit)
    return True


def _reason_to_refuse(message: Message, account: str, unit: Unit) -> str | None:
    if message.outside:
        return OTHERS_READ
    return OF_THE_TEAM_ONLY if reason_to_refuse(account, unit) is not None else None


def _talk_before(message: Message, unit: Unit) -> Conversation | None:
    """What was said before a question, in its thread, or right above it in the channel."""
    touch = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts)
    conversation = conversation_at(touch, unit)
    if conversation is None:
        return None
    before = tuple(m for m in conversation.messages if float(m.ts) < float(message.ts))
    return conversation.model_copy(update={"messages": before}) if before else None
