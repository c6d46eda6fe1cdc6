"""Carry out decisions in the tracker and keep the subject's one card in its thread true."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import assert_never

from pm_assistant.domain.actions import (
    ChangeTicket,
    CloseTree,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
)
from pm_assistant.domain.answers import Edited
from pm_assistant.domain.decisions import (
    RUN_UNDONE,
    TICKET_GONE,
    ActionRequest,
    Answer,
    Decision,
    DecisionState,
    Outcome,
    external_id,
)
from pm_assistant.domain.drafts import NO_DETAILS
from pm_assistant.domain.editing import edited_action
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    Contention,
    Gone,
    InvalidRequest,
    NotConnected,
    NotFound,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.policy import objection
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Ticket
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.comments import comment_body, ticket_body
from pm_assistant.presentation.escaping import inert
from pm_assistant.workflows.accounts.rules import labels_that_matter
from pm_assistant.workflows.code.likeness import choose_link, planned_link, take_back_link
from pm_assistant.workflows.connections.queries import chat_url
from pm_assistant.workflows.jobs import is_undone
from pm_assistant.workflows.pipeline.cards import show_cards
from pm_assistant.workflows.pipeline.closing import (
    OPEN_AGAIN,
    close_tickets,
    lost_ground,
    planned_closings,
    reopen_tickets,
)
from pm_assistant.workflows.pipeline.confirming import confirm
from pm_assistant.workflows.pipeline.conversations import cited_messages, decisions_in
from pm_assistant.workflows.pipeline.drafting import team_and_details
from pm_assistant.workflows.pipeline.forms import open_form
from pm_assistant.workflows.pipeline.grading import learn
from pm_assistant.workflows.pipeline.muting import mute
from pm_assistant.workflows.pipeline.obey import obey
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse, reason_void, tell_gone, tell_refusal
from pm_assistant.workflows.pipeline.relinking import relink
from pm_assistant.workflows.pipeline.tickets import CLOCKS_DIFFER, forget_ticket

CHANGED_SINCE = "not taken back: people have changed it since"
OTHERS_REST_ON_IT = "not taken back: what was said elsewhere is noted on it"
STANDING = frozenset({DecisionState.ACTING, DecisionState.DONE, DecisionState.FAILED})
"""States in which an effect stands, or may."""
CHOOSES = frozenset({"approve", "edit", "relink"})
"""Answers by which a person says what it is."""
GIVES_UP_AFTER = timedelta(hours=24)
"""What has waited for less when a request is given up goes on waiting."""
MOST_STEPS = 8
"""How often a decision is looked at again because it was judged meanwhile; more judgements at once do not come."""


def act(request: ActionRequest, unit: Unit) -> Sequence[Decision]:
    """Bring all that is open on a decision's subject to where the log says it should be; safe to repeat at any point.

    Two requests on one subject would race for its card, so the subject is leased while one of them works. What takes an
    effect back is in the log before the tracker is called: whoever comes after a crash or a lost answer does it again,
    or takes it back. What waits for the tracker says so. In the tenant's quiet hours everything is done, and the card
    waits on `actions` until they are over; only a person who has just answered sees it at once. A tenant without a chat
    has its tracker kept all the same. Cards outlive the log: of a decision that is not kept any more nothing is done.

    Returns:
        All decisions of the subject, as the log now has them; none where nothing was answered.

    Raises:
        Conflict: another request is at work on the subject; repeat.
        UpstreamUnavailable: the tracker or the chat did not answer; repeat.
    """
    if request.opens is not None:
        open_form(request, request.opens, unit)
        return ()
    if request.mutes is not None:
        mute(request, request.mutes, unit)
        return ()
    stores, tenant_id = unit.stores, unit.tenant_id
    try:
        subject = stores.decisions.get(tenant_id, request.decision_id).subject
    except NotFound:
        tell_gone(request, unit)
        return ()
    with unit.lease(f"subject|{subject.id}", lasts=LEASE):
        decisions = decisions_in(subject, unit)
        if request.answer is not None:
            decisions = [_answered(d, request, unit) if d.id == request.decision_id else d for d in decisions]
            decisions = decisions_in(subject, unit) if request.answer == "relink" else decisions
            decisions = _chosen_among(decisions, request, unit)
        tenant = stores.tenants.get(tenant_id)  # An answer may have ended its trust in something else of the subject.
        failure = None
        if not request.only_show:
            decisions, failure = _work_off(obey(decisions, unit), tenant, unit)
            confirm(decisions, tenant, unit)
        try:
            decisions = show_cards(decisions, unit, answers_only=_postponed(request, tenant, unit))
        finally:
            if failure is not None:
                raise failure  # Whatever became of the card: this is what is to be tried again.
        return decisions


def give_up(request: ActionRequest, cause: str, unit: Unit, *, waited: bool) -> None:
    """Log that what a request was to do on its subject could not be done, and why; a person may have it tried again.

    Args:
        request: is given up.
        cause: why.
        unit: of work.
        waited: whether it was tried for as long as there is patience; what has not waited for so long goes on by a
            request of its own, and words that people deleted are taken out whenever the tracker is there again.

    Raises:
        Conflict: another request is at work on the subject; repeat.
    """
    stores, tenant_id = unit.stores, unit.tenant_id
    with suppress(NotFound):
        subject = stores.decisions.get(tenant_id, request.decision_id).subject
        with unit.lease(f"subject|{subject.id}", lasts=LEASE):
            for decision in decisions_in(subject, unit):
                has_waited = decision.waiting is not None and unit.now() - decision.waiting.since >= GIVES_UP_AFTER
                if not decision.unfinished or has_waited != waited or (waited and decision.removes_words):
                    continue
                wanted = decision.state in {DecisionState.QUEUED, DecisionState.ACTING}
                after = decision.failed(cause, at=unit.now()) if wanted else decision.not_undone(cause, at=unit.now())
                stores.decisions.replace(after, before=decision)
        _ask_to_show(request.decision_id, unit)


def _ask_to_show(decision_id: str, unit: Unit, *, delay_seconds: int = 0) -> None:
    """Have the card of a decision's thread brought up to date, and nothing else done."""
    showing = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision_id, only_show=True)
    unit.queues.actions.put(showing, group=unit.tenant_id, delay_seconds=delay_seconds)


