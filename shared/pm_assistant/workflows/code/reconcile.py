"""Compare what a team says, plans and builds, and propose what brings its tickets back to the truth."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.answers import BUILT, Subject
from pm_assistant.domain.code import PullRequest, PullRequestFacts, Stage
from pm_assistant.domain.decisions import Decision, DecisionState, Evidence, bounded, decision_id
from pm_assistant.domain.disagreements import (
    MOMENTS,
    Disagreement,
    DisagreementKind,
    Picture,
    disagreements,
)
from pm_assistant.domain.index import Known
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.policy import POLICY_VERSION, ruled
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import MessageId, StateType, Team, TicketState
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.asking import log_and_ask, replace_and_show
from pm_assistant.workflows.code.likeness import look_for_tickets
from pm_assistant.workflows.code.linking import link_anew
from pm_assistant.workflows.code.picture import compared
from pm_assistant.workflows.code.removed import take_out_removed_code
from pm_assistant.workflows.code.trees import look_at_trees
from pm_assistant.workflows.connections.removed import take_out_removed

AGREED = "the sources agree again"
ALL_MERGED = "Merged, with nothing open that closes it: {}"
BEING_BUILT = "It is being built: {}"
JUDGED_BY = "rules"
IN_REVIEW = frozenset({Stage.REVIEW_REQUESTED, Stage.CHANGES_REQUESTED, Stage.APPROVED, Stage.QUEUED})
REVIEW = re.compile(r"review|prüf|revis|revue|relecture|レビュー|审查|審查", re.IGNORECASE)


def reconcile(job: Job, unit: Unit) -> Step:
    """Compare the sources and name where they disagree; a dry run does nothing about it.

    Raises:
        Conflict: a decision was changed at that very moment; repeat.
    """
    found = compare(unit, dry_run=job.order.dry_run)
    results = [each.model_dump(mode="json") for each in found]
    return Step(done=len(found), total=len(found), results=tuple(results))


def compare(unit: Unit, *, dry_run: bool = False) -> Sequence[Disagreement]:
    """Compare the sources and have done, or propose, what is missing in the tracker; returns where they disagree.

    Pull requests whose tickets came later than they did are linked. What was proposed before and is no longer called
    for is taken back, and what is no longer in the tracker is taken out. A ticket that somebody has touched since its
    work was merged is not moved unasked: that may have been on purpose.

    Raises:
        Conflict: a decision was changed at that very moment; repeat.
    """
    tenant = unit.stores.tenants.get(unit.tenant_id)
    picture, teams = compared(tenant, unit)
    if not dry_run and link_anew(picture.pull_requests, tenant, unit):
        picture, teams = compared(tenant, unit)
    found = disagreements(picture)
    decisions = list(_decisions(found, picture, teams, tenant))
    if not dry_run:
        logged = {decision.id: decision for decision in unit.stores.decisions.between(tenant.id, BUILT, "", "~")}
        log_and_ask(decisions, logged, unit)
        _withdraw([logged[id] for id in logged.keys() - {decision.id for decision in decisions}], unit)
        look_for_tickets(picture, tenant, unit)
        look_at_trees(unit)
        take_out_removed(unit)
        take_out_removed_code(picture.pull_requests, unit)
    return found


def _decisions(
    found: Sequence[Disagreement], picture: Picture, teams: Sequence[Team], tenant: Tenant
) -> Iterator[Decision]:
    """Where tickets are to be moved: what is merged is done, what is built is begun; the rest is for people to see."""
    tickets, team_of = {ticket.id: ticket for ticket in picture.tickets}, {team.id: team for team in teams}
    merged = {each.ticket_id: each.since for each in found if each.kind is DisagreementKind.MERGED_BUT_OPEN}
    for ticket_id, linked in picture.linked.items():
        ticket = tickets.get(ticket_id)
        if ticket is None or ticket.state.type.closed:
            continue
        team = team_of[ticket.team_id]
        shown = [(pr, facts) for pr, facts in linked if picture.shows(facts)]
        if ticket_id in merged:
            work = [(pr, facts) for pr, facts in shown if facts.merged_at and pr.closes(ticket_id)]
            to, since, reason = team.first(StateType.COMPLETED), merged[ticket_id], ALL_MERGED
        else:
            work = [(pr, facts) for pr, facts in shown if _is_work_for(ticket_id, pr, facts)]
            to, reason = _state_of_work(team, [pr for pr, _ in work]), BEING_BUILT
            since = min((facts.created_at for _, facts in work), default=picture.now)
        is_late = picture.now - since >= picture.waits(ticket, work_is_over=ticket_id in merged)
        if to is not None and team.forwards(ticket.state, to) and is_late:
            yield _move(ticket, to, work, picture, tenant, since=since, reason=reason)


def _is_work_for(ticket_id: str, pull_request: PullRequest, facts: PullRequestFacts) -> bool:
    """Whether the team is building it there: a draft may come to nothing, and a stranger's word is nobody's plan."""
    link = pull_request.link_to(ticket_id)
    is_planned = not (pull_request.stage.over or facts.draft or facts.by_outsider)
    return is_planned and link is not None and link.kind is not LinkKind.MENTIONS


def _state_of_work(team: Team, work: Sequence[PullRequest]) -> TicketState | None:
    """Where a ticket stands whose work is open: in review if somebody is to look at it, and the team has such a state.

    Trackers know no phase for that, so it is told by its name, in the languages that we have seen it in.
    """
    if not work:
        return None
    reviewed = any(pull_request.stage in IN_REVIEW for pull_request in work)
    review = (s for s in team.states if s.type is StateType.STARTED and REVIEW.search(s.name))
    return (next(review, None) if reviewed else None) or team.first(StateType.STARTED)


def _move(
    ticket: Known,
    to: TicketState,
    work: Sequence[tuple[PullRequest, PullRequestFacts]],
    picture: Picture,
    tenant: Tenant,
    *,
    since: datetime,
    reason: str,
) -> Decision:
    links = [link for pr, _ in work if (link := pr.link_to(ticket.id))]
    subject, action = Subject.built_for(ticket.id), MoveTicket(ticket_id=ticket.id, to=to)
    names = [f"{picture.repository_names[facts.repository_id]}#{facts.number}" for _, facts in work]
    content = "|".join(sorted(pr.id for pr, _ in work))
    decision = Decision(
        id=decision_id(tenant.id, subject, action),
        tenant_id=tenant.id,
        subject=subject,
        action=action,
        confidence=min(link.confidence for link in links),
        reason=reason.format(" and ".join(names)),
        evidence=bounded(
            tuple(Evidence(message_id=MessageId(f"{BUILT}:{pr.id}"), url=facts.url) for pr, facts in work)
        ),
        model=JUDGED_BY,
        policy=POLICY_VERSION,
        state=DecisionState.LOGGED,
        revision=hashlib.sha256(content.encode()).hexdigest()[:16],
        as_of=since,
        created_at=picture.now,
        updated_at=picture.now,
        keep_days=tenant.settings.retention_days,
    )
    touched = ticket.updated_at > since + MOMENTS
    return ruled(decision, tenant=tenant, private=touched)


def _withdraw(decisions: Iterable[Decision], unit: Unit) -> None:
    """Ask no longer for what the sources do not call for any more."""
    for decision in decisions:
        if decision.state is DecisionState.PROPOSED:
            replace_and_show(decision.withdrawn(AGREED, at=unit.now()), decision, unit)
