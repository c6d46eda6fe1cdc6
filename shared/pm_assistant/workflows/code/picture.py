"""What all sources say of a team's work now, and where they disagree: to look at, so that showing it loads little."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import takewhile

from pm_assistant.domain.code import PullRequest
from pm_assistant.domain.disagreements import LOOKED_BACK, Disagreement, Picture, disagreements
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.trees import Forest
from pm_assistant.domain.work import Team
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.queries import latest_pull_requests
from pm_assistant.workflows.tenants.audience import open_to_all

MERGED_SINCE = timedelta(days=90)
"""What was merged before is told of by nobody any more."""


def list_disagreements(unit: Unit) -> Sequence[Disagreement]:
    """All that does not agree now and that everybody may know of, what has lasted longest first."""
    picture, _ = compared(unit.stores.tenants.get(unit.tenant_id), unit)
    return disagreements(picture)


def compared(tenant: Tenant, unit: Unit) -> tuple[Picture, Sequence[Team]]:
    """What the sources say of what everybody may know of, and the teams whose tickets that is about."""
    now, stores, tenant_id = unit.now(), unit.stores, unit.tenant_id
    index = stores.index.read(tenant_id)
    teams = open_to_all(index.teams)
    readable = {team.id: team for team in teams}
    lately = takewhile(lambda pr: pr.facts is None or pr.facts.at >= now - MERGED_SINCE, _latest(unit, over=True))
    repositories = stores.code.repositories(tenant_id)
    picture = Picture(
        now=now,
        tickets=[head for head in index.tickets if head.team_id in readable],
        pull_requests=[*_latest(unit, over=False), *lately],
        decisions=[
            decision
            for decision in stores.decisions.since(tenant_id, now - LOOKED_BACK)
            if decision.subject.in_chat and not decision.private
        ],
        bots=tenant.settings.bots,
        repository_names={repository.id: repository.name for repository in repositories},
        private={repository.id for repository in repositories if repository.private},
        private_code=tenant.settings.private_code,
        forest=Forest(tickets=index.tickets, teams=readable),
    )
    return picture, teams


def _latest(unit: Unit, *, over: bool) -> Iterator[PullRequest]:
    return (pull_request for _, pull_request in latest_pull_requests(unit, over=over))
