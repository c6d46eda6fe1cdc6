"""What all sources say of a team's work now, and where they disagree: to look at, so that showing it loads little."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from pm_assistant.domain.code import PullRequest
from pm_assistant.domain.disagreements import LOOKED_BACK, Disagreement, Picture, disagreements
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.trees import Forest
from pm_assistant.domain.work import Team
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.queries import latest_pull_requests
from pm_assistant.workflows.tenants.audience import open_to_all

MERGED_SINCE = timedelta(days=90)
"""What was merged before is told of by nobody any more."""


def list_disagreements(tenant: Tenant, unit: Unit, index: TeamIndex | None = None) -> Sequence[Disagreement]:
    """All that does not agree now and that everybody may know of, what has lasted longest first."""
    picture, _ = compared(tenant, unit, index)
    return disagreements(picture)


def compared(tenant: Tenant, unit: Unit, index: TeamIndex | None = None) -> tuple[Picture, Sequence[Team]]:
    """What the sources say of what everybody may know of, and the teams whose tickets that is about.

    The `index` is read where whoever asks has not done so.
    """
    now, stores, tenant_id = unit.now(), unit.stores, unit.tenant_id
    with unit.side_by_side() as reads:
        found_lately = reads.submit(_over_since, now - MERGED_SINCE, unit)
        found_open = reads.submit(_open, unit)
        found_decisions = reads.submit(stores.decisions.since, tenant_id, now - LOOKED_BACK)
        found_repositories = reads.submit(stores.code.repositories, tenant_id)
        index = index or stores.index.read(tenant_id)
    teams = open_to_all(index.teams)
    readable = {team.id: team for team in teams}
    repositories = found_repositories.result()
    picture = Picture(
        now=now,
        tickets=[head for head in index.tickets if head.team_id in readable],
        pull_requests=[*found_open.result(), *found_lately.result()],
        decisions=[
            decision for decision in found_decisions.result() if decision.subject.in_chat and not decision.private
        ],
        bots=tenant.settings.bots,
        repository_names={repository.id: repository.name for repository in repositories},
        private={repository.id for repository in repositories if repository.private},
        private_code=tenant.settings.private_code,
        forest=Forest(tickets=index.tickets, teams=readable),
    )
    return picture, teams


def _open(unit: Unit) -> Sequence[PullRequest]:
    return [pull_request for _, pull_request in latest_pull_requests(unit, over=False)]


def _over_since(since: datetime, unit: Unit) -> Sequence[PullRequest]:
    latest = (pull_request for _, pull_request in latest_pull_requests(unit, over=True))
    return list(takewhile(lambda pull_request: pull_request.facts is None or pull_request.facts.at >= since, latest))
