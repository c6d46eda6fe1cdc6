"""Turn events into decisions: keep the ticket index fresh, and judge a conversation once it is quiet."""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import assert_never

from pm_assistant.domain.actions import TAKEN_BACK, Comment, CreateTicket
from pm_assistant.domain.decisions import (
    RUN_UNDONE,
    ActionRequest,
    Decision,
    DecisionState,
    Evidence,
    merge_evidence,
    same_work,
)
from pm_assistant.domain.errors import Conflict, Contention
from pm_assistant.domain.events import (
    ChannelChanged,
    ChannelOpened,
    CodeChanged,
    ConversationTouched,
    DuplicateTouched,
    EventEnvelope,
    PersonChanged,
    PlanningChanged,
    QueuedEvent,
    TicketChanged,
    TicketChangedInPart,
    TicketRemoved,
    TreeTouched,
)
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import LONGEST_BURST_SECONDS, Conversation, Ticket, burst_window, place_of
from pm_assistant.language.acknowledging import without_acknowledgements
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.workflows.code.linking import unlink
from pm_assistant.workflows.code.planning import record_planning
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.code.talk import follow_in_links, link_from_talk
from pm_assistant.workflows.code.trees import look_at_trees
from pm_assistant.workflows.connections.channels import follow_channel
from pm_assistant.workflows.connections.people import keep_person
from pm_assistant.workflows.connections.resume import resume
from pm_assistant.workflows.jobs import change_dry_runs, is_undone
from pm_assistant.workflows.pipeline.conversations import conversation_at
from pm_assistant.workflows.pipeline.corrections import is_deed_corrected
from pm_assistant.workflows.pipeline.history import record_conversation
from pm_assistant.workflows.pipeline.judge import Verdict, judge
from pm_assistant.workflows.pipeline.orders import THIS_WITHIN, gives_order
from pm_assistant.workflows.pipeline.tickets import (
    ATTEMPTS,
    CLOCKS_DIFFER,
    keep_partial_change,
    keep_ticket,
    remove_ticket,
    unasked,
)

OVER = frozenset({DecisionState.DISMISSED, DecisionState.UNDONE})
"""States in which there is nothing left to take back."""


class Analysis(Model):
    """What became of an event, for the log; `skipped` names why nothing was judged."""

    skipped: str | None = None
    decisions: tuple[Decision, ...] = ()
    unusable: tuple[str, ...] = ()


def analyze(envelope: EventEnvelope, unit: Unit) -> Analysis:
    """Handle one event; safe to repeat.

    Raises:
        Conflict: another is judging this conversation; repeat, it may not get to the end.
        UpstreamError: the model or a store failed; a retry goes on where this one ended.
    """
    stores, tenant_id = unit.stores, unit.tenant_id
    if (role := _sender(envelope.event)) is not None:
        stores.connection_states.note(tenant_id, unit.provider(role), event_at=unit.now())
    match envelope.event:
        case TicketChanged() | TicketChangedInPart() | TicketRemoved() | PlanningChanged() as change:
            return Analysis(skipped=_follow_tracker(change, unit))
        case DuplicateTouched() as touched:
            return Analysis(skipped=_follow_duplicate(touched, unit))
        case TreeTouched():
            return Analysis(decisions=tuple(look_at_trees(unit)))
        case CodeChanged() as change:
            record_code(change, unit)
            return Analysis(skipped="code recorded")
        case ConversationTouched() as touch:
            return _on_conversation_touched(touch, unit)
        case PersonChanged() | ChannelChanged() | ChannelOpened() as change:
            return Analysis(skipped=_follow_chat(change, unit))
        case _:
            assert_never(envelope.event)


def _follow_tracker(change: TicketChanged | TicketChangedInPart | TicketRemoved | PlanningChanged, unit: Unit) -> str:
    """Let what we know of the tracker follow; says what became of it."""
    match change:
        case TicketChanged(ticket=ticket):
            keep_ticket(ticket, unit)
            if change.returned:
                _judge_about_anew(ticket, unit)
        case TicketChangedInPart():
            return "index updated" if keep_partial_change(change, unit) else "ticket is not known"
        case TicketRemoved(ticket_id=ticket_id, at=at):
            remove_ticket(ticket_id, unit, at=at)
        case PlanningChanged():
            record_planning(change, unit)
            return "planning recorded"
        case _:
            assert_never(change)
    return "index updated"


