"""Carry out decisions in the tracker and keep the subject's one card in its thread true."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import assert_never

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import (
    ActionRequest,
    Decision,
    DecisionState,
    Outcome,
    Subject,
    external_id,
)
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotConnected, NotFound, UpstreamRejected
from pm_assistant.domain.reports import Card
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import card_of
from pm_assistant.presentation.comments import comment_body, inert, ticket_body
from pm_assistant.workflows.connections.queries import chat_url
from pm_assistant.workflows.corridor.answering import reason_to_refuse
from pm_assistant.workflows.sending import send_once
from pm_assistant.workflows.tenants.audience import public_teams, public_tickets

LEASE = timedelta(seconds=90)
"""Longer than the function may run, so that a lease never ends under its holder."""
LONGEST_DELAY = 900
"""In seconds; a queue holds a message back no longer."""
CHANGED_SINCE = "not taken back: people have changed it since"


def act(request: ActionRequest, unit: Unit) -> Decision:
    """Bring one decision to where the log says it should be; safe to repeat at any point.

    Two requests on one subject would race for its card, so the subject is leased while one of them works. In the
    tenant's quiet hours everything is done, and the card waits on `actions` until they are over; only a person who
    has just answered sees it at once. A tenant without a chat has its tracker kept all the same.

    Raises:
        Conflict: another request is at work on the subject; repeat.
        UpstreamRejected: the tracker refused for good; the decision is `failed` and a repeat tries again.
        UpstreamUnavailable: the tracker or the chat did not answer; repeat.
    """
    decision = unit.stores.decisions.get(unit.tenant_id, request.decision_id)
    with unit.lease(f"subject|{decision.subject.id}", lasts=LEASE):
        decision = unit.stores.decisions.get(unit.tenant_id, decision.id)
        tenant = unit.stores.tenants.get(unit.tenant_id)
        rejected: UpstreamRejected | None = None
        if _fits(request, decision) and not _refused(request, decision, unit):
            if request.answer == "undo":
                decision, rejected = _undo(request, decision, unit)
            else:
                decision = _answer(request, decision, unit)
        if decision.state in {DecisionState.QUEUED, DecisionState.FAILED} and not request.only_show:
            decision, rejected = _carry_out(decision, tenant, unit)
        if not _postponed(request, tenant, unit):
            decision = _noted(decision, _show_card(decision, unit), unit)
        if rejected:
            raise rejected
        return decision


def _fits(request: ActionRequest, decision: Decision) -> bool:
    """Whether this is an answer to exactly what is being asked or has been done."""
    match request.answer:
        case None:
            return False
        case "undo":
            return decision.undoable
        case "approve" | "dismiss":
            return decision.state is DecisionState.PROPOSED and request.revision in {None, decision.revision}
        case _:
            assert_never(request.answer)


def _refused(request: ActionRequest, decision: Decision, unit: Unit) -> bool:
    """Whether whoever answered may not; they are told so, and nobody else is."""
    account, subject = request.answered_by or "", decision.subject
    reason = reason_to_refuse(account, unit)
    if reason is not None and account:
        with suppress(NotFound):
            unit.chat.post_ephemeral(subject.channel, subject.root_ts, account, f"Nothing was done: {reason}.")
    return reason is not None


def _answer(request: ActionRequest, decision: Decision, unit: Unit) -> Decision:
    answered = decision.approved if request.answer == "approve" else decision.dismissed
    return _advance(decision, answered(request.answered_by, at=unit.now(), remark=request.remark), unit)


def _undo(request: ActionRequest, decision: Decision, unit: Unit) -> tuple[Decision, UpstreamRejected | None]:
    """Undo in the tracker what was done there; what people have gone on with stays, and the log says why."""
    outcome, now, rejected = decision.outcome, unit.now(), None
    after = decision.not_undone(CHANGED_SINCE, at=now)
    try:
        if outcome is not None and unit.tracker.undo(outcome):
            after = decision.undone(request.answered_by, at=now)
            if isinstance(decision.action, CreateTicket):
                unit.stores.tickets.remove(unit.tenant_id, outcome.external_id, at=now)
    except UpstreamRejected as error:
        rejected, after = error, decision.not_undone(str(error), at=now)
    return _advance(decision, after, unit), rejected


def _carry_out(decision: Decision, tenant: Tenant, unit: Unit) -> tuple[Decision, UpstreamRejected | None]:
    """Do in the tracker what was decided, and log that it is done or why it cannot be."""
    rejected = None
    try:
        after = decision.carried_out(_perform(decision, tenant, unit), at=unit.now())
    except UpstreamRejected as error:
        rejected, after = error, decision.failed(str(error), at=unit.now())
    return _advance(decision, after, unit), rejected


def _advance(before: Decision, after: Decision, unit: Unit) -> Decision:
    return unit.stores.decisions.advance(after, expected=frozenset({before.state}))


def _postponed(request: ActionRequest, tenant: Tenant, unit: Unit) -> bool:
    """Put the showing off while it is quiet, unless somebody who is awake waits for it."""
    hours = tenant.settings.quiet_hours
    seconds_left = hours.seconds_left(unit.now()) if hours and request.answer is None else 0
    if seconds_left:
        card_request = ActionRequest(tenant_id=request.tenant_id, decision_id=request.decision_id, only_show=True)
        unit.queues.actions.put(card_request, group=request.tenant_id, delay_seconds=min(seconds_left, LONGEST_DELAY))
    return seconds_left > 0


def _perform(decision: Decision, tenant: Tenant, unit: Unit) -> Outcome | None:
    match decision.action:
        case Comment(ticket_id=ticket_id, summary=summary):
            body = comment_body(summary, decision, base_url=chat_url(unit))
            return unit.tracker.comment(ticket_id, id=external_id(decision.id, "comment"), body=body)
        case CreateTicket(title=title, description=description, priority=priority):
            ticket, outcome = unit.tracker.create(
                _home_team(tenant, unit),
                id=external_id(decision.id, "ticket"),
                title=inert(title),
                body=ticket_body(description, decision, base_url=chat_url(unit)),
                priority=priority,
            )
        case MoveTicket(ticket_id=ticket_id, to=to):
            ticket, outcome = unit.tracker.move(ticket_id, to)
        case Ignore():
            return None
        case _:
            assert_never(decision.action)
    unit.stores.tickets.put(unit.tenant_id, ticket)
    return outcome


def _home_team(tenant: Tenant, unit: Unit) -> str:
    if tenant.settings.home_team_id:
        return tenant.settings.home_team_id
    teams = public_teams(unit)
    if not teams:
        raise InvalidRequest("the tenant has no tracker team to create tickets in", field="settings.home_team_id")
    return min(teams, key=lambda team: team.key).id


def _noted(decision: Decision, not_shown: str | None, unit: Unit) -> Decision:
    """Note once why a decision's card cannot be shown, and that it can be again: the list of decisions says so."""
    if decision.not_shown == not_shown:
        return decision
    try:
        return _advance(decision, decision.model_copy(update={"not_shown": not_shown}), unit)
    except Conflict:
        return decision  # Somebody changed it in this very moment, and asks for its card, too.