def _answered(decision: Decision, request: ActionRequest, unit: Unit) -> Decision:
    """Log a person's answer, if it is one to exactly what is asked or has been done, and that person may give it."""
    if request.answer is None or _refused(request, decision, unit):
        return decision
    answer = "undo" if request.answer == "approve" and decision.undo_proposed else request.answer
    try:
        after = _after_answer(decision, answer, request, unit)
    except InvalidRequest as error:
        tell_refusal(request, decision, error.words, unit)
        return decision
    learn(decision, request, unit)
    how = decision.answered_how if answer == "retry" else answer
    return unit.stores.decisions.replace(after.model_copy(update={"answered_how": how}), before=decision)


def _chosen_among(decisions: Sequence[Decision], request: ActionRequest, unit: Unit) -> Sequence[Decision]:
    """The same, where a person has chosen one of several that cannot all be right: the others are not asked any more.

    Whoever says that it is about a ticket that none of them is about has chosen none.
    """
    answered = next((decision for decision in decisions if decision.id == request.decision_id), None)
    if answered is None or answered.decided_by is None or answered.answered_how not in CHOOSES:
        return decisions
    return [
        _passed_over(decision, answered.decided_by, request, unit)
        if decision.id in answered.alternatives and decision.state is DecisionState.PROPOSED
        else decision
        for decision in decisions
    ]


def _passed_over(decision: Decision, by: str, request: ActionRequest, unit: Unit) -> Decision:
    learn(decision, request.model_copy(update={"answer": "dismiss", "decision_id": decision.id}), unit)
    return unit.stores.decisions.replace(decision.passed_over(by, at=unit.now()), before=decision)


def _after_answer(decision: Decision, answer: Answer, request: ActionRequest, unit: Unit) -> Decision:
    by, now = request.answered_by, unit.now()
    match answer:
        case "undo":
            return decision.being_undone(by, at=now)
        case "retry":
            return decision.to_be_retried(by, at=now)
        case "dismiss" if decision.undo_proposed:
            return decision.kept(by, at=now)
        case "approve":
            return decision.approved(by, at=now, remark=request.remark)
        case "edit":
            return decision.edited(by, edited_action(decision.action, request.edited or Edited()), at=now)
        case "relink":
            return relink(decision, request.ticket, by or "", unit)
        case "dismiss":
            return decision.dismissed(by, at=now, remark=request.remark)
        case _:
            assert_never(answer)


