"""Ties to vendors: how they are, where to make them, how to end them."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.links import link_made
from pm_assistant.api.paging import Cursor, Limit, Page, paginate_sorted
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.connections import Link
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.connections.disconnect import disconnect
from pm_assistant.workflows.connections.queries import ConnectionHealth, list_connection_health

router = APIGatewayHttpRouter()

Vendor = Annotated[Provider, Path(description="the vendor")]


class Disconnected(Model):
    """An end."""

    revoked: bool = Field(description="whether the vendor was told; with `force` it may not have been")


@router.get("/v1/connections", **needs(Scope.READ, 400, tag="connections"))
def list_connections(limit: Limit = 50, cursor: Cursor = "") -> Page[ConnectionHealth]:
    """List all vendors, connected or not, with how they are."""
    request = current_request(router)
    vendors = list_connection_health(request.unit, Provider, request.caller)
    items, after = paginate_sorted(vendors, lambda health: health.provider, cursor=cursor, limit=limit)
    return Page[ConnectionHealth](items=tuple(items), next=after)


@router.get("/v1/connections/<provider>", **needs(Scope.READ, tag="connections"))
def show_connection(provider: Vendor) -> ConnectionHealth:
    """Show how one vendor is; one that is not connected has the state `none`."""
    request = current_request(router)
    return list_connection_health(request.unit, [provider], request.caller)[0]


@router.post("/v1/connections/<provider>/link", status_code=201, **needs(Scope.ADMIN, 409, tag="connections"))
def make_link(provider: Vendor) -> Response[Link]:
    """Make a link with which one browser can connect a vendor: it opens once, within ten minutes.

    It leads to the vendor's own page of consent and from there back to us. The answer sets a cookie; in a browser that
    does not have it, a person is first asked whether they know whose link it is. Connecting again what is connected
    keeps the tenant's data, mends what is broken and grants what is missing.
    """
    return link_made(provider, "connection.link_made", current_request(router))


@router.delete("/v1/connections/<provider>", **needs(Scope.ADMIN, 404, 409, 502, 503, tag="connections"))
def end_connection(
    provider: Vendor,
    force: Annotated[bool, Query(description="forget the token even if the vendor cannot be told")] = False,
) -> Disconnected:
    """Have the vendor forget us, then forget the token; the tenant's data stays.

    If the vendor does not answer, the connection is kept, so that it can be tried again.
    """
    request = current_request(router)
    revoked = disconnect(provider, request.unit, force=force)
    request.note("connection.ended", provider, revoked=str(revoked).lower())
    return Disconnected(revoked=revoked)
