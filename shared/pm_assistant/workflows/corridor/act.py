"""Carry out decisions in the tracker and keep the subject's one card in its thread true."""

from datetime import datetime, timedelta

from pm_assistant.domain.decisions import (
    CALLERS,
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
from pm_assistant.ports.corridor import Cards, Decisions, Tickets
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.tenants import Directory, Tenants
from pm_assistant.ports.vendors import Chat, Tracker
from pm_assistant.presentation.cards import card_of
from pm_assistant.presentation.comments import comment_body, ticket_body

HOLD = timedelta(seconds=90)
"""Longer than the function may run, so that a hold never ends under its holder."""
LONGEST_DELAY = 900
"""In seconds; a queue holds a message back no longer."""
CHANGED_SINCE = "not taken back: people have changed it since"


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
    actions: Queue,
    now: datetime,
) -> Decision:
    """Bring one decision to where the log says it should be; safe to repeat at any point.

    Two requests on one subject would race for its card, so the subject is held while one of them works. In the
    tenant's quiet hours everything is done, and the card waits on `actions` until they are over; only a person who
    has just answered sees it at once.

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
        rejected: UpstreamRejected | None = None
        if _counts(request, decision, directory):
            if request.answer == "undo":
                decision, rejected = _take_back(
                    request, decision, decisions=decisions, tickets=tickets, tracker=tracker, now=now
                )
            else:
                decision = _answer(request, decision, decisions=decisions, now=now)
        if decision.state in {DecisionState.QUEUED, DecisionState.FAILED} and not request.only_show:
            decision, rejected = _carry_out(
                decision,
                decisions=decisions,
                tenants=tenants,
                tickets=tickets,
                directory=directory,
                tracker=tracker,
                now=now,
            )
        if not _postponed(request, tenants=tenants, actions=actions, now=now):
            _show(decision, decisions=decisions, cards=cards, tickets=tickets, chat=chat)
        if rejected:
            raise rejected
        return decision
    finally:
        cards.let_go(tenant_id, subject.id)


def _counts(request: ActionRequest, decision: Decision, directory: Directory) -> bool:
    """Whether this is an answer, by somebody who may give it, to exactly what is being asked or has been done."""
    match request.answer:
        case None:
            return False
        case "undo":
            fits = decision.undoable
        case _:
            fits = decision.state is DecisionState.PROPOSED and request.revision in {None, decision.revision}
    who = request.answered_by or ""
    return fits and (
        who.startswith((OPERATOR, *CALLERS))
        or any(who == member.slack_id for member in directory.members(request.tenant_id))
    )


def _answer(request: ActionRequest, decision: Decision, *, decisions: Decisions, now: datetime) -> Decision:
    state = DecisionState.QUEUED if request.answer == "approve" else DecisionState.DISMISSED
    change = {"state": state, "decided_by": request.answered_by, "remark": request.remark, "updated_at": now}
    return decisions.advance(decision.model_copy(update=change), expected=frozenset({DecisionState.PROPOSED}))


def _take_back(
    request: ActionRequest,
    decision: Decision,
    *,
    decisions: Decisions,
    tickets: Tickets,
    tracker: Tracker,
    now: datetime,
) -> tuple[Decision, UpstreamRejected | None]:
    """Undo in the tracker what was done there; what people have gone on with stays, and the log says why."""
    outcome, rejected = decision.outcome, None
    change: dict[str, object] = {"error": CHANGED_SINCE}
    try:
        if outcome is not None and tracker.undo(outcome):
            change = {"state": DecisionState.UNDONE, "decided_by": request.answered_by, "error": None}
            if isinstance(decision.action, CreateTicket):
                tickets.remove(decision.tenant_id, outcome.external_id, at=now)
    except UpstreamRejected as error:
        rejected, change = error, {"error": str(error)}
    wanted = decision.model_copy(update={**change, "updated_at": now})
    return decisions.advance(wanted, expected=frozenset({DecisionState.DONE})), rejected


def _carry_out(
    decision: Decision,
    *,
    decisions: Decisions,
    tenants: Tenants,
    tickets: Tickets,
    directory: Directory,
    tracker: Tracker,
    now: datetime,
) -> tuple[Decision, UpstreamRejected | None]:
    """Do in the tracker what was decided, and log that it is done or why it cannot be."""
    rejected = None
    try:
        outcome = _perform(decision, tenants=tenants, tickets=tickets, directory=directory, tracker=tracker)
        change = {"state": DecisionState.DONE, "performed": decision.revision, "outcome": outcome, "error": None}
    except UpstreamRejected as error:
        rejected = error
        change = {"state": DecisionState.FAILED, "error": str(error)}
    wanted = decision.model_copy(update={**change, "updated_at": now})
    expected = frozenset({DecisionState.QUEUED, DecisionState.FAILED})
    return decisions.advance(wanted, expected=expected), rejected


def _postponed(request: ActionRequest, *, tenants: Tenants, actions: Queue, now: datetime) -> bool:
    """Put the showing off while it is quiet, unless somebody who is awake waits for it."""
    hours = tenants.get(request.tenant_id).settings.quiet_hours
    left = hours.seconds_left(now) if hours and request.answer is None else 0
    if left:
        later = ActionRequest(tenant_id=request.tenant_id, decision_id=request.decision_id, only_show=True)
        actions.put(later, group=request.tenant_id, delay_seconds=min(left, LONGEST_DELAY))
    return left > 0


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