def _refused(request: ActionRequest, decision: Decision, unit: Unit) -> bool:
    """Whether it is not to be answered so, or not by whoever did, by now; they are told why."""
    if _repeated(request, decision):
        return True
    try:
        reason = reason_void(request, request.answer, decision) or reason_to_refuse(request.answered_by or "", unit)
        if reason is not None:
            tell_refusal(request, decision, reason, unit)
    except (NotConnected, AccessRevoked):
        return True  # Who that is nobody can tell us any more, nor can they be told.
    return reason is not None


def _repeated(request: ActionRequest, decision: Decision) -> bool:
    """Whether the same person has said the same before: it was pressed twice, or came twice."""
    is_same = decision.answered_how == request.answer or request.answer == "retry"
    return is_same and decision.decided_by == request.answered_by and not decision.accepts(request.answer or "retry")


def _has_rested(decision: Decision, unit: Unit) -> bool:
    """Whether it is not done in one go with its answer: it waited for the tracker, or whoever was at work died."""
    return decision.waiting is not None or unit.now() - decision.updated_at > LEASE


def _lost_trust(actor: str, unit: Unit) -> bool:
    """Whether whoever said yes could not say so any more, by the time that the tracker is there again."""
    try:
        return reason_to_refuse(actor, unit) is not None
    except (NotConnected, AccessRevoked):
        return True


class _TrackerAway(Exception):
    """The tracker cannot be reached, or does not let us in; its cause says why."""


@contextmanager
def _calling_tracker(unit: Unit) -> Iterator[None]:
    try:
        with unit.noticing_loss():
            yield
    except (UpstreamUnavailable, AccessRevoked, NotConnected) as error:
        raise _TrackerAway from error


def _work_off(decisions: Sequence[Decision], tenant: Tenant, unit: Unit) -> tuple[Sequence[Decision], Exception | None]:
    """Bring each decision to its end; with them comes why some did not get there, if a repeat may help.

    Where the tracker is away the others would meet the same, and to ask for each may take longer than the function has.
    Where it does not let us in, a repeat helps nothing: connecting it again does.
    """
    away = False
    failure: Exception | None = None
    after: list[Decision] = []
    for decision in decisions:
        try:
            after.append(_waiting(decision, unit) if away else _brought_to_an_end(decision, tenant, unit))
        except _TrackerAway as error:
            away, cause = True, error.__cause__
            failure = cause if isinstance(cause, UpstreamUnavailable) else failure
            after.append(_waiting(unit.stores.decisions.get(unit.tenant_id, decision.id), unit))
        except Exception as error:  # one decision never stands in the way of the others
            failure = failure or error
            after.append(decision)
    if any(decision.state is DecisionState.FAILED or decision.gone for decision in after if decision not in decisions):
        # Its ticket may be gone, and with it what else was asked.
        after = list(decisions_in(decisions[0].subject, unit))
    return _without_what_went_along(after, unit), failure


def _without_what_went_along(decisions: Sequence[Decision], unit: Unit) -> Sequence[Decision]:
    """Of what was done on a ticket of the same thread that was taken back, nothing stands any more."""
    undone = [d for d in decisions if isinstance(d.action, CreateTicket) and d.state is DecisionState.UNDONE]
    undone_by = {d.outcome.external_id: d.decided_by for d in undone if d.outcome}
    after: list[Decision] = []
    for decision in decisions:
        ticket_id = decision.action.about_ticket
        if ticket_id in undone_by and (decision.undoable or decision.awaits_answer):
            gone = decision.gone_with_ticket(undone_by[ticket_id], at=unit.now())
            decision = unit.stores.decisions.replace(gone, before=decision)
        after.append(decision)
    return after


def _waiting(decision: Decision, unit: Unit) -> Decision:
    """Note that a decision waits for the tracker, if it is one that does."""
    if not decision.unfinished:
        return decision
    waiting = decision.waits_for(unit.provider(Role.TRACKER), at=unit.now())
    return decision if waiting == decision else unit.stores.decisions.replace(waiting, before=decision)


def _brought_to_an_end(decision: Decision, tenant: Tenant, unit: Unit) -> Decision:
    for _ in range(MOST_STEPS):
        if not decision.unfinished:
            return decision
        after = _step(decision, tenant, unit)
        try:
            decision = unit.stores.decisions.replace(after, before=decision)
        except Conflict:
            # It was judged again meanwhile. Nothing is lost: what may have come of the step is noted.
            decision = unit.stores.decisions.get(unit.tenant_id, decision.id)
    raise Contention("the decision keeps changing")


