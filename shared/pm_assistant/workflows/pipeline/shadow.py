"""What would have been asked and done while a team has us only watch, and whether people did it themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
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
from pm_assistant.domain.code import PullRequestId
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.index import TicketHead
from pm_assistant.domain.shadow import FOLLOWED_UP, ShadowReport, shadow_report
from pm_assistant.domain.work import Team
from pm_assistant.language.likeness import likeness, subject_of
from pm_assistant.ports.unit import Unit

LIKELY = 0.5
"""How alike a proposed ticket and one that people opened have to be."""
MOST_COMMENTS = 50
"""Comments of a ticket that are looked through, the latest ones."""


def report_on_shadow(since: datetime, unit: Unit) -> ShadowReport:
    """Say what would have been asked and done, kind by kind, and how often people did the same; without any words.

    It goes no further back than the tenant's plan.
    """
    tenant = unit.stores.tenants.get(unit.tenant_id)
    since = tenant.reaching(since, at=unit.now())
    decisions = unit.stores.decisions.since(unit.tenant_id, since)
    return shadow_report(
        decisions,
        did_themselves=_People(decisions, unit).did,
        on=tenant.settings.shadow,
        since=since,
        at=unit.now(),
    )


class _People:
    """What people did in the tracker and on pull requests themselves, as it can be seen now."""

    def __init__(self, decisions: Sequence[Decision], unit: Unit) -> None:
        self._unit = unit
        self._ours = {decision.outcome.external_id for decision in decisions if decision.outcome is not None}

    def did(self, decision: Decision) -> bool:
        """Whether people did what a decision would have done."""
        match decision.action:
            case MoveTicket(ticket_id=ticket_id, to=to):
                ticket = self._tickets.get(ticket_id)
                team = self._teams.get(ticket.team_id) if ticket is not None else None
                return ticket is not None and (ticket.state == to or bool(team and team.forwards(to, ticket.state)))
            case CloseTree(closings=closings):
                tickets = [self._tickets.get(closing.ticket_id) for closing in closings]
                return all(ticket is not None and ticket.state.type.closed for ticket in tickets)
            case Comment(ticket_id=ticket_id):
                comments = self._unit.stores.planning.comments(self._unit.tenant_id, ticket_id, limit=MOST_COMMENTS)
                theirs = (comment for comment in comments if comment.id not in self._ours and not comment.deleted)
                return any(_follows(comment.created_at, decision) for comment in theirs)
            case CreateTicket() as wanted:
                opened = (t for t in self._tickets.values() if t.id not in self._ours)
                return any(_follows(t.created_at, decision) and _is_alike(wanted, t) for t in opened)
            case LinkPullRequest(pull_request_id=id, ticket_id=ticket_id):
                known = self._unit.stores.code.pull_request(self._unit.tenant_id, PullRequestId(id))
                return known is not None and known.link_to(ticket_id) is not None
            case ChangeTicket() | Ignore():
                return False
            case _:
                assert_never(decision.action)

    @cached_property
    def _tickets(self) -> Mapping[str, TicketHead]:
        return {head.id: head for head in self._unit.stores.index.read(self._unit.tenant_id).tickets}

    @cached_property
    def _teams(self) -> Mapping[str, Team]:
        return {team.id: team for team in self._unit.stores.index.read(self._unit.tenant_id).teams}


def _follows(moment: datetime, decision: Decision) -> bool:
    """Whether something came after what was said, and soon enough to be because of it."""
    return decision.as_of <= moment < decision.created_at + FOLLOWED_UP


def _is_alike(wanted: CreateTicket, opened: TicketHead) -> bool:
    subjects = subject_of(wanted.title), subject_of(opened.title)
    return likeness(subjects[0], wanted.description, subjects[1], "") >= LIKELY