def _follow_duplicate(touched: DuplicateTouched, unit: Unit) -> str:
    """Let what is about a ticket be about the one with which people go on, or again about it."""
    for ticket in unit.stores.tickets.some(unit.tenant_id, (touched.ticket_id, touched.other_id)):
        unlink(ticket.id, unit)
        if ticket.id == touched.ticket_id:
            _judge_about_anew(ticket, unit)
    return "duplicate followed"


def _judge_about_anew(ticket: Ticket, unit: Unit) -> None:
    """Have talked of again, each conversation once, what was no longer asked because the ticket was gone, or merged.

    So is what named the ticket while it was not there.
    """
    tenant_id, anew = unit.tenant_id, dict[str, ConversationTouched]()
    keys = {ticket.key, *ticket.former_keys}
    for decision in unit.stores.decisions.since(tenant_id, ticket.created_at - CLOCKS_DIFFER):
        subject = decision.subject
        unasked_about = (decision.gone or decision.left_to_canonical) and decision.concerns(ticket.id)
        if subject.in_chat and (unasked_about or not keys.isdisjoint(decision.awaits)):
            touch = ConversationTouched(
                channel=subject.channel, ts=subject.root_ts, root_ts=subject.root_ts, force=True
            )
            if (conversation := conversation_at(touch, unit)) is not None:
                unit.stores.conversations.forget(tenant_id, conversation)
                anew[conversation.id] = touch
    for touch in anew.values():
        _look_later(touch, 0, unit)


def _follow_chat(change: PersonChanged | ChannelChanged | ChannelOpened, unit: Unit) -> str:
    """Let what we know of the chat itself follow; says what became of it."""
    match change:
        case PersonChanged(member=person):
            return "directory updated" if keep_person(person, unit) else "person is known so"
        case ChannelChanged():
            follow_in_links(change, unit)
            follow_channel(change, unit)
            return "channel followed"
        case ChannelOpened(channel=channel):
            return f"channel opened for {resume(unit, channel=channel)}"
        case _:
            assert_never(change)


def _on_conversation_touched(touch: ConversationTouched, unit: Unit) -> Analysis:
    conversation = conversation_at(touch, unit)
    if conversation is None:
        _ask_for_open(unit.stores.decisions.between(unit.tenant_id, touch.channel, touch.root_ts, touch.root_ts), unit)
        return Analysis(skipped="no such message")
    tenant = unit.stores.tenants.get(unit.tenant_id)
    if conversation.undeleted_messages and not tenant.settings.channels.reads(conversation.channel):
        return _forget_deleted(conversation, tenant, unit)
    _wake_neighbours(conversation, touch, unit)
    seconds_to_quiet = _seconds_to_quiet(conversation, touch, tenant, unit)
    if seconds_to_quiet > 0:
        return _wait(conversation, touch, seconds_to_quiet, unit)
    # One at a time, whatever they read: what was judged on older content must not be logged after the newer.
    with unit.lease(f"judging|{conversation.id}", lasts=LEASE):
        # For one kind of action alone the content stays to be judged for the others.
        content = without_acknowledgements(conversation)
        judged, saved_decisions = unit.stores.conversations.progress(tenant.id, content)
        if is_undone(touch.run, unit):
            return Analysis(skipped=RUN_UNDONE)
        if judged and touch.only is None:
            return Analysis(skipped="already judged")
        analysis = _decide(conversation, saved_decisions, touch, tenant, unit)
        if touch.only is None and analysis.skipped is None:
            unit.stores.conversations.mark_judged(tenant.id, content, at=unit.now())
        return analysis


def _forget_deleted(conversation: Conversation, tenant: Tenant, unit: Unit) -> Analysis:
    """In a channel that is not read nothing is judged; what people delete there is forgotten all the same."""
    if conversation.deleted_ids:
        link_from_talk(conversation, (), tenant, unit)
    record_conversation(conversation, tenant, unit)
    earlier = _earlier_decisions(conversation, unit)
    concerned = [decision for decision in earlier.values() if decision.words_deleted(conversation.messages)]
    _forget_quotations(concerned, conversation, unit)
    forgotten = [_reconsidered(decision, conversation, None, unit) for decision in concerned]
    _enqueue(forgotten, earlier, unit)
    _ask_for_open([decision for decision in earlier.values() if decision not in concerned], unit)
    return Analysis(skipped="channel is not read", decisions=tuple(forgotten))