def _step(decision: Decision, tenant: Tenant, unit: Unit) -> Decision:
    """Take one step: note what is intended, do it, or take back what is not wanted."""
    if decision.undoing or decision.state not in {DecisionState.QUEUED, DecisionState.ACTING}:
        return _taken_back(decision, unit)
    if decision.decided_by is not None and _has_rested(decision, unit) and _lost_trust(decision.decided_by, unit):
        decision = decision.model_copy(update={"decided_by": None})  # It is to be allowed by the rules, or by another.
    labels = labels_that_matter(decision, tenant.rules, unit)
    cited = cited_messages(decision, unit)
    obstacle = objection(decision, tenant=tenant, cited=cited, at=unit.now(), labels=labels)
    if obstacle is not None:
        # Whoever has ordered it is owed an answer; of what nobody asked for, nothing is said.
        into = obstacle.into if decision.order is None else DecisionState.DISMISSED
        return decision.withdrawn(obstacle.reason, into=into, at=unit.now())
    if (reason := _calls_off(decision, unit)) is not None:  # It may come to be asked again: nobody has refused it.
        return decision.model_copy(update={"decided_by": None}).withdrawn(reason, at=unit.now())
    try:
        if decision.state is DecisionState.QUEUED:
            return decision.begun(_planned(decision, unit), at=unit.now())
        return decision.carried_out(_performed(decision, tenant, unit), at=unit.now())
    except Gone as error:
        return _without_its_ticket(decision, str(error), unit)
    except (UpstreamRejected, InvalidRequest) as error:
        return decision.failed(str(error), at=unit.now())


def _calls_off(decision: Decision, unit: Unit) -> str | None:
    """Why it is not to be done after all, if so: a person's own word outlives the run that asked for it."""
    if lost_ground(decision, unit):
        return OPEN_AGAIN
    is_unasked = decision.performed is None and decision.decided_by is None
    return RUN_UNDONE if is_unasked and is_undone(decision.run, unit) else None


def _without_its_ticket(decision: Decision, error: str, unit: Unit) -> Decision:
    """Nothing is asked any more about a ticket that is gone, be it answered just now; what nobody was asked, fails."""
    if (ticket_id := decision.action.about_ticket) is not None:
        forget_ticket(ticket_id, unit, at=unit.now())
    if decision.performed is None and decision.decided_by is not None:
        return decision.withdrawn(TICKET_GONE, at=unit.now())
    return decision.failed(error, at=unit.now())


def _taken_back(decision: Decision, unit: Unit) -> Decision:
    """Undo in the tracker what was done there; what people have gone on with stays, and the log says why."""
    effect = decision.intended
    try:
        taken_back, kept_because = (True, None) if effect is None else _put_back(decision, effect, unit)
    except (UpstreamRejected, InvalidRequest) as error:
        return decision.undo_refused(str(error), at=unit.now())
    if kept_because is not None and not taken_back:
        return decision.not_undone(kept_because, at=unit.now())
    if effect is not None and isinstance(decision.action, CreateTicket):
        forget_ticket(effect.external_id, unit, at=unit.now())
        _show_elsewhere(decision, effect.external_id, unit)
    if decision.undoing:
        return decision.undone(at=unit.now(), but=kept_because)
    return decision.cleared(at=unit.now())


def _put_back(decision: Decision, effect: Outcome, unit: Unit) -> tuple[bool, str | None]:
    """Whether any of an effect was taken back, and why not all of it was, if so."""
    if isinstance(decision.action, LinkPullRequest):
        take_back_link(decision.action, unit)
        return True, None
    if _rests_elsewhere(decision, effect.external_id, unit):
        return False, OTHERS_REST_ON_IT
    with _calling_tracker(unit):
        if effect.parts:
            return reopen_tickets(effect, unit)
        stakes = unit.tracker.undo(effect)
    return not stakes, f"{CHANGED_SINCE} ({', '.join(stakes)})" if stakes else None


def _rests_elsewhere(decision: Decision, ticket_id: str, unit: Unit) -> bool:
    """Whether what was said in other threads is noted on a ticket that we have made."""
    others = _elsewhere(decision, ticket_id, unit) if isinstance(decision.action, CreateTicket) else ()
    return any(other.effect is not None and other.state in STANDING for other in others)


