"""Ties to vendors: how they come about, break, heal and end, and what vendors tell us beside messages."""

from collections.abc import Iterator
from datetime import timedelta

from pydantic import SecretStr

from pm_assistant.domain.connections import Grant
from pm_assistant.domain.tenants import Provider
from tests.builders import (
    ACME,
    DONE,
    a_connection,
    a_ticket,
)
from tests.chaos.paths.path import OTHER, Path, has_effect, said
from tests.chaos.world import Script, World


def broken(world: World) -> Script:
    """Linear tells that we are no longer let in."""
    world.from_linear("revoked", {"type": "OAuthApp", "action": "revoked"})
    yield None


def ticket_changed(world: World) -> Script:
    """Linear tells of a ticket that somebody renamed."""
    ticket = a_ticket(1)
    data = {
        "id": ticket.id,
        "identifier": ticket.key,
        "number": 1,
        "title": OTHER,
        "state": DONE.model_dump(mode="json"),
        "teamId": ticket.team_id,
        "createdAt": ticket.created_at.isoformat(),
        "updatedAt": world.at.isoformat(),
    }
    world.tracker.tickets[ticket.id] = ticket.model_copy(update={"title": OTHER, "state": DONE})
    world.from_linear("ticket", {"type": "Issue", "action": "update", "data": data})
    yield None


def refreshed(world: World) -> Script:
    """Something is to be done with credentials that are about to end."""
    app, tenant_id = world.base.oauth_app(Provider.LINEAR), ACME
    url = app.authorize_url(state="s", redirect_uri="r", challenge="")
    grant = app.exchange(app.consent(url), redirect_uri="r", verifier="")  # type: ignore[attr-defined]
    assert isinstance(grant, Grant)
    sealed = world.base.vault.seal(tenant_id, Provider.LINEAR, grant.credentials)
    ends = world.at + timedelta(minutes=2)
    connection = a_connection(ACME, Provider.LINEAR, sealed_credentials=sealed, expires_at=ends)
    world.base.stores.connections.put(connection)
    yield from said(world, "comment")


def is_noticed(world: World) -> Iterator[str]:
    """The connection is marked, and the owner told by mail and in the chat."""
    connection = world.base.stores.connections.get(ACME, Provider.LINEAR)
    if connection.broken_since is None or not world.base.mailer.sent or not world.chat.notices:
        yield "nobody was told of the lost access"


def is_indexed(world: World) -> Iterator[str]:
    """Our index reads as Linear does."""
    if OTHER not in {ticket.title for ticket in world.base.stores.tickets.all(ACME)}:
        yield "the index does not know of the change"


def is_fresh(world: World) -> Iterator[str]:
    """It was done, and what is stored is what the vendor takes."""
    yield from has_effect(world, "comment")
    app = world.base.oauth_app(Provider.LINEAR)
    sealed = world.base.stores.connections.get(ACME, Provider.LINEAR).sealed_credentials
    credentials = world.base.vault.open(ACME, Provider.LINEAR, sealed)
    if not app.accepts(credentials) or app.refreshes != 1:  # type: ignore[attr-defined]
        yield "the stored credentials are not the last ones"
    if credentials.access_token == SecretStr("token"):
        yield "nothing was refreshed"


PATHS: dict[str, Path] = {
    "notice": Path(broken, is_noticed),
    "ticket": Path(ticket_changed, is_indexed),
    "credentials": Path(refreshed, is_fresh),
}