def _ask_for_open(decisions: Iterable[Decision], unit: Unit) -> None:
    """Ask for what an earlier attempt has logged and may not have asked for, where nothing is judged any more."""
    _enqueue([decision for decision in decisions if decision.unfinished], {}, unit)


def _decide(
    conversation: Conversation,
    saved_decisions: Sequence[Decision] | None,
    touch: ConversationTouched,
    tenant: Tenant,
    unit: Unit,
) -> Analysis:
    """Judge a conversation, or take what an earlier attempt made of it, then log and enqueue what is concerned."""
    verdict = Verdict(decisions=tuple(saved_decisions or ()))
    if saved_decisions is None:
        verdict = judge(conversation, tenant, unit)
        if conversation != conversation_at(touch, unit):
            # Whoever changes it touches it anew, but a reading of what was said before does not.
            _look_later(touch, tenant.settings.settle_seconds, unit)
            return Analysis(skipped="changed while it was judged")
    earlier = _earlier_decisions(conversation, unit)  # Also what was ordered, or answered, while it was judged.
    decisions = verdict.decisions
    if saved_decisions is None:
        # Whoever carries on with a verdict that was not logged says what it came of, and an older version knows no run.
        decisions = tuple(each.of_run(None) for each in _adopted_all(verdict, earlier, conversation))
    unit.stores.conversations.save_verdict(tenant.id, without_acknowledgements(conversation), decisions, at=unit.now())
    record_conversation(conversation, tenant, unit)
    decisions = tuple(each.of_run(touch.run) for each in decisions if touch.concerns(each.action.kind))
    earlier = {id: decision for id, decision in earlier.items() if touch.concerns(decision.action.kind)}
    _judge_others_anew(earlier.values(), conversation, tenant.settings.settle_seconds, unit)
    logged = _without_gone_tickets(_log(decisions, earlier, conversation, unit), unit)
    if touch.only is None:  # What was decided before of a part of it, or of more, says nothing of what it is now.
        judged = {decision.id for decision in decisions}
        link_from_talk(conversation, [d for d in logged if d.id in judged], tenant, unit)
    if saved_decisions is None:
        logged = [d for d in logged if d.unfinished or d != earlier.get(d.id)]
    _enqueue(logged, earlier, unit)
    return Analysis(decisions=tuple(logged), unusable=verdict.unusable)


def _sender(event: QueuedEvent) -> Role | None:
    """Whose being alive the event tells us of; nobody's if it is our own, or somebody asked for the judging."""
    match event:
        case ConversationTouched(force=force):
            return None if force else Role.CHAT
        case TicketChanged() | TicketChangedInPart() | TicketRemoved() | PlanningChanged():
            return Role.TRACKER
        case TreeTouched() | DuplicateTouched():
            return None
        case CodeChanged():
            return Role.CODE_HOST
        case PersonChanged() | ChannelChanged() | ChannelOpened():
            return Role.CHAT
        case _:
            assert_never(event)


def _seconds_to_quiet(conversation: Conversation, touch: ConversationTouched, tenant: Tenant, unit: Unit) -> float:
    """How long it is until nothing more is to be expected; whoever gives an order has said what is wanted."""
    if touch.force or gives_order(conversation.latest, unit):
        return 0
    return tenant.settings.settle_seconds - (unit.now() - conversation.latest.received_at).total_seconds()


def _wait(conversation: Conversation, touch: ConversationTouched, seconds: float, unit: Unit) -> Analysis:
    """Leave a conversation to the message that touched it last, which looks again when it may be quiet.

    A burst that goes on may be cut by the clock, so each of its stretches has a message that looks after it.
    """
    messages = conversation.messages
    if not conversation.threaded:
        window = next((burst_window(message) for message in messages if message.ts == touch.ts), None)
        messages = tuple(message for message in messages if burst_window(message) == window)
    if messages and max(messages, key=lambda message: (message.received_at, message.ts)).ts == touch.ts:
        _look_later(touch, min(900, math.ceil(seconds)), unit)
    return Analysis(skipped="not quiet yet")