def _postponed(request: ActionRequest, tenant: Tenant, unit: Unit) -> bool:
    """Put the showing off while it is quiet, unless somebody who is awake waits for it."""
    hours = tenant.settings.quiet_hours
    seconds_left = hours.seconds_left(unit.now()) if hours and request.answer is None else 0
    if seconds_left:
        _ask_to_show(request.decision_id, unit, delay_seconds=seconds_left)
    return seconds_left > 0


def _planned(decision: Decision, unit: Unit) -> Outcome | None:
    """What an action is going to leave, and how to take that back."""
    match decision.action:
        case Ignore():
            return None
        case CloseTree():
            with _calling_tracker(unit):
                return planned_closings(decision.action, unit)
        case LinkPullRequest():
            return planned_link(decision.action, unit)
        case Comment() | CreateTicket() | MoveTicket() | ChangeTicket():
            with _calling_tracker(unit):
                return unit.tracker.planned(decision.action, id=_external_id(decision))
        case _:
            assert_never(decision.action)


def _performed(decision: Decision, tenant: Tenant, unit: Unit) -> Outcome | None:
    """Do in the tracker what was decided; done already, nothing changes."""
    match decision.action:
        case Comment(ticket_id=ticket_id, summary=summary):
            body = comment_body(summary, decision, base_url=chat_url(unit))
            with _calling_tracker(unit):
                return unit.tracker.comment(ticket_id, id=_external_id(decision), body=body)
        case CreateTicket():
            ticket, outcome = _created(decision, decision.action, tenant, unit)
        case MoveTicket() | ChangeTicket():
            ticket, outcome = _changed(decision.action, unit)
        case CloseTree():
            with _calling_tracker(unit):
                return close_tickets(decision.action, unit)
        case LinkPullRequest():
            return choose_link(decision.action, decision, unit)
        case Ignore():
            return None
        case _:
            assert_never(decision.action)
    unit.stores.tickets.put(unit.tenant_id, ticket)
    if isinstance(decision.action, CreateTicket) and decision.outcome is not None:
        _show_elsewhere(decision, ticket.id, unit)
    return outcome


def _changed(action: MoveTicket | ChangeTicket, unit: Unit) -> tuple[Ticket, Outcome]:
    """A ticket that there is, in its new state or with another value in a field."""
    with _calling_tracker(unit):
        if isinstance(action, MoveTicket):
            return unit.tracker.move(action.ticket_id, action.to, backwards=action.backwards)
        return unit.tracker.change(action)


def _created(decision: Decision, action: CreateTicket, tenant: Tenant, unit: Unit) -> tuple[Ticket, Outcome]:
    """The new ticket; one that is there and reads as we left it says what it is to say now."""
    before = decision.outcome
    title, body = inert(action.title), ticket_body(action, decision, base_url=chat_url(unit))
    team_id, details = team_and_details(action, decision, tenant, unit)
    new = partial(
        unit.tracker.create, team_id, id=_external_id(decision), title=title, body=body, priority=action.priority
    )
    with _calling_tracker(unit):
        try:
            ticket, outcome = new(details=details if before is None else NO_DETAILS)
        except UpstreamRejected:
            if details == NO_DETAILS:
                raise
            ticket, outcome = new()  # What it was to hang on went in this very moment: better without it than not.
        if before is None:
            return ticket, outcome
        digest = before.text_digest
        if digest == ticket.text_digest:
            ticket = unit.tracker.rewrite(ticket.id, title=title, body=body)
            digest = ticket.text_digest
        return ticket, outcome.model_copy(update={"text_digest": digest})


def _show_elsewhere(decision: Decision, ticket_id: str, unit: Unit) -> None:
    """Have other threads' cards show what has become of a ticket of ours: they name it by words that may be deleted."""
    for id in {other.subject.id: other.id for other in _elsewhere(decision, ticket_id, unit)}.values():
        _ask_to_show(id, unit)


def _elsewhere(decision: Decision, ticket_id: str, unit: Unit) -> Sequence[Decision]:
    """What other threads have decided about a ticket that this decision has made."""
    later = unit.stores.decisions.since(unit.tenant_id, decision.created_at - CLOCKS_DIFFER)
    return [other for other in later if other.action.about_ticket == ticket_id and other.subject != decision.subject]


def _external_id(decision: Decision) -> str:
    part = "ticket" if isinstance(decision.action, CreateTicket) else "comment"
    return external_id(decision.id, f"{part}-{decision.withdrawals}" if decision.withdrawals else part)
