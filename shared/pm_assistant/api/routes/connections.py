"""Ties to vendors: how they are, where to make them, how to end them."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field

from pm_assistant.api.context import Here, here, needs
from pm_assistant.api.guards import SHOWN_ONCE
from pm_assistant.api.paging import Cursor, Limit, Page, sliced
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.connections import Link, lacking
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Activity, Connection, Provider
from pm_assistant.integrations.scopes import SCOPES
from pm_assistant.runtime import wiring
from pm_assistant.web.cookies import Purpose, cookie
from pm_assistant.workflows.connections.connect import link
from pm_assistant.workflows.connections.credentials import MARGIN
from pm_assistant.workflows.connections.disconnect import disconnect

router = APIGatewayHttpRouter()

Vendor = Annotated[Provider, Path(description="the vendor")]


class State(StrEnum):
    """How a tie to a vendor is."""

    CONNECTED = "connected"
    BROKEN = "broken"
    NONE = "none"


class Health(Model):
    """A tie to a vendor; without one (`none`) only `provider` and `state` say anything."""

    provider: Provider
    state: State
    name: str | None = Field(default=None, description="what people call the workspace")
    external_id: str | None = Field(default=None, description="the vendor's own id of the workspace")
    scopes: tuple[str, ...] = Field(default=(), description="what was granted, in the vendor's words")
    scopes_missing: tuple[str, ...] = Field(default=(), description="what is needed and was not granted")
    last_event_at: AwareDatetime | None = Field(default=None, description="when we last heard of it, to the minute")
    last_sync_at: AwareDatetime | None = Field(default=None, description="when all of it was last read")
    next_refresh_at: AwareDatetime | None = Field(
        default=None, description="from when on the next use refreshes the credentials; none if they do not end"
    )
    broken_since: AwareDatetime | None = None
    broken_reason: str | None = None
    connected_by: str | None = Field(default=None, description="the e-mail of who connected it, or the id of a key")
    connected_at: AwareDatetime | None = None


class Disconnected(Model):
    """An end."""

    revoked: bool = Field(description="whether the vendor was told; with `force` it may not have been")


@router.get("/v1/connections", **needs(Scope.READ, 400, tag="connections"))
def list_connections(limit: Limit = 50, cursor: Cursor = "") -> Page[Health]:
    """List all vendors, connected or not, with how they are."""
    found = _health(here(router), Provider)
    items, after = sliced(found, lambda each: each.provider, cursor=cursor, limit=limit)
    return Page[Health](items=tuple(items), next=after)


@router.get("/v1/connections/<provider>", **needs(Scope.READ, tag="connections"))
def show_connection(provider: Vendor) -> Health:
    """Show how one vendor is; one that is not connected has the state `none`."""
    return _health(here(router), [provider])[0]


@router.post("/v1/connections/<provider>/link", status_code=201, **needs(Scope.ADMIN, tag="connections"))
def make_link(provider: Vendor) -> Response[Link]:
    """Make a link with which one browser can connect a vendor: it opens once, within ten minutes.

    It leads to the vendor's own page of consent and from there back to us. The answer sets a cookie; in a browser that
    does not have it, a person is first asked whether they know whose link it is. Connecting again what is connected
    keeps the tenant's data, mends what is broken and grants what is missing.
    """
    request = here(router)
    made, secret = link(
        provider,
        caller=request.who,
        oauth_states=request.stores.oauth_states,
        public_url=request.public_url,
        now=request.now,
    )
    request.note("connection.link_made", provider)
    kept = cookie(Purpose.LINK, provider, secret, public_url=request.public_url)
    headers: dict[str, str | list[str]] = {SHOWN_ONCE: "url"}
    return Response(201, content_type="application/json", body=made, headers=headers, cookies=[kept])


@router.delete("/v1/connections/<provider>", **needs(Scope.ADMIN, 404, 409, 502, 503, tag="connections"))
def end_connection(
    provider: Vendor,
    force: Annotated[bool, Query(description="forget the token even if the vendor cannot be told")] = False,
) -> Disconnected:
    """Have the vendor forget us, then forget the token; the tenant's data stays.

    If the vendor does not answer, the connection is kept, so that it can be tried again.
    """
    request, env, stores = here(router), here(router).env, here(router).stores
    revoked = disconnect(
        request.tenant_id,
        provider,
        force=force,
        connections=stores.connections,
        states=stores.connection_states,
        leases=stores.refresh_leases,
        vault=wiring.vault(env.kms_key_id),
        app=lambda: wiring.oauth_app(provider, env),
        clock=lambda: datetime.now(UTC),
        wait=time.sleep,
    )
    request.note("connection.ended", provider, revoked=str(revoked).lower())
    return Disconnected(revoked=revoked)


def _health(request: Here, providers: Iterable[Provider]) -> list[Health]:
    stores, tenant_id = request.stores, request.tenant_id
    known = {connection.provider: connection for connection in stores.connections.all(tenant_id)}
    activity = stores.connection_states.activity(tenant_id)
    people = {f"account:{account.id}": account.email for account in stores.accounts.all(tenant_id)} if known else {}
    return [_one(provider, known.get(provider), activity.get(provider, Activity()), people) for provider in providers]


def _one(provider: Provider, known: Connection | None, activity: Activity, people: Mapping[str, str]) -> Health:
    if known is None:
        return Health(provider=provider, state=State.NONE)
    return Health(
        provider=provider,
        state=State.BROKEN if known.broken_since else State.CONNECTED,
        name=known.name,
        external_id=known.external_id,
        scopes=known.scopes,
        scopes_missing=lacking(SCOPES[provider], known.scopes),
        last_event_at=activity.last_event_at,
        last_sync_at=activity.last_sync_at,
        next_refresh_at=known.expires_at - MARGIN if known.expires_at else None,
        broken_since=known.broken_since,
        broken_reason=known.broken_reason,
        connected_by=people.get(known.connected_by or "", known.connected_by),
        connected_at=known.connected_at,
    )
