"""Which tickets pull requests hang together with."""

import hashlib
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple
from urllib.parse import urlsplit

from pm_assistant.domain.code import PullRequest, PullRequestFacts, PullRequestId, TicketLink, TicketLinks
from pm_assistant.domain.index import TicketHead
from pm_assistant.domain.links import LinkRules, PullRequestText
from pm_assistant.domain.tenants import Tenant
from pm_assistant.language.links import read_links
from pm_assistant.ports.unit import Unit

MOST_LINKS = 100
"""Tickets that one pull request is linked to, the strongest links first: its row has to hold them."""


class _Known(NamedTuple):
    """What links are found by.

    Attributes:
        tickets: by their keys.
        default_branches: of repositories, by their ids.
        workspace: the tracker's name for the team in addresses.
    """

    team_keys: Set[str]
    tickets: Mapping[str, TicketHead]
    default_branches: Mapping[str, str]
    workspace: str | None


def link_to_tickets(id: PullRequestId, tenant: Tenant, unit: Unit) -> None:
    """Find out which tickets a pull request names now, unless it says what it said before; safe to repeat."""
    pull_request = unit.stores.code.pull_request(unit.tenant_id, id)
    if pull_request is None or pull_request.facts is None:
        return
    text = _text(pull_request.facts, unit.stores.code.description(unit.tenant_id, id), tenant)
    if pull_request.ticket_links is None or pull_request.ticket_links.text_digest != _digest(text):
        _link(pull_request, pull_request.facts, text, _known(unit), unit)


def link_anew(pull_requests: Iterable[PullRequest], tenant: Tenant, unit: Unit) -> None:
    """Find out the same once more: a ticket may have been made since, or the tracker connected."""
    known = _known(unit)
    for pull_request in pull_requests:
        if pull_request.facts is not None:
            description = unit.stores.code.description(unit.tenant_id, pull_request.id)
            _link(pull_request, pull_request.facts, _text(pull_request.facts, description, tenant), known, unit)


def _known(unit: Unit) -> _Known:
    index = unit.stores.index.read(unit.tenant_id)
    repositories = unit.stores.code.repositories(unit.tenant_id)
    return _Known(
        team_keys={team.key for team in index.teams},
        tickets={head.key: head for head in index.tickets},
        default_branches={repository.id: repository.default_branch.lower() for repository in repositories},
        workspace=_workspace(index.tickets),
    )


def _link(pull_request: PullRequest, facts: PullRequestFacts, text: PullRequestText, known: _Known, unit: Unit) -> None:
    rules, default = LinkRules(), known.default_branches.get(facts.repository_id)
    found = read_links(
        text,
        team_keys=known.team_keys,
        tickets=known.tickets.keys(),
        rules=rules.model_copy(update={"final_branches": rules.final_branches | {default}}) if default else rules,
        workspace=known.workspace,
    )
    links = TicketLinks(
        pull_request_id=pull_request.id,
        at=facts.at,
        read=True,
        text_digest=_digest(text),
        links=tuple(
            TicketLink(ticket_id=known.tickets[link.ticket].id, link=link) for link in found.links[:MOST_LINKS]
        ),
        contradicts=tuple(known.tickets[key].id for key in found.contradicts[:MOST_LINKS]),
        wants_ticket=found.wants_ticket,
    )
    if links != pull_request.ticket_links:
        unit.stores.code.record(unit.tenant_id, links, keep_days=0)


def _text(facts: PullRequestFacts, description: str, tenant: Tenant) -> PullRequestText:
    return PullRequestText(
        title=facts.title,
        body=description,
        branch=facts.branch,
        base=facts.base,
        author_kind=tenant.settings.bots.kind(facts.author),
        labels=facts.labels,
    )


def _digest(text: PullRequestText) -> str:
    return hashlib.sha256(text.model_dump_json().encode()).hexdigest()[:16]


def _workspace(tickets: Iterable[TicketHead]) -> str | None:
    """The tracker's name for the team in addresses, read off one."""
    first = next(iter(tickets), None)
    steps = [step for step in urlsplit(first.url).path.split("/") if step] if first else []
    return steps[0] if steps else None
