"""What people have done from the chat's menus: what was said is tracked, or a ticket is made of their own words.

It goes the way of orders that are given in words: the same drafts, rules and answers. Whoever may not have it done, or
wants what cannot be, is told so alone.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import assert_never

from pm_assistant.domain.answers import FORM, Subject
from pm_assistant.domain.decisions import ActionRequest, Decision, external_id
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.reports import Notice
from pm_assistant.domain.surfaces import SurfaceRequest, TicketAsked, TicketWritten, TrackingAsked, TrackingChosen
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Conversation, Message, Team
from pm_assistant.language.orders.models import CreateOrder, NoteOrder, Order
from pm_assistant.language.text import keys
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.commands import refusal
from pm_assistant.presentation.forms import MOST_CHOICES, new_ticket_form, tracking_form
from pm_assistant.presentation.reasons import nothing_done
from pm_assistant.workflows.accounts.reader import texts_for
from pm_assistant.workflows.pipeline.conversations import decisions_in
from pm_assistant.workflows.pipeline.forms import TOO_LATE
from pm_assistant.workflows.pipeline.judge import likely_tickets
from pm_assistant.workflows.pipeline.orders import WHICH_TICKET, Refused, ordered_by_form
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.sending import send_once
from pm_assistant.workflows.surfaces.replying import tell_directly
from pm_assistant.workflows.tenants.audience import open_to_all

NOT_SAID = Translatable("I track what people say, and this is no person's")
NOT_READ = Translatable("the team does not let me read this channel")
GONE = Translatable("this is not there any more")


type Wanted = TrackingAsked | TicketAsked | TrackingChosen | TicketWritten


def answer_shortcut(wanted: Wanted, request: SurfaceRequest, unit: Unit) -> None:
    """Show the form that a shortcut opens, or have done what one was sent off with; safe to repeat.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
        Conflict: something else is being ordered in the same place right now; repeat.
    """
    match wanted:
        case TrackingAsked():
            offer_tracking(wanted, request, unit)
        case TicketAsked():
            offer_ticket(wanted, request, unit)
        case TrackingChosen():
            track(wanted, request, unit)
        case TicketWritten():
            write_ticket(wanted, request, unit)
        case _:
            assert_never(wanted)


def offer_tracking(asked: TrackingAsked, request: SurfaceRequest, unit: Unit) -> None:
    """Ask whoever used the shortcut what is to become of what was said, with the tickets that it may be about.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    with suppress(NotFound, NotConnected, AccessRevoked), unit.noticing_loss():
        reason = _objection(asked, request, unit) or _shown(asked, request, unit)
        if reason is not None:
            unit.chat.respond(asked.answer_to, refusal(reason, texts_for(request.user_id, unit)))