def _wake_neighbours(conversation: Conversation, touch: ConversationTouched, unit: Unit) -> None:
    """Have those looked at whose burst a message leaves by being answered: it may have been the one that looks.

    That shows by its first answer, and where it is itself looked at by then: who reads what was said, and is not told
    of it one by one, has the last of a burst looked at for all of them.
    """
    is_first_reply = len(conversation.messages) == 2 and touch.ts != touch.root_ts
    is_answered = conversation.threaded and touch.ts == touch.root_ts
    if not (is_first_reply or is_answered) or touch.force:
        return
    gap = unit.burst_gap_seconds
    for message in unit.stores.messages.neighbours(unit.tenant_id, touch.channel, touch.root_ts, gap_seconds=gap):
        neighbour = ConversationTouched(channel=touch.channel, ts=message.ts, root_ts=message.root_ts)
        _look_later(neighbour, 0, unit)


def _look_later(touch: ConversationTouched, delay_seconds: int, unit: Unit) -> None:
    envelope = EventEnvelope(tenant_id=unit.tenant_id, event=touch)
    unit.queues.events.put(envelope, group=unit.tenant_id, delay_seconds=delay_seconds)


def _earlier_decisions(conversation: Conversation, unit: Unit) -> Mapping[str, Decision]:
    """What has been decided before about any of these messages; by id.

    That may be from a burst that began before them, or have been ordered since.
    """
    roots = {message.root_ts for message in conversation.messages}
    message_ids = {message.id for message in conversation.messages}
    first, last = min(roots, key=float), max(roots, key=float)
    earliest = f"{float(first) - LONGEST_BURST_SECONDS:.6f}"
    latest = f"{float(last) + THIS_WITHIN.total_seconds():.6f}"
    return {
        decision.id: decision
        for decision in unit.stores.decisions.between(unit.tenant_id, conversation.channel, earliest, latest)
        if decision.subject.root_ts in roots or any(receipt.message_id in message_ids for receipt in decision.evidence)
    }


def _adopted_all(verdict: Verdict, earlier: Mapping[str, Decision], conversation: Conversation) -> tuple[Decision, ...]:
    """Once per judgement: what was noted has been adopted, and joining it again would cite its receipts twice."""
    news = [d for d in verdict.decisions if not any(_is_no_news(d, made, conversation) for made in earlier.values())]
    adopted = {decision.id: _adopted(decision, earlier, conversation) for decision in news}
    ids = {judged: decision.id for judged, decision in adopted.items()}
    named = (decision.naming_alternatives(ids) for decision in adopted.values())
    return tuple(decision for decision in named if not _is_answered_otherwise(decision, earlier))


def _is_answered_otherwise(decision: Decision, earlier: Mapping[str, Decision]) -> bool:
    """Whether it would ask for the first time what people have answered: they have had one of its alternatives done."""
    alternatives = [earlier[id] for id in decision.alternatives if id in earlier]
    return decision.id not in earlier and any(each.done_by_person for each in alternatives)


def _is_no_news(decision: Decision, made: Decision, conversation: Conversation) -> bool:
    """Whether a ticket would be told what it was made of as it still stands, and nothing besides."""
    if not isinstance(decision.action, Comment) or not isinstance(made.action, CreateTicket) or made.outcome is None:
        return False
    known, cited = ({receipt.message_id for receipt in each.evidence} for each in (made, decision))
    about_it = decision.action.ticket_id == made.outcome.external_id
    return about_it and cited <= known and not made.words_changed(conversation.messages)


def _adopted(decision: Decision, earlier: Mapping[str, Decision], conversation: Conversation) -> Decision:
    """Take a decision for the one we know if both would do the same: it keeps its id, its thread and its card.

    What was ordered is done whatever else was decided. A ticket that was ordered is the one that is wanted.
    """
    if decision.order is not None:
        return decision
    twin = next((before for before in earlier.values() if _same_work(before, decision)), None)
    if twin is None or twin.order is not None:
        return twin or decision
    if twin.words_changed(conversation.messages):  # Nothing is added to words that may not be said any more.
        twin = twin.model_copy(update={"action": twin.action.without_words(TAKEN_BACK)})
    merged = merge_evidence(twin, decision, frozenset(message.id for message in conversation.messages))
    return merged.model_copy(update={"retracting": twin.words_deleted(conversation.messages)})


