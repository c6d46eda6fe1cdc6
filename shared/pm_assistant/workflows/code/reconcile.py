"""Compare what a team says, plans and builds."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pm_assistant.domain.code import PullRequest
from pm_assistant.domain.disagreements import LOOKED_BACK, Disagreement, Picture, disagreements
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.tenants.audience import public_tickets

BATCH = 100
MERGED_SINCE = timedelta(days=90)
"""What was merged before is told of by nobody any more."""


def list_disagreements(unit: Unit) -> Sequence[Disagreement]:
    """All that does not agree now and that everybody may know of, what has lasted longest first."""
    now, stores, tenant_id = unit.now(), unit.stores, unit.tenant_id
    settings = stores.tenants.get(tenant_id).settings
    picture = Picture(
        now=now,
        tickets=public_tickets(stores.tickets.all(tenant_id), unit),
        pull_requests=[*_latest(unit, over=False), *_latest(unit, over=True, since=now - MERGED_SINCE)],
        decisions=[d for d in stores.decisions.since(tenant_id, now - LOOKED_BACK) if not d.private],
        bots=settings.bots,
        repository_names={repository.id: repository.name for repository in stores.code.repositories(tenant_id)},
    )
    return disagreements(picture)


def _latest(unit: Unit, *, over: bool, since: datetime | None = None) -> Iterator[PullRequest]:
    code, before = unit.stores.code, None
    while batch := code.latest_pull_requests(unit.tenant_id, over=over, before=before, limit=BATCH):
        for place, pull_request in batch:
            if since is not None and pull_request.facts is not None and pull_request.facts.at < since:
                return
            yield pull_request
            before = place
