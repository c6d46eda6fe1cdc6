"""Compare what a team says, plans and builds, and propose what brings its tickets back to the truth."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.answers import BUILT, ActionRequest, Subject
from pm_assistant.domain.code import PullRequest
from pm_assistant.domain.decisions import Decision, DecisionState, Evidence, bounded, decision_id
from pm_assistant.domain.disagreements import (
    LOOKED_BACK,
    MOMENTS,
    Disagreement,
    DisagreementKind,
    Picture,
    disagreements,
)
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.policy import initial_state
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import MessageId, StateType, Team, Ticket, TicketState
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.tenants.audience import public_teams, public_tickets

BATCH = 100
MERGED_SINCE = timedelta(days=90)
"""What was merged before is told of by nobody any more."""
AGREED = "the sources agree again"
JUDGED_BY = "rules"


def list_disagreements(unit: Unit) -> Sequence[Disagreement]:
    """All that does not agree now and that everybody may know of, what has lasted longest first."""
    return disagreements(_picture(unit.stores.tenants.get(unit.tenant_id), unit))


def reconcile(job: Job, unit: Unit) -> Step:
    """Compare the sources and have done, or propose, what is missing in the tracker; a dry run says what that would be.

    What was proposed before and is no longer called for is taken back. A ticket that somebody has touched since its
    work was merged is not moved unasked: that may have been on purpose.

    Raises:
        Conflict: a decision was changed at that very moment; repeat.
    """
    tenant = unit.stores.tenants.get(unit.tenant_id)
    picture = _picture(tenant, unit)
    found = disagreements(picture)
    decisions = list(_decisions(found, picture, tenant, unit))
    if not job.order.dry_run:
        decisions = [unit.stores.decisions.save(decision) for decision in decisions]
        _ask_for(decisions, unit)
        _withdraw({decision.id for decision in decisions}, unit)
    results = [each.model_dump(mode="json") for each in found]
    return Step(done=len(found), total=len(found), results=tuple(results))


def _picture(tenant: Tenant, unit: Unit) -> Picture:
    now, stores, tenant_id = unit.now(), unit.stores, unit.tenant_id
    return Picture(
        now=now,
        tickets=public_tickets(stores.tickets.all(tenant_id), unit),
        pull_requests=[*_latest(unit, over=False), *_latest(unit, over=True, since=now - MERGED_SINCE)],
        decisions=[
            decision
            for decision in stores.decisions.since(tenant_id, now - LOOKED_BACK)
            if decision.subject.in_chat and not decision.private
        ],
        bots=tenant.settings.bots,
        repository_names={repository.id: repository.name for repository in stores.code.repositories(tenant_id)},
    )


def _latest(unit: Unit, *, over: bool, since: datetime | None = None) -> Iterator[PullRequest]:
    code, before = unit.stores.code, None
    while batch := code.latest_pull_requests(unit.tenant_id, over=over, before=before, limit=BATCH):
        for place, pull_request in batch:
            if since is not None and pull_request.facts is not None and pull_request.facts.at < since:
                return
            yield pull_request
            before = place


def _decisions(found: Sequence[Disagreement], picture: Picture, tenant: Tenant, unit: Unit) -> Iterator[Decision]:
    """What is to be done about what was found: what is merged is moved, everything else is for people to see."""
    tickets = {ticket.id: ticket for ticket in picture.tickets}
    teams = {team.id: team for team in public_teams(unit)}
    for each in found:
        if each.kind is not DisagreementKind.MERGED_BUT_OPEN or each.ticket_id is None:
            continue
        ticket = tickets[each.ticket_id]
        done = _done_state(ticket, teams)
        if done is not None:
            yield _move(each, ticket, done, picture, tenant)


def _done_state(ticket: Ticket, teams: Mapping[str, Team]) -> TicketState | None:
    """Where the team's workflow says that a ticket is done: the first such state."""
    team = teams.get(ticket.team_id)
    return next((state for state in team.states if state.type is StateType.COMPLETED), None) if team else None


def _move(disagreement: Disagreement, ticket: Ticket, to: TicketState, picture: Picture, tenant: Tenant) -> Decision:
    merged = [
        (pr, pr.facts, link)
        for pr in picture.pull_requests
        if pr.facts and pr.facts.merged_at and pr.closes(ticket.id) and (link := pr.link_to(ticket.id))
    ]
    subject, action = Subject.built_for(ticket.id), MoveTicket(ticket_id=ticket.id, to=to)
    names = [f"{picture.repository_names.get(f.repository_id, '')}#{f.number}" for _, f, _ in merged]
    content = "|".join(sorted(f"{pr.id}@{facts.merged_at}" for pr, facts, _ in merged))
    decision = Decision(
        id=decision_id(tenant.id, subject, action),
        tenant_id=tenant.id,
        subject=subject,
        action=action,
        confidence=min(link.confidence for _, _, link in merged),
        reason=f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} merged, and nothing that closes it is open",
        evidence=bounded(
            tuple(Evidence(message_id=MessageId(f"{BUILT}:{pr.id}"), url=facts.url) for pr, facts, _ in merged)
        ),
        model=JUDGED_BY,
        state=DecisionState.LOGGED,
        revision=hashlib.sha256(content.encode()).hexdigest()[:16],
        as_of=disagreement.since,
        created_at=picture.now,
        updated_at=picture.now,
        keep_days=tenant.settings.retention_days,
    )
    touched = ticket.updated_at > disagreement.since + MOMENTS
    state = initial_state(decision, settings=tenant.settings, private=touched)
    return decision.model_copy(update={"state": state, "private": False})


def _ask_for(decisions: Sequence[Decision], unit: Unit) -> None:
    for decision in decisions:
        if decision.unfinished:
            request = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision.id)
            unit.queues.actions.put(request, group=unit.tenant_id)


def _withdraw(called_for: set[str], unit: Unit) -> None:
    """Ask no longer for what the sources do not call for any more."""
    decisions = unit.stores.decisions
    for decision in decisions.between(unit.tenant_id, BUILT, "", "~"):
        if decision.state is DecisionState.PROPOSED and decision.id not in called_for:
            after = decision.withdrawn(AGREED, into=DecisionState.DISMISSED, at=unit.now())
            decisions.replace(after, before=decision)
