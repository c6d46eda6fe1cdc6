"""What the team builds."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Cursor, Id, Limit, Page, PageBudget, decode_cursor, encode_cursor, paginate_sorted
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.code import Stage
from pm_assistant.domain.disagreements import Disagreement, DisagreementKind
from pm_assistant.domain.errors import NotFound
from pm_assistant.workflows.code import queries
from pm_assistant.workflows.code.picture import list_disagreements
from pm_assistant.workflows.code.queries import PullRequestView
from pm_assistant.workflows.pipeline.queries import find_ticket

router = APIGatewayHttpRouter()


@router.get("/v1/pull-requests", **needs(Scope.READ, 400, tag="code"))
def list_pull_requests(
    over: Annotated[bool, Query(description="those that are merged or closed, in place of those that are not")] = False,
    stage: Annotated[Stage | None, Query(description="how far it is")] = None,
    repository: Annotated[str | None, Query(min_length=1, max_length=200, description="id, or owner and name")] = None,
    author: Annotated[str | None, Query(min_length=1, max_length=200, description="id of a member")] = None,
    reviewer: Annotated[
        str | None, Query(min_length=1, max_length=200, description="id of a member whose review is awaited")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[PullRequestView]:
    """List pull requests of the repositories that were chosen for PM Assistant, changed last first.

    How much there is of private ones the setting `private_code` says.
    A page may hold fewer than it could, even none: as long as it names a `next`, there may be more.
    """
    over = over if stage is None else stage.over
    criteria = queries.PullRequestFilter(
        over=over, stage=stage, repository=repository, author=author, reviewer=reviewer
    )
    items, next_cursor = queries.list_pull_requests(
        criteria,
        current_request(router).unit,
        before=decode_cursor(cursor),
        limit=limit,
        fits_page=PageBudget(limit).takes,
    )
    return Page(items=tuple(items), next=encode_cursor(next_cursor))


@router.get("/v1/disagreements", **needs(Scope.READ, tag="code"))
def list_disagreements_of_tenant(
    kind: Annotated[DisagreementKind | None, Query(description="what does not agree")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[Disagreement]:
    """List where what people say, plan and build does not agree right now, what has lasted longest first.

    Of private teams, private channels and repositories that were not chosen there is nothing, of private repositories
    what the setting `private_code` allows.
    """
    request = current_request(router)
    found = list_disagreements(request.tenant, request.unit)
    items, next_cursor = paginate_sorted(
        [each for each in found if kind is None or each.kind is kind],
        lambda each: f"{each.since.timestamp():017.6f} {each.id}",
        cursor=cursor,
        limit=limit,
    )
    return Page(items=tuple(items), next=next_cursor)


@router.get("/v1/tickets/<ticket>/pull-requests", **needs(Scope.READ, 404, tag="code"))
def list_pull_requests_of_ticket(ticket: Id) -> Page[PullRequestView]:
    """List the pull requests that hang together with a ticket, which is named by its id or its key."""
    unit = current_request(router).unit
    named_ticket = find_ticket(ticket, unit)
    if named_ticket is None:
        raise NotFound("no such ticket")
    return Page(items=tuple(queries.list_pull_requests_of(named_ticket.id, unit)))


@router.get("/v1/pull-requests/<pull_request_id>", **needs(Scope.READ, 404, tag="code"))
def show_pull_request(pull_request_id: Id) -> PullRequestView:
    """Show one pull request."""
    return queries.show_pull_request(pull_request_id, current_request(router).unit)
