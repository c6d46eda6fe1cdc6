"""Take people's reactions for answers and wishes, where the team's settings say that they count.

What a reaction means is done on the same way as a press or an order, by whoever may press or order.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import assert_never

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import ActionRequest, Answer, Subject
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.surfaces import ReactionAdded
from pm_assistant.domain.tenants import Reaction, Tenant
from pm_assistant.domain.work import Message
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.reasons import nothing_done
from pm_assistant.workflows.accounts.reader import texts_for
from pm_assistant.workflows.pipeline.conversations import decisions_in
from pm_assistant.workflows.pipeline.permissions import CHANGED_SINCE_SEEN, reason_to_refuse
from pm_assistant.workflows.pipeline.tracking import log_wanted, wanted_ticket
from pm_assistant.workflows.sending import whisper_once

SEVERAL = "there is more than one thing on this card, so use its buttons"


def take_reaction(reaction: ReactionAdded, account: str, asked_at: datetime, unit: Unit) -> None:
    """Do what a reaction means; one that means nothing there changes nothing, and taking it away takes back nothing.

    Raises:
        UpstreamUnavailable: the chat did not answer, and never said before who somebody is; repeat.
    """
    tenant = unit.stores.tenants.get(unit.tenant_id)
    if reaction.means not in tenant.settings.reactions or not tenant.settings.channels.reads(reaction.channel):
        return
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        match reaction.means:
            case Reaction.APPROVE | Reaction.UNDO:
                _answer_card(reaction, account, asked_at, unit)
            case Reaction.TICKET:
                _want_ticket(reaction, account, tenant, unit)
            case _:
                assert_never(reaction.means)


def _answer_card(reaction: ReactionAdded, account: str, asked_at: datetime, unit: Unit) -> None:
    """Answer the one thing that a card of ours holds as its button would; of several nobody knows which is meant."""
    held = _held(reaction, unit)
    answers = {decision.id: answer for decision in held if (answer := _answer(reaction.means, decision)) is not None}
    if not answers:
        return
    [decision, *others] = [decision for decision in held if decision.id in answers]
    seen_otherwise = decision.updated_at > asked_at
    if others or seen_otherwise:
        reason = SEVERAL if others else CHANGED_SINCE_SEEN
        thread = decision.thread
        _whisper_once(reaction, thread.root_ts if thread else reaction.ts, account, reason, unit)
        return
    request = ActionRequest(
        tenant_id=unit.tenant_id,
        decision_id=decision.id,
        answer=answers[decision.id],
        answered_by=account,
        answered_at=asked_at,
        revision=None if answers[decision.id] == "undo" else decision.revision,
        pressed_in=decision.thread,
    )
    unit.queues.actions.put(request, group=unit.tenant_id)


def _held(reaction: ReactionAdded, unit: Unit) -> Sequence[Decision]:
    """What the card at a place shows, or nothing where none of ours stands."""
    place = unit.stores.cards.subject_at(unit.tenant_id, reaction.ts) or ""
    subject_id, _, message_id = place.partition("|")
    channel, is_subject, root_ts = subject_id.partition(":")
    if not is_subject:
        return ()
    subject = Subject(channel=channel, root_ts=root_ts)
    if subject.in_chat:  # It may have another id by now than when the card was posted.
        subject = Subject(channel=reaction.channel, root_ts=root_ts)
    decided = decisions_in(subject, unit)
    return [
        decision
        for decision in decided
        if (decision.order.message_id if decision.order else "") == message_id
        and decision.thread is not None
        and decision.thread.channel == reaction.channel
    ]


def _answer(means: Reaction, decision: Decision) -> Answer | None:
    """What a reaction says to a decision: where something is asked yes or no, else away with what was done."""
    if decision.awaits_answer:
        return "approve" if means is Reaction.APPROVE else "dismiss"
    return "undo" if means is Reaction.UNDO and decision.undoable else None


def _want_ticket(reaction: ReactionAdded, account: str, tenant: Tenant, unit: Unit) -> None:
    """Have a ticket opened for a message that we have kept, unless there is one, or people are asked about one."""
    message = unit.stores.messages.at(tenant.id, reaction.channel, reaction.ts)
    if message is None or message.deleted:
        return
    if (reason := reason_to_refuse(account, unit)) is not None:
        _whisper_once(reaction, message.root_ts, account, reason, unit)
        return
    about = _about(message, unit)
    if any(decision.state is DecisionState.DONE for decision in about):
        _whisper_once(reaction, message.root_ts, account, _there_is_one(about, unit), unit)
        return
    if (asked := next((d for d in about if d.state is DecisionState.PROPOSED), None)) is not None:
        request = ActionRequest(
            tenant_id=tenant.id,
            decision_id=asked.id,
            answer="approve",
            answered_by=account,
            revision=asked.revision,
            pressed_in=asked.thread,
        )
        unit.queues.actions.put(request, group=tenant.id)
        return
    if (wanted := wanted_ticket([message], message, account, tenant, unit)) is not None:
        log_wanted(wanted, unit)


def _about(message: Message, unit: Unit) -> Sequence[Decision]:
    """The new tickets that were decided on because of a message."""
    decided = unit.stores.decisions.between(unit.tenant_id, message.channel, message.root_ts, message.root_ts)
    return [
        decision
        for decision in decided
        if isinstance(decision.action, CreateTicket)
        and any(receipt.message_id == message.id for receipt in decision.evidence)
    ]


def _there_is_one(about: Sequence[Decision], unit: Unit) -> str:
    ids = {decision.outcome.external_id for decision in about if decision.outcome is not None}
    keys = sorted(ticket.key for ticket in unit.stores.tickets.some(unit.tenant_id, ids))
    return f"there is a ticket for this already{', ' if keys else ''}{', '.join(keys)}"


def _whisper_once(reaction: ReactionAdded, root_ts: str, account: str, reason: str, unit: Unit) -> None:
    """Tell whoever reacted why nothing was done, however often we are told of the reaction."""
    key = f"reaction|{reaction.means}|{reaction.channel}:{reaction.ts}|{account}"
    whisper_once(key, (reaction.channel, root_ts), account, nothing_done(reason, texts_for(account, unit)), unit)