def _same_work(before: Decision, decision: Decision) -> bool:
    ordered = before.order is not None and not isinstance(before.action, CreateTicket)
    return not ordered and same_work(before, decision)


def _log(
    decisions: Sequence[Decision], earlier: Mapping[str, Decision], conversation: Conversation, unit: Unit
) -> Sequence[Decision]:
    """Log what was decided now, and what becomes of what was decided before; returns all of it as it now stands."""
    _forget_quotations(earlier.values(), conversation, unit)
    judged = {decision.id: decision for decision in decisions}
    logged = {id: unit.stores.decisions.save(decision, seen=earlier) for id, decision in judged.items()}
    for id, before in earlier.items():
        logged[id] = _reconsidered(logged.get(id, before), conversation, judged.get(id), unit)
    return list(logged.values())


def _without_gone_tickets(logged: Sequence[Decision], unit: Unit) -> Sequence[Decision]:
    """Ask nothing about a ticket that went while this was judged: whoever took that in did not find this in the log."""
    asked = {d.action.about_ticket for d in logged if d.awaits_answer and d.action.about_ticket}
    known = {ticket.id for ticket in unit.stores.tickets.some(unit.tenant_id, asked)} if asked else set()
    return [unasked(d, d.action.about_ticket, unit) if d.action.about_ticket in asked - known else d for d in logged]


def _judge_others_anew(
    decisions: Iterable[Decision], conversation: Conversation, settle_seconds: int, unit: Unit
) -> None:
    """Have other conversations judged anew that share a decision with words deleted or edited in this one.

    What was noted of them may hold those words. Once they are out, what the others said is said without them; that is
    looked at when this judgement is logged.
    """
    concerned = [decision for decision in decisions if decision.words_changed(conversation.messages)]
    others: dict[str, tuple[Conversation, ConversationTouched]] = {}
    elsewhere = (receipt for decision in concerned for receipt in _cited_elsewhere(decision, conversation))
    for receipt in dict.fromkeys(elsewhere):
        root_ts = receipt.root_ts or receipt.ts
        touch = ConversationTouched(channel=conversation.channel, ts=receipt.ts, root_ts=root_ts, force=True)
        if (other := conversation_at(touch, unit)) is not None:
            others[other.id] = other, touch
    for other, touch in others.values():  # each once, however many of its messages are cited
        unit.stores.conversations.forget(unit.tenant_id, other)
        _look_later(touch, settle_seconds, unit)


def _cited_elsewhere(decision: Decision, conversation: Conversation) -> tuple[Evidence, ...]:
    here = {message.id for message in conversation.messages}
    return tuple(receipt for receipt in decision.evidence if receipt.message_id not in here)


def _forget_quotations(earlier: Iterable[Decision], conversation: Conversation, unit: Unit) -> None:
    """Have what people deleted forgotten by what quotes it beside the log: verdicts, and what dry runs found.

    A report of theirs may quote it by the title of the ticket that came of it, which may have moved since.
    """
    deleted = {message.place for message in conversation.messages if message.deleted}
    if not deleted:
        return
    unit.stores.conversations.forget_deleted(unit.tenant_id, conversation)
    left = _addresses([d for d in earlier if d.words_deleted(conversation.messages)], unit)

    def is_gone(address: str) -> bool:
        return address in left or place_of(address) in deleted

    change_dry_runs(lambda job: job.without_words(is_gone), unit)


def _addresses(decisions: Iterable[Decision], unit: Unit) -> Set[str]:
    """Where what these left stood when it was done, and where it stands now."""
    left = [(d.action.about_ticket or d.outcome.external_id, d.outcome.url) for d in decisions if d.outcome is not None]
    tickets = unit.stores.tickets.some(unit.tenant_id, {id for id, _ in left}) if left else ()
    moved = {ticket.page(url) for ticket in tickets for id, url in left if id == ticket.id}
    return {url for _, url in left} | moved


