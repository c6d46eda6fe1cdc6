"""Commands that look and change nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.models import Connected, Counts, Status, TenantStatus, with_tickets
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.terminal import show, show_json
from pm_assistant.cli.times import moment
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import NotConnected, NotFound
from pm_assistant.domain.planning import Relation, RelationType, named_now, plan_ids
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.workflows.code.picture import list_disagreements
from pm_assistant.workflows.code.queries import PullRequestFilter, list_pull_requests

RECENT = 5
MOST_PULLS = 100
DAY = timedelta(days=1)


def status(client: StackClient, as_json: AsJson = False) -> None:
    """Where everything stands: functions, queues, the tenant and what happened last."""
    now = datetime.now(UTC)
    overview = Status(
        stack_name=client.stack.stack_name,
        local=client.stack.aws_endpoint_url is not None,
        region=client.stack.region,
        api_url=client.stack.api_url,
        sandbox_url=client.stack.sandbox_url,
        functions=client.functions(),
        queues=client.depths(),
        tenant=_tenant(client, now) if client.has_tenant else None,
    )
    show_json(overview) if as_json else show(views.status(overview, now))


def linear(
    client: StackClient,
    state: Annotated[list[str] | None, typer.Option("--state", help="Name or type of a state; repeatable.")] = None,
    member_id: Annotated[
        str | None, typer.Option("--member-id", "--assignee", help="Whose: id, name or e-mail, or `none`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed tickets too.")] = False,
    as_json: AsJson = False,
) -> None:
    """The tickets as our own index knows them; open ones unless --all or --state says otherwise."""
    state_names = {name.casefold() for name in state or ()}
    assignee_id = None
    if member_id and member_id != "none":
        assignee_id = client.person(member_id).accounts.get(client.unit.provider(Role.TRACKER))
    known = client.stores.tickets.all(client.tenant_id)
    _check_states(client, state_names, known)
    tickets = [
        ticket
        for ticket in known
        if (_in_state(ticket, state_names) if state_names else everything or not ticket.state.type.closed)
        and (member_id is None or ticket.assignee_id == assignee_id)
    ]
    names = client.stores.planning.names(client.tenant_id, plan_ids(tickets))
    tickets = sorted((named_now(ticket, names) for ticket in tickets), key=_by_key)
    if as_json:
        show_json(tickets)
        return
    relations = client.stores.planning.relations_between(client.tenant_id)
    show(views.tickets(tickets, datetime.now(UTC), _blockers(relations, known)))


def pulls(
    client: StackClient,
    over: Annotated[bool, typer.Option("--over", help="Merged and closed ones.")] = False,
    author: Annotated[str | None, typer.Option("--author", help="A person.")] = None,
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="A person whose review is awaited.")] = None,
    as_json: AsJson = False,
) -> None:
    """The pull requests as the code host told of them; open ones unless --over says otherwise."""
    author_id, reviewer_id = (client.person(name).id if name else None for name in (author, reviewer))
    criteria = PullRequestFilter(over=over, author=author_id, reviewer=reviewer_id)
    listed, _ = list_pull_requests(criteria, client.unit, before=None, limit=MOST_PULLS, fits_page=lambda _: True)
    show_json(listed) if as_json else show(views.pulls(listed, datetime.now(UTC)))


def disagreements(client: StackClient, as_json: AsJson = False) -> None:
    """Where what people say, plan and build does not agree right now, what has lasted longest first."""
    found = list_disagreements(client.unit)
    show_json(found) if as_json else show(views.disagreements(found, datetime.now(UTC)))


def untracked(
    client: StackClient,
    since: Since = "7d",
    offer: Annotated[bool, typer.Option("--offer", help="Ask in each thread whether a ticket is wanted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Talk about work that has no ticket, latest first; --offer asks people in its threads whether they want one."""
    from pm_assistant.workflows.corridor import untracked as work

    now = datetime.now(UTC)
    talk = work.untracked_talk(moment(since, now), client.tenant, client.unit)
    drafts = work.drafts_of(talk, client.tenant, client.unit)
    if offer:
        drafts = work.offered(talk, drafts, client.tenant, client.unit)
    listed = with_tickets(drafts, client)
    show_json(listed) if as_json else show(views.untracked(listed, now))


def decisions(
    client: StackClient,
    since: Since = "1d",
    state: Annotated[list[DecisionState] | None, typer.Option("--state", help="Only these; repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """The decision log: what was concluded, how surely, why, and what came of it."""
    now = datetime.now(UTC)
    logged = client.stores.decisions.since(client.tenant_id, moment(since, now))
    listed = with_tickets([decision for decision in logged if not state or decision.state in state], client)
    show_json(listed) if as_json else show(views.decisions(listed, now))


def _tenant(client: StackClient, now: datetime) -> TenantStatus:
    stores, tenant_id = client.stores, client.tenant_id
    tickets = stores.tickets.all(tenant_id)
    decided = stores.decisions.since(tenant_id, now - DAY)
    return TenantStatus(
        tenant=client.tenant,
        connections=tuple(tie for provider in Provider if (tie := _connected(client, provider))),
        counts=Counts(
            people=len(stores.directory.members(tenant_id)),
            teams=len(stores.directory.teams(tenant_id)),
            tickets=len(tickets),
            open_tickets=sum(not ticket.state.type.closed for ticket in tickets),
            messages=len(stores.messages.since(tenant_id, now - DAY)),
            decisions=dict(Counter(decision.state.value for decision in decided)),
        ),
        recent=with_tickets(decided[-RECENT:], client),
    )


def _connected(client: StackClient, provider: Provider) -> Connected | None:
    try:
        connection = client.stores.connections.get(client.tenant_id, provider)
    except NotConnected:
        return None
    return Connected(
        provider=provider,
        external_id=connection.external_id,
        base_url=connection.base_url,
        connected_at=connection.connected_at,
        broken_since=connection.broken_since,
    )


def _check_states(client: StackClient, asked: set[str], tickets: Sequence[Ticket]) -> None:
    """Say which states there are to somebody who names one that is none.

    Raises:
        NotFound: one of them is the name or type of no state of any team, and of no ticket.
    """
    if not asked:
        return
    known = [state for team in client.stores.directory.teams(client.tenant_id) for state in team.states]
    known += [ticket.state for ticket in tickets]
    names = {state.name.casefold(): state.name for state in known} | {type_.value: type_.value for type_ in StateType}
    if unknown := sorted(asked - names.keys()):
        raise NotFound(f"No state is called {unknown[0]}. There is: {', '.join(dict.fromkeys(names.values()))}")


def _blockers(relations: Sequence[Relation], tickets: Sequence[Ticket]) -> Mapping[str, Sequence[str]]:
    """The keys of the open tickets that block others, by the ids of these."""
    open_keys = {ticket.id: ticket.key for ticket in tickets if not ticket.state.type.closed}
    found: dict[str, list[str]] = {}
    for relation in relations:
        if relation.type is RelationType.BLOCKS and relation.ticket_id in open_keys:
            found.setdefault(relation.other_id, []).append(open_keys[relation.ticket_id])
    return found


def _in_state(ticket: Ticket, state_names: set[str]) -> bool:
    return ticket.state.name.casefold() in state_names or ticket.state.type in state_names


def _by_key(ticket: Ticket) -> tuple[str, int]:
    team, _, number = ticket.key.rpartition("-")
    return team, int(number) if number.isdecimal() else 0