def _show_card(decision: Decision, unit: Unit) -> str | None:
    """Bring the card of a decision's thread up to date; says why if there is no showing it."""
    tenant_id, subject, stores = unit.tenant_id, decision.subject, unit.stores
    decisions = stores.decisions.between(tenant_id, subject.channel, subject.root_ts, subject.root_ts)
    ticket_ids = {d.action.about_ticket for d in decisions if d.action.about_ticket}
    tickets = stores.tickets.some(tenant_id, ticket_ids)
    public = {ticket.id: ticket for ticket in public_tickets(tickets, unit)}
    card = card_of(decisions, public, withheld={ticket.id for ticket in tickets} - public.keys())
    ts = stores.cards.ts(tenant_id, subject.id)

    def found_again(since: datetime) -> str | None:
        found = unit.chat.find_card(subject.channel, subject.root_ts, card, since=since)
        return found if found and _updated(subject, found, card, unit) else None

    try:
        if ts and _updated(subject, ts, card, unit):
            return None
        if card.entries:
            send_once(
                f"card|{subject.id}",
                unit,
                send=lambda: unit.chat.post(subject.channel, subject.root_ts, card),
                find=found_again,
                remember=lambda posted: stores.cards.put_ts(tenant_id, subject.id, posted),
            )
    except (NotConnected, NotFound) as error:
        # People deleted the thread, closed the channel to us or disconnected the chat. That is how things are there,
        # and no fault of this message: what was done stands, and what is asked can be answered elsewhere.
        return str(error)
    return None


def _updated(subject: Subject, ts: str, card: Card, unit: Unit) -> bool:
    """Bring the card up to date; False if somebody removed it and it has to return because it asks something."""
    try:
        unit.chat.update(subject.channel, ts, card)
    except NotFound:
        return not any(entry.awaits_answer for entry in card.entries)
    return True
