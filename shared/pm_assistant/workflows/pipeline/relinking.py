"""What was proposed is done on another ticket, because a person says that it is about that one."""

from typing import assert_never

from pm_assistant.domain.actions import (
    Action,
    ChangeTicket,
    CloseTree,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
)
from pm_assistant.domain.decisions import NOT_WANTED, Decision, DecisionState, decision_id
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.policy import POLICY_VERSION
from pm_assistant.domain.work import Team, Ticket, TicketState
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.deciders import names_of
from pm_assistant.workflows.pipeline.ticket_keys import ticket_with_key

FIELD = "ticket"


def meant_instead(decision: Decision, key: str | None, unit: Unit) -> tuple[Ticket, Action]:
    """The ticket that a person means by a key, and what is to be done with it.

    Raises:
        InvalidRequest: there is no such ticket, or the same cannot be done with it; says why, in words for people.
    """
    if not key or not key.strip():
        raise InvalidRequest(Translatable("say which ticket, by its key"), field=FIELD)
    key, index = key.strip().upper(), unit.stores.index.read(unit.tenant_id)
    ticket = ticket_with_key(key, index, unit)
    if ticket is None:
        raise InvalidRequest(Translatable("{ticket} is no ticket that I know", ticket=key), field=FIELD)
    if ticket.id in decision.action.tickets:
        raise InvalidRequest(Translatable("{ticket} is the ticket that it is about", ticket=ticket.key), field=FIELD)
    team = next(team for team in index.teams if team.id == ticket.team_id)
    return ticket, _same_with(decision.action, ticket, team)


def relink(decision: Decision, key: str | None, by: str, unit: Unit) -> Decision:
    """Have the same done on another ticket, and return the decision as it is without that; safe to repeat.

    What has been decided of that other ticket in this thread already is not done twice.

    Raises:
        InvalidRequest: as `meant_instead` says.
    """
    ticket, action = meant_instead(decision, key, unit)
    id = decision_id(unit.tenant_id, decision.subject, action)
    if id == decision.id:
        return decision.edited(by, action, at=unit.now())
    _have_done(_chosen(decision, id, action, by, unit), unit)
    return decision.dismissed(by, at=unit.now(), remark=f"other ticket: {ticket.key}")


def _chosen(decision: Decision, id: str, action: Action, by: str, unit: Unit) -> Decision:
    """What a person wants in a decision's place: it rests on the same words, and on that person's."""
    now, name = unit.now(), names_of([by], unit)[by]
    return Decision(
        id=id,
        tenant_id=decision.tenant_id,
        subject=decision.subject,
        action=action,
        confidence=1.0,
        reason=f"{name} says that it is about this ticket.",
        evidence=decision.evidence,
        private=decision.private,
        outside=decision.outside,
        asked_in=decision.asked_in,
        model=decision.model,
        policy=POLICY_VERSION,
        state=DecisionState.QUEUED,
        decided_by=by,
        answered_how="relink",
        settled=True,
        revision=decision.revision,
        as_of=decision.as_of,
        created_at=now,
        updated_at=now,
        keep_days=decision.keep_days,
    )


def _have_done(chosen: Decision, unit: Unit) -> None:
    log = unit.stores.decisions
    try:
        known = log.get(unit.tenant_id, chosen.id)
    except NotFound:
        log.save(chosen)
        return
    if known.state in {*NOT_WANTED, DecisionState.UNDONE} and known.performed is None:
        kept = {name: getattr(known, name) for name in ("created_at", "version", "withdrawals", "intended")}
        log.replace(chosen.model_copy(update=kept), before=known)


def _same_with(action: Action, ticket: Ticket, team: Team) -> Action:
    match action:
        case Comment():
            return action.model_copy(update={"ticket_id": ticket.id})
        case CreateTicket():
            return Comment(ticket_id=ticket.id, summary=action.words or action.title)
        case MoveTicket(to=to):
            there = _like(to, team)
            if there is None or not team.forwards(ticket.state, there):
                place = {"ticket": ticket.key, "state": ticket.state.name}
                raise InvalidRequest(
                    Translatable("{ticket} is at {state}, from where that is no step", **place), field=FIELD
                )
            return MoveTicket(ticket_id=ticket.id, to=there)
        case LinkPullRequest():
            return action.model_copy(update={"ticket_id": ticket.id})
        case ChangeTicket() | CloseTree() | Ignore():
            raise InvalidRequest(Translatable("it is about no one ticket"))
        case _:
            assert_never(action)


def _like(state: TicketState, team: Team) -> TicketState | None:
    """The state of another team that has the name, or else the first of the kind."""
    alike = [each for each in team.states if each.type is state.type]
    return next((each for each in team.states if each.name == state.name), next(iter(alike), None))