def _reconsidered(decision: Decision, conversation: Conversation, judged: Decision | None, unit: Unit) -> Decision:
    """Log what becomes of an earlier decision, whoever else changes it in this very moment.

    Args:
        decision: as the log had it.
        conversation: what was judged now.
        judged: the same work as it was judged now; None if it no longer follows.
        unit: of work.
    """
    for _ in range(ATTEMPTS):
        if decision.words_deleted(conversation.messages):
            after = _without_deleted_words(decision, conversation, judged, at=unit.now())
        elif decision.state not in OVER and not decision.undoing and is_deed_corrected(decision, conversation, unit):
            as_of = conversation.latest.received_at
            after = decision.ungrounded(revision=conversation.digest, as_of=as_of, at=unit.now())
        elif judged is None:
            after = _without_ground(decision, conversation, at=unit.now())
        else:
            after = decision
        if after == decision:
            return decision
        try:
            return unit.stores.decisions.replace(after, before=decision)
        except Conflict:
            decision = unit.stores.decisions.get(unit.tenant_id, decision.id)
    raise Contention("the decision keeps changing")


def _without_deleted_words(
    decision: Decision, conversation: Conversation, judged: Decision | None, *, at: datetime
) -> Decision:
    """Take words out that people have deleted: of the log, of a question, and of what stands in the tracker.

    What the same can be said without them rests on the others from now on.
    """
    if judged is not None and judged.action == decision.action:
        return decision.model_copy(update={"evidence": judged.evidence})
    revision, as_of = conversation.digest, conversation.latest.received_at
    # What stands in the tracker is known until it has been written over, or undone.
    stands = {name: getattr(decision, name) for name in ("performed_action", "intended_action")}
    if elsewhere := _cited_elsewhere(decision, conversation):
        stands["evidence"] = elsewhere
    if _is_text_there(decision):
        redacted = decision.redacted().model_copy(update=stands)
        if decision.action == redacted.action:
            return redacted
        return redacted.to_be_redone(redacted.action, revision=revision, as_of=as_of, at=at)
    if decision.undoing:
        return decision.redacted().model_copy(update=stands)
    if decision.state not in OVER:
        decision = decision.ungrounded(revision=revision, as_of=as_of, at=at)
    return decision.redacted().model_copy(update=stands)


def _without_ground(decision: Decision, conversation: Conversation, *, at: datetime) -> Decision:
    """Take back what rested on these messages alone, none of them deleted, and no longer follows from them.

    The analyst has to have seen the messages. What policy or a person has let through stays as long as its words do;
    who said yes to words that were edited since has said yes.
    """
    judged_ids = {message.id for message in conversation.shown_messages}
    if decision.undoing or decision.state in OVER or not decision.cites_only(judged_ids):
        return decision
    if decision.order is not None and not decision.words_changed(conversation.messages):
        return decision  # A person wants it, whatever else these words say.
    if decision.state in {DecisionState.LOGGED, DecisionState.PROPOSED} and decision.performed is None:
        gone = True
    else:
        approved = decision.unfinished and decision.decided_by is not None
        gone = not approved and decision.words_changed(conversation.messages)
    if not gone:  # What was taken back in a later word may be over by now all the same.
        return decision.unchanged_since_done() if decision.undo_proposed else decision
    return decision.ungrounded(revision=conversation.digest, as_of=conversation.latest.received_at, at=at)


def _is_text_there(decision: Decision) -> bool:
    gone = decision.state is DecisionState.UNDONE or (decision.undoing and decision.state is DecisionState.ACTING)
    return isinstance(decision.action, Comment | CreateTicket) and decision.performed is not None and not gone


def _enqueue(logged: Iterable[Decision], earlier: Mapping[str, Decision], unit: Unit) -> None:
    """Ask once for each subject that there is something to do or to show about, or that no longer is."""
    subjects: dict[str, Decision] = {}
    for decision in logged:
        before = earlier.get(decision.id, decision)
        # What a rule keeps from being asked may be on a card that still asks, if whoever was at that was interrupted.
        is_held = decision.held_by is not None
        if {decision.state, before.state} != {DecisionState.LOGGED} or decision.unfinished or is_held:
            subjects.setdefault(decision.subject.id, decision)
    for decision in subjects.values():
        request = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision.id)
        unit.queues.actions.put(request, group=unit.tenant_id)
