"""The vendors that a team has connected: how each is, what it needs, and the ways to connect it and to end that."""

from http import HTTPStatus

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import Conflict, NotConnected, NotFound, ProductError, UpstreamError
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime.http import status_of
from pm_assistant.web.connect_pages import with_meanings
from pm_assistant.web.html import page, see_other
from pm_assistant.web.leaving import leaving
from pm_assistant.web.listing import Listing
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, chosen, current_request, needs, needs_nobody
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.connections.disconnect import disconnect
from pm_assistant.workflows.connections.queries import (
    ChannelReading,
    ConnectionStatus,
    RepositoryReading,
    list_connection_health,
    list_places,
)

router = Router()

PAGE = 50
"""Channels or repositories on a page."""


@router.get("/connections", **needs(Scope.READ))
def show_connections() -> Response[str]:
    """Every vendor, connected or not, with how it is; what is broken comes first."""
    return _page(current_request(router))


@router.get("/connect", **needs_nobody())
def show_former_place() -> Response[str]:
    """Where these were before; links to it are out in the world."""
    return see_other(current_request(router), "/connections")


@router.get("/connections/<provider>", **needs(Scope.READ))
def show_places(provider: str) -> Response[str]:
    """The channels or repositories of a vendor, each with how far it is read, a page at a time."""
    request = current_request(router)
    vendor, listing = _vendor(provider), Listing.of(request, f"/connections/{provider}", "q")
    search = listing.wanted["q"].casefold()
    try:
        places = list_places(vendor, request.unit)
    except NotConnected as error:
        raise NotFound("there is no such connection") from error
    found = [each for each in places if search in _called(each, request).casefold()]
    shown, listing = listing.part_of(found, start=request.start, size=PAGE)
    return page(
        request,
        "places.html",
        vendor=VENDORS[vendor],
        places=[(each, _called(each, request)) for each in shown],
        count=len(found),
        listing=listing,
    )


def _called(place: ChannelReading | RepositoryReading, request: PageRequest) -> str:
    return place.name or request.texts.gettext("a private channel")


@router.post("/connections/<provider>/connect", **needs(Scope.ADMIN))
def begin_connecting(provider: str) -> Response[str]:
    """Go to the vendor's page of consent, by a link that only this browser can use."""
    request = current_request(router)
    vendor = _vendor(provider)
    try:
        return leaving(vendor, "connection.link_made", request)
    except Conflict as error:
        return _page(request, error=error)


@router.post("/connections/<provider>/end", **needs(Scope.ADMIN))
def end_connection(provider: str) -> Response[str]:
    """Have a vendor forget us; what was kept stays, and where it does not answer, so does the connection."""
    request = current_request(router)
    vendor = _vendor(provider)
    try:
        revoked = disconnect(vendor, request.unit, force="force" in request.form)
    except (UpstreamError, NotConnected) as error:
        return _page(request, error=error)
    request.note("connection.ended", vendor, revoked=str(revoked).lower())
    return see_other(request, "/connections?answered=yes")


def _page(request: PageRequest, *, error: ProductError | None = None) -> Response[str]:
    order = list(ConnectionStatus)
    health = sorted(
        list_connection_health(request.unit, Provider, request.caller),
        key=lambda each: (each.state is not ConnectionStatus.BROKEN, order.index(each.state), each.provider),
    )
    return page(
        request,
        "connections.html",
        status=status_of(error) if error else HTTPStatus.OK,
        message=refusal(error, request.texts) if error else "",
        connections=[
            (each, VENDORS[each.provider], with_meanings(each.scopes_missing, request.texts)) for each in health
        ],
        is_admin=request.caller.scope.covers(Scope.ADMIN),
        may_sync=request.caller.scope.covers(Scope.RUN)
        and any(each.state is ConnectionStatus.CONNECTED for each in health),
    )


def _vendor(name: str) -> Provider:
    vendor = chosen(name, Provider)
    if vendor is None:
        raise NotFound("there is no such vendor")
    return vendor
