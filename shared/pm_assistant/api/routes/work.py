"""Tickets and conversations."""

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import (
    Cursor,
    Id,
    Limit,
    Moment,
    Page,
    PageBudget,
    decode_cursor,
    encode_cursor,
    meant_member,
    paginate_sorted,
)
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.work import StateType, Ticket
from pm_assistant.workflows.connections.queries import channel_called, is_channel_id
from pm_assistant.workflows.pipeline import queries
from pm_assistant.workflows.pipeline.queries import ConversationView, TicketView

router = APIGatewayHttpRouter()

LOOKED_BACK = timedelta(days=1)
FARTHEST_BACK = timedelta(days=31)
"""To list conversations, all that was said since has to be read."""


class ConversationPage(Page[ConversationView]):
    """A part of the conversations."""

    left_out_before: AwareDatetime | None = Field(
        default=None, description="more was said than is read for a list: what was said before then is left out"
    )


@router.get("/v1/tickets", **needs(Scope.READ, 400, tag="work"))
def list_tickets(
    state: Annotated[StateType | None, Query(description="phase of the ticket's state")] = None,
    team: Annotated[str | None, Query(min_length=1, max_length=200, description="id of the tracker's team")] = None,
    member_id: Annotated[
        str | None, Query(min_length=1, max_length=200, description="whose they are, by assignment")
    ] = None,
    assignee: Annotated[
        str | None, Query(min_length=1, max_length=200, description="the former name of `member_id`", deprecated=True)
    ] = None,
    q: Annotated[
        str, Query(max_length=200, description="words of the key, of a former key or of the title, all of them")
    ] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[Ticket]:
    """List the tickets we know, changed last first."""
    with meant_member(member_id, assignee, named=("query", "assignee")) as whose:
        items, next_cursor = queries.list_tickets(
            queries.TicketFilter(state=state, team=team, member_id=whose, words=q),
            current_request(router).unit,
            before=decode_cursor(cursor),
            limit=limit,
            fits_page=PageBudget(limit).takes,
        )
    return Page(items=tuple(items), next=encode_cursor(next_cursor))


@router.get("/v1/tickets/<ticket>", **needs(Scope.READ, 404, tag="work"))
def show_ticket(ticket: Id) -> TicketView:
    """Show one ticket, named by its id, by its key, such as `ENG-12`, or by one it had in a former team."""
    request = current_request(router)
    return queries.show_ticket(ticket, request.unit, private_code=request.tenant.settings.private_code)


@router.get("/v1/conversations", **needs(Scope.READ, 400, tag="work"))
def list_conversations(
    since: Annotated[
        Moment | None, Query(description="said since then, at most 31 days ago; a day ago if left out")
    ] = None,
    untracked: Annotated[
        bool | None, Query(description="only those about work that has no ticket, or none of them")
    ] = None,
    channel: Annotated[
        str | None, Query(min_length=1, max_length=64, description="name of a channel, or the chat's id")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> ConversationPage:
    """List what was talked about and what was decided on it, begun last first.

    Only what the whole workspace could listen to: conversations in private channels are for their own people, in the
    chat. What is older than the team's plan goes back is not shown, and kept all the same.
    """
    request = current_request(router)
    if since is not None and since < request.now - FARTHEST_BACK:
        raise InvalidRequest(f"it is more than {FARTHEST_BACK.days} days ago", field="since")
    conversations, cut_at = queries.list_conversations(
        since or request.now - LOOKED_BACK,
        request.unit,
        channels=request.tenant.settings.channels,
        history_from=request.tenant.history_from(request.now),
    )
    called = channel_called(channel, request.unit) if channel is not None else None
    matching = [
        conversation
        for conversation in conversations
        if (untracked is None or conversation.untracked is untracked)
        and (channel is None or conversation.channel == (called or channel))
    ]
    # An id is taken for one: whoever may not see a private channel is not told either whether we are in it.
    if channel is not None and called is None and not is_channel_id(channel, request.unit):
        raise InvalidRequest("I am in no such channel", field="channel")
    items, next_cursor = paginate_sorted(
        matching,
        lambda conversation: f"{conversation.began_at.timestamp():017.6f} {conversation.id}",
        cursor=cursor,
        limit=limit,
        last_first=True,
    )
    return ConversationPage(items=tuple(items), next=next_cursor, left_out_before=cut_at)


@router.get("/v1/conversations/<conversation_id>", **needs(Scope.READ, 404, tag="work"))
def show_conversation(conversation_id: Id) -> ConversationView:
    """Show one conversation."""
    request = current_request(router)
    return queries.show_conversation(
        conversation_id,
        request.unit,
        channels=request.tenant.settings.channels,
        history_from=request.tenant.history_from(request.now),
    )