def offer_ticket(asked: TicketAsked, request: SurfaceRequest, unit: Unit) -> None:
    """Let whoever used the shortcut write a new ticket.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    with suppress(NotConnected, AccessRevoked), unit.noticing_loss():
        reason = reason_to_refuse(request.user_id, unit)
        if reason is None:
            try:
                teams = _teams(unit.stores.index.read(unit.tenant_id))
                unit.chat.open_form(asked.trigger_id, new_ticket_form(teams, texts_for(request.user_id, unit)))
            except NotFound:
                reason = TOO_LATE
        if reason is not None:
            _tell(reason, request, unit)


def track(chosen: TrackingChosen, request: SurfaceRequest, unit: Unit) -> None:
    """Have done what somebody chose for what was said; sent off twice, it is done once.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
        Conflict: something else is being ordered in the thread right now; repeat.
    """

    def ordered(tenant: Tenant, index: TeamIndex) -> Sequence[Decision]:
        channel, root_ts = chosen.thread.channel, chosen.thread.root_ts
        said = tuple(unit.stores.messages.thread(unit.tenant_id, channel, root_ts))
        if not any(not message.deleted for message in said):
            raise Refused(GONE)
        written = _written(chosen.words, chosen.thread, request, private=any(message.private for message in said))
        conversation = Conversation(channel=channel, messages=said)
        return ordered_by_form(_order(chosen), chosen.form, written, conversation, tenant, index, unit)

    def whisper(reason: str) -> None:
        thread = chosen.thread
        said = nothing_done(reason, texts_for(request.user_id, unit))
        unit.chat.post_ephemeral(thread.channel, thread.root_ts, request.user_id, said)

    _have_done(chosen.form, chosen.thread, ordered, request, unit, refuse=whisper)


def write_ticket(written: TicketWritten, request: SurfaceRequest, unit: Unit) -> None:
    """Have a ticket made of what somebody wrote, who is answered below their own words; sent off twice, it is one.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
        Conflict: the same is being done right now; repeat.
    """
    subject = Subject.written(written.form)

    def ordered(tenant: Tenant, index: TeamIndex) -> Sequence[Decision]:
        thread = _thread_of_own(written, request, unit)
        message = _written(written.words, thread, request).model_copy(update={"ts": thread.root_ts})
        order = CreateOrder(title=written.words, description=written.words, team=written.team)
        said = Conversation(channel=thread.channel, messages=(message,))
        decisions = ordered_by_form(order, written.form, message, said, tenant, index, unit)
        return [decision.model_copy(update={"subject": subject, "asked_in": thread}) for decision in decisions]

    _have_done(written.form, subject, ordered, request, unit, refuse=lambda reason: _tell(reason, request, unit))


def _objection(asked: TrackingAsked, request: SurfaceRequest, unit: Unit) -> str | None:
    """Why what was said cannot be tracked, or not by this person."""
    if (reason := reason_to_refuse(request.user_id, unit)) is not None:
        return reason
    if asked.message is None:
        return NOT_SAID
    tenant = unit.stores.tenants.get(unit.tenant_id)
    return None if tenant.settings.channels.reads(asked.message.channel) else NOT_READ


def _shown(asked: TrackingAsked, request: SurfaceRequest, unit: Unit) -> str | None:
    """Show the form; says why not, if so."""
    message = asked.message
    if message is None:
        return NOT_SAID
    index = unit.stores.index.read(unit.tenant_id)
    likely = likely_tickets(_said_with(message, unit), index, unit)
    known = bool(likely) and likely[0][1] > 1
    tickets = [ticket for ticket, _ in likely[:MOST_CHOICES]]
    try:
        texts = texts_for(request.user_id, unit)
        unit.chat.open_form(asked.trigger_id, tracking_form(message, tickets, _teams(index), texts, known=known))
    except NotFound:
        return TOO_LATE
    return None


def _said_with(message: Message, unit: Unit) -> Conversation:
    """The thread of a message; one that we were never told of is kept from now on, as said in private."""
    messages, tenant_id = unit.stores.messages, unit.tenant_id
    thread = messages.thread(tenant_id, message.channel, message.root_ts)
    if all(known.ts != message.ts for known in thread):
        days = unit.stores.tenants.get(tenant_id).settings.retention_days
        messages.record(tenant_id, message, keep_days=days)
        thread = messages.thread(tenant_id, message.channel, message.root_ts)
    return Conversation(channel=message.channel, messages=tuple(thread))


def _teams(index: TeamIndex) -> Sequence[Team]:
    return sorted(open_to_all(index.teams), key=lambda team: team.key)


def _order(chosen: TrackingChosen) -> Order:
    match chosen.what:
        case "create":
            words = chosen.words or None
            return CreateOrder(title=words, description=chosen.words, team=chosen.team)
        case "add":
            named = keys(chosen.ticket or "")
            if len(named) != 1:
                raise Refused(WHICH_TICKET)
            return NoteOrder(keys=tuple(named), text=chosen.words or None)
        case _:
            assert_never(chosen.what)


def _written(words: str, thread: Subject, request: SurfaceRequest, *, private: bool = False) -> Message:
    """What somebody wrote into a form, as if they had said it there."""
    return Message(
        channel=thread.channel,
        ts=f"{request.asked_at.timestamp():.6f}",
        root_ts=thread.root_ts,
        author=request.user_id,
        text=words,
        private=private,
        received_at=request.asked_at,
    )


def _have_done(
    form: str,
    subject: Subject,
    ordered: Callable[[Tenant, TeamIndex], Sequence[Decision]],
    request: SurfaceRequest,
    unit: Unit,
    *,
    refuse: Callable[[str], None],
) -> None:
    """Log what a form orders, once, and have it carried out."""
    stores, tenant_id = unit.stores, unit.tenant_id
    lease = unit.lease(f"form|{subject.id}", lasts=LEASE)
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss(), lease:
        logged = decisions_in(subject, unit)
        decisions = [d for d in logged if d.order is not None and d.order.message_id == f"{FORM}:{form}"]
        if not decisions:
            reason = reason_to_refuse(request.user_id, unit)
            try:
                made = ordered(stores.tenants.get(tenant_id), stores.index.read(tenant_id)) if reason is None else ()
            except Refused as refused:
                reason = str(refused)
            if reason is not None:
                refuse(reason)
                return
            decisions = [stores.decisions.save(decision) for decision in made]
        for decision in decisions:
            unit.queues.actions.put(ActionRequest(tenant_id=tenant_id, decision_id=decision.id), group=tenant_id)


def _thread_of_own(written: TicketWritten, request: SurfaceRequest, unit: Unit) -> Subject:
    """Where somebody is answered whose words stand in no channel: below those, in the conversation with us alone."""
    tenant_id, place = unit.tenant_id, f"{FORM}|{written.form}"
    channel = unit.chat.direct_channel(request.user_id)
    if (ts := unit.stores.cards.ts(tenant_id, place)) is None:
        id = external_id(f"{tenant_id}|{place}", "words")
        title = texts_for(request.user_id, unit).gettext("You said")
        said = Notice(id=id, title=title, text=written.words, link_text="", url="")
        send_once(
            f"words|{place}",
            unit,
            send=lambda: unit.chat.direct_message(request.user_id, said),
            find=lambda since: unit.chat.find_direct_message(request.user_id, said, since=since),
            remember=lambda sent: unit.stores.cards.put_ts(tenant_id, place, sent),
        )
        ts = unit.stores.cards.ts(tenant_id, place)
    return Subject(channel=channel, root_ts=ts or "")


def _tell(reason: str, request: SurfaceRequest, unit: Unit) -> None:
    """Tell somebody who is in no channel why nothing comes of it."""
    refused = refusal(reason, texts_for(request.user_id, unit))
    tell_directly("refusal", refused.title, refused.text, request, unit)
