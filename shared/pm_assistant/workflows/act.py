"""Carry out decisions in the tracker and keep the subject's one card in its thread true."""

from datetime import datetime, timedelta

from pm_assistant.domain.decisions import (
    OPERATOR,
    ActionRequest,
    Comment,
    CreateTicket,
    Decision,
    DecisionState,
    MoveTicket,
    Outcome,
    Subject,
    external_id,
)
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamRejected
from pm_assistant.domain.reports import Card
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.wording import card_of, comment_body, ticket_body
from pm_assistant.ports import Cards, Chat, Decisions, Directory, Tenants, Tickets, Tracker

HOLD = timedelta(seconds=90)
"""Longer than the function may run, so that a hold never ends under its holder."""


def act(
    request: ActionRequest,
    *,
    decisions: Decisions,
    cards: Cards,
    tenants: Tenants,
    tickets: Tickets,
    directory: Directory,
    chat: Chat,
    tracker: Tracker,
    now: datetime,
) -> Decision:
    """Bring one decision to where the log says it should be; safe to repeat at any point.

    Two requests on one subject would race for its card, so the subject is held while one of them works.

    Raises:
        Conflict: another request holds the subject; repeat.
        UpstreamRejected: the tracker refused for good; the decision is `failed` and a repeat tries again.
        UpstreamUnavailable: the tracker or the chat did not answer; repeat.
    """
    decision = decisions.get(request.tenant_id, request.decision_id)
    tenant_id, subject = request.tenant_id, decision.subject
    if not cards.hold(tenant_id, subject.id, now=now, until=now + HOLD):
        raise Conflict(f"another action is under way on {subject.id}")
    try:
        decision = decisions.get(tenant_id, decision.id)
        if _counts(request, decision, directory):
            decision = _answer(request, decision, decisions=decisions, now=now)
        rejected: UpstreamRejected | None = None
        if decision.state in {DecisionState.QUEUED, DecisionState.FAILED}:
            try:
                outcome = _perform(decision, tenants=tenants, tickets=tickets, directory=directory, tracker=tracker)
                change = {
                    "state": DecisionState.DONE,
                    "performed": decision.revision,
                    "outcome": outcome,
                    "error": None,
                }
            except UpstreamRejected as error:
                rejected = error
                change = {"state": DecisionState.FAILED, "error": str(error)}
            decision = decisions.advance(
                decision.model_copy(update={**change, "updated_at": now}),
                expected=frozenset({DecisionState.QUEUED, DecisionState.FAILED}),
            )
        _show(decision, decisions=decisions, cards=cards, tickets=tickets, chat=chat)
        if rejected:
            raise rejected
        return decision
    finally:
        cards.let_go(tenant_id, subject.id)


def _counts(request: ActionRequest, decision: Decision, directory: Directory) -> bool:
    """Whether this is an answer, by one of the tenant's people, to exactly what is being asked."""
    if request.answer is None or decision.state is not DecisionState.PROPOSED:
        return False
    if request.revision is not None and request.revision != decision.revision:
        return False
    who = request.answered_by or ""
    return who.startswith(OPERATOR) or any(who == member.slack_id for member in directory.members(request.tenant_id))


def _answer(request: ActionRequest, decision: Decision, *, decisions: Decisions, now: datetime) -> Decision:
    state = DecisionState.QUEUED if request.answer == "approve" else DecisionState.DISMISSED
    change = {"state": state, "decided_by": request.answered_by, "updated_at": now}
    return decisions.advance(decision.model_copy(update=change), expected=frozenset({DecisionState.PROPOSED}))


def _perform(
    decision: Decision, *, tenants: Tenants, tickets: Tickets, directory: Directory, tracker: Tracker
) -> Outcome | None:
    tenant_id = decision.tenant_id
    match decision.action:
        case Comment(ticket_id=ticket_id, summary=summary):
            return tracker.comment(
                ticket_id, id=external_id(decision.id, "comment"), body=comment_body(summary, decision)
            )
        case CreateTicket(title=title, description=description, priority=priority):
            ticket, outcome = tracker.create(
                _home_team(tenant_id, tenants=tenants, directory=directory),
                id=external_id(decision.id, "ticket"),
                title=title,
                body=ticket_body(description, decision),
                priority=priority,
            )
        case MoveTicket(ticket_id=ticket_id, to=to):
            ticket, outcome = tracker.move(ticket_id, to)
        case _:
            return None
    tickets.put(tenant_id, ticket)
    return outcome


def _home_team(tenant_id: TenantId, *, tenants: Tenants, directory: Directory) -> str:
    chosen = tenants.get(tenant_id).settings.home_team_id
    if chosen:
        return chosen
    teams = directory.teams(tenant_id)
    if not teams:
        raise InvalidRequest("the tenant has no tracker team to create tickets in", field="settings.home_team_id")
    return min(teams, key=lambda team: team.key).id


def _show(decision: Decision, *, decisions: Decisions, cards: Cards, tickets: Tickets, chat: Chat) -> None:
    tenant_id, subject = decision.tenant_id, decision.subject
    shown = decisions.between(tenant_id, subject.channel, subject.root_ts, subject.root_ts)
    named = {d.action.ticket_id for d in shown if isinstance(d.action, Comment | MoveTicket)}
    card = card_of(shown, {ticket.id: ticket for ticket in tickets.some(tenant_id, named)})
    ts = cards.ts(tenant_id, subject.id)
    try:
        if ts and _updated(chat, subject, ts, card):
            return
        if card.entries:
            cards.put_ts(tenant_id, subject.id, chat.post(subject.channel, subject.root_ts, card))
    except NotFound:
        # People deleted the thread or asked us out of the channel: nobody is there to be shown anything.
        return


def _updated(chat: Chat, subject: Subject, ts: str, card: Card) -> bool:
    """Bring the card up to date; False if somebody removed it and it has to return because it asks something."""
    try:
        chat.update(subject.channel, ts, card)
    except NotFound:
        return not any(entry.awaits_answer for entry in card.entries)
    return True
